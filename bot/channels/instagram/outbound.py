"""Replies as Instagram messages within Meta's limits: quick replies, else numbered text.

Quick replies have no descriptions: those become lines of the text, where nothing of them is lost.
"""

from dataclasses import dataclass
from typing import Any

from bot.channels.fitting import (
    DoesNotFit,
    check_choices,
    check_count,
    check_text,
    check_titles_differ,
    cleaned,
    fit,
)
from bot.domain.conversation import Address, Rendered, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Text in bytes of UTF-8, titles and payloads in UTF-16 units, and counts.

    https://developers.facebook.com/documentation/business-messaging/instagram-messaging/send-messages
    """

    text_bytes: int = 1000
    text: int = 333  # units that are never more than 1000 bytes
    quick_replies: int = 13
    title: int = 20
    payload: int = 1000


LIMITS = Limits()


def render(reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with the echo of this message."""
    fitting = cleaned(reply)
    forms = [("quick replies", _quick_replies)] if fitting.choices else []
    content, fallback = fit(fitting, forms, text=lambda text: {"text": text}, limit=_room(fitting))
    return Rendered(
        body={"recipient": {"id": to.recipient}, "message": {**content, "metadata": outbox_id}},
        fallback=fallback,
    )


def _room(reply: Reply) -> int:
    """How many units surely fit: as many as bytes where all are ASCII."""
    said = [reply.text, *(f"{choice.title}{choice.description}" for choice in reply.choices)]
    return LIMITS.text_bytes if all(text.isascii() for text in said) else LIMITS.text


def _quick_replies(reply: Reply) -> dict[str, Any]:
    text = _told(reply)
    check_count(reply, LIMITS.quick_replies, form="a message of quick replies")
    check_text(text, LIMITS.text_bytes, form="quick replies")
    if len(text.encode("utf-8", "replace")) > LIMITS.text_bytes:
        raise DoesNotFit(f"the text above quick replies has more than {LIMITS.text_bytes} bytes")
    check_choices(reply, "quick reply", "quick replies", title=LIMITS.title, id=LIMITS.payload)
    check_titles_differ(reply, "quick replies")
    offered = [
        {"content_type": "text", "title": choice.title, "payload": choice.payload} for choice in reply.choices
    ]
    return {"text": text, "quick_replies": offered}


def _told(reply: Reply) -> str:
    """The text, and below it a line for each choice that has more to say than its title."""
    lines = [f"{choice.title}: {choice.description}" for choice in reply.choices if choice.description]
    return "\n\n".join(part for part in (reply.text, "\n".join(lines)) if part)

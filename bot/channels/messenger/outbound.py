"""Replies as Messenger messages within Meta's limits: buttons, else quick replies, else numbered text.

Quick replies vanish with the next message in the chat and buttons stay, so up to three choices are buttons.
Neither has descriptions: those become lines of the text, where nothing of them is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.fitting import (
    Form,
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
    """Lengths in UTF-16 units, and counts.

    https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
    https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/button
    """

    text: int = 1999  # Meta: "less than 2000"
    buttons: int = 3
    button_text: int = 640
    quick_replies: int = 13
    title: int = 20
    payload: int = 1000


LIMITS = Limits()


def render(reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with the echo of this message."""
    fitting = cleaned(reply)
    content, fallback = fit(fitting, _forms(fitting), text=_text, limit=LIMITS.text)
    return Rendered(
        body={
            "recipient": {"id": to.recipient},
            "messaging_type": "RESPONSE",
            "message": {**content, "metadata": outbox_id},
        },
        fallback=fallback,
    )


def _forms(reply: Reply) -> Sequence[tuple[str, Form]]:
    forms: list[tuple[str, Form]] = []
    if 1 <= len(reply.choices) <= LIMITS.buttons:
        forms.append(("buttons", _buttons))
    if reply.choices:
        forms.append(("quick replies", _quick_replies))
    return forms


def _text(text: str) -> dict[str, Any]:
    return {"text": text}


def _buttons(reply: Reply) -> dict[str, Any]:
    """A template of its own kind, whose taps come back as postbacks."""
    text = _told(reply)
    check_text(text, LIMITS.button_text, form="buttons")
    check_choices(reply, "button", "buttons", title=LIMITS.title, id=LIMITS.payload)
    check_titles_differ(reply, "buttons")
    buttons = [
        {"type": "postback", "title": choice.title, "payload": choice.payload} for choice in reply.choices
    ]
    template = {"template_type": "button", "text": text, "buttons": buttons}
    return {"attachment": {"type": "template", "payload": template}}


def _quick_replies(reply: Reply) -> dict[str, Any]:
    text = _told(reply)
    check_count(reply, LIMITS.quick_replies, form="a message of quick replies")
    check_text(text, LIMITS.text, form="quick replies")
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

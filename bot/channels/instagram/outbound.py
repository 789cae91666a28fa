"""Replies as Instagram messages within Meta's limits: buttons, else quick replies, else numbered text.

As on Messenger, but for: a text has 1,000 bytes of UTF-8, half as many letters in Cyrillic; there are no
templates that Meta approves; and nobody can be asked for their number with a button.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.channels.fitting import Form, check_bare, check_text, cleaned, fit, in_words
from bot.channels.messenger.outbound import (
    attached,
    buttons,
    link_button,
    messaging_type,
    quick_replies,
    told,
)
from bot.channels.plain_text import size
from bot.domain.conversation import Address, LinkButton, Rendered, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Text in bytes of UTF-8; above buttons in UTF-16 units. Titles, payloads and counts are Messenger's.

    https://developers.facebook.com/documentation/business-messaging/instagram-messaging/send-messages
    https://developers.facebook.com/documentation/business-messaging/instagram-messaging/button-template
    """

    text_bytes: int = 1000
    buttons: int = 3
    button_text: int = 640


LIMITS = Limits()


def render(reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with the echo of this message.

    There is nothing that a template could be here: whoever begins one is refused before
    (`bot.domain.windows`), and one that comes all the same is shown with its words."""
    fitting = cleaned(reply)
    content, fallback = fit(
        fitting,
        _forms(fitting),
        text=lambda text: {"text": text},
        limit=LIMITS.text_bytes,
        measure=size,
    )
    right = messaging_type(reply) if reply.by_human_agent else {}
    return Rendered(
        body={"recipient": {"id": to.recipient}, **right, "message": {**content, "metadata": outbox_id}},
        fallback=fallback,
    )


def _forms(reply: Reply) -> Sequence[tuple[str, Form]]:
    forms: list[tuple[str, Form]] = []
    if reply.media is not None:
        forms.append((f"a message with {reply.media.kind}", partial(attached, reply.media)))
    if reply.link is not None:
        forms.append(("a link button", partial(_link, reply.link)))
    if 1 <= len(reply.choices) <= LIMITS.buttons:
        forms.append(("buttons", lambda whole: buttons(in_words(whole), text=LIMITS.button_text)))
    if reply.choices:
        forms.append(("quick replies", lambda whole: _quick_replies(in_words(whole))))
    return forms


def _link(link: LinkButton, reply: Reply) -> dict[str, Any]:
    check_bare(reply, form="a link button")
    check_text(reply.text, LIMITS.button_text, form="a link button")
    return link_button(link, reply)


def _quick_replies(reply: Reply) -> dict[str, Any]:
    text = told(reply)
    check_text(text, LIMITS.text_bytes, form="quick replies", measure=size)
    return quick_replies(reply, text)

"""Replies as WhatsApp messages within Meta's limits: reply buttons, else a list, else numbered text."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.channels.fitting import (
    DoesNotFit,
    Form,
    check_choices,
    check_count,
    check_length,
    check_text,
    check_titles_differ,
    cleaned,
    fit,
)
from bot.channels.plain_text import length
from bot.channels.whatsapp.people import phone_of
from bot.domain.conversation import Address, Rendered, Reply

# On the button that opens a list, where the reply does not say what is to stand there.
LIST_LABEL = "☰ …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Lengths in UTF-16 units, and counts.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
    https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
    """

    text: int = 4096
    buttons: int = 3
    button_body: int = 1024
    button_title: int = 20
    button_id: int = 256
    rows: int = 10
    list_body: int = 4096
    list_label: int = 20
    row_title: int = 24
    row_description: int = 72
    row_id: int = 200


LIMITS = Limits()


def render(reply: Reply, to: Address, *, outbox_id: str, list_label: str = LIST_LABEL) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with every status of this message."""
    fitting = cleaned(reply)
    content, fallback = fit(fitting, _forms(fitting, list_label), text=_text, limit=LIMITS.text)
    return Rendered(
        body={
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **_recipient(to),
            "biz_opaque_callback_data": outbox_id,
            **content,
        },
        fallback=fallback,
    )


def _recipient(to: Address) -> dict[str, str]:
    """A number goes out with "+": without it Meta may prepend the business's own country code, and a stranger
    would read the message. A BSUID goes into a field of its own."""
    number = phone_of(to.phone or "") or phone_of(to.recipient)
    return {"to": number} if number else {"recipient": to.recipient}


def _forms(reply: Reply, list_label: str) -> Sequence[tuple[str, Form]]:
    forms: list[tuple[str, Form]] = []
    if 1 <= len(reply.choices) <= LIMITS.buttons:
        forms.append(("buttons", _buttons))
    if reply.choices:
        says_it_all = 0 < length(reply.menu) <= LIMITS.list_label
        forms.append(("a list", partial(_list, reply.menu if says_it_all else list_label)))
    return forms


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


def _buttons(reply: Reply) -> dict[str, Any]:
    check_text(reply.text, LIMITS.button_body, form="buttons")
    check_choices(reply, "button", "buttons", title=LIMITS.button_title, id=LIMITS.button_id)
    check_titles_differ(reply, "buttons")
    if any(choice.description for choice in reply.choices):
        raise DoesNotFit("buttons have no descriptions")
    return _interactive(
        "button",
        reply.text,
        buttons=[
            {"type": "reply", "reply": {"id": choice.payload, "title": choice.title}}
            for choice in reply.choices
        ],
    )


def _list(label: str, reply: Reply) -> dict[str, Any]:
    check_count(reply, LIMITS.rows, form="a list")
    check_text(reply.text, LIMITS.list_body, form="a list")
    check_choices(reply, "row", "rows", title=LIMITS.row_title, id=LIMITS.row_id)
    for number, choice in enumerate(reply.choices, start=1):
        check_length(choice.description, LIMITS.row_description, f"row {number}'s description")
    rows = [
        {"id": choice.payload, "title": choice.title}
        | ({"description": choice.description} if choice.description else {})
        for choice in reply.choices
    ]
    return _interactive("list", reply.text, button=label, sections=[{"rows": rows}])


def _interactive(kind: str, text: str, **action: Any) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}

"""Replies as WhatsApp messages: reply buttons, else a list, else numbered text, always within Meta's limits.

One label that is too long makes Meta refuse the whole message, so a form is used only where all of it fits;
`Rendered.fallback` says what did not fit and how it is shown instead, in numbers, never in anybody's words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.plain_text import ELLIPSIS, clean, length, numbered, one_line, shorten
from bot.channels.whatsapp.people import phone_of
from bot.domain.conversation import Address, Choice, Rendered, Reply

# A label for the button that opens a list: the same in every language, as a reply does not tell its own.
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

_ROOM_FOR_WORDS = 512  # of a text whose choices are numbered, before the choices themselves are shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """A reply, cleaned for the wire."""

    text: str
    choices: tuple[Choice, ...]


_Form = Callable[[_Message, str], dict[str, Any]]


class _DoesNotFit(Exception):
    """A form's limit that this reply passes."""


def render(reply: Reply, to: Address, *, outbox_id: str, list_label: str = LIST_LABEL) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with every status of this message."""
    content, fallback = _content(_cleaned(reply), list_label)
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


def _cleaned(reply: Reply) -> _Message:
    return _Message(
        text=clean(reply.text).strip(),
        choices=tuple(
            Choice(
                title=one_line(choice.title),
                payload=clean(choice.payload).strip(),
                description=one_line(choice.description),
            )
            for choice in reply.choices
        ),
    )


def _content(message: _Message, list_label: str) -> tuple[dict[str, Any], str | None]:
    """The first form that takes the reply, and what kept it from the forms before."""
    obstacles: list[str] = []
    for name, form in _forms(len(message.choices)):
        try:
            content = form(message, list_label)
        except _DoesNotFit as obstacle:
            obstacles.append(str(obstacle))
        else:
            return content, f"{'; '.join(obstacles)}; shown as {name}" if obstacles else None
    text, shortened = _numbered(message)
    if message.choices:
        obstacles = obstacles or [f"{len(message.choices)} choices, a list has {LIMITS.rows}"]
        obstacles.append("shown as numbered text")
    return {"type": "text", "text": {"body": text}}, "; ".join([*obstacles, *shortened]) or None


def _forms(choices: int) -> Sequence[tuple[str, _Form]]:
    forms: list[tuple[str, _Form]] = []
    if 1 <= choices <= LIMITS.buttons:
        forms.append(("buttons", _buttons))
    if 1 <= choices <= LIMITS.rows:
        forms.append(("a list", _list))
    return forms


def _buttons(message: _Message, list_label: str) -> dict[str, Any]:
    _check_body(message, LIMITS.button_body, form="buttons")
    _check_choices(message, "button", LIMITS.button_title, LIMITS.button_id)
    titles = [choice.title for choice in message.choices]
    if len(set(titles)) < len(titles):
        raise _DoesNotFit("buttons need different titles")
    if any(choice.description for choice in message.choices):
        raise _DoesNotFit("buttons have no descriptions")
    return _interactive(
        "button",
        message.text,
        buttons=[
            {"type": "reply", "reply": {"id": choice.payload, "title": choice.title}}
            for choice in message.choices
        ],
    )


def _list(message: _Message, list_label: str) -> dict[str, Any]:
    _check_body(message, LIMITS.list_body, form="a list")
    _check_choices(message, "row", LIMITS.row_title, LIMITS.row_id)
    for number, choice in enumerate(message.choices, start=1):
        _check(choice.description, LIMITS.row_description, f"row {number}'s description")
    rows = [
        {"id": choice.payload, "title": choice.title}
        | ({"description": choice.description} if choice.description else {})
        for choice in message.choices
    ]
    return _interactive("list", message.text, button=list_label, sections=[{"rows": rows}])


def _interactive(kind: str, text: str, **action: Any) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}


def _check_body(message: _Message, limit: int, *, form: str) -> None:
    if not message.text:
        raise _DoesNotFit(f"no text above {form}")
    _check(message.text, limit, f"the text above {form}")


def _check_choices(message: _Message, noun: str, title: int, payload: int) -> None:
    for number, choice in enumerate(message.choices, start=1):
        if not choice.title or not choice.payload:
            raise _DoesNotFit(f"{noun} {number} is empty")
        _check(choice.title, title, f"{noun} {number}'s title")
        _check(choice.payload, payload, f"{noun} {number}'s id")
    if len({choice.payload for choice in message.choices}) < len(message.choices):
        raise _DoesNotFit(f"{noun}s need different ids")


def _check(text: str, limit: int, what: str) -> None:
    if length(text) > limit:
        raise _DoesNotFit(f"{what} has {length(text)} of {limit} characters")


def _numbered(message: _Message) -> tuple[str, list[str]]:
    """The text with its choices below, and what had to be shortened: the words first, then the choices."""
    whole = numbered(message.text, message.choices)
    if length(whole) <= LIMITS.text:
        return whole or ELLIPSIS, [] if whole else ["an empty text"]
    said = [f"{length(whole)} of {LIMITS.text} characters, shortened"]
    room = LIMITS.text - length(numbered("", message.choices)) - len("\n\n")
    if message.choices and room >= _ROOM_FOR_WORDS:
        return numbered(shorten(message.text, room), message.choices), said
    return shorten(whole, LIMITS.text), said

"""What the Cloud API takes on POST /messages, checked to the letter. Pure.

Sources: the pages messages/*, typing-indicators and business-scoped-user-ids of the Cloud API documentation.
Stricter than Meta in one thing: `to` without "+" is refused, because Meta would prefix it with the business's
own country code and might write to a stranger.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.stand_in.refusals import Refused, bad_value, malformed, missing
from bot.stand_in.strict_json import StrictObject
from bot.stand_in.whatsapp_templates import SHORT_BODY_LIMIT, Choice, TemplateCall, read_template_call

BODY_LIMIT = 4096
CALLBACK_DATA_LIMIT = 512
URL_LIMIT = 2000

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


__all__ = ["Choice", "LookedAt", "SendRequest", "TemplateCall", "is_user_id", "read_request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """A message in order. `person` is digits (a phone number without "+") or a business-scoped user id."""

    person: str
    addressed_as: str  # as the request wrote it
    kind: str
    callback_data: str | None
    choices: tuple[Choice, ...]
    call: TemplateCall | None = None
    category: str = "service"  # else that of the template, in capitals

    @property
    def by_phone(self) -> bool:
        return self.person.isdigit()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """The business marks a patient's message as read, maybe showing that it types."""

    message_id: str
    is_typing: bool


def is_user_id(text: str) -> bool:
    """Whether this is a business-scoped user id, such as IT.13491208655302741918."""
    return _USER_ID.fullmatch(text) is not None


def read_request(body: object) -> SendRequest | LookedAt:
    """The request that a JSON body makes. Raises Refused."""
    request = StrictObject(body)
    if not request.has("messaging_product"):
        raise Refused(
            100,
            "The parameter messaging_product is required",
            message="(#100) The parameter messaging_product is required.",
        )
    if request.text("messaging_product", high=32) != "whatsapp":
        raise malformed("Param messaging_product must be one of {WHATSAPP}")
    return _looked_at(request) if request.has("status") else _send(request)


def _looked_at(request: StrictObject) -> LookedAt:
    request.choice("status", "read")
    message_id = request.text("message_id", high=256)
    is_typing = request.has("typing_indicator")
    if is_typing:
        indicator = request.child("typing_indicator")
        indicator.choice("type", "text")
        indicator.end()
    request.end()
    return LookedAt(message_id=message_id, is_typing=is_typing)


def _send(request: StrictObject) -> SendRequest:
    if request.has("recipient_type"):
        request.choice("recipient_type", "individual")
    addressed_as, person = _addressee(request)
    kind = request.text("type", high=32) if request.has("type") else "text"
    call: TemplateCall | None = None
    choices: tuple[Choice, ...]
    if kind == "template":
        choices, call = read_template_call(request.child(kind))
    elif kind in _READERS:
        choices = _READERS[kind](request.child(kind))
    else:
        raise Refused(131051, f"Message type is not one of {{{', '.join(sorted([*_READERS, 'template']))}}}")
    callback_data = request.optional_text("biz_opaque_callback_data", high=CALLBACK_DATA_LIMIT)
    if request.has("context"):
        context = request.child("context")
        context.text("message_id", high=256)
        context.end()
    request.end()
    return SendRequest(
        person=person,
        addressed_as=addressed_as,
        kind=kind,
        callback_data=callback_data,
        choices=choices,
        call=call,
    )


def _addressee(request: StrictObject) -> tuple[str, str]:
    """As written, and the person meant. With both given, the phone number wins."""
    recipient = request.optional_text("recipient", high=160)
    if recipient is not None and not is_user_id(recipient):
        raise bad_value("Param recipient is not a business-scoped user id")
    to = request.optional_text("to", high=32)
    if to is None and recipient is None:
        raise missing("to")
    if to is None:
        assert recipient is not None
        return recipient, recipient
    if not to.startswith("+"):
        raise bad_value(
            'Param to must begin with "+" and the country code: without it the country code of the sender is '
            "prepended and the message may reach a stranger"
        )
    if not _E164.fullmatch(to):
        raise bad_value("Param to is not a phone number in E.164 format")
    return to, to[1:]


def _text(text: StrictObject) -> tuple[Choice, ...]:
    text.text("body", high=BODY_LIMIT)
    text.optional_boolean("preview_url")
    text.end()
    return ()


def _media(*, caption: bool, filename: bool = False) -> Callable[[StrictObject], tuple[Choice, ...]]:
    def read(media: StrictObject) -> tuple[Choice, ...]:
        _media_source(media)
        if caption:
            media.optional_text("caption", high=SHORT_BODY_LIMIT)
        if filename:
            media.optional_text("filename", high=240)
        media.end()
        return ()

    return read


def _media_source(media: StrictObject) -> None:
    if media.has("id") == media.has("link"):
        raise malformed("Exactly one of the params id and link is required")
    if media.has("id"):
        media.text("id", high=256)
    elif not media.text("link", high=URL_LIMIT).startswith(("https://", "http://")):
        raise bad_value("Param link is not a valid URL")


def _location(location: StrictObject) -> tuple[Choice, ...]:
    location.number("latitude", low=-90, high=90)
    location.number("longitude", low=-180, high=180)
    location.optional_text("name", high=1000)
    location.optional_text("address", high=1000)
    location.end()
    return ()


def _reaction(reaction: StrictObject) -> tuple[Choice, ...]:
    reaction.text("message_id", high=256)
    reaction.text("emoji", low=0, high=16)
    reaction.end()
    return ()


def _interactive(interactive: StrictObject) -> tuple[Choice, ...]:
    kind = interactive.text("type", high=64)
    reader = _INTERACTIVE.get(kind)
    if reader is None:
        raise bad_value(f"Param interactive.type must be one of {{{', '.join(sorted(_INTERACTIVE))}}}")
    choices = reader(interactive)
    interactive.end()
    return choices


def _reply_buttons(interactive: StrictObject) -> tuple[Choice, ...]:
    _frame(interactive, body_limit=SHORT_BODY_LIMIT, headers=("text", "image", "video", "document"))
    action = interactive.child("action")
    choices = [_reply_button(button) for button in action.children("buttons", low=1, high=3)]
    action.end()
    _must_differ([choice.title for choice in choices], "Button titles")
    _must_differ([choice.id for choice in choices], "Button ids")
    return tuple(choices)


def _reply_button(button: StrictObject) -> Choice:
    button.choice("type", "reply")
    reply = button.child("reply")
    choice = Choice(id=reply.text("id", high=256), title=reply.text("title", high=20), kind="button")
    if choice.id != choice.id.strip():
        raise bad_value("Button id must not begin or end with a space")
    reply.end()
    button.end()
    return choice


def _list(interactive: StrictObject) -> tuple[Choice, ...]:
    _frame(interactive, body_limit=BODY_LIMIT, headers=("text",))
    action = interactive.child("action")
    action.text("button", high=20)
    sections = action.children("sections", low=1, high=10)
    choices = [choice for section in sections for choice in _section(section, titled=len(sections) > 1)]
    action.end()
    if len(choices) > 10:
        raise bad_value("Total row count exceeds the maximum allowed count: 10")
    _must_differ([choice.id for choice in choices], "Row ids")
    return tuple(choices)


def _section(section: StrictObject, *, titled: bool) -> list[Choice]:
    if titled or section.has("title"):
        section.text("title", high=24)
    choices = []
    for row in section.children("rows", low=1, high=10):
        choices.append(
            Choice(
                id=row.text("id", high=200),
                title=row.text("title", high=24),
                kind="list",
                description=row.optional_text("description", high=72),
            )
        )
        row.end()
    section.end()
    return choices


def _link_button(interactive: StrictObject) -> tuple[Choice, ...]:
    _frame(interactive, body_limit=SHORT_BODY_LIMIT, headers=("text", "image", "video", "document"))
    action = interactive.child("action")
    action.choice("name", "cta_url")
    parameters = action.child("parameters")
    parameters.text("display_text", high=20)
    if not parameters.text("url", high=URL_LIMIT).startswith(("https://", "http://")):
        raise bad_value("Param interactive.action.parameters.url is not a valid URL")
    parameters.end()
    action.end()
    return ()


def _bare_request(name: str) -> Callable[[StrictObject], tuple[Choice, ...]]:
    """Asks for something that the phone knows: its place, its number."""

    def read(interactive: StrictObject) -> tuple[Choice, ...]:
        body = interactive.child("body")
        body.text("text", high=SHORT_BODY_LIMIT)
        body.end()
        action = interactive.child("action")
        action.choice("name", name)
        action.end()
        return ()

    return read


def _flow(interactive: StrictObject) -> tuple[Choice, ...]:
    """A Flow, by id or by name; the data of its first screen is not looked into."""
    _frame(interactive, body_limit=SHORT_BODY_LIMIT, headers=("text", "image", "video", "document"))
    action = interactive.child("action")
    action.choice("name", "flow")
    parameters = action.child("parameters")
    parameters.choice("flow_message_version", "3")
    if parameters.has("flow_id") == parameters.has("flow_name"):
        raise malformed("Exactly one of the params flow_id and flow_name is required")
    parameters.text("flow_id" if parameters.has("flow_id") else "flow_name", high=256)
    parameters.optional_text("flow_token", high=1000)
    parameters.text("flow_cta", high=30)
    if parameters.has("mode"):
        parameters.choice("mode", "draft", "published")
    kind = "navigate"
    if parameters.has("flow_action"):
        kind = parameters.choice("flow_action", "navigate", "data_exchange")
    if parameters.has("flow_action_payload"):
        if kind != "navigate":
            raise malformed("Param flow_action_payload goes with the action navigate")
        payload = parameters.child("flow_action_payload")
        payload.text("screen", high=256)
        if payload.has("data"):
            payload.anything("data")
        payload.end()
    parameters.end()
    action.end()
    return ()


def _frame(interactive: StrictObject, *, body_limit: int, headers: tuple[str, ...]) -> None:
    """Header, body and footer, which most interactive messages share."""
    body = interactive.child("body")
    body.text("text", high=body_limit)
    body.end()
    if interactive.has("footer"):
        footer = interactive.child("footer")
        footer.text("text", high=60)
        footer.end()
    if interactive.has("header"):
        header = interactive.child("header")
        kind = header.choice("type", *headers)
        if kind == "text":
            header.text("text", high=60)
        else:
            media = header.child(kind)
            _media_source(media)
            if kind == "document":
                media.optional_text("filename", high=240)
            media.end()
        header.end()


def _must_differ(values: list[str], what: str) -> None:
    if len(set(values)) != len(values):
        raise bad_value(f"{what} must be unique")


_INTERACTIVE: Mapping[str, Callable[[StrictObject], tuple[Choice, ...]]] = {
    "button": _reply_buttons,
    "list": _list,
    "cta_url": _link_button,
    "flow": _flow,
    "location_request_message": _bare_request("send_location"),
    "request_contact_info": _bare_request("request_contact_info"),
}


_READERS: Mapping[str, Callable[[StrictObject], tuple[Choice, ...]]] = {
    "text": _text,
    "interactive": _interactive,
    "image": _media(caption=True),
    "video": _media(caption=True),
    "document": _media(caption=True, filename=True),
    "audio": _media(caption=False),
    "sticker": _media(caption=False),
    "location": _location,
    "reaction": _reaction,
}

"""What Messenger's Send API takes on POST /{page}/messages, checked to the letter. Pure.

Sources: the pages send-messages, quick-replies, templates/button, templates/generic and sender-actions of the
Messenger Platform documentation. Stricter than Meta in one thing: keys that it does not know are refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.stand_in.refusals import GraphRefused, Refused
from bot.stand_in.strict_json import StrictObject

TEXT_LIMIT = 1999  # "less than 2000 characters"
TEMPLATE_TEXT_LIMIT = 640
TITLE_LIMIT = 20
PAYLOAD_LIMIT = 1000
METADATA_LIMIT = 1000
URL_LIMIT = 2000

_RETIRED_TAGS = ("ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChoice:
    """Something to tap. `kind`: a "postback" stays, a "quick_reply" goes with the next message; so does
    "own_data", which fills in the number or the address that the patient's account has."""

    payload: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSend:
    """A message in order."""

    psid: str
    messaging_type: str
    metadata: str | None
    choices: tuple[PageChoice, ...]
    template: "TemplateCall | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAction:
    """The Page types, or has seen what the patient wrote."""

    psid: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCall:
    """A utility template, called. `body` and `header`: the parameters, by name where they have one."""

    name: str
    language: str
    header: tuple[tuple[str | None, str], ...] = ()
    body: tuple[tuple[str | None, str], ...] = ()
    payloads: tuple[str, ...] = ()  # of its buttons


def read_page_request(body: object) -> PageSend | SenderAction:
    """The request that a JSON body makes on Messenger. Raises GraphRefused."""
    return reading(body, _read)


def reading(body: object, read: Callable[[StrictObject], PageSend | SenderAction]) -> PageSend | SenderAction:
    try:
        return read(StrictObject(body))
    except Refused as refused:  # WhatsApp's codes; Messenger has one for everything that is malformed
        raise invalid(refused.details) from None


def invalid(details: str, *, subcode: int | None = None) -> GraphRefused:
    return GraphRefused(400, 100, f"(#100) {details}", subcode=subcode)


def _read(request: StrictObject) -> PageSend | SenderAction:
    psid = read_recipient(request)
    if request.has("sender_action"):
        return read_action(request, psid)
    messaging_type = read_messaging_type(request, "RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
    if request.has("notification_type"):
        request.choice("notification_type", "REGULAR", "SILENT_PUSH", "NO_PUSH")
    read_reply_to(request)
    if request.has("thread_control"):
        _thread_control(request.child("thread_control"))
    message = request.child("message")
    template = None
    if messaging_type == "UTILITY":
        template = _template_call(message.child("template"))
        choices: tuple[PageChoice, ...] = ()
        metadata = message.optional_text("metadata", high=METADATA_LIMIT)
        message.end()
    else:
        metadata, choices = _message(message)
    request.end()
    return PageSend(
        psid=psid, messaging_type=messaging_type, metadata=metadata, choices=choices, template=template
    )


def read_recipient(request: StrictObject) -> str:
    recipient = request.child("recipient")
    psid = recipient.text("id", high=32)
    recipient.end()
    if request.has("message") == request.has("sender_action"):
        both = "Cannot send both message and state at the same time."
        neither = "Must send either message or state"
        raise invalid(both if request.has("message") else neither, subcode=2018015)
    return psid


def read_action(request: StrictObject, psid: str) -> SenderAction:
    action = request.choice("sender_action", "typing_on", "typing_off", "mark_seen", "react", "unreact")
    if action in ("react", "unreact"):
        payload = request.child("payload")
        payload.text("message_id", high=256)
        if action == "react":
            payload.text("reaction", high=16)
        payload.end()
    request.end()
    return SenderAction(psid=psid, action=action)


def read_messaging_type(request: StrictObject, *allowed: str) -> str:
    messaging_type = request.choice("messaging_type", *allowed)
    if messaging_type == "MESSAGE_TAG":
        tag = request.text("tag", high=64)
        if tag in _RETIRED_TAGS:
            raise invalid("This message tag is no longer available. Use a utility message template.")
        if tag != "HUMAN_AGENT":
            raise invalid("Param tag must be one of {HUMAN_AGENT}")
    return messaging_type


def read_reply_to(request: StrictObject) -> None:
    if request.has("reply_to"):
        reply_to = request.child("reply_to")
        reply_to.text("mid", high=256)
        reply_to.end()


def _thread_control(control: StrictObject) -> None:
    kind = control.choice("control_type", "pass", "release")
    if kind == "pass":
        control.text("app_id", high=32)
    control.optional_text("metadata", high=METADATA_LIMIT)
    control.end()


def _template_call(template: StrictObject) -> TemplateCall:
    name = template.text("name", high=512)
    language = template.child("language")
    code = language.text("code", high=16)
    language.end()
    parameters: dict[str, tuple[tuple[str | None, str], ...]] = {}
    payloads: tuple[str, ...] = ()
    if template.has("components"):
        for component in template.children("components", low=0, high=4):
            kind = component.choice("type", "header", "body", "buttons")
            children = component.children("parameters", low=1, high=50)
            if kind == "buttons":
                payloads = tuple(map(_template_payload, children))
            else:
                parameters[kind] = tuple(map(_template_text, children))
            component.end()
    template.end()
    return TemplateCall(
        name=name,
        language=code,
        header=parameters.get("header", ()),
        body=parameters.get("body", ()),
        payloads=payloads,
    )


def _template_text(parameter: StrictObject) -> tuple[str | None, str]:
    parameter.choice("type", "text")
    found = parameter.optional_text("parameter_name", high=64), parameter.text("text", high=1024)
    parameter.end()
    return found


def _template_payload(parameter: StrictObject) -> str:
    if parameter.choice("type", "POSTBACK", "URL") == "URL":
        read_url(parameter, "url")
        payload = ""
    else:
        payload = parameter.text("payload", high=PAYLOAD_LIMIT)
    parameter.end()
    return payload


def _message(message: StrictObject) -> tuple[str | None, tuple[PageChoice, ...]]:
    if message.has("text") == message.has("attachment"):
        raise invalid("Message cannot be empty, must provide valid attachment or text, and not both")
    choices: list[PageChoice] = []
    if message.has("text"):
        message.text("text", high=TEXT_LIMIT)
    else:
        choices += _attachment(message.child("attachment"))
    choices += read_quick_replies(message)
    metadata = message.optional_text("metadata", high=METADATA_LIMIT)
    message.end()
    return metadata, tuple(choices)


def read_quick_replies(message: StrictObject) -> list[PageChoice]:
    if not message.has("quick_replies"):
        return []
    return [_quick_reply(each) for each in message.children("quick_replies", low=1, high=13)]


def _quick_reply(reply: StrictObject) -> PageChoice:
    """Without a title of its own, one that offers the patient's own number or address: its type is what a
    tap has to name."""
    kind = reply.choice("content_type", "text", "user_phone_number", "user_email")
    if kind != "text":
        reply.end()
        return PageChoice(payload=kind, title=kind, kind="own_data")
    if reply.has("image_url"):
        read_url(reply, "image_url")
    choice = PageChoice(
        payload=reply.text("payload", high=PAYLOAD_LIMIT),
        title=reply.text("title", high=TITLE_LIMIT),
        kind="quick_reply",
    )
    reply.end()
    return choice


def _attachment(attachment: StrictObject) -> list[PageChoice]:
    kind = attachment.choice("type", "template", *_MEDIA)
    payload = attachment.child("payload")
    attachment.end()
    choices: list[PageChoice] = []
    if kind == "template":
        choices = _TEMPLATES[payload.choice("template_type", *_TEMPLATES)](payload)
    else:
        read_media_source(payload)
    payload.end()
    return choices


def read_media_source(payload: StrictObject) -> None:
    if payload.has("url") == payload.has("attachment_id"):
        raise invalid("Exactly one of the params url and attachment_id is required")
    if payload.has("url"):
        read_url(payload, "url")
        payload.optional_boolean("is_reusable")
    else:
        payload.text("attachment_id", high=64)


def read_button_template(template: StrictObject) -> list[PageChoice]:
    template.text("text", high=TEMPLATE_TEXT_LIMIT)
    return _buttons(template)


def read_generic_template(template: StrictObject) -> list[PageChoice]:
    choices = []
    for element in template.children("elements", low=1, high=10):
        element.text("title", high=80)
        element.optional_text("subtitle", high=80)
        if element.has("image_url"):
            read_url(element, "image_url")
        if element.has("buttons"):
            choices += _buttons(element)
        element.end()
    return choices


def _media_template(template: StrictObject) -> list[PageChoice]:
    [element] = template.children("elements", low=1, high=1)
    element.choice("media_type", "image", "video")
    read_media_source(element)
    choices = _buttons(element) if element.has("buttons") else []
    element.end()
    return choices


def _buttons(parent: StrictObject) -> list[PageChoice]:
    choices = []
    for button in parent.children("buttons", low=1, high=3):
        kind = button.choice("type", "postback", "web_url", "phone_number")
        title = button.text("title", high=TITLE_LIMIT)
        if kind == "web_url":
            read_url(button, "url")
        else:
            payload = button.text("payload", high=PAYLOAD_LIMIT)
            if kind == "postback":
                choices.append(PageChoice(payload=payload, title=title, kind="postback"))
        button.end()
    return choices


def read_url(parent: StrictObject, key: str) -> None:
    if not parent.text(key, high=URL_LIMIT).startswith(("https://", "http://")):
        raise invalid(f"{key} should represent a valid URL")


_MEDIA = ("image", "audio", "video", "file")

_TEMPLATES: Mapping[str, Callable[[StrictObject], list[PageChoice]]] = {
    "button": read_button_template,
    "generic": read_generic_template,
    "media": _media_template,
}

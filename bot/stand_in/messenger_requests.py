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
    """Something to tap. `kind`: a "postback" stays, a "quick_reply" goes with the next message."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAction:
    """The Page types, or has seen what the patient wrote."""

    psid: str
    action: str


def read_page_request(body: object) -> PageSend | SenderAction:
    """The request that a JSON body makes. Raises GraphRefused."""
    try:
        return _read(StrictObject(body))
    except Refused as refused:  # WhatsApp's codes; Messenger has one for everything that is malformed
        raise invalid(refused.details) from None


def invalid(details: str, *, subcode: int | None = None) -> GraphRefused:
    return GraphRefused(400, 100, f"(#100) {details}", subcode=subcode)


def _read(request: StrictObject) -> PageSend | SenderAction:
    recipient = request.child("recipient")
    psid = recipient.text("id", high=32)
    recipient.end()
    if request.has("message") == request.has("sender_action"):
        both = "Cannot send both message and state at the same time."
        neither = "Must send either message or state"
        raise invalid(both if request.has("message") else neither, subcode=2018015)
    if request.has("sender_action"):
        action = request.choice("sender_action", "typing_on", "typing_off", "mark_seen")
        request.end()
        return SenderAction(psid=psid, action=action)
    messaging_type = request.choice("messaging_type", "RESPONSE", "UPDATE", "MESSAGE_TAG")
    if messaging_type == "MESSAGE_TAG":
        tag = request.text("tag", high=64)
        if tag in _RETIRED_TAGS:
            raise invalid("This message tag is no longer available. Use a utility message template.")
        if tag != "HUMAN_AGENT":
            raise invalid("Param tag must be one of {HUMAN_AGENT}")
    if request.has("notification_type"):
        request.choice("notification_type", "REGULAR", "SILENT_PUSH", "NO_PUSH")
    if request.has("reply_to"):
        reply_to = request.child("reply_to")
        reply_to.text("mid", high=256)
        reply_to.end()
    metadata, choices = _message(request.child("message"))
    request.end()
    return PageSend(psid=psid, messaging_type=messaging_type, metadata=metadata, choices=choices)


def _message(message: StrictObject) -> tuple[str | None, tuple[PageChoice, ...]]:
    if message.has("text") == message.has("attachment"):
        raise invalid("Message cannot be empty, must provide valid attachment or text, and not both")
    choices: list[PageChoice] = []
    if message.has("text"):
        message.text("text", high=TEXT_LIMIT)
    else:
        choices += _attachment(message.child("attachment"))
    if message.has("quick_replies"):
        choices += [_quick_reply(each) for each in message.children("quick_replies", low=1, high=13)]
    metadata = message.optional_text("metadata", high=METADATA_LIMIT)
    message.end()
    return metadata, tuple(choices)


def _quick_reply(reply: StrictObject) -> PageChoice:
    reply.choice("content_type", "text")
    if reply.has("image_url"):
        _url(reply, "image_url")
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
    if kind == "template":
        choices = _TEMPLATES[payload.choice("template_type", *_TEMPLATES)](payload)
    else:
        choices = []
        if payload.has("url") == payload.has("attachment_id"):
            raise invalid("Exactly one of the params url and attachment_id is required")
        if payload.has("url"):
            _url(payload, "url")
            payload.optional_boolean("is_reusable")
        else:
            payload.text("attachment_id", high=64)
    payload.end()
    return choices


def _button_template(template: StrictObject) -> list[PageChoice]:
    template.text("text", high=TEMPLATE_TEXT_LIMIT)
    return _buttons(template)


def _generic_template(template: StrictObject) -> list[PageChoice]:
    choices = []
    for element in template.children("elements", low=1, high=10):
        element.text("title", high=80)
        element.optional_text("subtitle", high=80)
        if element.has("image_url"):
            _url(element, "image_url")
        if element.has("buttons"):
            choices += _buttons(element)
        element.end()
    return choices


def _buttons(parent: StrictObject) -> list[PageChoice]:
    choices = []
    for button in parent.children("buttons", low=1, high=3):
        kind = button.choice("type", "postback", "web_url", "phone_number")
        title = button.text("title", high=TITLE_LIMIT)
        if kind == "web_url":
            _url(button, "url")
        else:
            payload = button.text("payload", high=PAYLOAD_LIMIT)
            if kind == "postback":
                choices.append(PageChoice(payload=payload, title=title, kind="postback"))
        button.end()
    return choices


def _url(parent: StrictObject, key: str) -> None:
    if not parent.text(key, high=URL_LIMIT).startswith(("https://", "http://")):
        raise invalid(f"{key} should represent a valid URL")


_MEDIA = ("image", "audio", "video", "file")

_TEMPLATES: Mapping[str, Callable[[StrictObject], list[PageChoice]]] = {
    "button": _button_template,
    "generic": _generic_template,
}

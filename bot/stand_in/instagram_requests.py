"""What Instagram takes on POST /{account}/messages, checked to the letter. Pure.

Source: the pages instagram/features/* and send-messages of the Messenger Platform documentation. Texts
count in bytes there, there are no message templates, and no tag but a human's. Stricter than Meta in one
thing: keys that it does not know are refused.
"""

from collections.abc import Callable, Mapping

from bot.stand_in.messenger_requests import (
    METADATA_LIMIT,
    PageChoice,
    PageSend,
    SenderAction,
    invalid,
    read_action,
    read_button_template,
    read_generic_template,
    read_media_source,
    read_messaging_type,
    read_quick_replies,
    read_recipient,
    read_reply_to,
    reading,
)
from bot.stand_in.strict_json import StrictObject

TEXT_BYTES = 1000


def read_instagram_request(body: object) -> PageSend | SenderAction:
    """The request that a JSON body makes. Raises GraphRefused."""
    return reading(body, _read)


def _read(request: StrictObject) -> PageSend | SenderAction:
    psid = read_recipient(request)
    if request.has("sender_action"):
        return read_action(request, psid)
    messaging_type = "RESPONSE"
    if request.has("messaging_type"):
        messaging_type = read_messaging_type(request, "RESPONSE", "UPDATE", "MESSAGE_TAG")
    read_reply_to(request)
    message = request.child("message")
    if message.has("text") == message.has("attachment"):
        raise invalid("Message cannot be empty, must provide valid attachment or text, and not both")
    choices: list[PageChoice] = []
    if message.has("text"):
        _text(message)
    else:
        choices += _attachment(message.child("attachment"))
    choices += read_quick_replies(message)
    metadata = message.optional_text("metadata", high=METADATA_LIMIT)
    message.end()
    request.end()
    return PageSend(
        psid=psid, messaging_type=messaging_type, metadata=metadata, choices=tuple(choices), template=None
    )


def _text(message: StrictObject) -> None:
    text = message.text("text", high=TEXT_BYTES)
    if len(text.encode("utf-8", errors="surrogatepass")) > TEXT_BYTES:
        raise invalid(f"message.text is longer than {TEXT_BYTES} bytes")


def _attachment(attachment: StrictObject) -> list[PageChoice]:
    kind = attachment.choice("type", "template", "like_heart", "MEDIA_SHARE", *_MEDIA)
    choices: list[PageChoice] = []
    if kind != "like_heart":
        payload = attachment.child("payload")
        if kind == "template":
            choices = _TEMPLATES[payload.choice("template_type", *_TEMPLATES)](payload)
        elif kind == "MEDIA_SHARE":
            payload.text("id", high=64)
        else:
            read_media_source(payload)
        payload.end()
    attachment.end()
    return choices


_MEDIA = ("image", "audio", "video", "file")

_TEMPLATES: Mapping[str, Callable[[StrictObject], list[PageChoice]]] = {
    "button": read_button_template,
    "generic": read_generic_template,
}

"""What patients send besides text and taps, in the shape that webhooks give it. Pure."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.stand_in.media_shelf import StoredFile, sample
from bot.stand_in.refusals import malformed
from bot.stand_in.strict_json import StrictObject

MEDIA_TYPES = {
    "image": "image/jpeg",
    "audio": "audio/ogg; codecs=opus",
    "video": "video/mp4",
    "document": "application/pdf",
    "sticker": "image/webp",
    "file": "application/pdf",
}

_MEDIA = ("image", "audio", "video", "document", "sticker")

Content = Mapping[str, Any]


def read_patient_message(
    wish: StrictObject, *, store: Callable[[bytes, str, str], StoredFile], url: Callable[[StoredFile], str]
) -> tuple[str, Content]:
    """Type and content of the message that {"kind": ..., ...} asks for. Raises Refused.

    Kinds: image, audio, video, document, sticker (with "base64" and "mime_type" the file that it is),
    location, contacts, reaction, edit, revoke, flow_answer, order, changed_number, changed_user_id,
    unsupported, and raw ({"type", "content"}: anything at all, for shapes that nobody has seen yet)."""
    kind = wish.choice("kind", *_MEDIA, *_OTHERS)
    if kind in _MEDIA:
        return kind, _media(kind, wish, store, url)
    return _OTHERS[kind](wish)


def read_file(wish: StrictObject, kind: str) -> tuple[bytes, str]:
    """The bytes that a wish gives, else a sample of that kind; and their type. Raises Refused."""
    mime_type = wish.optional_text("mime_type", high=128) or MEDIA_TYPES[kind]
    given = wish.optional_text("base64", high=10**8)
    if given is None:
        return sample(kind), mime_type
    try:
        return base64.b64decode(given, validate=True), mime_type
    except ValueError:
        raise malformed("Param base64 must be base64") from None


def _media(
    kind: str,
    wish: StrictObject,
    store: Callable[[bytes, str, str], StoredFile],
    url: Callable[[StoredFile], str],
) -> Content:
    content, mime_type = read_file(wish, kind)
    name = ""
    if kind == "document":
        name = wish.optional_text("filename", high=240) or "document.pdf"
    file = store(content, mime_type, name)
    media: dict[str, Any] = {
        "id": file.id,
        "mime_type": mime_type,
        "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        "url": url(file),
    }
    if kind == "audio":
        media["voice"] = True
    if name:
        media["filename"] = name
    if kind in ("image", "video", "document") and wish.has("caption"):
        media["caption"] = wish.text("caption", high=1024)
    return {kind: media}


def _location(wish: StrictObject) -> tuple[str, Content]:
    latitude = wish.number("latitude", low=-90, high=90) if wish.has("latitude") else 45.4642
    longitude = wish.number("longitude", low=-180, high=180) if wish.has("longitude") else 9.19
    return "location", {"location": {"latitude": latitude, "longitude": longitude}}


def _contacts(wish: StrictObject) -> tuple[str, Content]:
    phone = wish.text("phone", high=16)
    card = {
        "origin": "contact_request",
        "phones": [{"phone": phone, "wa_id": phone.removeprefix("+"), "type": "CELL"}],
    }
    return "contacts", {"contacts": [card]}


def _reaction(wish: StrictObject) -> tuple[str, Content]:
    reaction = {"message_id": wish.text("message_id", high=256)}
    if wish.has("emoji"):  # absent means taken back
        reaction["emoji"] = wish.text("emoji", high=16)
    return "reaction", {"reaction": reaction}


def _edit(wish: StrictObject) -> tuple[str, Content]:
    message = {"type": "text", "text": {"body": wish.text("text", high=4096)}}
    return "edit", {"edit": {"original_message_id": wish.text("message_id", high=256), "message": message}}


def _revoke(wish: StrictObject) -> tuple[str, Content]:
    return "revoke", {"revoke": {"original_message_id": wish.text("message_id", high=256)}}


def _unsupported(wish: StrictObject) -> tuple[str, Content]:
    error = {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
    return "unsupported", {"errors": [error], "unsupported": {"type": "poll_creation"}}


def _flow_answer(wish: StrictObject) -> tuple[str, Content]:
    """{"answers": {...}}, written as a string; or {"response_json": "..."} for the broken ones that occur."""
    if wish.has("response_json"):
        response = wish.text("response_json", low=0, high=10**5)
    else:
        answers = wish.anything("answers") if wish.has("answers") else {}
        token = wish.optional_text("flow_token", high=1000) or "unused"
        response = json.dumps({"flow_token": token, **answers})
    reply = {"name": "flow", "body": "Sent", "response_json": response}
    return "interactive", {"interactive": {"type": "nfm_reply", "nfm_reply": reply}}


def _order(wish: StrictObject) -> tuple[str, Content]:
    item = {"product_retailer_id": "whitening", "quantity": 1, "item_price": 90, "currency": "EUR"}
    words = wish.optional_text("text", high=1024) or ""
    return "order", {"order": {"catalog_id": "194836987003835", "text": words, "product_items": [item]}}


def _changed_number(wish: StrictObject) -> tuple[str, Content]:
    new = wish.text("new", high=16)
    told = {"type": "user_changed_number", "wa_id": new, "body": f"User changed their number to {new}"}
    return "system", {"system": told}


def _changed_user_id(wish: StrictObject) -> tuple[str, Content]:
    told = {"type": "user_changed_user_id", "user_id": wish.text("new", high=160), "body": "User id changed"}
    return "system", {"system": told}


def _raw(wish: StrictObject) -> tuple[str, Content]:
    kind = wish.text("type", high=64)
    content = wish.anything("content")
    return kind, content if isinstance(content, dict) else {kind: content}


_OTHERS: Mapping[str, Callable[[StrictObject], tuple[str, Content]]] = {
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "flow_answer": _flow_answer,
    "order": _order,
    "changed_number": _changed_number,
    "changed_user_id": _changed_user_id,
    "unsupported": _unsupported,
    "raw": _raw,
}

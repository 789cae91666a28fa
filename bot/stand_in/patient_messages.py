"""What patients send besides text and taps, in the shape that webhooks give it. Pure."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from bot.stand_in.strict_json import StrictObject

_MEDIA_TYPES = {
    "image": "image/jpeg",
    "audio": "audio/ogg; codecs=opus",
    "video": "video/mp4",
    "document": "application/pdf",
    "sticker": "image/webp",
}

Content = Mapping[str, Any]


def read_patient_message(wish: StrictObject, *, unique: str) -> tuple[str, Content]:
    """Type and content of the message that {"kind": ..., ...} asks for. Raises Refused.

    Kinds: image, audio, video, document, sticker, location, contacts, reaction, edit, revoke, unsupported,
    and raw ({"type", "content"}: anything at all, for shapes that nobody has seen yet)."""
    kind = wish.choice("kind", *_MEDIA_TYPES, *_OTHERS)
    if kind in _MEDIA_TYPES:
        return kind, _media(kind, wish, unique)
    return _OTHERS[kind](wish)


def _media(kind: str, wish: StrictObject, unique: str) -> Content:
    media: dict[str, Any] = {
        "id": str(int(unique[:12], 16)),
        "mime_type": _MEDIA_TYPES[kind],
        "sha256": hashlib.sha256(unique.encode()).hexdigest(),
        "url": f"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid={unique}",
    }
    if kind == "audio":
        media["voice"] = True
    if kind == "document":
        media["filename"] = wish.optional_text("filename", high=240) or "document.pdf"
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
    "unsupported": _unsupported,
    "raw": _raw,
}

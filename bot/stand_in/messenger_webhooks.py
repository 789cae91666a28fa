"""The webhook bodies that the Messenger Platform posts for a Page or an Instagram account. Pure.

Source: the pages webhooks/webhook-events/* of the Messenger Platform documentation.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.stand_in.media_shelf import StoredFile
from bot.stand_in.messenger_requests import PageChoice
from bot.stand_in.patient_messages import read_file
from bot.stand_in.strict_json import StrictObject

_PSID = re.compile(r"[1-9][0-9]{9,19}")
_ATTACHMENTS = ("image", "audio", "video", "file", "sticker", "fallback", "reel", "location")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAccount:
    """A Facebook Page or an Instagram account, the app that writes for it, and where its webhooks go."""

    page_id: str
    app_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    webhook_url: str
    app_id: int = 300300300300300


def is_psid(text: str) -> bool:
    """Whether this is a Page-scoped id: ten to twenty digits."""
    return _PSID.fullmatch(text) is not None


def envelope(
    page: PageAccount,
    events: Sequence[Mapping[str, Any]],
    *,
    at: datetime,
    envelope_object: str = "page",
    key: str = "messaging",
) -> dict[str, Any]:
    """A whole body."""
    entry = {"id": page.page_id, "time": milliseconds(at), key: list(events)}
    return {"object": envelope_object, "entry": [entry]}


def from_patient(page: PageAccount, psid: str, *, at: datetime, content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sender": {"id": psid},
        "recipient": {"id": page.page_id},
        "timestamp": milliseconds(at),
        **content,
    }


def tapped(choice: PageChoice, *, psid: str, mid: str) -> dict[str, Any]:
    """What a tap makes: a quick reply is posted as a message of the patient's, a button is a postback."""
    if choice.kind == "own_data":
        own = {"user_phone_number": f"+39333{psid[-7:]}", "user_email": f"patient.{psid[-4:]}@example.org"}
        told = own[choice.payload]
        return {"message": {"mid": mid, "text": told, "quick_reply": {"payload": told}}}
    if choice.kind == "quick_reply":
        return {"message": {"mid": mid, "text": choice.title, "quick_reply": {"payload": choice.payload}}}
    return {"postback": {"mid": mid, "title": choice.title, "payload": choice.payload}}


def echo(
    page: PageAccount,
    psid: str,
    *,
    mid: str,
    at: datetime,
    app_id: int,
    content: Mapping[str, Any],
    metadata: str | None = None,
) -> dict[str, Any]:
    """What the Page sent, whoever wrote it. `content`: {"text"} or {"attachments"}."""
    message: dict[str, Any] = {"mid": mid, "is_echo": True, "app_id": app_id, **content}
    if metadata is not None:
        message["metadata"] = metadata
    return {
        "sender": {"id": page.page_id},
        "recipient": {"id": psid},
        "timestamp": milliseconds(at),
        "message": message,
    }


def echoed(message: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a sent message as its echo shows it: quick replies are not part of it."""
    if "text" in message:
        return {"text": message["text"]}
    if "template" in message:
        return {"attachments": [{"type": "template", "payload": {"name": message["template"]["name"]}}]}
    return {"attachments": [message["attachment"]]}


def read_patient_wish(wish: StrictObject, *, mid: str, store: Callable[[bytes, str], str]) -> dict[str, Any]:
    """The event that {"kind": ..., ...} asks for. Raises Refused.

    `store` keeps a file and says where it is. Kinds: image, audio, video, file (with "base64" and
    "mime_type" the file that it is), sticker, fallback, reel, location, reaction, edit, unsend, get_started,
    referral, unsupported, and raw ({"content"}: anything at all, for shapes that nobody has seen yet)."""
    kind = wish.choice("kind", *_ATTACHMENTS, *_OTHERS)
    if kind in _ATTACHMENTS:
        message: dict[str, Any] = {"mid": mid, "attachments": [_attachment(kind, wish, mid=mid, store=store)]}
        if wish.has("text"):
            message["text"] = wish.text("text", high=2000)
        return {"message": message}
    match kind:
        case "reaction":
            reaction = {"mid": wish.text("message_id", high=256)}
            if not wish.has("emoji"):  # absent means taken back
                return {"reaction": {**reaction, "action": "unreact"}}
            emoji = wish.text("emoji", high=16)
            return {"reaction": {**reaction, "action": "react", "reaction": "other", "emoji": emoji}}
        case "edit":
            text = wish.text("text", high=2000)
            return {"message_edit": {"mid": wish.text("message_id", high=256), "text": text, "num_edit": 1}}
        case "unsend":
            return {"message": {"mid": wish.text("message_id", high=256), "is_deleted": True}}
        case "get_started":
            return {"postback": {"mid": mid, "title": "Get Started", "payload": "GET_STARTED"}}
        case "referral":
            ref = wish.optional_text("ref", high=2083) or "flyer"
            return {"referral": {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}}
        case "unsupported":
            return {"message": {"mid": mid, "is_unsupported": True}}
        case _:
            content = wish.anything("content")
            return content if isinstance(content, dict) else {"message": content}


def message_id(unique: bytes) -> str:
    """A mid in the usual look."""
    return "m_" + base64.urlsafe_b64encode(unique * 3).decode().rstrip("=")


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def as_attachment(file: StoredFile, url: str) -> dict[str, Any]:
    """A file as Graph shows it by the id of its message."""
    kind = file.mime_type.split("/")[0]
    shown = {"id": file.id, "mime_type": file.mime_type, "name": file.name, "size": len(file.content)}
    if kind in ("image", "video"):
        return {**shown, f"{kind}_data": {"url": url, "preview_url": url, "width": 1, "height": 1}}
    return {**shown, "file_url": url}


def _attachment(
    kind: str, wish: StrictObject, *, mid: str, store: Callable[[bytes, str], str]
) -> dict[str, Any]:
    if kind in ("image", "audio", "video", "file"):
        content, mime_type = read_file(wish, kind)
        return {"type": kind, "payload": {"url": store(content, mime_type)}}
    if kind == "location":
        return {"type": kind, "payload": {"coordinates": {"lat": 45.4642, "long": 9.19}}}
    payload: dict[str, Any] = {"url": f"https://scontent.xx.fbcdn.net/v/{mid[:16]}"}
    if kind == "sticker":
        payload["sticker_id"] = 369239263222822
    if kind == "fallback":
        payload["title"] = "A page from elsewhere"
    return {"type": kind, "payload": payload}


_OTHERS = ("reaction", "edit", "unsend", "get_started", "referral", "unsupported", "raw")

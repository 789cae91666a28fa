"""Webhook bodies as Meta writes and signs them, on each of its channels.

A door is where one channel's webhooks go in; an item is one message; a body holds items of many patients.
"""

import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

SECRET = b"demo-app-secret"
#: 2026-03-02 07:00 UTC; only the order of one patient's messages comes from it.
AT = 1_772_434_800

Item = dict[str, Any]


class Door(ABC):
    name: str

    @property
    def path(self) -> str:
        return f"/webhooks/{self.name}"

    @abstractmethod
    def patient(self, number: int) -> str:
        """The id of the number-th patient of this channel."""

    @abstractmethod
    def text(self, who: str, id: str, words: str, *, at: int = AT) -> Item: ...

    @abstractmethod
    def picture(self, who: str, id: str, *, at: int = AT) -> Item: ...

    @abstractmethod
    def tap(self, who: str, id: str, token: str, *, at: int = AT) -> Item: ...

    @abstractmethod
    def entry(self, *items: Item) -> Item:
        """One entry of an envelope."""

    def envelope(self, *entries: Any) -> Item:
        return {"object": self._object, "entry": list(entries)}

    def body(self, *items: Item) -> bytes:
        return json.dumps(self.envelope(self.entry(*items))).encode()

    @property
    @abstractmethod
    def _object(self) -> str: ...


class WhatsAppDoor(Door):
    name = "whatsapp"
    number = "100000000000001"
    _object = "whatsapp_business_account"

    def patient(self, number: int) -> str:
        return f"39347{number:07d}"

    def text(self, who: str, id: str, words: str, *, at: int = AT) -> Item:
        return self._message(who, id, at, type="text", text={"body": words})

    def picture(self, who: str, id: str, *, at: int = AT) -> Item:
        return self._message(who, id, at, type="image", image={"id": "1", "mime_type": "image/jpeg"})

    def tap(self, who: str, id: str, token: str, *, at: int = AT) -> Item:
        reply = {"type": "button_reply", "button_reply": {"id": token, "title": "…"}}
        return self._message(who, id, at, type="interactive", interactive=reply)

    def entry(self, *items: Item) -> Item:
        people = dict.fromkeys(item["from"] for item in items)
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "390200000000", "phone_number_id": self.number},
            "contacts": [{"profile": {"name": "P"}, "wa_id": who} for who in people],
            "messages": list(items),
        }
        return {"id": "1", "changes": [{"field": "messages", "value": value}]}

    def _message(self, who: str, id: str, at: int, **content: Any) -> Item:
        return {"from": who, "id": id, "timestamp": str(at), **content}


class MessengerDoor(Door):
    name = "messenger"
    page = "200000000000001"
    _object = "page"
    _first = "77"  # how its patients' ids begin

    def patient(self, number: int) -> str:
        return f"{self._first}{number:014d}"

    def text(self, who: str, id: str, words: str, *, at: int = AT) -> Item:
        return self._event(who, at, message={"mid": id, "text": words})

    def picture(self, who: str, id: str, *, at: int = AT) -> Item:
        picture = {"type": "image", "payload": {"url": "https://example.org/picture"}}
        return self._event(who, at, message={"mid": id, "attachments": [picture]})

    def tap(self, who: str, id: str, token: str, *, at: int = AT) -> Item:
        return self._event(who, at, postback={"mid": id, "title": "…", "payload": token})

    def entry(self, *items: Item) -> Item:
        return {"id": self.page, "time": AT * 1000, "messaging": list(items)}

    def _event(self, who: str, at: int, **content: Any) -> Item:
        return {"sender": {"id": who}, "recipient": {"id": self.page}, "timestamp": at * 1000, **content}


class InstagramDoor(MessengerDoor):
    name = "instagram"
    page = "300000000000001"
    _object = "instagram"
    _first = "88"


WHATSAPP, MESSENGER, INSTAGRAM = WhatsAppDoor(), MessengerDoor(), InstagramDoor()
#: Whose bodies and answers differ in all that matters to a load.
DOORS: tuple[Door, ...] = (WHATSAPP, MESSENGER)
ALL_DOORS: tuple[Door, ...] = (*DOORS, INSTAGRAM)


def signed(body: bytes, secret: bytes = SECRET) -> Mapping[str, str]:
    signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}

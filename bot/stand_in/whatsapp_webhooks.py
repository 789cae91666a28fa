"""The webhook bodies that the Cloud API posts, and how Meta writes and signs them. Pure.

Sources: the pages webhooks/* and business-scoped-user-ids of the Cloud API documentation.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.stand_in.refusals import Refused
from bot.stand_in.whatsapp_requests import Choice, is_user_id

_WHO = re.compile(r"[1-9][0-9]{6,14}")


class UnknownPatientKind(ValueError):
    """A patient is named by the digits of a phone number or by a business-scoped user id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """The business's phone number, as webhooks name it."""

    account_id: str
    phone_number_id: str
    display_number: str  # digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient's phone. Without `phone` it is one of those that hide the number behind a username."""

    phone: str | None  # digits
    user_id: str
    name: str

    @classmethod
    def known_as(cls, who: str, *, country: str, name: str) -> "Person":
        if is_user_id(who):
            return cls(phone=None, user_id=who, name=name)
        if not _WHO.fullmatch(who):
            raise UnknownPatientKind(
                "a patient is 7 to 15 digits without + (393331234567) or a user id (IT.1349120865530274)"
            )
        digest = int.from_bytes(hashlib.sha256(who.encode()).digest()[:8], "big")
        return cls(phone=who, user_id=f"{country}.{digest}", name=name)

    def as_contact(self) -> dict[str, Any]:
        contact: dict[str, Any] = {"profile": {"name": self.name}, "user_id": self.user_id}
        if self.phone is None:
            contact["profile"]["username"] = f"user.{self.user_id[-6:].lower()}"
        else:
            contact["wa_id"] = self.phone
        return contact


def inbound(
    person: Person, *, message_id: str, at: datetime, kind: str, content: Mapping[str, Any]
) -> dict[str, Any]:
    """One entry of `messages`. `content` is merged in as it is: {"text": {...}} for text."""
    sender = {"from": person.phone} if person.phone else {}
    return {
        **sender,
        "from_user_id": person.user_id,
        "id": message_id,
        "timestamp": _seconds(at),
        "type": kind,
        **content,
    }


def tapped(choice: Choice, *, message_id: str, number: Number) -> tuple[str, dict[str, Any]]:
    """Type and content of the message that a tap makes."""
    context = {"context": {"from": number.display_number, "id": message_id}}
    if choice.kind == "template":
        return "button", {**context, "button": {"payload": choice.id, "text": choice.title}}
    reply = {"id": choice.id, "title": choice.title}
    if choice.description is not None:
        reply["description"] = choice.description
    kind = "list_reply" if choice.kind == "list" else "button_reply"
    return "interactive", {**context, "interactive": {"type": kind, kind: reply}}


def status(
    person: Person,
    *,
    word: str,
    message_id: str,
    at: datetime,
    callback_data: str | None,
    by_phone: bool,
    category: str = "service",
    error: Refused | None = None,
) -> dict[str, Any]:
    """One entry of `statuses`. A `failed` one to a phone number does not say the user id."""
    entry: dict[str, Any] = {"id": message_id, "status": word, "timestamp": _seconds(at)}
    entry["recipient_id"] = person.phone if person.phone and by_phone else person.user_id
    if word != "failed" or not by_phone:
        entry["recipient_user_id"] = person.user_id
    if word in ("sent", "delivered"):
        entry["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": category,
        }
    if callback_data is not None:
        entry["biz_opaque_callback_data"] = callback_data
    if error is not None:
        entry["errors"] = [error.as_status_error()]
    return entry


def envelope(
    number: Number,
    *,
    people: Sequence[Person] = (),
    messages: Sequence[Mapping[str, Any]] = (),
    statuses: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A whole body; each person is listed once, in no promised order."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_number,
            "phone_number_id": number.phone_number_id,
        },
    }
    contacts = {person.user_id: person.as_contact() for person in people}
    if contacts:
        value["contacts"] = list(contacts.values())
    if messages:
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": number.account_id, "changes": [{"value": value, "field": "messages"}]}],
    }


def account_event(number: Number, *, field: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A whole body about the account itself: its templates, its quality, what was written on the phone."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": number.account_id, "changes": [{"value": dict(value), "field": field}]}],
    }


def as_meta_writes(body: Mapping[str, Any]) -> bytes:
    """JSON with escaped unicode and slashes: whoever re-serialises it to check the signature fails."""
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signatures(raw: bytes, app_secret: str) -> dict[str, str]:
    """Both headers that Meta sends: SHA-256, and the old SHA-1 that nobody should trust any more."""
    secret = app_secret.encode()
    return {
        "X-Hub-Signature-256": f"sha256={hmac.new(secret, raw, hashlib.sha256).hexdigest()}",
        "X-Hub-Signature": f"sha1={hmac.new(secret, raw, hashlib.sha1).hexdigest()}",
    }


def message_id(party: str, unique: bytes) -> str:
    """A wamid in the usual look: base64 of the other party and sixteen unique bytes."""
    packed = b"\x1d\x18" + bytes([len(party)]) + party.encode() + b"\x15\x02\x00" + unique
    return "wamid." + base64.b64encode(packed).decode()


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))

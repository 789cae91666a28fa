"""Messenger webhook bodies as events: pure, and total, whatever the body.

A body is `{object: "page", entry: [{id, messaging: [...], standby: [...]}]}`. Its events are read in the
order in which they stand, each on its own: one that cannot be read becomes an event of kind OTHER, or is left
out where it says nothing, and its neighbours never notice. An event of kind TEXT always has text, and one of
kind CHOICE a payload. A contact is known by a Page-scoped id alone, without a phone number or a name.

What stands under `standby` happens in a thread that another app has, mostly the Page's inbox: staff answer
there. It is kept, words included, and nobody answers it: kind SYSTEM.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.lenient import (
    fingerprint,
    identifier,
    instant,
    listing,
    mapping,
    objects,
    read_object,
    words,
)
from bot.domain.conversation import InboundEvent, InboundKind, SendStatus

CHANNEL = "messenger"

# Attachment type -> kind. Any other is OTHER, or the words beside it: a link's preview is a `fallback`.
_ATTACHMENTS: Mapping[str, InboundKind] = {
    "image": InboundKind.IMAGE,
    "audio": InboundKind.AUDIO,
    "video": InboundKind.VIDEO,
    "file": InboundKind.DOCUMENT,
    "sticker": InboundKind.STICKER,
    "location": InboundKind.LOCATION,
}

# What is nobody's message: kept, not answered.
_NOTICES = frozenset(
    {
        "optin",
        "referral",
        "account_linking",
        "pass_thread_control",
        "take_thread_control",
        "request_thread_control",
        "app_roles",
        "policy_enforcement",
        "policy-enforcement",  # as older versions wrote it
        "response_feedback",
    }
)

# Our outbox ids; another app's metadata may be anything at all.
_OUTBOX_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One event of a Page."""

    account: str | None
    event: Mapping[str, Any]
    is_ours: bool  # whether we have the thread

    @property
    def is_from_page(self) -> bool:
        is_echo = mapping(self.event.get("message")).get("is_echo") is True
        return is_echo or (self.account is not None and self._party("sender") == self.account)

    @property
    def patient(self) -> str | None:
        """Whoever of the two is not the Page."""
        return self._party("recipient" if self.is_from_page else "sender")

    def _party(self, key: str) -> str | None:
        return identifier(mapping(self.event.get(key)).get("id"))

    def as_event(
        self,
        kind: InboundKind,
        *,
        id: str | None = None,
        text: str | None = None,
        payload: str | None = None,
        status: SendStatus | None = None,
    ) -> InboundEvent:
        return InboundEvent(
            kind=kind,
            channel=CHANNEL,
            account=self.account,
            id=identifier(id) or fingerprint(self.event),
            sender=self.patient,
            at=instant(self.event.get("timestamp")),
            text=text,
            payload=payload,
            status=status,
        )

    def from_patient(
        self, kind: InboundKind, *, id: str | None, text: str | None = None, payload: str | None = None
    ) -> InboundEvent:
        """Something to answer, unless another app has the thread."""
        return self.as_event(kind if self.is_ours else InboundKind.SYSTEM, id=id, text=text, payload=payload)

    def as_status(self, state: str, message_id: str, *, outbox_id: str | None = None) -> InboundEvent:
        return self.as_event(
            InboundKind.STATUS,
            id=f"{message_id}:{state}" if message_id else None,
            status=SendStatus(state=state, message_id=message_id, outbox_id=outbox_id),
        )


_Reader = Callable[[Mapping[str, Any], _Item], Iterator[InboundEvent]]


def parse(body: bytes) -> tuple[InboundEvent, ...]:
    """Every event of a webhook body, in its order; () when it is no JSON object. Raises nothing."""
    return tuple(event for entry in objects(read_object(body).get("entry")) for event in _read_entry(entry))


def _read_entry(entry: Mapping[str, Any]) -> Iterator[InboundEvent]:
    page = identifier(entry.get("id"))
    for key, content in entry.items():
        for event in objects(content) if key in ("messaging", "standby", "changes") else ():
            item = _Item(account=page, event=event, is_ours=key == "messaging")
            if key == "changes":  # the Page's wall, its ratings: nobody to answer here
                yield replace(item.as_event(InboundKind.OTHER), sender=None)
            else:
                yield from _read_event(item)


def _read_event(item: _Item) -> Iterator[InboundEvent]:
    key = next((key for key in _READERS if key in item.event), None)
    if key is not None:
        yield from _READERS[key](mapping(item.event[key]), item)
    elif _NOTICES & item.event.keys():
        yield item.as_event(InboundKind.SYSTEM)
    elif item.event.keys() - {"sender", "recipient", "timestamp"}:
        yield item.from_patient(InboundKind.OTHER, id=None)


def _read_message(message: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    mid, text = identifier(message.get("mid")), words(message.get("text")) or None
    token = words(mapping(message.get("quick_reply")).get("payload")) or None
    if item.is_from_page:
        yield _echo(message, item, mid, text)
    elif message.get("is_deleted") is True:  # `mid` is that of the message which is gone
        yield item.as_event(InboundKind.SYSTEM, id=_joined(mid, "deleted"))
    elif token:
        yield item.from_patient(InboundKind.CHOICE, id=mid, text=text, payload=token)
    else:
        yield item.from_patient(_kind(message, text), id=mid, text=text)


def _kind(message: Mapping[str, Any], text: str | None) -> InboundKind:
    for attachment in objects(message.get("attachments")):
        if message.get("sticker_id") or mapping(attachment.get("payload")).get("sticker_id"):
            return InboundKind.STICKER  # until August 2026 stickers came as images
        kind = _ATTACHMENTS.get(words(attachment.get("type")) or "")
        if kind:
            return kind
    if text and text.strip():
        return InboundKind.TEXT
    return InboundKind.UNSUPPORTED if message.get("is_unsupported") is True else InboundKind.OTHER


def _echo(message: Mapping[str, Any], item: _Item, mid: str | None, text: str | None) -> InboundEvent:
    """A message of the Page. Ours proves that it was sent; any other was written by staff, or another app."""
    outbox_id = identifier(message.get("metadata"))
    if outbox_id is None or not _OUTBOX_ID.fullmatch(outbox_id):
        return item.as_event(InboundKind.ECHO, id=mid, text=text)
    return item.as_status("sent", mid, outbox_id=outbox_id) if mid else item.as_event(InboundKind.SYSTEM)


def _read_postback(postback: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """A tap on a button, on Get Started or in the menu. Some come without a `mid`."""
    title, token = words(postback.get("title")), words(postback.get("payload")) or None
    kind = InboundKind.CHOICE if token else InboundKind.OTHER
    yield item.from_patient(kind, id=identifier(postback.get("mid")), text=title, payload=token)


def _read_delivery(delivery: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """Where there are no ids, only the watermark says what was delivered."""
    mids = [mid for mid in map(identifier, listing(delivery.get("mids"))) if mid]
    for mid in mids or [""]:
        yield item.as_status("delivered", mid)


def _read_read(read: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """Everything until the watermark was read; messages are not named."""
    yield item.as_status("read", identifier(read.get("mid")) or "")


def _read_reaction(reaction: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """`mid` is that of the message reacted to, which can happen again and again."""
    mid, action = identifier(reaction.get("mid")), identifier(reaction.get("action"))
    yield item.as_event(
        InboundKind.REACTION, id=_joined(mid, action, identifier(item.event.get("timestamp")))
    )


def _read_edit(edit: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """`mid` is that of the message as it was first written."""
    id = _joined(identifier(edit.get("mid")), "edit", identifier(edit.get("num_edit")))
    yield item.from_patient(InboundKind.OTHER, id=id, text=words(edit.get("text")))


def _joined(*parts: str | None) -> str | None:
    """An id of these parts; None when one is missing."""
    return ":".join(part for part in parts if part) if all(parts) else None


_READERS: Mapping[str, _Reader] = {
    "message": _read_message,
    "postback": _read_postback,
    "delivery": _read_delivery,
    "read": _read_read,
    "reaction": _read_reaction,
    "message_edit": _read_edit,
}

"""What Messenger's and Instagram's webhook bodies have in common, as events: pure, and total.

A body is `{object, entry: [{id, messaging: [...], standby: [...], changes: [...]}]}`. Its events are read in
the order in which they stand, each on its own: one that cannot be read becomes an event of kind OTHER, or is
left out where it says nothing, and its neighbours never notice. An event of kind TEXT always has text, and
one of kind CHOICE a payload. A contact is known by a scoped id alone, without a phone number or a name.

What stands under `standby` happens in a thread that another app has, mostly the page's inbox: staff answer
there. It is kept, words included, and nobody answers it: kind SYSTEM.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.lenient import (
    fingerprint,
    flat,
    identifier,
    instant,
    listing,
    mapping,
    objects,
    raw,
    read_object,
    words,
)
from bot.domain.conversation import Attachment, InboundEvent, InboundKind, Referral, SendStatus

# Attachment type -> kind. Any other is OTHER, or the words beside it: a link's preview is a `fallback`.
_ATTACHMENTS: Mapping[str, InboundKind] = {
    "image": InboundKind.IMAGE,
    "audio": InboundKind.AUDIO,
    "video": InboundKind.VIDEO,
    "file": InboundKind.DOCUMENT,
    "sticker": InboundKind.STICKER,
    "location": InboundKind.LOCATION,
}
# What people pass on rather than send. Known, so nothing of it is kept for study.
_SHARED = frozenset(
    {"fallback", "reel", "ig_reel", "post", "ig_post", "share", "story_mention", "ig_story", "template"}
    | {"appointment_booking", "ephemeral"}
)

# What is nobody's message: kept, not answered.
_NOTICES: Mapping[str, InboundKind] = {
    "optin": InboundKind.OPTIN,
    "referral": InboundKind.REFERRAL,
    "account_linking": InboundKind.SYSTEM,
    "pass_thread_control": InboundKind.HANDOVER,
    "take_thread_control": InboundKind.HANDOVER,
    "request_thread_control": InboundKind.HANDOVER,
    "app_roles": InboundKind.HANDOVER,
    "policy_enforcement": InboundKind.ACCOUNT,
    "policy-enforcement": InboundKind.ACCOUNT,  # as older versions wrote it
    "response_feedback": InboundKind.SYSTEM,
}
# Changes that are messages all the same: Instagram's newer login writes them so.
_MESSAGING_FIELD = re.compile(r"(messages|messaging|message|standby)(_[a-z]+)*")
_STANDBY = "standby"

# Our outbox ids; another app's metadata may be anything at all.
_OUTBOX_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One event of an account."""

    channel: str
    account: str | None
    event: Mapping[str, Any]
    is_ours: bool  # whether we have the thread

    @property
    def is_from_page(self) -> bool:
        is_echo = mapping(self.event.get("message")).get("is_echo") is True
        return is_echo or (self.account is not None and self._party("sender") == self.account)

    @property
    def patient(self) -> str | None:
        """Whoever of the two is not the practice."""
        return self._party("recipient" if self.is_from_page else "sender")

    def _party(self, key: str) -> str | None:
        return identifier(mapping(self.event.get(key)).get("id"))

    def as_event(self, kind: InboundKind, *, id: str | None = None, **known: Any) -> InboundEvent:
        return InboundEvent(
            kind=kind,
            channel=self.channel,
            account=self.account,
            id=identifier(id) or fingerprint(self.event),
            sender=self.patient,
            at=instant(self.event.get("timestamp")),
            **known,
        )

    def from_patient(self, kind: InboundKind, *, id: str | None, **known: Any) -> InboundEvent:
        """Something to answer, unless another app has the thread."""
        if not self.is_ours:
            kind = InboundKind.SYSTEM
        if kind is not InboundKind.OTHER:
            known.pop("raw", None)
        return self.as_event(kind, id=id, **known)

    def as_status(
        self, state: str, message_id: str, *, outbox_id: str | None = None, until: object = None
    ) -> InboundEvent:
        return self.as_event(
            InboundKind.READ if state == "read" else InboundKind.STATUS,
            id=f"{message_id}:{state}" if message_id else None,
            status=SendStatus(
                state=state,
                message_id=message_id,
                outbox_id=outbox_id,
                until=None if message_id else instant(until),
            ),
        )


_Reader = Callable[[Mapping[str, Any], _Item], Iterator[InboundEvent]]


def parse_messaging(body: bytes, channel: str) -> tuple[InboundEvent, ...]:
    """Every event of a webhook body, in its order; () when it is no JSON object. Raises nothing."""
    entries = objects(read_object(body).get("entry"))
    return tuple(event for entry in entries for event in _read_entry(entry, channel))


def _read_entry(entry: Mapping[str, Any], channel: str) -> Iterator[InboundEvent]:
    account = identifier(entry.get("id"))
    for key, content in entry.items():
        for event in objects(content) if key in ("messaging", _STANDBY, "changes") else ():
            item = _Item(channel=channel, account=account, event=event, is_ours=key == "messaging")
            if key == "changes":
                yield from _read_change(item)
            else:
                yield from _read_event(item)


def _read_change(item: _Item) -> Iterator[InboundEvent]:
    """A message in other clothes; or what happens on the wall, to a rating or a comment: nobody to answer."""
    field, value = words(item.event.get("field")) or "", mapping(item.event.get("value"))
    if _MESSAGING_FIELD.fullmatch(field) and "sender" in value:
        yield from _read_event(replace(item, event=value, is_ours=field != _STANDBY))
    else:
        yield replace(item.as_event(InboundKind.OTHER, details={"field": field}), sender=None)


def _read_event(item: _Item) -> Iterator[InboundEvent]:
    key = next((key for key in _READERS if key in item.event), None)
    if key is not None:
        yield from _READERS[key](mapping(item.event[key]), item)
        return
    notice = next((key for key in _NOTICES if key in item.event), None)
    if notice is not None:
        content = mapping(item.event[notice])
        details = {"field": notice} | flat(content)
        referral = _referral(content) if notice == "referral" else None
        yield item.as_event(_NOTICES[notice], details=details, referral=referral)
    elif item.event.keys() - {"sender", "recipient", "timestamp"}:
        yield item.from_patient(InboundKind.OTHER, id=None, raw=raw(item.event))


def _read_message(message: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    mid, text = identifier(message.get("mid")), words(message.get("text")) or None
    token = words(mapping(message.get("quick_reply")).get("payload")) or None
    if item.is_from_page:
        yield _echo(message, item, mid, text)
        return
    if message.get("is_deleted") is True:  # `mid` is that of the message which is gone
        yield item.from_patient(InboundKind.DELETION, id=_joined(mid, "deleted"), about=mid)
        return
    known = {
        "text": text,
        "about": identifier(mapping(message.get("reply_to")).get("mid")),
        "referral": _referral(mapping(message.get("referral")) or mapping(item.event.get("referral"))),
        "attachments": _attachments(message),
        "details": _message_details(message),
    }
    if token:
        yield item.from_patient(InboundKind.CHOICE, id=mid, payload=token, **known)
    else:
        yield item.from_patient(_kind(message, text), id=mid, raw=_puzzle(message, item), **known)


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


def _puzzle(message: Mapping[str, Any], item: _Item) -> str | None:
    """The event as JSON, unless it is something that people are known to share."""
    types = {words(each.get("type")) for each in objects(message.get("attachments"))}
    return None if types & _SHARED else raw(item.event)


def _attachments(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    found = []
    for attachment in objects(message.get("attachments")):
        kind, payload = words(attachment.get("type")) or "", mapping(attachment.get("payload"))
        url = words(payload.get("url")) or words(attachment.get("url"))
        if kind in _ATTACHMENTS and kind != "location" and url:
            found.append(Attachment(kind=kind, url=url, id=identifier(payload.get("attachment_id"))))
    return tuple(found)


def _message_details(message: Mapping[str, Any]) -> dict[str, str]:
    """Where a place is, which story was answered to, what was passed on."""
    details: dict[str, str] = {}
    for attachment in objects(message.get("attachments")):
        payload, kind = mapping(attachment.get("payload")), words(attachment.get("type")) or ""
        spot = flat(payload.get("coordinates"))
        if "lat" in spot and "long" in spot:
            details |= {"latitude": spot["lat"], "longitude": spot["long"]}
        if kind in _SHARED:
            details["shared"] = kind
            link = words(payload.get("url")) or words(attachment.get("url"))
            details |= {"link": link[:1000]} if link else {}
    story = identifier(mapping(mapping(message.get("reply_to")).get("story")).get("id"))
    return details | ({"story": story} if story else {})


def _referral(content: Mapping[str, Any]) -> Referral | None:
    if not content:
        return None
    advert = mapping(content.get("ads_context_data"))
    found = Referral(
        ref=words(content.get("ref")) or None,
        source=words(content.get("source")) or None,
        advert=identifier(content.get("ad_id")),
        link=words(content.get("referer_uri")) or None,
        headline=words(advert.get("ad_title")) or None,
    )
    return found if found != Referral() else None


def _echo(message: Mapping[str, Any], item: _Item, mid: str | None, text: str | None) -> InboundEvent:
    """A message of the practice. Ours proves that it was sent; any other was written by staff, or another
    app: `details` has its `app`, where it is told."""
    outbox_id = identifier(message.get("metadata"))
    if outbox_id is None or not _OUTBOX_ID.fullmatch(outbox_id):
        app = identifier(message.get("app_id"))
        return item.as_event(InboundKind.ECHO, id=mid, text=text, details={"app": app} if app else {})
    return item.as_status("sent", mid, outbox_id=outbox_id) if mid else item.as_event(InboundKind.SYSTEM)


def _read_postback(postback: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """A tap on a button, on Get Started or in the menu. Some come without a `mid`."""
    title, token = words(postback.get("title")), words(postback.get("payload")) or None
    kind = InboundKind.CHOICE if token else InboundKind.OTHER
    referral = _referral(mapping(postback.get("referral")))
    id = identifier(postback.get("mid"))
    yield item.from_patient(kind, id=id, text=title, payload=token, referral=referral)


def _read_delivery(delivery: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """Where there are no ids, only the watermark says what was delivered."""
    mids = [mid for mid in map(identifier, listing(delivery.get("mids"))) if mid]
    for mid in mids or [""]:
        yield item.as_status("delivered", mid, until=delivery.get("watermark"))


def _read_read(read: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """Messenger: everything until the watermark was read, and no message is named. Instagram names one."""
    yield item.as_status("read", identifier(read.get("mid")) or "", until=read.get("watermark"))


def _read_reaction(reaction: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """`mid` is that of the message reacted to, which can happen again and again."""
    mid, action = identifier(reaction.get("mid")), identifier(reaction.get("action"))
    sign = words(reaction.get("emoji")) or words(reaction.get("reaction"))
    yield item.as_event(
        InboundKind.REACTION,
        id=_joined(mid, action, identifier(item.event.get("timestamp"))),
        about=mid,
        details={"emoji": sign} if sign and action != "unreact" else {},
    )


def _read_edit(edit: Mapping[str, Any], item: _Item) -> Iterator[InboundEvent]:
    """`mid` is that of the message as it was first written."""
    mid = identifier(edit.get("mid"))
    id = _joined(mid, "edit", identifier(edit.get("num_edit")))
    yield item.from_patient(InboundKind.EDIT, id=id, text=words(edit.get("text")), about=mid)


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

"""WhatsApp webhook bodies as events: pure, and total, whatever the body.

A body is `{entry: [{changes: [{field, value}]}]}`; a value has lists of messages, statuses, echoes and more,
and one body may mix them. They are read in the order in which they stand, each on its own: one that cannot be
read becomes an event of kind OTHER, or is left out where it says nothing, and its neighbours never notice.
An event of kind TEXT always has text, and one of kind CHOICE a payload.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.lenient import (
    error_code,
    fingerprint,
    identifier,
    instant,
    mapping,
    objects,
    read_object,
    words,
)
from bot.channels.whatsapp.people import CONTACT, FROM, RECIPIENT, TO, Contacts, Person, identity, who
from bot.domain.conversation import InboundEvent, InboundKind, SendStatus

CHANNEL = "whatsapp"

# Message type -> kind. The key of a message's content is its type; where `type` is missing, the key tells.
_KINDS: Mapping[str, InboundKind] = {
    "text": InboundKind.TEXT,
    "interactive": InboundKind.CHOICE,
    "button": InboundKind.CHOICE,  # the quick reply of a template
    "image": InboundKind.IMAGE,
    "audio": InboundKind.AUDIO,
    "voice": InboundKind.AUDIO,
    "video": InboundKind.VIDEO,
    "document": InboundKind.DOCUMENT,
    "sticker": InboundKind.STICKER,
    "location": InboundKind.LOCATION,
    "contacts": InboundKind.CONTACTS,
    "reaction": InboundKind.REACTION,
    "system": InboundKind.SYSTEM,
    "unsupported": InboundKind.UNSUPPORTED,
    "unknown": InboundKind.UNSUPPORTED,
    "order": InboundKind.OTHER,
    "edit": InboundKind.OTHER,
    "revoke": InboundKind.OTHER,
    "errors": InboundKind.UNSUPPORTED,  # no type and nothing but the reason
}

# Changes with messages that nobody has just written to us: old ones, or from chats that another app has.
_NOT_OURS_TO_ANSWER = frozenset({"history", "standby"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """What the items of one change share."""

    account: str | None
    contacts: Contacts

    def event(
        self,
        item: Mapping[str, Any],
        kind: InboundKind,
        person: Person,
        *,
        text: str | None = None,
        payload: str | None = None,
        status: SendStatus | None = None,
        id_parts: Sequence[object] | None = None,
    ) -> InboundEvent:
        """`id_parts`, where the id of the item alone is shared by several events."""
        parts = [identifier(part) for part in id_parts or (item.get("id"),)]
        return InboundEvent(
            kind=kind,
            channel=CHANNEL,
            account=self.account,
            id=identifier(":".join(part for part in parts if part)) or fingerprint(item),
            sender=person.sender,
            at=instant(item.get("timestamp")),
            text=text,
            payload=payload,
            phone=person.phone,
            profile_name=person.profile_name,
            aliases=person.aliases,
            status=status,
        )


_Reader = Callable[[Mapping[str, Any], _Value], InboundEvent | None]


def parse(body: bytes) -> tuple[InboundEvent, ...]:
    """Every event of a webhook body, in its order; () when it is no JSON object. Raises nothing."""
    return tuple(
        event
        for entry in objects(read_object(body).get("entry"))
        for change in objects(entry.get("changes"))
        for event in _read_change(change)
    )


def _read_change(change: Mapping[str, Any]) -> Iterator[InboundEvent]:
    field, content = words(change.get("field")), mapping(change.get("value"))
    value = _Value(
        account=identifier(mapping(content.get("metadata")).get("phone_number_id")),
        contacts=Contacts(objects(content.get("contacts"))),
    )
    known = [] if field in _NOT_OURS_TO_ANSWER else [key for key in content if key in _READERS]
    for key in known:
        for item in objects(content[key]):
            event = _READERS[key](item, value)
            if event is not None:
                yield event
    if not known and content and field not in (None, "messages"):
        yield value.event(change, InboundKind.OTHER, Person())  # a notice about the account; nobody to answer


def _read_message(message: Mapping[str, Any], value: _Value) -> InboundEvent:
    kind, text, payload = _content(message)
    person = who(message, FROM, value.contacts)
    if kind is InboundKind.SYSTEM and person.sender is None:
        person = _moved_person(mapping(message.get("system")))
    return value.event(message, kind, person, text=text, payload=payload)


def _content(message: Mapping[str, Any]) -> tuple[InboundKind, str | None, str | None]:
    """Kind, the words a patient chose (typed, or a title or caption), and a tap's token."""
    named = message.get("type")
    found = named if isinstance(named, str) else next((key for key in _KINDS if message.get(key)), "")
    content = mapping(message.get(found))
    text = payload = None
    kind = _KINDS.get(found, InboundKind.OTHER)
    match found:
        case "text":
            text = words(content.get("body"))
        case "button":
            text, payload = words(content.get("text")), words(content.get("payload"))
        case "interactive":
            reply = mapping(content.get("button_reply")) or mapping(content.get("list_reply"))
            text, payload = words(reply.get("title")), words(reply.get("id"))
        case "image" | "video" | "document":
            text = words(content.get("caption"))
        case "order":
            text = words(content.get("text"))
        case "edit":
            text = _content(mapping(content.get("message")))[1]
    unreadable = (kind is InboundKind.TEXT and text is None) or (
        kind is InboundKind.CHOICE and payload is None
    )
    return (InboundKind.OTHER if unreadable else kind), text, payload


def _moved_person(system: Mapping[str, Any]) -> Person:
    """`user_changed_user_id` names nobody but in its content: the new id, and sometimes the one before it."""
    ids = [identity(system.get(key)) for key in ("user_id", "previous_user_id")]
    known = list(dict.fromkeys(each for each in ids if each))
    return Person(sender=known[0], aliases=tuple(known[1:])) if known else Person()


def _read_status(status: Mapping[str, Any], value: _Value) -> InboundEvent | None:
    state = identifier(status.get("status"))
    message_id = identifier(status.get("id"))
    if not state or not message_id:
        return None
    return value.event(
        status,
        InboundKind.STATUS,
        who(status, RECIPIENT, value.contacts),
        id_parts=(message_id, state, status.get("timestamp"), status.get("recipient_participant_id")),
        status=SendStatus(
            state=state,
            message_id=message_id,
            outbox_id=identifier(status.get("biz_opaque_callback_data")),
            error_code=next(map(error_code, objects(status.get("errors"))), None),
        ),
    )


def _read_echo(echo: Mapping[str, Any], value: _Value) -> InboundEvent:
    """Staff wrote to a patient from the WhatsApp Business app: the patient is whom it went to."""
    return value.event(echo, InboundKind.ECHO, who(echo, TO, value.contacts), text=_content(echo)[1])


def _read_call(call: Mapping[str, Any], value: _Value) -> InboundEvent:
    """Somebody rings a number that only writes: OTHER, so that they are told. Its further events: SYSTEM."""
    ours = call.get("direction") == "BUSINESS_INITIATED"
    rings = call.get("event") == "connect" and not ours
    kind = InboundKind.OTHER if rings else InboundKind.SYSTEM
    person = who(call, TO if ours else FROM, value.contacts)
    return value.event(call, kind, person, id_parts=(call.get("id"), call.get("event")))


def _read_preference(preference: Mapping[str, Any], value: _Value) -> InboundEvent:
    return value.event(preference, InboundKind.SYSTEM, who(preference, CONTACT, value.contacts))


def _read_id_update(update: Mapping[str, Any], value: _Value) -> InboundEvent:
    """A person got a new BSUID: the new one is who they are, the previous one an alias."""
    changed = mapping(update.get("user_id"))
    flat = {"user_id": changed.get("current"), "wa_id": update.get("wa_id")}
    person = who(flat, CONTACT, value.contacts)
    previous = identity(changed.get("previous"))
    if person.sender is None:
        person = Person(sender=previous)
    elif previous and previous not in (person.sender, *person.aliases):
        person = replace(person, aliases=(previous, *person.aliases))
    return value.event(update, InboundKind.SYSTEM, person)


def _read_error(error: Mapping[str, Any], value: _Value) -> InboundEvent:
    return value.event(error, InboundKind.SYSTEM, Person())


_READERS: Mapping[str, _Reader] = {
    "messages": _read_message,
    "statuses": _read_status,
    "message_echoes": _read_echo,
    "calls": _read_call,
    "user_preferences": _read_preference,
    "user_id_update": _read_id_update,
    "errors": _read_error,
}

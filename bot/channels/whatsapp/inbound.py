"""WhatsApp webhook bodies as events: pure, and total, whatever the body.

A body is `{entry: [{changes: [{field, value}]}]}`; a value has lists of messages, statuses, echoes and more,
and one body may mix them. They are read in the order in which they stand, each on its own: one that cannot be
read becomes an event of kind OTHER, or is left out where it says nothing, and its neighbours never notice.
An event of kind TEXT always has text, and one of kind CHOICE a payload.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from bot.channels.lenient import (
    error_code,
    fingerprint,
    flat,
    identifier,
    instant,
    mapping,
    objects,
    raw,
    read_object,
    words,
)
from bot.channels.whatsapp.content import Content, read
from bot.channels.whatsapp.notices import ELSEWHERE_FIELDS, details, is_known, kind_of
from bot.channels.whatsapp.past import HISTORY, PHONE_BOOK, past_of, phone_book_of
from bot.channels.whatsapp.people import CONTACT, FROM, RECIPIENT, TO, Contacts, Person, identity, who
from bot.channels.whatsapp.values import Value
from bot.domain.conversation import InboundEvent, InboundKind, SendStatus

_Reader = Callable[[Mapping[str, Any], Value], InboundEvent | None]


def parse(body: bytes) -> tuple[InboundEvent, ...]:
    """Every event of a webhook body, in its order; () when it is no JSON object. Raises nothing."""
    return tuple(
        event
        for entry in objects(read_object(body).get("entry"))
        for change in objects(entry.get("changes"))
        for event in _read_change(change, entry)
    )


def _read_change(change: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[InboundEvent]:
    field, content = words(change.get("field")), mapping(change.get("value"))
    value = Value(
        account=identifier(mapping(content.get("metadata")).get("phone_number_id")),
        contacts=Contacts(objects(content.get("contacts"))),
    )
    of_the_app = _of_the_app(field, content, value, entry)
    if of_the_app:
        yield from of_the_app
        return
    known = [] if field in ELSEWHERE_FIELDS else [key for key in content if key in _READERS]
    for key in known:
        for item in objects(content[key]):
            event = _READERS[key](item, value)
            if event is not None:
                yield event
    kind = None if known else kind_of(field, content)
    if kind is not None:  # nobody to answer
        yield _notice(kind, change, entry, value)


def _of_the_app(
    field: str | None, content: Mapping[str, Any], value: Value, entry: Mapping[str, Any]
) -> list[InboundEvent]:
    """What the WhatsApp Business app hands over, of a number that stays in it."""
    if field == HISTORY:
        return list(past_of(content, value))
    if field == PHONE_BOOK:
        return list(phone_book_of(content, value, at=entry.get("time")))
    return []


def _notice(
    kind: InboundKind, change: Mapping[str, Any], entry: Mapping[str, Any], value: Value
) -> InboundEvent:
    """About the account, or of a kind that we do not know. The same is said again when it happens again: the
    entry's time is part of its id."""
    field, content, told = words(change.get("field")), mapping(change.get("value")), entry.get("time")
    person = who(content, FROM, value.contacts) if kind is InboundKind.HANDOVER else Person()
    mark = fingerprint(change)
    return value.event(
        {},
        kind,
        person,
        id_parts=(mark, told) if instant(told) else (mark,),
        at=content.get("timestamp") or told,
        details=details(field, content, identifier(entry.get("id"))) if is_known(field) else {},
        raw=None if is_known(field) else raw(change),
    )


def _read_message(message: Mapping[str, Any], value: Value) -> InboundEvent:
    content = read(message)
    person = who(message, FROM, value.contacts)
    if content.kind is InboundKind.SYSTEM and person.sender is None:
        person = _moved_person(mapping(message.get("system")))
    return value.event(message, content.kind, person, **_as_known(content))


def _as_known(content: Content) -> dict[str, Any]:
    return {each.name: getattr(content, each.name) for each in fields(content) if each.name != "kind"}


def _moved_person(system: Mapping[str, Any]) -> Person:
    """`user_changed_user_id` names nobody but in its content: the new id, and sometimes the one before it."""
    ids = [identity(system.get(key)) for key in ("user_id", "previous_user_id")]
    known = list(dict.fromkeys(each for each in ids if each))
    return Person(sender=known[0], aliases=tuple(known[1:])) if known else Person()


def _read_status(status: Mapping[str, Any], value: Value) -> InboundEvent | None:
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


def _read_echo(echo: Mapping[str, Any], value: Value) -> InboundEvent:
    """Staff wrote to a patient from the WhatsApp Business app: the patient is whom it went to."""
    content = read(echo)
    person = who(echo, TO, value.contacts)
    return value.event(
        echo, InboundKind.ECHO, person, text=content.text, about=content.about, details=content.details
    )


def _read_call(call: Mapping[str, Any], value: Value) -> InboundEvent:
    """A call, as it rings and as it ends; `details` have its `event` and `direction`."""
    ours = call.get("direction") == "BUSINESS_INITIATED"
    person = who(call, TO if ours else FROM, value.contacts)
    said = {name: call.get(name) for name in ("event", "direction", "status", "duration")}
    return value.event(
        call, InboundKind.CALL, person, id_parts=(call.get("id"), call.get("event")), details=flat(said)
    )


def _read_preference(preference: Mapping[str, Any], value: Value) -> InboundEvent:
    said = {name: preference.get(name) for name in ("category", "value")}
    person = who(preference, CONTACT, value.contacts)
    return value.event(preference, InboundKind.PREFERENCES, person, details=flat(said))


def _read_id_update(update: Mapping[str, Any], value: Value) -> InboundEvent:
    """A person got a new BSUID: the new one is who they are, the previous one an alias."""
    changed = mapping(update.get("user_id"))
    flat = {"user_id": changed.get("current"), "wa_id": update.get("wa_id")}
    person = who(flat, CONTACT, value.contacts)
    previous = identity(changed.get("previous"))
    if person.sender is None:
        person = Person(sender=previous)
    elif previous and previous not in (person.sender, *person.aliases):
        person = replace(person, aliases=(previous, *person.aliases))
    return value.event(update, InboundKind.SYSTEM, person, details={"type": "user_id_update"})


def _read_error(error: Mapping[str, Any], value: Value) -> InboundEvent:
    """Something of the account's, not of a message's: its number is throttled, its token is refused."""
    return value.event(error, InboundKind.ACCOUNT, Person(), details={"field": "errors"} | flat(error))


_READERS: Mapping[str, _Reader] = {
    "messages": _read_message,
    "statuses": _read_status,
    "message_echoes": _read_echo,
    "calls": _read_call,
    "user_preferences": _read_preference,
    "user_id_update": _read_id_update,
    "errors": _read_error,
}

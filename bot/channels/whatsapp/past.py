"""What the WhatsApp Business app hands over when its number is connected: old chats, the phone's contacts.

Old messages come in chunks of whole chats, up to half a year back, with `media_placeholder` where a file was;
of the last fourteen days the files follow, each as a message of the same id. They are the past: kind SYSTEM,
with who wrote in `details["from"]` ("patient" or "practice") and what it was in `details["type"]`. The sender
is always the patient. Who does not share the history is told as an error.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/history
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_app_state_sync
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.lenient import fingerprint, flat, instant, mapping, objects, words
from bot.channels.whatsapp.content import read
from bot.channels.whatsapp.people import CONTACT, FROM, TO, Person, identity, who
from bot.channels.whatsapp.values import Value
from bot.domain.conversation import InboundEvent, InboundKind

HISTORY = "history"
PHONE_BOOK = "smb_app_state_sync"


def past_of(content: Mapping[str, Any], value: Value) -> Iterator[InboundEvent]:
    """Every old message of a change; what is declined, as an event about nobody."""
    own_number = identity(mapping(content.get("metadata")).get("display_phone_number"))
    for chunk in objects(content.get("history")):
        for thread in objects(chunk.get("threads")):
            patient = _patient_of(thread, value)
            for message in objects(thread.get("messages")):
                yield _past(message, patient, own_number, value)
        for error in objects(chunk.get("errors")):
            yield value.event(error, InboundKind.OTHER, Person(), details={"field": HISTORY} | flat(error))
    for message in objects(content.get("messages")):
        yield _past(message, Person(), own_number, value)


def _patient_of(thread: Mapping[str, Any], value: Value) -> Person:
    context = mapping(thread.get("context"))
    named = {"wa_id": context.get("wa_id") or thread.get("id"), "user_id": context.get("user_id")}
    return who(named, CONTACT, value.contacts)


def _past(message: Mapping[str, Any], patient: Person, own_number: str | None, value: Value) -> InboundEvent:
    author = who(message, FROM, value.contacts)
    if patient.sender is None:
        is_ours = author.sender is None or author.sender == own_number
        patient = who(message, TO, value.contacts) if is_ours else author
    else:
        is_ours = author.sender is not None and author.sender not in (patient.sender, *patient.aliases)
    content = read(message)
    known = content.kind not in (InboundKind.OTHER, InboundKind.UNSUPPORTED)
    told = {
        "field": HISTORY,
        "from": "practice" if is_ours else "patient",
        "type": content.kind.value if known else (words(message.get("type")) or "unknown"),
    }
    return value.event(
        message,
        InboundKind.SYSTEM,
        patient,
        text=content.text,
        about=content.about,
        attachments=content.attachments,
        details=told | {name: each for name, each in content.details.items() if name not in told},
    )


def phone_book_of(content: Mapping[str, Any], value: Value, *, at: object) -> Iterator[InboundEvent]:
    """A contact that the practice keeps on its phone: `details["action"]` is add (also for a change) or
    remove."""
    for entry in objects(content.get("state_sync")):
        contact = mapping(entry.get("contact"))
        named = {"wa_id": contact.get("phone_number"), "user_id": contact.get("user_id")}
        person = who(named, CONTACT, value.contacts)
        if words(entry.get("type")) != "contact" or person.sender is None:
            continue
        action = words(entry.get("action")) or "add"
        name = words(contact.get("full_name")) or words(contact.get("first_name"))
        told = mapping(entry.get("metadata")).get("timestamp")
        yield value.event(
            entry,
            InboundKind.SYSTEM,
            replace(person, profile_name=name if action == "add" else None),
            id_parts=(fingerprint(entry), at) if instant(at) and not instant(told) else (fingerprint(entry),),
            at=told or at,
            details={"field": PHONE_BOOK, "action": action},
        )

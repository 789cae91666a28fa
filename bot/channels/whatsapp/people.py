"""Who a WhatsApp event is about: one person, one identity.

Since April 2026 webhooks carry a business-scoped user id (BSUID, "IT.1349..."), and those of people with a
username may carry no phone number. The BSUID is the identity wherever there is one, else the number; whatever
else names the same person in the same event is an alias, by which earlier conversations are found again.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.lenient import identifier, mapping, words

_PHONE = re.compile(r"\+?([1-9][0-9]{6,14})")
_BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Where one kind of event keeps the ids of its patient."""

    phone: str
    user: str
    parent: str


FROM = Keys(phone="from", user="from_user_id", parent="from_parent_user_id")
TO = Keys(phone="to", user="to_user_id", parent="to_parent_user_id")
RECIPIENT = Keys(phone="recipient_id", user="recipient_user_id", parent="recipient_parent_user_id")
CONTACT = Keys(phone="wa_id", user="user_id", parent="parent_user_id")


_Contact = tuple[list[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The patient of an event, as InboundEvent wants it; all empty when the event names nobody."""

    sender: str | None = None
    aliases: tuple[str, ...] = ()
    phone: str | None = None
    profile_name: str | None = None


class Contacts:
    """The contacts that come with a change, found by any of their ids: a body may bring a thousand."""

    def __init__(self, contacts: Iterable[Mapping[str, Any]] = ()) -> None:
        self._by_id: dict[str, list[_Contact]] = {}
        for contact in contacts:
            ids = _ids(contact, CONTACT)
            for each in ids:
                self._by_id.setdefault(each, []).append((ids, contact))

    def of(self, own: Sequence[str]) -> _Contact:
        """The contact of the person with these ids."""
        found = (contact for each in own for contact in self._by_id.get(each, ()) if _same(own, contact[0]))
        return next(found, ([], {}))


def who(item: Mapping[str, Any], keys: Keys, contacts: Contacts) -> Person:
    """The person that `item` names, with what the contact of the same id adds. Contacts are matched by id,
    never by place: an event that names nobody is nobody's, however few contacts come with it."""
    own = _ids(item, keys)
    more, contact = contacts.of(own)
    ids = list(dict.fromkeys(own + more))
    users = [found for found in ids if is_bsuid(found)]
    numbers = [found for found in ids if not is_bsuid(found)]
    users.sort(key=lambda user: ".ENT." in user)  # a portfolio's own id before that of the parent
    ordered = users + numbers
    return Person(
        sender=ordered[0] if ordered else None,
        aliases=tuple(ordered[1:]),
        phone=next((phone for phone in map(phone_of, numbers) if phone), None),
        profile_name=words(mapping(contact.get("profile")).get("name")),
    )


def is_bsuid(identity: str) -> bool:
    return _BSUID.fullmatch(identity) is not None


def phone_of(identity: str) -> str | None:
    """E.164 for a phone-based id, None for any other."""
    number = _PHONE.fullmatch(identity)
    return f"+{number[1]}" if number else None


def identity(value: object) -> str | None:
    """An id as we keep it: a phone-based one is digits alone, though some senders write a plus."""
    found = identifier(value)
    number = _PHONE.fullmatch(found) if found else None
    return number[1] if number else found


def _ids(item: Mapping[str, Any], keys: Keys) -> list[str]:
    found = (identity(item.get(key)) for key in (keys.user, keys.parent, keys.phone))
    return list(dict.fromkeys(each for each in found if each))


def _same(own: Sequence[str], other: Sequence[str]) -> bool:
    """Where both name a user id that decides: numbers pass from one person to another."""
    own_users, other_users = ({each for each in ids if is_bsuid(each)} for ids in (own, other))
    if own_users and other_users:
        return bool(own_users & other_users)
    return bool(set(own) & set(other))

"""Whom somebody means who names a number, a channel's id, or the beginning of a conversation's id."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import phonenumbers
from sqlalchemy import Connection, select

from bot.domain.diary import PatientDetails
from bot.domain.people import same_person
from bot.domain.practice import Practice
from bot.errors import ChairsideError
from bot.storage import tables as t
from bot.storage.diary.patients import SqlPatients
from bot.storage.diary.tables import PATIENT
from bot.storage.outreach.tables import FACT
from bot.storage.sealing.seal import Forgotten, Keyring

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_handle = t.ContactHandle.__table__  # type: ignore[attr-defined]
_ID = re.compile(r"[0-9a-f]{6,8}(?:-[0-9a-f-]{0,28})?")
_P = PATIENT.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Everything under which one person stands in the tables."""

    contacts: tuple[str, ...] = ()  # their chat, then addresses at which they asked to be reminded
    patients: tuple[str, ...] = ()  # their entries on file, and of whom they booked for
    phones: tuple[str, ...] = ()  # that a channel vouches for, or staff asked by
    recipients: tuple[str, ...] = ()  # ids that channels gave them
    perhaps: int = 0  # entries on file under their number that may be somebody else's


class NobodyMeant(ChairsideError):
    """There is nobody of that name."""


class SeveralMeant(ChairsideError):
    """It may be one or another."""


class SqlPeople:
    """Of one practice."""

    def __init__(self, practice: Practice, keyring: Keyring) -> None:
        self._practice = practice
        self._keyring = keyring
        self._patients = SqlPatients(practice.id, keyring)

    def find(self, connection: Connection, wanted: str) -> Person:
        """Raises NobodyMeant or SeveralMeant, in whose words nobody is named."""
        wanted = wanted.strip()
        phone = self._phone(wanted)
        on_file = self._under_phone(connection, phone) if phone else {}
        contacts = {
            *self._called(connection, wanted.lower()),
            *self._known_as(connection, wanted, phone),
            *(contact for contact in on_file.values() if contact),
        }
        people = [self.of(connection, contact) for contact in sorted(contacts)]
        whole = [person for person in people if contacts <= {*person.contacts}]
        if people and not whole:
            raise SeveralMeant(
                f"{len(contacts)} conversations fit: {self._listed(connection, contacts)}. Look at them in"
                " the inbox, and name each that is this person's by the beginning of its id"
            )
        if whole:
            return whole[0]
        if not on_file:
            raise NobodyMeant(
                "nobody of this practice is known so; write the number with its country (+44 ...), the"
                " channel's id, or how the conversation's id begins (`chairside explain` lists the latest)"
            )
        assert phone is not None
        return self._on_file_alone(connection, phone, on_file)

    def of(self, connection: Connection, contact: str) -> Person:
        """Whoever writes there. Raises NobodyMeant."""
        sealed = connection.execute(
            select(_contact.c.sealed).where(
                _contact.c.id == contact, _contact.c.practice == self._practice.id
            )
        ).scalar()
        if sealed is None:
            raise NobodyMeant("there is no such conversation")
        contacts = (contact, *self._reached_at(connection, contact))
        told = [self._told(connection, each) for each in contacts]
        phones = tuple(dict.fromkeys(str(one["phone"]) for one in told if one.get("phone")))
        own = list(
            connection.execute(
                select(_P.id).where(_P.practice == self._practice.id, _P.contact.in_(contacts))
            ).scalars()
        )
        known = self._patients.all_of(connection, own)
        entered = {
            id for phone in phones for id, by in self._under_phone(connection, phone).items() if not by
        }
        theirs = self._same(connection, entered, known.values())
        return Person(
            contacts=contacts,
            patients=(*own, *theirs),
            phones=phones,
            recipients=tuple(str(one["recipient"]) for one in told if one.get("recipient")),
            perhaps=len(entered) - len(theirs),
        )

    # -- by what they are found ---------------------------------------------------------------------------

    def _called(self, connection: Connection, beginning: str) -> list[str]:
        if _ID.fullmatch(beginning) is None:
            return []
        ours = (_contact.c.practice == self._practice.id, _contact.c.id.startswith(beginning))
        return list(connection.execute(select(_contact.c.id).where(*ours)).scalars())

    def _known_as(self, connection: Connection, wanted: str, phone: str | None) -> list[str]:
        names = {wanted, wanted.lower()} | ({phone, phone.lstrip("+")} if phone else set())
        accounts = select(_contact.c.channel, _contact.c.account).distinct()
        handles = [
            self._keyring.handle(channel, account, name)
            for channel, account in connection.execute(
                accounts.where(_contact.c.practice == self._practice.id)
            ).all()
            for name in names
        ]
        found = select(_handle.c.contact).where(
            _handle.c.practice == self._practice.id, _handle.c.handle.in_(handles)
        )
        return list(connection.execute(found).scalars())

    def _under_phone(self, connection: Connection, phone: str) -> dict[str, str | None]:
        """Entries on file, and who booked for them."""
        handle = self._keyring.handle("patient phone", self._practice.id, phone)
        rows = select(_P.id, _P.contact).where(_P.practice == self._practice.id, _P.phone_handle == handle)
        return {row.id: row.contact for row in connection.execute(rows.order_by(_P.id))}

    def _phone(self, wanted: str) -> str | None:
        try:
            number = phonenumbers.parse(wanted, self._practice.country)
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(number):
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    # -- what belongs to them -----------------------------------------------------------------------------

    def _reached_at(self, connection: Connection, contact: str) -> list[str]:
        """Where they asked to be reminded, when that is an address of its own."""
        rows = select(FACT.c.sealed).where(
            FACT.c.practice == self._practice.id, FACT.c.kind == "reached_by", FACT.c.patient == contact
        )
        found = []
        for sealed in connection.execute(rows).scalars():
            with suppress(Forgotten):
                via = json.loads(self._keyring.open(connection, contact, sealed)).get("via")
                found += [via] if via and via != contact else []
        return [via for via in found if self._is_of_nobody_else(connection, via, contact)]

    def _is_of_nobody_else(self, connection: Connection, via: str, contact: str) -> bool:
        """Anybody may have named that address: whoever writes from it, is booked for, or named it, too, keeps
        what is theirs."""
        wrote = select(_inbox.c.id).where(_inbox.c.conversation == via)
        comes = select(_P.id).where(_P.practice == self._practice.id, _P.contact == via)
        if any(connection.execute(rows.limit(1)).first() for rows in (wrote, comes)):
            return False
        rows = select(FACT.c.patient, FACT.c.sealed).where(
            FACT.c.practice == self._practice.id, FACT.c.kind == "reached_by", FACT.c.patient != contact
        )
        for other in connection.execute(rows):
            with suppress(Forgotten):
                if json.loads(self._keyring.open(connection, other.patient, other.sealed)).get("via") == via:
                    return False
        return True

    def _told(self, connection: Connection, contact: str) -> dict[str, str | None]:
        sealed = connection.execute(select(_contact.c.sealed).where(_contact.c.id == contact)).scalar()
        with suppress(Forgotten):
            told: dict[str, str | None] = json.loads(self._keyring.open(connection, contact, sealed or b""))
            return told
        return {}

    def _same(
        self, connection: Connection, entered: Iterable[str], known: Iterable[PatientDetails]
    ) -> tuple[str, ...]:
        """Of entries that staff made: a family shares a number, so the name has to be theirs, too."""
        own = list(known)
        found = self._patients.all_of(connection, set(entered))
        return tuple(id for id, who in found.items() if any(same_person(who, other) for other in own))

    def _on_file_alone(self, connection: Connection, phone: str, on_file: Iterable[str]) -> Person:
        known = self._patients.all_of(connection, set(on_file))
        if not all(same_person(one, other) for one in known.values() for other in known.values()):
            raise SeveralMeant(
                "several people are on file under this number, and none of them has written; their visits are"
                " in the diary"
            )
        return Person(patients=tuple(on_file), phones=(phone,))

    def _listed(self, connection: Connection, contacts: Iterable[str]) -> str:
        rows = select(_contact.c.id, _contact.c.channel).where(_contact.c.id.in_(list(contacts)))
        return ", ".join(
            f"{id[:8]} ({channel})" for id, channel in connection.execute(rows.order_by(_contact.c.id))
        )

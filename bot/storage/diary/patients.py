"""Who comes: names, phones and dates of birth, sealed; found by reference, by contact, by phone.

Staff enter a patient anew with each visit, so one person may have several rows: equal names and no two
different dates of birth are one person.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.domain.diary import KnownPatient, PatientDetails
from bot.domain.people import fits, same_person
from bot.storage.diary.tables import PATIENT
from bot.storage.engine.statements import Prepared
from bot.storage.sealing.seal import Forgotten

Known = tuple[str, PatientDetails]

_P = PATIENT.c
_OF_CONTACT = Prepared(
    select(_P.id, _P.contact, _P.sealed)
    .where(_P.practice == bindparam("of"), _P.contact == bindparam("by"))
    .order_by(_P.id)
)


class Seal(Protocol):
    """Encrypts for an owner: a contact, or a patient without one. Forgetting the owner is losing its key."""

    def create(self, connection: Connection, owner: str) -> None: ...

    def seal(self, connection: Connection, owner: str, plaintext: bytes) -> bytes: ...

    def open(self, connection: Connection, owner: str, sealed: bytes) -> bytes: ...

    def handle(self, *parts: str) -> str:
        """A keyed hash, to look somebody up by what nobody may read."""


class SqlPatients:
    """The patients of one practice. Every method works within a unit of work of the diary."""

    def __init__(self, practice_id: str, seal: Seal) -> None:
        self._practice = practice_id
        self._seal = seal

    def add(self, connection: Connection, patient: str, contact: str | None, details: PatientDetails) -> None:
        if contact is None:
            self._seal.create(connection, patient)
        connection.execute(
            insert(PATIENT).values(
                id=patient,
                practice=self._practice,
                contact=contact,
                sealed=self._seal.seal(connection, contact or patient, _plain(details)),
                phone_handle=self._phone_handle(details.phone),
            )
        )

    def hand_over(self, connection: Connection, patient: str) -> None:
        """Whoever booked for this patient is forgotten: the entry is the practice's from now on."""
        details = self.details(connection, patient)
        assert details is not None
        self._seal.create(connection, patient)
        sealed = self._seal.seal(connection, patient, _plain(details))
        connection.execute(
            update(PATIENT)
            .where(PATIENT.c.practice == self._practice, PATIENT.c.id == patient)
            .values(contact=None, sealed=sealed)
        )

    def details(self, connection: Connection, patient: str) -> PatientDetails | None:
        """Who a reference is; None when there is none of that name."""
        p = PATIENT.c
        statement = select(p.contact, p.sealed).where(p.practice == self._practice, p.id == patient)
        row = connection.execute(statement).first()
        if row is None:
            return None
        return _unsealed(self._seal.open(connection, row.contact or patient, row.sealed))

    def names(self, connection: Connection, patients: Collection[str]) -> dict[str, str]:
        """What these references' patients are called; whoever was forgotten is left out."""
        return {ref: who.name for ref, who in self._where(connection, among=patients)}

    def all_of(self, connection: Connection, patients: Collection[str]) -> dict[str, PatientDetails]:
        """Who these references are; whoever was forgotten is left out."""
        return dict(self._where(connection, among=patients))

    def booked_before(self, connection: Connection, contact: str, details: PatientDetails) -> str | None:
        """Whoever this contact has booked under this name before; a family on one phone stays several."""
        known = self._where(connection, PATIENT.c.contact == contact)
        return next((ref for ref, who in known if same_person(who, details)), None)

    def of_contact(
        self, connection: Connection, contact: str, references: Sequence[str]
    ) -> tuple[PatientDetails, ...]:
        """Whoever of this contact's patients is among the references, in their order, each person once."""
        if not references:
            return ()
        rows = _OF_CONTACT.all(connection, of=self._practice, by=contact)
        people = _people(self._opened(connection, rows))
        order = {reference: number for number, reference in reversed([*enumerate(references)])}
        found = [(min(order.get(ref, len(order)) for ref, _ in person), person) for person in people]
        found = [(place, person) for place, person in found if place < len(order)]
        return tuple(_together(person) for _, person in sorted(found, key=lambda one: one[0]))

    def are_indexed(self, connection: Connection) -> bool:
        """False where rows stem from before patients were found by phone."""
        p = PATIENT.c
        unindexed = select(p.id).where(p.practice == self._practice, p.phone_handle.is_(None)).limit(1)
        return connection.execute(unindexed).first() is None

    def index(self, connection: Connection) -> None:
        """Makes those rows found, too. A migration cannot: it has no key."""
        p = PATIENT.c
        for reference, who in list(self._where(connection, p.phone_handle.is_(None))):
            handle = self._phone_handle(who.phone)
            connection.execute(update(PATIENT).where(p.id == reference).values(phone_handle=handle))

    def find(
        self,
        connection: Connection,
        *,
        contact: str | None,
        phone: str | None,
        first_name: str | None,
        birth_date: date | None,
    ) -> tuple[KnownPatient, ...]:
        """See `PracticeSystem.find_patients`."""
        p = PATIENT.c
        if phone is not None:
            place = p.phone_handle == self._phone_handle(phone)
        elif contact is not None:
            place = p.contact == contact
        else:
            return ()
        return tuple(
            KnownPatient(references=tuple(ref for ref, _ in person))
            for person in _people(self._where(connection, place))
            if fits((who for _, who in person), first_name, birth_date)
        )

    def _where(
        self, connection: Connection, *conditions: Any, among: Collection[str] | None = None
    ) -> Iterator[Known]:
        p = PATIENT.c
        statement = (
            select(p.id, p.contact, p.sealed).where(p.practice == self._practice, *conditions).order_by(p.id)
        )
        rows = connection.execute(statement).all()
        return self._opened(connection, [row for row in rows if among is None or row.id in among])

    def _opened(self, connection: Connection, rows: Iterable[Any]) -> Iterator[Known]:
        for row in rows:
            with suppress(Forgotten):
                yield row.id, _unsealed(self._seal.open(connection, row.contact or row.id, row.sealed))

    def _phone_handle(self, phone: str | None) -> str:
        """ "" for nobody's: null is a row from before phones were indexed."""
        return self._seal.handle("patient phone", self._practice, phone) if phone else ""


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _people(known: Iterator[Known]) -> list[list[Known]]:
    """Rows of one person stand together."""
    people: list[list[Known]] = []
    # Those with a date of birth first: a row without one joins whoever has its name.
    for ref, who in sorted(known, key=lambda one: (one[1].birth_date is None, one[0])):
        for person in people:
            if all(same_person(who, other) for _, other in person):
                person.append((ref, who))
                break
        else:
            people.append([(ref, who)])
    return people


def _together(person: list[Known]) -> PatientDetails:
    """What all rows of one person tell."""
    details = [who for _, who in person]
    return PatientDetails(
        name=details[0].name,
        phone=next((who.phone for who in details if who.phone), None),
        birth_date=next((who.birth_date for who in details if who.birth_date), None),
    )


def _plain(details: PatientDetails) -> bytes:
    born = details.birth_date
    fields = {"name": details.name, "phone": details.phone, "birth_date": born.isoformat() if born else None}
    return json.dumps(fields, ensure_ascii=False).encode()


def _unsealed(plaintext: bytes) -> PatientDetails:
    fields = json.loads(plaintext)
    born = fields["birth_date"]
    return PatientDetails(
        name=fields["name"], phone=fields["phone"], birth_date=date.fromisoformat(born) if born else None
    )

"""The embedded diary over its tables (`bot.storage.diary_tables`): holds, bookings, staff's own entries.

That visits do not overlap is the database's own doing. It cannot know the time, so whatever inserts a row
first deletes the holds that have run out, in the same unit of work.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.domain.diary import (
    Appointment,
    AppointmentStatus,
    BookHeld,
    DiaryWrite,
    Hold,
    Opening,
    PatientDetails,
)
from bot.errors import HoldExpired, OpeningTaken
from bot.storage.database import Database
from bot.storage.diary_tables import ACTIVE, APPOINTMENT, DAY_SECONDS, OVERLAP, PATIENT
from bot.storage.seal import Forgotten


class Seal(Protocol):
    """Encrypts for an owner: a contact, or a patient without one. Forgetting the owner is losing its key."""

    def create(self, connection: Connection, owner: str) -> None: ...

    def seal(self, connection: Connection, owner: str, plaintext: bytes) -> bytes: ...

    def open(self, connection: Connection, owner: str, sealed: bytes) -> bytes: ...


#: Written out rather than bound, as SQLite uses a partial index only for what it can read in the statement.
_HELD = text("status = 'held'")


class SqlDiary:
    """A DiaryStore over SQL (`bot.ports`), for one practice."""

    def __init__(self, database: Database, practice_id: str, seal: Seal) -> None:
        self._database = database
        self._practice = practice_id
        self._seal = seal

    async def busy(
        self, *, start: datetime, end: datetime, at: datetime
    ) -> Sequence[tuple[str, datetime, datetime]]:
        a = APPOINTMENT.c
        statement = (
            select(a.practitioner, a.blocked_from, a.blocked_to)
            .where(a.practice == self._practice, a.status.in_(ACTIVE), _unexpired(at))
            .where(a.blocked_from < _epoch(end), a.blocked_from > _epoch(start) - DAY_SECONDS)
            .where(a.blocked_to > _epoch(start))
            # Said for the index on starts_at: no visit lies further from its blocked time than a day.
            .where(a.starts_at > _epoch(start) - DAY_SECONDS, a.starts_at < _epoch(end) + DAY_SECONDS)
            .order_by(a.blocked_from, a.practitioner)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [(who, _instant(begin), _instant(finish)) for who, begin, finish in rows]

    async def hold(
        self, hold: Hold, *, blocked: tuple[datetime, datetime], key: str, limit: int, at: datetime
    ) -> Hold:
        return await self._database.write(
            lambda connection: self.take_hold(connection, hold, blocked=blocked, key=key, limit=limit, at=at)
        )

    async def release(self, *, contact: str, at: datetime) -> None:
        a = APPOINTMENT.c
        statement = delete(APPOINTMENT).where(
            a.practice == self._practice, a.contact == contact, a.status == "held"
        )
        await self._database.write(lambda connection: connection.execute(statement) and None)

    async def current_hold(self, *, contact: str, opening: Opening, at: datetime) -> Hold | None:
        return await self._database.read(lambda connection: self._hold_on(connection, contact, opening, at))

    async def appointments(
        self, *, start: datetime | None, end: datetime | None, at: datetime
    ) -> tuple[Appointment, ...]:
        """Every row that touches [start, end), whatever its status, by start; expired holds are left out."""
        a = APPOINTMENT.c
        statement = (
            select(APPOINTMENT)
            .where(a.practice == self._practice, _unexpired(at))
            .order_by(a.starts_at, a.practitioner, a.id)
        )
        if start is not None:
            statement = statement.where(a.ends_at > _epoch(start), a.starts_at > _epoch(start) - DAY_SECONDS)
        if end is not None:
            statement = statement.where(a.starts_at < _epoch(end))
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return tuple(_appointment(row) for row in rows)

    async def add(
        self, rows: Sequence[tuple[Opening, PatientDetails]], *, at: datetime
    ) -> tuple[Appointment, ...]:
        return await self._database.write(lambda connection: self.add_rows(connection, rows, at=at))

    async def details(self, patient: str) -> PatientDetails | None:
        """Who an appointment's `patient` is; None when there is no such reference."""
        return await self._database.read(lambda connection: self._details(connection, patient))

    async def names(self, patients: Collection[str]) -> dict[str, str]:
        """What these references' patients are called; whoever was forgotten is left out."""
        p = PATIENT.c
        statement = select(p.id, p.contact, p.sealed).where(p.practice == self._practice)

        def unit(connection: Connection) -> dict[str, str]:
            found = {}
            for row in connection.execute(statement):
                if row.id in patients:
                    with suppress(Forgotten):
                        sealed = self._seal.open(connection, row.contact or row.id, row.sealed)
                        found[row.id] = _unsealed(sealed).name
            return found

        return await self._database.read(unit)

    # Units of work: functions of a connection, for a transaction that somebody else commits.

    def take_hold(
        self,
        connection: Connection,
        hold: Hold,
        *,
        blocked: tuple[datetime, datetime],
        key: str,
        limit: int,
        at: datetime,
    ) -> Hold:
        """See `DiaryStore.hold`. A contact that already holds this opening keeps that hold, renewed."""
        a = APPOINTMENT.c
        self.sweep(connection, at=at)
        known = connection.execute(
            select(APPOINTMENT).where(a.practice == self._practice, a.hold_key == key)
        ).first()
        if known is not None:
            until = hold.until if known.hold_until is None else _instant(known.hold_until)
            return Hold(id=known.id, opening=_appointment(known).opening, contact=known.contact, until=until)
        own = self._hold_on(connection, hold.contact, hold.opening, at)
        if own is not None:
            connection.execute(
                update(APPOINTMENT)
                .where(a.id == own.id)
                .values(hold_until=_epoch(hold.until), hold_key=key, updated_at=_epoch(at))
            )
            return replace(own, until=hold.until)
        self._make_room(connection, hold, blocked, limit)
        row = self._row(hold.id, hold.opening, at) | {
            "blocked_from": _epoch(blocked[0]),
            "blocked_to": _epoch(blocked[1]),
            "status": "held",
            "hold_until": _epoch(hold.until),
            "hold_key": key,
            "contact": hold.contact,
        }
        _insert_free(connection, row)
        return hold

    def apply_write(self, connection: Connection, write: DiaryWrite) -> None:
        """Does what a turn decided, within the turn's transaction.

        Raises HoldExpired when the hold is gone, has run out at `write.at`, or is another contact's. Does
        nothing when `write.key` has already booked.
        """
        match write:
            case BookHeld():
                self._book_held(connection, write)

    def add_rows(
        self, connection: Connection, rows: Sequence[tuple[Opening, PatientDetails]], *, at: datetime
    ) -> tuple[Appointment, ...]:
        """Staff's own bookings: no buffers, any hours, all or nothing."""
        self.sweep(connection, at=at)
        added: list[Appointment] = []
        for index, (opening, details) in enumerate(rows):
            patient = f"pat_{uuid.uuid4().hex}"
            row = self._row(f"app_{uuid.uuid4().hex}", opening, at)
            row |= {"status": "booked", "patient_id": patient}
            try:
                _insert_free(connection, row)
            except OpeningTaken as error:
                raise OpeningTaken(f"row {index + 1}: {error}; nothing was added", index) from error
            self._insert_patient(connection, patient, None, details)
            added.append(
                Appointment(id=row["id"], opening=opening, status=AppointmentStatus.BOOKED, patient=patient)
            )
        return tuple(added)

    def sweep(self, connection: Connection, *, at: datetime) -> int:
        """Deletes this practice's expired holds; returns how many."""
        a = APPOINTMENT.c
        swept = connection.execute(
            delete(APPOINTMENT).where(a.practice == self._practice, _HELD, a.hold_until <= _epoch(at))
        )
        return swept.rowcount

    def _make_room(
        self, connection: Connection, hold: Hold, blocked: tuple[datetime, datetime], limit: int
    ) -> None:
        """Lets go of the contact's own holds that are in the way, and of the oldest beyond the limit."""
        a = APPOINTMENT.c
        held = connection.execute(
            select(a.id, a.practitioner, a.blocked_from, a.blocked_to)
            .where(a.practice == self._practice, a.contact == hold.contact, a.status == "held")
            .order_by(a.created_at, a.hold_until, a.id)
        ).all()
        start, end = map(_epoch, blocked)
        in_the_way = [
            row.id
            for row in held
            if row.practitioner == hold.opening.practitioner
            and row.blocked_from < end
            and row.blocked_to > start
        ]
        others = [row.id for row in held if row.id not in in_the_way]
        surplus = others[: max(len(others) - max(limit, 1) + 1, 0)]
        if in_the_way or surplus:
            connection.execute(delete(APPOINTMENT).where(a.id.in_([*in_the_way, *surplus])))

    def _book_held(self, connection: Connection, write: BookHeld) -> None:
        a = APPOINTMENT.c
        booked = connection.execute(
            select(a.id).where(a.practice == self._practice, a.booking_key == write.key)
        ).first()
        if booked is not None:
            return
        known = self._same_patient(connection, write.hold.contact, write.patient)
        patient = known or f"pat_{_digest(self._practice, write.key)}"
        turned = connection.execute(
            update(APPOINTMENT)
            .where(
                a.id == write.hold.id,
                a.practice == self._practice,
                a.contact == write.hold.contact,
                a.status == "held",
                a.hold_until > _epoch(write.at),
            )
            .values(
                status="booked",
                hold_until=None,
                patient_id=patient,
                booking_key=write.key,
                updated_at=_epoch(write.at),
            )
        )
        if turned.rowcount != 1:
            raise HoldExpired("the hold has run out or was let go; offer the openings again")
        if known is None:
            self._insert_patient(connection, patient, write.hold.contact, write.patient)

    def _same_patient(self, connection: Connection, contact: str, details: PatientDetails) -> str | None:
        """Whoever this contact has booked under this name before; a family on one phone stays several."""
        p = PATIENT.c
        rows = connection.execute(
            select(p.id, p.sealed).where(p.practice == self._practice, p.contact == contact).order_by(p.id)
        )
        for row in rows:
            booked = _unsealed(self._seal.open(connection, contact, row.sealed))
            if _same_person(booked, details):
                return str(row.id)
        return None

    def _insert_patient(
        self, connection: Connection, patient: str, contact: str | None, details: PatientDetails
    ) -> None:
        if contact is None:
            self._seal.create(connection, patient)
        sealed = self._seal.seal(connection, contact or patient, _plain(details))
        connection.execute(
            insert(PATIENT).values(id=patient, practice=self._practice, contact=contact, sealed=sealed)
        )

    def _details(self, connection: Connection, patient: str) -> PatientDetails | None:
        p = PATIENT.c
        statement = select(p.contact, p.sealed).where(p.practice == self._practice, p.id == patient)
        row = connection.execute(statement).first()
        if row is None:
            return None
        return _unsealed(self._seal.open(connection, row.contact or patient, row.sealed))

    def _hold_on(self, connection: Connection, contact: str, opening: Opening, at: datetime) -> Hold | None:
        a = APPOINTMENT.c
        row = connection.execute(
            select(a.id, a.hold_until).where(
                a.practice == self._practice,
                a.contact == contact,
                a.status == "held",
                a.hold_until > _epoch(at),
                a.practitioner == opening.practitioner,
                a.visit_type == opening.visit_type,
                a.starts_at == _epoch(opening.start),
                a.ends_at == _epoch(opening.end),
            )
        ).first()
        if row is None:
            return None
        return Hold(id=row.id, opening=opening, contact=contact, until=_instant(row.hold_until))

    def _row(self, row_id: str, opening: Opening, at: datetime) -> dict[str, Any]:
        return {
            "id": row_id,
            "practice": self._practice,
            "practitioner": opening.practitioner,
            "visit_type": opening.visit_type,
            "starts_at": _epoch(opening.start),
            "ends_at": _epoch(opening.end),
            "blocked_from": _epoch(opening.start),
            "blocked_to": _epoch(opening.end),
            "created_at": _epoch(at),
            "updated_at": _epoch(at),
        }


def _insert_free(connection: Connection, row: dict[str, Any]) -> None:
    try:
        connection.execute(insert(APPOINTMENT).values(row))
    except IntegrityError as error:
        if OVERLAP not in str(error.orig):
            raise
        raise OpeningTaken("this time is taken") from error


def _unexpired(at: datetime) -> Any:
    a = APPOINTMENT.c
    return (a.status != "held") | (a.hold_until > _epoch(at))


def _appointment(row: Any) -> Appointment:
    opening = Opening(
        start=_instant(row.starts_at),
        end=_instant(row.ends_at),
        practitioner=row.practitioner,
        visit_type=row.visit_type,
    )
    return Appointment(
        id=row.id, opening=opening, status=AppointmentStatus(row.status), patient=row.patient_id
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


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _epoch(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("an instant carries its zone")
    return int(moment.timestamp())


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _same_person(one: PatientDetails, other: PatientDetails) -> bool:
    """Equal names, and no two different dates of birth."""
    names = [sorted(details.name.casefold().split()) for details in (one, other)]
    births = {details.birth_date for details in (one, other)} - {None}
    return names[0] == names[1] and len(births) < 2

"""The embedded diary over its tables (`bot.storage.diary.tables`): holds, bookings, staff's own entries.

That visits do not overlap is the database's own doing. It cannot know the time, so whatever inserts a row
first deletes the holds that have run out, in the same unit of work.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, select, text, update

from bot.domain.diary import (
    Appointment,
    AppointmentStatus,
    DiaryWrite,
    Hold,
    KnownPatient,
    Opening,
    PatientDetails,
)
from bot.domain.openings import Taken
from bot.errors import OpeningTaken
from bot.storage.diary.holds import HELD, DiaryHolds, Wanted, insert_free, new_row
from bot.storage.diary.holds_together import HoldsTogether
from bot.storage.diary.patients import Seal, SqlPatients
from bot.storage.diary.rows import appointment_of
from bot.storage.diary.rules import taken
from bot.storage.diary.tables import APPOINTMENT, DAY_SECONDS
from bot.storage.diary.writes import TO_COME, DiaryWrites
from bot.storage.engine.alone import visits_of
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared

_A = APPOINTMENT.c
_BLOCKS = text("(status IN ('requested', 'booked', 'arrived') OR (status = 'held' AND hold_until > :at))")
_BUSY = Prepared(
    select(_A.practitioner, _A.blocked_from, _A.blocked_to)
    .where(_A.practice == bindparam("practice"), _BLOCKS, _A.id != bindparam("besides"))
    .where(_A.blocked_from < bindparam("end"), _A.blocked_from > bindparam("day_before"))
    .where(_A.blocked_to > bindparam("start"))
    # Said for the index on starts_at: no visit lies further from its blocked time than a day.
    .where(_A.starts_at > bindparam("day_before"), _A.starts_at < bindparam("day_after"))
    .order_by(_A.blocked_from, _A.practitioner)
)
_BOOKED_FOR = Prepared(
    select(_A.patient_id)
    .where(_A.practice == bindparam("practice"), _A.contact == bindparam("contact"))
    .where(_A.patient_id.is_not(None))
    .where(or_(_A.created_at > bindparam("since"), _A.starts_at > bindparam("since")))
    .order_by(_A.created_at.desc(), _A.id)
)
_OF_CONTACT = (_A.practice == bindparam("practice"), _A.contact == bindparam("contact"), HELD)
#: A hold that is pinned belongs to a write to another system that is under way.
_LOOSE = (*_OF_CONTACT, _A.pinned_by.is_(None))
_HELD_BY = Prepared(
    select(_A.id, _A.practitioner, _A.blocked_from, _A.blocked_to)
    .where(*_LOOSE)
    .order_by(_A.created_at, _A.hold_until, _A.id)
)
_RELEASE = Prepared(delete(APPOINTMENT).where(*_LOOSE))
_HOLD_ON = Prepared(
    select(_A.id, _A.hold_until).where(
        *_OF_CONTACT,
        _A.hold_until > bindparam("at"),
        _A.practitioner == bindparam("practitioner"),
        _A.visit_type == bindparam("visit_type"),
        _A.starts_at == bindparam("start"),
        _A.ends_at == bindparam("end"),
    )
)


class SqlDiary:
    """A DiaryStore over SQL (`bot.ports`), for one practice."""

    def __init__(self, database: Database, practice_id: str, seal: Seal) -> None:
        self._database = database
        self._practice = practice_id
        self.patients = SqlPatients(practice_id, seal)
        self._holds = DiaryHolds(practice_id)
        self._together = HoldsTogether(database, practice_id, self._holds)
        self._writes = DiaryWrites(practice_id, self.patients)

    async def busy(
        self, *, start: datetime, end: datetime, at: datetime, besides: str | None = None
    ) -> Sequence[tuple[str, datetime, datetime]]:
        begin, finish = _epoch(start), _epoch(end)

        def read(connection: Connection) -> list[Any]:
            return _BUSY.all(
                connection,
                practice=self._practice,
                at=_epoch(at),
                besides=besides or "",
                start=begin,
                end=finish,
                day_before=begin - DAY_SECONDS,
                day_after=finish + DAY_SECONDS,
            )

        rows = await self._database.read_brief(read)
        return [(who, _instant(begin), _instant(finish)) for who, begin, finish in rows]

    async def taken(
        self, *, start: datetime, end: datetime, at: datetime, besides: str | None = None
    ) -> Taken:
        return await self._database.read_brief(
            lambda c: taken(c, self._practice, start=start, end=end, at=at, besides=besides)
        )

    async def hold(
        self,
        hold: Hold,
        *,
        blocked: tuple[datetime, datetime],
        key: str,
        limit: int,
        at: datetime,
        rooms: Sequence[str] = (),
        per_day: tuple[datetime, datetime, int] | None = None,
        replaces: str | None = None,
    ) -> Hold:
        wanted = Wanted(
            hold=hold,
            blocked=blocked,
            key=key,
            limit=limit,
            at=at,
            rooms=rooms,
            per_day=per_day,
            replaces=replaces,
        )
        if self._database.is_shared and wanted.is_plain:
            return _unless_taken(await self._together.take(wanted))
        # Counting is no business of two at once, which only SQLite sees to by itself.
        counts = self._database.is_shared and per_day is not None

        def unit(connection: Connection) -> Hold | OpeningTaken:
            return self._holds.take(connection, wanted)

        if counts:
            kept = await self._database.write(unit)
        else:
            alone_with = visits_of(self._practice, hold.opening.practitioner, *rooms)
            kept = await self._database.write_brief(unit, alone_with=alone_with)
        return _unless_taken(kept)

    async def release(self, *, contact: str, at: datetime) -> None:
        """Most have nothing to let go of, which a look tells."""

        def holds(connection: Connection) -> bool:
            return _HELD_BY.first(connection, practice=self._practice, contact=contact) is not None

        if await self._database.read_brief(holds):
            await self._database.write_brief(
                lambda connection: _RELEASE.run(connection, practice=self._practice, contact=contact)
            )

    async def current_hold(self, *, contact: str, opening: Opening, at: datetime) -> Hold | None:
        return await self._database.read_brief(
            lambda connection: self._hold_on(connection, contact, opening, at)
        )

    async def keep_longer(self, hold: Hold, *, at: datetime) -> bool:
        mine = (_A.practice == self._practice) & (_A.id == hold.id) & (_A.contact == hold.contact)
        statement = (
            update(APPOINTMENT)
            .where(mine, HELD, _A.hold_until > _epoch(at))
            .values(hold_until=_epoch(hold.until), updated_at=_epoch(at))
        )
        return await self._database.write(lambda connection: connection.execute(statement).rowcount == 1)

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
        return tuple(appointment_of(row) for row in rows)

    async def add(
        self, rows: Sequence[tuple[Opening, PatientDetails]], *, at: datetime
    ) -> tuple[Appointment, ...]:
        return await self._database.write(lambda connection: self.add_rows(connection, rows, at=at))

    async def appointments_of(
        self, *, contact: str, patients: Collection[str], at: datetime
    ) -> tuple[Appointment, ...]:
        a = APPOINTMENT.c
        statement = (
            select(APPOINTMENT)
            .where(a.practice == self._practice, a.status.in_(TO_COME), a.starts_at > _epoch(at))
            .where(or_(a.contact == contact, a.patient_id.in_(tuple(patients))))
            .order_by(a.starts_at, a.practitioner, a.id)
        )
        rows = await self._database.read_brief(lambda connection: connection.execute(statement).all())
        return tuple(appointment_of(row) for row in rows)

    async def appointment(self, appointment: str) -> tuple[Appointment, str | None] | None:
        row = await self._database.read_brief(lambda connection: self._row_of(connection, appointment))
        return None if row is None else (appointment_of(row), row.change_key)

    async def booked_for(self, *, contact: str, since: datetime) -> tuple[PatientDetails, ...]:
        after = _epoch(since)

        def read(connection: Connection) -> tuple[PatientDetails, ...]:
            rows = _BOOKED_FOR.all(connection, practice=self._practice, contact=contact, since=after)
            return self.patients.of_contact(connection, contact, [row.patient_id for row in rows])

        return await self._database.read_brief(read)

    async def find_patients(
        self,
        *,
        contact: str | None,
        phone: str | None,
        first_name: str | None,
        birth_date: date | None,
    ) -> tuple[KnownPatient, ...]:
        return await self._database.read(
            lambda connection: self.patients.find(
                connection, contact=contact, phone=phone, first_name=first_name, birth_date=birth_date
            )
        )

    async def details(self, patient: str) -> PatientDetails | None:
        """Who an appointment's `patient` is; None when there is no such reference."""
        return await self._database.read(lambda connection: self.patients.details(connection, patient))

    async def names(self, patients: Collection[str]) -> dict[str, str]:
        """What these references' patients are called; whoever was forgotten is left out."""
        return await self._database.read(lambda connection: self.patients.names(connection, patients))

    # Units of work: functions of a connection, for a transaction that somebody else commits.

    def apply_write(self, connection: Connection, write: DiaryWrite) -> None:
        """Does what a turn decided, within the turn's transaction.

        Raises HoldExpired when the hold is gone, has run out at `write.at`, or is another contact's, and
        VisitChanged when a visit is not as it was seen. Does nothing when `write.key` has done it already.
        """
        self._writes.apply(connection, write)

    def add_rows(
        self, connection: Connection, rows: Sequence[tuple[Opening, PatientDetails]], *, at: datetime
    ) -> tuple[Appointment, ...]:
        """Staff's own bookings: no buffers, any hours, all or nothing."""
        self.sweep(connection, at=at)
        added: list[Appointment] = []
        for index, (opening, details) in enumerate(rows):
            patient = f"pat_{uuid.uuid4().hex}"
            row = new_row(self._practice, f"app_{uuid.uuid4().hex}", opening, at)
            row |= {"status": "booked", "patient_id": patient}
            try:
                insert_free(connection, row)
            except OpeningTaken as error:
                raise OpeningTaken(f"row {index + 1}: {error}; nothing was added", index) from error
            self.patients.add(connection, patient, None, details)
            added.append(
                Appointment(id=row["id"], opening=opening, status=AppointmentStatus.BOOKED, patient=patient)
            )
        return tuple(added)

    def sweep(self, connection: Connection, *, at: datetime) -> int:
        """Deletes this practice's expired holds; returns how many."""
        return self._holds.sweep(connection, at=at)

    def _row_of(self, connection: Connection, appointment: str) -> Any:
        a = APPOINTMENT.c
        statement = select(APPOINTMENT).where(a.practice == self._practice, a.id == appointment)
        return connection.execute(statement).first()

    def _hold_on(self, connection: Connection, contact: str, opening: Opening, at: datetime) -> Hold | None:
        row = _HOLD_ON.first(
            connection,
            practice=self._practice,
            contact=contact,
            at=_epoch(at),
            practitioner=opening.practitioner,
            visit_type=opening.visit_type,
            start=_epoch(opening.start),
            end=_epoch(opening.end),
        )
        if row is None:
            return None
        return Hold(id=row.id, opening=opening, contact=contact, until=_instant(row.hold_until))


def _unless_taken(kept: Hold | OpeningTaken) -> Hold:
    if isinstance(kept, OpeningTaken):
        raise kept
    return kept


def _unexpired(at: datetime) -> Any:
    a = APPOINTMENT.c
    return (a.status != "held") | (a.hold_until > _epoch(at))


def _epoch(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("an instant carries its zone")
    return int(moment.timestamp())


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)

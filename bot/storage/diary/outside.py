"""What we remember of another practice system: writes by their keys, and which visit of ours is which of its.

Our own diary keeps copies of the visits that we booked there, so that its exclusion of overlaps holds for
them, too. A copy that staff's own doubling leaves no room for is cancelled here with the reason "overlap";
what is true of the visit is read from the system in any case.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, case, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.diary import AppointmentStatus, BookHeld, DiaryWrite, Hold
from bot.domain.outside import Deed, DeedState, Linked
from bot.errors import HoldExpired
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.rows import appointment_of
from bot.storage.diary.tables import (
    ACTIVE,
    APPOINTMENT,
    DAY_SECONDS,
    OUTSIDE_CURSOR,
    OUTSIDE_DEED,
    OVERLAP,
)
from bot.storage.engine.alone import be_alone_with, visits_of
from bot.storage.engine.database import Database

_OVERLAP_REASON = "overlap"


class SqlOutsideBook:
    """An OutsideBook over SQL (`bot.ports`), for one practice and one system."""

    def __init__(self, database: Database, practice_id: str, diary: SqlDiary, *, system: str) -> None:
        self._database = database
        self._practice = practice_id
        self._diary = diary
        self._system = system

    async def deed(self, key: str) -> Deed | None:
        row = await self._database.read(lambda connection: self._deed_row(connection, key))
        return None if row is None else _deed(row)

    async def begin(self, deed: Deed, *, hold: Hold | None, keep_until: datetime) -> None:
        def unit(connection: Connection) -> None:
            known = self._deed_row(connection, deed.key)
            if known is not None and known.state != DeedState.REFUSED:
                return
            if known is not None:  # it came to nothing, and is tried again
                d = OUTSIDE_DEED.c
                connection.execute(
                    delete(OUTSIDE_DEED).where(d.practice == self._practice, d.key == deed.key)
                )
            if hold is not None:
                self._pin(connection, hold, deed, keep_until)
            connection.execute(
                insert(OUTSIDE_DEED).values(
                    practice=self._practice,
                    key=deed.key,
                    what=deed.what,
                    state=str(deed.state),
                    ref=deed.ref,
                    about=deed.about,
                    hold=hold.id if hold else None,
                    begun_at=_epoch(deed.at),
                )
            )

        await self._database.write(unit)

    async def settle(
        self,
        key: str,
        state: DeedState,
        *,
        at: datetime,
        ref: str | None = None,
        refusal: str | None = None,
        write: DiaryWrite | None = None,
    ) -> None:
        def unit(connection: Connection) -> None:
            row = self._deed_row(connection, key)
            d, a = OUTSIDE_DEED.c, APPOINTMENT.c
            connection.execute(
                update(OUTSIDE_DEED)
                .where(d.practice == self._practice, d.key == key)
                .values(state=str(state), ref=ref or row.ref, refusal=refusal, settled_at=_epoch(at))
            )
            if write is not None:
                self._diary.apply_write(connection, write)
                ours = write.hold.id if isinstance(write, BookHeld) else write.visit.id
                linked = {"outside_ref": ref} if ref else {}
                connection.execute(
                    update(APPOINTMENT)
                    .where(a.practice == self._practice, a.id == ours)
                    .values(pinned_by=None, **linked)
                )
            if write is None and state is DeedState.DONE and row.what == "book" and ref is not None:
                # Found long after, when nobody remembers who it was for: the contact still has the visit.
                connection.execute(
                    update(APPOINTMENT)
                    .where(a.practice == self._practice, a.id == row.hold, a.pinned_by == key)
                    .values(
                        status="booked",
                        hold_until=None,
                        booking_key=key,
                        outside_ref=ref,
                        pinned_by=None,
                        updated_at=_epoch(at),
                    )
                )
            if state in (DeedState.DONE, DeedState.REFUSED) and row.hold is not None:
                connection.execute(
                    delete(APPOINTMENT).where(
                        a.practice == self._practice,
                        a.id == row.hold,
                        a.status == "held",
                        a.pinned_by == key,
                    )
                )

        await self._database.write(unit)

    async def unsettled(self) -> tuple[Deed, ...]:
        d = OUTSIDE_DEED.c
        statement = (
            select(OUTSIDE_DEED)
            .where(d.practice == self._practice, d.state.in_([DeedState.BEGUN, DeedState.UNKNOWN]))
            .order_by(d.begun_at, d.key)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return tuple(_deed(row) for row in rows)

    async def linked(
        self,
        *,
        contact: str | None = None,
        patients: Collection[str] = (),
        appointment: str | None = None,
        refs: Collection[str] = (),
    ) -> tuple[Linked, ...]:
        a = APPOINTMENT.c
        if appointment is not None:
            which = a.id == appointment
        elif contact is not None:
            which = or_(a.contact == contact, a.patient_id.in_(tuple(patients)))
            which &= or_(a.status != "cancelled", a.cancel_reason == _OVERLAP_REASON)
        else:
            which = a.outside_ref.in_(tuple(refs))
        statement = (
            select(APPOINTMENT)
            .where(a.practice == self._practice, a.outside_ref.is_not(None), which)
            .order_by(a.starts_at, a.id)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return tuple(_linked(row) for row in rows)

    async def to_come(self, *, after: datetime) -> tuple[Linked, ...]:
        a = APPOINTMENT.c
        statement = (
            select(APPOINTMENT)
            .where(a.practice == self._practice, a.outside_ref.is_not(None), a.starts_at > _epoch(after))
            .where(a.status.in_(("requested", "booked")))
            .order_by(a.starts_at, a.id)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return tuple(_linked(row) for row in rows)

    async def kept(
        self, *, start: datetime, end: datetime, at: datetime, since: datetime, besides: str | None = None
    ) -> Sequence[tuple[str, datetime, datetime]]:
        a = APPOINTMENT.c
        statement = (
            select(a.practitioner, a.blocked_from, a.blocked_to)
            .where(a.practice == self._practice, a.status.in_(ACTIVE), a.id != (besides or ""))
            .where((a.status != "held") | (a.hold_until > _epoch(at)))
            .where(a.outside_ref.is_(None) | (a.updated_at >= _epoch(since)))
            .where(a.blocked_from < _epoch(end), a.blocked_to > _epoch(start))
            .where(a.starts_at > _epoch(start) - DAY_SECONDS, a.starts_at < _epoch(end) + DAY_SECONDS)
            .order_by(a.blocked_from, a.practitioner)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [
            (who, datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(finish, UTC))
            for who, begin, finish in rows
        ]

    async def follow(self, ours: Linked, *, at: datetime) -> None:
        opening = ours.appointment.opening
        start, end = _epoch(opening.start), _epoch(opening.end)
        a = APPOINTMENT.c
        this = (a.practice == self._practice) & (a.id == ours.appointment.id)
        now = {
            "practitioner": opening.practitioner,
            "starts_at": start,
            "ends_at": end,
            "blocked_from": start,
            "blocked_to": end,
            "status": str(ours.appointment.status),
            "cancel_reason": None,
            "confirmed_at": case((a.starts_at == start, a.confirmed_at), else_=None),
            "outside_ref": ours.ref,
            "updated_at": _epoch(at),
        }

        def unit(connection: Connection) -> None:
            be_alone_with(connection, visits_of(self._practice, opening.practitioner))
            if ours.appointment.status in (AppointmentStatus.REQUESTED, AppointmentStatus.BOOKED):
                connection.execute(
                    delete(APPOINTMENT).where(
                        a.practice == self._practice,
                        a.practitioner == opening.practitioner,
                        a.status == "held",
                        a.pinned_by.is_(None),
                        a.blocked_from < end,
                        a.blocked_to > start,
                    )
                )
            try:
                with connection.begin_nested():
                    connection.execute(update(APPOINTMENT).where(this).values(now))
            except IntegrityError as error:
                if OVERLAP not in str(error.orig):
                    raise
                left_out = now | {"status": "cancelled", "cancel_reason": _OVERLAP_REASON}
                connection.execute(update(APPOINTMENT).where(this).values(left_out))

        await self._database.write(unit)

    async def cursor(self) -> str | None:
        c = OUTSIDE_CURSOR.c
        statement = select(c.cursor).where(c.practice == self._practice, c.system == self._system)
        return await self._database.read(lambda connection: connection.execute(statement).scalar())

    async def keep_cursor(self, cursor: str) -> None:
        c = OUTSIDE_CURSOR.c
        mine = (c.practice == self._practice) & (c.system == self._system)

        def unit(connection: Connection) -> None:
            connection.execute(delete(OUTSIDE_CURSOR).where(mine))
            connection.execute(
                insert(OUTSIDE_CURSOR).values(practice=self._practice, system=self._system, cursor=cursor)
            )

        await self._database.write(unit)

    def _pin(self, connection: Connection, hold: Hold, deed: Deed, keep_until: datetime) -> None:
        a = APPOINTMENT.c
        pinned = connection.execute(
            update(APPOINTMENT)
            .where(
                a.id == hold.id,
                a.practice == self._practice,
                a.contact == hold.contact,
                a.status == "held",
                a.hold_until > _epoch(deed.at),
            )
            .values(pinned_by=deed.key, hold_until=_epoch(keep_until))
        )
        if pinned.rowcount != 1:
            raise HoldExpired("the hold has run out or was let go; offer the openings again")

    def _deed_row(self, connection: Connection, key: str) -> Any:
        d = OUTSIDE_DEED.c
        statement = select(OUTSIDE_DEED).where(d.practice == self._practice, d.key == key)
        return connection.execute(statement).first()


def _deed(row: Any) -> Deed:
    return Deed(
        key=row.key,
        what=row.what,
        state=DeedState(row.state),
        at=datetime.fromtimestamp(row.begun_at, UTC),
        ref=row.ref,
        about=row.about,
        refusal=row.refusal,
    )


def _linked(row: Any) -> Linked:
    return Linked(appointment=appointment_of(row), ref=row.outside_ref, contact=row.contact)


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())

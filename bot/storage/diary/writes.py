"""Writes that turns and staff decided, done within the transaction that tells of them."""

from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, delete, select, update

from bot.domain.diary import BookHeld, CancelBooked, ConfirmRequested, DiaryWrite, MoveBooked
from bot.errors import HoldExpired, VisitChanged
from bot.storage.diary.patients import SqlPatients, digest
from bot.storage.diary.rows import appointment_of
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.engine.alone import be_alone_with, visits_of

_A = APPOINTMENT.c
TO_COME = ("requested", "booked")  # visits that can still be moved and cancelled


class DiaryWrites:
    """One practice's."""

    def __init__(self, practice: str, patients: SqlPatients) -> None:
        self._practice = practice
        self.patients = patients

    def apply(self, connection: Connection, write: DiaryWrite) -> None:
        """Does what a turn decided, within the turn's transaction.

        Raises HoldExpired when the hold is gone, has run out at `write.at`, or is another contact's, and
        VisitChanged when a visit is not as it was seen. Does nothing when `write.key` has done it already.
        """
        match write:
            case BookHeld():
                self._book_held(connection, write)
            case MoveBooked():
                self._move_booked(connection, write)
            case CancelBooked():
                self._cancel_booked(connection, write)
            case ConfirmRequested():
                self._confirm_requested(connection, write)
            case _:
                assert_never(write)

    def _book_held(self, connection: Connection, write: BookHeld) -> None:
        a = APPOINTMENT.c
        booked = connection.execute(
            select(a.id).where(a.practice == self._practice, a.booking_key == write.key)
        ).first()
        if booked is not None:
            return
        be_alone_with(connection, visits_of(self._practice, write.hold.opening.practitioner))
        known = self.patients.booked_before(connection, write.hold.contact, write.patient)
        patient = known or f"pat_{digest(self._practice, write.key)}"
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
                status=str(write.status),
                hold_until=None,
                patient_id=patient,
                booking_key=write.key,
                replaces=write.replaces,
                updated_at=_epoch(write.at),
            )
        )
        if turned.rowcount != 1:
            raise HoldExpired("the hold has run out or was let go; offer the openings again")
        if known is None:
            self.patients.add(connection, patient, write.hold.contact, write.patient)

    def _move_booked(self, connection: Connection, write: MoveBooked) -> None:
        """The hold gives its time to the visit, whose own becomes free: all in one transaction."""
        a = APPOINTMENT.c
        if not self._may_change(connection, write):
            return
        be_alone_with(connection, visits_of(self._practice, write.hold.opening.practitioner))
        held = connection.execute(
            delete(APPOINTMENT)
            .where(
                a.id == write.hold.id,
                a.practice == self._practice,
                a.contact == write.hold.contact,
                a.status == "held",
                a.hold_until > _epoch(write.at),
            )
            .returning(
                a.practitioner, a.visit_type, a.starts_at, a.ends_at, a.blocked_from, a.blocked_to, a.room
            )
        ).first()
        if held is None:
            raise HoldExpired("the hold has run out or was let go; offer the openings again")
        self._change(connection, write, **held._asdict(), confirmed_at=None)

    def _cancel_booked(self, connection: Connection, write: CancelBooked) -> None:
        if self._may_change(connection, write):
            self._change(connection, write, status="cancelled", cancel_reason=write.reason)

    def _confirm_requested(self, connection: Connection, write: ConfirmRequested) -> None:
        row = self._row_of(connection, write.visit.id)
        if not self._may_change(connection, write):
            return
        self._change(connection, write, status="booked")
        if row.replaces is not None:
            connection.execute(
                update(APPOINTMENT)
                .where(_A.practice == self._practice, _A.id == row.replaces, _A.status.in_(TO_COME))
                .values(status="cancelled", change_key=write.key, updated_at=_epoch(write.at))
            )

    def _may_change(
        self, connection: Connection, write: MoveBooked | CancelBooked | ConfirmRequested
    ) -> bool:
        """False when this very write has been done. Raises VisitChanged when it is not as it was seen."""
        row = self._row_of(connection, write.visit.id)
        if row is not None and row.change_key == write.key:
            return False
        now = appointment_of(row) if row is not None else None
        if now is None or (now.opening, now.status) != (write.visit.opening, write.visit.status):
            raise VisitChanged("the visit was moved or cancelled meanwhile; look it up again")
        return True

    def _change(
        self, connection: Connection, write: MoveBooked | CancelBooked | ConfirmRequested, **values: Any
    ) -> None:
        a = APPOINTMENT.c
        values |= {"change_key": write.key, "updated_at": _epoch(write.at)}
        connection.execute(update(APPOINTMENT).where(a.id == write.visit.id).values(values))

    def _row_of(self, connection: Connection, appointment: str) -> Any:
        a = APPOINTMENT.c
        statement = select(APPOINTMENT).where(a.practice == self._practice, a.id == appointment)
        return connection.execute(statement).first()


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())

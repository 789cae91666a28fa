"""Requests in the diary's tables: who asked for what, and what was withdrawn."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.domain.diary import Appointment
from bot.service.inbox.requests import Request, Withdrawn
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.rows import appointment_of
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.engine.database import Database

_A = APPOINTMENT.c


class SqlRequests:
    """A RequestBook (`bot.service.inbox.requests`) of one practice."""

    def __init__(self, database: Database, practice_id: str, diary: SqlDiary) -> None:
        self._database = database
        self._practice = practice_id
        self._diary = diary

    async def requests(self, *, at: datetime) -> Sequence[Request]:
        statement = (
            select(APPOINTMENT)
            .where(_A.practice == self._practice, _A.status == "requested", _A.starts_at > _epoch(at))
            .where(_A.contact.is_not(None))
            .order_by(_A.starts_at, _A.practitioner, _A.id)
        )

        def unit(connection: Connection) -> list[Request]:
            return [
                Request(
                    visit=appointment_of(row),
                    conversation=row.contact,
                    asked_at=_instant(row.created_at),
                    patient=self._diary.patients.details(connection, row.patient_id),
                    replaces=self._by_id(connection, row.replaces),
                )
                for row in connection.execute(statement).all()
            ]

        return await self._database.read(unit)

    async def withdrawn(self, *, since: datetime, at: datetime) -> Sequence[Withdrawn]:
        statement = (
            select(APPOINTMENT)
            .where(_A.practice == self._practice, _A.status == "cancelled", _A.starts_at > _epoch(at))
            .where(_A.updated_at >= _epoch(since), _A.patient_id.is_not(None))
            .where(_A.cancel_reason.is_distinct_from("refused"))
            .order_by(_A.starts_at, _A.practitioner, _A.id)
        )

        def unit(connection: Connection) -> list[Withdrawn]:
            return [
                Withdrawn(
                    visit=appointment_of(row),
                    patient=self._diary.patients.details(connection, row.patient_id),
                    at=_instant(row.updated_at),
                )
                for row in connection.execute(statement).all()
            ]

        return await self._database.read(unit)

    async def confirmed(self, *, since: datetime, at: datetime) -> Sequence[Withdrawn]:
        statement = (
            select(APPOINTMENT)
            .where(_A.practice == self._practice, _A.status == "booked", _A.starts_at > _epoch(at))
            .where(_A.confirmed_at >= _epoch(since), _A.patient_id.is_not(None))
            .order_by(_A.starts_at, _A.practitioner, _A.id)
        )

        def unit(connection: Connection) -> list[Withdrawn]:
            return [
                Withdrawn(
                    visit=appointment_of(row),
                    patient=self._diary.patients.details(connection, row.patient_id),
                    at=_instant(row.confirmed_at),
                )
                for row in connection.execute(statement).all()
            ]

        return await self._database.read(unit)

    def _by_id(self, connection: Connection, appointment: str | None) -> Appointment | None:
        if appointment is None:
            return None
        statement = select(APPOINTMENT).where(_A.practice == self._practice, _A.id == appointment)
        row = connection.execute(statement).first()
        return None if row is None else appointment_of(row)


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)

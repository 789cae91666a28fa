"""Patients to be telephoned, one task for each message that reached nobody or was left open."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from bot.domain.outreach import WROTE
from bot.service.outreach.call_tasks import OPEN_STILL
from bot.service.outreach.ports import CallTask
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.outreach.facts import OutreachFacts, read_visits
from bot.storage.outreach.tables import CALL_TASK, OUTREACH
from bot.storage.sealing.seal import Forgotten
from bot.storage.tables import from_stamp, to_stamp

_C = CALL_TASK.c


class CallTasks:
    """Of one practice."""

    def __init__(self, database: Database, practice: str, *, facts: OutreachFacts) -> None:
        self._database = database
        self._practice = practice
        self._facts = facts

    def open(self, connection: Connection, message: str, reason: str, *, until: datetime, at: int) -> int:
        """Within a unit of work. A second reason for the same message changes nothing."""
        row = connection.execute(select(OUTREACH).where(OUTREACH.c.id == message)).first()
        if row is None or (reason == "silent" and row.answer not in (None, WROTE)):
            return 0
        values = {
            "id": message,
            "practice": self._practice,
            "rule": row.rule,
            "reason": reason,
            "contact": row.contact,
            "patient": row.patient,
            "visits": row.visits,
            "until": to_stamp(until),
            "created_at": at,
            "attempts": 0,
        }
        return connection.execute(upsert(CALL_TASK).on_conflict_do_nothing(), values).rowcount

    async def call_tasks(self, *, at: datetime, settled_since: datetime | None = None) -> Sequence[CallTask]:
        """Those that wait for an outcome; with `settled_since`, those settled since then, too. A task whose
        visit was moved or cancelled meanwhile is gone from the list."""
        chosen = select(CALL_TASK).where(_C.practice == self._practice)
        still = _C.settled_at.is_(None)
        if settled_since is None:
            chosen = chosen.where(still)
        else:
            chosen = chosen.where(or_(still, _C.settled_at >= to_stamp(settled_since)))

        def unit(connection: Connection) -> list[CallTask]:
            rows = connection.execute(chosen.order_by(_C.until, _C.id)).all()
            return [
                self._task(connection, row)
                for row in rows
                if row.settled_at is not None or self._holds(connection, row)
            ]

        return await self._database.read(unit)

    def _holds(self, connection: Connection, row: Any) -> bool:
        visits = read_visits(row.visits)
        return self._facts.stand(connection, visits, ahead=False)

    async def settle_call_task(self, task: str, *, outcome: str, who: str, at: datetime) -> bool:
        """False when it has an outcome already, or there is no such row."""
        values: dict[str, object] = {
            "outcome": outcome,
            "attempts": _C.attempts + 1,
            "tried_at": to_stamp(at),
        }
        if outcome not in OPEN_STILL:
            values |= {"settled_at": to_stamp(at), "settled_by": who}
        settled = (
            update(CALL_TASK)
            .where(_C.practice == self._practice, _C.id == task, _C.settled_at.is_(None))
            .values(values)
        )
        return await self._database.write(lambda connection: bool(connection.execute(settled).rowcount))

    def _task(self, connection: Connection, row: Any) -> CallTask:
        name, phone = "", None
        patient, contact = row.patient, row.contact
        with suppress(Forgotten):
            visits = read_visits(row.visits)
            details = self._facts.details(connection, patient, visits) if patient else None
            if details is not None:
                name, phone = details.name, details.phone
            if contact is not None and phone is None:
                phone = self._facts.phone_of(connection, contact)
        return CallTask(
            id=row.id,
            rule=row.rule,
            reason=row.reason,
            conversation=contact,
            patient=patient,
            name=name,
            phone=phone,
            language=self._facts.language_of(connection, contact) if contact else None,
            visits=read_visits(row.visits),
            until=from_stamp(row.until),
            created_at=from_stamp(row.created_at),
            attempts=row.attempts,
            outcome=row.outcome,
            settled_at=from_stamp(row.settled_at) if row.settled_at else None,
            settled_by=row.settled_by,
        )

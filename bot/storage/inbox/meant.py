"""Hand-offs that wait in the queue, and who was chosen to answer them first. Implements service.choosing."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.domain.deeds import Deed
from bot.domain.pipeline import PAUSED, QUEUE
from bot.ports import Clock
from bot.service.changes import Changes
from bot.service.inbox.choosing import Queued
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.inbox.audit import SqlAudit
from bot.storage.tables import from_stamp, to_stamp

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]

BY = "chairside"


class SqlMeant:
    """One practice's."""

    def __init__(
        self, database: Database, *, practice: str, clock: Clock, audit: SqlAudit, changes: Changes
    ) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock
        self._audit = audit
        self._changes = changes

    async def queued(self) -> tuple[Queued, ...]:
        now = to_stamp(self._clock.now())
        waiting = (
            select(_handoff, _conversation.c.snoozed_until)
            .join(_conversation, _conversation.c.id == _handoff.c.conversation)
            .where(
                _handoff.c.practice == self._practice,
                _handoff.c.closed_at.is_(None),
                _handoff.c.reason != PAUSED,
                _conversation.c.owner == QUEUE,
            )
            .order_by(_handoff.c.urgent.desc(), _handoff.c.opened_at)
        )
        rows = await self._database.read(lambda connection: connection.execute(waiting).all())
        return tuple(
            Queued(
                handoff=row.id,
                conversation=row.conversation,
                meant_for=row.meant_for,
                meant_at=from_stamp(row.meant_at) if row.meant_at else None,
            )
            for row in rows
            if (row.snoozed_until or 0) <= now
        )

    async def choose(self, one: Queued, who: str | None, *, at: datetime) -> None:
        chosen = (
            update(_handoff)
            .where(
                _handoff.c.id == one.handoff,
                _handoff.c.taken_by.is_(None),
                _handoff.c.meant_for.is_not_distinct_from(one.meant_for),
            )
            .values(meant_for=who, meant_at=to_stamp(at) if who else None)
        )

        def unit(connection: Connection) -> None:
            if connection.execute(chosen).rowcount and who:
                self._audit.note(
                    connection, Deed.ASSIGNED, by=BY, conversation=one.conversation, detail=f"{who} first"
                )

        await self._database.write(unit)
        self._changes.ring()

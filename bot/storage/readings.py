"""What the database says about how much waits, for the metrics: a few counts on partial indexes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from bot.domain.pipeline import QUEUE, OutboxState
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.tables import to_stamp
from bot.storage.turns.rows import WAITING_FOR, WAITS

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]

# Written out, not bound: SQLite uses a partial index only where it can see that the condition implies it.
_DEAD = text("inbox.state = 'dead'")
_IN_FLIGHT = text("outbox.state IN ('queued', 'sending', 'uncertain')")
_STATES = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCERTAIN)
#: Meta tells of every message within seconds. So long after so many sends without a single word about any of
#: them, nobody tells us anything more: patients' messages do not arrive either.
_HEARD_WITHIN, _LOOKED_AT, _ENOUGH, _LATEST = timedelta(minutes=5), timedelta(hours=1), 3, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlReading:
    """Ages in seconds; 0 where nothing waits."""

    queue_age: float
    queued: int
    outbox_age: float
    outbox: Mapping[str, int]
    handoffs: int
    urgent_handoffs: int
    set_aside: int
    lost: Mapping[str, bool]


class SqlReadings:
    """One practice's. `told`: the channels that tell of every message what became of it."""

    def __init__(self, database: Database, *, practice: str, clock: Clock, told: Collection[str]) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock
        self._told = told

    async def read(self) -> SqlReading:
        return await self._database.read(self._read)

    def _read(self, connection: Connection) -> SqlReading:
        now = to_stamp(self._clock.now())

        def ages(table: Any, since: Any, *where: Any) -> tuple[int, float]:
            chosen = select(func.count(), func.min(since)).select_from(table)
            count, oldest = connection.execute(chosen.where(*where)).one()
            return count, max(0.0, (now - oldest) / 1e6) if count else 0.0

        queued, queue_age = ages(_inbox, _inbox.c.received_at, self._practice == WAITING_FOR, WAITS)
        set_aside, _ = ages(_inbox, _inbox.c.received_at, _inbox.c.practice == self._practice, _DEAD)
        ours = _outbox.c.practice == self._practice
        _, outbox_age = ages(_outbox, _outbox.c.created_at, ours, _IN_FLIGHT)
        states = connection.execute(
            select(_outbox.c.state, func.count()).where(ours, _IN_FLIGHT).group_by(_outbox.c.state)
        ).all()
        by_state = {str(state): 0 for state in _STATES} | {row[0]: row[1] for row in states}
        handoffs = connection.execute(
            select(_handoff.c.urgent, func.count(func.distinct(_conversation.c.id)))
            .join(_conversation, _conversation.c.id == _handoff.c.conversation)
            .where(
                _handoff.c.practice == self._practice,
                _handoff.c.closed_at.is_(None),
                _conversation.c.owner == QUEUE,
            )
            .group_by(_handoff.c.urgent)
        ).all()
        waiting = {bool(row[0]): int(row[1]) for row in handoffs}
        return SqlReading(
            queue_age=queue_age,
            queued=queued,
            outbox_age=outbox_age,
            outbox=by_state,
            handoffs=sum(waiting.values()),
            urgent_handoffs=waiting.get(True, 0),
            set_aside=set_aside,
            lost=self._lost(connection, now),
        )

    def _lost(self, connection: Connection, now: int) -> dict[str, bool]:
        found = connection.execute(
            select(_contact.c.channel, func.count(), func.max(_outbox.c.receipt))
            .join(_contact, _contact.c.id == _outbox.c.conversation)
            .where(
                _outbox.c.seq > select(func.max(_outbox.c.seq)).scalar_subquery() - _LATEST,
                _outbox.c.practice == self._practice,
                _outbox.c.state == OutboxState.SENT,
                _outbox.c.sent_at > now - _LOOKED_AT // timedelta(microseconds=1),
                _outbox.c.sent_at < now - _HEARD_WITHIN // timedelta(microseconds=1),
            )
            .group_by(_contact.c.channel)
        )
        silent = {channel for channel, sent, best in found if sent >= _ENOUGH and not best}
        return {channel: channel in silent for channel in self._told}

"""The time of an account, as all workers share it, and when messages of a conversation went out.

On a shared database the row of an account says until when its time is taken, by the database's own clock.
Alone on a file, memory does.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text

from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared
from bot.storage.tables import from_stamp, to_stamp

_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]

_MICROSECOND = timedelta(microseconds=1)
_NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
_LEASE = text(
    "INSERT INTO pace (practice, channel, account, taken_until)"
    f" VALUES (:practice, :channel, :account, {_NOW} + :span)"
    " ON CONFLICT (practice, channel, account)"
    f" DO UPDATE SET taken_until = greatest(pace.taken_until, {_NOW}) + :span"
    f" RETURNING taken_until - :span AS begins, {_NOW} AS now"
)
_WENT_OUT = Prepared(
    select(_outbox.c.sent_at, _outbox.c.state)
    .where(
        _outbox.c.conversation == bindparam("conversation"),
        text("(outbox.sent_at >= :since OR outbox.state = 'uncertain')").bindparams(bindparam("since")),
    )
    .order_by(_outbox.c.seq)
)


class SqlPace:
    """Implements service.pacing.Budget for one practice."""

    def __init__(self, database: Database, *, practice: str, clock: Clock) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock
        self._taken_until: dict[tuple[str, str], datetime] = {}
        self.is_shared = database.is_shared

    async def lease(self, line: tuple[str, str], span: timedelta) -> timedelta:
        if not self.is_shared:
            now = self._clock.now()
            begins = max(self._taken_until.get(line, now), now)
            self._taken_until[line] = begins + span
            return begins - now
        channel, account = line
        values = {"practice": self._practice, "channel": channel, "account": account}

        row = await asyncio.to_thread(self._take, {**values, "span": span // _MICROSECOND})
        return timedelta(microseconds=max(row.begins - row.now, 0))

    def _take(self, values: Mapping[str, Any]) -> Any:
        """In a transaction of its own, which lasts no longer than it must: all workers want this row, and
        none may wait for what another commits along with it."""
        with self._database.engine.begin() as connection:
            return connection.execute(_LEASE, values).one()

    async def went_out(self, conversation: str, *, since: datetime) -> Sequence[datetime]:
        now = self._clock.now()
        values = {"conversation": conversation, "since": to_stamp(since)}
        rows = await self._database.read_brief(lambda connection: _WENT_OUT.all(connection, **values))
        return sorted(from_stamp(row.sent_at) if row.sent_at else now for row in rows)

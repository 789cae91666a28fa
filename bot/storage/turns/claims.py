"""Which conversations are this process's to advance.

One process works on a SQLite file, and whatever it claims is its own. On a shared database a claim is the
name in `conversation.claimed_by`, worth as much as the last sign of life of that worker, which the database
dates; and the conversation's `epoch`, which each taking raises and every commit checks. So a worker that
froze, lost its claims meanwhile and wakes up commits nothing any more.

Right before something leaves the house no transaction protects it. There a worker asks itself whether its own
last sign of life is recent (`is_fresh`): one that slept does not send what it had in its hands.
"""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared
from bot.storage.tables import to_stamp

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]

#: Silent for so long, a worker is taken for dead.
PATIENCE = timedelta(seconds=10)
#: Without a turn for so long, a conversation may go to whoever hears of it first.
_IDLE = timedelta(minutes=1)
#: A message that waits for so long has been forgotten by whoever stored it.
_FORGOTTEN = timedelta(seconds=3)
_SEVERAL = 200
#: Claims that are remembered; one that was forgotten is taken again.
_REMEMBERED = 20_000
_CHANNEL = "chairside"
_MICROSECOND = timedelta(microseconds=1)

_NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
_IS_LIVE = (
    "EXISTS (SELECT 1 FROM worker WHERE worker.id = conversation.claimed_by"
    f" AND worker.practice = conversation.practice AND worker.seen_at > {_NOW} - :patience)"
)
_IN_FLIGHT = "outbox.state IN ('queued', 'sending', 'uncertain')"
_IS_IDLE = (
    "(conversation.updated_at < :idle AND NOT EXISTS"
    f" (SELECT 1 FROM outbox WHERE outbox.conversation = conversation.id AND {_IN_FLIGHT}))"
)

_TAKEN = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"))
    .values(claimed_by=bindparam("worker"), epoch=_conversation.c.epoch + 1)
)
_TAKE = Prepared(_TAKEN)
_TAKE_FREE = Prepared(
    _TAKEN.where(
        text(f"(claimed_by IS NULL OR claimed_by = :worker OR NOT {_IS_LIVE} OR {_IS_IDLE})").bindparams(
            bindparam("worker"), bindparam("idle"), bindparam("patience")
        )
    )
)
_EPOCH = Prepared(select(_conversation.c.epoch).where(_conversation.c.id == bindparam("conversation")))
_LOCK_HELD = Prepared(
    select(_conversation.c.id)
    .where(
        _conversation.c.id == bindparam("conversation"),
        _conversation.c.epoch == bindparam("held"),
    )
    .with_for_update()
)
_CALL = text(
    f"SELECT pg_notify('{_CHANNEL}', claimed_by || ' ' || id) FROM conversation"
    " WHERE id = :conversation AND claimed_by IS NOT NULL"
)
_SHOW_LIFE = text(
    f"INSERT INTO worker (id, practice, started_at, seen_at) VALUES (:worker, :practice, {_NOW}, {_NOW})"
    " ON CONFLICT (id, practice) DO UPDATE SET seen_at = excluded.seen_at"
)
_FIRST = text(
    f"SELECT id FROM worker WHERE practice = :practice AND seen_at > {_NOW} - :patience"
    " ORDER BY started_at, id LIMIT 1"
)
_FORGET_DEAD = text(f"DELETE FROM worker WHERE practice = :practice AND seen_at < {_NOW} - 86400000000")
_LEAVE = text("DELETE FROM worker WHERE id = :worker AND practice = :practice")
_WAITING = (
    "SELECT conversation FROM inbox WHERE practice = :practice AND state = 'new' AND received_at < :forgotten"
    f" UNION SELECT conversation FROM outbox WHERE practice = :practice AND {_IN_FLIGHT}"
)
_ORPHANS = text(
    f"SELECT id FROM conversation WHERE id IN ({_WAITING}) AND (claimed_by IS NULL OR NOT {_IS_LIVE})"
    f" LIMIT {_SEVERAL} FOR UPDATE SKIP LOCKED"
)
_OURS = text(
    f"SELECT id FROM conversation WHERE id IN ({_WAITING}) AND claimed_by = :worker LIMIT {_SEVERAL}"
)
_ADOPT = text(
    "UPDATE conversation SET claimed_by = :worker, epoch = epoch + 1 WHERE id = ANY(:ids) RETURNING id, epoch"
)
_DOUBT = text(
    "UPDATE outbox SET state = 'uncertain', attempts = attempts - 1, not_before = :decide_at"
    " WHERE conversation = ANY(:ids) AND state = 'sending'"
)


class Claims:
    """One process's, for one practice. Implements ports.Fellows."""

    def __init__(
        self, database: Database, *, practice: str, worker: str, clock: Clock, patience: timedelta = PATIENCE
    ) -> None:
        self._database = database
        self._practice = practice
        self._worker = worker
        self._clock = clock
        self._patience = patience
        self._names = {"worker": worker, "practice": practice, "patience": patience // _MICROSECOND}
        self._held: OrderedDict[str, int] = OrderedDict()
        self._seen = time.monotonic()
        #: How often we were silent for so long that others may have taken what we had in our hands.
        self.naps = 0
        self._leads = not database.is_shared

    # -- for the store ------------------------------------------------------------------------------------

    @property
    def is_shared(self) -> bool:
        return self._database.is_shared

    def held(self, conversation: str) -> int | None:
        """The epoch of a claim that we believe to have."""
        return self._held.get(conversation)

    def take(self, connection: Connection, conversation: str, worker: str | None = None) -> int | None:
        """Within a unit of work: the epoch; None where another worker has it, who is called."""
        worker = worker or self._worker
        if not self.is_shared:
            _TAKE.run(connection, conversation=conversation, worker=worker)
        elif not _TAKE_FREE.run(
            connection,
            conversation=conversation,
            worker=self._worker,
            idle=self._ago(_IDLE),
            patience=self._patience // _MICROSECOND,
        ):
            connection.execute(_CALL, {"conversation": conversation})
            return None
        epoch: int | None = _EPOCH.scalar(connection, conversation=conversation)
        return epoch

    def remember(self, conversation: str, epoch: int) -> None:
        """After the commit."""
        self._held[conversation] = epoch
        if len(self._held) > _REMEMBERED:
            self._held.popitem(last=False)

    def forget(self, conversation: str) -> None:
        self._held.pop(conversation, None)

    async def have(self, conversation: str) -> bool:
        """Whether the conversation is ours, taken if it is to be had."""
        if not self.is_shared or conversation in self._held:
            return True
        epoch = await self._database.write_brief(lambda connection: self.take(connection, conversation))
        if epoch is None:
            return False
        self.remember(conversation, epoch)
        return True

    def lock(self, connection: Connection, conversation: str) -> bool:
        """Within a unit of work: whether it still is ours; nobody takes it before that unit ends."""
        if not self.is_shared:
            return True
        held = self._held.get(conversation)
        if held is not None and _LOCK_HELD.scalar(connection, conversation=conversation, held=held):
            return True
        self.forget(conversation)
        return False

    def ours(self) -> Any:
        """A selection of the conversations that are ours; None: all."""
        if not self.is_shared:
            return None
        return select(_conversation.c.id).where(_conversation.c.claimed_by == self._worker)

    def is_fresh(self) -> bool:
        """Nobody can have taken us for dead."""
        until = self.fresh_until
        return until is None or time.monotonic() < until

    @property
    def fresh_until(self) -> float | None:
        """The moment, of time.monotonic, until which that is so; None: always."""
        return self._seen + self._patience.total_seconds() / 2 if self.is_shared else None

    # -- ports.Fellows ------------------------------------------------------------------------------------

    @property
    def leads(self) -> bool:
        return self._leads

    async def show_life(self) -> None:
        if not self.is_shared:
            return
        began = time.monotonic()
        if not self.is_fresh():
            self.naps += 1

        def unit(connection: Connection) -> bool:
            connection.execute(_SHOW_LIFE, self._names)
            return bool(connection.execute(_FIRST, self._names).scalar() == self._worker)

        self._leads = await self._database.write_brief(unit)
        self._seen = began

    async def adopt(self, *, decide_at: datetime) -> tuple[str, ...]:
        if not self.is_shared:
            return ()
        waiting = self._names | {"forgotten": self._ago(_FORGOTTEN)}

        def unit(connection: Connection) -> tuple[dict[str, int], tuple[str, ...]]:
            orphans = list(connection.execute(_ORPHANS, waiting).scalars())
            adopted: dict[str, int] = {}
            if orphans:
                ours = connection.execute(_ADOPT, {"worker": self._worker, "ids": orphans})
                adopted = {row.id: row.epoch for row in ours}
                connection.execute(_DOUBT, {"ids": orphans, "decide_at": to_stamp(decide_at)})
            return adopted, tuple(connection.execute(_OURS, waiting).scalars())

        adopted, ours = await self._database.write_brief(unit)
        for conversation, epoch in adopted.items():
            self.remember(conversation, epoch)
        return tuple(dict.fromkeys((*adopted, *ours)))

    async def calls(self) -> AsyncIterator[str]:
        if not self.is_shared:
            return
        import psycopg  # an extra

        url = self._database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(f"LISTEN {_CHANNEL}".encode())
            async for call in connection.notifies():
                worker, _, conversation = call.payload.partition(" ")
                if worker == self._worker:
                    yield conversation

    async def leave(self) -> None:
        if not self.is_shared:
            return

        def unit(connection: Connection) -> None:
            connection.execute(_LEAVE, self._names)
            connection.execute(_FORGET_DEAD, self._names)

        await self._database.write_brief(unit)

    def _ago(self, time_: timedelta) -> int:
        return to_stamp(self._clock.now() - time_)

"""What channels sent and we know no kind for: counted by its shape, and kept for a week for whoever adds it.

It may hold anybody's words, so it is sealed, under a key of its day; forgetting a day is destroying its key.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from bot.domain.conversation import InboundEvent
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.tables import UNREAD
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten
from bot.storage.tables import SealingKey, from_stamp, to_stamp

KEPT_FOR = timedelta(days=7)
_SWEEP_EVERY = 3_600_000_000  # microseconds
_MOST_A_DAY = 2_000  # a flood of them teaches no more than the first
_LONGEST = 65_536  # bytes of a body

_key = SealingKey.__table__  # type: ignore[attr-defined]
_KEEP = Prepared(upsert(UNREAD).on_conflict_do_nothing())
_NAME = re.compile(r"[a-z][a-z_]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """So many of one shape."""

    channel: str
    shape: str
    count: int
    last_at: datetime


class UnreadEvents:
    """Of one practice. `keep` and `sweep` work within somebody's unit of work."""

    def __init__(self, rows: SealedRows) -> None:
        self._rows = rows
        self._practice = rows.practice
        self._sweep_at = 0

    def keep(self, connection: Connection, event: InboundEvent, at: int) -> None:
        assert event.raw is not None
        shape = shape_of(event.raw)
        self._keep(connection, event.channel, self._rows.hashed(event.id or event.raw), shape, event.raw, at)

    def keep_body(self, connection: Connection, channel: str, body: bytes, at: int) -> None:
        """A well signed body that is no JSON object."""
        text = body[:_LONGEST].decode("utf-8", "replace")
        self._keep(connection, channel, self._rows.hashed(text), "no JSON object", text, at)

    def _keep(self, connection: Connection, channel: str, event: str, shape: str, text: str, at: int) -> None:
        if at >= self._sweep_at:
            self.sweep(connection, at)
            self._sweep_at = at + _SWEEP_EVERY
        owner = f"unread {self._practice} {from_stamp(at).date().isoformat()}"
        today = connection.execute(
            select(func.count()).where(UNREAD.c.practice == self._practice, UNREAD.c.owner == owner)
        ).scalar()
        if (today or 0) >= _MOST_A_DAY:
            return
        if connection.execute(select(_key.c.owner).where(_key.c.owner == owner)).first() is None:
            self._rows.keyring.create(connection, owner)
        _KEEP.run(
            connection,
            practice=self._practice,
            channel=channel,
            event=event,
            shape=shape,
            owner=owner,
            sealed=self._rows.seal(connection, owner, {"raw": text}),
            received_at=at,
        )

    def sweep(self, connection: Connection, at: int) -> int:
        """Forgets what is older than a week; how many days that were."""
        before = to_stamp(from_stamp(at) - KEPT_FOR)
        ours = UNREAD.c.practice == self._practice
        old = {
            owner
            for (owner,) in connection.execute(
                select(UNREAD.c.owner).distinct().where(ours, UNREAD.c.received_at < before)
            )
        }
        young = {
            owner
            for (owner,) in connection.execute(
                select(UNREAD.c.owner).distinct().where(ours, UNREAD.c.received_at >= before)
            )
        }
        if old:
            connection.execute(delete(UNREAD).where(ours, UNREAD.c.received_at < before))
            connection.execute(delete(_key).where(_key.c.owner.in_(old - young)))
        return len(old)


class UnreadShelf:
    """The same, for whoever looks at it."""

    def __init__(self, database: Database, rows: SealedRows) -> None:
        self._database = database
        self._rows = rows

    def counts(self) -> tuple[Unread, ...]:
        """The most frequent first."""
        statement = (
            select(
                UNREAD.c.channel,
                UNREAD.c.shape,
                func.count().label("number"),
                func.max(UNREAD.c.received_at).label("last"),
            )
            .where(UNREAD.c.practice == self._rows.practice)
            .group_by(UNREAD.c.channel, UNREAD.c.shape)
        )
        found = self._database.read_now(lambda connection: connection.execute(statement).all())
        counted = (
            Unread(channel=row.channel, shape=row.shape, count=row.number, last_at=from_stamp(row.last))
            for row in found
        )
        return tuple(sorted(counted, key=lambda each: (-each.count, each.channel, each.shape)))

    def raw(self) -> Iterator[tuple[str, str]]:
        """(channel, what came), oldest first."""

        def unit(connection: Connection) -> list[tuple[str, str]]:
            statement = select(UNREAD).where(UNREAD.c.practice == self._rows.practice).order_by(UNREAD.c.id)
            opened = []
            for row in connection.execute(statement):
                try:
                    opened.append((row.channel, self._rows.open(connection, row.owner, row.sealed)["raw"]))
                except Forgotten:
                    continue
            return opened

        yield from self._database.read_now(unit)


def shape_of(raw: str) -> str:
    """The names of its keys, by which the same sort of thing is counted together: names are a channel's
    words, values may be a patient's."""
    try:
        tree = json.loads(raw)
    except (ValueError, RecursionError):
        return "no JSON"
    if not isinstance(tree, dict):
        return "no object"
    value = tree.get("value")
    inner = value if isinstance(value, dict) else {}
    told = [str(tree[name]) for name in ("field", "type") if isinstance(tree.get(name), str)]
    names = sorted({name for name in (*tree, *inner, *told) if _NAME.fullmatch(name)})
    return " ".join(names)[:200] or "no names"

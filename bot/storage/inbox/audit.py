"""The trail of who did what: it only grows, and shows whether it was touched.

Each row is numbered without gaps and sealed with a keyed hash over itself and the row before; the end of the
trail is kept beside it. Triggers refuse changes; whoever goes around them in the file is found by `verify`,
since a seal takes the master key. One thing cannot be seen from within: a whole file that was put back as it
was on an earlier day.
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.domain.deeds import Deed, DoneBy, Tampering
from bot.ports import Clock
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.inbox import tables as t
from bot.storage.tables import from_stamp, to_stamp

_audit = t.AuditRow.__table__  # type: ignore[attr-defined]
_end = t.AuditEnd.__table__  # type: ignore[attr-defined]
_BEGINNING = "0" * 64


def deeds_since(
    connection: Connection, deed: Deed, *, practice: str, conversation: str, since: int
) -> tuple[str, ...]:
    """The details of what was done in a conversation since a stamp, the earliest first."""
    found = select(_audit.c.detail).where(
        _audit.c.practice == practice,
        _audit.c.conversation == conversation,
        _audit.c.deed == str(deed),
        _audit.c.at >= since,
    )
    return tuple(connection.execute(found.order_by(_audit.c.number)).scalars())


class SqlAudit:
    """Implements service.trail.TrailBook for one practice. `key` is derived from the master key, for this
    purpose alone."""

    def __init__(self, database: Database, *, practice: str, key: bytes, clock: Clock) -> None:
        self._database = database
        self._practice = practice
        self._key = key
        self._clock = clock

    def note(
        self,
        connection: Connection,
        deed: Deed,
        *,
        by: str,
        conversation: str | None = None,
        detail: str = "",
    ) -> None:
        """Within the transaction of what is done. `detail`: ids and words of ours, never a patient's."""
        last = connection.execute(select(_end).where(_end.c.practice == self._practice)).first()
        number, before = (last.number + 1, last.seal) if last else (1, _BEGINNING)
        row = {
            "practice": self._practice,
            "number": number,
            "at": to_stamp(self._clock.now()),
            "by": by,
            "deed": str(deed),
            "conversation": conversation,
            "detail": detail,
        }
        row["seal"] = self._seal(row, before)
        connection.execute(insert(_audit), row)
        end = {"number": number, "seal": row["seal"]}
        moved = upsert(_end).values(practice=self._practice, **end)
        connection.execute(moved.on_conflict_do_update(index_elements=["practice"], set_=end))

    async def note_now(
        self, deed: Deed, *, by: str, conversation: str | None = None, detail: str = ""
    ) -> None:
        """What changes nothing else: somebody looked, or took a copy."""
        await self._database.write(
            lambda connection: self.note(connection, deed, by=by, conversation=conversation, detail=detail)
        )

    async def trail(
        self,
        *,
        conversation: str | None = None,
        by: str | None = None,
        deed: Deed | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 500,
    ) -> tuple[DoneBy, ...]:
        found = select(_audit).where(_audit.c.practice == self._practice)
        if conversation is not None:
            found = found.where(_audit.c.conversation == conversation)
        if by is not None:
            found = found.where(_audit.c.by == by)
        if deed is not None:
            found = found.where(_audit.c.deed == deed)
        if since is not None:
            found = found.where(_audit.c.at >= to_stamp(since))
        if until is not None:
            found = found.where(_audit.c.at < to_stamp(until))
        if before is not None:
            found = found.where(_audit.c.number < before)
        found = found.order_by(_audit.c.number.desc()).limit(limit)
        return await self._database.read(lambda connection: tuple(map(_done, connection.execute(found))))

    async def check(self) -> tuple[int, tuple[Tampering, ...]]:
        def unit(connection: Connection) -> tuple[int, tuple[Tampering, ...]]:
            end = connection.execute(select(_end.c.number).where(_end.c.practice == self._practice)).scalar()
            return end or 0, tuple(self._tampering(connection))

        return await self._database.read(unit)

    def verify(self) -> tuple[Tampering, ...]:
        """Every place at which the trail is not as it was written; () when it is whole."""
        return self._database.read_now(lambda connection: tuple(self._tampering(connection)))

    def _tampering(self, connection: Connection) -> Iterator[Tampering]:
        before: str | None = _BEGINNING  # None behind a gap, where nothing can be compared
        expected = 1
        rows = select(_audit).where(_audit.c.practice == self._practice).order_by(_audit.c.number)
        for row in connection.execute(rows).mappings():
            while expected < row["number"]:
                yield Tampering(number=expected, what="missing")
                expected, before = expected + 1, None
            whole = before is None or hmac.compare_digest(row["seal"], self._seal(row, before))
            if not whole:
                yield Tampering(number=row["number"], what="changed")
            before = row["seal"]
            expected = row["number"] + 1
        end = connection.execute(select(_end).where(_end.c.practice == self._practice)).first()
        last, seal = (end.number, end.seal) if end else (0, _BEGINNING)
        for number in range(expected, last + 1):
            yield Tampering(number=number, what="missing")
        if expected - 1 > last or (expected - 1 == last and seal != before):
            yield Tampering(number=expected - 1, what="changed")

    def _seal(self, row: Any, before: str) -> str:
        parts = (row[name] for name in ("practice", "number", "at", "by", "deed", "conversation", "detail"))
        told = "\x1f".join("" if part is None else str(part) for part in (before, *parts))
        return hmac.new(self._key, told.encode(), hashlib.sha256).hexdigest()


def _done(row: Any) -> DoneBy:
    return DoneBy(
        number=row.number,
        at=from_stamp(row.at),
        by=row.by,
        deed=Deed(row.deed),
        conversation=row.conversation,
        detail=row.detail,
    )

"""Many who want to keep a time at once, on a database that is not in this process.

There, what costs is asking: between a question and its answer others run, and whoever else waits for the same
practitioner waits for every one of them. So what is wanted while a transaction is under way goes into the
next as a whole: one look for all, and all rows in one go. Whoever has something already is served as usual,
in the same transaction; what fails is tried again one by one.
"""

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, bindparam, or_, select

from bot.domain.diary import Hold
from bot.errors import OpeningTaken
from bot.storage.diary.holds import HELD, TAKEN, DiaryHolds, Wanted, insert_each, row_of_hold
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.engine.alone import visits_of
from bot.storage.engine.database import Database

MOST = 128  # in one transaction

_A = APPOINTMENT.c
_WHO_HAS = select(_A.hold_key, _A.contact).where(
    _A.practice == bindparam("practice"),
    or_(
        _A.hold_key.in_(bindparam("keys", expanding=True)),
        _A.contact.in_(bindparam("contacts", expanding=True)) & HELD,
    ),
)

Kept = Hold | OpeningTaken


class HoldsTogether:
    """One practice's."""

    def __init__(self, database: Database, practice: str, holds: DiaryHolds) -> None:
        self._database, self._practice, self._holds = database, practice, holds
        self._waiting: list[tuple[Wanted, asyncio.Future[Kept]]] = []
        self._under_way: asyncio.Task[None] | None = None

    async def take(self, wanted: Wanted) -> Kept:
        """As `DiaryHolds.take`, of what is plain."""
        told: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, told))
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._serve())
        return await told

    async def _serve(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                await self._told(group)
            except Exception as error:
                if len(group) == 1:
                    _fail(group[0][1], error)
                    continue
                for one in group:
                    try:
                        await self._told([one])
                    except Exception as own:
                        _fail(one[1], own)

    async def _told(self, group: Sequence[tuple[Wanted, asyncio.Future[Kept]]]) -> None:
        wanted = [one for one, told in group if not told.done()]
        whose = {one.hold.opening.practitioner for one in wanted}
        kept = await self._database.write_brief(
            lambda connection: self._take(connection, wanted), alone_with=visits_of(self._practice, *whose)
        )
        answers = dict(zip(map(id, wanted), kept, strict=True))
        for one, told in group:
            if id(one) in answers and not told.done():
                told.set_result(answers[id(one)])

    def _take(self, connection: Connection, wanted: Sequence[Wanted]) -> list[Kept]:
        if not wanted:
            return []
        self._holds.sweep(connection, at=max(one.at for one in wanted))
        is_new = self._who_is_new(connection, wanted)
        rows = [
            row_of_hold(self._practice, one.hold, one.blocked, one.key, one.at)
            for one in wanted
            if is_new(one)
        ]
        inserted = insert_each(connection, rows)
        kept: list[Kept] = []
        for one in wanted:
            if not is_new(one):
                kept.append(self._holds.take(connection, one))
            else:
                kept.append(one.hold if one.hold.id in inserted else OpeningTaken(TAKEN))
        return kept

    def _who_is_new(self, connection: Connection, wanted: Sequence[Wanted]) -> Callable[[Wanted], bool]:
        """Who has nothing yet, and comes but once."""
        values = {
            "practice": self._practice,
            "keys": [one.key for one in wanted],
            "contacts": [one.hold.contact for one in wanted],
        }
        there = connection.execute(_WHO_HAS, values).all()
        keys, contacts = {row.hold_key for row in there}, {row.contact for row in there}
        first = {one.hold.contact: id(one) for one in reversed(wanted)}
        return lambda one: (
            one.key not in keys and one.hold.contact not in contacts and first[one.hold.contact] == id(one)
        )


def _fail(told: asyncio.Future[Kept], error: Exception) -> None:
    if not told.done():
        told.set_exception(error)

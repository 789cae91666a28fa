"""Keeping an opening for a patient, in a unit of work that somebody else commits.

That visits do not overlap is the database's own doing. Two hundred patients who want one time share a few
transactions, so a refusal must not cost the others theirs: it is an answer like any other. SQLite undoes the
statement that a trigger refuses and goes on; PostgreSQL is told to do nothing where its constraint objects.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, text, update

from bot.domain.diary import Hold, Opening
from bot.errors import OpeningTaken
from bot.storage.diary.rows import appointment_of
from bot.storage.diary.rules import free_room, visits_between
from bot.storage.diary.tables import APPOINTMENT, OVERLAP
from bot.storage.engine.alone import be_alone_with, visits_of
from bot.storage.engine.statements import Prepared, upsert

#: Written out rather than bound, as SQLite uses a partial index only for what it can read in the statement.
HELD = text("status = 'held'")

_A = APPOINTMENT.c
_MINE = Prepared(
    select(APPOINTMENT)
    .where(_A.practice == bindparam("practice"))
    .where(or_(_A.hold_key == bindparam("key"), (_A.contact == bindparam("contact")) & HELD))
    .order_by(_A.created_at, _A.hold_until, _A.id)
)
_SWEEP = Prepared(
    delete(APPOINTMENT).where(_A.practice == bindparam("practice"), HELD, _A.hold_until <= bindparam("at"))
)
_DELETE = Prepared(delete(APPOINTMENT).where(_A.id == bindparam("row")))
_INSERT = Prepared(insert(APPOINTMENT))
_INSERT_UNLESS_TAKEN = Prepared(upsert(APPOINTMENT).on_conflict_do_nothing().returning(_A.id))
_NOTHING = dict.fromkeys(column.name for column in APPOINTMENT.columns)

TAKEN = "this time is taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `DiaryStore.hold` is asked for."""

    hold: Hold
    blocked: tuple[datetime, datetime]
    key: str
    limit: int
    at: datetime
    rooms: Sequence[str] = ()
    per_day: tuple[datetime, datetime, int] | None = None
    replaces: str | None = None

    @property
    def is_plain(self) -> bool:
        """Without rooms, without a number a day, and in nobody's place."""
        return not self.rooms and self.per_day is None and self.replaces is None


class DiaryHolds:
    """One practice's."""

    def __init__(self, practice: str) -> None:
        self._practice = practice

    def take(self, connection: Connection, wanted: Wanted) -> Hold | OpeningTaken:
        """See `DiaryStore.hold`. A contact that already holds this opening keeps that hold, renewed.

        Only for whoever is alone with the visits of this practitioner and these rooms (`engine.alone`).
        """
        hold, blocked, key, at = wanted.hold, wanted.blocked, wanted.key, wanted.at
        rooms, replaces = wanted.rooms, wanted.replaces
        self.sweep(connection, at=at)
        mine = _MINE.all(connection, practice=self._practice, key=key, contact=hold.contact)
        for row in mine:
            if row.hold_key == key:
                return _as_it_is(row, hold.until)
        for row in mine:
            if appointment_of(row).opening == hold.opening:
                self._renew(connection, row.id, hold, key, at)
                return replace(hold, id=row.id)
        if rooms:
            room = free_room(connection, self._practice, rooms, blocked=blocked, at=at, besides=replaces)
            if room is None:
                return OpeningTaken("every room for this visit is taken")
        else:
            room = None
        if wanted.per_day is not None and self._is_full(connection, wanted, wanted.per_day):
            return OpeningTaken("there are as many visits of this kind on that day as the practice takes")
        loose = [row for row in mine if row.pinned_by is None]
        in_the_way, surplus = _to_let_go(loose, hold.opening, blocked, wanted.limit)
        _DELETE.run_each(connection, [{"row": row} for row in in_the_way])
        row = row_of_hold(self._practice, hold, blocked, key, at) | {"room": room, "replaces": replaces}
        if not _is_inserted(connection, row):
            if in_the_way:
                raise OpeningTaken(TAKEN)  # what the contact had is to stay
            return OpeningTaken(TAKEN)
        _DELETE.run_each(connection, [{"row": row} for row in surplus])
        return hold

    def sweep(self, connection: Connection, *, at: datetime) -> int:
        """Deletes this practice's expired holds; returns how many."""
        return _SWEEP.run(connection, practice=self._practice, at=_epoch(at))

    def _renew(self, connection: Connection, row: str, hold: Hold, key: str, at: datetime) -> None:
        values = {"hold_until": _epoch(hold.until), "hold_key": key, "updated_at": _epoch(at)}
        connection.execute(update(APPOINTMENT).where(_A.id == row).values(values))

    def _is_full(
        self, connection: Connection, wanted: Wanted, per_day: tuple[datetime, datetime, int]
    ) -> bool:
        start, end, most = per_day
        there = visits_between(
            connection,
            self._practice,
            wanted.hold.opening.visit_type,
            start=start,
            end=end,
            at=wanted.at,
            besides=wanted.replaces,
        )
        return there >= most


def new_row(practice: str, row_id: str, opening: Opening, at: datetime) -> dict[str, Any]:
    return {
        "id": row_id,
        "practice": practice,
        "practitioner": opening.practitioner,
        "visit_type": opening.visit_type,
        "starts_at": _epoch(opening.start),
        "ends_at": _epoch(opening.end),
        "blocked_from": _epoch(opening.start),
        "blocked_to": _epoch(opening.end),
        "created_at": _epoch(at),
        "updated_at": _epoch(at),
    }


def row_of_hold(
    practice: str, hold: Hold, blocked: tuple[datetime, datetime], key: str, at: datetime
) -> dict[str, Any]:
    return new_row(practice, hold.id, hold.opening, at) | {
        "blocked_from": _epoch(blocked[0]),
        "blocked_to": _epoch(blocked[1]),
        "status": "held",
        "hold_until": _epoch(hold.until),
        "hold_key": key,
        "contact": hold.contact,
    }


def insert_each(connection: Connection, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Ids of those that the database did not refuse, in this order; PostgreSQL is asked once for all."""
    if connection.dialect.name == "postgresql":
        whole = [_NOTHING | row for row in rows]
        return {one.id for one in _INSERT_UNLESS_TAKEN.first_of_each(connection, whole) if one is not None}
    return {row["id"] for row in rows if _is_inserted(connection, row)}


def insert_free(connection: Connection, row: dict[str, Any]) -> None:
    """Raises OpeningTaken when the database says so."""
    be_alone_with(connection, visits_of(row["practice"], row["practitioner"], row.get("room")))
    if not _is_inserted(connection, row):
        raise OpeningTaken(TAKEN)


def _is_inserted(connection: Connection, row: dict[str, Any]) -> bool:
    """False when the database refuses what would overlap; the transaction goes on all the same."""
    whole = _NOTHING | row
    if connection.dialect.name == "postgresql":
        return _INSERT_UNLESS_TAKEN.first(connection, **whole) is not None
    try:
        _INSERT.run(connection, **whole)
    except sqlite3.IntegrityError as error:
        if OVERLAP not in str(error):
            raise
        return False
    return True


def _as_it_is(row: Any, until: datetime) -> Hold:
    """What the same request was answered before."""
    kept = until if row.hold_until is None else datetime.fromtimestamp(row.hold_until, UTC)
    return Hold(id=row.id, opening=appointment_of(row).opening, contact=row.contact, until=kept)


def _to_let_go(
    loose: Sequence[Any], opening: Opening, blocked: tuple[datetime, datetime], limit: int
) -> tuple[list[str], list[str]]:
    """The contact's own holds that overlap the one to come, and the oldest of the others beyond the limit."""
    start, end = map(_epoch, blocked)
    in_the_way = [
        row.id
        for row in loose
        if row.practitioner == opening.practitioner and row.blocked_from < end and row.blocked_to > start
    ]
    others = [row.id for row in loose if row.id not in in_the_way]
    return in_the_way, others[: max(len(others) - max(limit, 1) + 1, 0)]


def _epoch(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("an instant carries its zone")
    return int(moment.timestamp())

"""What the diary looks up for a practice with rooms, or with so many visits of a kind a day.

Within the one writer's transaction, so what is counted here cannot change before the row is in. Where several
processes write, the database's own exclusion of rooms decides; a day's number may then be passed by one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text

from bot.domain.openings import Taken
from bot.storage.diary.tables import APPOINTMENT, DAY_SECONDS
from bot.storage.engine.statements import Prepared

_A = APPOINTMENT.c
_BLOCKS = text("(status IN ('requested', 'booked', 'arrived') OR (status = 'held' AND hold_until > :at))")
_AROUND = (
    _A.practice == bindparam("practice"),
    _BLOCKS,
    _A.id != bindparam("besides"),
    _A.blocked_from < bindparam("end"),
    _A.blocked_from > bindparam("day_before"),
    _A.blocked_to > bindparam("start"),
)
_TAKEN = Prepared(
    select(_A.practitioner, _A.blocked_from, _A.blocked_to, _A.room, _A.visit_type, _A.starts_at)
    .where(*_AROUND)
    .where(_A.starts_at > bindparam("day_before"), _A.starts_at < bindparam("day_after"))
    .order_by(_A.blocked_from, _A.practitioner)
)
_ROOMS = Prepared(select(_A.room).where(*_AROUND, _A.room.is_not(None)))
_COUNT = Prepared(
    select(func.count())
    .select_from(APPOINTMENT)
    .where(_A.practice == bindparam("practice"), _BLOCKS, _A.visit_type == bindparam("visit_type"))
    .where(_A.id != bindparam("besides"))
    .where(_A.starts_at >= bindparam("start"), _A.starts_at < bindparam("end"))
)


def taken(
    connection: Connection,
    practice: str,
    *,
    start: datetime,
    end: datetime,
    at: datetime,
    besides: str | None = None,
) -> Taken:
    """Whatever takes time in [start, end), the visit `besides` apart: people's, rooms', and of which kind."""
    rows = _TAKEN.all(
        connection, practice=practice, at=_epoch(at), besides=besides or "", **_span(start, end)
    )
    return Taken(
        busy=tuple((row.practitioner, _instant(row.blocked_from), _instant(row.blocked_to)) for row in rows),
        rooms=tuple(
            (row.room, _instant(row.blocked_from), _instant(row.blocked_to)) for row in rows if row.room
        ),
        visits=tuple((row.visit_type, _instant(row.starts_at)) for row in rows),
    )


def free_room(
    connection: Connection,
    practice: str,
    rooms: Sequence[str],
    *,
    blocked: tuple[datetime, datetime],
    at: datetime,
    besides: str | None = None,
) -> str | None:
    """The first of these rooms that nobody has; None when all are taken."""
    start, end = blocked
    span = _span(start, end, later=False)
    there = _ROOMS.all(connection, practice=practice, at=_epoch(at), besides=besides or "", **span)
    occupied = {row.room for row in there}
    return next((room for room in rooms if room not in occupied), None)


def visits_between(
    connection: Connection,
    practice: str,
    visit_type: str,
    *,
    start: datetime,
    end: datetime,
    at: datetime,
    besides: str | None = None,
) -> int:
    """How many visits of a kind begin in [start, end), holds included."""
    return int(
        _COUNT.scalar(
            connection,
            practice=practice,
            at=_epoch(at),
            visit_type=visit_type,
            besides=besides or "",
            start=_epoch(start),
            end=_epoch(end),
        )
    )


def _span(start: datetime, end: datetime, *, later: bool = True) -> dict[str, Any]:
    begin, finish = _epoch(start), _epoch(end)
    after = {"day_after": finish + DAY_SECONDS} if later else {}
    return {"start": begin, "end": finish, "day_before": begin - DAY_SECONDS, **after}


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)

"""The latest stored moment: a clock that is started again never runs behind it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from bot.storage import tables as t
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.tables import from_stamp, to_stamp

_instant = t.LastInstant.__table__  # type: ignore[attr-defined]


_NEW = upsert(_instant)
_LATER = case((_NEW.excluded.at > _instant.c.at, _NEW.excluded.at), else_=_instant.c.at)
_TICK = Prepared(_NEW.on_conflict_do_update(index_elements=["id"], set_={"at": _LATER}))


def tick(connection: Connection, at: int) -> None:
    """`remember_instant` for every unit of the pipeline's; not where all workers would queue for the one row:
    several go by their machines' clocks."""
    if connection.dialect.name == "sqlite":
        _TICK.run(connection, id=1, practice="", at=at)


def remember_instant(connection: Connection, at: datetime) -> None:
    """Moves the latest stored moment on to `at`; never back."""
    _TICK.run(connection, id=1, practice="", at=to_stamp(at))


def write_something(connection: Connection) -> None:
    """Tells nobody anything, and fails where nothing can be stored: a look, or an empty transaction, does
    well on a disk that takes no more."""
    _TICK.run(connection, id=0, practice="", at=0)


def last_instant(connection: Connection) -> datetime | None:
    """The latest stored moment, for a clock that starts again."""
    stamp = connection.execute(select(func.max(_instant.c.at))).scalar()
    return from_stamp(stamp) + timedelta(microseconds=1) if stamp else None

"""The latest stored moment: a clock that is started again never runs behind it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.storage import tables as t
from bot.storage.statements import Prepared
from bot.storage.tables import from_stamp, to_stamp

_instant = t.LastInstant.__table__  # type: ignore[attr-defined]


def _tick(insert: Any) -> Any:
    new = insert(_instant)
    later = case((new.excluded.at > _instant.c.at, new.excluded.at), else_=_instant.c.at)
    return new.on_conflict_do_update(index_elements=["id"], set_={"at": later})


#: Moves it on to `at`; never back.
TICK = Prepared(_tick)


def remember_instant(connection: Connection, at: datetime) -> None:
    """Moves the latest stored moment on to `at`; never back."""
    TICK.run(connection, id=1, practice="", at=to_stamp(at))


def last_instant(connection: Connection) -> datetime | None:
    """The latest stored moment, for a clock that starts again."""
    stamp = connection.execute(select(func.max(_instant.c.at))).scalar()
    return from_stamp(stamp) + timedelta(microseconds=1) if stamp else None

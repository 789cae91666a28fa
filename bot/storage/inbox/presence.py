"""Who looks at which conversation, told to the pages of other servers through the database they share.

Rows are dated by the database's own clock. They are worth nothing a quarter of a minute later, so nobody
waits for one, and whatever is lost is said again with the next beat.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, literal_column, select

from bot.service.inbox.presence import GONE_AFTER, SeenElsewhere
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.inbox.tables import PresenceRow

_presence = PresenceRow.__table__  # type: ignore[attr-defined]

_MICROSECOND = timedelta(microseconds=1)
_NOW: ColumnElement[int] = literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)")
_MINE = (
    _presence.c.practice == bindparam("of_practice"),
    _presence.c.who == bindparam("of_who"),
    _presence.c.page == bindparam("of_page"),
)


class SqlPresence:
    """Implements service.presence.Elsewhere for one practice on a shared database."""

    def __init__(self, database: Database, *, practice: str) -> None:
        self._database = database
        self._practice = practice

    async def say(self, who: str, page: str, conversation: str | None, *, is_writing: bool) -> None:
        key = {"practice": self._practice, "who": who, "page": page}
        told = {"conversation": conversation, "is_writing": is_writing, "seen_at": _NOW}

        def unit(connection: Connection) -> None:
            if conversation is None:
                connection.execute(delete(_presence).where(*_MINE), {f"of_{k}": v for k, v in key.items()})
                return
            row = upsert(_presence).values(**key, **told)
            connection.execute(
                row.on_conflict_do_update(index_elements=["practice", "who", "page"], set_=told)
            )

        await self._database.write_brief(unit)

    async def seen(self) -> tuple[SeenElsewhere, ...]:
        """Everybody whose page said so just now, those of this server too."""
        rows = select(_presence.c.who, _presence.c.page, _presence.c.conversation, _presence.c.is_writing)
        young = rows.where(
            _presence.c.practice == self._practice, _presence.c.seen_at > _NOW - (GONE_AFTER // _MICROSECOND)
        )
        told = await self._database.read_brief(lambda connection: connection.execute(young).all())
        return tuple(SeenElsewhere(row.who, row.page, row.conversation, bool(row.is_writing)) for row in told)

    async def sweep(self) -> None:
        """Pages that died said nothing."""
        old = delete(_presence).where(
            _presence.c.practice == self._practice, _presence.c.seen_at < _NOW - (GONE_AFTER // _MICROSECOND)
        )
        await self._database.write_brief(lambda connection: connection.execute(old).rowcount)

"""Implements service.switches over the table of switches."""

from collections.abc import Callable

from sqlalchemy import Connection, select

from bot.domain.deeds import Deed
from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.inbox.switches import READY, Switches
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.inbox import draft_tables
from bot.storage.inbox.audit import SqlAudit
from bot.storage.tables import to_stamp

_switch = draft_tables.SwitchRow.__table__  # type: ignore[attr-defined]


class SqlSwitches:
    """One practice's. `changed` is called after each change that this process made or found."""

    def __init__(
        self,
        database: Database,
        *,
        practice: Practice,
        clock: Clock,
        audit: SqlAudit,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock
        self._audit = audit
        self._changed = changed
        self._now = self._as_stored(database.read_now(self._stored))
        self._turns = self._turned = 0  # begun, and committed or undone

    @property
    def now(self) -> Switches:
        return self._now

    async def turn(self, name: str, on: bool, *, by: str) -> bool:
        self._turns += 1
        try:
            return await self._database.write(lambda connection: self._turn(connection, name, on, by))
        finally:
            self._turned += 1
            self._changed()

    def turn_now(self, name: str, on: bool, *, by: str) -> bool:
        """As `turn`, for the command line: a server beside it finds out within half a second."""
        return self._database.write_now(lambda connection: self._turn(connection, name, on, by))

    async def look(self) -> bool:
        settled = self._turned
        stored = self._as_stored(await self._database.read(self._stored))
        # What this process sets meanwhile is newer than what was read, before its commit, too.
        if stored == self._now or self._turns != settled:
            return False
        self._now = stored
        self._changed()
        return True

    def _turn(self, connection: Connection, name: str, on: bool, by: str) -> bool:
        known = self._stored(connection)
        if known.get(name) is on:
            return False
        self.put(connection, self._practice.id, name, on, at=to_stamp(self._clock.now()), by=by)
        self._audit.note(connection, Deed.CHANGED_SETTING, by=by, detail=f"{name} {'on' if on else 'off'}")
        # Before the commit, so that a message which is given out meanwhile is held back already.
        self._now = self._as_stored({**known, name: on})
        return True

    @staticmethod
    def put(connection: Connection, practice: str, name: str, on: bool, *, at: int, by: str) -> None:
        row = upsert(_switch).values(practice=practice, name=name, is_on=on, at=at, by=by)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["practice", "name"], set_={"is_on": on, "at": at, "by": by}
            )
        )

    def _stored(self, connection: Connection) -> dict[str, bool]:
        rows = connection.execute(
            select(_switch.c.name, _switch.c.is_on).where(_switch.c.practice == self._practice.id)
        )
        return {row.name: bool(row.is_on) for row in rows if not row.name.startswith(f"{READY}:")}

    def _as_stored(self, on: dict[str, bool]) -> Switches:
        asked = self._practice.suggest
        return Switches(on=on, suggest_all=asked is None, suggest=asked or frozenset())

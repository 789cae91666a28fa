"""A person's wish fulfilled, beside a desk that works or alone: a copy of everything, or nothing any more."""

import time
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.deeds import Deed
from bot.domain.practice import Practice
from bot.storage.engine.database import Database
from bot.storage.events.consents import SqlConsents
from bot.storage.inbox.audit import SqlAudit
from bot.storage.rights.copy import SqlCopy
from bot.storage.rights.erasing import Erased, SqlErasing
from bot.storage.rights.finding import Person, SqlPeople
from bot.storage.rights.personal import OF_A_CONTACT, theirs, visits
from bot.storage.sealing.seal import Keyring

#: As long as a channel may take to answer whether it took a message.
_PATIENCE = 10.0
#: A statement that had begun before is over by then.
_AFTERWARDS = 1.0
_STEP = 0.1


class SqlRights:
    """Of one practice. Every method blocks: for the command line, or a thread."""

    def __init__(
        self,
        database: Database,
        *,
        practice: Practice,
        keyring: Keyring,
        audit: SqlAudit,
        patience: float = _PATIENCE,
        afterwards: float = _AFTERWARDS,
    ) -> None:
        self._database = database
        self._practice = practice.id
        self._keyring = keyring
        self._audit = audit
        self._people = SqlPeople(practice, keyring)
        self._copy = SqlCopy(practice, keyring)
        self._patience = patience
        self._afterwards = afterwards
        self._erasing = SqlErasing(
            practice.id, keyring, consents=SqlConsents(database, practice.id), audit=audit
        )

    def find(self, wanted: str) -> Person:
        """Raises NobodyMeant or SeveralMeant."""
        return self._database.read_now(lambda connection: self._people.find(connection, wanted))

    def count(self, person: Person) -> Counter[str]:
        """How much is kept of them, by table."""

        def unit(connection: Connection) -> Counter[str]:
            rows = Counter[str](appointment=len(visits(connection, self._practice, person)))
            for table in OF_A_CONTACT:
                mine = select(func.count()).where(theirs(table, self._practice, person))
                rows[table.name] = connection.execute(mine).scalar() or 0
            return rows

        return self._database.read_now(unit)

    def copy(self, person: Person, *, at: datetime, by: str) -> dict[str, Any]:
        """See SqlCopy. That it was taken is in the trail."""

        def unit(connection: Connection) -> dict[str, Any]:
            copy = self._copy.of(connection, person, at=at)
            self._audit.note(
                connection,
                Deed.EXPORTED,
                by=by,
                conversation=person.contacts[0] if person.contacts else None,
                detail="all that is kept of them",
            )
            return copy

        return self._database.write_now(unit)

    def erase(self, person: Person, *, at: datetime, by: str, with_visits: bool = False) -> Erased:
        """What is being posted is awaited for a while; who does not answer by then is not waited for."""
        until = time.monotonic() + self._patience

        def unit(connection: Connection) -> Erased | None:
            is_quiet = self._erasing.quiet(connection, person)
            if not is_quiet and time.monotonic() < until:
                return None
            return self._erasing.erase(connection, person, at=at, by=by, with_visits=with_visits)

        while (erased := self._database.write_now(unit)) is None:
            time.sleep(_STEP)
        self._keyring.let_go()
        time.sleep(self._afterwards)
        late = self._database.write_now(lambda connection: self._erasing.sweep(connection, person))
        return replace(erased, rows=erased.rows + Counter(late=late)) if late else erased

    def wipe(self) -> bool:
        """What was erased is not in the database's files either; False while others read in them."""
        if self._database.is_shared:
            with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
                c.exec_driver_sql("VACUUM")
            return True
        # Deleted rows are overwritten (secure_delete); the log still has the pages from before.
        until = time.monotonic() + self._patience
        raw = self._database.engine.raw_connection()
        try:
            driver = raw.driver_connection
            assert driver is not None
            while driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() >= until:
                    return False
                time.sleep(_STEP)
        finally:
            raw.close()
        return True

"""PostgreSQL's writers: the same units, the same shared commits, beside other processes.

What SQLite's one writer gives for nothing has to be arranged here. Two lanes, each a thread with a
connection of its own, take whatever waits and commit it at once. *Brief* units, the pipeline's, run beside
those of other processes: each decides on rows that it has locked or that a claim has made its own. Every
other unit runs alone, as if there were one writer: it waits for the transactions under way, of all processes,
and they for it. So a unit is brief only after somebody has thought about it.

A group is one transaction. When a member fails the rest run again, each in its own. What PostgreSQL refuses
for a conflict (a deadlock, a serialization failure) is tried again.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from bot.storage.engine.alone import be_alone_with
from bot.storage.engine.group_commit import Job, Outcomes, in_time, tell

MAX_GROUP = 128  # see group_commit.MAX_GROUP
_TRIES = 5
#: deadlock_detected, serialization_failure: nothing was done, and again it may succeed.
_CONFLICTS = frozenset({"40P01", "40001"})
#: The key of the lock between units that run alone and those that run beside each other.
_LOCK = 0x63686169
_BESIDE = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")
_ALONE = text(f"SELECT pg_advisory_xact_lock({_LOCK})")


class Lanes:
    """Runs jobs as `group_commit.GroupCommit` does, for a database that others write to."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._beside = _Lane(engine, _BESIDE, "writer", clock)
        self._alone = _Lane(engine, _ALONE, "writer alone", clock)

    @property
    def commits(self) -> int:
        return self._beside.commits + self._alone.commits

    @property
    def units(self) -> int:
        return self._beside.units + self._alone.units

    def submit(self, job: Job) -> None:
        (self._beside if job.brief else self._alone).submit(job)

    def close(self) -> None:
        self._beside.close()
        self._alone.close()


class _Lane:
    """A thread, a connection, and what waits for them."""

    def __init__(self, engine: Engine, lock: Any, name: str, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = lock
        self._name = name
        self._connection: Connection | None = None
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.commits = 0
        self.units = 0

    def submit(self, job: Job) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._waiting.put(job)

    def close(self) -> None:
        """Finishes what waits."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None
        self._let_go()

    def _run(self) -> None:
        stopping = False
        while not stopping and (first := self._waiting.get()) is not None:
            group = [first]
            room = MAX_GROUP - first.size
            while room > 0 and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    stopping = True
                    break
                group.append(following)
                room -= following.size
            wanted = [job for job in group if job.still_wanted()]
            while wanted:
                outcomes = self._outcomes(wanted)
                tell(wanted[: len(outcomes)], outcomes)
                wanted = wanted[len(outcomes) :]

    def _outcomes(self, group: list[Job]) -> Outcomes:
        try:
            return self._committed(group)
        except Exception as error:
            if len(group) == 1 and not _is_worth_trying_again(error):
                return [(False, error)]
        return [self._by_itself(job) for job in group]

    def _by_itself(self, job: Job) -> tuple[bool, Any]:
        for _ in range(_TRIES - 1):
            try:
                return self._committed([job])[0]
            except Exception as error:
                if not _is_worth_trying_again(error):
                    return False, error
        try:
            return self._committed([job])[0]
        except Exception as error:
            return False, error

    def _committed(self, group: list[Job]) -> Outcomes:
        """One transaction, or nothing of it; of the first members alone where it takes long."""
        since = self._clock()
        connection = self._open()
        try:
            with connection.begin():
                connection.execute(self._lock)
                be_alone_with(connection, frozenset().union(*[job.alone_with for job in group]))
                outcomes: Outcomes = [
                    (True, job.unit(connection)) for job in in_time(group, self._clock, since)
                ]
        except Exception as error:
            if _is_lost(connection, error):
                self._let_go()
            raise
        self.commits += 1
        self.units += len(outcomes)
        return outcomes

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _is_worth_trying_again(error: Exception) -> bool:
    """Only where it is certain that nothing was stored."""
    refused = error.orig if isinstance(error, DBAPIError) else error
    return getattr(refused, "sqlstate", None) in _CONFLICTS


def _is_lost(connection: Connection, error: Exception) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if connection.invalidated:
        return True
    driver = connection.connection.driver_connection
    return driver is None or bool(getattr(driver, "closed", False))

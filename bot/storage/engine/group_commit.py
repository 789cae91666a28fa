"""SQLite's one writer: units that wait together share one durable commit (group commit).

The commit's fsync is what costs, so whatever waits runs in one `BEGIN IMMEDIATE` transaction. Members are
isolated: when one fails, the group is rolled back and run again with a savepoint around each, so that only
the failing member's caller sees the error.

Two threads share the one connection, never at once. A thread of its own runs groups from start to end. A
group of *brief* units alone runs on the event loop's thread, and only its commit goes to the other: a
statement on an indexed row takes microseconds, but each lets go of Python's lock, and a second thread that
has to win it back from a busy loop waits a thousand times longer than it works.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Engine

Unit = Callable[[Connection], Any]
Outcomes = list[tuple[bool, Any]]

#: Of units, each counted as often as the brief ones that it is as much work as: nobody waits for seconds.
MAX_GROUP = 256
#: On the loop's thread: some milliseconds, in which nobody else is served.
MAX_BRIEF_GROUP = 64
#: Seconds after which a group commits what it has run so far, and goes on with the rest. Beside a busy loop
#: each statement waits for Python's lock, and what takes milliseconds on a quiet day takes many seconds.
MOST_SECONDS = 0.25
#: How long somebody else (a command beside the server) may keep the file.
_BUSY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Job:
    """A unit of work and whoever waits for it."""

    unit: Unit
    done: "Future[Any] | asyncio.Future[Any]"
    brief: bool = False
    size: int = 1
    #: What nobody else may write meanwhile (`engine.alone`). SQLite, which has one writer, asks nobody.
    alone_with: frozenset[str] = frozenset()

    def still_wanted(self) -> bool:
        """Whoever stopped waiting before we began gets nothing done; afterwards it is done all the same."""
        if isinstance(self.done, Future):
            return self.done.set_running_or_notify_cancel()
        return not self.done.cancelled()


class GroupCommit:
    """Runs jobs on one connection of `engine`, in the order in which they came. `clock`: seconds."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._connection: Connection | None = None
        self._waiting: deque[Job] = deque()
        self._in_use = threading.Lock()  # the connection; the thread lets go of what the loop has taken
        self._work: queue.SimpleQueue[tuple[list[Job], Outcomes | None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begins_soon = False
        self.commits = 0
        self.units = 0

    def submit(self, job: Job) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
            self._thread.start()
        self._waiting.append(job)
        if job.brief and isinstance(job.done, asyncio.Future):
            self._loop = job.done.get_loop()
            self._begin_soon()
        else:
            self._work.put(([], None))

    def close(self) -> None:
        """Finishes what waits."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join()
            self._thread = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -- on the loop --------------------------------------------------------------------------------------

    def _begin_soon(self) -> None:
        """Gathers what this round of the loop still submits."""
        if not self._begins_soon and self._loop is not None:
            self._begins_soon = True
            self._loop.call_soon(self._begin)

    def _begin(self) -> None:
        """Runs what waits, up to its commit; whoever has the connection now comes back to it otherwise."""
        self._begins_soon = False
        if not self._waiting or not self._in_use.acquire(blocking=False):
            return
        group = self._take(MAX_BRIEF_GROUP)
        if not group:
            self._in_use.release()
            if self._waiting:  # a thread's own, which found the connection in use
                self._work.put(([], None))
        elif not all(job.brief for job in group):
            self._work.put((group, None))
        else:
            try:
                outcomes = self._outcomes(group)
            except Exception:  # somebody else is writing, or worse: to be waited for, or told, elsewhere
                self._work.put((group, None))
            else:
                self._work.put((group, outcomes))

    # -- in the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            group, outcomes = work
            if (
                not group
            ):  # somebody waits; unless the connection is in use, whose user looks again afterwards
                if not self._in_use.acquire(blocking=False):
                    continue
                group = self._take(MAX_GROUP)
            self._finish(group, outcomes)
        self._run_dry()

    def _run_dry(self) -> None:
        while True:
            if not self._in_use.acquire(blocking=False):  # the loop is about to hand over its group
                try:
                    work = self._work.get(timeout=1.0)
                except queue.Empty:
                    continue
                if work is not None and work[0]:
                    self._finish(*work)
                continue
            group = self._take(MAX_GROUP)
            self._finish(group, None)
            if not group:
                return

    def _finish(self, group: list[Job], outcomes: Outcomes | None) -> None:
        """Runs what has not run, commits, and lets go of the connection."""
        outcomes = self._committed(group, outcomes)
        while rest := group[len(outcomes) :]:
            tell(group[: len(outcomes)], outcomes)
            group, outcomes = rest, self._committed(rest, None)
        self._in_use.release()
        tell(group, outcomes)
        if self._waiting:
            self._go_on()

    def _committed(self, group: list[Job], outcomes: Outcomes | None) -> Outcomes:
        """Those of a group that takes long are of its first members alone."""
        if not group:
            return []
        try:
            if outcomes is None:
                outcomes = self._patiently(group)
            self._open().commit()
            self.commits += 1
        except Exception as error:
            # The commit itself failed (disk full, file gone), or no transaction could begin: none of these
            # has been stored.
            self._roll_back()
            outcomes = [(False, error)] * len(outcomes or group)
        self.units += len(outcomes)
        return outcomes

    def _go_on(self) -> None:
        """With whatever came in meanwhile: brief units are the loop's."""
        if self._loop is not None and all(job.brief for job in tuple(self._waiting)):
            try:
                self._loop.call_soon_threadsafe(self._begin_soon)
                return
            except RuntimeError:  # that loop has ended
                self._loop = None
        self._work.put(([], None))

    def _patiently(self, group: list[Job]) -> Outcomes:
        """Waits for others who write to the same file."""
        connection = self._open()
        driver_execute(connection, f"PRAGMA busy_timeout={_BUSY_MS}")
        try:
            return self._outcomes(group)
        finally:
            driver_execute(connection, "PRAGMA busy_timeout=0")

    # -- in either ----------------------------------------------------------------------------------------

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(writes=True)
            driver_execute(self._connection, "PRAGMA busy_timeout=0")
        return self._connection

    def _take(self, most: int) -> list[Job]:
        group: list[Job] = []
        while self._waiting and most > 0:
            job = self._waiting.popleft()
            if job.still_wanted():
                group.append(job)
                most -= job.size
        return group

    def _roll_back(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.rollback()
            driver_execute(self._connection, "SELECT 1")
        except Exception:  # it is of no use any more: the next group opens another
            with suppress(Exception):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None

    def _outcomes(self, group: list[Job]) -> Outcomes:
        """Everything but the commit; of the first members alone where it takes long."""
        connection = self._open()
        return _together(connection, group, self._clock) or _isolated(connection, group, self._clock)


def driver_execute(connection: Connection, sql: str) -> None:
    """Past SQLAlchemy, which would begin a transaction."""
    connection.connection.driver_connection.execute(sql)  # type: ignore[union-attr]


def tell(group: Sequence[Job], outcomes: Outcomes) -> None:
    """Whoever waits for these hears what they came to; all of one loop with one call."""
    on_loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], bool, Any]]] = {}
    for job, (succeeded, value) in zip(group, outcomes, strict=True):
        if isinstance(job.done, asyncio.Future):
            on_loops.setdefault(job.done.get_loop(), []).append((job.done, succeeded, value))
        elif succeeded:
            job.done.set_result(value)
        else:
            job.done.set_exception(value)
    for loop, results in on_loops.items():
        with suppress(RuntimeError):  # it has ended, and with it whoever waited
            loop.call_soon_threadsafe(resolve, results)


def resolve(results: Sequence[tuple["asyncio.Future[Any]", bool, Any]]) -> None:
    """On the loop: tells whoever still waits."""
    for done, succeeded, value in results:
        if done.done():
            continue
        if succeeded:
            done.set_result(value)
        else:
            done.set_exception(value)


def in_time(group: Sequence[Job], clock: Callable[[], float], since: float) -> Iterator[Job]:
    """The first one, and those after it that begin within MOST_SECONDS of `since`."""
    for job in group:
        yield job
        if clock() >= since + MOST_SECONDS:
            return


def _together(connection: Connection, group: list[Job], clock: Callable[[], float]) -> Outcomes | None:
    """The usual way, without savepoints. None when a member failed and nothing was kept."""
    since = clock()
    connection.begin()
    outcomes: Outcomes = []
    for job in in_time(group, clock, since):
        try:
            outcomes.append((True, job.unit(connection)))
        except Exception as error:
            connection.rollback()
            if len(group) > 1:
                return None
            connection.begin()
            return [(False, error)]
    return outcomes


def _isolated(connection: Connection, group: list[Job], clock: Callable[[], float]) -> Outcomes:
    since = clock()
    connection.begin()
    outcomes: Outcomes = []
    for job in in_time(group, clock, since):
        savepoint = connection.begin_nested()
        try:
            value = job.unit(connection)
            savepoint.commit()
            outcomes.append((True, value))
        except Exception as error:
            savepoint.rollback()
            outcomes.append((False, error))
    return outcomes

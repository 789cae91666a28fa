"""One database, one writer: concurrent units of work share a durable commit (group commit).

SQLite allows one writer at a time and an fsync per commit is what costs; so a single thread takes everything
that is waiting, runs it in one `BEGIN IMMEDIATE` transaction and commits once. Members are isolated: when one
of them fails, the group is rolled back and run again with a savepoint around each, so that only the failing
member's caller sees the error. A unit of work is a plain function of a connection, and may run twice.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool, StaticPool

T = TypeVar("T")
Unit = Callable[[Connection], T]

MAX_GROUP = 256


class Database:
    """Open with a SQLAlchemy URL. `write` and `read` are awaited; `*_now` block, for the command line."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _engine(url, pooled=True)
        self._waiting: queue.SimpleQueue[tuple[Unit[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="reader")
        self._local = threading.local()
        self._writer: threading.Thread | None = None
        self.commits = 0
        self.units = 0

    @property
    def engine(self) -> Engine:
        return self._engine

    async def write(self, unit: Unit[T]) -> T:
        """Returns after the commit that made it durable. Raises what the unit raised; then nothing stays."""
        return await asyncio.wrap_future(self._submit(unit))

    async def read(self, unit: Unit[T]) -> T:
        """A consistent snapshot; sees every write that was awaited before."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, unit)

    def write_now(self, unit: Unit[T]) -> T:
        return self._submit(unit).result()

    def read_now(self, unit: Unit[T]) -> T:
        with self._reading() as connection:
            return unit(connection)

    def close(self) -> None:
        """Finishes what is waiting, then lets go of the file."""
        if self._writer is not None:
            self._waiting.put(None)
            self._writer.join()
            self._writer = None
        self._readers.shutdown()
        self._engine.dispose()

    def _submit(self, unit: Unit[T]) -> Future[T]:
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_groups, name="writer", daemon=True)
            self._writer.start()
        done: Future[T] = Future()
        self._waiting.put((cast(Unit[Any], unit), done))
        return done

    def _reading(self) -> Any:
        return self._engine.begin()

    def _write_groups(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._waiting.get()) is not None:
                group = [first]
                stopping = False
                while len(group) < MAX_GROUP and not self._waiting.empty():
                    following = self._waiting.get()
                    if following is None:
                        stopping = True
                        break
                    group.append(following)
                self._commit(connection, group)
                if stopping:
                    return

    def _commit(self, connection: Connection, waiting: list[tuple[Unit[Any], Future[Any]]]) -> None:
        # Whoever stopped waiting before we began gets nothing done; afterwards it is done all the same.
        group = [(unit, done) for unit, done in waiting if done.set_running_or_notify_cancel()]
        if not group:
            return
        outcomes: list[tuple[bool, Any]] | None
        try:
            outcomes = self._together(connection, group) or self._isolated(connection, group)
        except Exception as error:
            # The commit itself failed (disk full, database gone): nobody in the group has been stored.
            connection.rollback()
            outcomes = [(False, error)] * len(group)
        self.commits += 1
        self.units += len(group)
        for (_, done), (succeeded, value) in zip(group, outcomes, strict=True):
            if succeeded:
                done.set_result(value)
            else:
                done.set_exception(value)

    def _together(
        self, connection: Connection, group: list[tuple[Unit[Any], Future[Any]]]
    ) -> list[tuple[bool, Any]] | None:
        """The usual way, without savepoints. None when a member failed and nothing was kept."""
        connection.begin()
        outcomes: list[tuple[bool, Any]] = []
        for unit, _ in group:
            try:
                outcomes.append((True, unit(connection)))
            except Exception as error:
                connection.rollback()
                return [(False, error)] if len(group) == 1 else None
        connection.commit()
        return outcomes

    def _isolated(
        self, connection: Connection, group: list[tuple[Unit[Any], Future[Any]]]
    ) -> list[tuple[bool, Any]]:
        connection.begin()
        outcomes: list[tuple[bool, Any]] = []
        for unit, _ in group:
            savepoint = connection.begin_nested()
            try:
                value = unit(connection)
                savepoint.commit()
                outcomes.append((True, value))
            except Exception as error:
                savepoint.rollback()
                outcomes.append((False, error))
        connection.commit()
        return outcomes


def _engine(url: str, *, pooled: bool) -> Engine:
    engine = create_engine(url, poolclass=StaticPool if url == "sqlite://" else None if pooled else NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        # A deferred transaction that reads and then writes fails at once whatever busy_timeout says.
        event.listen(engine, "begin", lambda connection: connection.execute(_BEGIN[_is_writer(connection)]))
    return engine


_BEGIN = {True: text("BEGIN IMMEDIATE"), False: text("BEGIN")}


def _is_writer(_connection: Connection) -> bool:
    return threading.current_thread().name == "writer"


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event sends BEGIN itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "secure_delete=ON",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"

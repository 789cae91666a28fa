"""One database: units of work, durable when they return.

A unit is a plain function of a connection, and may run twice. Concurrent ones share a commit
(`engine.group_commit`). A *brief* unit is a handful of statements on indexed rows: it may run on the
event loop's own thread.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

from bot.errors import SetupError
from bot.storage.engine.group_commit import GroupCommit, Job, driver_execute
from bot.storage.engine.postgresql import Lanes

T = TypeVar("T")
Unit = Callable[[Connection], T]


class Database:
    """Open with a SQLAlchemy URL. `write` and `read` are awaited; `*_now` block, for the command line.

    `is_shared`: other processes work on it, too.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _engine(url)
        self.is_shared = self._engine.dialect.name != "sqlite"
        self._writer = Lanes(self._engine) if self.is_shared else GroupCommit(self._engine)
        # Of a snapshot, whatever others commit meanwhile.
        self._reading = (
            self._engine.execution_options(isolation_level="REPEATABLE READ")
            if self.is_shared
            else self._engine
        )
        self._readers = ThreadPoolExecutor(4 if self.is_shared else 2, thread_name_prefix="reader")
        self._glance: Connection | None = None

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def commits(self) -> int:
        return self._writer.commits

    @property
    def units(self) -> int:
        return self._writer.units

    async def write(self, unit: Unit[T], *, size: int = 1) -> T:
        """Returns after the commit that made it durable. Raises what the unit raised; then nothing stays.
        `size`: as how many brief units it counts, where it is more than a few rows."""
        return await self._written(unit, brief=False, size=size)

    async def write_brief(self, unit: Unit[T], *, alone_with: Collection[str] = ()) -> T:
        """`write` for a brief unit. `alone_with`: see `bot.storage.engine.alone`."""
        return await self._written(unit, brief=True, alone_with=alone_with)

    async def read(self, unit: Unit[T]) -> T:
        """A consistent snapshot; sees every write that was awaited before."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, unit)

    async def read_brief(self, unit: Unit[T]) -> T:
        """`read` for a brief unit."""
        if self.is_shared:  # a look at another machine is never brief
            return await self.read(unit)
        if self._glance is None:
            self._glance = self._engine.connect().execution_options(begun=True)
        glance = self._glance
        driver_execute(glance, "BEGIN")
        try:
            return unit(glance)
        finally:
            # SQLAlchemy knows of a transaction only where the unit spoke through it.
            glance.rollback() if glance.in_transaction() else driver_execute(glance, "ROLLBACK")

    def write_now(self, unit: Unit[T]) -> T:
        done: Future[T] = Future()
        self._writer.submit(Job(unit, done))
        return done.result()

    def read_now(self, unit: Unit[T]) -> T:
        with self._reading.begin() as connection:
            return unit(connection)

    def close(self) -> None:
        """Finishes what is waiting, then lets go of the file."""
        self._writer.close()
        self._readers.shutdown()
        if self._glance is not None:
            self._glance.close()
            self._glance = None
        self._engine.dispose()

    async def _written(
        self, unit: Unit[T], *, brief: bool, alone_with: Collection[str] = (), size: int = 1
    ) -> T:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.submit(Job(unit, done, brief, size, frozenset(alone_with)))
        return await done


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return _shared_engine(url)
    _check_log(Path(url.removeprefix("sqlite:///")))
    engine = create_engine(url, poolclass=StaticPool if url == "sqlite://" else None)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _check_log(file: Path) -> None:
    """SQLite itself would go on without the log of a process that died, and with it all that was stored last;
    beside one that is alive it would begin a second log, and spoil the file."""
    log, index = Path(f"{file}-wal"), Path(f"{file}-shm")
    for _ in range(20):
        if log.exists() or not index.exists():
            return
        time.sleep(0.05)  # whoever closes the file last takes away the log, and then its index
    raise SetupError(
        f"{log} is missing: somebody removed it, and it holds what was stored last. Put it back beside the"
        f" database. If it is gone for good, restore a backup; or remove {index.name}, too, to go on with"
        " what is left: messages and visits of the last minutes may be missing then"
    )


def _shared_engine(url: str) -> Engine:
    if not url.startswith("postgresql+psycopg://"):
        raise SetupError(
            "CHAIRSIDE_DATABASE_URL is neither SQLite's nor PostgreSQL's; write"
            " postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, or leave it unset and choose a folder with"
            " --data"
        )
    try:
        return create_engine(url, pool_size=6, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as error:
        raise SetupError("PostgreSQL's driver is missing: pip install 'chairside[postgresql]'") from error


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once whatever busy_timeout says.
    options = connection.get_execution_options()
    if not options.get("begun"):
        driver_execute(connection, "BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the begin event sends BEGIN itself
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

"""Concurrent units of work share a commit, and one that fails leaves its neighbours alone."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.storage.engine.database import Database, sqlite_url
from bot.storage.engine.group_commit import GroupCommit, Job
from bot.storage.engine.postgresql import Lanes
from tests.postgresql import fresh_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "test.db"))
    database.write_now(lambda c: c.execute(text("CREATE TABLE note (word TEXT PRIMARY KEY)")))
    yield database
    database.close()


def _insert(word: str) -> Callable[[Connection], str]:
    def unit(connection: Connection) -> str:
        connection.execute(text("INSERT INTO note VALUES (:word)"), {"word": word})
        return word

    return unit


def _words(database: Database) -> list[str]:
    return database.read_now(lambda c: list(c.execute(text("SELECT word FROM note ORDER BY word")).scalars()))


async def test_units_that_wait_together_share_one_commit(database: Database) -> None:
    before = database.commits
    gate = asyncio.Event()

    async def write(word: str) -> str:
        await gate.wait()
        return await database.write(_insert(word))

    tasks = [asyncio.create_task(write(f"w{n:03}")) for n in range(100)]
    gate.set()
    written = await asyncio.gather(*tasks)

    assert sorted(written) == _words(database) == [f"w{n:03}" for n in range(100)]
    assert database.commits - before < 50


async def test_units_of_much_work_wait_for_each_others_commit_no_longer_than_a_group_takes(
    database: Database,
) -> None:
    before = database.commits
    await asyncio.gather(*[database.write(_insert(f"w{n}"), size=100) for n in range(30)])

    assert database.commits - before >= 10


@pytest.mark.parametrize("writers", [GroupCommit, Lanes])
def test_a_group_that_takes_long_is_committed_in_parts(tmp_path: Path, writers: Any) -> None:
    """Beside a busy loop each statement waits long, and whoever looks at the health must not."""
    seconds = itertools.count()  # each look at the clock is a second after the last
    url = fresh_database() if writers is Lanes else sqlite_url(tmp_path / "notes.db")
    database = Database(url)
    writer = writers(database.engine, clock=lambda: float(next(seconds)))
    gathered = threading.Event()
    seen: list[int] = []

    def note(fails: bool) -> Callable[[Connection], None]:
        def unit(_connection: Connection) -> None:
            if fails:
                raise ValueError
            seen.append(writer.commits)

        return unit

    first: Future[bool] = Future()
    others: list[Future[None]] = [Future() for _ in range(4)]
    writer.submit(Job(lambda _connection: gathered.wait(10), first))
    for place, done in enumerate(others):
        writer.submit(Job(note(fails=place == 2), done))
    gathered.set()
    told = [done.exception(10) for done in others]
    writer.close()
    database.close()
    assert [type(error) for error in told] == [type(None), type(None), ValueError, type(None)]
    assert seen == sorted(set(seen)) and len(seen) == 3


async def test_one_that_fails_takes_no_neighbour_along(database: Database) -> None:
    def poison(connection: Connection) -> None:
        connection.execute(text("INSERT INTO note VALUES ('half')"))
        raise ValueError("refused")

    units = [_insert("a"), poison, _insert("b"), _insert("a"), _insert("c")]
    outcomes = await asyncio.gather(
        *[database.write(unit) for unit in units],
        return_exceptions=True,
    )

    assert [type(outcome).__name__ for outcome in outcomes] == [
        "str",
        "ValueError",
        "str",
        "IntegrityError",
        "str",
    ]
    assert _words(database) == ["a", "b", "c"]


async def test_a_reader_sees_every_write_that_was_awaited(database: Database) -> None:
    for word in ("eins", "zwei", "drei"):
        await database.write(_insert(word))

        assert word in await database.read(lambda c: list(c.execute(text("SELECT word FROM note")).scalars()))


async def test_closing_finishes_what_waits(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "closing.db"))
    database.write_now(lambda c: c.execute(text("CREATE TABLE note (word TEXT PRIMARY KEY)")))
    waiting = [asyncio.create_task(database.write(_insert(f"w{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await asyncio.to_thread(database.close)
    await asyncio.gather(*waiting)

    again = Database(sqlite_url(tmp_path / "closing.db"))

    assert len(_words(again)) == 20
    again.close()


def test_the_file_is_opened_durable(database: Database) -> None:
    def settings(connection: Connection) -> tuple[object, object]:
        return (
            connection.execute(text("PRAGMA synchronous")).scalar(),
            connection.execute(text("PRAGMA journal_mode")).scalar(),
        )

    assert database.write_now(settings) == (2, "wal")


async def test_a_caller_that_gives_up_does_not_stop_the_writer(database: Database) -> None:
    writes = [asyncio.create_task(database.write(_insert(f"w{n}"))) for n in range(50)]
    await asyncio.sleep(0)
    for task in writes[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)

    assert all(isinstance(outcome, str) for outcome in outcomes[1::2])
    assert await database.write(_insert("after")) == "after"


async def test_a_connection_that_is_lost_is_told_of_and_the_next_group_opens_another(
    database: Database,
) -> None:
    """However it was lost, nobody waits for ever."""
    await database.write_brief(_insert("a"))
    writer = database._writer
    assert isinstance(writer, GroupCommit) and writer._connection is not None
    writer._connection.connection.dbapi_connection.close()
    async with asyncio.timeout(10):
        lost = await asyncio.gather(
            *[database.write_brief(_insert(word)) for word in "bc"],
            return_exceptions=True,
        )
        await database.write_brief(_insert("d"))

    assert [type(one).__name__ for one in lost] == ["ProgrammingError"] * 2
    assert _words(database) == ["a", "d"]

"""The write-ahead log that somebody removed, and a disk that takes no more writes."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.bootstrap.server import touch
from bot.errors import SetupError
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.engine.instants import last_instant
from bot.storage.migrations import upgrade


@pytest.fixture
def died(tmp_path: Path) -> Iterator[Path]:
    """What a process leaves that was killed with something in its log."""
    alive, left = tmp_path / "alive.db", tmp_path / "left.db"
    with sqlite3.connect(alive) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE message (words)")
        connection.execute("INSERT INTO message VALUES ('buongiorno')")
        connection.commit()
        for ending in ("", "-wal", "-shm"):
            shutil.copy(f"{alive}{ending}", f"{left}{ending}")
    connection.close()
    yield left


def test_a_database_whose_log_was_removed_is_not_opened(died: Path) -> None:
    log = Path(f"{died}-wal")
    log.rename(died.with_name("aside"))
    with pytest.raises(SetupError, match=r"left.db-wal is missing: .* Put it back"):
        Database(sqlite_url(died))
    died.with_name("aside").rename(log)
    database = Database(sqlite_url(died))

    assert database.read_now(lambda c: c.execute(text("SELECT words FROM message")).all()) == [
        ("buongiorno",)
    ]
    database.close()


def test_what_was_closed_well_is_opened(tmp_path: Path) -> None:
    for _ in range(2):
        database = Database(sqlite_url(tmp_path / "well.db"))
        upgrade(database.engine)
        database.close()

    assert [path.name for path in tmp_path.iterdir()] == ["well.db"]


async def test_a_database_that_takes_no_writes_is_not_well(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "full.db"))
    upgrade(database.engine)
    await touch(database)

    assert database.read_now(last_instant) is None

    database.write_now(lambda connection: connection.execute(text("PRAGMA query_only = ON")))
    with pytest.raises(Exception, match="readonly"):
        await touch(database)
    database.close()

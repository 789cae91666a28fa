"""Backup, restore, and moving to the other engine: all of it, unreadable to others, and quiet afterwards."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.handoff import Promise
from bot.domain.pipeline import QUEUE, StagedHandoff
from bot.errors import SetupError
from bot.storage.engine.copying import tables_of
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.engine.restoring import back_up, move, restore
from bot.storage.migrations import upgrade
from tests.contracts.test_stores import NOW, House, said, turn_of
from tests.postgresql import fresh_database

KEY = bytes(range(32))
LATER = datetime(2027, 3, 5, 8, 0, tzinfo=UTC)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    house = House(sqlite_url(tmp_path / "store.db") if request.param == "sqlite" else fresh_database())
    yield house
    house.database.close()


async def busy(house: House) -> str:
    """Anna waits for a person, whom she was promised; two answers are on their way; Marco just wrote."""
    anna = await house.loaded(await house.hear(said("wamid.1", "Buongiorno, sono Anna")))
    waits = StagedHandoff(reason="asked", promise=Promise(due_at=NOW, reminders=()))
    await house.store.commit(turn_of(anna, "uno", "due", owner=QUEUE, handoff=waits))
    await house.hear(said("wamid.2", "CANARINO", sender="393470000009"))
    return anna.contact.id


def states(database: Database, table: str) -> list[str]:
    asked = text(f"SELECT state FROM {table} ORDER BY 1")
    return list(database.read_now(lambda connection: connection.execute(asked).scalars()))


async def test_a_restored_copy_has_everything_and_sends_nothing(house: House, tmp_path: Path) -> None:
    anna = await busy(house)
    file = tmp_path / "copy.chairside"
    rows = await asyncio.to_thread(back_up, house.database, file, master_key=KEY, at=NOW)
    with opened(sqlite_url(tmp_path / "restored.db")) as database:
        restored = await asyncio.to_thread(restore, file, database, master_key=KEY, at=LATER)
        sent = (states(database, "outbox"), states(database, "inbox"))
        marked = database.read_now(lambda c: c.execute(text("SELECT count(*) FROM restoration")).scalar())
    after = House(sqlite_url(tmp_path / "restored.db"))
    after.clock.move(days=4)
    promises = await after.store.handoffs.break_promises()
    unfinished = await after.store.unfinished(decide_at=LATER)
    snapshot = await after.loaded(anna)
    after.database.close()

    assert restored.rows == rows
    assert (restored.taken_at, marked) == (NOW, 1)
    assert {name: restored.quieted[name] for name in ("outbox", "inbox", "handoff")} == {
        "outbox": 2,
        "inbox": 1,
        "handoff": 1,
    }
    assert sent == (["dropped", "dropped"], ["dead", "done"])
    assert (promises, unfinished.to_answer, unfinished.to_send) == ((), (), ())
    assert (snapshot.contact.profile_name, snapshot.owner) == ("Anna", QUEUE)


async def test_a_copy_is_of_one_moment_while_the_desk_goes_on_working(house: House, tmp_path: Path) -> None:
    await busy(house)
    file = tmp_path / "copy.chairside"
    copying = asyncio.create_task(asyncio.to_thread(back_up, house.database, file, master_key=KEY, at=NOW))
    for number in range(20):
        await house.hear(said(f"wamid.more.{number}", "ciao", sender=f"3934711{number:05}"))
    await copying
    with opened(sqlite_url(tmp_path / "restored.db")) as database:
        restored = restore(file, database, master_key=KEY, at=LATER)

    assert restored.rows["contact"] == restored.rows["conversation"] == restored.rows["contact_handle"]
    assert restored.rows["inbox"] == restored.rows["contact"]


async def test_nobody_reads_a_copy_without_the_key(tmp_path: Path) -> None:
    house = House(sqlite_url(tmp_path / "store.db"))
    await busy(house)
    file, cut = tmp_path / "copy.chairside", tmp_path / "cut.chairside"
    await asyncio.to_thread(back_up, house.database, file, master_key=KEY, at=NOW)
    house.database.close()
    cut.write_bytes(file.read_bytes()[:-30])
    refused = []
    for copy, key in ((file, bytes(32)), (cut, KEY), (tmp_path / "store.db", KEY)):
        with (
            opened(sqlite_url(tmp_path / f"{len(refused)}.db")) as database,
            pytest.raises(SetupError) as why,
        ):
            restore(copy, database, master_key=key, at=LATER)
        refused.append(str(why.value))

    assert b"asked" not in file.read_bytes()
    assert ["does not open" in refused[0], "too early" in refused[1] or "does not open" in refused[1]] == [
        True
    ] * 2
    assert "no backup" in refused[2]


async def test_a_copy_is_not_mixed_with_what_is_there(tmp_path: Path) -> None:
    house = House(sqlite_url(tmp_path / "store.db"))
    await busy(house)
    file = tmp_path / "copy.chairside"
    await asyncio.to_thread(back_up, house.database, file, master_key=KEY, at=NOW)
    with pytest.raises(SetupError, match="empty one"):
        await asyncio.to_thread(restore, file, house.database, master_key=KEY, at=LATER)
    house.database.close()

    with sqlite3.connect(tmp_path / "store.db") as database:
        assert database.execute("SELECT count(*) FROM contact").fetchone() == (2,)


async def test_a_practice_moves_to_postgresql_and_back_and_goes_on_where_it_was(tmp_path: Path) -> None:
    house = House(sqlite_url(tmp_path / "store.db"))
    anna = await busy(house)
    house.database.close()
    url = fresh_database()
    with opened(sqlite_url(tmp_path / "store.db")) as here, opened(url) as there:
        compared = move(here, there)
    elsewhere = House(url, worker="two")
    snapshot = await elsewhere.loaded(anna)
    newcomer = await elsewhere.hear(said("wamid.3", "nuovo", sender="393470000010"))
    elsewhere.database.close()
    with opened(url) as there, opened(sqlite_url(tmp_path / "back.db")) as back:
        again = move(there, back)
        waiting = states(back, "outbox")

    assert (compared["inbox"].rows, again["inbox"].rows) == (2, 3)
    assert compared["outbox"] == again["outbox"]
    assert (snapshot.contact.profile_name, snapshot.owner, bool(newcomer)) == ("Anna", QUEUE, True)
    assert waiting == ["queued", "sending"]


def test_every_table_of_ours_is_copied(tmp_path: Path) -> None:
    """Whatever a migration adds is part of the next copy."""
    with opened(sqlite_url(tmp_path / "fresh.db")) as database:
        upgrade(database.engine)
        copied = set(database.read_now(tables_of))
        asked = text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        there = set(database.read_now(lambda connection: connection.execute(asked).scalars().all()))

    assert there - copied == {"alembic_version"}

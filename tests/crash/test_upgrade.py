"""Migrations that die half-way or run twice at once, and versions that meet. In full: `make upgrade`."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from bench.editions import Place, PostgresqlPlace, SqlitePlace
from bench.upgrade import run
from bot.errors import SetupError
from bot.storage.migrations import HEAD, upgrade
from tests.postgresql import fresh_database


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "SQLite":
        yield SqlitePlace(tmp_path)
        return
    fresh_database()  # skips where there is none
    yield PostgresqlPlace()


def test_a_migration_that_is_killed_loses_nothing_and_can_be_finished(place: Place) -> None:
    told = run(place, kills=2, seed=7, rows=8, revisions=1)

    assert told.kills == 2
    assert told.faults == []


def test_without_its_transaction_a_killed_migration_stays_half(tmp_path: Path) -> None:
    assert run(SqlitePlace(tmp_path), kills=2, seed=7, rows=8, revisions=1, twin=True).faults


def test_of_several_that_start_at_once_each_finds_the_newest_revision(place: Place) -> None:
    edition = place.fresh()
    upgrade(edition.engine, to=place.chain()[-4])
    with ThreadPoolExecutor(4) as several:
        list(several.map(upgrade, [edition.engine] * 4))

    assert place.revision(edition) == HEAD
    assert place.unwell(edition) == []
    edition.engine.dispose()


def test_an_older_version_refuses_a_newer_database_and_leaves_it_alone(place: Place) -> None:
    edition = place.fresh()
    upgrade(edition.engine)
    with edition.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))
    with pytest.raises(SetupError, match=f"newer version of Chairside .9001; this one knows up to {HEAD}"):
        upgrade(edition.engine)

    assert place.revision(edition) == "9001"
    edition.engine.dispose()

"""The migrations and the tables say the same, triggers included."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.storage import tables
from bot.storage.diary import tables as diary_tables
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.inbox import draft_tables
from bot.storage.inbox import tables as desk_tables
from bot.storage.migrations import HEAD, configuration, upgrade


def test_a_fresh_database_equals_the_models(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "fresh.db"))
    upgrade(database.engine)
    upgrade(database.engine)

    ours = {tables.InboxRow.__tablename__, draft_tables.DraftRow.__tablename__}
    assert ours < SQLModel.metadata.tables.keys()
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    database.close()


def test_the_triggers_of_the_migrations_are_those_of_the_tables(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "fresh.db"))
    upgrade(database.engine)
    stored = database.read_now(
        lambda c: list(c.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars())
    )

    known = (*diary_tables.DIARY_DDL_SQLITE, *desk_tables.AUDIT_DDL_SQLITE)
    assert sorted(map(_words, stored)) == sorted(map(_words, known))
    database.close()


def test_every_row_carries_its_practice() -> None:
    without = [name for name, table in SQLModel.metadata.tables.items() if "practice" not in table.columns]

    assert without == []


def _words(statement: str) -> str:
    return " ".join(statement.split())


def test_a_start_knows_the_newest_revision(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "fresh.db"))
    with database.engine.connect() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))

        assert scripts.get_current_head() == HEAD
    database.close()

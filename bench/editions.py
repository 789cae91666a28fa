"""Databases of earlier revisions, on SQLite and PostgreSQL: made, copied, found whole or not."""

import random
import shutil
import time
import uuid
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Connection, Engine

from bench.filled import Contents, contents, fill
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import configuration, upgrade
from tests.postgresql import fresh_database

Schema = Counter[tuple[str, ...]]


@dataclass
class Edition:
    """One database."""

    url: str
    contents: Contents = field(default_factory=dict)

    @cached_property
    def engine(self) -> Engine:
        return Database(self.url).engine


class Place(ABC):
    """Where they are kept."""

    def __init__(self) -> None:
        self._schemas: dict[str | None, Schema] = {}
        self._chain: list[str] = []

    @abstractmethod
    def fresh(self) -> Edition:
        """An empty one."""

    @abstractmethod
    def copy(self, original: Edition) -> Edition:
        """The same, to be worked on."""

    @abstractmethod
    def drop(self, edition: Edition) -> None: ...

    @abstractmethod
    def settle(self, edition: Edition) -> None:
        """Returns when whatever a dead process had begun is undone."""

    @abstractmethod
    def _look(self, connection: Connection) -> Schema:
        """Everything that makes up the schema, in words."""

    @abstractmethod
    def _broken(self, connection: Connection) -> list[str]:
        """What the database finds wrong with itself."""

    def chain(self) -> list[str]:
        """Every revision, the oldest first."""
        if not self._chain:
            edition = self.fresh()
            with edition.engine.connect() as connection:
                scripts = ScriptDirectory.from_config(configuration(connection))
                self._chain = [script.revision for script in scripts.walk_revisions()][::-1]
            self.drop(edition)
        return self._chain

    def filled(self, revision: str | None, rows: int, chance: random.Random) -> Edition:
        """Of that revision; None: nobody has migrated it yet."""
        edition = self.fresh()
        if revision is not None:
            upgrade(edition.engine, to=revision)
            fill(edition.engine, rows=rows, chance=chance)
            edition.contents = contents(edition.engine)
        return edition

    def revision(self, edition: Edition) -> str | None:
        with edition.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def unwell(self, edition: Edition) -> list[str]:
        """How its schema differs from that of a fresh one of the revision that it says it is, and what is
        broken. A revision table without a revision is what a start leaves before its first migration."""
        self.settle(edition)
        revision = self.revision(edition)
        ought = self._schema_at(revision)
        with edition.engine.connect() as connection:
            found, faults = self._look(connection), self._broken(connection)
        faults += [f"{revision}: {' '.join(part)[:100]} is missing" for part in ought - found]
        faults += [
            f"{revision}: {' '.join(part)[:100]} is too much"
            for part in found - ought
            if revision is not None or "alembic_version" not in " ".join(part)
        ]
        return faults

    def _schema_at(self, revision: str | None) -> Schema:
        """All are looked at when the first is asked for."""
        if not self._schemas:
            edition = self.fresh()
            for each in (None, *self.chain()):
                if each is not None:
                    upgrade(edition.engine, to=each)
                with edition.engine.connect() as connection:
                    self._schemas[each] = self._look(connection)
            self.drop(edition)
        return self._schemas[revision]


class SqlitePlace(Place):
    """Files of one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def fresh(self) -> Edition:
        return Edition(sqlite_url(self._folder / f"{uuid.uuid4().hex}.db"))

    def copy(self, original: Edition) -> Edition:
        original.engine.dispose()  # whoever closes it last takes its log with it
        copy = self.fresh()
        if _file(original).exists():
            shutil.copy(_file(original), _file(copy))
        return copy

    def drop(self, edition: Edition) -> None:
        edition.engine.dispose()
        for path in self._folder.glob(f"{_file(edition).name}*"):
            path.unlink()

    def settle(self, edition: Edition) -> None:
        return None  # the next to open it undoes it

    def _look(self, connection: Connection) -> Schema:
        found = connection.execute(text("SELECT type, name, coalesce(sql, '') FROM sqlite_master"))
        return Counter((kind, name, " ".join(sql.split())) for kind, name, sql in found)

    def _broken(self, connection: Connection) -> list[str]:
        said = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        return [word for word in said if word != "ok"] + [f"an orphan in {row[0]}" for row in orphans]


def _file(edition: Edition) -> Path:
    return Path(edition.url.removeprefix("sqlite:///"))


#: What makes up a schema of PostgreSQL.
_PARTS = (
    "SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, '')"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'function', proname, prosrc FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace"
    " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')",
    "SELECT 'extension', extname FROM pg_extension",
)
_INVALID = (
    "SELECT conname FROM pg_constraint WHERE NOT convalidated",
    "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready",
)


class PostgresqlPlace(Place):
    """Databases of one server."""

    def fresh(self) -> Edition:
        return Edition(fresh_database())

    def copy(self, original: Edition) -> Edition:
        original.engine.dispose()
        server, name = original.url.rsplit("/", 1)
        copy = f"copy_{uuid.uuid4().hex[:12]}"
        _on(server, f"CREATE DATABASE {copy} TEMPLATE {name}")
        return Edition(f"{server}/{copy}")

    def drop(self, edition: Edition) -> None:
        edition.engine.dispose()
        server, name = edition.url.rsplit("/", 1)
        _on(server, f"DROP DATABASE {name} WITH (FORCE)")

    def settle(self, edition: Edition) -> None:
        edition.engine.dispose()
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        for _ in range(1000):
            with edition.engine.connect() as connection:
                if not connection.execute(others).scalar():
                    return
            time.sleep(0.02)
        raise RuntimeError("somebody still works on the database")

    def _look(self, connection: Connection) -> Schema:
        return Counter(
            tuple(map(str, row)) for part in _PARTS for row in connection.execute(text(part)).all()
        )

    def _broken(self, connection: Connection) -> list[str]:
        return [
            f"{name} is not valid" for part in _INVALID for name in connection.execute(text(part)).scalars()
        ]


def _on(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()

"""Whole databases as streams of rows: what backup, restore and moving between engines have in common.

A copy is one snapshot, whatever is written meanwhile. Tables are read as the database has them, and written
into a database of the same revision, so that a copy of an older Chairside is first restored and then brought
up to date. Values are the driver's own, which both engines agree on: text, integers, bytes, truth values.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, MetaData, Table, func, insert, select, text

Row = tuple[Any, ...]
_SEVERAL = 500
_NO_DATA = frozenset({"alembic_version", "sqlite_sequence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many rows a table has, and a digest of all of them in the order of their keys."""

    rows: int
    digest: str


def tables_of(connection: Connection) -> dict[str, Table]:
    """Every table with rows of ours, by name."""
    found = MetaData()
    found.reflect(connection)
    return {name: table for name, table in sorted(found.tables.items()) if name not in _NO_DATA}


def revision_of(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def rows_of(connection: Connection, table: Table) -> Iterator[Row]:
    """In the order of the key, some hundred in memory at a time."""
    chosen = select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(chosen.execution_options(yield_per=_SEVERAL)):
        yield tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def add_rows(connection: Connection, table: Table, columns: Iterable[str], rows: Iterable[Row]) -> int:
    """How many there were."""
    names, count = list(columns), 0
    group: list[dict[str, Any]] = []
    for row in rows:
        group.append(dict(zip(names, row, strict=True)))
        count += 1
        if len(group) == _SEVERAL:
            connection.execute(insert(table), group)
            group = []
    if group:
        connection.execute(insert(table), group)
    return count


def count(connection: Connection, table: Table) -> Counted:
    """The same for the same rows on either engine."""
    digest, rows = hashlib.sha256(), 0
    order = sorted(table.columns.keys())
    places = [list(table.columns.keys()).index(name) for name in order]
    seen: list[bytes] = []
    for row in rows_of(connection, table):
        rows += 1
        values = [row[place] for place in places]
        plain = [int(value) if isinstance(value, bool) else value for value in values]
        seen.append(hashlib.sha256(repr(plain).encode()).digest())
    for one in sorted(seen):  # engines sort text differently
        digest.update(one)
    return Counted(rows=rows, digest=digest.hexdigest())


def go_on_counting(connection: Connection, tables: Iterable[Table]) -> None:
    """New rows get numbers after those that were copied."""
    if connection.dialect.name != "postgresql":
        return  # SQLite looks at what is there
    for table in tables:
        for column in table.primary_key.columns:
            named = {"table": table.name, "column": column.name}
            if not isinstance(column.type, Integer):
                continue
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), named
            ).scalar()
            if sequence is None:
                continue
            last = connection.execute(select(func.max(column))).scalar()
            if last is not None:
                connection.execute(text("SELECT setval(:name, :last)"), {"name": sequence, "last": last})


def is_empty(connection: Connection) -> bool:
    return all(
        connection.execute(select(func.count()).select_from(table)).scalar() == 0
        for table in tables_of(connection).values()
    )

"""Rows for every table of a database of whatever revision, by reflection and as its constraints want them."""

import random
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, Table, inspect, select
from sqlalchemy.engine import Connection, Engine

#: By table: its columns, and its rows.
Contents = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]
_ONE_OF = re.compile(r"\b(\w+)\b[^\w']*(?:::text|\))*\s*(?:IN \(|= ANY \(+ARRAY\[)([^\])]*)", re.IGNORECASE)
_MONDAY = 1_772_434_800


def fill(engine: Engine, *, rows: int, chance: random.Random) -> int:
    """So many in each table; returns how many in all."""
    with engine.begin() as connection:
        tables = [table for table in _tables(connection).sorted_tables if table.name != "alembic_version"]
        for table in tables:
            allowed = _allowed(connection, table.name)
            found = [_row(table, number, allowed, chance) for number in range(1, rows + 1)]
            connection.execute(table.insert(), found)
    return rows * len(tables)


def contents(engine: Engine) -> Contents:
    """Everything that is stored, but the revision."""
    with engine.connect() as connection:
        return {
            table.name: (
                tuple(table.columns.keys()),
                [tuple(row) for row in connection.execute(select(table))],
            )
            for table in _tables(connection).sorted_tables
            if table.name != "alembic_version"
        }


def missing(before: Contents, after: Contents) -> list[str]:
    """What of `before` is not in `after`: tables, and rows by the columns that both have."""
    faults = []
    for name, (columns, rows) in before.items():
        if name not in after:
            faults.append(f"table {name} is gone with {len(rows)} rows")
            continue
        there, now = after[name]
        both = [column for column in columns if column in there]
        if _picked(columns, rows, both) != _picked(there, now, both):
            faults.append(f"rows of {name} differ: there were {len(rows)}, there are {len(now)}")
    return faults


def _picked(columns: tuple[str, ...], rows: list[tuple[Any, ...]], wanted: list[str]) -> list[str]:
    places = [columns.index(name) for name in wanted]
    return sorted(repr([row[place] for place in places]) for row in rows)


def _tables(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def _allowed(connection: Connection, table: str) -> Mapping[str, list[str]]:
    """What a column may say, where a constraint lists it."""
    return {
        match[1]: words
        for check in inspect(connection).get_check_constraints(table)
        if (match := _ONE_OF.search(check["sqltext"])) and (words := re.findall(r"'(\w+)'", match[2]))
    }


def _row(
    table: Table, number: int, allowed: Mapping[str, list[str]], chance: random.Random
) -> dict[str, Any]:
    row = {column.name: _value(column, number, allowed, chance) for column in table.columns}
    if table.name == "appointment":  # the one table whose columns bind each other, and whose rows keep apart
        starts = _MONDAY + number * 7200
        row |= {"starts_at": starts, "ends_at": starts + 1800, "hold_until": starts}
        row |= {"blocked_from": starts - 300, "blocked_to": starts + 2100}
        row |= {name: None for name in ("replaces",) if name in row}
    return row


def _value(column: Column[Any], number: int, allowed: Mapping[str, list[str]], chance: random.Random) -> Any:
    if column.name in allowed:
        return chance.choice(allowed[column.name])
    if column.nullable and chance.random() < 0.3:
        return None
    if isinstance(column.type, Boolean):
        return chance.random() < 0.5
    if isinstance(column.type, Integer):
        return number if column.primary_key else _MONDAY + number
    if isinstance(column.type, LargeBinary):
        return chance.randbytes(chance.randint(0, 200))
    if column.name == "practice":
        is_alone = len(column.table.primary_key.columns) == 1 and column.primary_key
        return f"studio{number}" if is_alone else "studio"
    return f"{column.name} {number} però да {chance.random():.6f}"

"""Backup, restore, and moving a database to the other engine.

A copy that is restored is of the past: what it was about to send was sent since, or is nobody's to send any
more. So nothing of it goes out by itself: messages under way are dropped, messages to answer are set aside
for a person to look at, promises are not told as broken, and whatever fell due meanwhile is skipped.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from bot.errors import SetupError
from bot.storage.engine.copying import (
    Counted,
    Row,
    add_rows,
    count,
    go_on_counting,
    is_empty,
    revision_of,
    rows_of,
    tables_of,
)
from bot.storage.engine.database import Database
from bot.storage.migrations import upgrade
from bot.storage.sealing.files import SealedReader, SealedWriter
from bot.storage.tables import from_stamp, to_stamp

#: What a restored copy does not do. `:at` is the moment of restoring.
_QUIET = (
    ("outbox", "UPDATE outbox SET state = 'dropped' WHERE state IN ('queued', 'sending', 'uncertain')"),
    ("inbox", "UPDATE inbox SET state = 'dead' WHERE state = 'new'"),
    ("alert", "UPDATE alert SET void_at = :at WHERE sent_at IS NULL AND void_at IS NULL"),
    (
        "handoff",
        "UPDATE handoff SET apologised_at = :at"
        " WHERE closed_at IS NULL AND apologised_at IS NULL AND due_at <= :at",
    ),
    (
        "outreach",
        "UPDATE outreach SET state = 'skipped', reason = 'restored'"
        " WHERE state = 'planned' AND due_at <= :at",
    ),
    ("conversation", "UPDATE conversation SET claimed_by = NULL"),
    ("worker", "DELETE FROM worker"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore came to: rows by table, and what was kept from going out, by table."""

    taken_at: datetime
    rows: dict[str, int]
    quieted: dict[str, int]


def back_up(database: Database, path: Path, *, master_key: bytes, at: datetime) -> dict[str, int]:
    """Everything, as of one moment, also while the desk works; rows by table."""
    writer = SealedWriter(path, master_key)

    def unit(connection: Connection) -> dict[str, int]:
        head = {"revision": revision_of(connection), "taken_at": to_stamp(at)}
        writer.write(json.dumps(head))
        return {name: _write(writer, connection, table) for name, table in tables_of(connection).items()}

    try:
        rows = database.read_now(unit)
        writer.close()
    except BaseException:
        writer.give_up()
        raise
    return rows


def _write(writer: SealedWriter, connection: Connection, table: Any) -> int:
    writer.write(json.dumps({"table": table.name, "columns": list(table.columns.keys())}))
    number = 0
    for row in rows_of(connection, table):
        writer.write(json.dumps([_plain(value) for value in row]))
        number += 1
    writer.write(json.dumps({"end": table.name, "rows": number}))
    return number


def restore(path: Path, database: Database, *, master_key: bytes, at: datetime) -> Restored:
    """Into an empty database: all of it or nothing."""
    with SealedReader(path, master_key) as reader:
        lines = reader.lines()
        head = json.loads(next(lines))
        upgrade(database.engine, to=head["revision"])

        def unit(connection: Connection) -> Restored:
            _check_empty(connection)
            rows = _read(lines, connection)
            return Restored(
                taken_at=from_stamp(head["taken_at"]),
                rows=rows,
                quieted=_be_quiet(connection, at=to_stamp(at), taken_at=head["taken_at"]),
            )

        restored = database.write_now(unit)
    upgrade(database.engine)
    return restored


def _read(lines: Iterator[str], connection: Connection) -> dict[str, int]:
    tables = tables_of(connection)
    rows: dict[str, int] = {}
    for line in lines:
        head = json.loads(line)
        table = tables[head["table"]]
        ended: dict[str, Any] = {}

        def until_its_end(ended: dict[str, Any] = ended) -> Iterator[Row]:
            for line in lines:
                value = json.loads(line)
                if isinstance(value, dict):
                    ended.update(value)
                    return
                yield tuple(map(_value, value))

        count = add_rows(connection, table, head["columns"], until_its_end())
        if ended.get("end") != table.name or ended["rows"] != count:
            raise SetupError(f"the backup has not all rows of {table.name}: take another one")
        rows[table.name] = count
    go_on_counting(connection, tables.values())
    return rows


def _be_quiet(connection: Connection, *, at: int, taken_at: int) -> dict[str, int]:
    there = tables_of(connection)
    quieted = {}
    for table, statement in _QUIET:
        if table in there:
            found = connection.execute(text(statement), {"at": at} if ":at" in statement else {})
            quieted[table] = found.rowcount
    if "restoration" in there:
        practices = connection.execute(text("SELECT DISTINCT practice FROM conversation")).scalars().all()
        mark = text(
            "INSERT INTO restoration (practice, restored_at, taken_at) VALUES (:practice, :at, :taken)"
        )
        for practice in practices:
            connection.execute(mark, {"practice": practice, "at": at, "taken": taken_at})
    return quieted


def move(source: Database, target: Database) -> dict[str, Counted]:
    """Every table, compared row by row afterwards. Nobody may work on either meanwhile. The source stays as
    it is. Raises SetupError when anything differs; then the target is as it was."""
    upgrade(source.engine)
    upgrade(target.engine)

    def copy(into: Connection) -> dict[str, Counted]:
        _check_empty(into)
        tables = tables_of(into)

        def read(out_of: Connection) -> dict[str, Counted]:
            there = tables_of(out_of)
            if there.keys() != tables.keys():
                raise SetupError("the two databases have different tables; are they of one version?")
            compared = {}
            for name, table in there.items():
                add_rows(into, tables[name], table.columns.keys(), rows_of(out_of, table))
                compared[name] = count(out_of, table)
                if count(into, tables[name]) != compared[name]:
                    raise SetupError(f"{name} is not the same after moving; nothing was moved")
            return compared

        compared = source.read_now(read)
        into.execute(text("UPDATE conversation SET claimed_by = NULL"))
        go_on_counting(into, tables.values())
        return compared

    return target.write_now(copy)


def is_worked_on(database: Database) -> bool:
    """Whether a desk has shown life within ten seconds. A SQLite file is held by a lock instead."""
    if not database.is_shared:
        return False

    def unit(connection: Connection) -> bool:
        if "worker" not in tables_of(connection):
            return False
        now = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
        live = text(f"SELECT count(*) FROM worker WHERE seen_at > {now} - 10000000")
        return bool(connection.execute(live).scalar())

    return database.read_now(unit)


def _check_empty(connection: Connection) -> None:
    if not is_empty(connection):
        raise SetupError(
            "there is something in that database already; name an empty one, so that nothing is mixed"
        )


def _plain(value: Any) -> Any:
    return {"b": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _value(plain: Any) -> Any:
    return base64.b64decode(plain["b"]) if isinstance(plain, dict) else plain

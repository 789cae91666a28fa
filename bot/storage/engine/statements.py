"""Statements of the hot path: made from the tables, compiled once, run on the driver's own connection.

SQLAlchemy's Core finds, fits and wraps anew with each execution, which costs several times what SQLite takes
for an indexed row. A `Prepared` pays that once for each dialect; it runs within the transaction of the
connection that it is given, so that both kinds mix in one unit of work. Values go to the driver as they are:
no instants, no enums. Lists of values (`IN`) are not for here.
"""

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.dml import Insert

#: `insert` that knows ON CONFLICT, which is no standard SQL; both engines say it in the same words.
upsert = postgresql.insert


class Prepared:
    """One statement. Values are given by name; an insert is compiled for the names of its first use."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}
        self._row: Any = None

    def run(self, connection: Connection, **values: Any) -> int:
        """How many rows it touched."""
        return int(self._execute(connection, values).rowcount)

    def run_each(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._execute(connection, row)

    def scalar(self, connection: Connection, **values: Any) -> Any:
        """The first column of the first row; None without one."""
        row = self._execute(connection, values).fetchone()
        return None if row is None else row[0]

    def first(self, connection: Connection, **values: Any) -> Any:
        """The first row, its columns by name; None without one."""
        cursor = self._execute(connection, values)
        row = cursor.fetchone()
        return None if row is None else self._named(cursor)(row)

    def first_of_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """`first` for each of these values, on PostgreSQL: all are sent before an answer is awaited."""
        if not rows:
            return []
        compiled = self._compiled.get("postgresql")
        if compiled is None:
            compiled = self._compiled["postgresql"] = _Compiled(self._statement, connection, rows[0])
        found = []
        with connection.connection.driver_connection.cursor() as cursor:  # type: ignore[union-attr]
            cursor.executemany(compiled.sql, [compiled.fitted(row) for row in rows], returning=True)
            while True:
                row = cursor.fetchone()
                found.append(None if row is None else self._named(cursor)(row))
                if not cursor.nextset():
                    return found

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        cursor = self._execute(connection, values)
        rows = cursor.fetchall()
        return list(map(self._named(cursor), rows)) if rows else []

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        dialect = connection.dialect.name
        compiled = self._compiled.get(dialect)
        if compiled is None:
            compiled = self._compiled[dialect] = _Compiled(self._statement, connection, values)
        return connection.connection.driver_connection.execute(  # type: ignore[union-attr]
            compiled.sql, compiled.fitted(values)
        )

    def _named(self, cursor: Any) -> Any:
        if self._row is None:
            names = [column[0] for column in cursor.description]
            row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
            self._row = row._make
        return self._row


class _Compiled:
    """A statement for one dialect: by position where the driver wants that, else by name."""

    def __init__(self, statement: Any, connection: Connection, values: Mapping[str, Any]) -> None:
        columns = list(values) if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=connection.dialect, column_keys=columns)
        self.sql: str = compiled.string
        order: Sequence[str] | None = compiled.positiontup
        self._order = order
        names = set(order) if order is not None else set(compiled.params)
        # Values that stand in the statement itself, such as the 1 of `version + 1`.
        self._own = {
            name: value for name, value in compiled.params.items() if name in names and name not in values
        }

    def fitted(self, values: Mapping[str, Any]) -> Any:
        given = {**self._own, **values} if self._own else values
        if self._order is None:
            return given
        return [given[name] for name in self._order]

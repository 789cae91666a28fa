"""What is looked for again and again, every second and by every process, is found by an index of just that.

SQLite counts no rows: of two indexes it may take the one of all messages that a practice ever got, and then a
look costs more every day. With 633,000 of them the look for what waits took two seconds, twice a second.
"""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from bot.storage.readings import SqlReadings
from bot.testing import Surgery
from nlu.understanding import Interpreter

#: Indexes of everything, by practice.
OF_ALL = ("inbox_once", "inbox_conversation", "outbox_conversation", "outbox_message")


@pytest.fixture
async def looks(tmp_path: Path, interpreter: Interpreter) -> list[str]:
    """How SQLite finds what the looks of one running desk ask for."""
    said: dict[str, int] = {}

    def note(connection: Connection, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            said[statement] = statement.count("?")

    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        await surgery.patient().says("Buonasera, vorrei prenotare una prima visita")
        database = surgery.desk.books.database
        event.listen(Engine, "before_cursor_execute", note)
        await surgery.desk.store.waiting()
        practice = surgery.desk.practice.id
        await SqlReadings(database, practice=practice, clock=surgery.clock, told=("whatsapp",)).read()
        event.remove(Engine, "before_cursor_execute", note)

        def plans(connection: Connection) -> list[str]:
            return [
                f"{row[3]}: {statement}"
                for statement, number in said.items()
                for row in connection.connection.cursor().execute(
                    f"EXPLAIN QUERY PLAN {statement}", [None] * number
                )
            ]

        return database.read_now(plans)


def test_no_look_reads_all_messages(looks: list[str]) -> None:
    assert any("inbox_waiting" in plan for plan in looks)
    assert [plan for plan in looks if any(f"INDEX {name} " in plan for name in OF_ALL)] == []
    assert [plan for plan in looks if plan.startswith(("SCAN inbox:", "SCAN outbox:"))] == []

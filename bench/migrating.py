"""What a process that migrates, and is to be killed, is born with; and what it leaves to be seen."""

from collections.abc import MutableSequence
from typing import Any

import alembic.command
from sqlalchemy import event

from bot.storage.engine.database import Database
from bot.storage.migrations import upgrade

#: Places in what a process shows of itself: statements that changed something; 1 while these are not kept.
CHANGES, OPEN = 0, 1
_CHANGING = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")

__all__ = ["CHANGES", "OPEN", "alembic", "migrate"]  # alembic: so that whoever is forked has it


def migrate(url: str, shown: MutableSequence[int], *, at_once: bool = False) -> None:
    """To the newest revision. `at_once`: each statement stays by itself, without a transaction around it."""
    database = Database(url)
    engine = database.engine

    def looks(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(_CHANGING):
            shown[CHANGES] += 1
            shown[OPEN] = 1

    def kept(*_: Any) -> None:
        shown[OPEN] = 0

    event.listen(engine, "before_cursor_execute", looks)
    event.listen(engine, "commit", kept)
    if at_once:
        is_sqlite = engine.dialect.name == "sqlite"
        engine = engine.execution_options(
            **({"begun": True} if is_sqlite else {"isolation_level": "AUTOCOMMIT"})
        )
    upgrade(engine)
    database.close()

"""Transactions in which a patient is told something: who sends and who looks on hear of them."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from bot.ports import Clock
from bot.service.changes import Changes
from bot.storage.engine.database import Database
from bot.storage.inbox.audit import SqlAudit
from bot.storage.store import SqlStore

T = TypeVar("T")


class Speaking:
    """What the ways of doing so share."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        store: SqlStore,
        audit: SqlAudit,
        changes: Changes,
        wake_delivery: Callable[[str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._store = store
        self._audit = audit
        self._changes = changes
        self._wake_delivery = wake_delivery

    async def _say(self, conversation: str, unit: Callable[[Connection], T]) -> T:
        """Returns once it is durable; pages are rung, and delivery looks at this conversation."""
        said = await self._database.write(unit)
        self._changes.ring()
        self._wake_delivery(conversation)
        return said

"""How often a message is tried: counted before each turn, so that a message which kills the process counts.

What nobody saw the end of, since the process died with it, runs alone the next time: a message that kills
takes nobody along but itself, and whoever only stood beside it is answered. After five attempts messages are
set aside: a person is called, the patient told, and somebody may have them tried again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.domain.pipeline import InboxMessage, Snapshot
from bot.errors import StaleConversation
from bot.ports import Store

MOST = 5


class Attempts:
    """One process's."""

    def __init__(self, store: Store, *, counts_first: bool = True) -> None:
        self._store = store
        self._counts_first = counts_first  # off only in the twin that a deadly message kills for ever
        self._alone = asyncio.Lock()
        self._ended: dict[int, int] = {}  # message -> attempts whose end this process saw
        self._goes_on: set[int] = set()  # counted, and begun anew since the conversation moved on meanwhile

    @asynccontextmanager
    async def counted(self, snapshot: Snapshot, members: Sequence[InboxMessage]) -> AsyncIterator[None]:
        """Around a turn. One that finds its conversation moved on is not counted again."""
        ids = [message.id for message in members]
        goes_on = self._goes_on.issuperset(ids)
        if self._counts_first and not goes_on:
            await self._store.begin(snapshot, ids)
        self._goes_on.difference_update(ids)
        try:
            yield
        except StaleConversation:
            self._goes_on.update(ids)
            raise
        except Exception:
            for message in members:
                self._ended[message.id] = message.attempts + (0 if goes_on else 1)
            raise
        self.forget(members)

    def made(self, members: Sequence[InboxMessage]) -> int:
        """So many have ended, each with an error."""
        return max(self._ended.get(message.id, 0) for message in members)

    def are_used_up(self, members: Sequence[InboxMessage]) -> bool:
        return any(message.attempts >= MOST for message in members)

    def forget(self, members: Sequence[InboxMessage]) -> None:
        """They have been answered, or set aside."""
        for message in members:
            self._ended.pop(message.id, None)

    def alone(self) -> asyncio.Lock:
        """Around a turn that may kill."""
        return self._alone

    def may_kill(self, members: Sequence[InboxMessage]) -> bool:
        """Whether the process, or another worker, died in a turn with one of these: of it, or beside it."""
        return any(
            message.attempts > self._ended.get(message.id, 0) and message.id not in self._goes_on
            for message in members
        )

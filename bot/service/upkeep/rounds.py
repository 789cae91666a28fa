"""Beside other workers: shows that we live, takes over from those who do not, and answers when called."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.ports import Clock, Fellows
from bot.service.changes import Changes
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_EVERY = 1.0
_LISTEN_AGAIN = 5.0


class Rounds:
    """One process's. Where there are no other workers it does nothing."""

    def __init__(
        self,
        fellows: Fellows,
        *,
        clock: Clock,
        changes: Changes,
        wait_for_status: timedelta,
        wake_turns: Callable[[str], None],
        wake_delivery: Callable[[str], None],
    ) -> None:
        self._fellows = fellows
        self._clock = clock
        self._changes = changes
        self._wait_for_status = wait_for_status
        self._wake_turns = wake_turns
        self._wake_delivery = wake_delivery

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._go_round())
            group.create_task(self._listen())

    async def look(self) -> None:
        """One round."""
        await self._fellows.show_life()
        for conversation in await self._fellows.adopt(decide_at=self._clock.now() + self._wait_for_status):
            self._wake(conversation)
        self._changes.ring()  # pages show what others did, too

    async def _go_round(self) -> None:
        while True:
            try:
                await self.look()
                beat()
            except Exception as error:  # the database is away: it comes back, or the health check tells
                log.error("round_failed", error=type(error).__name__)
            await asyncio.sleep(_EVERY)

    async def _listen(self) -> None:
        """Being called saves waiting for the next round; where nobody can be called, rounds do."""
        while True:
            try:
                async for conversation in self._fellows.calls():
                    self._wake(conversation)
                return
            except Exception as error:
                log.warning("cannot_be_called", error=type(error).__name__, remedy="LISTEN needs a session")
            await asyncio.sleep(_LISTEN_AGAIN)

    def _wake(self, conversation: str) -> None:
        self._wake_turns(conversation)
        self._wake_delivery(conversation)

"""Looks for messages that wait although nobody in this process knows of them.

They were tried again from the command line, or came when more conversations waited than are kept in memory.
Beside other workers rounds do this (bot.service.upkeep.rounds).
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_LOOK_EVERY = 2.0


class Waiting(Protocol):
    async def waiting(self) -> tuple[str, ...]:
        """Conversations in which a message waits, some hundred at most."""


class Backlog:
    """One loop for a practice."""

    def __init__(self, store: Waiting, *, knows: Callable[[str], bool], wake: Callable[[str], None]) -> None:
        self._store = store
        self._knows = knows
        self._wake = wake

    async def run(self) -> None:
        while True:
            try:
                await self.look()
                beat()
            except Exception as error:  # a loop that ends would leave patients without an answer
                log.error("backlog_failed", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> None:
        for conversation in await self._store.waiting():
            if not self._knows(conversation):
                self._wake(conversation)

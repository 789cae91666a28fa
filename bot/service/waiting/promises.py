"""Watches over who waits: promises that run out, and conversations that a person has forgotten.

The moments stand in the database, so a restart loses none and repeats none; this loop only looks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from bot.domain.practice import Practice
from bot.ports import Clock, Handoffs
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_LOOK_EVERY = 5.0


class Promises:
    """One loop for a practice. `wake` tells the turns about the events that it makes."""

    def __init__(
        self,
        *,
        handoffs: Handoffs,
        practice: Practice,
        clock: Clock,
        wake: Callable[[str], None],
        tell_of_late: Callable[[], Awaitable[Collection[str]]],
    ) -> None:
        self._handoffs = handoffs
        self._practice = practice
        self._clock = clock
        self._wake = wake
        self._tell_of_late = tell_of_late

    async def run(self) -> None:
        while True:
            try:
                await self.look()
                beat()
            except Exception as error:  # a loop that ends would leave patients without a word
                log.error("promises_failed", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> None:
        for conversation in await self._handoffs.break_promises():
            log.warning("promise_broken", conversation=conversation)
            self._wake(conversation)
        for conversation in await self._tell_of_late():
            log.warning("answer_is_late", conversation=conversation)
        silence = self._practice.desk.give_back_after
        if silence is not None:
            silent_since = self._clock.now() - silence
            for conversation in await self._handoffs.give_back_forgotten(silent_since=silent_since):
                log.warning("given_back_after_silence", conversation=conversation)
                self._wake(conversation)

"""What this process remembers of somebody goes, too, when they are erased, whoever does it: a command beside
the desk, another worker, the inbox.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_EVERY = 2.0


class Forgetting:
    """One practice's. `erased` tells how many people were erased so far; `forget` is done when that grows."""

    def __init__(self, erased: Callable[[], Awaitable[int]], *, forget: Sequence[Callable[[], None]]) -> None:
        self._erased = erased
        self._forget = forget
        self._known = 0

    async def look(self) -> None:
        number = await self._erased()
        if number != self._known:
            self._known = number
            for each in self._forget:
                each()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
                beat()
            except Exception as error:  # the database is away: it comes back, or the health check tells
                log.error("look_failed", error=type(error).__name__)
            await asyncio.sleep(_EVERY)

"""Since when a status could have reached us without a break.

A request without an answer is decided by the status that carries our id back. Its absence proves something
only for as long as it could have come: our webhook listened, this process ran (a machine that slept, or a
loop that was stuck, heard nothing), and what came could be stored.
"""

import asyncio
from datetime import datetime, timedelta

from bot.ports import Clock
from bot.service.upkeep.supervision import beat

_TICK = 1.0
#: Ticks that are further apart than this were not merely late.
_GAP = timedelta(seconds=5)


class Reachability:
    """One process's. Not reachable until `begin`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: datetime | None = None
        self._ticked: datetime | None = None

    def begin(self) -> None:
        """The webhook listens, or what comes can be stored again."""
        now = self._clock.now()
        self._ticked = now
        if self._since is None:
            self._since = now

    def lost(self) -> None:
        """The webhook does not listen, or what came could not be stored."""
        self._since = None

    def tick(self) -> None:
        """To be called every second or so: a long pause in between is one in which nothing could reach us."""
        now = self._clock.now()
        if self._ticked is not None and now - self._ticked > _GAP and self._since is not None:
            self._since = now
        self._ticked = now

    def left_of(self, wait: timedelta, *, since: datetime) -> timedelta:
        """How much of a wait that began then is still to come, counting only time in which we were reachable.
        Zero or less: it is over. While we are not reachable, all of it."""
        self.tick()
        if self._since is None:
            return wait
        return max(since, self._since) + wait - self._clock.now()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self.tick()
            beat()
            await asyncio.sleep(_TICK)

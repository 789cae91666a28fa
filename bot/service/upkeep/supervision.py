"""Watches over the loops that nobody waits for: one that ends is begun again, one that is silent is told of.

A loop calls `beat` whenever it has done what it is there for. What is silent for too long, since it hangs or
fails each time, is ended and begun again, and until it beats the health check fails: a desk that answers 200
while nothing happens behind it would be the worst of faults.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import structlog

log = structlog.get_logger(__name__)

#: Seconds. A loop that has more to do says so when it is given.
SILENT = 30.0
_AGAIN_AFTER = 1.0
_LOOK_EVERY = 1.0

Run = Callable[[], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Loop:
    """One of them. `beat_at` by the monotonic clock."""

    name: str
    run: Run
    silent_after: float
    beat_at: float = field(default_factory=time.monotonic)
    restarts: int = 0
    task: asyncio.Task[None] | None = None

    @property
    def silence(self) -> float:
        return time.monotonic() - self.beat_at


_CURRENT: ContextVar[Loop | None] = ContextVar("loop", default=None)


def beat() -> None:
    """Called within a loop: it has done its work once more. Elsewhere nothing happens."""
    loop = _CURRENT.get()
    if loop is not None:
        loop.beat_at = time.monotonic()


class Supervisor:
    """A process's, for one practice."""

    def __init__(self) -> None:
        self.loops: dict[str, Loop] = {}
        self._keepers: list[asyncio.Task[None]] = []

    def watch(self, name: str, run: Run, *, silent_after: float = SILENT) -> None:
        """Begins the loop, and keeps it going until `stop`."""
        loop = self.loops[name] = Loop(name, run, silent_after)
        if not self._keepers:
            self._keepers.append(asyncio.create_task(self._listen(), name="supervisor"))
        self._keepers.append(asyncio.create_task(self._keep(loop), name=f"keeper of {name}"))

    def silent(self) -> tuple[str, ...]:
        """Names of the loops that have not been heard of for too long."""
        return tuple(loop.name for loop in self.loops.values() if loop.silence > loop.silent_after)

    async def stop(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers.clear()

    async def _keep(self, loop: Loop) -> None:
        while True:
            loop.task = asyncio.create_task(self._one_life(loop), name=loop.name)
            try:
                await asyncio.wait({loop.task})
            except asyncio.CancelledError:
                loop.task.cancel()
                await asyncio.gather(loop.task, return_exceptions=True)
                raise
            error = None if loop.task.cancelled() else loop.task.exception()
            loop.restarts += 1
            why = type(error).__name__ if error else "it ended"
            log.error("loop_ended", loop=loop.name, why=why, restarts=loop.restarts)
            await asyncio.sleep(_AGAIN_AFTER)

    async def _one_life(self, loop: Loop) -> None:
        _CURRENT.set(loop)
        await loop.run()

    async def _listen(self) -> None:
        """Ends what hangs; its keeper begins it again."""
        told: set[str] = set()
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            silent = set(self.silent())
            for name in silent - told:
                loop = self.loops[name]
                log.error("loop_silent", loop=name, seconds=round(loop.silence))
                if loop.task is not None:
                    loop.task.cancel()
            told = silent

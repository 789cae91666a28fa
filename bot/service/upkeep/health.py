"""Whether this process does what it is there for: the one question behind /healthz."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.service.hearing.pressure import Pressure
from bot.service.upkeep.supervision import Supervisor

#: Seconds in which the database has to take a look, and a write that changes nothing.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`failing`: what does not work, in a few words. `degraded`: everything does, and too much is asked."""

    failing: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        return "failing" if self.failing else "degraded" if self.degraded else "ok"


class _Database(Enum):
    ANSWERS = auto()
    BUSY = auto()  # not us in time, but others: who restarts us for that makes it worse
    SILENT = auto()


class Health:
    """`touches` go to the database and return when it has done something for us. `commits`: how often it has
    stored something for anybody."""

    def __init__(
        self,
        supervisors: Sequence[Supervisor],
        *,
        pressure: Pressure,
        touches: Sequence[Callable[[], Awaitable[object]]],
        commits: Callable[[], int] = lambda: 0,
        patience: float = PATIENCE,
    ) -> None:
        self._supervisors = supervisors
        self._pressure = pressure
        self._touches = touches
        self._commits = commits
        self._patience = patience
        self._asked: asyncio.Task[_Database] | None = None
        self.is_ready = False
        self.notes: dict[str, Callable[[], bool]] = {}  # what is said besides: "understanding loads"

    async def look(self) -> State:
        failing = [f"{name} is silent" for each in self._supervisors for name in each.silent()]
        database = await self._database()
        if database is _Database.SILENT:
            failing.append("the database does not answer")
        degraded = ["more comes in than is stored"] if self._pressure.is_high else []
        if database is _Database.BUSY:
            degraded.append("the database has too much to do")
        degraded += [note for note, holds in self.notes.items() if holds()]
        return State(failing=tuple(failing), degraded=tuple(degraded))

    async def _database(self) -> _Database:
        """However many ask, one looks."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._touch(), name="health")
        return await asyncio.shield(self._asked)

    async def _touch(self) -> _Database:
        before = self._commits()
        try:
            async with asyncio.timeout(self._patience):
                for touch in self._touches:
                    await touch()
        except TimeoutError:
            return _Database.BUSY if self._commits() > before else _Database.SILENT
        except Exception:
            return _Database.SILENT
        return _Database.ANSWERS

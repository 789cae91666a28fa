"""Chooses who is to answer first: of those at the desk who speak the language whoever has the least to do.

A conversation stays in the queue, its promise and reminders go on, and anybody may take it: it only shows for
whom it is meant. Whoever does nothing with it for a few minutes, goes home, or says that they are away loses
it to the next. Nobody there: nobody is chosen.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.staff import Person
from bot.ports import Clock
from bot.service.inbox.assignment import Assignments, freest
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_LOOK_EVERY = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A hand-off that nobody has taken."""

    handoff: int
    conversation: str
    meant_for: str | None = None
    meant_at: datetime | None = None


class Meant(Protocol):
    """Who is meant to answer what."""

    async def queued(self) -> tuple[Queued, ...]:
        """Urgent first, then the longest waiting."""

    async def choose(self, one: Queued, who: str | None, *, at: datetime) -> None:
        """Unless somebody has taken it, or another was chosen meanwhile."""


class Choosing:
    """One loop for a practice whose practice.yml asks for it."""

    def __init__(
        self,
        meant: Meant,
        assignments: Assignments,
        *,
        clock: Clock,
        within: timedelta,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._meant = meant
        self._assignments = assignments
        self._clock = clock
        self._within = within
        self._leads = leads

    async def run(self) -> None:
        while True:
            try:
                await self.look()
                beat()
            except Exception as error:  # the queue is there without it
                log.error("choosing_failed", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> None:
        if not self._leads():
            return
        queued = await self._meant.queued()
        if not queued:
            return
        there, load = await self._assignments.there(), await self._assignments.load()
        for one in queued:
            await self._look_at(one, there, load)

    async def _look_at(self, one: Queued, there: tuple[Person, ...], load: Counter[str]) -> None:
        at, names = self._clock.now(), {person.name for person in there}
        is_there = one.meant_for in names
        if is_there and one.meant_at is not None and at - one.meant_at < self._within:
            return
        others = [person for person in there if person.name != one.meant_for]
        language = await self._assignments.language_of(one.conversation) if others else ""
        chosen = freest(others, load=load, language=language)
        if chosen is None and (is_there or one.meant_for is None):
            return  # the only one there keeps it
        await self._meant.choose(one, chosen.name if chosen else None, at=at)
        if one.meant_for:
            load[one.meant_for] -= 1
        if chosen:
            load[chosen.name] += 1

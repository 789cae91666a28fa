"""Who looks at which conversation, and who is writing in it.

Each open page says so every few seconds; one that falls silent (a tab that died, a laptop that was shut) is
gone a little later. Where several servers have pages open, each tells the others through the database that
they share (`Elsewhere`); alone, it is kept in this process and nowhere stored.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.ports import Clock
from bot.service.changes import Changes

log = structlog.get_logger(__name__)

#: A page says every so often that it is there; after the second it counts as gone.
BEAT = timedelta(seconds=4)
GONE_AFTER = timedelta(seconds=12)
_LOOK_EVERY = 0.8
_SWEEP_EVERY = 100  # looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody at a conversation."""

    who: str
    is_writing: bool = False


@dataclass(frozen=True, slots=True)
class SeenElsewhere:
    """A page that said so lately, to whichever server."""

    who: str
    page: str
    conversation: str
    is_writing: bool


class Elsewhere(Protocol):
    """What the servers of one practice tell each other."""

    async def say(self, who: str, page: str, conversation: str | None, *, is_writing: bool) -> None:
        """As `Present.is_at`."""

    async def seen(self) -> tuple[SeenElsewhere, ...]:
        """Everybody whose page said so just now, those of this server too."""

    async def sweep(self) -> None:
        """Forget pages that are gone."""


@dataclass(slots=True)
class _Page:
    who: str
    conversation: str
    is_writing: bool
    seen: datetime


class Present:
    """One practice's. `page` names a browser tab, as it calls itself."""

    def __init__(self, clock: Clock, elsewhere: Elsewhere | None = None) -> None:
        self._clock = clock
        self._elsewhere = elsewhere
        self._pages: dict[tuple[str, str], _Page] = {}
        self._others: tuple[SeenElsewhere, ...] = ()
        self._changes = Changes()
        self._last: Mapping[str, tuple[Presence, ...]] = {}

    async def is_at(self, who: str, page: str, conversation: str | None, *, is_writing: bool = False) -> None:
        """None: at none, or gone."""
        if conversation is None:
            self._pages.pop((who, page), None)
        else:
            self._pages[who, page] = _Page(who, conversation, is_writing, self._clock.now())
            self._look_later()
        self._tell()
        if self._elsewhere is not None:
            await self._elsewhere.say(who, page, conversation, is_writing=is_writing)

    def others(self, who: str) -> dict[str, tuple[Presence, ...]]:
        """By conversation, everybody but this person; who writes stands first."""
        return {
            conversation: there
            for conversation, everybody in self._now().items()
            if (there := tuple(one for one in everybody if one.who != who))
        }

    def subscribe(self) -> AsyncIterator[None]:
        """Ticks when somebody comes, goes, begins or stops writing."""
        return self._changes.subscribe()

    async def run(self) -> None:
        """Learns who is at the pages of other servers, until it is cancelled. Alone it does nothing."""
        looks = 0
        while self._elsewhere is not None:
            try:
                await self.look()
                if looks % _SWEEP_EVERY == 0:
                    await self._elsewhere.sweep()
            except Exception as error:  # the database is away; who is there is the least of it
                log.warning("presence_unknown", error=type(error).__name__)
            looks += 1
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> None:
        if self._elsewhere is not None:
            self._others = await self._elsewhere.seen()
            self._tell()

    def _now(self) -> Mapping[str, tuple[Presence, ...]]:
        until = self._clock.now() - GONE_AFTER
        self._pages = {key: page for key, page in self._pages.items() if page.seen > until}
        found: dict[str, dict[str, bool]] = {}
        theirs = [one for one in self._others if (one.who, one.page) not in self._pages]
        here = [(page.who, page.conversation, page.is_writing) for page in self._pages.values()]
        for who, conversation, writes in (
            *here,
            *((one.who, one.conversation, one.is_writing) for one in theirs),
        ):
            people = found.setdefault(conversation, {})
            people[who] = people.get(who, False) or writes
        return {
            conversation: tuple(
                Presence(who=who, is_writing=writes)
                for who, writes in sorted(people.items(), key=lambda one: (not one[1], one[0]))
            )
            for conversation, people in found.items()
        }

    def _tell(self) -> None:
        now = self._now()
        if now != self._last:
            self._last = now
            self._changes.ring()

    def _look_later(self) -> None:
        """Nobody says that they are gone."""
        loop = asyncio.get_running_loop()
        loop.call_later(GONE_AFTER.total_seconds() + 0.1, self._tell)

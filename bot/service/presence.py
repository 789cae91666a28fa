"""Who looks at which conversation, and who is writing in it.

Each open page says so every few seconds; one that falls silent (a tab that died, a laptop that was shut) is
gone a little later. Kept in this process alone and nowhere stored.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Clock
from bot.service.changes import Changes

#: A page says every so often that it is there; after the second it counts as gone.
BEAT = timedelta(seconds=4)
GONE_AFTER = timedelta(seconds=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody at a conversation."""

    who: str
    is_writing: bool = False


@dataclass(slots=True)
class _Page:
    who: str
    conversation: str
    is_writing: bool
    seen: datetime


class Present:
    """One practice's. `page` names a browser tab, as it calls itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pages: dict[tuple[str, str], _Page] = {}
        self._changes = Changes()
        self._last: Mapping[str, tuple[Presence, ...]] = {}

    def is_at(self, who: str, page: str, conversation: str | None, *, is_writing: bool = False) -> None:
        """None: at none, or gone."""
        if conversation is None:
            self._pages.pop((who, page), None)
        else:
            self._pages[who, page] = _Page(who, conversation, is_writing, self._clock.now())
            self._look_later()
        self._tell()

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

    def _now(self) -> Mapping[str, tuple[Presence, ...]]:
        until = self._clock.now() - GONE_AFTER
        self._pages = {key: page for key, page in self._pages.items() if page.seen > until}
        found: dict[str, dict[str, bool]] = {}
        for page in self._pages.values():
            people = found.setdefault(page.conversation, {})
            people[page.who] = people.get(page.who, False) or page.is_writing
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

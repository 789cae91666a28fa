"""Where an event is: the practice's calendars, asked together.

Google knows an event by its calendar and its id; staff drag it from one practitioner to another, where it
keeps its id. So our reference is the id alone, and whoever had it last is asked first.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from bot.domain.practice_time import DAY
from bot.practice_systems.google.events import Event, id_of, instant
from bot.practice_systems.google.rest import GoogleRest

_REMEMBERED = 5000


class Shelf:
    def __init__(self, rest: GoogleRest, calendars: Sequence[str]) -> None:
        self.rest = rest
        self.calendars = tuple(dict.fromkeys(calendars))
        self._last: dict[str, str] = {}

    async def find(self, id_: str) -> Event | None:
        """The live one, else a deleted one."""
        last = self._last.get(id_)
        there = await self._get(last, id_) if last else None
        if there is not None and not there.is_cancelled:
            return there
        others = [one for one in self.calendars if one != last]
        found = [there, *await asyncio.gather(*(self._get(one, id_) for one in others))]
        events = sorted((one for one in found if one is not None), key=lambda one: one.is_cancelled)
        if not events:
            return None
        self.remember(events[0])
        return events[0]

    async def with_key(self, key: str, calendar: str | None = None) -> tuple[Event | None, int]:
        """What a write of ours under this key made (in this calendar only, if one is given), and the first
        generation of its id that is free."""
        deleted: Event | None = None
        for generation in count():
            id_ = id_of(key, generation)
            there = await (self._get(calendar, id_) if calendar else self.find(id_))
            if there is None or not there.is_cancelled:
                return there or deleted, generation
            deleted = there
        raise AssertionError

    async def between(self, calendar: str, start: datetime, end: datetime) -> tuple[Event, ...]:
        """Everything that touches [start, end), series as their single times, without what is deleted."""
        # Google leaves fractions of a second away; so more is asked for, and sifted here.
        query = [
            ("timeMin", instant(start.replace(microsecond=0))),
            ("timeMax", instant(end.replace(microsecond=0) + timedelta(seconds=1))),
            ("singleEvents", "true"),
        ]
        listed = await self.rest.events(calendar, query)
        events = (Event(calendar, item, listed.time_zone) for item in listed.items)
        return tuple(
            one
            for one in events
            if one.start is not None and one.end is not None and one.start < end and one.end > start
        )

    async def since(self, calendar: str, token: str | None, *, at: datetime) -> tuple[tuple[Event, ...], str]:
        """What has changed since the token (without one: everything to come), and the next token. Raises
        TokenTooOld."""
        # Google wants the same parameters as the first time, but for the time that the first begins with.
        query = [("syncToken", token)] if token else [("timeMin", instant(at - DAY))]
        listed = await self.rest.events(calendar, query)
        return tuple(
            Event(calendar, item, listed.time_zone) for item in listed.items
        ), listed.sync_token or ""

    def remember(self, event: Event) -> None:
        self._last.pop(event.id, None)
        self._last[event.id] = event.calendar
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]

    async def _get(self, calendar: str, id_: str) -> Event | None:
        content = await self.rest.get(calendar, id_)
        return None if content is None else Event(calendar, content)

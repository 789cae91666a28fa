"""The calendars of a practice on their server, and our events in them."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.practice_time import DAY
from bot.errors import ProtocolDrift
from bot.practice_systems.caldav.dav import Dav, Item, join
from bot.practice_systems.caldav.discovery import Calendar, choose, find_calendars
from bot.practice_systems.caldav.reading import CalendarObject, OurEvent, key_of, read_object

_ASKED_FOR = 40  # objects by themselves, for the moment when each was written


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An event of ours. `calendar` is what practice.yml calls it."""

    calendar: str
    item: Item
    event: OurEvent
    is_series: bool  # somebody has made it one

    @property
    def version(self) -> str:
        return version_of(self.item)

    @property
    def written(self) -> datetime | None:
        """By the server's clock; by the writer's where the server does not tell."""
        return self.item.modified or self.event.written


def version_of(item: Item) -> str:
    return item.etag or hashlib.sha256(item.data).hexdigest()


class Shelf:
    """Calendars by the names that practice.yml gives them, looked for once."""

    def __init__(self, dav: Dav, url: str, names: Iterable[str], *, zone: str) -> None:
        self.dav = dav
        self._url = url
        self._names = tuple(dict.fromkeys(names))
        self._zone = zone
        self._known: Mapping[str, Calendar] | None = None

    def read(self, item: Item) -> CalendarObject:
        return read_object(item.data, self._zone)

    async def all(self) -> tuple[Calendar, ...]:
        """Every calendar of the account."""
        return await find_calendars(self.dav, self._url)

    async def calendars(self, *, anew: bool = False) -> Mapping[str, Calendar]:
        """Raises ProtocolDrift when one that practice.yml names is not there."""
        if self._known is None or anew:
            there = await self.all()
            self._known = {name: choose(there, name) for name in self._names}
        return self._known

    async def calendar(self, name: str) -> Calendar:
        calendars = await self.calendars()
        if name not in calendars:
            self._known = calendars = {**calendars, name: choose(await self.all(), name)}
        return calendars[name]

    async def items(self, name: str, start: datetime, end: datetime) -> tuple[Item, ...]:
        """A day more on both sides: servers disagree about events without a zone and about whole days."""
        calendar = await self.calendar(name)
        return await self.dav.query(calendar.href, start=start - DAY, end=end + DAY)

    async def dated(self, items: Iterable[Item], start: datetime, end: datetime) -> list[Item]:
        """Some servers tell when an object was written only to who asks for it by itself; that matters where
        visits of ours share a time."""
        by_href = {item.href: item for item in items}
        undated = [
            item.href
            for item in by_href.values()
            if item.modified is None
            and self.read(item).ours
            and any(one.blocks for one in self.read(item).occurrences(start, end))
        ]
        if 1 < len(undated) <= _ASKED_FOR:
            for told in await asyncio.gather(*map(self.dav.get, undated)):
                if told is not None:
                    by_href[told.href] = told
        return list(by_href.values())

    async def find(self, uid: str) -> Found | None:
        """Our event in whichever calendar it is by now: by its file's name, else by its UID."""
        if key_of(uid) is None:
            return None
        named = await self.named(uid)
        if named is not None:
            return named
        calendars = await self.calendars()
        answers = await asyncio.gather(*(self.dav.with_uid(c.href, uid) for c in calendars.values()))
        return self._one(uid, zip(calendars, answers, strict=True))

    async def named(self, uid: str) -> Found | None:
        calendars = await self.calendars()
        hrefs = (join(calendar.href, f"{uid}.ics") for calendar in calendars.values())
        items = await asyncio.gather(*map(self.dav.get, hrefs))
        return self._one(uid, ((name, (item,)) for name, item in zip(calendars, items, strict=True) if item))

    async def tokens(self) -> dict[str, str]:
        """For each calendar what tells whether anything in it is new: "sync ...", or "ctag ..."."""
        tokens: dict[str, str] = {}
        for name, calendar in (await self.calendars()).items():
            there = await self.dav.collections(calendar.href, depth=0)
            if not there:
                self._known = None
                raise ProtocolDrift(f'caldav no longer has the calendar "{name}"; look at practice_system')
            sync_token, ctag = there[0].sync_token, there[0].ctag
            tokens[name] = f"sync {sync_token}" if sync_token else f"ctag {ctag}"
        return tokens

    def _one(self, uid: str, there: Iterable[tuple[str, Iterable[Item]]]) -> Found | None:
        """Where it is in two calendars, the one in which it still takes time."""
        found: list[Found] = []
        for name, items in there:
            for item in items:
                ours = self.found(name, item)
                if ours is not None and ours.event.uid == uid:
                    found.append(ours)
        return min(found, key=lambda one: not one.event.occurrence.blocks, default=None)

    def found(self, calendar: str, item: Item) -> Found | None:
        """None for an event that is not ours."""
        there = self.read(item)
        if there.ours is None:
            return None
        return Found(calendar=calendar, item=item, event=there.ours, is_series=there.is_series)

"""Where people came from: adverts and links, how many they brought, and how many of those booked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.storage.diary.tables import APPOINTMENT
from bot.storage.engine.database import Database
from bot.storage.events.tables import ARRIVAL
from bot.storage.tables import from_stamp, to_stamp

_CAME_TO_BE = ("requested", "booked", "arrived", "done", "no_show")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One advert or link. `came` and `new` count people, and so does `booked`: within the span, after they
    came."""

    channel: str
    source: str
    ref: str
    advert: str
    headline: str
    came: int
    new: int
    booked: int


class SqlArrivals:
    """Of one practice."""

    def __init__(self, database: Database, practice: str) -> None:
        self._database = database
        self._practice = practice

    def sources(self, *, start: datetime, end: datetime) -> tuple[Source, ...]:
        """Those that brought somebody in [start, end), the most fruitful first. Blocks."""
        a, visit = ARRIVAL.c, APPOINTMENT.c
        came = select(ARRIVAL).where(
            a.practice == self._practice, a.at >= to_stamp(start), a.at < to_stamp(end)
        )
        booked = select(visit.contact, visit.created_at).where(
            visit.practice == self._practice,
            visit.contact.is_not(None),
            visit.status.in_(_CAME_TO_BE),
            visit.created_at >= int(start.timestamp()),
            visit.created_at < int(end.timestamp()),
        )
        rows, visits = self._database.read_now(
            lambda connection: (connection.execute(came).all(), connection.execute(booked).all())
        )
        bookings: dict[str, list[int]] = defaultdict(list)
        for contact, created_at in visits:
            bookings[contact].append(created_at)
        groups: dict[tuple[str, ...], list[Any]] = defaultdict(list)
        for row in rows:
            groups[row.channel, row.source or "", row.ref or "", row.advert or ""].append(row)
        found = (_source(key, group, bookings) for key, group in groups.items())
        return tuple(sorted(found, key=lambda s: (-s.booked, -s.came, s.channel, s.source, s.ref, s.advert)))


def _source(key: tuple[str, ...], rows: Iterable[Any], bookings: dict[str, list[int]]) -> Source:
    first: dict[str, int] = {}
    new: set[str] = set()
    headline = ""
    for row in rows:
        first[row.conversation] = min(row.at, first.get(row.conversation, row.at))
        headline = row.headline or headline
        if row.is_new:
            new.add(row.conversation)
    booked = sum(
        any(made >= int(from_stamp(at).timestamp()) for made in bookings.get(who, ()))
        for who, at in first.items()
    )
    channel, source, ref, advert = key
    return Source(
        channel=channel,
        source=source,
        ref=ref,
        advert=advert,
        headline=headline,
        came=len(first),
        new=len(new),
        booked=booked,
    )

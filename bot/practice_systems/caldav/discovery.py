"""From an address to calendars: /.well-known/caldav, the principal, its calendar homes (RFC 6764, 4791).

An address that is a calendar, a home or a principal itself does as well. On another host than the one in
practice.yml nothing is looked for: the password is for that host.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.errors import ProtocolDrift
from bot.practice_systems.caldav.dav import Collection, Dav, last_segment, same_href


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    href: str
    name: str  # as people call it
    segment: str  # the last part of its path

    def is_called(self, name: str) -> bool:
        return name in (self.segment, self.name) or (name.startswith("/") and same_href(self.href, name))


async def find_calendars(dav: Dav, url: str) -> tuple[Calendar, ...]:
    """Every calendar for events in this account, its own and those shared with it, by path."""
    there = [*await dav.collections(url, depth=1)]
    principals = _principals(there)
    if not principals and not _calendars(there):
        there = [*await dav.collections(_well_known(url), depth=0)]
        principals = _principals(there)
    found = _calendars(there)
    # What others say about homes is not to be relied on: the principal's own answer is.
    for principal in principals:
        there += await dav.collections(principal, depth=0)
    for home in dict.fromkeys(home for one in there for home in one.homes):
        found += _calendars(await dav.collections(home, depth=1))
    unique = {calendar.href.rstrip("/"): calendar for calendar in found}
    return tuple(unique[href] for href in sorted(unique))


def choose(calendars: tuple[Calendar, ...], name: str) -> Calendar:
    """The one that practice.yml names: by path, by the last part of it, or by what people call it."""
    fitting = [calendar for calendar in calendars if calendar.is_called(name)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        known = ", ".join(f'"{calendar.segment}"' for calendar in calendars) or "none"
        raise ProtocolDrift(
            f'practice_system.practitioners: no calendar of this account is called "{name}"; there is {known}'
        )
    paths = " or ".join(f'"{calendar.href}"' for calendar in fitting)
    raise ProtocolDrift(
        f'practice_system.practitioners: several calendars are called "{name}"; write {paths}'
    )


def _calendars(collections: list[Collection] | tuple[Collection, ...]) -> list[Calendar]:
    return [
        Calendar(href=one.href, name=one.name or last_segment(one.href), segment=last_segment(one.href))
        for one in collections
        if one.is_calendar and one.takes_events
    ]


def _principals(collections: list[Collection]) -> list[str]:
    return list(dict.fromkeys(one.principal for one in collections if one.principal))


def _well_known(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/.well-known/caldav"

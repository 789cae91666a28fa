"""Calendars that a practice publishes as a file (ICS): when somebody is busy."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import aiohttp

from bot.errors import ProtocolDrift
from bot.practice_systems.caldav.reading import read_object, unfolded
from bot.practice_systems.outside_http import OutsideHttp

Lines = list[str]


class PublishedCalendar:
    """Published (`bot.practice_systems.requests`) by an address: everything in it takes time, unless it says
    that it does not."""

    def __init__(self, http: aiohttp.ClientSession, url: str, *, zone: str) -> None:
        self._http = OutsideHttp(http, url, name="the published calendar")
        self._zone = zone

    async def __call__(self, *, start: datetime, end: datetime) -> Sequence[tuple[datetime, datetime]]:
        answer = await self._http.request("GET", "", writes=False, headers={"Accept": "text/calendar"})
        if not answer.is_success or b"BEGIN:VCALENDAR" not in answer.body:
            raise ProtocolDrift(f"the published calendar answers with status {answer.status} and no calendar")
        return busy_in(answer.body, start=start, end=end, zone=self._zone)


def busy_in(
    feed: bytes, *, start: datetime, end: datetime, zone: str
) -> tuple[tuple[datetime, datetime], ...]:
    """What in a feed takes time in [start, end), recurrences expanded; `zone` is for times without one."""
    found = {
        (one.start, one.end)
        for data in objects_in(feed)
        for one in read_object(data, zone).occurrences(start, end)
        if one.blocks and one.start < end and one.end > start
    }
    return tuple(sorted(found))


def objects_in(feed: bytes) -> Iterator[bytes]:
    """Each event with its exceptions and the feed's time zones, as an object of its own."""
    zones: Lines = []
    events: dict[str, Lines] = {}
    block: Lines = []
    kind = ""
    for number, line in enumerate(unfolded(feed)):
        word = line.strip().upper()
        if not kind and word in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE"):
            kind, block = word.removeprefix("BEGIN:"), []
        if kind:
            block.append(line)
        if kind and word == f"END:{kind}":
            if kind == "VTIMEZONE":
                zones += block
            else:
                uid = next((one[4:] for one in block if one.upper().startswith("UID:")), f"event {number}")
                events.setdefault(uid, []).extend(block)
            kind = ""
    for lines in events.values():
        whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:feed", *zones, *lines, "END:VCALENDAR", ""]
        yield "\r\n".join(whole).encode()

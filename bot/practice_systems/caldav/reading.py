"""A calendar object (RFC 5545) -> when somebody is busy, and which of our visits it is.

Occurrences are computed here, never by the server: of two servers one is an hour wrong after the clocks
change, when an event's time zone is defined by dates or not at all. What cannot be read blocks as much as can
be made out of it: to offer too little is a nuisance, to book twice is not to be mended.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from bot.domain.diary import AppointmentStatus
from bot.practice_systems.caldav.zones import instant, named_zone, zones_of

UID_PREFIX = "chairside-"
VISIT_TYPE = "X-CHAIRSIDE-VISIT-TYPE"
CLAIMED_UNTIL = "X-CHAIRSIDE-CLAIMED-UNTIL"

_DAY = timedelta(days=1)
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY)|BYSECOND=|BYMINUTE=[\d,]{24,}", re.IGNORECASE)
_ZONE = "X-CHAIRSIDE-TZID"
_REFERS = re.compile(rf"^((?:{'|'.join(_TIMES)})(?:;[^:\"]*)?);TZID=", re.IGNORECASE)
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
_DAYS = re.compile(rb"^(?:DTSTART|DTEND)[^:\r\n]*:(\d{8})", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Occurrence:
    """One time at which an event takes place, in UTC. `blocks`: time is taken by it."""

    start: datetime
    end: datetime
    blocks: bool = True
    status: AppointmentStatus = AppointmentStatus.BOOKED
    text: str = ""  # what is written there


@dataclass(frozen=True, slots=True, kw_only=True)
class OurEvent:
    """A visit that we wrote, or a claim on a time (`bot.practice_systems.claims`), as it stands there now."""

    uid: str
    key: str
    occurrence: Occurrence
    visit_type: str | None
    written: datetime | None = None  # when it last changed, by the writer's clock
    claimed_until: datetime | None = None  # None: a visit


def uid_of(key: str) -> str:
    """The key travels in the UID, which every server and every program keeps, and which names the file."""
    return UID_PREFIX + base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(uid: str) -> str | None:
    """None for an event that is not ours."""
    coded = uid.removeprefix(UID_PREFIX)
    if coded == uid:
        return None
    try:
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (binascii.Error, ValueError):
        return None


class CalendarObject:
    """One object, read. `zone` (IANA) is the practice's: for whole days and times without a zone."""

    def __init__(self, data: bytes, *, zone: str) -> None:
        self._zone: tzinfo = ZoneInfo(zone)
        self._events: list[Any] = []  # kept of a series only
        self._fixed: tuple[Occurrence, ...] | None = None
        self.ours: OurEvent | None = None
        self.is_readable = True
        try:
            self._take(_events(data, self._zone))
        except _UNREADABLE:
            self.is_readable = False
            self._fixed = (self._whole_days(*_days(data)),)

    @property
    def is_series(self) -> bool:
        return bool(self._events)

    def occurrences(self, start: datetime, end: datetime) -> tuple[Occurrence, ...]:
        """Those that touch [start, end), by start."""
        found = self._fixed
        if found is None:
            try:
                found = tuple(self._computed(start, end))
            except _UNREADABLE:
                found = tuple(self._since(event, end) for event in self._events)
        return tuple(sorted(one for one in found if one.start < end and one.end > start))

    def _take(self, events: list[Any]) -> None:
        self.ours = next((our for event in events if (our := self._ours(event))), None)
        if any(name in event for event in events for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            self._events = events
        else:
            self._fixed = tuple(map(self._occurrence, events))

    def _ours(self, event: Any) -> OurEvent | None:
        """The visit that it is, where we wrote it. Of one that somebody made a series, the first."""
        uid = str(event.get("UID", ""))
        key = key_of(uid)
        if key is None or "RECURRENCE-ID" in event:
            return None
        visit_type = str(event[VISIT_TYPE]) if VISIT_TYPE in event else None
        written, claimed = event.get("LAST-MODIFIED"), event.get(CLAIMED_UNTIL)
        return OurEvent(
            uid=uid,
            key=key,
            occurrence=self._occurrence(event),
            visit_type=visit_type,
            written=self._moment(written.dt) if written is not None else None,
            claimed_until=_stamped(str(claimed)) if claimed is not None else None,
        )

    def _computed(self, start: datetime, end: datetime) -> Iterator[Occurrence]:
        if any(_TOO_OFTEN.search(_rule(event)) for event in self._events):
            yield from (self._since(event, end) for event in self._events)
            return
        calendar = icalendar.Calendar()
        for event in self._events:
            calendar.add_component(event)
        for event in recurring_ical_events.of(calendar).between(start - _DAY, end + _DAY):
            yield self._occurrence(event)

    def _occurrence(self, event: Any) -> Occurrence:
        begin = event["DTSTART"].dt
        start = self._moment(begin)
        if "DTEND" in event:
            end = self._moment(event["DTEND"].dt)
        elif "DURATION" in event:
            end = start + event["DURATION"].dt
        else:
            end = start if isinstance(begin, datetime) else self._moment(begin + _DAY)
        status = _STATUS.get(str(event.get("STATUS", "")).upper(), AppointmentStatus.BOOKED)
        is_free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        blocks = end > start and not is_free and status is not AppointmentStatus.CANCELLED
        text = f"{event.get('SUMMARY', '')}\n{event.get('DESCRIPTION', '')}"
        return Occurrence(start=start, end=max(end, start), blocks=blocks, status=status, text=text)

    def _moment(self, value: date | datetime) -> datetime:
        if not isinstance(value, datetime):
            value = instant(datetime.combine(value, time()), self._zone)
        elif value.tzinfo is None:
            value = instant(value, self._zone)
        return value.astimezone(UTC)

    def _since(self, event: Any, end: datetime) -> Occurrence:
        """An event whose rule nobody can follow: busy from its first time on."""
        return Occurrence(start=min(self._occurrence(event).start, end), end=end)

    def _whole_days(self, first: date, last: date) -> Occurrence:
        return Occurrence(start=self._moment(first), end=self._moment(last + _DAY))


@lru_cache(maxsize=8192)
def read_object(data: bytes, zone: str) -> CalendarObject:
    """Reading is what costs; the same bytes are read once."""
    return CalendarObject(data, zone=zone)


_STATUS: Mapping[str, AppointmentStatus] = {
    "CONFIRMED": AppointmentStatus.BOOKED,
    "TENTATIVE": AppointmentStatus.REQUESTED,
    "CANCELLED": AppointmentStatus.CANCELLED,
}


def _events(data: bytes, zone: tzinfo) -> list[Any]:
    """Events with every time in its own clock. The library never sees the definitions: it would remember them
    for other calendars."""
    text, definitions = _without_zones(data)
    zones = zones_of(definitions)
    events: list[Any] = []
    for calendar in icalendar.Calendar.from_ical(text, multiple=True):
        for event in calendar.walk("VEVENT"):
            for name in _TIMES:
                values = event.get(name, [])
                for value in values if isinstance(values, list) else [values]:
                    _set_zone(value, zones, zone)
            if "DTSTART" not in event:
                raise ValueError("an event begins")
            events.append(event)
    if not events and b"BEGIN:VEVENT" in data:
        raise ValueError("an event is there, and was not understood")
    return events


def _set_zone(value: Any, zones: Mapping[str, tzinfo], default: tzinfo) -> None:
    """The wall time stays, the clock becomes the one that this object means."""
    for one in getattr(value, "dts", [value]):
        tzid = str(one.params.get(_ZONE) or getattr(value, "params", {}).get(_ZONE) or "")
        zone = (zones.get(tzid) or named_zone(tzid) or default) if tzid else default
        one.dt = _zoned(one.dt, zone, is_named=bool(tzid))


def _zoned(moment: Any, zone: tzinfo, *, is_named: bool) -> Any:
    if isinstance(moment, tuple):  # a period of RDATE
        return tuple(_zoned(part, zone, is_named=is_named) for part in moment)
    if not isinstance(moment, datetime) or (moment.tzinfo is not None and not is_named):
        return moment
    return instant(moment.replace(tzinfo=None), zone)


def _without_zones(data: bytes) -> tuple[str, dict[str, str]]:
    """The object without its VTIMEZONE blocks, and those by their TZID; lines unfolded. What refers to them
    is renamed, so that the library guesses nothing."""
    kept: list[str] = []
    definitions: dict[str, str] = {}
    block: list[str] | None = None
    for line in unfolded(data):
        if line.upper() == "BEGIN:VTIMEZONE":
            block = []
        if block is None:
            kept.append(_REFERS.sub(rf"\1;{_ZONE}=", line))
        else:
            block.append(line)
        if line.upper() == "END:VTIMEZONE" and block is not None:
            name = next((one.split(":", 1)[1] for one in block if one.upper().startswith("TZID")), "")
            definitions[name.strip()] = "\n".join(block)
            block = None
    return "\r\n".join(kept) + "\r\n", definitions


def unfolded(data: bytes) -> list[str]:
    text = re.sub(rb"\r?\n[ \t]", b"", data).decode("utf-8", errors="replace")
    return [line for line in re.split(r"\r?\n", text) if line]


def _stamped(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _rule(event: Any) -> str:
    rules = event.get("RRULE", [])
    return " ".join(one.to_ical().decode() for one in (rules if isinstance(rules, list) else [rules]))


def _days(data: bytes) -> tuple[date, date]:
    """From the first to the last day that an unreadable event names."""
    named: list[date] = []
    for found in _DAYS.findall(data):
        try:
            named.append(datetime.strptime(found.decode(), "%Y%m%d").date())  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return (min(named), max(named)) if named else (date(1970, 1, 1), date(1970, 1, 1))

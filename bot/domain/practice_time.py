"""The practice's wall clock: where instants become local time and back, and the only place that knows pytz.

pytz rather than zoneinfo, because `localize(..., is_dst=None)` refuses a wall time that does not exist or
exists twice, where zoneinfo silently picks one: a diary must not. No tzinfo of pytz leaves this module, as
arithmetic on those goes wrong: local times carry a fixed offset, instants carry `datetime.UTC`.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

import pytz

from bot.errors import WallTimeError

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class PracticeTime:
    """Local time in one IANA zone. Raises ValueError for a zone that does not exist."""

    __slots__ = ("_tz", "zone")

    def __init__(self, zone: str) -> None:
        if zone not in pytz.all_timezones_set:
            raise ValueError(f'"{zone}" is not a time zone; write it as the IANA does, e.g. "Europe/Rome"')
        self.zone = zone
        self._tz = pytz.timezone(zone)

    def local(self, instant: datetime) -> datetime:
        """What the wall clock shows, with the offset from UTC of that moment."""
        if instant.tzinfo is None:
            raise ValueError("an instant carries its zone; a naive time is a wall time: use instant()")
        local = instant.astimezone(self._tz)
        return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))

    def wall(self, instant: datetime) -> datetime:
        """What the wall clock shows, naive."""
        if instant.tzinfo is None:
            raise ValueError("an instant carries its zone; a naive time is a wall time: use instant()")
        if instant.tzinfo is UTC:
            offset = _offset_all_day_long(self.zone, instant.date())
            if offset is not None:
                return instant.replace(tzinfo=None) + offset
        return instant.astimezone(self._tz).replace(tzinfo=None)

    def today(self, instant: datetime) -> date:
        return self.wall(instant).date()

    def instant(self, wall: datetime) -> datetime:
        """The one moment at which the clock shows this naive time. Raises WallTimeError when there is none,
        or two."""
        if wall.tzinfo is not None:
            raise ValueError("a wall time is naive")
        try:
            return self._tz.localize(wall, is_dst=None).astimezone(UTC)
        except pytz.NonExistentTimeError as error:
            raise WallTimeError(
                f"{wall:%Y-%m-%d %H:%M} does not exist in {self.zone}: the clocks go forward over it; "
                "take a time before or after the change"
            ) from error
        except pytz.AmbiguousTimeError as error:
            raise WallTimeError(
                f"{wall:%Y-%m-%d %H:%M} exists twice in {self.zone}: the clocks go back over it; "
                "take a time before or after the change"
            ) from error

    def earliest(self, wall: datetime) -> datetime:
        """Like `instant`, but always an answer: the first of two, and for none as far after the change as
        the time lies after the missing hour's beginning."""
        nominal = wall.replace(tzinfo=UTC)
        before, after = self._offset(nominal - DAY), self._offset(nominal + DAY)
        shown = [moment for moment in (nominal - before, nominal - after) if self.wall(moment) == wall]
        return min(shown, default=nominal - before)

    def day(self, day: date) -> tuple[datetime, datetime]:
        """The instants [begin, end) of a local day, which may last 23 or 25 hours."""
        midnight = datetime.combine(day, time())
        return self.earliest(midnight), self.earliest(midnight + DAY)

    def days_later(self, instant: datetime, days: int = 1) -> datetime:
        """The same time on the wall, so many days on (`earliest` where the clocks change)."""
        return self.earliest(self.wall(instant) + days * DAY)

    def unbroken(self, wall: datetime, duration: timedelta) -> datetime | None:
        """The start of a stretch of time whose every wall minute exists exactly once and in one piece;
        None when the clocks change within it."""
        offset = self.steady_offset(wall.date())
        if offset is not None and wall.date() == (wall + duration - MINUTE).date():
            return (wall - offset).replace(tzinfo=UTC)
        try:
            start, last = self.instant(wall), self.instant(wall + duration - MINUTE)
        except WallTimeError:
            return None
        return start if last - start == duration - MINUTE else None

    def steady_offset(self, day: date) -> timedelta | None:
        """The offset from UTC that holds all day long; None on a day when the clocks change."""
        return _steady_offset(self.zone, day)

    def _offset(self, instant: datetime) -> timedelta:
        return self.local(instant).utcoffset() or timedelta(0)


@lru_cache(maxsize=4096)
def _steady_offset(zone: str, day: date) -> timedelta | None:
    clock = PracticeTime(zone)
    begin, end = clock.day(day)
    offset = clock.local(begin).utcoffset()
    return offset if end - begin == DAY and offset == clock.local(end).utcoffset() else None


@lru_cache(maxsize=4096)
def _offset_all_day_long(zone: str, day: date) -> timedelta | None:
    """The offset that holds for a whole day of UTC; None when the clocks change within it."""
    tz = pytz.timezone(zone)
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    try:
        offsets = {(midnight + timedelta(hours=hour)).astimezone(tz).utcoffset() for hour in range(25)}
    except OverflowError:
        return None
    return offsets.pop() if len(offsets) == 1 else None


def known_zones() -> frozenset[str]:
    # Filled on first use by its own methods, which frozenset(...) goes around.
    return frozenset(zone for zone in iter(pytz.all_timezones))


def known_countries() -> frozenset[str]:
    """ISO 3166 alpha-2."""
    return frozenset(pytz.country_names)


def zones_of(country: str) -> tuple[str, ...]:
    """The zones of a country, the most populous first; () for an unknown one."""
    return tuple(pytz.country_timezones.get(country, ()))

"""Openings: the times at which a visit fits.

`openings` computes all of them from hours, closed days and what is busy; `bot.domain.offer` chooses.
An opening starts on a quarter of an hour of the wall clock, lies within one shift, and is clear of everything
busy together with its buffers (which may reach outside the shift). Time within which the clocks change is
never offered.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from bot.domain.diary import Opening
from bot.domain.practice import Practice, Shift, VisitType
from bot.domain.practice_time import DAY, PracticeTime

GRID = timedelta(minutes=15)

#: (practitioner id, from, to): time that is taken, UTC, half-open, in any order, overlapping or not.
Busy = Iterable[tuple[str, datetime, datetime]]


def openings(
    practice: Practice,
    visit_type: VisitType,
    *,
    busy: Busy,
    at: datetime,
    first_day: date,
    last_day: date,
    practitioner: str | None = None,
) -> list[Opening]:
    """Every opening from `first_day` to `last_day`, both included (local days), by start.

    Nothing before `at` plus the visit's lead, nothing after the last local day of the practice's horizon.
    """
    clock = PracticeTime(practice.time_zone)
    soonest = at + visit_type.lead
    first = max(first_day, clock.today(at))
    last = min(last_day, (clock.wall(at) + practice.horizon).date())
    people = [
        person
        for person in practice.practitioners
        if visit_type.id in person.visit_types and practitioner in (None, person.id)
    ]
    taken = _by_practitioner(busy)
    before, after = visit_type.buffer_before, visit_type.buffer_after
    found: list[Opening] = []
    for day in _days(first, last):
        if is_closed(practice, day):
            continue
        for person in people:
            is_clear = taken[person.id].is_clear
            for start in _starts(practice.time_zone, day, person.shifts, visit_type.duration):
                end = start + visit_type.duration
                if start >= soonest and is_clear(start - before, end + after):
                    found.append(
                        Opening(start=start, end=end, practitioner=person.id, visit_type=visit_type.id)
                    )
    found.sort(key=lambda opening: (opening.start, opening.practitioner))
    return found


def is_opening(practice: Practice, opening: Opening, *, at: datetime) -> bool:
    """Whether the practice's own rules allow it: the practitioner does this visit, it is on the grid, within
    hours, not too soon, not too far ahead. Whether it is still free only the diary knows."""
    visit_type = practice.visit_type(opening.visit_type)
    if visit_type is None:
        return False
    day = PracticeTime(practice.time_zone).today(opening.start)
    possible = openings(
        practice,
        visit_type,
        busy=(),
        at=at,
        first_day=day,
        last_day=day,
        practitioner=opening.practitioner,
    )
    return opening in possible


def blocked_range(practice: Practice, opening: Opening) -> tuple[datetime, datetime]:
    """The time that a visit takes out of the diary: itself and its buffers."""
    visit_type = practice.visit_type(opening.visit_type)
    if visit_type is None:
        return opening.start, opening.end
    return opening.start - visit_type.buffer_before, opening.end + visit_type.buffer_after


def is_closed(practice: Practice, day: date) -> bool:
    return day in practice.closed_days or (
        practice.holidays and day in public_holidays(practice.country, day.year)
    )


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Nationwide days off. Raises NotImplementedError for a country that the library does not know."""
    return frozenset(holidays.country_holidays(country, years=year))


class _Taken:
    """One practitioner's busy time, merged, so that one look-up answers."""

    def __init__(self, ranges: Iterable[tuple[datetime, datetime]] = ()) -> None:
        self.starts: list[datetime] = []
        self.ends: list[datetime] = []
        for start, end in sorted(ranges):
            if start >= end:
                continue
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def is_clear(self, start: datetime, end: datetime) -> bool:
        before = bisect_left(self.starts, end) - 1  # the last range that begins before `end`
        return before < 0 or self.ends[before] <= start


def _by_practitioner(busy: Busy) -> Mapping[str, _Taken]:
    ranges: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for practitioner, start, end in busy:
        ranges[practitioner].append((start, end))
    return defaultdict(_Taken, {practitioner: _Taken(pairs) for practitioner, pairs in ranges.items()})


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


@lru_cache(maxsize=8192)
def _starts(zone: str, day: date, shifts: tuple[Shift, ...], duration: timedelta) -> tuple[datetime, ...]:
    """Where a visit could begin on that day if nobody else came: the same for every patient who asks."""
    return tuple(dict.fromkeys(_on_the_grid(PracticeTime(zone), day, shifts, duration)))


def _on_the_grid(
    clock: PracticeTime, day: date, shifts: Sequence[Shift], duration: timedelta
) -> Iterator[datetime]:
    midnight = datetime.combine(day, time())
    for shift in shifts:
        if shift.weekday != day.weekday():
            continue
        since_midnight = datetime.combine(day, shift.start) - midnight
        wall = midnight + -(-since_midnight // GRID) * GRID
        last = datetime.combine(day, shift.end) - duration
        while wall <= last:
            start = clock.unbroken(wall, duration)
            if start is not None:
                yield start
            wall += GRID

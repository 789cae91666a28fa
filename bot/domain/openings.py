"""Openings: the times at which a visit fits.

`openings` computes all of them from hours, closed days and what is taken; `bot.domain.offer` chooses.
An opening starts on a quarter of an hour of the wall clock, lies within one shift, is clear of everything
busy together with its buffers (which may reach outside the shift), has a room where it needs one, and leaves
alone what is kept free for emergencies. Time within which the clocks change is never offered.

Where another system says what is free, its free blocks take the place of hours and closed days; where it
names the very times, `openings_in_slots` only leaves out those that we may not offer.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.domain.diary import Opening
from bot.domain.hours import Working, is_closed, public_holidays, weekly, working
from bot.domain.practice import Practice, Practitioner, VisitType
from bot.domain.practice_time import DAY, MINUTE, PracticeTime

__all__ = [
    "GRID",
    "Busy",
    "Taken",
    "Visits",
    "blocked_range",
    "day_of",
    "is_closed",
    "is_opening",
    "needs_rules",
    "openings",
    "openings_in_slots",
    "public_holidays",
    "rooms_for",
    "site_of",
]

GRID = timedelta(minutes=15)

#: (practitioner or room id, from, to): time that is taken, UTC, half-open, in any order, overlapping or not.
Busy = Iterable[tuple[str, datetime, datetime]]

#: (visit type id, start): visits that count towards `VisitType.per_day`.
Visits = Iterable[tuple[str, datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a diary tells about a stretch of time: when people and rooms are taken, and by what."""

    busy: Busy = ()
    rooms: Busy = ()
    visits: Visits = ()


def openings(
    practice: Practice,
    visit_type: VisitType,
    *,
    busy: Busy,
    at: datetime,
    first_day: date,
    last_day: date,
    practitioner: str | None = None,
    rooms: Busy = (),
    visits: Visits = (),
    free: Busy | None = None,
    site: str | None = None,
) -> list[Opening]:
    """Every opening from `first_day` to `last_day`, both included (local days), by start.

    Nothing before `at` plus the visit's lead, nothing after the last local day of the practice's horizon.
    `rooms` is when rooms are taken. With `free`, a visit and its buffers lie within one block, and may begin
    with it.
    """
    search = _Search(
        practice, visit_type, at, _by_who(busy), _by_who(rooms), _full_days(practice, visit_type, visits)
    )
    people = [
        person
        for person in practice.practitioners
        if visit_type.id in person.visit_types and practitioner in (None, person.id)
    ]
    blocks = None if free is None else _by_who(free)
    found: list[Opening] = []
    for day in search.days(first_day, last_day):
        for person in people:
            if blocks is None:
                found += search.in_hours(person, day, site)
            else:
                found += search.in_blocks(person, day, blocks[person.id])
    found.sort(key=lambda opening: (opening.start, opening.practitioner))
    return found


def openings_in_slots(
    practice: Practice,
    visit_type: VisitType,
    *,
    slots: Busy,
    busy: Busy,
    at: datetime,
    first_day: date,
    last_day: date,
    practitioner: str | None = None,
    visits: Visits = (),
) -> list[Opening]:
    """Of the times that another system names: those long enough, not too soon, not too far, not taken."""
    search = _Search(
        practice, visit_type, at, _by_who(busy), _by_who(()), _full_days(practice, visit_type, visits)
    )
    people = {p.id for p in practice.practitioners if visit_type.id in p.visit_types}
    days = frozenset(search.days(first_day, last_day))
    found = {
        Opening(start=start, end=start + visit_type.duration, practitioner=who, visit_type=visit_type.id)
        for who, start, end in slots
        if who in people
        and practitioner in (None, who)
        and end - start >= visit_type.duration
        and start >= search.soonest
        and search.clock.today(start) in days
        and search.taken[who].is_clear(start, start + visit_type.duration)
    }
    return sorted(found, key=lambda opening: (opening.start, opening.practitioner))


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


def needs_rules(practice: Practice) -> bool:
    """Whether more than who is busy decides: rooms, or so many visits of a kind a day."""
    return any(kind.rooms or kind.per_day is not None for kind in practice.visit_types)


def day_of(practice: Practice, opening: Opening) -> tuple[datetime, datetime]:
    """The local day on which it begins."""
    clock = PracticeTime(practice.time_zone)
    return clock.day(clock.today(opening.start))


def blocked_range(practice: Practice, opening: Opening) -> tuple[datetime, datetime]:
    """The time that a visit takes out of the diary: itself and its buffers."""
    visit_type = practice.visit_type(opening.visit_type)
    if visit_type is None:
        return opening.start, opening.end
    return opening.start - visit_type.buffer_before, opening.end + visit_type.buffer_after


def site_of(practice: Practice, opening: Opening) -> str | None:
    """Where the practitioner is at that time; None where the practice has one place only, or nobody knows."""
    clock = PracticeTime(practice.time_zone)
    wall = clock.wall(opening.start)
    person = practice.practitioner(opening.practitioner)
    hours = working(practice, person, wall.date()) if person else ()
    return next((site for start, end, site in hours if start <= wall.time() < end), None)


def place_of(practice: Practice, opening: Opening) -> str:
    """Where the patient has to go, in one line: a name and an address."""
    where = site_of(practice, opening) if practice.sites else None
    site = next((one for one in practice.sites if one.id == where), None)
    if site is None:
        return f"{practice.name}, {practice.address}"
    return f"{practice.name}, {site.name}, {site.address}"


def rooms_for(practice: Practice, opening: Opening) -> tuple[str, ...]:
    """The rooms that this visit could be in, the preferred first; () when it needs none."""
    visit_type = practice.visit_type(opening.visit_type)
    if visit_type is None or not visit_type.rooms:
        return ()
    return _rooms_at(practice, visit_type, site_of(practice, opening))


@dataclass(frozen=True, slots=True)
class _Search:
    """One visit type's openings: what is asked of every start."""

    practice: Practice
    visit_type: VisitType
    at: datetime
    taken: "Mapping[str, _Merged]"
    rooms: "Mapping[str, _Merged]"
    full: frozenset[date]

    @property
    def clock(self) -> PracticeTime:
        return PracticeTime(self.practice.time_zone)

    @property
    def soonest(self) -> datetime:
        return self.at + self.visit_type.lead

    def days(self, first: date, last: date) -> Iterator[date]:
        day = max(first, self.clock.today(self.at))
        last = min(last, (self.clock.wall(self.at) + self.practice.horizon).date())
        while day <= last:
            if day not in self.full:
                yield day
            day += DAY

    def in_hours(self, person: Practitioner, day: date, site: str | None) -> Iterator[Opening]:
        hours = working(self.practice, person, day)
        if site is not None:
            hours = tuple(one for one in hours if one[2] == site)
        if not hours:
            return
        kept = self._kept(person, day)
        if self.visit_type.rooms:
            for one in hours:
                rooms = _rooms_at(self.practice, self.visit_type, one[2])
                yield from self._free(person, self._starts(day, (one,)), kept, rooms)
            return
        starts = self._starts(day, hours)
        if kept is None and starts and min(starts) >= self.soonest:
            yield from self._as_before(person, day, hours, starts)
        else:
            yield from self._free(person, starts, kept, None)

    def _as_before(
        self, person: Practitioner, day: date, hours: tuple[Working, ...], starts: tuple[datetime, ...]
    ) -> tuple[Opening, ...]:
        """Most days of most people are as they were when the last patient asked."""
        visit_type = self.visit_type
        before, after, duration = visit_type.buffer_before, visit_type.buffer_after, visit_type.duration
        taken = tuple(self.taken[person.id].between(min(starts) - before, max(starts) + duration + after))
        zone = self.practice.time_zone
        return _free_day(zone, day, hours, duration, before, after, taken, person.id, visit_type.id)

    def in_blocks(self, person: Practitioner, day: date, blocks: "_Merged") -> Iterator[Opening]:
        """A free block may end where we know nothing of what follows: buffers lie within it, too."""
        before, after = self.visit_type.buffer_before, self.visit_type.buffer_after
        starts = {
            start
            for begin, end in blocks.between(*self.clock.day(day))
            for start in self._in_block(day, begin + before, end - after)
        }
        yield from self._free(person, sorted(starts), self._kept(person, day), None)

    def _in_block(self, day: date, begin: datetime, end: datetime) -> Iterator[datetime]:
        """On the grid, and where the block begins."""
        begin, duration = _whole_minute(begin), self.visit_type.duration
        first, midnight = self.clock.wall(begin), datetime.combine(day, time())
        on_grid = midnight + max(-(-(first - midnight) // GRID), 0) * GRID
        walls = [first] if first.date() == day else []
        walls += [on_grid + count * GRID for count in range((midnight + DAY - on_grid) // GRID)]
        for wall in walls:
            start = self.clock.unbroken(wall, duration)
            if start is not None and begin <= start and start + duration <= end:
                yield start

    def _free(
        self,
        person: Practitioner,
        starts: Iterable[datetime],
        kept: "_Merged | None",
        rooms: tuple[str, ...] | None,
    ) -> Iterator[Opening]:
        visit_type, soonest = self.visit_type, self.soonest
        before, after, duration = visit_type.buffer_before, visit_type.buffer_after, visit_type.duration
        is_clear = self.taken[person.id].is_clear
        near = self.at + self.practice.kept_free_until
        for start in starts:
            end = start + duration
            if start < soonest or not is_clear(start - before, end + after):
                continue
            if kept is not None and start > near and not kept.is_clear(start, end):
                continue
            if rooms is not None and not any(
                self.rooms[room].is_clear(start - before, end + after) for room in rooms
            ):
                continue
            yield Opening(start=start, end=end, practitioner=person.id, visit_type=visit_type.id)

    def _starts(self, day: date, hours: tuple[Working, ...]) -> tuple[datetime, ...]:
        return _starts(self.practice.time_zone, day, hours, self.visit_type.duration)

    def _kept(self, person: Practitioner, day: date) -> "_Merged | None":
        if not person.kept_free or self.visit_type.urgent:
            return None
        clock = self.clock
        return _Merged(
            (clock.earliest(datetime.combine(day, start)), clock.earliest(datetime.combine(day, end)))
            for start, end, _ in weekly(person.kept_free, day)
        )


class _Merged:
    """Ranges of time, merged, so that one look-up answers."""

    __slots__ = ("ends", "starts")

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

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Those that touch [start, end), whole."""
        for index in range(bisect_right(self.ends, start), bisect_left(self.starts, end)):
            yield self.starts[index], self.ends[index]


@lru_cache(maxsize=4096)
def _free_day(
    zone: str,
    day: date,
    hours: tuple[Working, ...],
    duration: timedelta,
    before: timedelta,
    after: timedelta,
    taken: tuple[tuple[datetime, datetime], ...],
    practitioner: str,
    visit_type: str,
) -> tuple[Opening, ...]:
    """One person's openings on one day, where nothing but what is taken is in the way."""
    is_clear = _Merged(taken).is_clear
    return tuple(
        Opening(start=start, end=start + duration, practitioner=practitioner, visit_type=visit_type)
        for start in _starts(zone, day, hours, duration)
        if is_clear(start - before, start + duration + after)
    )


def _by_who(busy: Busy) -> Mapping[str, _Merged]:
    ranges: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for who, start, end in busy:
        ranges[who].append((start, end))
    return defaultdict(_Merged, {who: _Merged(pairs) for who, pairs in ranges.items()})


def _full_days(practice: Practice, visit_type: VisitType, visits: Visits) -> frozenset[date]:
    """Local days that have as many visits of this kind as the practice takes."""
    if visit_type.per_day is None:
        return frozenset()
    clock = PracticeTime(practice.time_zone)
    counted = Counter(clock.today(start) for kind, start in visits if kind == visit_type.id)
    return frozenset(day for day, number in counted.items() if number >= visit_type.per_day)


def _rooms_at(practice: Practice, visit_type: VisitType, site: str | None) -> tuple[str, ...]:
    where = {room.id: room.site for room in practice.rooms}
    return tuple(room for room in visit_type.rooms if site is None or where.get(room) in (None, site))


def _whole_minute(moment: datetime) -> datetime:
    """The next one, unless it is one."""
    cut = moment.replace(second=0, microsecond=0)
    return cut if cut == moment else cut + MINUTE


@lru_cache(maxsize=65536)
def _starts(zone: str, day: date, hours: tuple[Working, ...], duration: timedelta) -> tuple[datetime, ...]:
    """Where a visit could begin on that day if nobody else came: the same for every patient who asks."""
    return tuple(dict.fromkeys(_on_the_grid(PracticeTime(zone), day, hours, duration)))


def _on_the_grid(
    clock: PracticeTime, day: date, hours: tuple[Working, ...], duration: timedelta
) -> Iterator[datetime]:
    midnight = datetime.combine(day, time())
    for begin, until, _ in hours:
        since_midnight = datetime.combine(day, begin) - midnight
        wall = midnight + -(-since_midnight // GRID) * GRID
        last = datetime.combine(day, until) - duration
        while wall <= last:
            start = clock.unbroken(wall, duration)
            if start is not None:
                yield start
            wall += GRID

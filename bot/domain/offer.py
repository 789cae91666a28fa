"""Which few of many openings a receptionist would offer.

What the patient asked for, if there is any of it; otherwise what is nearest to it, before and after. Among
those, days, times of day and practitioners spread, and starts preferred that leave no useless gap in the
diary. The choice is greedy: each step takes the opening with the least penalty, counted in hours of
inconvenience, so the same openings and wish always give the same offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.diary import Opening, Wish
from bot.domain.openings import GRID
from bot.domain.practice_time import DAY, MINUTE, PracticeTime

HOUR = timedelta(hours=1)

Window = tuple[datetime, datetime]  # naive wall times, half-open

# Penalties, in hours of inconvenience.
LATER_DAY = 3.0  # for each day that something is free and that lies between
SAME_DAY = 4.0
SAME_PART_OF_DAY = 5.0
WITHIN_AN_HOUR = 8.0
SAME_START = 30.0  # another practitioner at the same minute is hardly another choice
SAME_PRACTITIONER = 1.0
LEAVES_A_GAP = 2.0
UNLIKELIER_WINDOW = 2.0
NEAR_RATHER_THAN_SPREAD = 0.4  # the weight of spreading alternatives
OTHER_DAY = 4.0  # a day away weighs as much as four hours away on the day itself


@dataclass(frozen=True, slots=True)
class _Candidate:
    opening: Opening
    wall: datetime

    @property
    def part_of_day(self) -> int:
        return (self.wall.time() >= time(13)) + (self.wall.time() >= time(17))


def offer(openings: Sequence[Opening], wish: Wish, *, clock: PracticeTime, limit: int) -> tuple[Opening, ...]:
    """At most `limit` of the openings, by start. Empty only when there are none at all.

    Only openings that match the whole wish; when none does, the nearest, with the practitioner and the first
    day wished for as long as anything is left so.
    """
    walls = {opening: clock.wall(opening.start) for opening in openings}
    pool = [opening for opening in openings if _matches(walls[opening], opening, wish)]
    is_match = bool(pool)
    pool = pool or _bearable(openings, walls, wish)
    tidy = _tidy(openings)
    days = {day: index for index, day in enumerate(sorted({walls[opening].date() for opening in pool}))}
    penalties: dict[_Candidate, float] = {}
    for opening in sorted(pool):
        wall = walls[opening]
        penalty = _distance(wall, wish) + _minutes(wall.time()) / (24 * 60)
        if not wish.windows or is_match:
            penalty += days[wall.date()] * (LATER_DAY if is_match else LATER_DAY / 2)
        if opening not in tidy:
            penalty += LEAVES_A_GAP
        penalties[_Candidate(opening, wall)] = penalty
    sameness = _sameness if is_match or not wish.windows else _sameness_of_alternatives
    chosen: list[Opening] = []
    while penalties and len(chosen) < limit:
        best = min(penalties, key=lambda candidate: (penalties[candidate], candidate.opening))
        chosen.append(best.opening)
        del penalties[best]
        for candidate in penalties:
            penalties[candidate] += sameness(candidate, best)
    return tuple(sorted(chosen))


def _matches(wall: datetime, opening: Opening, wish: Wish) -> bool:
    return (
        wish.practitioner in (None, opening.practitioner)
        and (wish.not_before is None or wall.date() >= wish.not_before)
        and _part_distance(wall.time(), wish.part) == 0
        and (not wish.windows or any(_lies_in(wall, window) for window in wish.windows))
    )


def _bearable(openings: Sequence[Opening], walls: dict[Opening, datetime], wish: Wish) -> list[Opening]:
    """What comes into question when nothing matches: as much of practitioner and first day as can be kept."""
    for whoever, whenever in ((False, False), (False, True), (True, False), (True, True)):
        kept = [
            opening
            for opening in openings
            if (whoever or wish.practitioner in (None, opening.practitioner))
            and (whenever or wish.not_before is None or walls[opening].date() >= wish.not_before)
        ]
        if kept:
            return kept
    return []


def _sameness(one: _Candidate, other: _Candidate) -> float:
    """How much less another opening is worth beside one that is already offered."""
    penalty = SAME_PRACTITIONER * (one.opening.practitioner == other.opening.practitioner)
    if one.wall.date() == other.wall.date():
        penalty += SAME_DAY
        penalty += SAME_PART_OF_DAY * (one.part_of_day == other.part_of_day)
        penalty += WITHIN_AN_HOUR * (abs(one.wall - other.wall) < HOUR)
        penalty += SAME_START * (one.wall == other.wall)
    return penalty


def _sameness_of_alternatives(one: _Candidate, other: _Candidate) -> float:
    """When a time was asked for that is not to be had, what is near counts more than what is different."""
    if one.wall.date() != other.wall.date():
        return 0.0
    penalty = SAME_DAY + WITHIN_AN_HOUR * (abs(one.wall - other.wall) < HOUR)
    return NEAR_RATHER_THAN_SPREAD * (penalty + SAME_START * (one.wall == other.wall))


def _tidy(openings: Sequence[Opening]) -> set[Opening]:
    """Openings at the edge of free time, or a whole number of visits after its beginning: those that leave no
    gap too short for such a visit."""
    starts = {(opening.practitioner, opening.start) for opening in openings}
    tidy: set[Opening] = set()
    begin: dict[str, datetime] = {}
    for opening in sorted(openings):
        who, start = opening.practitioner, opening.start
        if (who, start - GRID) not in starts:
            begin[who] = start
        is_last = (who, start + GRID) not in starts
        if is_last or (start - begin[who]) % (opening.end - start) == timedelta(0):
            tidy.add(opening)
    return tidy


def _lies_in(wall: datetime, window: Window) -> bool:
    return timedelta(0) <= wall - window[0] < _length(window)


def _length(window: Window) -> timedelta:
    """A moment given without a length lasts a minute."""
    return max(window[1] - window[0], MINUTE)


def _distance(wall: datetime, wish: Wish) -> float:
    """How far from what was wished for, in hours; 0 for a match in the likeliest window."""
    distance = _part_distance(wall.time(), wish.part)
    if wish.windows:
        distance += min(
            index * UNLIKELIER_WINDOW + _window_distance(wall, window)
            for index, window in enumerate(wish.windows)
        )
    return distance


def _window_distance(wall: datetime, window: Window) -> float:
    """Days away and hours of the day away: the same time on the next day is a near miss."""
    if _lies_in(wall, window):
        return 0.0
    length = _length(window)
    start, last = window[0], window[0] + (length - MINUTE)
    days = max((start.date() - wall.date()).days, (wall.date() - last.date()).days, 0)
    hours = 0.0 if length >= DAY else _part_distance(wall.time(), (start.time(), last.time()))
    return days * OTHER_DAY + hours


def _part_distance(moment: time, part: tuple[time, time] | None) -> float:
    """Hours between a time of day and a part of the day, half-open; a part may span midnight."""
    if part is None:
        return 0.0
    start, end, at = _minutes(part[0]), _minutes(part[1]), _minutes(moment)
    if start <= end:
        inside = start <= at < max(end, start + 1)
        distance = min(abs(at - start), abs(at - end + 1))
    else:
        inside = at >= start or at < end
        distance = min(start - at, at - end + 1)
    return 0.0 if inside else distance / 60


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute

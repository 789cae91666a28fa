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


#: An offer of so many openings never has to look at more days than this many more.
DAYS_TO_SPARE = 4


@dataclass(slots=True)
class _Candidate:
    """An opening under consideration; times as plain numbers, since every step compares all of them."""

    opening: Opening
    penalty: float
    day: int
    minute: int  # since the beginning of days
    part_of_day: int


def offer(openings: Sequence[Opening], wish: Wish, *, clock: PracticeTime, limit: int) -> tuple[Opening, ...]:
    """At most `limit` of the openings, which come by start, and so do these. Empty only when there are none.

    Only openings that match the whole wish; when none does, the nearest, with the practitioner and the first
    day wished for as long as anything is left so.
    """
    walls = [(opening, clock.wall(opening.start)) for opening in openings]
    pool = [(opening, wall) for opening, wall in walls if _matches(wall, opening, wish)]
    is_match = bool(pool)
    candidates = _weighed(pool or _bearable(walls, wish), openings, wish, is_match=is_match, limit=limit)
    sameness = _sameness if is_match or not wish.windows else _sameness_of_alternatives
    chosen: list[Opening] = []
    while candidates and len(chosen) < limit:
        best = min(candidates, key=_by_penalty)
        chosen.append(best.opening)
        candidates.remove(best)
        for candidate in candidates:
            candidate.penalty += sameness(candidate, best)
    return tuple(sorted(chosen))


def _by_penalty(candidate: _Candidate) -> tuple[float, int, str]:
    return candidate.penalty, candidate.minute, candidate.opening.practitioner


def _weighed(
    pool: Sequence[tuple[Opening, datetime]],
    openings: Sequence[Opening],
    wish: Wish,
    *,
    is_match: bool,
    limit: int,
) -> list[_Candidate]:
    """What each opening costs before anything is chosen; days too far down to be reached are left out."""
    tidy = _tidy(openings)
    days = {day: index for index, day in enumerate(sorted({wall.date() for _, wall in pool}))}
    by_day = not wish.windows or is_match
    weighed: dict[int, list[_Candidate]] = {}
    for opening, wall in pool:
        minutes = _minutes(wall.time())
        penalty = _distance(wall, wish) + minutes / (24 * 60)
        if by_day:
            penalty += days[wall.date()] * (LATER_DAY if is_match else LATER_DAY / 2)
        if (opening.practitioner, opening.start) not in tidy:
            penalty += LEAVES_A_GAP
        day = wall.toordinal()
        part_of_day = (minutes >= 13 * 60) + (minutes >= 17 * 60)
        weighed.setdefault(day, []).append(
            _Candidate(opening, penalty, day, day * 24 * 60 + minutes, part_of_day)
        )
    best_days = sorted(weighed.values(), key=lambda day: min(candidate.penalty for candidate in day))
    return [candidate for day in best_days[: limit + DAYS_TO_SPARE] for candidate in day]


def _matches(wall: datetime, opening: Opening, wish: Wish) -> bool:
    return (
        wish.practitioner in (None, opening.practitioner)
        and (wish.not_before is None or wall.date() >= wish.not_before)
        and _part_distance(wall.time(), wish.part) == 0
        and (not wish.windows or any(_lies_in(wall, window) for window in wish.windows))
    )


def _bearable(walls: Sequence[tuple[Opening, datetime]], wish: Wish) -> list[tuple[Opening, datetime]]:
    """What comes into question when nothing matches: as much of practitioner and first day as can be kept."""
    for whoever, whenever in ((False, False), (False, True), (True, False), (True, True)):
        kept = [
            (opening, wall)
            for opening, wall in walls
            if (whoever or wish.practitioner in (None, opening.practitioner))
            and (whenever or wish.not_before is None or wall.date() >= wish.not_before)
        ]
        if kept:
            return kept
    return []


def _sameness(one: _Candidate, other: _Candidate) -> float:
    """How much less another opening is worth beside one that is already offered."""
    penalty = SAME_PRACTITIONER * (one.opening.practitioner == other.opening.practitioner)
    if one.day == other.day:
        penalty += SAME_DAY
        penalty += SAME_PART_OF_DAY * (one.part_of_day == other.part_of_day)
        penalty += WITHIN_AN_HOUR * (abs(one.minute - other.minute) < 60)
        penalty += SAME_START * (one.minute == other.minute)
    return penalty


def _sameness_of_alternatives(one: _Candidate, other: _Candidate) -> float:
    """When a time was asked for that is not to be had, what is near counts more than what is different."""
    if one.day != other.day:
        return 0.0
    penalty = SAME_DAY + WITHIN_AN_HOUR * (abs(one.minute - other.minute) < 60)
    return NEAR_RATHER_THAN_SPREAD * (penalty + SAME_START * (one.minute == other.minute))


def _tidy(openings: Sequence[Opening]) -> set[tuple[str, datetime]]:
    """Openings at the edge of free time, or a whole number of visits after its beginning: those that leave no
    gap too short for such a visit."""
    starts = {(opening.practitioner, opening.start) for opening in openings}
    tidy: set[tuple[str, datetime]] = set()
    begin: dict[str, datetime] = {}
    for opening in openings:
        who, start = opening.practitioner, opening.start
        if (who, start - GRID) not in starts:
            begin[who] = start
        is_last = (who, start + GRID) not in starts
        if is_last or (start - begin[who]) % (opening.end - start) == timedelta(0):
            tidy.add((who, start))
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

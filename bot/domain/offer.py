"""Which few of many openings a receptionist would offer.

What the patient asked for, if there is any of it; otherwise what is nearest to it, before and after. Among
those, days, times of day and practitioners spread, and starts preferred that leave no useless gap in the
diary. The choice is greedy: each step takes the opening with the least penalty, counted in hours of
inconvenience, so the same openings and wish always give the same offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.domain.diary import Opening, Wish
from bot.domain.openings import GRID
from bot.domain.practice_time import DAY, MINUTE, PracticeTime

Window = tuple[datetime, datetime]  # naive wall times, half-open
_NOTHING = timedelta(0)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """Openings under consideration, in the order that decides between equals; a row of numbers for each, as
    every choice is weighed against all of them."""

    openings: list[Opening]
    penalty: NDArray[np.float64]
    day: NDArray[np.int64]
    minute: NDArray[np.int64]  # since the beginning of days
    part_of_day: NDArray[np.int64]
    practitioner: NDArray[np.int64]


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
    penalty = candidates.penalty.copy()
    chosen: list[Opening] = []
    for _ in range(min(limit, len(candidates.openings))):
        best = int(penalty.argmin())  # the first of equals
        chosen.append(candidates.openings[best])
        penalty += sameness(candidates, best)
        penalty[best] = np.inf
    return tuple(sorted(chosen))


def _weighed(
    pool: Sequence[tuple[Opening, datetime]],
    openings: Sequence[Opening],
    wish: Wish,
    *,
    is_match: bool,
    limit: int,
) -> _Candidates:
    """What each opening costs before anything is chosen; days too far down to be reached are left out."""
    tidy = _tidy(openings)
    days = {day: index for index, day in enumerate(sorted({wall.date() for _, wall in pool}))}
    a_day = 0.0 if wish.windows and not is_match else LATER_DAY if is_match else LATER_DAY / 2
    is_anywhen = not wish.windows and wish.part is None
    weighed: dict[int, list[tuple[float, int, str, Opening]]] = {}
    for opening, wall in pool:
        minutes = _minutes(wall.time())
        penalty = (0.0 if is_anywhen else _distance(wall, wish)) + minutes / (24 * 60)
        penalty += days[wall.date()] * a_day
        if (opening.practitioner, opening.start) not in tidy:
            penalty += LEAVES_A_GAP
        day = wall.toordinal()
        row = (penalty, day * 24 * 60 + minutes, opening.practitioner, opening)
        weighed.setdefault(day, []).append(row)
    best_days = sorted(weighed.values(), key=min)[: limit + DAYS_TO_SPARE]
    rows = sorted((row for day_rows in best_days for row in day_rows), key=lambda row: row[1:3])
    people = {name: index for index, name in enumerate({row[2] for row in rows})}
    minute = np.array([row[1] for row in rows], dtype=np.int64)
    of_the_day = minute % (24 * 60)
    return _Candidates(
        openings=[row[3] for row in rows],
        penalty=np.array([row[0] for row in rows], dtype=np.float64),
        day=minute // (24 * 60),
        minute=minute,
        part_of_day=(of_the_day >= 13 * 60).astype(np.int64) + (of_the_day >= 17 * 60),
        practitioner=np.array([people[row[2]] for row in rows], dtype=np.int64),
    )


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


def _sameness(all_: _Candidates, best: int) -> NDArray[np.float64]:
    """How much less each opening is worth beside one that is already offered."""
    on_that_day = SAME_DAY + SAME_PART_OF_DAY * (all_.part_of_day == all_.part_of_day[best])
    on_that_day += _clash(all_, best)
    penalty: NDArray[np.float64] = np.where(all_.day == all_.day[best], on_that_day, 0.0)
    penalty += SAME_PRACTITIONER * (all_.practitioner == all_.practitioner[best])
    return penalty


def _sameness_of_alternatives(all_: _Candidates, best: int) -> NDArray[np.float64]:
    """When a time was asked for that is not to be had, what is near counts more than what is different."""
    on_that_day = NEAR_RATHER_THAN_SPREAD * (SAME_DAY + _clash(all_, best))
    return np.where(all_.day == all_.day[best], on_that_day, 0.0)


def _clash(all_: _Candidates, best: int) -> NDArray[np.float64]:
    apart = np.abs(all_.minute - all_.minute[best])
    clash: NDArray[np.float64] = WITHIN_AN_HOUR * (apart < 60) + SAME_START * (apart == 0)
    return clash


def _tidy(openings: Sequence[Opening]) -> set[tuple[str, datetime]]:
    """Openings at the edge of free time, or a whole number of visits after its beginning: those that leave no
    gap too short for such a visit."""
    tidy: set[tuple[str, datetime]] = set()
    rows: dict[str, list[datetime]] = {}
    lasting: dict[str, timedelta] = {}
    for opening in openings:
        rows.setdefault(opening.practitioner, []).append(opening.start)
        lasting[opening.practitioner] = opening.end - opening.start
    for who, starts in rows.items():
        begin, before = starts[0], starts[0] - GRID
        for start in starts:
            if start - before != GRID:
                tidy.add((who, before))  # the last of its row
                begin = start
            if (start - begin) % lasting[who] == _NOTHING:
                tidy.add((who, start))
            before = start
        tidy.add((who, before))
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

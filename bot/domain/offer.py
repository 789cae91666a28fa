"""Which few of many openings a receptionist would offer.

What the patient asked for, if there is any of it; otherwise what is nearest to it, before and after. Among
those, days, times of day and practitioners spread, and starts preferred that leave no useless gap in the
diary. The choice is greedy: each step takes the opening with the least penalty, counted in hours of
inconvenience, so the same openings and wish always give the same offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.domain.diary import Opening, Wish
from bot.domain.openings import GRID
from bot.domain.practice_time import DAY, MINUTE, PracticeTime

Window = tuple[datetime, datetime]  # naive wall times, half-open
Numbers = NDArray[np.int64]
_DAY = 24 * 60 * 60
_GRID = int(GRID.total_seconds())

# Penalties, in hours of inconvenience.
LATER_DAY = 3.0  # for each day that something is free and that lies between
SAME_DAY = 4.0
SAME_PART_OF_DAY = 5.0
WITHIN_AN_HOUR = 8.0
SAME_START = 30.0  # another practitioner at the same minute is hardly another choice
SAME_PRACTITIONER = 1.0
LEAVES_A_GAP = 2.0
FILLS_A_GAP = -2.5  # rather that than the same hour of an empty day, but nobody waits a day for it
UNLIKELIER_WINDOW = 2.0
NEAR_RATHER_THAN_SPREAD = 0.4  # the weight of spreading alternatives
OFF_THE_HOUR = 10.0  # for each hour away from one that was told roughly: rather that hour on another day
OTHER_DAY = 4.0  # a day away weighs as much as four hours away on the day itself


ROUGHLY = (30, 60)  # minutes before and after an hour that is told roughly, as `nlu` returns it

#: An offer of so many openings never has to look at more days than this many more.
DAYS_TO_SPARE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """Openings under consideration, in the order that decides between equals; a row of numbers for each, as
    every choice is weighed against all of them."""

    openings: list[Opening]
    penalty: NDArray[np.float64]
    day: Numbers
    minute: Numbers  # since the beginning of days
    part_of_day: Numbers
    practitioner: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walls:
    """All openings as columns of numbers. Times of day and moments are wall times."""

    starts: Numbers  # seconds since 1970, UTC
    seconds: Numbers  # since the beginning of days
    practitioner: Numbers  # by name
    names: list[str]

    @property
    def day(self) -> Numbers:
        return self.seconds // _DAY

    @property
    def minute_of_day(self) -> Numbers:
        return self.seconds % _DAY // 60


def offer(openings: Sequence[Opening], wish: Wish, *, clock: PracticeTime, limit: int) -> tuple[Opening, ...]:
    """At most `limit` of the openings, which come by start, and so do these. Empty only when there are none.

    Only openings that match the whole wish; when none does, the nearest, with the practitioner and the first
    day wished for as long as anything is left so.
    """
    if not openings:
        return ()
    walls = _walls(openings, clock)
    pool = np.flatnonzero(_matches(walls, wish))
    is_match = pool.size > 0
    if not is_match:
        pool = _bearable(walls, wish)
    candidates = _weighed(pool, openings, walls, wish, is_match=is_match, limit=limit)
    sameness = _sameness if is_match or not wish.windows else _sameness_of_alternatives
    penalty = candidates.penalty.copy()
    chosen: list[Opening] = []
    for _ in range(min(limit, len(candidates.openings))):
        best = int(penalty.argmin())  # the first of equals
        chosen.append(candidates.openings[best])
        penalty += sameness(candidates, best)
        penalty[best] = np.inf
    return tuple(sorted(chosen))


def _walls(openings: Sequence[Opening], clock: PracticeTime) -> _Walls:
    names = sorted({opening.practitioner for opening in openings})
    rank = {name: index for index, name in enumerate(names)}
    zone = clock.zone
    columns = np.array(
        [(*_seconds(zone, opening.start), rank[opening.practitioner]) for opening in openings],
        dtype=np.int64,
    )
    return _Walls(starts=columns[:, 0], seconds=columns[:, 1], practitioner=columns[:, 2], names=names)


@lru_cache(maxsize=65536)
def _seconds(zone: str, start: datetime) -> tuple[int, int]:
    """Since 1970, and on the wall since the beginning of days: the same for every patient who asks."""
    return int(start.timestamp()), _moment(_clock(zone).wall(start))


@lru_cache(maxsize=64)
def _clock(zone: str) -> PracticeTime:
    return PracticeTime(zone)


def _weighed(
    pool: Numbers,
    openings: Sequence[Opening],
    walls: _Walls,
    wish: Wish,
    *,
    is_match: bool,
    limit: int,
) -> _Candidates:
    """What each opening costs before anything is chosen; days too far down to be reached are left out."""
    a_day = 0.0 if wish.windows and not is_match else LATER_DAY if is_match else LATER_DAY / 2
    day, minutes = walls.day[pool], walls.minute_of_day[pool]
    practitioner = walls.practitioner[pool]
    about = _told_roughly(wish)
    days, index_of_day = np.unique(day, return_inverse=True)
    is_anywhen = not wish.windows and wish.part is None
    penalty = (0.0 if is_anywhen else _distance(walls, pool, wish)) + minutes / (24 * 60)
    penalty += index_of_day * a_day
    if about is not None:
        penalty += np.abs(minutes - about) / 60 * OFF_THE_HOUR
    tidy, fills = (each[pool] for each in _is_tidy(openings, walls))
    penalty += np.where(tidy, 0.0, LEAVES_A_GAP) + np.where(fills, FILLS_A_GAP, 0.0)
    minute = day * (24 * 60) + minutes
    best_first = np.lexsort((practitioner, minute, penalty))
    _, best_of_day = np.unique(index_of_day[best_first], return_index=True)
    kept_days = np.argsort(best_of_day, kind="stable")[: limit + DAYS_TO_SPARE]
    is_kept = np.zeros(len(days), dtype=bool)
    is_kept[kept_days] = True
    kept = np.flatnonzero(is_kept[index_of_day])
    kept = kept[np.lexsort((practitioner[kept], minute[kept]))]
    of_the_day = minutes[kept]
    return _Candidates(
        openings=[_said_of(openings[pool[index]], bool(fills[index])) for index in kept],
        penalty=penalty[kept],
        day=day[kept],
        minute=minute[kept],
        part_of_day=(of_the_day >= 13 * 60).astype(np.int64) + (of_the_day >= 17 * 60),
        practitioner=practitioner[kept],
    )


def _told_roughly(wish: Wish) -> int | None:
    """ "Around eleven" is understood as half past ten to twelve, of any day; the hour itself comes first."""
    if wish.part is None or wish.windows:
        return None
    start, end = _minutes(wish.part[0]), _minutes(wish.part[1])
    return start + ROUGHLY[0] if end - start == sum(ROUGHLY) else None


def _said_of(opening: Opening, fills_a_gap: bool) -> Opening:
    return replace(opening, fills_a_gap=True) if fills_a_gap else opening


def _matches(walls: _Walls, wish: Wish) -> NDArray[np.bool_]:
    matches = _is_with(walls, wish) & _is_not_before(walls, wish)
    if wish.part is not None:
        matches &= _part_distance(walls.minute_of_day, wish.part) == 0
    if wish.windows:
        lies_in = np.zeros(len(matches), dtype=bool)
        for window in wish.windows:
            lies_in |= _lies_in(walls.seconds, window)
        matches &= lies_in
    return matches


def _is_with(walls: _Walls, wish: Wish) -> NDArray[np.bool_]:
    if wish.practitioner is None:
        return np.ones(len(walls.seconds), dtype=bool)
    rank = walls.names.index(wish.practitioner) if wish.practitioner in walls.names else -1
    with_them: NDArray[np.bool_] = walls.practitioner == rank
    return with_them


def _is_not_before(walls: _Walls, wish: Wish) -> NDArray[np.bool_]:
    first = wish.not_before.toordinal() if wish.not_before is not None else 0
    return walls.day >= first


def _bearable(walls: _Walls, wish: Wish) -> Numbers:
    """What comes into question when nothing matches: as much of practitioner and first day as can be kept."""
    whoever = whenever = np.ones(len(walls.seconds), dtype=bool)
    with_them, from_then = _is_with(walls, wish), _is_not_before(walls, wish)
    for kept in (with_them & from_then, with_them & whenever, whoever & from_then):
        if kept.any():
            return np.flatnonzero(kept)
    return np.arange(len(walls.seconds))


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


def _is_tidy(openings: Sequence[Opening], walls: _Walls) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Openings at the edge of free time, or a whole number of visits after its beginning: those that leave no
    gap too short for such a visit. And those that fill one: free time in which they alone fit."""
    tidy = np.zeros(len(openings), dtype=bool)
    fills = np.zeros(len(openings), dtype=bool)
    for rank in range(len(walls.names)):
        mine = np.flatnonzero(walls.practitioner == rank)
        mine = mine[np.argsort(walls.starts[mine], kind="stable")]
        starts = walls.starts[mine]
        begins = np.concatenate(([True], np.diff(starts) != _GRID))
        row_began = starts[np.maximum.accumulate(np.where(begins, np.arange(len(mine)), 0))]
        last = openings[mine[-1]]
        lasting = int((last.end - last.start).total_seconds())
        is_last = np.concatenate((begins[1:], [True]))
        tidy[mine] = is_last | ((starts - row_began) % lasting == 0)
        if not (begins & is_last).all():  # else it names single times, which says nothing of gaps
            fills[mine] = begins & is_last
    return tidy, fills


def _lies_in(seconds: Numbers, window: Window) -> NDArray[np.bool_]:
    since = seconds - _moment(window[0])
    return (since >= 0) & (since < _length(window).total_seconds())


def _length(window: Window) -> timedelta:
    """A moment given without a length lasts a minute."""
    return max(window[1] - window[0], MINUTE)


def _distance(walls: _Walls, pool: Numbers, wish: Wish) -> NDArray[np.float64]:
    """How far from what was wished for, in hours; 0 for a match in the likeliest window."""
    distance = np.zeros(len(pool))
    if wish.part is not None:
        distance += _part_distance(walls.minute_of_day[pool], wish.part)
    if wish.windows:
        each = [
            index * UNLIKELIER_WINDOW + _window_distance(walls.seconds[pool], window)
            for index, window in enumerate(wish.windows)
        ]
        distance += np.minimum.reduce(each)
    return distance


def _window_distance(seconds: Numbers, window: Window) -> NDArray[np.float64]:
    """Days away and hours of the day away: the same time on the next day is a near miss."""
    length = _length(window)
    start, last = window[0], window[0] + (length - MINUTE)
    day = seconds // _DAY
    days = np.maximum(np.maximum(start.toordinal() - day, day - last.toordinal()), 0)
    far: NDArray[np.float64] = days * OTHER_DAY
    if length < DAY:
        far = far + _part_distance(seconds % _DAY // 60, (start.time(), last.time()))
    return np.where(_lies_in(seconds, window), 0.0, far)


def _part_distance(at: Numbers, part: tuple[time, time]) -> NDArray[np.float64]:
    """Hours between minutes of the day and a part of the day, half-open; a part may span midnight."""
    start, end = _minutes(part[0]), _minutes(part[1])
    if start <= end:
        inside = (start <= at) & (at < max(end, start + 1))
        distance = np.minimum(np.abs(at - start), np.abs(at - end + 1))
    else:
        inside = (at >= start) | (at < end)
        distance = np.minimum(start - at, at - end + 1)
    return np.where(inside, 0.0, distance / 60)


def _moment(wall: datetime) -> int:
    """Seconds since the beginning of days."""
    return wall.toordinal() * _DAY + wall.hour * 3600 + wall.minute * 60 + wall.second


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute

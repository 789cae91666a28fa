"""Many who want the same: whoever loses a race is not sent into the next one.

A receptionist who has just turned away twenty people for one time does not name the same six others to all
of them. While holds keep failing, offers are taken in turn from a longer list of the best. That list is
remembered for a moment: two hundred who wait for another time cannot wait for two hundred rankings.
"""

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.diary import Opening, Wish

LATELY = timedelta(seconds=10)
FEW = 4  # losses that are nothing unusual
LONGEST = 300  # openings among which a crowd is spread
REMEMBERED = timedelta(seconds=2)
WISHES = 32  # that are remembered at once

Rank = Callable[[int], Sequence[Opening]]  # the best so many of what is free


@dataclass(slots=True, kw_only=True)
class _Ranked:
    """The best of what was free, as far as it still is."""

    at: datetime
    best: Sequence[Opening]
    of: Sequence[Opening]

    def leave_out_what_is_taken(self, free: Sequence[Opening]) -> None:
        if free is not self.of:  # who asked together has the same before them
            there = set(free)
            self.best = [one for one in self.best if one in there]
            self.of = free


class Crowd:
    """How many have lost a race lately, and whose turn it is."""

    def __init__(self) -> None:
        self._lost: deque[datetime] = deque(maxlen=LONGEST)
        self._turn = random.randrange(LONGEST)  # several processes do not begin alike
        self._best: dict[Wish, _Ranked] = {}

    def lost(self, at: datetime) -> None:
        self._lost.append(at)

    def offer(
        self, wish: Wish, free: Sequence[Opening], limit: int, *, at: datetime, rank: Rank
    ) -> tuple[Opening, ...]:
        """At most `limit` of what is free, by start: the best, or while there is a crowd a share of the good.
        What is not free any more is never among them, however it was ranked."""
        width = self._width(limit, at=at)
        if width <= limit:
            self._best.clear()
            return tuple(rank(limit))
        return self._share(self._ranked(wish, free, width, limit, at=at, rank=rank), limit)

    def _ranked(
        self, wish: Wish, free: Sequence[Opening], width: int, limit: int, *, at: datetime, rank: Rank
    ) -> Sequence[Opening]:
        known = self._best.get(wish)
        if known is not None and timedelta(0) <= at - known.at < REMEMBERED:
            known.leave_out_what_is_taken(free)
            if len(known.best) >= min(max(limit, width // 2), len(free)):
                return known.best
        if len(self._best) >= WISHES:
            self._best.clear()
        self._best[wish] = known = _Ranked(at=at, best=rank(width), of=free)
        return known.best

    def _width(self, limit: int, *, at: datetime) -> int:
        """How many of the best openings are to be considered for an offer of so many."""
        while self._lost and not timedelta(0) <= at - self._lost[0] < LATELY:
            self._lost.popleft()
        return limit if len(self._lost) <= FEW else min(limit + 3 * len(self._lost), LONGEST)

    def _share(self, best: Sequence[Opening], limit: int) -> tuple[Opening, ...]:
        """The part of them that is offered this time, by start."""
        if len(best) <= limit:
            return tuple(best)
        first = self._turn % len(best)
        self._turn += limit
        return tuple(sorted((*best, *best)[first : first + limit]))

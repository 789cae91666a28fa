"""Many who want the same: whoever loses a race is not sent into the next one.

A receptionist who has just turned away twenty people for one time does not name the same six others to all of
them. While holds keep failing, offers are taken in turn from a longer list of the best.
"""

import random
from collections import deque
from datetime import datetime, timedelta

from bot.domain.diary import Opening

LATELY = timedelta(seconds=10)
FEW = 4  # losses that are nothing unusual
LONGEST = 150  # openings among which a crowd is spread


class Crowd:
    """How many have lost a race lately, and whose turn it is."""

    def __init__(self) -> None:
        self._lost: deque[datetime] = deque(maxlen=LONGEST)
        self._turn = random.randrange(LONGEST)  # several processes do not begin alike

    def lost(self, at: datetime) -> None:
        self._lost.append(at)

    def width(self, limit: int, *, at: datetime) -> int:
        """How many of the best openings are to be considered for an offer of so many."""
        while self._lost and not timedelta(0) <= at - self._lost[0] < LATELY:
            self._lost.popleft()
        return limit if len(self._lost) <= FEW else min(limit + 2 * len(self._lost), LONGEST)

    def share(self, best: tuple[Opening, ...], limit: int) -> tuple[Opening, ...]:
        """The part of them that is offered this time, by start."""
        if len(best) <= limit:
            return best
        first = self._turn % len(best)
        self._turn += limit
        return tuple(sorted((best + best)[first : first + limit]))

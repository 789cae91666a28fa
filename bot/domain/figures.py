"""How fast people answered, and whom nobody did: figures of a practice, from facts that are stored anyway.

Pure. Times count while somebody is at the desk (bot.domain.desk_time); days are the practice's own.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.desk_time import open_time
from bot.domain.handoff import Outcome
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime

#: A hand-off with one of these needs no words of a person here.
_SETTLED_OTHERWISE = frozenset({Outcome.PHONED, Outcome.NO_REPLY_NEEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFact:
    """One hand-off, as it was stored."""

    conversation: str
    reason: str
    opened_at: datetime
    answered_at: datetime | None = None  # the first words of a person
    answered_by: str | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def was_never_answered(self) -> bool:
        """Nobody wrote, and nothing says that nobody had to."""
        return self.answered_at is None and self.outcome not in _SETTLED_OTHERWISE


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Figures of some hand-offs. Percentiles by nearest rank, in open time; None without any."""

    handoffs: int
    answered: int
    never_answered: int
    first_answer_p50: timedelta | None
    first_answer_p90: timedelta | None
    settled: int
    settled_p50: timedelta | None  # from the hand-off's beginning to its end
    settled_p90: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of the hand-offs that began within [start, end)."""

    total: Line
    reasons: tuple[tuple[str, int], ...]  # the most frequent first, then by name
    people: tuple[tuple[str, Line], ...]  # by whoever answered first, by name
    days: tuple[tuple[date, Line], ...]  # each day on which one began
    never_answered: tuple[HandoffFact, ...] = field(default=())  # oldest first


def figures(practice: Practice, facts: Iterable[HandoffFact], *, start: datetime, end: datetime) -> Figures:
    """`facts` in any order; those that began outside of [start, end) are left out."""
    clock = PracticeTime(practice.time_zone)
    within = sorted((f for f in facts if start <= f.opened_at < end), key=lambda f: f.opened_at)
    timed = [_timed(practice, fact) for fact in within]
    days: dict[date, list[_Timed]] = defaultdict(list)
    people: dict[str, list[_Timed]] = defaultdict(list)
    for one in timed:
        days[clock.today(one.fact.opened_at)].append(one)
        if one.fact.answered_by:
            people[one.fact.answered_by].append(one)
    return Figures(
        total=_line(timed),
        reasons=tuple(sorted(Counter(f.reason for f in within).items(), key=lambda r: (-r[1], r[0]))),
        people=tuple((who, _line(people[who])) for who in sorted(people)),
        days=tuple((day, _line(days[day])) for day in sorted(days)),
        never_answered=tuple(f for f in within if f.was_never_answered),
    )


@dataclass(frozen=True, slots=True)
class _Timed:
    """A hand-off, and the open time until its first answer and until its end."""

    fact: HandoffFact
    wait: timedelta | None
    lasted: timedelta | None


def _timed(practice: Practice, fact: HandoffFact) -> _Timed:
    return _Timed(
        fact,
        None if fact.answered_at is None else open_time(practice, fact.opened_at, fact.answered_at),
        None if fact.closed_at is None else open_time(practice, fact.opened_at, fact.closed_at),
    )


def _line(timed: Sequence[_Timed]) -> Line:
    waits = sorted(one.wait for one in timed if one.wait is not None)
    lasted = sorted(one.lasted for one in timed if one.lasted is not None)
    return Line(
        handoffs=len(timed),
        answered=len(waits),
        never_answered=sum(one.fact.was_never_answered for one in timed),
        first_answer_p50=_nearest_rank(waits, 50),
        first_answer_p90=_nearest_rank(waits, 90),
        settled=len(lasted),
        settled_p50=_nearest_rank(lasted, 50),
        settled_p90=_nearest_rank(lasted, 90),
    )


def _nearest_rank(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    return ordered[math.ceil(len(ordered) * percent / 100) - 1] if ordered else None

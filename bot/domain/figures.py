"""How fast people answered, and whom nobody did: figures of a practice, from facts that are stored anyway.

Pure. Times count while somebody is at the desk (bot.domain.desk_time); days are the practice's own.
"""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
    """Figures of some hand-offs. Percentiles by nearest rank, of the first answers; None without any."""

    handoffs: int
    answered: int
    never_answered: int
    first_answer_p50: timedelta | None
    first_answer_p90: timedelta | None


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
    days = sorted({clock.today(f.opened_at) for f in within})
    people = sorted({f.answered_by for f in within if f.answered_by})
    return Figures(
        total=_line(practice, within),
        reasons=tuple(sorted(Counter(f.reason for f in within).items(), key=lambda r: (-r[1], r[0]))),
        people=tuple((who, _line(practice, [f for f in within if f.answered_by == who])) for who in people),
        days=tuple(
            (day, _line(practice, [f for f in within if clock.today(f.opened_at) == day])) for day in days
        ),
        never_answered=tuple(f for f in within if f.was_never_answered),
    )


def _line(practice: Practice, facts: Sequence[HandoffFact]) -> Line:
    waits = sorted(
        open_time(practice, fact.opened_at, fact.answered_at)
        for fact in facts
        if fact.answered_at is not None
    )
    return Line(
        handoffs=len(facts),
        answered=len(waits),
        never_answered=sum(fact.was_never_answered for fact in facts),
        first_answer_p50=_nearest_rank(waits, 50),
        first_answer_p90=_nearest_rank(waits, 90),
    )


def _nearest_rank(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    return ordered[math.ceil(len(ordered) * percent / 100) - 1] if ordered else None


# -- for a spreadsheet --------------------------------------------------------------------------------------


def as_csv(shown: Figures) -> str:
    """One row a line: what it is about, whom or when, and its figures; minutes with one decimal."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(("what", "which", "handoffs", "answered", "never answered", "p50 minutes", "p90 minutes"))
    for row in _rows(shown):
        table.writerow([_inert(str(cell)) for cell in row])
    return written.getvalue()


def _rows(shown: Figures) -> Iterator[tuple[object, ...]]:
    yield ("total", "", *_cells(shown.total))
    for day, line in shown.days:
        yield ("day", day.isoformat(), *_cells(line))
    for who, line in shown.people:
        yield ("person", who, *_cells(line))
    for reason, count in shown.reasons:
        yield ("reason", reason, count, "", "", "", "")


def _cells(line: Line) -> tuple[object, ...]:
    spans = (line.first_answer_p50, line.first_answer_p90)
    minutes = ("" if span is None else f"{span.total_seconds() / 60:.1f}" for span in spans)
    return (line.handoffs, line.answered, line.never_answered, *minutes)


def _inert(cell: str) -> str:
    """A cell that begins like a formula would be run by a spreadsheet (OWASP: CSV injection)."""
    return (
        f"'{cell}"
        if cell.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") or cell[:1] in ("\t", "\r", "\n")
        else cell
    )

"""Figures equal what somebody with a pencil comes to, minute by minute."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.desk_time import after_open_time, is_staffed, open_time
from bot.domain.figures import HandoffFact, figures
from bot.domain.handoff import Outcome
from bot.domain.practice import DeskRules, Shift
from bot.domain.practice_time import PracticeTime
from tests.studio import STUDIO

MINUTE = timedelta(minutes=1)
#: Over the change to summer time on the 29th of March, Easter Monday on the 6th of April, and a day off.
START, DAYS = datetime(2026, 3, 23, tzinfo=UTC), 21
END = START + timedelta(days=DAYS)
SHIFTS = tuple(
    Shift(weekday=day, start=start, end=end)
    for day in range(6)
    for start, end in ((time(8, 30), time(12)), (time(11), time(12, 30)), (time(15), time(19)))
)
PRACTICE = replace(
    STUDIO, desk=DeskRules(shifts=SHIFTS), closed_days=frozenset({date(2026, 4, 1)}), holidays=True
)
WALL = PracticeTime("Europe/Rome")
CLOSED = {date(2026, 4, 1), date(2026, 4, 5), date(2026, 4, 6)}


def _is_open(at: datetime) -> bool:
    wall = WALL.wall(at)
    hours = ((time(8, 30), time(12, 30)), (time(15), time(19)))
    return (
        wall.weekday() < 6
        and wall.date() not in CLOSED
        and any(start <= wall.time() < end for start, end in hours)
    )


#: How many open minutes lie before each minute.
OPEN_BEFORE = [0]
for _minute in range(DAYS * 24 * 60 + 1):
    OPEN_BEFORE.append(OPEN_BEFORE[-1] + _is_open(START + _minute * MINUTE))


def _open_minutes(start: datetime, end: datetime) -> int:
    return OPEN_BEFORE[(end - START) // MINUTE] - OPEN_BEFORE[(start - START) // MINUTE]


def _percentile(waits: Sequence[int], percent: int) -> timedelta | None:
    """The least wait within which at least so many were answered."""
    counted = [w for w in waits if 100 * len([o for o in waits if o <= w]) >= percent * len(waits)]
    return min(counted) * MINUTE if counted else None


def _recount(facts: Sequence[HandoffFact]) -> tuple[object, ...]:
    waits = [_open_minutes(f.opened_at, f.answered_at) for f in facts if f.answered_at]
    never = 0
    for fact in facts:
        if fact.answered_at is None and fact.outcome not in (Outcome.PHONED, Outcome.NO_REPLY_NEEDED):
            never += 1
    lasted = [_open_minutes(f.opened_at, f.closed_at) for f in facts if f.closed_at]
    answers = len(waits), never, _percentile(waits, 50), _percentile(waits, 90)
    return len(facts), *answers, len(lasted), _percentile(lasted, 50), _percentile(lasted, 90)


def _told(line: object) -> tuple[object, ...]:
    names = ("handoffs", "answered", "never_answered", "first_answer_p50", "first_answer_p90")
    return tuple(getattr(line, name) for name in (*names, "settled", "settled_p50", "settled_p90"))


def _check(facts: list[HandoffFact], start: datetime, end: datetime) -> None:
    shown = figures(PRACTICE, facts, start=start, end=end)
    within = [f for f in facts if start <= f.opened_at < end]
    assert _told(shown.total) == _recount(within)
    days = {WALL.wall(f.opened_at).date() for f in within}
    assert [day for day, _ in shown.days] == sorted(days)
    for day, line in shown.days:
        assert _told(line) == _recount([f for f in within if WALL.wall(f.opened_at).date() == day])
    people = {f.answered_by for f in within if f.answered_by is not None}
    assert [who for who, _ in shown.people] == sorted(people)
    for who, line in shown.people:
        assert _told(line) == _recount([f for f in within if f.answered_by == who])
    for reason, count in shown.reasons:
        assert count == len([f for f in within if f.reason == reason])
    assert sum(count for _, count in shown.reasons) == len(within)
    assert len(shown.never_answered) == _recount(within)[2]


minutes = st.integers(0, DAYS * 24 * 60)


@st.composite
def handoffs(draw: st.DrawFn) -> HandoffFact:
    opened, answered, closed = sorted((draw(minutes), draw(minutes), draw(minutes)))
    is_answered = draw(st.booleans())
    return HandoffFact(
        conversation=draw(st.sampled_from(["a", "b"])),
        reason=draw(st.sampled_from(["asked", "emergency", "media"])),
        opened_at=START + opened * MINUTE,
        answered_at=START + answered * MINUTE if is_answered else None,
        answered_by=draw(st.sampled_from(["Giulia", "Marco"])) if is_answered else None,
        closed_at=START + closed * MINUTE if draw(st.booleans()) else None,
        outcome=draw(st.sampled_from([None, *Outcome])),
    )


@settings(max_examples=150, deadline=None)
@given(facts=st.lists(handoffs(), max_size=12), span=st.tuples(minutes, minutes))
@example(facts=[], span=(0, DAYS * 24 * 60))
def test_figures_are_what_a_recount_comes_to(facts: list[HandoffFact], span: tuple[int, int]) -> None:
    first, last = sorted(span)
    _check(facts, START + first * MINUTE, START + last * MINUTE)


def test_ten_thousand_conversations_are_counted_alike() -> None:
    chance = random.Random(20260323)
    facts = []
    for number in range(10_000):
        opened, answered = sorted((chance.randrange(DAYS * 24 * 60), chance.randrange(DAYS * 24 * 60)))
        is_answered = chance.random() < 0.8
        facts.append(
            HandoffFact(
                conversation=str(number),
                reason=chance.choice(["asked", "emergency", "media", "error"]),
                opened_at=START + opened * MINUTE,
                answered_at=START + min(answered, opened + 600) * MINUTE if is_answered else None,
                answered_by=chance.choice(["Giulia", "Marco", "Sara"]) if is_answered else None,
                closed_at=START + min(answered, opened + 900) * MINUTE if chance.random() < 0.7 else None,
                outcome=chance.choice([None, *Outcome]),
            )
        )
    shown = figures(PRACTICE, facts, start=START, end=END)

    waits = sorted(_open_minutes(f.opened_at, f.answered_at) for f in facts if f.answered_at)
    assert shown.total.handoffs == 10_000
    assert shown.total.answered == len(waits)
    assert shown.total.first_answer_p50 == waits[(len(waits) + 1) // 2 - 1] * MINUTE
    assert shown.total.first_answer_p90 == waits[-(-len(waits) * 9 // 10) - 1] * MINUTE
    lasted = sorted(_open_minutes(f.opened_at, f.closed_at) for f in facts if f.closed_at)
    assert shown.total.settled == len(lasted)
    assert shown.total.settled_p50 == lasted[(len(lasted) + 1) // 2 - 1] * MINUTE
    assert shown.total.settled_p90 == lasted[-(-len(lasted) * 9 // 10) - 1] * MINUTE
    assert shown.never_answered == tuple(
        f
        for f in sorted(facts, key=lambda f: f.opened_at)
        if not f.answered_at and f.outcome not in (Outcome.PHONED, Outcome.NO_REPLY_NEEDED)
    )
    assert sum(line.handoffs for _, line in shown.days) == 10_000
    assert sum(line.answered for _, line in shown.people) == len(waits)


@given(first=minutes, last=minutes)
def test_open_time_is_counted_by_the_minute(first: int, last: int) -> None:
    start, end = (START + minute * MINUTE for minute in sorted((first, last)))

    assert open_time(PRACTICE, start, end) == _open_minutes(start, end) * MINUTE
    assert is_staffed(PRACTICE, start) == _is_open(start)


@given(first=st.integers(0, 14 * 24 * 60), wanted=st.integers(1, 300))
def test_a_promise_falls_due_when_its_open_time_has_passed(first: int, wanted: int) -> None:
    at = START + first * MINUTE
    due = after_open_time(PRACTICE, at, wanted * MINUTE)

    assert _open_minutes(at, due) == wanted
    assert _open_minutes(at, due - MINUTE) == wanted - 1

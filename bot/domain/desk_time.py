"""When somebody is at the desk: the time in which patients are answered, and in which promises count.

That is the desk's own hours where practice.yml gives any, else the hours in which anybody treats patients;
never on a closed day. A lunch break is time that does not count. Instants are aware UTC, spans half-open.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from bot.domain.openings import is_closed
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY, PracticeTime

Span = tuple[time, time]

#: A practice without an hour in so many days has no desk: time then counts as it passes.
_LOOK_AHEAD = 60


def hours_on(practice: Practice, day: date) -> tuple[Span, ...]:
    """The desk's hours of a local day, by start; () when it is closed."""
    return () if is_closed(practice, day) else hours_of(practice, day.weekday())


def hours_of(practice: Practice, weekday: int) -> tuple[Span, ...]:
    shifts = practice.desk.shifts or [shift for person in practice.practitioners for shift in person.shifts]
    return union((shift.start, shift.end) for shift in shifts if shift.weekday == weekday)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def is_staffed(practice: Practice, at: datetime) -> bool:
    return any(start <= at < end for start, end in _spans(practice, at, days=1))


def after_open_time(practice: Practice, at: datetime, duration: timedelta) -> datetime:
    """The moment by which so much open time has passed since `at`."""
    left = duration
    for start, end in _spans(practice, at, days=_LOOK_AHEAD):
        begin = max(start, at)
        if begin < end:
            if end - begin >= left:
                return begin + left
            left -= end - begin
    return at + duration


def open_time(practice: Practice, start: datetime, end: datetime) -> timedelta:
    """How much of [start, end) somebody is at the desk."""
    days = (end - start).days + 2
    total = timedelta(0)
    for begin, until in _spans(practice, start, days=days):
        total += max(timedelta(0), min(until, end) - max(begin, start))
    return total


def _spans(practice: Practice, at: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The desk's spans of the local day of `at` and the days after it."""
    clock = PracticeTime(practice.time_zone)
    today = clock.today(at)
    for ahead in range(days):
        day = today + ahead * DAY
        for start, end in hours_on(practice, day):
            yield clock.earliest(datetime.combine(day, start)), clock.earliest(datetime.combine(day, end))

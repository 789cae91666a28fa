"""Why nothing can be free at the time that was asked for: nobody works then, or it is too far ahead.

Only what the practice's own hours say; that others were faster is for the diary to know. All times are walls.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from enum import StrEnum

from bot.domain.desk_time import hours_on
from bot.domain.diary import Wish
from bot.domain.hours import working
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY, PracticeTime

_A_WEEK = 7  # days that tell the hours of any day
_LONG = 62  # days of a wish that are looked through
Span = tuple[time, time]


class NotThen(StrEnum):
    CLOSED = "closed"
    TOO_FAR = "too_far"


def last_bookable_day(practice: Practice, at: datetime) -> date:
    return (PracticeTime(practice.time_zone).wall(at) + practice.horizon).date()


def why_not_then(practice: Practice, wish: Wish, at: datetime) -> NotThen | None:
    """None: somebody works then, or nobody knows, because no hours are written down."""
    last = last_bookable_day(practice, at)
    if wish.windows and all(begin.date() > last for begin, _ in wish.windows):
        return NotThen.TOO_FAR
    if not any(person.shifts for person in practice.practitioners):
        return None
    today = PracticeTime(practice.time_zone).today(at)
    wished = list(_wished_hours(wish, today, last))
    if not wished or any(_is_open(practice, day, span) for day, span in wished):
        return None
    return NotThen.CLOSED


def _wished_hours(wish: Wish, today: date, last: date) -> Iterator[tuple[date, Span]]:
    """Each day that is wished for and can be booked, with the hours wished for on it."""
    midnight = datetime.combine(today, time())
    whole_week = (midnight, midnight + _A_WEEK * DAY)
    if not wish.windows and wish.part is None:
        return
    for begin, end in wish.windows or (whole_week,):
        day = max(begin.date(), today)
        until = min(end, datetime.combine(day + _LONG * DAY, time()))
        while day <= last and datetime.combine(day, time()) < until:
            first = begin.time() if day == begin.date() else time.min
            final = end.time() if day == end.date() else time.max
            early, late = wish.part or (time.min, time.max)
            yield day, (max(first, early), min(final, late) if early <= late else final)
            day += DAY


def _is_open(practice: Practice, day: date, span: Span) -> bool:
    shifts = [(start, end) for who in practice.practitioners for start, end, _ in working(practice, who, day)]
    return any(start < span[1] and span[0] < end for start, end in (*shifts, *hours_on(practice, day)))

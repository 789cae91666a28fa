"""Days counted from today: weeks begin on Monday, months are whole, and a date without a year lies ahead."""

from collections.abc import Iterable
from datetime import MAXYEAR, date, timedelta

from dateutil.relativedelta import relativedelta

DayRange = tuple[date, date]  # half-open

#: "Martedì prossimo" said one or two days before Tuesday means the one after.
NEAR = 2


def one(day: date) -> DayRange:
    return day, day + timedelta(days=1)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(today: date, weeks: int) -> DayRange:
    """This week (0) or a later one, Monday to Sunday."""
    first = monday(today) + timedelta(weeks=weeks)
    return first, first + timedelta(weeks=1)


def month(year: int, number: int) -> DayRange:
    first = date(year, number, 1)
    return first, first + relativedelta(months=1)


def coming_weekday(today: date, weekday: int) -> date:
    """The next one after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def next_weekday(today: date, weekday: int, *, of_next_week: bool) -> tuple[date, date]:
    """How "next Tuesday" is read, and how else it might be meant.

    `of_next_week`: always the one of next week; otherwise the coming one, unless it is near and of this week.
    Whoever means tomorrow says so.
    """
    coming = coming_weekday(today, weekday)
    later = coming + timedelta(weeks=1)
    this_week = coming < monday(today) + timedelta(weeks=1)
    days = (coming - today).days
    skips = days == 1 or (this_week and (of_next_week or days <= NEAR))
    return (later, coming) if skips else (coming, later)


def weekend(today: date, weeks: int = 0) -> DayRange:
    """The coming weekend, which today may already be part of, or a later one."""
    saturday = monday(today) + timedelta(days=5, weeks=weeks)
    return saturday, saturday + timedelta(days=2)


def is_weekend(days: DayRange) -> bool:
    return days[0].weekday() == 5 and days[1] - days[0] == timedelta(days=2)


def make(year: int, month_number: int, day: int) -> date | None:
    try:
        return date(year, month_number, day)
    except ValueError:
        return None


def ahead(today: date, month_number: int, day: int) -> date | None:
    """The next such date, today included; 29 February waits for a leap year."""
    for year in range(today.year, min(today.year + 9, MAXYEAR)):
        found = make(year, month_number, day)
        if found is not None and found >= today:
            return found
    return None


def day_ahead(today: date, day: int, *, beyond: int = 12) -> date | None:
    """The next day of that number, today included."""
    first = today.replace(day=1)
    for months in range(beyond):
        that = first + relativedelta(months=months)
        found = make(that.year, that.month, day)
        if found is not None and found >= today:
            return found
    return None


def full_year(written: int, today: date) -> int:
    """A year of birth: two digits mean the latest such year that is not ahead."""
    if written >= 100:
        return written
    century = today.year - today.year % 100
    return century + written if century + written <= today.year else century - 100 + written


def without(ranges: Iterable[DayRange], holes: Iterable[DayRange]) -> tuple[DayRange, ...]:
    """`ranges` with `holes` cut out."""
    left = list(ranges)
    for hole_start, hole_end in holes:
        cut: list[DayRange] = []
        for start, end in left:
            if hole_end <= start or end <= hole_start:
                cut.append((start, end))
                continue
            if start < hole_start:
                cut.append((start, hole_start))
            if hole_end < end:
                cut.append((hole_end, end))
        left = cut
    return tuple(left)

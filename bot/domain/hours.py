"""When somebody works: weekly hours, odd and even weeks, exceptions, holidays, closed days. Wall time."""

from datetime import date, time
from functools import lru_cache

import holidays

from bot.domain.practice import Practice, Practitioner, Shift, Weeks

#: From, until, where (id).
Working = tuple[time, time, str | None]


def working(practice: Practice, person: Practitioner, day: date) -> tuple[Working, ...]:
    """Their hours on that day, as written. A day of their own in `exceptions` is worked also when it is a
    public holiday, but not when the practice or the site is closed."""
    if day in practice.closed_days:
        return ()
    exceptional = next((e for e in reversed(person.exceptions) if e.first <= day <= e.last), None)
    if exceptional is not None:
        hours = tuple((start, end, exceptional.site) for start, end in exceptional.spans)
    elif is_holiday(practice, day):
        return ()
    else:
        hours = weekly(person.shifts, day)
    if practice.sites:
        closed = {site.id for site in practice.sites if day in site.closed_days}
        hours = tuple(one for one in hours if one[2] not in closed)
    return hours


def weekly(shifts: tuple[Shift, ...], day: date) -> tuple[Working, ...]:
    """Those of the shifts that fall on the day."""
    weekday = day.weekday()
    parity = Weeks.ODD if day.isocalendar().week % 2 else Weeks.EVEN
    return tuple(
        (shift.start, shift.end, shift.site)
        for shift in shifts
        if shift.weekday == weekday and shift.weeks in (Weeks.EVERY, parity)
    )


def is_closed(practice: Practice, day: date) -> bool:
    """Whether nobody works on that day, whatever the hours say (but see `working` for exceptions)."""
    return day in practice.closed_days or is_holiday(practice, day)


def is_holiday(practice: Practice, day: date) -> bool:
    return practice.holidays and day in public_holidays(practice.country, day.year, practice.holidays_region)


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int, region: str | None = None) -> frozenset[date]:
    """Days off in the whole country, and those of the region. Raises NotImplementedError for what the library
    does not know."""
    return frozenset(holidays.country_holidays(country, subdiv=region, years=year))

"""Which days are looked through for a wish, first and at the most. Local days, both included."""

from datetime import date, datetime, timedelta

from bot.domain.diary import Wish
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY, PracticeTime

AROUND = timedelta(days=7)  # how far on either side of a wish is looked at first


def bookable_days(practice: Practice, at: datetime) -> tuple[date, date]:
    clock = PracticeTime(practice.time_zone)
    return clock.today(at), clock.today(at + practice.horizon + DAY)


def around(practice: Practice, wish: Wish, at: datetime) -> tuple[date, date]:
    """The bookable days about a wish; however far off it is, the nearest of them."""
    today, last = bookable_days(practice, at)

    def bookable(day: date) -> date:
        return min(max(day, today), last)

    first = bookable(wish.not_before or today)
    if not wish.windows:
        return first, bookable(first + 2 * AROUND)
    begin = bookable(min(window[0] for window in wish.windows).date())
    end = bookable(max(window[1] for window in wish.windows).date())
    return bookable(max(begin - AROUND, first)), bookable(max(end, first) + AROUND)

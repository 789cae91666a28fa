"""Why an opening is offered: what is different from what was asked for, else what speaks for it.

The offer itself is chosen by `bot.domain.offer`: what matches the wish, else what lies nearest to it. Here it
is said what is different, so that nobody takes another day, another person or another place for what they
wished. Patients hear only of differences; that a time fills a gap, or stands there so that there is a
choice, is for staff.
"""

from datetime import date, timedelta
from enum import StrEnum

from bot.domain.diary import Opening, Wish
from bot.domain.openings import site_of
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime


class Reason(StrEnum):
    SOONEST = "soonest"  # of a wish without a time: the first there is
    OTHER_PERSON = "other_person"
    OTHER_PLACE = "other_place"
    EARLIER_DAY = "earlier_day"
    LATER_DAY = "later_day"
    OTHER_HOUR = "other_hour"  # on the day that was asked for, or at another part of the day
    FILLS_A_GAP = "fills_a_gap"  # as wished, and it leaves no hole in the diary
    FOR_CHOICE = "for_choice"  # as wished: another day, time of day or person than the rest of the offer


def reason_of(practice: Practice, opening: Opening, wish: Wish, *, is_first: bool = False) -> Reason | None:
    """What a receptionist would say for it; None: it is as wished. `is_first`: the earliest of the offer."""
    different = _difference(practice, opening, wish)
    if different is not None:
        return different
    is_open = not wish.windows and wish.part is None and wish.not_before is None
    if is_first and is_open:
        return Reason.SOONEST
    if opening.fills_a_gap:
        return Reason.FILLS_A_GAP
    return Reason.FOR_CHOICE if is_open else None


def _difference(practice: Practice, opening: Opening, wish: Wish) -> Reason | None:
    """What is not as wished; None when nothing is."""
    if wish.practitioner not in (None, opening.practitioner):
        return Reason.OTHER_PERSON
    if wish.site is not None and site_of(practice, opening) != wish.site:
        return Reason.OTHER_PLACE
    start = PracticeTime(practice.time_zone).wall(opening.start)
    if wish.windows:
        if any(begin <= start < max(end, begin + timedelta(minutes=1)) for begin, end in wish.windows):
            return None if _in_part(opening, wish, practice) else Reason.OTHER_HOUR
        days = [
            (begin.date(), _last_day(begin.date(), end.date(), end.time() == end.time().min))
            for begin, end in wish.windows
        ]
        if any(first <= start.date() <= last for first, last in days):
            return Reason.OTHER_HOUR
        return Reason.EARLIER_DAY if start.date() < min(first for first, _ in days) else Reason.LATER_DAY
    if wish.not_before is not None and start.date() < wish.not_before:
        return Reason.EARLIER_DAY
    return None if _in_part(opening, wish, practice) else Reason.OTHER_HOUR


def _in_part(opening: Opening, wish: Wish, practice: Practice) -> bool:
    if wish.part is None:
        return True
    begin, end = wish.part
    at = PracticeTime(practice.time_zone).wall(opening.start).time()
    return begin <= at < end if begin <= end else at >= begin or at < end


def _last_day(first: date, last: date, ends_at_midnight: bool) -> date:
    return max(first, last - timedelta(days=1)) if ends_at_midnight else last

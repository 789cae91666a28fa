"""Reads what points back at a time just told: "or the day after", "so after that", "the week after"."""

from datetime import timedelta

from nlu.times import almanac
from nlu.times.listed_numbers import same_month
from nlu.times.pieces import Clock, Days, Link, Piece, Whenever
from nlu.times.positions import position_in
from nlu.times.tape import Tape
from nlu.times.which_one import (
    Echo,
    a_week,
    but_not_this,
    ends,
    in_brackets,
    is_bare_next,
    next_behind_hours,
    not_this_one,
    this_one,
)

_FIRST = frozenset({"la", "alla", "come", "per"})
_ALSO = frozenset({"anche", "pure", "even", "also"})
_DAY, _WEEK, _FORTNIGHT = timedelta(days=1), timedelta(weeks=1), timedelta(days=14)
_NAMED = (
    "weekday",
    "digits",
    "month",
    "holiday",
    "ordinal",
    "number",
    "unit",
    "relative",
    "day_number",
    "at",
    "part",
)


def read_echo(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """What `place` says of the last of `pieces`, which may give way to it, and the place after."""
    if not pieces or _is_of_minutes(tape, place):
        return None
    hours = _beside_the_hour(tape, place, pieces) or _the_same(tape, place, pieces)
    if hours is not None:
        return hours
    last = pieces[-1]
    if (
        isinstance(last.found, Whenever) and not last.found.firm
    ):  # "holidays from the 2nd, any day of that week"
        rest = pieces[:-1]
        if (echo := read_echo(tape, place, rest)) is not None:
            pieces[:] = rest
        return echo
    if (following := next_behind_hours(tape, place, pieces)) is not None:
        return following
    if isinstance(last.found, Clock) and (same := same_month(tape, place, pieces)) is not None:
        return [Piece(same, place, place + 1)], place + 1
    days = last.found
    if isinstance(days, Days) and (this_week := this_one(tape, place, last)) is not None:
        return this_week
    if not isinstance(days, Days) or not days.ranges:
        return None
    return (
        _weekday_after(tape, place, pieces, days)
        or _beside_the_day(tape, place, pieces, days)
        or _one_day_later(tape, place, pieces, days)
        or _one_week_later(tape, place, pieces, days)
        or _of_the_next(tape, place, days)
        or not_this_one(tape, place, pieces, days)
        or but_not_this(tape, place, pieces, days)
        or in_brackets(tape, place, pieces, days)
    )


def _is_of_minutes(tape: Tape, place: int) -> bool:
    """ "I'll be there five minutes before", "not a minute later", "se aprite prima"."""
    if not tape.has(place, "later_on", "earlier"):
        return False
    return tape.get(place - 1, "unit") == "minute" or tape.has(place - 1, "idiom", "if_open")


def _beside_the_hour(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """ "A meeting until 11 tomorrow, so after that", "I finish at 5, anything after": another hour."""
    after, before = _says_after(tape, place) or tape.has(place, "after_that"), _says_before(tape, place)
    if not (after or before) or tape.has(place + 1, "until"):
        return None
    if tape.at(place + 1).text == "," and tape.has(place + 2, "at") and tape.number(place + 3):
        return [], place + 1  # "my son at 9 and I after, at 10"
    for number in range(len(pieces) - 1, max(len(pieces) - 3, -1), -1):
        clock = pieces[number].found
        if (
            isinstance(clock, Clock)
            and clock.shape in ("point", "before", "range")
            and pieces[number].end < place + tape.has(place, "after_that", "before_that")
        ):
            moment = (clock.end or clock.start) if after else (clock.start or clock.end)
            if before and moment is not None and max(moment.readings()) <= tape.context.opens.hour * 60:
                return None  # "my flight is at 6 on Thursday, something before"
            bounded = Clock("after", moment) if after else Clock("before", end=moment)
            link: Link = (
                "none" if number < len(pieces) - 1 or (number and pieces[number].link == "none") else "break"
            )
            del pieces[number]
            return [Piece(bounded, place, place + 1, link=link)], place + 1
    return None


def _the_same(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """ "Away from the 3rd to the 5th, put me down for those days", "the 24th at the same time", "in the
    morning, or that same day after 5"."""
    if tape.has(place, "those_days") and not _says_why(tape, place):
        for number in range(len(pieces) - 1, -1, -1):
            if isinstance(pieces[number].found, Days):
                refused = tape.has(place - 1, "not", "cannot", "except")
                pieces[number:] = [pieces[number].but(negated=refused)]
                if refused:
                    return [], place + 1
                _join_stay(tape, pieces)
                return [], place + 1
    hours, days = tape.has(place, "same_hour"), tape.has(place, "same_day")
    told = isinstance(pieces[-1].found, Days) if hours else isinstance(pieces[-1].found, Clock)
    if not (hours or days) or not (told or days):
        return None
    kind = Clock if hours else Days
    same = next((p for p in reversed(pieces) if isinstance(p.found, kind)), None)
    several = [p for p in pieces[-2:] if hours and isinstance(p.found, Clock)]
    if len(several) > 1:  # "tomorrow at 4 or 5, otherwise the day after at the same hours"
        return None
    if same is None or (isinstance(same.found, Days) and len(same.found.ranges) != 1):
        return None
    return [Piece(same.found, place, place + 1, link="none" if hours else "break")], place + 1


def _says_why(tape: Tape, place: int) -> bool:
    """ "Neither Tuesday nor Thursday, I'm at dialysis those days"."""
    before = place - 1
    while before >= 0 and not tape.has(before, "soft", "so"):
        if tape.has(before, "own_hours", "event", "cannot", "because"):
            return True
        before -= 1
    return False


def _join_stay(tape: Tape, pieces: list[Piece]) -> None:
    """ "She comes on the 11th and stays until the 15th": all of these days."""
    if len(pieces) < 2:
        return
    one, other = pieces[-2].found, pieces[-1].found
    if not (isinstance(one, Days) and isinstance(other, Days) and one.ranges) or other.bound not in (
        "before",
        "by",
    ):
        return
    start, end = one.ranges[0][0], other.ranges[0][1] + _DAY * (other.bound == "before")
    if one.kind in ("date", "number", "weekday", "relative") and start < end:
        pieces[-2:] = [pieces[-2].but(found=Days("span", ((start, end),)), end=pieces[-1].end)]


def _beside_the_day(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "I fly on Saturday, so before that", "away until the 15th, then any day"."""
    end = days.ranges[0][1]
    if days.kind in ("week", "month") and not tape.has(place, "after_that", "before_that"):
        return None
    if tape.at(place - 1).text in _ALSO and _says_before(tape, place):
        return None  # "il giovedì anche prima"
    near = next((p for p in range(place - 1, pieces[-1].end - 1, -1) if tape.has(p, "cannot", "soft")), -1)
    if tape.has(near, "cannot") and _says_before(tape, place):
        return [], place + 1  # "15 June, I'm away before that"
    apart = place > pieces[-1].end or tape.has(place, "after_that", "before_that")
    if _says_before(tape, place) and days.bound in ("before", "by") and not pieces[-1].negated:
        return [], place + 1  # "by 15 April, any day before that"
    if _says_before(tape, place) and end - _DAY > tape.today and apart:
        pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
        until = days.ranges[0][1] if tape.has(place, "by_that") else days.ranges[0][0]
        before = Days("span", ((tape.today, until),), bound="before")
        return [Piece(before, place, place + 1, link="break")], place + 1
    if _says_after(tape, place) and days.bound == "from":  # "away until the 15th, so any day after"
        return [], place + 1
    if _says_after(tape, place) and apart:
        pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
        return [Piece(Days("span", ((end, end + _FORTNIGHT),)), place, place + 1, link="break")], place + 1
    return None


def _weekday_after(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "Her exams go on till the 20th, the Monday after", "holidays from 30 March, any day that week"."""
    end = days.ranges[0][1]
    if tape.has(place, "that_week") and days.kind in ("date", "number", "span", "week"):
        first = almanac.monday(days.ranges[0][0])
        if days.bound in ("from", "after"):  # "from the 12th on, of the same week"
            rest = Days("span", ((days.ranges[0][0], first + _WEEK),))
            pieces[-1] = pieces[-1].but(found=rest, negated=False)
            return [], place + 1
        pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
        return [
            Piece(a_week(max(first, tape.today), first + _WEEK), place, place + 1, link="break")
        ], place + 1
    begin = tape.skip(place, "day_number", most=1)
    if (again := _same_weekday_after(tape, place, begin, days)) is not None:
        return again
    weekday = tape.get(begin, "weekday")
    if weekday is None or not tape.has(begin + 1, "later_on") or not ends(tape, begin + 2):
        return None
    if days.kind not in ("date", "number", "span"):
        return None
    bound = (days.bound in ("from", "after") and days.ranges[0][0]) or end
    found = Days("date", (almanac.one(almanac.coming_weekday(bound - _DAY, weekday)),), weekday=weekday)
    if days.bound is None and days.kind != "span" and tape.has(place - 1, "or"):
        return [Piece(found, place, begin + 2)], begin + 2  # "Easter Monday, or the Tuesday after"
    pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
    return [Piece(found, place, begin + 2, link="break")], begin + 2


def _same_weekday_after(tape: Tape, place: int, begin: int, days: Days) -> Echo | None:
    """ "This Saturday or the Saturday after", "sabato 7 o il sabato successivo"."""
    if days.weekday is None or not tape.has(place - 1, "or", "and") or len(days.ranges) != 1:
        return None
    behind = tape.get(begin, "weekday") == days.weekday and tape.has(begin + 1, "later_on", "next")
    before = tape.has(begin, "next") and tape.get(begin + 1, "weekday") == days.weekday
    if not (before or (behind and (tape.has(begin + 1, "next") or ends(tape, begin + 2)))):
        return None
    later = Days("date", (almanac.one(days.ranges[0][0] + _WEEK),), weekday=days.weekday)
    return [Piece(later, place, begin + 2)], begin + 2


def _says_after(tape: Tape, place: int) -> bool:
    told = tape.has(place, "after_that") and not tape.has(place + 1, *_NAMED)
    told = told or (tape.has(place, "later_on") and tape.has(place + 1, "whenever", "works"))
    if tape.has(place, "later_on") and tape.has(place + 1, "wishing") and ends(tape, place + 2):
        return True  # "they deliver between 8 and 12, then I'm free"
    return told or (tape.has(place, "later_on") and ends(tape, tape.skip(place + 1, "free", most=1)))


def _says_before(tape: Tape, place: int) -> bool:
    return tape.has(place, "before_that") or (
        tape.has(place, "earlier")
        and ends(tape, place + 1)
        and not tape.has(place - 1, "have_booked", "happened", "no_visit")
        and tape.get(place - 1, "unit") not in ("hour", "minute")  # "I'll leave an hour earlier"
        and tape.at(place - 1).text not in _FIRST  # "mezza giornata, la prima"
    )


def _one_day_later(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "Tomorrow or the day after", "March 20 or 21"."""
    if (same := same_month(tape, place, pieces)) is not None:
        return [Piece(same, place, place + 1)], place + 1
    if tape.has(place, "day_later"):
        return [Piece(Days("date", (almanac.one(days.ranges[0][1]),)), place, place + 1)], place + 1
    return None


def _one_week_later(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "Not next week, the one after", "this week or the next", "Wednesday or the week after"."""
    end = days.ranges[0][1]
    if (weekend := _weekend_later(tape, place, days)) is not None:
        return weekend
    if (following := _following_week(tape, place, pieces, days)) is not None:
        return following
    if tape.has(place, "one_after") and not tape.has(place + 1, *_NAMED):
        later = a_week(end) if days.kind == "week" else None
        if later is not None and tape.has(place - 1, "so"):  # "next week is half term, so the week after"
            pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
            return [Piece(later, place, place + 1, link="break")], place + 1
        if (
            days.bound in ("from", "after") and days.weekday is None
        ):  # "not before Easter, the week following"
            pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
            later = a_week(almanac.monday(days.ranges[0][0]) + _WEEK)
            return [Piece(later, place, place + 1, link="break")], place + 1
        if days.weekday is not None:
            later = Days("date", (almanac.one(end + _DAY * 6),), weekday=days.weekday)
        elif days.kind in ("date", "number") and tape.has(
            place - 1, "so", "day_number", "whenever", "wishing", "doing"
        ):
            pieces[-1] = pieces[-1].but(dismissed=True, negated=False)  # "ends on the 6th, so the week after"
            later = a_week(almanac.monday(days.ranges[0][0]) + _WEEK)
        return None if later is None else ([Piece(later, place, place + 1)], place + 1)
    if tape.has(place, "one_before") and not tape.has(place + 1, *_NAMED) and days.weekday is None:
        first = almanac.monday(days.ranges[0][0]) - _WEEK  # "we go on the 24th, so the week before"
        if days.kind not in ("date", "number", "week") or first + _WEEK <= tape.today:
            return None
        pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
        week = a_week(max(first, tape.today), first + _WEEK)
        return [Piece(week, place, place + 1, link="break")], place + 1
    if days.kind != "week":
        if is_bare_next(tape, place) and tape.has(place - 1, "or") and days.weekday is not None:
            later = Days("date", (almanac.one(end + _DAY * 6),), weekday=days.weekday)
            return [Piece(later, place, place + 1)], place + 1  # "either this Thursday or next"
        return None
    counted = tape.number(place + 1) if tape.has(place, "in") and days.others else None
    if counted is not None and ends(tape, counted[1]) and 1 <= counted[0] <= 9:  # "rather in two"
        first = tape.today + _WEEK * counted[0]
        later = Days("week", (almanac.one(first),), ((first, first + _WEEK),), confidence=0.8)
        return [Piece(later, place, counted[1])], counted[1]
    after = tape.get(place, "unit") == "week" and tape.has(place + 1, "after")
    if after and (place + 2 >= len(tape) or tape.has(place + 2, "soft")):
        return [Piece(a_week(end), place, place + 2)], place + 2
    refused = tape.has_any(range(pieces[-1].end, place), "cannot")
    if is_bare_next(tape, place) and (tape.has(place - 1, "or", "filler") or refused):
        return [Piece(a_week(end), place, place + 1)], place + 1
    return None


def _weekend_later(tape: Tape, place: int, days: Days) -> Echo | None:
    """ "This weekend or the weekend after", "il weekend dopo"."""
    if not tape.has(place, "weekend") or not almanac.is_weekend(days.ranges[0]):
        return None
    if not tape.has(place + 1, "later_on") or not ends(tape, place + 2):
        return None
    start, end = almanac.weekend(days.ranges[0][0], 1)
    return [Piece(Days("span", ((start, end),)), place, place + 2)], place + 2


def _following_week(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "Back on the 14th, so any time the following week": of a date, not of today."""
    if tape.at(place).text != "following" or tape.get(place + 1, "unit") != "week":
        return None
    first = almanac.monday(days.ranges[0][0]) + _WEEK
    dated = days.kind in ("date", "number") or (days.kind == "week" and days.others == ())
    if not dated or tape.has(place + 2, "of") or first <= tape.today:
        return None
    if not tape.has_any(range(pieces[-1].end, place), "or", "and") and days.kind != "week":
        pieces[-1] = pieces[-1].but(dismissed=True, negated=False)
    return [Piece(a_week(first), place, place + 2, link="break")], place + 2


def _of_the_next(tape: Tape, place: int, days: Days) -> Echo | None:
    """ "End of this week or beginning of next", "this week or early next"."""
    kind = tape.first(place, ("begin", "middle", "end"))
    if kind is None or days.kind not in ("week", "span") or (days.ranges[0][1] - days.ranges[0][0]).days > 7:
        return None
    following = tape.skip(place + 1, "of", "filler", most=2)
    if not is_bare_next(tape, following) and not tape.has(following, "one_after"):
        return None
    first = almanac.monday(days.ranges[0][0]) + _WEEK
    start, end = position_in(kind, a_week(first))
    return [Piece(Days("span", ((start, end),)), place, following + 1)], following + 1

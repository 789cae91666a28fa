"""Reads which one is meant by "this" and "next" said again without a name: "not this one, the next"."""

from datetime import date, timedelta

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.refusals import is_a_condition
from nlu.times.tape import Tape

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
Echo = tuple[list[Piece], int]


def ends(tape: Tape, place: int) -> bool:
    return place >= len(tape) or tape.has(place, "soft")


def a_week(first: date, end: date | None = None) -> Days:
    return Days("week", ((first, end or first + _WEEK),), grain="week")


def is_bare_next(tape: Tape, place: int) -> bool:
    return tape.has(place, "next") and not tape.has(
        place + 1, "weekday", "unit", "weekend", "month", "part", "holiday"
    )


def next_behind_hours(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """ "This week in the morning, next in the evening": the week after that one."""
    week, hour = pieces[-2:] if len(pieces) > 1 else (None, pieces[-1])
    if week is None or not isinstance(hour.found, Clock) or hour.link not in ("none", "soft"):
        return None
    days = week.found
    if not isinstance(days, Days) or days.kind != "week" or not tape.has(place, "next"):
        return None
    if tape.has(place + 1, "weekday", "unit", "weekend", "month", "holiday"):
        return None
    if not tape.has_any(range(hour.end, place), "soft", "and", "or"):
        return None
    return [Piece(a_week(days.ranges[0][1]), place, place + 1, link="break")], place + 1


def one_after_next(tape: Tape, place: int) -> tuple[Days, int] | None:
    """ "Non la prossima, quella dopo ancora", of which "week" is left out."""
    following = tape.skip(place + 1, "filler", most=1)
    if not tape.has(place, "not") or not is_bare_next(tape, following):
        return None
    after = tape.skip(following + 1, "soft", "filler", most=2)
    if tape.vocabulary.language != "it" or not tape.has(after, "one_after"):
        return None
    return a_week(almanac.monday(tape.today) + 2 * _WEEK), after + 1


def not_this_one(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "Not this Friday, the next", "non questo venerdì, l'altro": but "this one, not next" is this."""
    refused = tape.has_any(range(pieces[-1].end, place), "not", "cannot")
    named = is_bare_next(tape, place) or (tape.has(place, "other_one") and ends(tape, place + 1))
    if tape.has(place - 1, "not") or not (named and (refused or pieces[-1].negated)):
        return None
    if almanac.is_weekend(days.ranges[0]):  # "not this weekend but the next"
        pieces[-1] = pieces[-1].but(negated=True)
        start, end = almanac.weekend(days.ranges[0][0], 1)
        return [Piece(Days("span", ((start, end),)), place, place + 1, link="break")], place + 1
    if days.weekday is None:
        return None
    either = is_a_condition(tape, pieces[-1].start)  # "if you are shut this Saturday, the next"
    pieces[-1] = pieces[-1].but(negated=not either)
    later = Days("date", (almanac.one(days.ranges[0][1] + _DAY * 6),), weekday=days.weekday)
    return [Piece(later, place, place + 1, link="break")], place + 1


def in_brackets(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "The last week of March (23-29)": the dates of what was just named."""
    if tape.at(place - 1).text != "(" or tape.at(place + 1).text != "-" or tape.at(place + 3).text != ")":
        return None
    first, last = tape.whole(place), tape.whole(place + 2)
    near = days.ranges[0][0]
    if first is None or last is None or days.kind not in ("week", "span", "month"):
        return None
    start, end = almanac.make(near.year, near.month, first), almanac.make(near.year, near.month, last)
    if start is None or end is None or not start < end or end < near or start > days.ranges[0][1]:
        return None
    pieces[-1] = pieces[-1].but(found=Days("span", ((max(start, tape.today), end + _DAY),)), end=place + 4)
    return [], place + 4


def this_one(tape: Tape, place: int, before: Piece) -> Echo | None:
    """ "На прошлой неделе не смогла, давайте на этой": this week."""
    week = any(tape.get(p, "unit") == "week" for p in range(before.start, before.end))
    if not week or not tape.has(place, "this") or not ends(tape, place + 1):
        return None
    start, end = almanac.week(tape.today, 0)
    return [Piece(a_week(max(start, tape.today), end), place, place + 1)], place + 1


def but_not_this(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Echo | None:
    """ "Giovedì prossimo, non questo": the one of the week after."""
    if (
        not (tape.has(place, "this") and tape.has(place - 1, "not", "except"))
        or days.weekday is None
        or days.bound
    ):
        return None
    if tape.has(place + 1, "weekday", "unit", "weekend", "month", "part", "holiday") or pieces[-1].negated:
        return None
    coming = almanac.coming_weekday(tape.today, days.weekday)
    if days.ranges != (almanac.one(coming),):
        return [], place + 1
    later = Days("date", (almanac.one(coming + _WEEK),), weekday=days.weekday)
    pieces[-1] = pieces[-1].but(found=later, end=place + 1)
    return [], place + 1

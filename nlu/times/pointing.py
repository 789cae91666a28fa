"""Reads what says of a week, a weekend or a weekday just told which part or which one of them is meant."""

from dataclasses import replace
from datetime import timedelta

from nlu.times import almanac
from nlu.times.dates import read_date
from nlu.times.hours import part_hours
from nlu.times.nth import read_nth_of
from nlu.times.periods import read_period
from nlu.times.pieces import Clock, Days, Moment, Piece
from nlu.times.positions import position_in
from nlu.times.tape import Tape

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_PLACES = ("begin_half", "end_half", "begin", "middle", "end")
_CONTRAST = ("а", "но", "but", "ma", "bensi", ",")
_NAMED = ("weekday", "unit", "weekend", "month", "part", "holiday")
_LATER = 10 * 60  # when the morning is no longer early
_THAT = ("quello", "quella")
_SMALL = ("soft", "filler", "or")
Read = tuple[list[Piece], int]


def read_pointing(tape: Tape, place: int, pieces: list[Piece]) -> Read | None:
    """What `place` says of the last of `pieces`, which may give way to it, and the place after."""
    if (later := _not_this_one(tape, place, pieces)) is not None:
        return later
    if (later := _not_early(tape, place, pieces)) is not None:
        return later
    if (of_week := _that_of_a_week(tape, place, pieces)) is not None:
        return of_week
    last = pieces[-1] if pieces else None
    if last is None or not isinstance(last.found, Days) or len(last.found.ranges) != 1:
        return None
    days = last.found
    return (
        _all_day(tape, place, last)
        or _part_of_it(tape, place, pieces, days)
        or _nth_of_it(tape, place, pieces, days)
        or _said_again(tape, place, pieces, days)
        or _or_the_next(tape, place, last, days)
        or _its_dates(tape, place, pieces, days)
        or _its_number(tape, place, pieces, days)
        or _the_one_of(tape, place, pieces, days)
    )


def _all_day(tape: Tape, place: int, last: Piece) -> Read | None:
    """ "Giovedì in giornata": at any hour of it, and not today."""
    return ([], place + 1) if tape.has(place, "whole_day") and place == last.end else None


def _not_this_one(tape: Tape, place: int, pieces: list[Piece]) -> Read | None:
    """ "On Thursday at 10, only not this one but the next": a week later."""
    number = next((n for n in (-1, -2) if len(pieces) >= -n and isinstance(pieces[n].found, Days)), None)
    if number is None or not _ends(tape, place + 1):
        return None
    if not (_is_bare_next(tape, place) or tape.has(place, "one_after")):
        return None
    day, gap = pieces[number], range(pieces[-1].end, place)
    days = day.found
    assert isinstance(days, Days)
    refused = next((p for p in gap if tape.has(p, "not", "except")), None)
    if refused is None or not tape.has_any(range(refused, place), "this"):
        return None
    if not any(tape.at(p).text in _CONTRAST for p in range(refused, place)):
        return None
    if days.kind != "weekday" or days.bound or days.weekday is None or day.negated or len(days.ranges) != 1:
        return None
    if (days.ranges[0][0] - tape.today).days >= _WEEK.days:
        return None
    later = replace(days, kind="date", ranges=(almanac.one(days.ranges[0][0] + _WEEK),), others=())
    pieces[number] = day.but(found=later)
    return [], place + 1


def _not_early(tape: Tape, place: int, pieces: list[Piece]) -> Read | None:
    """ "Di mattina, ma non troppo presto": the later hours of the morning."""
    last = pieces[-1] if pieces else None
    if last is None or not tape.has(place, "not_early") or not isinstance(last.found, Clock):
        return None
    if last.found.part != "morning" or last.negated:
        return None
    start, end = part_hours("morning", tape.vocabulary, tape.context)
    pieces[-1] = last.but(found=Clock("range", Moment(max(start, _LATER)), Moment(end)))
    return [], place + 1


def _that_of_a_week(tape: Tape, place: int, pieces: list[Piece]) -> Read | None:
    """ "Martedì pomeriggio, quello della settimana prossima", "il 19, non quello di questa settimana"."""
    if not any(tape.at(p).text in _THAT or tape.has(p, "own") for p in (place - 1, place - 2)):
        return None
    number = next((n for n in (-1, -2) if len(pieces) >= -n and isinstance(pieces[n].found, Days)), None)
    week = read_period(tape, place) if number is not None else None
    if number is None or week is None or week[0].kind != "week":
        return None
    day = pieces[number]
    days, gap = day.found, range(pieces[-1].end, place)
    assert isinstance(days, Days)
    if tape.has_any(gap, "not", "except"):
        return [], week[1]
    if days.weekday is None or days.bound or len(days.ranges) != 1 or day.negated:
        return None
    when = almanac.monday(week[0].ranges[0][0]) + days.weekday * _DAY
    pieces[number] = day.but(found=replace(days, kind="date", ranges=(almanac.one(when),), others=()))
    return [], week[1]


def _part_of_it(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Read | None:
    """ "Next week, somewhere in the middle", "in April, at the end"."""
    kind = tape.first(place, _PLACES)
    if kind is None or days.kind not in ("week", "month") or not _ends(tape, place + 1):
        return None
    last = pieces[-1]
    if last.negated or last.dismissed or tape.has_any(range(last.end, place), "or"):
        return None
    start, end = position_in(kind, days)
    start = max(start, tape.today)
    if start >= end:
        return None
    pieces[-1] = last.but(found=Days("span", ((start, end),)), end=place + 1)
    return [], place + 1


def _nth_of_it(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Read | None:
    """ "In June, the first week", "maggio va bene, esclusi i primi tre giorni"."""
    found = read_nth_of(tape, place, days)
    if found is None:
        return None
    last = pieces[-1]
    gap = range(last.end, place)
    if last.negated or tape.has_any(gap, "or", "not", "except", "cannot"):
        return [Piece(found[0], place, found[1])], found[1]
    pieces[-1] = last.but(found=found[0], end=found[1])
    return [], found[1]


def _said_again(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Read | None:
    """ "На той неделе, то есть на следующей", "в пятницу на той неделе, не этой": no later one."""
    if not _is_bare_next(tape, place):
        return None
    last = pieces[-1]
    gap = range(last.end, place)
    told_next = tape.has_any(range(last.start, last.end), "next_week", "next")
    explained = tape.has_any(gap, "correction", "that_is", "not") or last.negated
    of_next = almanac.monday(days.ranges[0][0]) == almanac.monday(tape.today) + _WEEK
    if not (told_next and explained and of_next) or tape.has_any(gap, "or"):
        return None
    pieces[-1] = last.but(negated=False, end=place + 1)
    return [], place + 1


def _or_the_next(tape: Tape, place: int, last: Piece, days: Days) -> Read | None:
    """ "Either this Friday, or on the next"."""
    weekend = almanac.is_weekend(days.ranges[0])
    if not (days.weekday is not None or weekend) or days.bound:
        return None
    if not _is_bare_next(tape, place) or not _ends(tape, place + 1):
        return None
    gap = range(last.end, place)
    small = all(tape.has(p, *_SMALL) or tape.at(p).text == "one" for p in gap)
    if not tape.has_any(gap, "or") or not small:
        return None
    if weekend:  # "weekends only, this one or next"
        start, end = almanac.weekend(days.ranges[0][0], 1)
        return [Piece(Days("span", ((start, end),)), place, place + 1)], place + 1
    later = Days("date", (almanac.one(days.ranges[0][0] + _WEEK),), weekday=days.weekday)
    return [Piece(later, place, place + 1)], place + 1


def _its_dates(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Read | None:
    """ "Next weekend, 14-15": the dates of it, even where another one was thought of."""
    if not almanac.is_weekend(days.ranges[0]) or tape.at(place + 1).text != "-" or place > pieces[-1].end + 2:
        return None
    first, second = tape.whole(place), tape.whole(place + 2)
    if first is None or second is None or not _ends(tape, place + 3):
        return None
    start = almanac.day_ahead(tape.today, first)
    if start is None or start.weekday() != 5 or (start + _DAY).day != second:
        return None
    pieces[-1] = pieces[-1].but(found=Days("span", ((start, start + 2 * _DAY),)), end=place + 3)
    return [], place + 3


def _its_number(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Read | None:
    """ "Thursday suits me, but the 19th": which Thursday."""
    contrast = tape.has_any(range(pieces[-1].end, place), "contrast")
    if days.kind != "weekday" or days.bound or pieces[-1].negated or not contrast:
        return None
    found = read_date(tape, place)
    if found is None or found[0].kind not in ("number", "date") or len(found[0].ranges) != 1:
        return None
    if found[0].ranges[0][0].weekday() != days.weekday:
        return None
    pieces[-1] = pieces[-1].but(found=replace(found[0], weekday=days.weekday), end=found[1])
    return [], found[1]


def _the_one_of(tape: Tape, place: int, pieces: list[Piece], days: Days) -> Read | None:
    """ "Next week, no sorry, the one of the 16th", "martedì, che è il 31": which one by its date."""
    told = tape.has(place, "that_of") or (days.kind == "weekday" and tape.has(place - 1, "which_is"))
    if not told or days.kind not in ("week", "weekday", "date") or days.bound:
        return None
    found = read_date(tape, place) or read_date(tape, place + 1)
    if found is None or not found[0].ranges or tape.has(found[1], "to"):  # "quella dal 16 al 22"
        return None
    day, last = found[0].ranges[0][0], pieces[-1]
    gap = range(last.end, place)
    if days.kind == "week":
        first = almanac.monday(day)
        named = Days("week", ((max(first, tape.today), first + _WEEK),), grain="week")
    elif days.weekday == day.weekday():
        named = replace(days, ranges=(almanac.one(day),), others=(), kind="date")
    else:
        return None
    if any(tape.has(p, "or") and not tape.has(p, "filler") for p in gap):
        return [Piece(named, place, found[1])], found[1]
    pieces[-1] = last.but(found=named, end=found[1], negated=False)
    return [], found[1]


def _is_bare_next(tape: Tape, place: int) -> bool:
    return tape.has(place, "next") and not tape.has(place + 1, *_NAMED)


def _ends(tape: Tape, place: int) -> bool:
    return place >= len(tape) or tape.has(place, "soft")

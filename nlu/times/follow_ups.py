"""Reads a second visit told by the first: "... and the stitches out the Wednesday after", "a week later",
"the same time on Thursday", "from tomorrow to the day after"."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.counting import counted_unit
from nlu.times.days import read_days
from nlu.times.pieces import Clock, Days, Piece, Whenever
from nlu.times.tape import Tape
from nlu.times.which_one import Echo, ends

_DAY = timedelta(days=1)
_SPANS = {"day": 1, "week": 7, "fortnight": 14}
_IT = frozenset({"нее", "него", "этого", "них", "it", "that"})
_LATER = frozenset({"later", "dopo", "позже", "спустя"})
_FOLLOWING = frozenset({"successivo", "successiva", "seguente"})
_SINGLE = ("weekday", "date", "number", "relative")


def read_follow_up(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """What `place` tells by a day or an hour told before it, and the place after."""
    if not pieces or not tape.at(place).senses:
        return None
    last = pieces[-1].found
    if isinstance(last, Whenever) and not last.firm:  # "the 4th at 11, any chance of the same the day after"
        rest = pieces[:-1]
        if (echo := read_follow_up(tape, place, rest)) is not None:
            pieces[:] = rest
        return echo
    base = _day_told(pieces)
    if base is not None:
        found = (
            _day_before_it(tape, place, pieces, base)
            or _same_weekday_after(tape, place, base)
            or _so_much_later(tape, place, base)
        )
        if found is not None:
            return found
    if (weekday := _weekday_after_it(tape, place, pieces)) is not None:
        return weekday
    if (weekday := _weekday_after_that(tape, place, pieces)) is not None:
        return weekday
    return _to_the_day_after(tape, place, pieces) or _same_hour_of_another(tape, place, pieces)


def _day_told(pieces: list[Piece]) -> Days | None:
    """The single day told last, with or without its hour."""
    last = pieces[-1]
    if isinstance(last.found, Clock) and last.link == "none" and len(pieces) > 1:
        last = pieces[-2]
    days = last.found
    if not isinstance(days, Days) or days.bound or len(days.ranges) != 1 or days.kind not in _SINGLE:
        return None
    return days if days.ranges[0][1] - days.ranges[0][0] == _DAY else None


def _day_before_it(tape: Tape, place: int, pieces: list[Piece], base: Days) -> Echo | None:
    """ "The wedding is on the 21st, the day before it please": the day that is named goes."""
    if not tape.has(place, "day_before"):
        return None
    day = base.ranges[0][0] - _DAY
    refused = pieces[-1].negated or tape.has_any(range(pieces[-1].end, place), "cannot")
    if refused and ends(tape, place + 1) and day >= tape.today:  # "the 17th is no good, the day before?"
        return [Piece(Days("date", (almanac.one(day),)), place, place + 1)], place + 1
    if tape.at(place + 1).text not in _IT:
        return None
    if day < tape.today or pieces[-1].negated:
        return None
    del pieces[-1 if isinstance(pieces[-1].found, Days) else -2 :]
    return [Piece(Days("date", (almanac.one(day),)), place, place + 2)], place + 2


def _same_weekday_after(tape: Tape, place: int, base: Days) -> Echo | None:
    """ "On Wednesday at 9.30, and the stitches out the Wednesday after"."""
    weekday = tape.get(place, "weekday")
    if weekday is None or weekday != base.ranges[0][0].weekday() or base.weekday is None:
        return None
    if not tape.has(place + 1, "later_on") or tape.has(place - 1, "or"):
        return None
    if not (ends(tape, place + 2) or tape.has(place + 2, "same_hour", "wishing")):
        return None
    day = base.ranges[0][0] + timedelta(weeks=1)
    return [Piece(Days("date", (almanac.one(day),), weekday=weekday), place, place + 2)], place + 2


def _weekday_after_it(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """ "Giovedì 5 non c'è, prendo il giovedì successivo", "sennò il martedì dopo": after the day told."""
    weekday, end = tape.get(place, "weekday"), place + 2
    if tape.vocabulary.language != "it" or weekday is None or tape.has(place - 1, "this", "next"):
        return None
    following = tape.has(place + 1, "later_on") or tape.at(place + 1).text in _FOLLOWING
    if not following or tape.has(end, "digits", "number", "day_number", "holiday", *_SINGLE):
        return None
    told = (p.found for p in reversed(pieces) if isinstance(p.found, Days) and len(p.found.ranges) == 1)
    base = next((days for days in told if days.ranges[0][1] - days.ranges[0][0] == _DAY), None)
    if base is None or base.bound:
        return None
    day = almanac.coming_weekday(base.ranges[0][0], weekday)
    end += tape.at(end).text == "ancora"
    return [Piece(Days("date", (almanac.one(day),), weekday=weekday), place, end)], end


def _weekday_after_that(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """ "Back on the 22nd, so the Monday after that would be ideal"."""
    weekday, last = tape.get(place, "weekday"), pieces[-1]
    if weekday is None or not tape.has(place + 1, "after_that") or not isinstance(last.found, Days):
        return None
    if not last.found.ranges or tape.at(place + 1).text:
        return None
    bound = last.found.ranges[0][0 if last.found.bound in ("from", "after") else -1]
    day = almanac.coming_weekday(bound - _DAY * (last.found.bound not in ("from", "after")), weekday)
    if not tape.has(place - 1, "or", "and"):
        pieces[-1] = last.but(dismissed=True, negated=False)
    return [Piece(Days("date", (almanac.one(day),), weekday=weekday), place, place + 2)], place + 2


def _so_much_later(tape: Tape, place: int, base: Days) -> Echo | None:
    """ "Impression tomorrow at 3 and the fitting a week later", "una settimana dopo"."""
    if tape.at(place).text == "dopo" and tape.has(place - 2, "and"):  # "... e controllo dopo una settimana"
        return _counted_on(base, counted_unit(tape, place + 1), place, 0)
    if tape.has(place - 1, "in", "within", "by") or not tape.has(place, "one", "digits", "number", "unit"):
        return None
    if tape.has(place, "unit") and not tape.vocabulary.hours_follow:  # "la settimana dopo"
        return None
    counted = counted_unit(tape, place)
    if counted is None or tape.at(counted[2]).text not in _LATER:
        return None
    end = counted[2]
    if not (ends(tape, end + 1) or tape.has(end + 1, "same_hour", "at", "filler")):
        return None
    return _counted_on(base, counted, place, 1)


def _counted_on(base: Days, counted: tuple[int, str, int] | None, place: int, behind: int) -> Echo | None:
    """The day so much later; `behind`: of how many words "later" is, behind what is counted."""
    if counted is None or (counted[1] not in _SPANS and counted[1] != "month"):
        return None
    many, unit, end = counted
    first = base.ranges[0][0]
    day = first + (relativedelta(months=many) if unit == "month" else timedelta(days=many * _SPANS[unit]))
    return [Piece(Days("date", (almanac.one(day),)), place, end + behind)], end + behind


def _to_the_day_after(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """ "Move me from tomorrow to the day after": of "from tomorrow" only the day itself is left."""
    last = pieces[-1]
    days = last.found
    if not (isinstance(days, Days) and days.bound == "from" and tape.has(place, "day_later")):
        return None
    if not tape.has(place - 1, "to", "onto"):
        return None
    first = days.ranges[0][0]
    if not tape.speaks_of_moving:
        pieces[-1] = last.but(found=Days("span", ((first, first + 2 * _DAY),)), end=place + 1)
        return [], place + 1
    pieces[-1] = last.but(found=Days("date", (almanac.one(first),)), dismissed=True)
    return [Piece(Days("date", (almanac.one(first + _DAY),)), place, place + 1)], place + 1


def _same_hour_of_another(tape: Tape, place: int, pieces: list[Piece]) -> Echo | None:
    """ "Tomorrow at 11 needs moving to the same time on Thursday", "2 or 2.30 on Tuesday, or the same on
    Wednesday"."""
    if not tape.has(place, "same_hour"):
        return None
    hours = _hours_told(pieces)
    begin = tape.skip(place + 1, "filler", "of", most=1)
    base = _day_told(pieces)
    if hours and base is not None and tape.has(begin, "day_later", "day_before"):
        beside = base.ranges[0][0] + (_DAY if tape.has(begin, "day_later") else -_DAY)
        told = Piece(Days("date", (almanac.one(beside),)), place, begin + 1)
        return [told, Piece(hours[-1].found, place, begin + 1, link="none")], begin + 1
    if not hours or not tape.has(begin, "weekday", "relative", "digits", "day_number", "next"):
        return None
    other = read_days(tape, begin)
    if other is None or not other[0].ranges or other[0].grain != "day":
        return None
    day, end = Piece(other[0], place, other[1]), other[1]
    same = [Piece(h.found, place, end, link="or" if n else "none") for n, h in enumerate(hours)]
    return [day, *same], end


def _hours_told(pieces: list[Piece]) -> list[Piece]:
    """The hours of the day told last, on whichever side of it they stand."""
    left = list(pieces)
    if isinstance(left[-1].found, Days):
        left.pop()
    hours: list[Piece] = []
    while left and isinstance(left[-1].found, Clock) and not left[-1].negated:
        hours.insert(0, left.pop())
        if hours[0].link not in ("or", "and"):
            break
    return hours or [p for p in reversed(pieces) if isinstance(p.found, Clock) and not p.negated][:1]

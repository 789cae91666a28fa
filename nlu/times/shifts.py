"""Reads how far a visit is moved: "move it back one week, it was for the 5th"."""

from dataclasses import replace
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.counting import counted_unit
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_LATER = frozenset({"back", "later"})
_MINUTES = {"minute": 1, "hour": 60}
_BY = frozenset({"by", "it", "mine"})
_PUSHING = frozenset({"push", "postpone", "delay", "put off", "pushing", "delayed", "shove"})
_CLAUSE = 8  # lexemes between "push back" and "by a week"
_EARLIER = frozenset({"earlier", "sooner", "forward", "forwards"})


def move_so_far(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """The day of the visit so much later or earlier, where no other day is told."""
    if not tape.speaks_of_moving or tape.vocabulary.language != "en":
        return pieces
    if (later := _move_the_hour(tape, pieces)) is not None:
        return later
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.negated]
    plain = all(isinstance(p.found, (Days, Clock)) for p in pieces)
    if len(days) != 1 or not plain or (shift := _shift(tape)) is None:
        return pieces
    told = days[0].found
    assert isinstance(told, Days)
    start, end = told.ranges[0]
    if told.bound not in (None, "from") or (told.bound is None and (end - start).days != 1):
        return pieces
    day = start + shift
    if day < tape.today:
        return pieces
    moved = days[0].but(found=Days("date", (almanac.one(day),)), dismissed=False)
    hours = any(isinstance(p.found, Clock) and not (p.dismissed or p.negated) for p in pieces)
    return [moved if p is days[0] else p if hours else p.but(dismissed=False) for p in pieces]


def _move_the_hour(tape: Tape, pieces: list[Piece]) -> list[Piece] | None:
    """ "Push it back by an hour please, it's at 10 on Friday": at eleven."""
    clocks = [p for p in pieces if isinstance(p.found, Clock)]
    plain = all(isinstance(p.found, (Days, Clock)) and not p.negated for p in pieces)
    if len(clocks) != 1 or len(pieces) > 2 or not plain or (far := _minutes(tape)) is None:
        return None
    clock, before = clocks[0].found, range(clocks[0].start - 1, clocks[0].start + 1)
    if tape.has_any(before, "onto", "to", "so"):
        return None  # "put back an hour, to 4"
    if not isinstance(clock, Clock) or clock.shape != "point" or clock.start is None:
        return None
    start = replace(clock.start, minutes=clock.start.minutes + far)
    if not 0 < start.minutes < 24 * 60:
        return None
    moved = clocks[0].but(found=replace(clock, start=start))
    return [(moved if p is clocks[0] else p).but(dismissed=False) for p in pieces]


def _minutes(tape: Tape) -> int | None:
    for place in range(len(tape)):
        if place in tape.read:
            continue
        if tape.get(place, "unit") == "half_hour" and (sign := _sign(tape, place, place + 1)):
            return 30 * sign
        if not tape.has(place, "one", "digits", "number"):
            continue
        counted = counted_unit(tape, place)
        if counted is None or counted[1] not in _MINUTES:
            continue
        many, unit, end = counted
        if sign := _sign(tape, place, end):
            return _MINUTES[unit] * many * sign
    return None


def _sign(tape: Tape, place: int, end: int) -> int:
    """1 where what is counted at [place, end) is later, -1 where it is earlier, 0 where nothing tells."""
    led = place - 1 if _words(tape, place - 1) & _BY else place
    before = range(max(led - _CLAUSE, 0), led)
    beside = _words(tape, place - 1) | _words(tape, end) | _words(tape, led - 1)
    if led < place:
        beside |= {tape.at(p).text for p in before}
    named = (*before, place - 1) if led < place else (place - 1,)
    later = bool(beside & _LATER) or tape.has_any(named, "put_back")
    earlier = bool(beside & _EARLIER) or tape.has_any(named, "put_forward")
    if not (later or earlier):
        later = led < place and any(tape.at(p).text in _PUSHING for p in before)
    return later - earlier


def _words(tape: Tape, place: int) -> set[str]:
    """Of a phrase, too: "back by"."""
    lexeme = tape.at(place)
    return set(tape.text[lexeme.start : lexeme.end].casefold().split())


def _shift(tape: Tape) -> timedelta | relativedelta | None:
    for place in range(len(tape)):
        if place in tape.read or not tape.has(place, "one", "digits", "number"):
            continue
        counted = counted_unit(tape, place)
        if counted is None or (counted[1] not in _DAYS and counted[1] != "month"):
            continue
        many, unit, end = counted
        if sign := _sign(tape, place, end):
            far = relativedelta(months=many) if unit == "month" else timedelta(days=many * _DAYS[unit])
            return far * sign
    return None

"""Reads how far a visit is moved: "move it back one week, it was for the 5th"."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.counting import counted_unit
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_LATER = frozenset({"back", "later"})
_EARLIER = frozenset({"earlier", "sooner", "forward", "forwards"})


def move_so_far(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """The day of the visit so much later or earlier, where no other day is told."""
    if not tape.speaks_of_moving or tape.vocabulary.language != "en":
        return pieces
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


def _shift(tape: Tape) -> timedelta | relativedelta | None:
    for place in range(len(tape)):
        if place in tape.read or not tape.has(place, "one", "digits", "number"):
            continue
        counted = counted_unit(tape, place)
        if counted is None or (counted[1] not in _DAYS and counted[1] != "month"):
            continue
        many, unit, end = counted
        beside = {tape.at(place - 1).text, tape.at(end).text}
        later = bool(beside & _LATER) or tape.has(place - 1, "put_back")
        earlier = bool(beside & _EARLIER) or tape.has(place - 1, "put_forward")
        sign = later - earlier
        if sign:
            far = relativedelta(months=many) if unit == "month" else timedelta(days=many * _DAYS[unit])
            return far * sign
    return None

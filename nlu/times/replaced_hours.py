"""The hour of a visit that is told before another hour is wished for: "I have 3 pm on Friday, can it be 5?",
"my daughter is in at 3 on Thursday, could I be seen at 3.30?"."""

from dataclasses import replace

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_TELLING = ("have_booked", "booked", "own_hours", "event", "happened", "oneself")
_ASKING = ("wishing", "doing", "moving", "works")
_STAYING = ("or", "and", "also", "too")


def without_replaced_hours(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Of a day with the hour of something else, and an hour that is asked for, the day with that hour."""
    pieces = _of_its_range(tape, pieces)
    days = [n for n, p in enumerate(pieces) if _is_a_day(p)]
    clocks = [n for n, p in enumerate(pieces) if _is_an_hour(p)]
    if len(days) != 1 or len(clocks) != 2 or any(p.negated for p in pieces):
        return pieces
    day, (told, asked) = days[0], clocks
    if abs(day - told) != 1 or day > asked or pieces[max(day, told)].link != "none":
        return pieces
    if pieces[asked].link not in ("soft", "break") or not _is_replaced(tape, pieces, day, told, asked):
        return pieces
    left = [pieces[day].but(link="break"), pieces[asked].but(link="none")]
    return [*pieces[: min(day, told)], *left, *pieces[asked + 1 :]]


def _of_its_range(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Change my visit on Friday from 9 o'clock to 11 o'clock": at eleven on that day."""
    if not tape.speaks_of_moving:
        return pieces
    for number in range(1, len(pieces)):
        day, hours = pieces[number - 1 : number + 1]
        clock = hours.found
        if not isinstance(clock, Clock) or clock.shape != "range" or not (hours.dismissed and day.dismissed):
            continue
        wished = any(isinstance(p.found, (Days, Clock)) and not p.dismissed for p in pieces)
        if wished or hours.link != "none" or not tape.has(hours.start, "from"):
            continue
        point = replace(clock, shape="point", start=clock.end, end=None)
        both = [day.but(dismissed=False), hours.but(found=point, dismissed=False)]
        return [*pieces[: number - 1], *both, *pieces[number + 1 :]]
    return pieces


def _is_replaced(tape: Tape, pieces: list[Piece], day: int, told: int, asked: int) -> bool:
    """Whether the first hour is only told, and the other is asked for in a clause of its own."""
    end = max(pieces[day].end, pieces[told].end)
    gap = range(end, pieces[asked].start)
    comma = next((p for p in gap if tape.has(p, "soft", "contrast") or tape.at(p).text == "but"), None)
    if comma is None or any(tape.has(p, *_STAYING) and not tape.has(p, "filler") for p in gap):
        return False
    if tape.at(comma).text == "?":
        return False
    begin = min(pieces[day].start, pieces[told].start)
    while begin > 0 and not tape.has(begin - 1, "soft"):
        begin -= 1
    before = [p for p in range(begin, comma) if not any(x.start <= p < x.end for x in pieces)]
    if not tape.has_any(before, *_TELLING) or any(_asks(tape, p) for p in before):
        return False
    return any(_asks(tape, p) for p in range(comma, pieces[asked].end + 1))


def _asks(tape: Tape, place: int) -> bool:
    return tape.has(place, *_ASKING) and not tape.has(place, "have_booked", "booked")


def _is_a_day(piece: Piece) -> bool:
    return isinstance(piece.found, Days) and bool(piece.found.ranges) and not piece.dismissed


def _is_an_hour(piece: Piece) -> bool:
    return isinstance(piece.found, Clock) and piece.found.shape != "part" and not piece.dismissed

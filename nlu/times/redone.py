"""A visit that is to be at another time, without a word for moving it: "la visita di giovedì la farei
sabato", "il controllo di domani alle 9 lo possiamo fare alle 18?"."""

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_OF = frozenset({"di", "del", "dell", "delle", "d"})
_ENDS = (".", "!", "?")


def without_what_is_redone(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """The time that was goes; its day stays where only another hour is told."""
    if not tape.says("redoing"):
        return pieces
    place = next(p for p in range(len(tape)) if tape.has(p, "redoing"))
    first = place
    while first > 0 and tape.at(first - 1).text not in _ENDS:
        first -= 1
    before = [p for p in pieces if first <= p.start < place and isinstance(p.found, (Days, Clock))]
    behind = [p for p in pieces if p.start >= place and _is_wish(p)]
    if not before or not behind or not _is_of_something(tape, before[0]):
        return pieces
    if any(isinstance(p.found, Days) for p in behind):
        gone = before
    else:
        gone = [p for p in before if isinstance(p.found, Clock)]
    left = [p for p in pieces if p not in gone]
    return [_hung(p, before) if p is behind[0] else p for p in left]


def _is_of_something(tape: Tape, piece: Piece) -> bool:
    """ "La visita | di giovedì", "quella | del 12"."""
    if tape.has(piece.start - 1, "own") or tape.has(piece.start, "own"):
        return True  # "quella di domani"
    return tape.at(piece.start - 1).text in _OF or tape.at(piece.start).text in _OF


def _hung(piece: Piece, before: list[Piece]) -> Piece:
    """An hour hangs on the day that stayed; a day on nothing."""
    hour = isinstance(piece.found, Clock) and any(isinstance(p.found, Days) for p in before)
    return piece.but(link="none" if hour else "break")


def _is_wish(piece: Piece) -> bool:
    return isinstance(piece.found, (Days, Clock)) and not (piece.negated or piece.dismissed)


def without_what_was_offered(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "You offered me Thursday at 12, I'd ask for 1": the hour that is wished for."""
    if not tape.says("offered"):
        return pieces
    place = next(p for p in range(len(tape)) if tape.has(p, "offered"))
    end = place + 1
    while end < len(tape) and not _parts(tape, end):
        end += 1
    told = [p for p in pieces if place < p.start < end and isinstance(p.found, (Days, Clock))]
    behind = [p for p in pieces if p.start >= end and _is_wish(p)]
    if not told or not behind or not tape.has_any(range(end, len(tape)), "wishing", "better", "works"):
        return pieces
    days = [p.found.ranges for p in behind if isinstance(p.found, Days)]
    offered = [p.found.ranges for p in told if isinstance(p.found, Days)]
    if any(each in offered for each in days) or tape.has_any(
        range(end, behind[0].start), "if", "or", "cannot"
    ):
        return pieces
    gone = told if days else [p for p in told if isinstance(p.found, Clock)]
    if not gone:
        return pieces
    left = [p for p in pieces if p not in gone]
    return [_hung(p, told) if p is behind[0] else p for p in left]


def _parts(tape: Tape, place: int) -> bool:
    return place not in tape.read and tape.has(place, "soft", "contrast")

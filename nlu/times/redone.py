"""A visit that is to be at another time, without a word for moving it: "la visita di giovedì la farei sabato",
"il controllo di domani alle 9 lo possiamo fare alle 18?"."""

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
    return tape.at(piece.start - 1).text in _OF or tape.at(piece.start).text in _OF


def _hung(piece: Piece, before: list[Piece]) -> Piece:
    """An hour hangs on the day that stayed; a day on nothing."""
    hour = isinstance(piece.found, Clock) and any(isinstance(p.found, Days) for p in before)
    return piece.but(link="none" if hour else "break")


def _is_wish(piece: Piece) -> bool:
    return isinstance(piece.found, (Days, Clock)) and not (piece.negated or piece.dismissed)

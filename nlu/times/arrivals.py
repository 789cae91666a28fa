"""Tells the day somebody comes back from the day that is wished for: "back on the 26th, so on the 27th"."""

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_NEAR = 5
_EXACT = ("weekday", "date", "number", "relative")


def drop_arrivals(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Without the days of an arrival, and of the absence before it, where another is wished for behind."""
    if not tape.says("arriving"):
        return pieces
    for number in range(len(pieces) - 2, -1, -1):
        piece, later = pieces[number], pieces[number + 1 :]
        if not (_is_exact(piece) and _arrives(tape, pieces, number)):
            continue
        wished = [p for p in later if isinstance(p.found, Days) and p.found.ranges and not p.negated]
        if not wished or _is_listed(tape, piece, wished[0]) or wished[0].dismissed:
            continue
        behind = number + 1
        while (
            behind < len(pieces) and isinstance(pieces[behind].found, Clock) and pieces[behind].link == "none"
        ):
            behind += 1
        before = [p for p in pieces[:number] if not _is_absence(p)]
        return [*before, pieces[behind].but(link="break"), *pieces[behind + 1 :]]
    return pieces


def _is_listed(tape: Tape, piece: Piece, later: Piece) -> bool:
    """Unlike "I'm back on the 10th and could come on the 11th"."""
    led = later.link == "and" and tape.has_any(range(piece.end, later.start), "wishing")
    return later.link in ("or", "and") and not led


def _is_exact(piece: Piece) -> bool:
    plain = not (piece.negated or piece.dismissed)
    return plain and isinstance(piece.found, Days) and piece.found.kind in _EXACT and not piece.found.bound


def _is_absence(piece: Piece) -> bool:
    """ "Away until the 25th", from whichever side it was read."""
    return isinstance(piece.found, Days) and (piece.found.bound is not None or piece.negated)


def _arrives(tape: Tape, pieces: list[Piece], number: int) -> bool:
    piece = pieces[number]
    first = max(piece.start - _NEAR, pieces[number - 1].end if number else 0)
    last = min(piece.end + 2, pieces[number + 1].start)
    for place in (*range(piece.start - 1, first - 1, -1), *range(piece.end, last)):
        if tape.has(place, "arriving"):
            gap = range(place, piece.start) if place < piece.start else range(piece.end, place)
            return not tape.has_any(gap, "soft")
    return False

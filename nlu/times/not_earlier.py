"""An hour before which somebody cannot come: "before 4 I don't finish", "раньше трёх никак не успею"."""

from nlu.times.pieces import Clock, Piece
from nlu.times.tape import Tape

_WISHED = ("works", "free", "if", "so")


def free_from_then(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Of such an hour, those after it are left."""
    if not (tape.says("earlier") and (tape.says("not") or tape.says("cannot"))):
        return pieces
    return [_from_then(tape, piece) for piece in pieces]


def _from_then(tape: Tape, piece: Piece) -> Piece:
    found = piece.found
    if not isinstance(found, Clock) or found.shape != "before" or found.end is None or piece.negated:
        return piece
    if not tape.has(piece.start, "earlier") or tape.has(piece.start, "until"):
        return piece
    end = next((p for p in range(piece.end, len(tape)) if tape.has(p, "soft")), len(tape))
    behind = range(piece.end, end)
    refused = tape.has_any(behind, "not", "cannot") and not tape.has_any(behind, *_WISHED)
    return piece.but(found=Clock("after", found.end)) if refused else piece

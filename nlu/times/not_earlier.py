"""An hour before which somebody cannot come: "before 4 I don't finish", "раньше трёх никак не успею"."""

from nlu.times.hours import opening_hours
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_FREED = ("finishing", "arriving", "own_hours", "busy")
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


def drop_when_freed(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I'm free by lunch, could I come tomorrow at 3?", "back at 7 pm, only on Saturday": the hour at which
    somebody is free goes, where the visit has its own, or the practice is closed by then."""
    if not any(tape.says(kind) for kind in _FREED):
        return pieces
    for number in range(len(pieces) - 1):
        piece, later = pieces[number], pieces[number + 1 :]
        if not isinstance(piece.found, Clock) or piece.negated or piece.link not in ("break", "soft"):
            continue
        if later[0].link not in ("soft", "break") or not _tells_when_free(tape, piece):
            continue
        days = [n for n, p in enumerate(later) if isinstance(p.found, Days) and p.found.ranges]
        hours = [
            p for p in later if isinstance(p.found, Clock) and not p.negated and p.found.shape == "point"
        ]
        if not days or not (hours or _is_over(tape, piece.found)):
            continue
        return [*pieces[:number], later[0].but(link="break"), *later[1:]]
    return pieces


def _tells_when_free(tape: Tape, piece: Piece) -> bool:
    clause = tape.clause(piece.start, piece.end)
    return tape.has_any(clause, *_FREED) and not tape.has_any(
        clause, "wishing", "then", "or", "whenever", *_WISHED
    )


def _is_over(tape: Tape, clock: Clock) -> bool:
    closes = opening_hours(tape.context)[1]
    return clock.shape == "point" and clock.start is not None and min(clock.start.readings()) >= closes

"""Days told apart with words between that nobody understood: perhaps only one of them is wished for."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from nlu.times.pieces import Clock, Days, Instant, Piece
from nlu.times.tape import Tape

DOUBTFUL = 0.6  # one of several readings, or something was left unread: said back, or asked
_FEW = 2  # words between "and" and the day that it joins: "and the cleaning on Friday"
_JOINING = ("or", "and", "then")
_SINGLE = ("weekday", "date", "number", "relative")
_WISHING = ("wishing", "works", "whenever", "asap", "free", "booked", "moving", "have_booked")


def doubted(tape: Tape, pieces: Sequence[Piece]) -> list[Piece]:
    """The days are in doubt where they are apart; where one seems to be a reason, the other is left."""
    days = [p for p in pieces if isinstance(p.found, Days) and is_wish(p)]
    apart = any(later.link == "break" and not _are_joined(tape, one, later) for one, later in pairwise(days))
    if not apart:
        return list(pieces)
    reason = days[0] if len(days) == 2 and _is_a_reason(tape, pieces, *days) else None
    told: list[Piece] = []
    dismissing = False
    for piece in pieces:
        dismissing = piece is reason or (
            dismissing and isinstance(piece.found, Clock) and piece.link == "none"
        )
        if isinstance(piece.found, Days) and is_wish(piece):
            sure = min(piece.found.confidence, DOUBTFUL)
            piece = piece.but(found=replace(piece.found, confidence=sure))
        told.append(piece.but(dismissed=True) if dismissing else piece)
    return told


def is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, (Clock, Instant)) or (
        isinstance(piece.found, Days) and bool(piece.found.ranges)
    )


def _are_joined(tape: Tape, one: Piece, later: Piece) -> bool:
    """Whether either would do; but of "if she is away until the 15th, then on the 17th" only one does."""
    spans = isinstance(one.found, Days) and one.found.bound is not None
    parted, unknown = False, 0
    for place in range(later.start - 1, one.end - 1, -1):
        if tape.has(place, *(_JOINING[:2] if spans else _JOINING)):
            return True
        if tape.has(place, "own") and unknown and not parted:  # "my father on Tuesday, my mother on Friday"
            return True
        parted = parted or tape.has(place, "soft")
        unknown += tape.is_unknown(place)
        if unknown > _FEW or (unknown and parted):  # "Thursday is a strike and I stay in, Friday at 11"
            return False
    return False


def _is_a_reason(tape: Tape, pieces: Sequence[Piece], one: Piece, later: Piece) -> bool:
    """ "On Wednesday I take my parents to the station, Thursday afternoon": something else is done."""
    if any(not isinstance(p.found, Days) or p.found.kind not in _SINGLE for p in (one, later)):
        return False
    comma = next((p for p in range(one.end, later.start) if tape.has(p, "soft") and _parts(tape, p)), None)
    if comma is None or tape.at(comma).text == "?":
        return False
    said = range(_with_its_hour(pieces, one), comma)
    if sum(tape.is_unknown(p) for p in said) < _FEW or any(tape.has(p, *_WISHING) for p in said):
        return False
    end = _with_its_hour(pieces, later)
    behind = next((p for p in range(end, len(tape)) if tape.has(p, "soft")), len(tape))
    return sum(tape.is_unknown(p) for p in range(end, behind)) < _FEW


def _parts(tape: Tape, place: int) -> bool:
    return tape.at(place).text in (",", ".", ";", "!", "?", "-", ":")


def _with_its_hour(pieces: Sequence[Piece], day: Piece) -> int:
    """The place behind a day and the hours that hang on it."""
    end = day.end
    for piece in pieces:
        if (
            piece.start >= end
            and piece.link == "none"
            and isinstance(piece.found, Clock)
            and piece.start <= end + 1
        ):
            end = piece.end
    return end

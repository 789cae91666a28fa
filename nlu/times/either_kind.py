"""What is told behind a time and bears on it: "Thursday rather than Friday, but either is fine", "free until
12, after that working", "before Easter Sunday, that's the 5th"."""

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_THAT_IS = frozenset({"that", "thats", "'", "s", "which", "is", "so", "ie", ",", "(", "-"})
_BUSY = ("own_hours", "cannot", "event")


def take_either(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    return _without_its_date(tape, _with_what_would_do(tape, _until_then(tape, pieces)))


def _until_then(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Tomorrow I'm free until 12, after that I'm working": until then."""
    if not tape.says("after_that"):
        return pieces
    told = list(pieces)
    for number, piece in enumerate(told):
        clock = piece.found
        if not isinstance(clock, Clock) or clock.shape != "after" or not tape.has(piece.start, "after_that"):
            continue
        behind = tape.skip(piece.end, "filler", "oneself", "being", "soft")
        asks = tape.has_any(range(piece.end, behind), "wishing")  # "after that I can get out"
        if tape.has(behind, *_BUSY) and not (asks or piece.negated):
            told[number] = piece.but(found=Clock("before", end=clock.start))
    return told


def _with_what_would_do(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "I'd rather have Thursday than Friday, but either would do": both of them."""
    if not tape.says("either_does") or len(pieces) < 2:
        return pieces
    last, before = pieces[-1], pieces[-2]
    alike = isinstance(last.found, Days) and isinstance(before.found, Days) and last.dismissed
    if not alike or before.negated or not tape.has_any(range(last.end, len(tape)), "either_does"):
        return pieces
    return [*pieces[:-1], last.but(dismissed=False, link="or")]


def _without_its_date(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Before Easter Sunday, that's the 5th of April": the date of the bound, and no wish."""
    for number in range(1, len(pieces)):
        bound, date = pieces[number - 1].found, pieces[number].found
        if not (isinstance(bound, Days) and isinstance(date, Days)) or bound.bound not in ("before", "by"):
            continue
        gap = range(pieces[number - 1].end, pieces[number].start)
        explained = any(tape.at(p).text.isalpha() or tape.has(p, "which_is", "it_is") for p in gap) and all(
            tape.at(p).text in _THAT_IS or tape.has(p, "which_is", "it_is") for p in gap
        )
        if explained and bound.ranges and date.ranges and date.ranges[0][0] == bound.ranges[-1][1]:
            return [*pieces[:number], *pieces[number + 1 :]]
    return pieces

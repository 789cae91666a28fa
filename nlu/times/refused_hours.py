"""Several refused parts of a day are refused together: "on Friday, only not in the morning nor at lunch"."""

from nlu.times.hours import hours_of, opening_hours
from nlu.times.pieces import Clock, Hours, Moment, Piece
from nlu.times.tape import Tape

_GAP = 60  # minutes between "not in the morning, not in the afternoon" in which nobody means to come


def refused_together(tape: Tape, clocks: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The hours of one time: one refusal of all that was refused, and none beside other hours wished for."""
    refused = [p for p in clocks if p.negated]
    if len(clocks) < 2 or not refused:
        return clocks
    wished = [p for p in clocks if not p.negated]
    holes = [span for p in refused if (span := _span(tape, p)) is not None]
    if len(holes) < len(refused):
        return clocks
    if wished:
        spans = [_span(tape, p) for p in wished]
        apart = all(s is not None and not any(_overlap(s, hole) for hole in holes) for s in spans)
        return tuple(wished) if apart else clocks
    left = _left(holes, opening_hours(tape.context))
    if len(left) != 1:
        return clocks
    start, end = left[0]
    opens, closes = opening_hours(tape.context)
    if start > opens and end < closes:
        between = Clock("range", Moment(start), Moment(end))
        return (refused[0].but(found=between, negated=False, excluding=False),)
    hole = (opens, start) if end == closes else (end, closes)
    return (refused[0].but(found=Clock("range", Moment(hole[0]), Moment(hole[1]))),)


def _span(tape: Tape, piece: Piece) -> Hours | None:
    if not isinstance(piece.found, Clock):
        return None
    return hours_of(piece.found, tape.vocabulary, tape.context)


def _overlap(one: Hours, other: Hours) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _left(holes: list[Hours], opening: Hours) -> list[Hours]:
    left: list[Hours] = []
    start = opening[0]
    for hole in sorted(holes):
        if hole[0] - start > _GAP:
            left.append((start, hole[0]))
        start = max(start, hole[1])
    if opening[1] - start >= _GAP:
        left.append((start, opening[1]))
    return left

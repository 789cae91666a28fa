"""Weekdays told behind an absence are those after it: "away until Sunday, so Monday or Tuesday"."""

from dataclasses import replace
from datetime import timedelta

from nlu.times import almanac
from nlu.times.pieces import Days, Piece
from nlu.times.tape import Tape

_WEEK = timedelta(weeks=1)


def after_absences(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Weekdays that lie before the end of an absence told before them move on by a week."""
    if not tape.says("absent"):
        return pieces
    end = None
    moved: list[Piece] = []
    for piece in pieces:
        days = piece.found
        if isinstance(days, Days) and days.ranges and _is_absence(tape, piece):
            end = days.ranges[0][0] if days.bound in ("from", "after") else days.ranges[0][1]
        elif end is not None and isinstance(days, Days) and _is_plain(days) and not piece.negated:
            day = days.ranges[0][0]
            if day < end <= day + _WEEK:
                piece = piece.but(found=replace(days, ranges=(almanac.one(day + _WEEK),), others=()))
        moved.append(piece)
    return moved


def _is_absence(tape: Tape, piece: Piece) -> bool:
    days = piece.found
    until = isinstance(days, Days) and days.bound is not None and tape.has(piece.start, "until")
    if not until:
        return False
    first = piece.start
    while first > 0 and not tape.has(first - 1, "soft"):
        first -= 1
    last = next((p for p in range(piece.end, len(tape)) if tape.has(p, "soft")), len(tape))
    return tape.has_any((*range(first, piece.start), *range(piece.end, last)), "absent")


def _is_plain(days: Days) -> bool:
    return days.kind == "weekday" and not days.bound and days.of_week is None and len(days.ranges) == 1

"""Weekdays told behind an absence are those after it: "away until Sunday, so Monday or Tuesday"."""

from dataclasses import replace
from datetime import timedelta

from nlu.times import almanac
from nlu.times.pieces import Days, Piece
from nlu.times.tape import Tape

_WEEK = timedelta(weeks=1)
_THEM = frozenset({"его", "ее", "ему", "еи", "их", "им", "him", "her", "them"})


def after_absences(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Weekdays that lie before the end of an absence told before them are those that follow it."""
    if not tape.says("absent"):
        return pieces
    absence: Piece | None = None
    moved: list[Piece] = []
    for piece in pieces:
        if _is_absence(tape, piece):
            absence = piece
        elif absence is not None and not piece.negated:
            piece = _moved(tape, absence, piece)
        moved.append(piece)
    return moved


def _moved(tape: Tape, absence: Piece, piece: Piece) -> Piece:
    away, days = absence.found, piece.found
    if not (isinstance(away, Days) and isinstance(days, Days) and _is_plain(days)) or days.weekday is None:
        return piece
    end = away.ranges[0][0] if away.bound in ("from", "after") else away.ranges[0][1]
    first = days.ranges[0][0]
    of_them = any(tape.at(p).text in _THEM for p in range(absence.end, piece.start))
    if first >= end or (end - first > _WEEK and not of_them):  # another one may come in the meantime
        return piece
    day = almanac.coming_weekday(end - timedelta(days=1), days.weekday)
    return piece.but(found=replace(days, ranges=(almanac.one(day),), others=()))


def _is_absence(tape: Tape, piece: Piece) -> bool:
    days = piece.found
    until = (
        isinstance(days, Days)
        and bool(days.ranges)
        and days.bound is not None
        and tape.has(piece.start, "until")
    )
    if not until:
        return False
    first = piece.start
    while first > 0 and not tape.has(first - 1, "soft"):
        first -= 1
    last = next((p for p in range(piece.end, len(tape)) if tape.has(p, "soft")), len(tape))
    return tape.has_any((*range(first, piece.start), *range(piece.end, last)), "absent")


def _is_plain(days: Days) -> bool:
    return days.kind == "weekday" and not days.bound and days.of_week is None and len(days.ranges) == 1

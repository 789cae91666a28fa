"""Another hour of the day that was told: "Thursday at 9 if you can. If not, 10", "half 3 for me and 4 for my
brother"."""

from nlu.times.pieces import Clock, Days, Link, Piece
from nlu.times.tape import Tape

_POINTS = ("point", "around", "range")
_PARTING = ("happened", "own_hours", "no_visit", "event", "because", "correction", "moving", "instead", "so")
_FOR = frozenset({"for", "per", "для", "мне"})
_REACH = 14  # lexemes between the two


def join_other_hours(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """An hour without a day of its own, that stands in for the one before it, is of the same day."""
    if not (tape.says("or") or tape.says("if") or tape.says("then") or tape.says("somebody")):
        return pieces
    joined = list(pieces)
    for number in range(2, len(joined)):
        piece = joined[number]
        if not _is_an_hour(piece) or piece.link not in ("break", "soft") or _has_own_day(joined, number):
            continue
        day, hour = joined[number - 2 : number]
        if isinstance(hour.found, Days):
            day, hour = hour, day
        if not (_is_a_day(day) and _is_an_hour(hour) and joined[number - 1].link == "none"):
            continue
        if (link := _stands_in(tape, range(joined[number - 1].end, piece.start), piece)) is not None:
            joined[number] = piece.but(link=link)
    return joined


def _stands_in(tape: Tape, gap: range, piece: Piece) -> Link | None:
    if len(gap) > _REACH or tape.has_any(gap, *_PARTING):
        return None
    if any(tape.has(p, "if") or (tape.has(p, "or") and not tape.at(p).text) for p in gap):
        return "or"  # "if 9 is gone", "failing that"
    if any(tape.at(p).text == "?" for p in gap) and tape.has(piece.end, "then"):
        return "or"  # "is 6 too late? 5 then"
    if tape.has_any(gap, "and") and tape.at(piece.end).text in _FOR and tape.says("somebody"):
        return "and"
    return None


def _is_an_hour(piece: Piece) -> bool:
    plain = not (piece.negated or piece.dismissed)
    return plain and isinstance(piece.found, Clock) and piece.found.shape in _POINTS


def _is_a_day(piece: Piece) -> bool:
    plain = not (piece.negated or piece.dismissed)
    return plain and isinstance(piece.found, Days) and bool(piece.found.ranges) and not piece.found.bound


def _has_own_day(pieces: list[Piece], number: int) -> bool:
    later = pieces[number + 1] if number + 1 < len(pieces) else None
    return later is not None and isinstance(later.found, Days) and later.link == "none"

"""The days that are told more closely later on: "this week is my last chance, Wednesday or Thursday", "in
the Easter break, say 7 to 10 April"."""

from dataclasses import replace
from datetime import date, timedelta

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_DOUBTFUL = 0.6
_WIDE = ("week", "span", "month")
_CLOSE = ("weekday", "date", "number", "relative", "span")


def keep_the_closer(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """A week or a month goes where days within it are wished for in another sentence."""
    pieces = _placed_in_its_week(tape, pieces)
    days = [n for n, p in enumerate(pieces) if _is_wish(p)]
    gone = {n for n in days if _is_wide(pieces[n]) and _is_told_closer(tape, pieces, n, days)}
    if not gone:
        return pieces
    left: list[Piece] = []
    for number, piece in enumerate(pieces):
        if number in gone:
            continue
        left.append(piece.but(link="break") if number - 1 in gone else piece)
    return left


def _placed_in_its_week(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Next week is quiet at work. Tuesday or Thursday would be best": those of that week."""
    weeks = [n for n, p in enumerate(pieces) if _is_wish(p) and _kind(p) == "week"]
    if len(weeks) != 1 or not _is_wide(pieces[weeks[0]]) or _reach(pieces[weeks[0]])[0] <= tape.today:
        return pieces
    number = weeks[0]
    start, behind = _reach(pieces[number])[0], [p for p in pieces[number + 1 :] if _is_wish(p)]
    if not behind or not all(_kind(p) == "weekday" and _is_close(p) for p in behind):
        return pieces
    gap = range(pieces[number].end, behind[0].start)
    parted = any(tape.at(p).text in (".", ",", "!", "?", "-") for p in gap) and behind[0].link == "break"
    if not parted or tape.has_any(gap, "or", "except", "not", "cannot", "if", "contrast", "correction"):
        return pieces
    if tape.has_any(range(behind[0].start, behind[-1].end), "this", "coming") or tape.says("event"):
        return pieces
    return [_of_week(p, start) if any(p is each for each in behind) else p for p in pieces]


def _of_week(piece: Piece, monday: date) -> Piece:
    days = piece.found
    assert isinstance(days, Days)
    when = almanac.one(monday + timedelta(days=days.weekday or 0))
    sure = min(days.confidence, _DOUBTFUL)
    return piece.but(found=replace(days, kind="date", ranges=(when,), others=(), confidence=sure))


def _kind(piece: Piece) -> str:
    return piece.found.kind if isinstance(piece.found, Days) else ""


def _is_told_closer(tape: Tape, pieces: list[Piece], number: int, days: list[int]) -> bool:
    wide = pieces[number]
    start, end = _reach(wide)
    others = [n for n in days if n != number]
    inside = [n for n in others if start <= _reach(pieces[n])[0] and _reach(pieces[n])[1] <= end]
    inside = [n for n in inside if (_reach(pieces[n])[1] - _reach(pieces[n])[0]) < end - start]
    if not inside or len(inside) < len(others) or not all(_is_close(pieces[n]) for n in inside):
        return False
    if _has_a_clock(pieces, number) or any(pieces[n].link in ("or", "and") for n in (number, inside[0])):
        return False
    near = min(inside, key=lambda n: abs(n - number))
    gap = range(min(wide.end, pieces[near].end), max(wide.start, pieces[near].start))
    last = pieces[max(near, number)]
    if tape.has_any((*gap, last.end, last.end + 1), "instead", "contrast"):
        return False  # "the week is fine, at the weekend instead we're away"
    return last.link == "break" and not tape.has_any(gap, "or", "and", "except", "not", "cannot", "if")


def _is_wish(piece: Piece) -> bool:
    plain = not (piece.negated or piece.dismissed)
    return plain and isinstance(piece.found, Days) and bool(piece.found.ranges)


def _is_wide(piece: Piece) -> bool:
    days = piece.found
    if not isinstance(days, Days) or days.kind not in _WIDE or days.bound or len(days.ranges) != 1:
        return False
    return (days.ranges[0][1] - days.ranges[0][0]).days > 1


def _is_close(piece: Piece) -> bool:
    days = piece.found
    return isinstance(days, Days) and days.kind in _CLOSE and not days.bound and len(days.ranges) == 1


def _reach(piece: Piece) -> tuple[date, date]:
    assert isinstance(piece.found, Days)
    return piece.found.ranges[0][0], piece.found.ranges[-1][1]


def _has_a_clock(pieces: list[Piece], number: int) -> bool:
    """ "Mornings next week"."""
    beside = pieces[max(number - 1, 0) : number] if pieces[number].link == "none" else []
    beside += [p for p in pieces[number + 1 : number + 2] if p.link in ("none", "soft")]
    return any(isinstance(p.found, Clock) for p in beside)

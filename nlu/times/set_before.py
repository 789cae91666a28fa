"""Tells a time that was set, offered or meant before from the one wished for: "it was 4 March, make it the
6th", "мне предложили 20 марта, но это далеко, нельзя ли на этой неделе?"."""

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_NEAR = 5  # lexemes between "offered" and its day
_MARKS = ("was_set", "was_meant")
_TURNING = frozenset({"но", "а", "однако", "увы", "but", "however", "ma", "pero", "invece"})
_UNREAL = frozenset({"бы", "б"})


def drop_what_was_set(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Without it, where another time of its kind is told behind; of "you offered 4 tomorrow, could I come at
    2?" the day stays."""
    if not any(tape.says(mark) for mark in _MARKS) or len(pieces) < 2:
        return pieces
    for number in range(len(pieces) - 2, -1, -1):
        if _is_wish(pieces[number]) and pieces[number].link != "or" and _is_set(tape, pieces, number):
            pieces = _without(tape, pieces, number)
    return pieces


def _without(tape: Tape, pieces: list[Piece], number: int) -> list[Piece]:
    end = number + 1
    while end < len(pieces) and pieces[end].link in ("none", "or", "and") and not _turns(tape, pieces, end):
        end += 1
    later = pieces[end:]
    wished = [p for p in later if _is_wish(p)]
    if not wished or not _turns(tape, pieces, end) or _is_one_more(tape, wished[0]):
        return pieces
    told, before = pieces[number:end], pieces[:number]
    if any(isinstance(p.found, Days) for p in wished):
        return [*before, later[0].but(link="break"), *later[1:]]
    days = [p for p in told if isinstance(p.found, Days)]
    if len(days) == len(told):
        return pieces  # "they offered Friday, could I come at 4?"
    return [*before, *days, later[0].but(link="none" if days else "break"), *later[1:]]


def _is_set(tape: Tape, pieces: list[Piece], number: int) -> bool:
    start = pieces[number].start
    first = max(start - _NEAR, pieces[number - 1].end if number else 0)
    for place in range(start - 1, first - 1, -1):
        if tape.has(place, *_MARKS):
            unreal = tape.at(place + 1).text in _UNREAL or tape.at(place - 1).text in _UNREAL
            return not (unreal or tape.has(place - 1, "not", "if"))
        if (tape.has(place, "soft") and tape.at(place).text != ":") or tape.has(place, "if", "or"):
            return False
    return False


def _turns(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """Whether a comma or a "but" parts the piece from the one before it; of what was only meant, a "but"."""
    if number >= len(pieces):
        return False
    gap = range(pieces[number - 1].end, pieces[number].start)
    if tape.says("was_meant") and not tape.says("was_set"):
        return any(tape.at(p).text in _TURNING or tape.at(p).text in ".!?" for p in gap)
    return any(tape.has(p, "soft") or tape.at(p).text in _TURNING for p in gap)


def _is_one_more(tape: Tape, piece: Piece) -> bool:
    """ "But Thursday would do, too", "но можно и в четверг"."""
    near = range(piece.start - 2, piece.start)
    return tape.has_any((piece.end, *near), "too") or any(tape.at(p).text in ("и", "also") for p in near)


def _is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, Clock) or (isinstance(piece.found, Days) and bool(piece.found.ranges))

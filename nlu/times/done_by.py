"""Bounds told by what somebody does: "anything today before I pick up my daughter at 3"."""

from dataclasses import replace

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_CLAUSE = 8  # lexemes between "before" and the time
_SUBJECTS = ("oneself", "own", "aged", "choosing", "own_hours", "event")
_PARTING = ("soft", "so", "wishing", "or", "if", "correction", "moving")


def bound_by_what_is_done(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """An hour or a day of something else, with "before I" before it, bounds the visit."""
    if tape.vocabulary.language != "en" or not (tape.says("before") or tape.says("after")):
        return pieces
    return _without_wide_bounds([_bounded(tape, piece) for piece in pieces])


def _bounded(tape: Tape, piece: Piece) -> Piece:
    found = piece.found
    if piece.negated or piece.dismissed or not isinstance(found, (Clock, Days)):
        return piece
    where = _leads(tape, piece)
    if where is None:
        return piece
    if isinstance(found, Clock) and found.shape == "point" and found.start is not None:
        bounded = replace(found, shape="after") if where == "after" else Clock("before", end=found.start)
        return piece.but(found=bounded)
    single = isinstance(found, Days) and len(found.ranges) == 1 and not found.bound
    # A weekday is that of what somebody does every day: "before I go to work on Thursday".
    single = single and isinstance(found, Days) and found.kind not in ("month", "weekday")
    if where == "before" and single and isinstance(found, Days) and found.ranges[0][0] > tape.today:
        span = Days("span", ((tape.today, found.ranges[0][0]),), bound="before")
        return piece.but(found=span)
    return piece


def _leads(tape: Tape, piece: Piece) -> str | None:
    """ "Before" or "after", with somebody who does something between it and the time."""
    for place in range(piece.start - 1, piece.start - _CLAUSE, -1):
        relative = tape.at(place).text == "," and tape.at(place + 1).text in ("which", "that")
        if place < 0 or place in tape.read or (tape.has(place, *_PARTING) and not relative):
            return None  # but "after my yoga, which ends at eleven"
        text = tape.at(place).text
        if text not in ("before", "after"):
            continue
        told = tape.has(place + 1, *_SUBJECTS) or tape.at(place + 1).text in _PEOPLE
        said = range(place + 1, piece.start)
        done = any(tape.is_unknown(p) or tape.has(p, "own_hours", "event") for p in said)
        return text if told and done else None
    return None


_PEOPLE = frozenset({"he", "she", "they", "we", "the", "his", "her", "their"})


def _without_wide_bounds(pieces: list[Piece]) -> list[Piece]:
    """ "Before my wedding on 2 May, any time in April": April is what is meant."""
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.negated]
    wide = [p for p in days if isinstance(p.found, Days) and p.found.bound == "before"]
    if len(days) != 2 or len(wide) != 1:
        return pieces
    other = next(p for p in days if p is not wide[0])
    bound = wide[0].found
    assert isinstance(other.found, Days) and isinstance(bound, Days)
    within = other.found.ranges[-1][1] <= bound.ranges[0][1]
    return [p for p in pieces if p is not wide[0]] if within and wide[0].start < other.start else pieces

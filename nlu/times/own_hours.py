"""Tells an hour that is taken, or booked already, from the one wished for: "I finish at 2, so 2.30"."""

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_NEAR = 4
_WISHING = ("wishing", "works", "free", "asap", "moving", "booked")


def is_day(piece: Piece) -> bool:
    return isinstance(piece.found, Days) and bool(piece.found.ranges) and not piece.negated


def is_own_hour(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "My son finishes at 2, so 2.30", "a meeting at 3, could come at 5": another hour is wished for."""
    piece = pieces[number]
    if not isinstance(piece.found, Clock) or piece.negated:
        return False
    if piece.found.shape not in ("point", "range"):
        return False
    day = number - 1 if number and piece.link == "none" and is_day(pieces[number - 1]) else None
    first = number if day is None else day  # "my train is on Thursday at 19:40"
    before = range(max(pieces[first].start - _NEAR, pieces[first - 1].end if first else 0), piece.start)
    named = any(_names_own_hours(tape, place) for place in before)
    if not (named or _is_taken(tape, piece, pieces[number + 1 :])):
        return False
    return any(isinstance(p.found, Clock) and _is_apart(tape, p) for p in pieces[number + 1 :])


def _is_taken(tape: Tape, piece: Piece, later: list[Piece]) -> bool:
    """ "Alle 15 ho il colloquio, riuscirei alle 17": what is done then stands behind the hour."""
    hour = next((p for p in later if isinstance(p.found, Clock)), None)
    end = next((p for p in range(piece.end, len(tape)) if tape.has(p, "soft")), len(tape))
    if hour is None or hour.start < end or hour.link != "break" or tape.at(end).text == "?":
        return False
    said = range(piece.end, end)
    if tape.has_any((*said, *range(piece.start - _NEAR, piece.start)), *_WISHING):
        return False
    told = any(_names_own_hours(tape, p) for p in said) or sum(tape.is_unknown(p) for p in said) > 1
    last = next((p for p in range(hour.end, len(tape)) if tape.has(p, "soft")), len(tape))
    wished = tape.has_any((*range(end, hour.start), *range(hour.end, last)), *_WISHING)
    return told and wished


def _is_apart(tape: Tape, later: Piece) -> bool:
    """ "I drop them off at 8.45 and could be with you at 9.15": the wish begins with the second."""
    if later.link in ("soft", "break", "none"):
        return True
    return later.link == "and" and tape.has_any(range(later.start - _NEAR, later.start), "wishing")


def _names_own_hours(tape: Tape, place: int) -> bool:
    """ "My shift ends at 3", but "can we shift my 3 pm"."""
    return tape.has(place, "own_hours") and not (tape.has(place, "moving") and tape.has(place + 1, "own"))


def is_day_of_own_hour(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "My train is on Thursday at 19:40, can I come on Friday?": another day is wished for."""
    later = pieces[number + 2 :]
    if not is_day(pieces[number]) or not any(is_day(p) and p.link != "or" for p in later):
        return False
    return pieces[number + 1].link == "none" and is_own_hour(tape, pieces, number + 1)


def is_booked_hour(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "I'm booked at 10 today, can I come at 12?": the day stays, and another hour is wished for."""
    piece, later = pieces[number], pieces[number + 1 :]
    before = piece.start - 1 - tape.has(piece.start - 1, "day_number")  # "I've got the 3 pm"
    booked = tape.has(piece.start, "have_booked") or tape.has(before, "own", "have_booked")
    booked = booked or (tape.at(before).text == "have" and tape.at(before - 1).text == "i")  # "I have 3 pm"
    if isinstance(piece.found, Clock) and booked and _is_left(pieces, number):
        return True
    if not number or not isinstance(piece.found, Clock) or piece.link != "none" or piece.negated:
        return False
    day = pieces[number - 1]
    if not (is_day(day) and not any(isinstance(p.found, Days) for p in later)):
        return False
    booked = tape.has_any(range(max(day.start - 3, 0), day.start), "have_booked")
    booked = booked or (tape.speaks_of_moving and tape.has(day.end, "possessive"))  # "Friday's 10 o'clock"
    hours = [p for p in later if isinstance(p.found, Clock) and not p.negated and p.link not in ("or", "and")]
    return booked and bool(hours)


def _is_left(pieces: list[Piece], number: int) -> bool:
    """ "I have the 3 pm on Thursday, could we make it 5 (on the same day)?" """
    day, later = pieces[number + 1 : number + 2], pieces[number + 2 :]
    days = day[0].found if day and is_day(day[0]) and day[0].link == "none" else None
    if not isinstance(days, Days):
        return _is_changed(pieces, number)
    others = [p for p in later if isinstance(p.found, Days) and p.found.ranges != days.ranges]
    hours = [p for p in later if isinstance(p.found, Clock) and not p.negated and p.link not in ("or", "and")]
    return bool(hours) and not others


def _is_changed(pieces: list[Piece], number: int) -> bool:
    """ "A later one on Wednesday, mine is at 11, say 12.30": of the day told before."""
    later = pieces[number + 1 :]
    hour = later[0] if later else None
    told = any(is_day(p) for p in pieces[:number]) and not any(isinstance(p.found, Days) for p in later)
    return told and hour is not None and isinstance(hour.found, Clock) and hour.link in ("soft", "break")

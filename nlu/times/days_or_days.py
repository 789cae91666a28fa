"""Reads two days of the month that a part of the day follows: "13 или 14 вечером", "the 17th or 18 after
lunch" are no hours."""

from nlu.times import almanac
from nlu.times.pieces import Days, Link, Piece
from nlu.times.tape import Tape

_NOON, _EVENING = 12, 17
_LONG_PARTS = ("morning", "day", "afternoon", "evening")
_BEFORE = ("soft", "better", "wishing", "at_weak", "day_number", "filler")


def read_days_or_days(tape: Tape, place: int, pieces: list[Piece]) -> tuple[list[Piece], int] | None:
    """Of a language that says "at" before an hour."""
    if not tape.vocabulary.hours_follow or not tape.has(place, "digits") or not tape.has(place + 1, "or"):
        return None
    first, last, end = tape.whole(place), tape.whole(place + 2), place + 3
    if first is None or last is None or not 1 <= first < last <= 31 or last <= _NOON:
        return None
    if (
        tape.at(place + 1).glued
        or not (place == 0 or tape.has(place - 1, *_BEFORE))
        or tape.has(place - 1, "at")
    ):
        return None
    part = tape.get(end, "part")
    if part not in _LONG_PARTS or (part == "evening" and last >= _EVENING) or tape.has(place - 1, "one_of"):
        return None
    found: list[Piece] = []
    for at, number in ((place, first), (place + 2, last)):
        day = almanac.day_ahead(tape.today, number)
        if day is None:
            return None
        link: Link = "or" if found else "break"
        found.append(Piece(Days("number", (almanac.one(day),), number=number), at, at + 1, link=link))
    return found, end

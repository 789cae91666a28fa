"""Reads the day of the month that corrects the one before it: "11 March, no, rather 12, at 11"."""

from nlu.times import almanac
from nlu.times.pieces import Days, Piece
from nlu.times.tape import Tape

_WITHIN = 6  # lexemes between the two
_SMALL = ("soft", "filler", "at_weak", "better", "day_number", "correction", "cannot", "not")
_BUT = frozenset({"а", "but", "ma", "bensi"})
_NO = frozenset({"no", "нет", "net", "не"})


def read_corrected_number(tape: Tape, place: int, pieces: list[Piece]) -> tuple[list[Piece], int] | None:
    """A bare number is of the month of the date that it takes back."""
    number = tape.whole(place)
    last = pieces[-1] if pieces else None
    if number is None or last is None or not isinstance(last.found, Days):
        return None
    if last.negated and not any(tape.at(p).text in _BUT for p in range(last.end, place)):
        return None
    days, gap = last.found, range(last.end, place)
    if not last.negated and any(tape.at(p).text in _BUT for p in gap):
        return None
    if days.kind not in ("date", "number") or not days.number or days.bound or len(gap) > _WITHIN:
        return None
    if tape.has(place - 1, "at") or not _is_taken_back(tape, gap) or not _is_bare(tape, place):
        return None
    first = days.ranges[0][0]
    day = almanac.make(first.year, first.month, number)
    if day is None or day < tape.today or day == first:
        return None
    return [Piece(Days("date", (almanac.one(day),), number=number), place, place + 1)], place + 1


def _is_taken_back(tape: Tape, gap: range) -> bool:
    if any(tape.at(p).text in _BUT for p in gap[:2]):  # "not the 12th, but the 13th"
        return all(tape.has(p, *_SMALL) or tape.at(p).text in _BUT for p in gap)
    told = any(tape.has(p, "correction") or tape.at(p).text in _NO for p in gap)
    return told and all(tape.has(p, *_SMALL) or tape.at(p).text in _NO for p in gap)


def _is_bare(tape: Tape, place: int) -> bool:
    """No hour, and nothing that is counted."""
    behind = place + 1
    if behind >= len(tape):
        return True
    sign = tape.at(behind)
    return (
        tape.has(behind, "soft") and not (sign.text in ".:" and sign.glued and tape.has(behind + 1, "digits"))
    ) or (tape.has(behind, "at", "part"))

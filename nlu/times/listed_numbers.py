"""Reads numbers that go on from a date just told: "March 20 or 21", "il 10, 11 e 12"."""

from dataclasses import replace

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_LATEST = 24  # hour
_CORRECTING = 3  # words between a date and the number that corrects it
_OF_AN_HOUR = ("ampm_am", "ampm_pm", "oclock", "unit", "counted", "month", "month_short")
_NO = frozenset({"no", "нет"})


def same_month(tape: Tape, place: int, pieces: list[Piece]) -> Days | None:
    """ "March 20 or 21", "the 18th or 19th", "il 10, 11 e 12", "il 10, 12, 14"."""
    before = pieces[-1]
    of_part = isinstance(before.found, Clock) and before.found.shape == "part" and before.link == "none"
    if of_part and len(pieces) > 1 and tape.has(place + 1, "part"):  # "15 апреля утром или 16 днём"
        before = pieces[-2].but(end=before.end)
    ordinal = tape.ordinal(place)
    number, end = ordinal or (tape.whole(place), place + 1)
    gap = range(before.end, place)
    words = sum(not tape.has(p, "soft") for p in gap)  # "12 March... sorry, 13"
    led = place - 1 - tape.has(place - 1, "soft")
    corrected = words <= _CORRECTING and (tape.has(led, "correction") or tape.at(led).text in _NO)
    fallen_back = tape.has(place - 1, "then") and tape.has_any(gap, "or", "if")
    listed = tape.at(place - 1).text == "," and tape.has(end, "or", "soft")
    listed = listed and tape.whole(tape.skip(end, "or", "soft", most=2)) is not None
    listed = listed or (tape.at(place - 1).text == "," and _goes_on(tape, pieces, end))
    fallen_back = fallen_back or (
        tape.has(place - 1, "or") and 0 < len(gap) <= 3 and tape.has(gap[0], "soft")
    )
    joined = ((tape.has(place - 1, "or") or listed) and len(gap) == 1) or fallen_back or corrected
    joined = joined or (0 < len(gap) <= 2 and tape.at(place - 1).text == "хоть")  # "хоть 21 марта, хоть 28"
    if number is None or not joined or not isinstance(before.found, Days):
        return None
    if before.found.kind not in ("date", "number") or before.found.bound:
        return None
    glued = tape.at(end).glued and not (tape.at(end).text in (",", ":") and not tape.at(end + 1).glued)
    told = before.found.number
    timed = told is not None or tape.has(end, "at")
    if told is None and before.found.weekday is not None and tape.has(before.end - 1, "digits"):
        told = before.found.ranges[0][0].day
    if told is None or glued:
        return None
    if number <= told and not (corrected and number < told):
        return None
    spans = tape.has(end, "to") and not tape.has(end, "at")
    day_of = tape.vocabulary.article_makes_day and tape.has(end, "part")
    day_of = day_of or (number > _LATEST and tape.has(end, "part"))
    if ordinal or spans or (tape.has(end, *_OF_AN_HOUR) and not day_of):
        return None
    first = before.found.ranges[0][0]
    day = almanac.make(first.year, first.month, number)
    if day is None:
        return None
    apart = before.found.kind == "number" and listed and number > told + 1
    doubtful = apart or not (
        timed or listed or len(pieces) > 1
    )  # "giovedì 12 o 13", but "giovedì 12 o 13 alle 15"
    sure = min(before.found.confidence, 0.6) if doubtful else before.found.confidence
    found = replace(before.found, ranges=(almanac.one(day),), others=(), confidence=sure)
    return replace(found, number=number, weekday=None)


def _goes_on(tape: Tape, pieces: list[Piece], end: int) -> bool:
    """Whether a list of numbers with commas goes on to its end."""
    if len(pieces) < 2 or not (end >= len(tape) or tape.has(end, "soft", "part", "or")):
        return False
    numbers = [p.found.number for p in pieces[-2:] if isinstance(p.found, Days) and not p.found.bound]
    return len(numbers) == 2 and all(numbers) and tape.at(pieces[-1].start - 1).text == ","

"""Reads a day and its month that are said as two numbers: "il dodici quattro", "двенадцатого четвёртого"."""

from nlu.times import almanac
from nlu.times.pieces import Days
from nlu.times.tape import Tape

_NO_HOUR = 20  # from here on a number that stands first is hardly an hour
_DOUBTFUL = 0.6
_BEFORE = ("soft", "filler", "weekday", "wishing", "at_weak", "or", "from", "onto")
_BEHIND = ("soft", "part", "wishing", "works", "filler", "or", "to", "from_on", "around", "cannot")


def read_said_date(tape: Tape, place: int) -> tuple[Days, int] | None:
    """ "Il dodici quattro alle dieci", "двадцать четвёртого ноль третьего": a day and its month."""
    if tape.vocabulary.language == "en" or tape.has(
        place - 1, "at", "currency", "one_of", "number", "digits"
    ):
        return None
    begin = tape.skip(place, "day_number", most=1)
    found = _two_numbers(tape, begin)
    if found is None:
        return None
    day, month, end = found
    announced = begin > place or tape.has(place - 1, "day_number")
    timed = tape.has(end, "at", "at_hours") and tape.number(end + 1) is not None
    ends = timed or end >= len(tape) or tape.has(end, *_BEHIND)
    begins = announced or place == 0 or tape.has(place - 1, *_BEFORE)
    when = almanac.ahead(tape.today, month, day)
    if when is None or not (begins and ends) or tape.has(end, "month", "counted", "unit", "oclock"):
        return None
    on_its_weekday = tape.get(place - 1, "weekday") == when.weekday()
    if not (announced or timed or on_its_weekday or day >= _NO_HOUR or tape.ordinal(begin)):
        return None
    listed = day < month and not (timed or on_its_weekday)  # "il nove dieci" may be the 9th or the 10th
    in_digits = tape.has(begin, "digits") and not (timed or on_its_weekday)  # "il 12 4": the 12th at 4?
    sure = _DOUBTFUL if listed or in_digits else 0.95
    return Days("date", (almanac.one(when),), number=day, confidence=sure), end


def _two_numbers(tape: Tape, begin: int) -> tuple[int, int, int] | None:
    """Day, month, and the place after them."""
    ordinal = tape.ordinal(begin)
    if tape.vocabulary.ordinals_are_days and ordinal is None:
        return None
    first = ordinal or tape.number(begin)
    if first is None:
        return None
    zero = tape.get(first[1], "number") == 0
    then = first[1] + zero
    second = tape.ordinal(then) if ordinal is not None else tape.number(then)
    if second is None or tape.at(then).glued or tape.has(begin, "digits") != tape.has(then, "digits"):
        return None
    return (first[0], second[0], second[1]) if 1 <= first[0] <= 31 and 1 <= second[0] <= 12 else None

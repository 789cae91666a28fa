"""Reads a day and its month in digits: "5/12", "5.12.", "10.03 ore 10.30": a dot may stand in a time, too."""

from nlu.times import almanac
from nlu.times.full_dates import month_comes_first
from nlu.times.pieces import PAST, Days
from nlu.times.tape import Tape


def numeric_pair(tape: Tape, place: int) -> tuple[Days, int] | None:
    """ "5/12", "5.12.", "5.12": a dot may also stand in a time ("15.30", "9.10")."""
    begin = tape.skip(place, "day_number", most=1) if tape.has(place + 1, "digits") else place
    first, sign = tape.whole(begin), tape.at(begin + 1)
    second = tape.whole(begin + 2)
    if first is None or second is None or sign.text not in (".", "/", "-", ",", "\\"):
        return None
    if sign.text == "," and not (tape.at(begin + 2).text[0] == "0" and second):  # "18,03"
        return None
    if not (sign.glued and tape.at(begin + 2).glued) or tape.has(begin - 1, "currency", "one_of"):
        return None
    end = begin + 3
    if (first, sign.text, second) == (24, "/", 7) or lists_to_a_month(tape, end):  # "10/11 March"
        return None
    if second == 10 and sign.text == "/" and tape.has_any(range(begin - 3, begin), "pain"):
        return PAST, end  # how bad it is
    timed = tape.has(end, "at") and tape.number(end + 1) is not None  # "10.03 ore 10.30"
    if tape.has(end, "counted") or (tape.has(end, "unit") and not (timed or sign.text == "/")):
        return None
    ordinal = tape.has(end, "ordinal_sign") and tape.at(end).glued  # but "12/3 o 13/3"
    if ordinal and tape.at(end).text != ".":  # "14.3." is a date in German
        return None
    dotted = sign.text == "." and tape.at(end).text == "." and tape.at(end).glued
    if dotted and tape.at(end + 1).text.isdecimal() and tape.at(end + 1).glued:
        return None  # a year follows: read with it
    if (
        sign.text == "-"
        and not (
            (begin > place or tape.at(begin + 2).text[0] == "0")
            and not tape.has(begin - 1, "number_of_day")
            and len(tape.at(begin + 2).text) == 2
        )
        and not (begin == 0 and tape.has(end, "at") and tape.number(end + 1))
    ):  # "10-3 alle 10"
        return None
    if sign.text == "." and not dotted and _is_rather_a_time(tape, place, begin, first, second):
        return None
    if sign.text == "/" and tape.has(end, "ampm_am", "ampm_pm") and _are_hours(tape, first, begin + 2):
        return None
    pairs = [(first, second), (second, first)]
    if month_comes_first(tape):
        pairs.reverse()
    if sign.text == "." and not 1 <= pairs[0][1] <= 12:  # "10.30." is an hour
        return None
    found = [d for d in (almanac.ahead(tape.today, m, n) for n, m in pairs if 1 <= m <= 12) if d is not None]
    if not found:
        return None
    unsure = len(found) == 2 and found[0] != found[1] and tape.vocabulary.month_first
    others = (almanac.one(found[1]),) if unsure else ()
    valid = 1 <= pairs[0][1] <= 12 and found[0].day == pairs[0][0]
    days = Days(
        "date",
        (almanac.one(found[0]),),
        others if valid else (),
        number=found[0].day if valid and not unsure else None,
        confidence=0.8 if unsure and valid else 0.95,
    )
    return days, end + 1 if dotted else end


def lists_to_a_month(tape: Tape, place: int) -> bool:
    """Of "12/13/17 March" what is behind the 12 or the 13."""
    while tape.at(place).text == "/" and tape.whole(place + 1) is not None:
        place += 2
    return tape.has(place, "month")


def _are_hours(tape: Tape, first: int, place: int) -> bool:
    """ "10/11 am" is ten or eleven; "20/03 di mattina" is a day."""
    second = tape.whole(place)
    return second is not None and 1 <= second - first <= 2 and second <= 12 and tape.at(place).text[0] != "0"


def _is_rather_a_time(tape: Tape, place: int, begin: int, first: int, second: int) -> bool:
    """ "9.30" can be no date; "14.10" is a time after "alle", and where times are written so."""
    if len(tape.at(begin + 2).text) != 2 or first > 24 or second > 59:
        return False
    if tape.has(place - 1, "at") or tape.has(place - 1, "after", "before", "around") or second > 12:
        return not (second <= 12 and tape.has(begin - 1, "day_number") and not tape.has(begin - 1, "at"))
    timed = tape.has(begin + 3, "at") and not tape.has(begin + 3, "from_on") and tape.number(begin + 4)
    if begin > place or tape.has(begin - 1, "day_number") or timed:
        return False
    if tape.has(begin + 3, "ampm_am", "ampm_pm", "oclock"):
        return True
    if tape.context.asking == "opening":
        return True
    opens, closes = tape.context.opens.hour, tape.context.closes.hour
    return tape.vocabulary.times_are_dotted and second % 5 == 0 and opens <= first < closes

"""Reads the minutes said after an hour: "alle 4 e mezza", "nine-thirty", "девять ноль пять"."""

from nlu.times.tape import Tape
from nlu.times.written import QUARTERS

_BEFORE_ALONE = ("soft", "filler", "or", "weekday", "relative", "part", "wishing")
_HOURS = 24


def minutes_after(tape: Tape, hour: int, end: int, *, brief: bool) -> tuple[int, int, bool]:
    """Minutes said after the hour: "e mezza", "meno un quarto", "thirty", "и 15 минут"."""
    joined = tape.has(end, "and") and not tape.has(end, "day_number")  # "alle 9 | e il 10 alle 10"
    after = end + 1 if joined else end
    if tape.has(after, "half_after") and (joined or tape.vocabulary.language != "en"):
        return 30, after + 1, True
    if tape.has(end, "quarter_after"):
        return 15, end + 1, True
    if joined and tape.has(after, "three_quarters"):
        return 45, after + 1, True
    if joined and tape.has(after, "quarter"):
        return 15, after + 1, True
    if tape.has(end, "minus_after"):
        if tape.has(end + 1, "quarter"):
            return -15, end + 2, True
        less = tape.number(end + 1)
        if less is not None and 1 <= less[0] <= 30:
            return -less[0], tape.skip(less[1], "unit", most=1), True
        return 0, end, False
    if brief:
        return 0, end, False
    if not joined and tape.has(end - 1, "number") and tape.has(over_dash(tape, end), "number"):
        after = over_dash(tape, end)  # "nine-thirty"
    if not joined and tape.at(end).text in ("oh", "o", "zero") and tape.has(end - 1, "number"):
        five = tape.number(end + 1)  # "thirteen oh five"
        if five is not None and 1 <= five[0] <= 9 and tape.vocabulary.language == "en":
            return five[0], five[1], True
    if tape.vocabulary.hours_follow and tape.get(end, "number") == 0 and tape.has(end - 1, "number"):
        five = tape.number(end + 1)  # "двенадцать ноль пять"
        if five is not None and 1 <= five[0] <= 9:
            return five[0], five[1], True
    glued = joined and tape.at(end).glued and tape.at(after).glued and tape.has(after, "digits")
    if glued and len(tape.at(after).text) == 2 and tape.whole(after) in (*QUARTERS, 20, 40, 50):
        return tape.whole(after) or 0, after + 1, True  # "17e30"
    if joined and tape.at(after).text == "00" and tape.has(end - 1, "digits"):  # "15 e 00"
        return 0, after + 1, True
    if tape.get(after, "number") == 0 == tape.get(after + 1, "number"):  # "sedici e zero zero"
        return 0, after + 2, True
    minutes = tape.number(after)
    if minutes is None or not 0 < minutes[0] < 60 or (tape.at(after).glued and after == end):
        return 0, end, False
    named = tape.get(minutes[1], "unit") == "minute"
    if tape.has(minutes[1], "counted", "month") or (tape.has(minutes[1], "unit") and not named):
        return 0, end, False
    if named:
        return minutes[0], minutes[1] + 1, True
    said_at = tape.has(end - 1, "oclock") or tape.has(end - 2, "at", "after", "before", "from", "around")
    in_words = tape.has(after, "number") and (
        tape.has(end - 1, "number") or tape.has(end - 2, "at", "weekday", "relative")
    )
    if joined and not _may_be_minutes(tape, minutes):
        return 0, end, False
    if joined and minutes[0] in QUARTERS and _is_said_alone(tape, hour, end - 1, minutes[1]):
        return minutes[0], minutes[1], True
    if joined and said_at and minutes[0] >= 5 and (minutes[0] % 5 == 0) and not tape.has(end, "soft"):
        return minutes[0], minutes[1], True
    if not joined and in_words and minutes[0] >= 10 and minutes[0] % 5 == 0:
        return minutes[0], minutes[1], True
    return 0, end, False


def _may_be_minutes(tape: Tape, minutes: tuple[int, int]) -> bool:
    """ "Alle 9 e 10", but "at 9 and 10", "10 and 10.20" are two hours."""
    sign, place = tape.at(minutes[1]), minutes[1] + 1
    if sign.text in (".", ":") and sign.glued and tape.has(place, "digits") and tape.at(place).glued:
        return False
    return tape.vocabulary.article_makes_day or minutes[0] > _HOURS


def _is_said_alone(tape: Tape, hour: int, place: int, end: int) -> bool:
    """ "10 e 30", "giovedì sedici e trenta": as hours are told in Italian, and nothing else is counted."""
    if not (tape.vocabulary.article_makes_day and 7 <= hour <= 20 and tape.at(place + 1).text == "e"):
        return False
    if tape.has(place - 1, "day_number", "one_of", "currency"):
        return False
    if tape.has(place - 1, "month") and not tape.has(place - 2, "digits", "number"):  # "13 marzo 15 e 30"
        return False
    begins = place == 0 or tape.has(place - 1, *_BEFORE_ALONE, "month")
    after = tape.at(end)
    return begins and (end >= len(tape) or (bool(after.senses) and not after.glued) or "soft" in after.senses)


def over_dash(tape: Tape, place: int) -> int:
    """ "half-past", "nine-thirty" """
    return place + 1 if tape.at(place).text == "-" and tape.at(place).glued else place

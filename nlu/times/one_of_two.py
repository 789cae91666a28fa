"""Bare numbers that are hours because two of them are told, or another hour was: "like 4 or half 4",
"on Wednesday, 12 or 1", "is the 2 o'clock gone? Then 3"."""

from nlu.times.named_hours import plain_number
from nlu.times.tape import Tape

_LEADING = frozenset({"like", "say", "then", "maybe", "perhaps", "either", "ideally", "preferably", "try"})
_NEAR_A_DAY = ("weekday", "relative", "part", "day_part", "ordinal_sign", "oclock", "ampm_am", "ampm_pm")


def is_one_of_two(tape: Tape, place: int, end: int) -> bool:
    """Whether the number at [place, end) is one of two hours, or stands in for one that may be gone."""
    if tape.context.asking in ("opening", "choice") or plain_number(tape, place) is None:
        return False
    if tape.says("or") and (_leads_a_half(tape, place, end) or _is_of_a_pair(tape, place, end)):
        return True
    return _stands_in(tape, place, end)


def _leads_a_half(tape: Tape, place: int, end: int) -> bool:
    """ "9 or half 9", "4 or quarter past"."""
    told = tape.at(end).text == "or" and tape.has(end + 1, "half", "quarter")
    told = told and tape.get(end + 1, "unit") is None
    return told and (tape.has(end + 2, "past", "minus") or tape.number(end + 2) is not None)


def _is_of_a_pair(tape: Tape, place: int, end: int) -> bool:
    """ "Wednesday is best, 12 or 1": either of the two, and nothing else in their clause."""
    first, second = place, tape.number(end + 1) if tape.at(end).text == "or" else None
    if second is None:
        if tape.at(place - 1).text != "or" or plain_number(tape, place - 2) is None:
            return False
        first, second = place - 2, (0, end)
    elif plain_number(tape, end + 1) is None:
        return False
    ends = second[1] >= len(tape) or tape.has(second[1], "soft")
    led = tape.has(first - 1, "soft") or tape.at(first - 1).text in _LEADING
    return led and ends and _has_a_time(tape, first)


def _stands_in(tape: Tape, place: int, end: int) -> bool:
    """ "4 tomorrow? Or 5 if 4's gone", "if it's full, 10 then"."""
    before = place - 1
    lead = before - (tape.at(before).text == ",")
    if tape.has(lead, "or") and not tape.at(lead).text and (end >= len(tape) or tape.has(end, "soft")):
        return _has_an_hour(tape, lead)  # "9 on Thursday? If not, 10"
    if not tape.says("if") and not tape.says("then"):
        return False
    if tape.at(before).text == "or" and tape.has(end, "if") and tape.has(before - 1, "soft"):
        return _has_a_time(tape, before)
    then = tape.at(end).text == "then" and (end + 1 >= len(tape) or tape.has(end + 1, "soft"))
    return then and tape.has(before, "soft") and _has_a_time(tape, before)


def _has_a_time(tape: Tape, place: int) -> bool:
    """Whether a day or an hour was read before `place`."""
    return any(p in tape.read and tape.has(p, *_NEAR_A_DAY) for p in range(place))


def _has_an_hour(tape: Tape, place: int) -> bool:
    """Unlike "Thursday 12, if not, 13"."""
    return any(
        p in tape.read
        and tape.has(p, "digits", "number")
        and not tape.has(p - 1, "weekday", "relative", "day_number")
        and not tape.has(p + 1, "ordinal_sign", "month", "month_short")
        for p in range(place)
    )


def is_listed_with_a_date(tape: Tape, end: int) -> bool:
    """ "На 9 или 10 марта": a day, too."""
    number = tape.number(end + 1) if tape.has(end, "or") else None
    return number is not None and tape.has(number[1], "month") and tape.vocabulary.hours_follow

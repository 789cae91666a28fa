"""Tells which bare numbers of a short answer are hours: "either's fine, 10 or 2", "no, later, like 5"."""

from itertools import pairwise

from nlu.times.tape import Tape

_SHORT = 9  # lexemes
_SMALL = (
    *("filler", "soft", "indifferent", "or", "cannot", "end", "wishing"),
    *("later_on", "around", "not", "so", "earlier", "then"),
)
_COUNTING = ("unit", "counted", "currency", "month", "one_of", "past", "minus")
_LATEST = 19


def is_an_answer(tape: Tape, place: int) -> bool:
    """Whether the number at `place` stands in an answer of nothing but small words and hours."""
    if tape.context.asking or len(tape) > _SHORT:
        return False
    numbers = [p for p in range(len(tape)) if tape.number(p) is not None and not tape.has(p, "one")]
    if place not in numbers or not 1 <= len(numbers) <= 3:
        return False
    others = [p for p in range(len(tape)) if p not in numbers]
    if not all(tape.has(p, *_SMALL) and not tape.has(p, *_COUNTING[:-2]) for p in others):
        return False
    hours = all(1 <= (tape.number(p) or (0, 0))[0] <= _LATEST for p in numbers)
    listed = len(numbers) > 1 and all(tape.has(b - 1, "or") and a == b - 2 for a, b in pairwise(numbers))
    compared = len(numbers) == 1 and tape.has_any(others, "end", "later_on", "earlier", "then")
    compared = compared or (tape.has(place - 1, "soft") and tape.has_any(range(place), "not"))
    refused = len(numbers) == 2 and tape.has(numbers[0] - 1, "not", "cannot")  # "not 3, 4"
    return hours and (listed or compared or refused)


def is_for_somebody(tape: Tape, place: int) -> bool:
    """ "11 for me, 11.40 for my partner": two hours, each for one."""
    number = tape.number(place)
    if number is None or not 1 <= number[0] <= _LATEST or tape.has(place, "one"):
        return False
    if tape.vocabulary.language != "en" or not _is_for(tape, number[1]):
        return False
    return any(
        _is_for(tape, p) and p != number[1] and tape.has(p - 1, "digits", "number") for p in range(len(tape))
    )


def _is_for(tape: Tape, place: int) -> bool:
    told = tape.at(place + 1).text in ("me", "us", "my", "him", "her", "one", "them", "the")
    named = tape.is_unknown(place + 1) and tape.at(place + 1).start in tape.capitals
    return tape.at(place).text == "for" and (told or named)


def is_of_the_day_told(tape: Tape, place: int) -> bool:
    """ "Меня на 10, а мужа на 11 в четверг", "5-го и 6-го, обоих на 9": where days are told otherwise."""
    if not (tape.vocabulary.hours_follow and tape.has(place, "at_weak")) or tape.speaks_of_moving:
        return False
    number = tape.number(place + 1)
    opens, closes = tape.context.opens.hour, tape.context.closes.hour
    if number is None or not opens <= number[0] < closes or tape.says("month") or tape.context.asking:
        return False
    if not any(tape.says(kind) for kind in ("weekday", "relative", "ordinal_sign", "for_both")):
        return False
    end = number[1]
    return end >= len(tape) or tape.has(end, "soft", "or", "filler", "weekday", "relative", "to")


def is_rough(tape: Tape, place: int) -> bool:
    """ "Late Thursday afternoon, 5 or so"."""
    number = tape.number(place)
    if number is None or not 1 <= number[0] <= _LATEST or tape.has(place, "one"):
        return False
    rough = tape.has(number[1], "around") and tape.has(number[1], "or") is False
    behind = number[1] + 1
    ends = behind >= len(tape) or tape.has(behind, "soft", "wishing", "filler")
    return (
        rough and not tape.at(number[1]).text and ends and tape.has(place - 1, "soft", "weekday", "relative")
    )


def is_a_fallback(tape: Tape, place: int, end: int) -> bool:
    """ "Wed, 2 pm if you can, if not 4": another hour, and nothing behind it."""
    number = tape.number(place)
    if number is None or not 1 <= number[0] <= _LATEST or not (end >= len(tape) or tape.has(end, "soft")):
        return False
    lead = place - 1 - (tape.at(place - 1).text == ",")
    if tape.at(lead).text == "then" and tape.has_any(range(lead), "if"):
        return not tape.has(place, "one")  # "if 2 on Wednesday has gone then 3"
    if not tape.has(lead, "or") or tape.at(lead).text or tape.has(place, "one"):
        return False
    return any(p in tape.read and tape.has(p, "ampm_am", "ampm_pm", "at", "oclock") for p in range(lead))

"""Tells which bare numbers of a short answer are hours: "either's fine, 10 or 2", "no, later, like 5"."""

from itertools import pairwise

from nlu.times.tape import Tape

_SHORT = 9  # lexemes
_SMALL = (
    "filler",
    "soft",
    "indifferent",
    "or",
    "cannot",
    "end",
    "wishing",
    "later_on",
    "around",
    "not",
    "so",
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
    compared = len(numbers) == 1 and any(tape.has(p, "end", "later_on", "earlier") for p in others)
    return hours and (listed or compared)


def is_a_fallback(tape: Tape, place: int, end: int) -> bool:
    """ "Wed, 2 pm if you can, if not 4": another hour, and nothing behind it."""
    number = tape.number(place)
    if number is None or not 1 <= number[0] <= _LATEST or not (end >= len(tape) or tape.has(end, "soft")):
        return False
    lead = place - 1 - (tape.at(place - 1).text == ",")
    if not tape.has(lead, "or") or tape.at(lead).text or tape.has(place, "one"):
        return False
    return any(p in tape.read and tape.has(p, "ampm_am", "ampm_pm", "at", "oclock") for p in range(lead))

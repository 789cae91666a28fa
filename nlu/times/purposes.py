"""Clauses that say what for, or why: "così poi vado al mercato"."""

from collections.abc import Iterable

from nlu.times.tape import Tape

_WISHING = ("wishing", "works", "free", "better", "choosing", "whenever", "asap", "moving", "needing")
_TELLING = ("busy", "cannot", "own_hours", "having", "elsewhere", "no_visit", "happened", "pain", "occasion")
_ENDS = (".", "!", "?")


def is_purpose(tape: Tape, place: int) -> bool:
    """ "..., così poi vado al mercato", unlike "..., così vengo alle 6" and "..., così alle 6"."""
    if not tape.has(place, "so_that") or place == 0 or tape.at(place - 1).text in _ENDS:
        return False
    return only_tells(tape, range(place + 1, end_of_clause(tape, place + 1)))


def only_tells(tape: Tape, clause: Iterable[int]) -> bool:
    told = False
    for place in clause:
        if wishes(tape, place):
            return False
        told = told or tape.has(place, *_TELLING)
        told = told or (tape.is_unknown(place) and tape.at(place).text.isalpha() and place not in tape.read)
    return told


def wishes(tape: Tape, place: int) -> bool:
    """Unlike "non posso" and "c'è il mercato"."""
    there_is = tape.has(place, "having") and tape.has(place + 1, "article") and tape.is_unknown(place + 2)
    return tape.has(place, *_WISHING) and not there_is and not tape.has(place - 1, "not")


def end_of_clause(tape: Tape, place: int) -> int:
    """Up to the next comma that is part of no time."""
    while place < len(tape) and not (tape.has(place, "soft") and place not in tape.read):
        place += 1
    return place

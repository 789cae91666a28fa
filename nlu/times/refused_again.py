"""A refusal that is said again before each time: "no Mondays no Fridays", "can't do Wed can't do Thu"."""

from nlu.times.pieces import Piece
from nlu.times.tape import Tape

_LEADING = ("filler", "at", "of", "day_number")
_SMALL = (*_LEADING, "soft", "and")


def is_refused_again(tape: Tape, pieces: list[Piece], start: int, place: int) -> bool:
    """Whether the same words of refusal stand before the piece at `place` as before the last one."""
    last = pieces[-1] if pieces else None
    if last is None or not last.negated or last.excluding:
        return False
    marker = next((p for p in range(start, place) if tape.has(p, "cannot", "not")), None)
    if marker is None or not all(tape.has(p, *_LEADING) for p in range(marker + 1, place)):
        return False
    if tape.has_any(range(marker + 1, place), "soft"):
        return False  # "no lunedì no, martedì": said twice of the first
    before = last.start - 1
    while before >= 0 and tape.has(before, *_SMALL) and not tape.has(before, "soft", "cannot", "not"):
        before -= 1
    small = all(tape.has(p, *_SMALL) for p in range(start, marker))
    return small and tape.has(before, "cannot", "not") and _words(tape, before) == _words(tape, marker)


def answers_itself(tape: Tape, pieces: list[Piece], start: int, place: int) -> bool:
    """ "Friday? God no, Thursday", unlike "Friday? No, Thursday", which corrects."""
    if not pieces or pieces[-1].negated or place - start < 3 or tape.at(start).text != "?":
        return False
    answer = start + 1
    if not tape.has(answer, "cannot", "not") or tape.at(answer).text == "no":
        return False
    return tape.has(answer + 1, "soft") and tape.at(answer + 1).text != "?"


def _words(tape: Tape, place: int) -> str:
    return tape.text[tape.at(place).start : tape.at(place).end].casefold()

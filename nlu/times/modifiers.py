"""Reads what goes before or after a day or a week: next, this, coming, last."""

from nlu.times.tape import Tape

_MODIFIERS = ("next", "this", "coming", "last", "after_next")
_TARGETS = ("weekday", "unit", "weekend", "month", "part")


def read_modifier(tape: Tape, place: int) -> tuple[str, int, int] | None:
    """The modifier, the place of what it is said of, and the place after both."""
    modifier = tape.first(place, _MODIFIERS)
    if modifier is not None:
        target = tape.skip(place + 1, "filler", "next", "coming", most=1)
        if target > place + 1 and tape.has(place + 1, "next", "coming"):
            modifier = "next" if tape.has(place + 1, "next") else "coming"
        if not tape.has(target, *_TARGETS):
            target = place + 1
        if modifier == "next" and tape.has(place + 1, "next") and target == place + 2:  # "next next week"
            modifier = "after_next"
        end = target + 1
    else:
        target = place
        if not tape.has(target, *_TARGETS):
            return None
        modifier = tape.first(place + 1, reversed(_MODIFIERS))
        if modifier is None:
            return None
        if tape.has(target, "weekday") and tape.get(place + 2, "unit") in ("week", "month"):
            return None  # "lunedì | prossima settimana"
        leads = modifier == "this" or (tape.vocabulary.modifiers_lead and modifier != "after_next")
        if leads and tape.has(place + 2, *_TARGETS):
            return None
        hours = ("number", "digits", "at", "at_hours", "clock_exact", "clock_spoken", "holiday", "day_number")
        if tape.has(place + 1, "after") and tape.has(place + 2, *hours):
            return None
        end = place + 2
    return modifier, target, end

"""Reads the day that a visit is moved to where only its number is told: "перенести с 10 марта на 13"."""

from nlu.times.tape import Tape


def is_moved_onto(tape: Tape, begin: int, end: int) -> bool:
    """ "С 10 марта на 17 в 9", "с 5 марта на 24": a number that follows a day, or has an hour, is a day."""
    if not (tape.vocabulary.hours_follow and tape.has(begin - 1, "at_weak") and tape.has(begin, "digits")):
        return False
    if tape.has(end, "at") and tape.number(end + 1) is not None:
        return True
    leaves = _leaves_a_date(tape, begin - 1) or _was_on_a_date(tape, begin - 2)
    return leaves and _is_a_number_alone(tape, begin, end)


def may_be_its_hour(tape: Tape, begin: int, end: int) -> bool:
    """ "С 10 марта на 13": as likely the thirteenth as one in the afternoon of the tenth."""
    opens, closes = tape.context.opens.hour, tape.context.closes.hour
    number = tape.whole(begin)
    if number is not None and _was_on_a_date(tape, begin - 2):
        return opens <= number < closes or opens <= number + 12 < closes
    has_hour = tape.has(end, "at") and tape.number(end + 1) is not None
    return not has_hour and number is not None and opens <= number < closes


def _leaves_a_date(tape: Tape, end: int) -> bool:
    """Whether "from 10 March" or "from the 10th" ends there, beside a word for moving."""
    if not tape.speaks_of_moving or end - 1 not in tape.read:
        return False
    dated = tape.has(end - 1, "month", "ordinal_sign", "number_of_day")
    first = end - 1
    while first - 1 in tape.read:
        first -= 1
    return dated and (tape.has(first, "from") or tape.has(first - 1, "from"))


def _was_on_a_date(tape: Tape, moving: int) -> bool:
    """ "У меня приём 3 марта в 10, давайте перенесём на 5"."""
    if not tape.has(moving, "moving"):
        return False
    booked = next((p for p in range(moving) if tape.has(p, "have_booked")), moving)
    return any(tape.has(p, "month", "ordinal_sign", "number_of_day") for p in range(booked, moving))


def _is_a_number_alone(tape: Tape, begin: int, end: int) -> bool:
    number = tape.whole(begin)
    if number is None or not 1 <= number <= 31:
        return False
    written = tape.at(end).text in (":", ".", "-") and tape.at(end).glued and tape.has(end + 1, "digits")
    return not written and not tape.has(
        end, "unit", "oclock", "ampm_am", "ampm_pm", "part", "month", "digits", "number", "counted"
    )

"""Bare numbers that are said to be hours: "the best time is 3", "could you do 4?", "5 instead of 4"."""

from nlu.times.tape import Tape

_SAYING = frozenset({"like", "maybe", "perhaps", "probably", "ideally", "say"})
_SUITING = frozenset({"yes", "possible", "available", "doable", "free"})
LATEST = 19  # the last hour that is told in one number


def is_said_to_be_one(tape: Tape, place: int) -> bool:
    """Whether what stands beside the number says that it is an hour."""
    return (
        _is_judged(tape, place)
        or _is_the_time_named(tape, place)
        or _is_moved_to(tape, place)
        or _is_doable(tape, place)
        or _is_preferred(tape, place)
        or _is_concluded(tape, place)
    )


def plain_number(tape: Tape, place: int) -> tuple[int, int] | None:
    """An hour in one word or in digits: no "one" that stands for something, no "couple of"."""
    number = tape.number(place)
    if number is None or not tape.at(place).text or not 1 <= number[0] <= LATEST:
        return None
    if tape.has(place, "one") or tape.has(number[1], "counted"):
        return None
    return number


def begins_a_wish(tape: Tape, place: int) -> bool:
    """Whether nothing before `place` could own the number: "crown 2 on Monday"."""
    before = place - 1
    if before < 0:
        return True
    told = tape.has(before, "soft", "or", "and", "filler", "wishing", "correction", "so", "instead", "if")
    told = told or tape.has(before, "choosing", "advised", "doing")  # "let's go with 2 on Tuesday"
    asked = before == 0 or tape.has(before - 1, "soft", "or", "so")  # "is 4 ok?"
    return told and (asked or tape.at(before).text not in ("is", "are"))  # "she is 6 on Friday"


def _is_judged(tape: Tape, place: int) -> bool:
    """ "3 doesn't work but 4 does", "9 and 10 are too early": said to suit, or not to."""
    number = plain_number(tape, place)
    if number is None or number[0] > 12 or tape.context.asking in ("opening", "choice"):
        return False
    if not begins_a_wish(tape, place):
        return False
    if tape.has(number[1], "or") and (other := plain_number(tape, number[1] + 1)) is not None:
        number = other
    judged = tape.has(number[1], "works", "cannot") or tape.at(number[1]).text in _SUITING
    return judged and not tape.is_unknown(number[1] + 1)


def _is_the_time_named(tape: Tape, place: int) -> bool:
    """ "The best hour for us would be 5", "preferred time: 3", "hour 4"."""
    if plain_number(tape, place) is None or tape.is_unknown(_number_end(tape, place)):
        return False
    if tape.at(place - 1).text == "?" and tape.has(place - 2, "time_word") and place > 2:
        return tape.has(place - 3, "wishing") or not tape.at(place - 3).senses  # "which hour? Sixteen."
    if tape.has(place - 1, "time_word") and not tape.has(place - 2, "number", "digits", "one", "in"):
        return True
    copula = tape.at(place - 1).text in ("be", "is", "me", "us", ":", "=")
    if not (copula or (tape.has(place - 1, "filler") and not tape.at(place - 1).text)):
        return False
    return tape.has_any(range(place - 6, place - 1), "time_word")


def _is_doable(tape: Tape, place: int) -> bool:
    """ "I can't do 9, I could do 10"."""
    number = plain_number(tape, place)
    if number is None or number[0] > 12 or tape.context.asking in ("opening", "choice"):
        return False
    if not (tape.has(place - 1, "doing") or (tape.has(place - 1, "cannot") and not tape.at(place - 1).text)):
        return False
    return number[1] >= len(tape) or tape.has(
        number[1], "soft", "or", "day_number", "moving", "then", "instead"
    )


def _is_preferred(tape: Tape, place: int) -> bool:
    """ "An hour later, 5 instead of 4"."""
    number = plain_number(tape, place)
    if number is None or not tape.has(number[1], "instead") or not begins_a_wish(tape, place):
        return False
    other = tape.number(number[1] + 1)
    return other is not None and 1 <= other[0] <= LATEST and not tape.is_unknown(other[1])


def _is_concluded(tape: Tape, place: int) -> bool:
    """ "I finish at half 3, so like 4", "till the till is closed, so six"."""
    number = plain_number(tape, place)
    if number is None or number[0] > 12 or tape.context.asking in ("opening", "choice"):
        return False
    lead = place - 1 - (tape.at(place - 1).text in _SAYING)
    while lead > place - 4 and tape.at(lead).text in _SAYING:
        lead -= 1
    like = lead < place - 1 and tape.at(place - 1).text in _SAYING
    led = tape.has(lead, "so", "soft", "or") and (like or tape.has(lead, "so"))
    if not led or not any(p in tape.read for p in range(place)):
        return False
    end = tape.skip(number[1], "filler", "around", most=2)
    day = tape.has(number[1], "weekday", "relative", "day_number") and tape.has(lead, "so")
    return end >= len(tape) or tape.has(end, "soft") or day


def _number_end(tape: Tape, place: int) -> int:
    number = tape.number(place)
    return number[1] if number else place


def _is_moved_to(tape: Tape, place: int) -> bool:
    """ "Could my half nine be moved to 11": a day would be "the 11th"."""
    words = tape.vocabulary
    if words.article_makes_day or words.hours_follow or not tape.speaks_of_moving:
        return False
    if tape.at(place - 1).text != "to" or tape.has(place - 2, "number", "digits"):
        return False
    return plain_number(tape, place) is not None

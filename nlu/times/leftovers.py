"""Finds words of time that no reading took up: left unread beside a time, they may change it."""

from nlu.times.tape import Tape

#: Words of time: left unread beside a time, they may change it.
_TELLING = frozenset(
    {
        "weekday",
        "weekdays",
        "relative",
        "weekend",
        "days_ahead",
        "week_after_next",
        "clock_exact",
        "clock_spoken",
    }
    | {
        "day_part",
        "one_after",
        "after_that",
        "before_that",
        "day_later",
        "day_before",
        "midweek",
        "week_of",
        "this_week",
    }
    | {"next_week", "half", "half_after", "quarter", "or_earlier", "that_week", "same_day", "vague"}
)
#: The same, where a reading is right beside them.
_TELLING_BESIDE = frozenset(
    {
        "unit",
        "part",
        "next",
        "last",
        "begin",
        "middle",
        "end",
        "ordinal",
        "every",
        "minus_after",
        "period",
    }
    | {"month", "nth", "first_half", "second_half"}
)
_NUMBERS_NOTHING = ("counted", "unit", "currency", "one_of", "oclock")
_ALSO_VERBS = ("may", "march")


def something_is_left(tape: Tape) -> bool:
    """Whether a word of time, or a number that may be one, was read by nothing."""
    for place, lexeme in enumerate(tape.lexemes):
        if place in tape.read or "idiom" in lexeme.senses or "day_off" in lexeme.senses:
            continue
        if (
            tape.is_unknown(place)
            and not _is_a_name(tape, place)
            and tape.vocabulary.may_misspell(lexeme.text)
        ):
            return True
        kinds = lexeme.senses.keys()
        if "same_hour" in kinds and not (tape.speaks_of_moving or tape.says("booked")):
            return True  # "tomorrow at this same time": as what?
        if lexeme.text == "other" and place + 1 in tape.read:  # "any other weekday": than which?
            return True
        if lexeme.text == "чем" and place + 1 in tape.read:  # "пораньше, чем 20 марта"
            return True
        if not kinds.isdisjoint(_TELLING) and "filler" not in kinds and "or" not in kinds:
            return True
        beside = place - 1 in tape.read or place + 1 in tape.read
        beside = beside or (tape.has(place - 1, "or") and place - 2 in tape.read)
        beside = beside or ("nth" in kinds and tape.has(place + 1, "or") and place + 2 in tape.read)
        if (
            beside
            and not kinds.isdisjoint(_TELLING_BESIDE)
            and kinds.isdisjoint(("filler", "or", "soft", "cannot", "except"))
            and not ("time_word" in kinds and tape.has(place + 1, "digits"))  # "hour 4"
        ):
            return True
        if "oclock" in kinds and kinds.isdisjoint(("filler", "unit")) and place - 1 not in tape.read:
            return True  # "at sicks o'clock"
        if tape.is_onward(place) and place - 1 in tape.read and tape.has(place - 1, "part"):
            return True  # "from Wednesday afternoon on"
        if lexeme.senses.get("part") in ("day", "day_noun") and tape.has(
            place + 1, "later_on", "earlier", "after"
        ):
            return True  # "на день позже, чем записана"
        if "unit" in kinds and tape.speaks_of_moving and _is_counted(tape, place):
            return True
        if ("digits" in kinds or "number" in kinds) and _may_be_a_time(tape, place):
            return True
        ends = place + 1 >= len(tape) or tape.has(place + 1, "soft")
        named = tape.skip(place + 1, "filler", most=1)  # "... holidays, on the very first day"
        if "nth" in kinds and tape.get(named, "unit") == "day":
            return True
        if "nth" in kinds and tape.has(place - 1, "day_number") and ends:  # "... allora il secondo"
            return True
        if "month" in kinds and lexeme.text not in _ALSO_VERBS:
            return True
        if "ordinal" in kinds and tape.get(place + 1, "unit") == "hour":  # "в третьем часу"
            return True
    return False


def _is_counted(tape: Tape, place: int) -> bool:
    """ "Push it back by an hour", "two days earlier": by how much a visit is moved."""
    if not tape.has(place - 1, "one", "digits", "number"):
        return False
    if tape.has(tape.skip(place + 1, "soft", most=1), "to", "onto"):  # "by a week to the 16th"
        return False
    told = (
        tape.has(place - 2, "by", "moving")
        or (tape.at(place - 2).text == "di")
        or tape.has(place + 1, "earlier", "later_on", "later")
    )
    return told or tape.at(place + 1).text in ("later", "sooner", "dopo", "prima", "позже", "раньше")


def _is_a_name(tape: Tape, place: int) -> bool:
    """Capitals within a message, or what follows "my name is"."""
    if place and tape.at(place).start in tape.capitals:
        return True
    return any(tape.at(p).text in tape.vocabulary.named for p in range(place - 3, place))


def _may_be_a_time(tape: Tape, place: int) -> bool:
    """A number of one or two digits that counts nothing and numbers nothing."""
    if tape.has(place - 1, "currency", "one_of", "happened", "own", "instead"):
        return False
    if tape.has(place, "number"):
        return _is_an_hour_in_words(tape, place)
    number = tape.get(place, "digits")
    if len(tape.at(place).text) == 4:  # "1430"
        hours = 700 <= number <= 2000 and number % 100 in (0, 15, 30, 45) and number not in (2000, 1900)
        return hours and not tape.has(place + 1, *_NUMBERS_NOTHING) and not tape.at(place + 1).glued
    if number > 31:
        return False
    if tape.at(place - 1).text in ("(", "/", "+", "#", "№", ".") or tape.at(place + 1).text in (
        ")",
        "/",
        "%",
    ):
        return False
    apart = tape.has(place + 1, "one", "own") and place + 1 not in tape.read
    if apart and tape.vocabulary.language == "en":  # "an appointment 4 a clean"
        return False
    if tape.has(place + 1, "ordinal_sign") and tape.at(place + 1).glued:  # unlike "10 o 11"
        return False
    if tape.has(place + 1, *_NUMBERS_NOTHING) or (tape.at(place + 1).glued and tape.is_unknown(place + 1)):
        return False
    return (
        tape.at(place + 1).senses.keys() != set() or place + 1 >= len(tape) or not tape.is_unknown(place - 1)
    )


def _is_an_hour_in_words(tape: Tape, place: int) -> bool:
    """ "In the morning, maybe ten": a number that nothing is counted with."""
    number = tape.number(place)
    if number is not None and tape.at(place - 1).text == "-" and place - 2 in tape.read:  # "в два-три"
        return True
    if number is None or not 7 <= number[0] <= 20:
        return False
    if tape.has(number[1], "or") and number[1] + 1 in tape.read:  # "sedici o sedici e trenta"
        return True
    return number[1] >= len(tape) or tape.has(number[1], "soft", "filler", "part", "wishing", "around")

"""Reads hours that are written in digits: "15:30", "15h30", "1530", "alle 15 30"."""

from nlu.times.tape import Tape

QUARTERS = (15, 30, 45)
_AT = ("в", "во")
_COUNTED = ("counted", "currency", "unit", "month", "digits", "number")
_BOUND = ("after", "before", "by", "around", "from_on", "to", "between", "from")


def written_hour(tape: Tape, place: int, digits: int) -> tuple[int, int, int, bool] | None:
    """Hour, minutes, the place after, whether it can be nothing else: "15:30", "15.30", "15h30", "1530"."""
    lexeme, sign, second = tape.at(place), tape.at(place + 1), tape.at(place + 2)
    round_after_day = tape.has(place - 1, "weekday", "relative") and digits % 5 == 0 and 700 <= digits <= 2000
    dated = tape.has(place - 1, "month", "ordinal_sign") and digits % 5 == 0 and 700 <= digits < 1900
    dated = dated or (tape.at(place - 2).text == "/" and digits % 5 == 0 and 700 <= digits < 1900)
    round_after_day = round_after_day or (dated and place - 1 in tape.read)  # "10th March 0915"
    if len(lexeme.text) == 4 and (
        tape.has(place - 1, "at") or round_after_day or tape.context.asking in ("time", "opening")
    ):
        year = 1900 <= digits <= 2100 and (
            tape.get(place + 1, "unit") == "year" or tape.has(place - 1, "month_in")
        )
        return (digits // 100, digits % 100, place + 1, True) if digits < 2400 and not year else None
    if len(lexeme.text) == 4 and _is_military(tape, place, digits):
        return digits // 100, digits % 100, place + 1, True
    half_told = tape.has(place + 1, "ampm_am", "ampm_pm") and digits % 100 < 60 and not digits % 5
    if len(lexeme.text) == 3 and lexeme.text[0] != "0" and half_told:  # "330pm"
        return digits // 100, digits % 100, place + 1, True
    marked = tape.has(place - 1, "at", "weekday", "relative")
    if (
        len(lexeme.text) == 3 and marked and digits // 100 >= 7 and digits % 100 in (0, 15, 30, 45)
    ):  # "at 930"
        return digits // 100, digits % 100, place + 1, True
    if len(lexeme.text) > 2 or sign.text not in (":", ".", "h", "-", ",", ";", "ч"):
        return _spaced(tape, place, digits)
    minutes = second.senses.get("digits")
    if minutes is None or len(second.text) != 2 or not second.glued:
        return None
    if not sign.glued or minutes > 59:
        return None
    if sign.text in ".,":
        third = tape.at(place + 3)
        if third.text == "." and third.glued and tape.has(place + 4, "digits") and tape.at(place + 4).glued:
            return None
    told_minutes = tape.has(place + 3, "ampm_am", "ampm_pm") and minutes > 12  # "4-15pm"
    if (
        sign.text == "-"
        and second.text != "00"
        and not told_minutes
        and not (
            tape.has(place - 1, "at") and minutes in (0, 15, 30, 45) and (minutes > 24 or minutes <= digits)
        )
        and not is_quarter_past(tape, place)
        and not _is_no_span(tape, place, digits, minutes)
    ):
        return None
    alone = place == 0 and len(tape) <= 4 and minutes % 5 == 0  # "17,30"
    at = alone or tape.has(place - 1, "at", "at_weak", "weekday", "relative") or tape.asked_for_time
    at = at or (
        minutes in (0, *QUARTERS) and tape.has(place - 1, *_BOUND) and tape.has(place - 1, "at_hours")
    )
    if sign.text in ",;" and not (minutes % 5 == 0 and at):
        return None
    if tape.at(place + 3).text == ":" and tape.has(place + 4, "digits") and tape.at(place + 3).glued:
        return digits, minutes, place + 5, True  # seconds
    return digits, minutes, place + 3, True


def is_quarter_past(tape: Tape, place: int) -> bool:
    """ "В 10-15": from ten to three would be "с 10 до 15"."""
    digits, ends = tape.whole(place) or 0, tape.at(place + 3)
    quarter = tape.at(place + 1).text == "-" and tape.at(place + 2).text == "15" and 7 <= digits <= 12
    led = quarter and tape.at(place - 1).text in _AT and not tape.has(place - 2, "around", "from")
    return led and tape.at(place + 2).glued and not (ends.glued and ends.text in ("-", "/"))


def _is_no_span(tape: Tape, place: int, hour: int, minutes: int) -> bool:
    """ "14-45 свободно?", "завтра 9-30": an hour of the practice, and neither days nor a telephone."""
    opens, closes = tape.context.opens.hour, tape.context.closes.hour
    if not (opens <= hour < closes and minutes in QUARTERS and minutes > 24 and tape.vocabulary.hours_follow):
        return False
    begins = place == 0 or tape.has(
        place - 1, "soft", "at_weak", "weekday", "relative", "wishing", "filler", "after", "before"
    )
    end = place + 3
    parted = not (tape.at(end).glued and tape.at(end).text in ("-", "/")) and not tape.has(end, *_COUNTED)
    return begins and parted and not tape.has(place - 1, "one_of", "currency", "from")


def _is_military(tape: Tape, place: int, digits: int) -> bool:
    """ "1130 tomorrow", "0930 would be good", "after 1430": four digits that are no year and no code."""
    if digits % 5 or not 700 <= digits < 2000 or digits % 100 > 55:
        return False
    if place == 0 and tape.has(1, "relative", "weekday", "works"):
        return True
    if len(tape) == 1 and digits % 100 in (0, *QUARTERS) and digits < 1900:
        return True
    if tape.has(place - 1, "at_weak") and place + 1 >= len(tape) and digits % 100 in (0, *QUARTERS):
        return True  # "на 1430"
    if tape.has(place + 1, "oclock"):  # "1500 hrs"
        return True
    days = ("weekday", "relative")
    parted = tape.has(place - 1, "soft") and tape.has(
        place - 2, *days, "ordinal_sign", "month", "month_short"
    )
    if (parted or (tape.has(place + 1, "soft") and tape.has(place + 2, *days))) and digits < 1900:
        return True  # "Thursday? 1500?"
    on_day = tape.has(place + 1, "day_number") and tape.has(place + 2, "weekday", "relative")
    on_day = on_day or (tape.has(place + 1, "day_number") and tape.ordinal(place + 2) is not None)
    if on_day and digits < 1900:  # "1115 on Thursday"
        return True
    if tape.at(place).text[0] == "0":
        beside = tape.has(place - 1, "soft", "filler", "or", "and", *_BOUND)
        return place == 0 or (beside and not tape.has(place - 2, "one_of"))  # "my pin is 0930"
    priced = tape.has(place + 1, "counted", "currency", "unit")
    return digits < 1900 and tape.has(place - 1, *_BOUND) and not (priced or tape.is_unknown(place + 1))


def _spaced(tape: Tape, place: int, digits: int) -> tuple[int, int, int, bool] | None:
    """ "alle 15 30", and "14 00" where a time was asked for."""
    second = tape.at(place + 1)
    minutes = second.senses.get("digits")
    if minutes is None or len(second.text) != 2 or minutes > 55 or minutes % 5 or digits > 23:
        return None
    if tape.has(place + 2, "ampm_am", "ampm_pm"):
        return digits, minutes, place + 2, True
    dated = tape.has(place - 1, "month") and tape.has(place - 2, "digits") and digits >= 7  # "13 marzo 15 30"
    alone = _stands_alone(tape, place, digits)
    if not (dated or alone or tape.has(place - 1, "at", "after", "before", "from_on") or tape.asked_for_time):
        return None
    if alone and minutes in (0, *QUARTERS) and not tape.has(place + 2, "counted", "unit", "month"):
        return digits, minutes, place + 2, True
    if 0 < minutes <= 24 and not tape.has(place - 1, "at"):
        return None
    if tape.has(place + 2, "counted", "unit", "month"):
        return None
    if minutes == digits + 1 and tape.has(place + 2, "or"):  # "alle 9 10 o 11"
        return None
    return digits, minutes, place + 2, True


def _stands_alone(tape: Tape, place: int, digits: int) -> bool:
    """ "17 30 есть?", "9 30 on Friday", "на 16 45": an hour of the practice that nothing else can be."""
    minutes = tape.whole(place + 1)
    if (
        not 7 <= digits <= 20
        or minutes not in (0, *QUARTERS)
        or minutes == digits
        or minutes - digits in (1, 2)
    ):
        return False
    begins = place == 0 or tape.has(place - 1, "soft", "at_weak", "weekday", "relative", "wishing", "filler")
    counts = tape.at(place - 1).glued and tape.at(place - 1).text == ","
    if not begins or counts or tape.has(place - 1, "one_of", "currency"):
        return False
    end = place + 2
    days = tape.has(end, "weekday", "relative", "at", "day_number", "part")
    return end >= len(tape) or days or tape.has(end, "soft", "wishing", "works", "filler")

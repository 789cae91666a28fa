"""Tells which bare numbers are hours by what stands beside them: "tomorrow 9 or 10", "9 on Thursday"."""

from nlu.times.bare_answers import is_for_somebody, is_of_the_day_told, is_rough
from nlu.times.hours import part_hours
from nlu.times.named_hours import LATEST, begins_a_wish, is_said_to_be_one, plain_number
from nlu.times.tape import Tape

_LASTING = 8  # hours that something may take


def is_an_hour(tape: Tape, place: int, end: int) -> bool:
    """Whether the number at [place, end) can only be an hour, though no word like "at" says so."""
    if tape.has(place - 1, "so") and tape.has(place, "digits") and not tape.is_unknown(end):
        return True
    if (after_a_day(tape, place) and not tape.is_unknown(end)) or _follows_a_date(tape, place, end):
        return True
    return (
        _is_corrected_hour(tape, place, end)
        or _is_listed_hour(tape, place, end)
        or _ends_what_a_day_begins(tape, place)
        or _is_all_but_filler(tape, place, end)
        or _is_another(tape, place)
        or _is_beside_a_part(tape, place)
        or is_refused_of_a_part(tape, place, end)
        or _leads_a_day(tape, place)
        or _leads_exact_hours(tape, place)
        or _leads_a_weekday(tape, place, end)
        or is_said_to_be_one(tape, place)
        or is_for_somebody(tape, place)
        or is_of_the_day_told(tape, place)
        or is_rough(tape, place)
        or (tape.has(place - 1, "instead") and _follows_an_hour(tape, place - 1))
    )


def are_hours(tape: Tape, place: int, last: int, end: int) -> bool:
    """ "С 14 по 16 часов", "время с 10 по 13", "с 15 по 17 в среду": the word between is one for days."""
    if tape.has(end, "ampm_am", "ampm_pm", "oclock") or tape.get(end, "unit") == "hour":
        return True
    if tape.has(place - 1, "time_word") or tape.has(place, "time_word"):
        return True
    opens, closes = tape.context.opens.hour, tape.context.closes.hour
    return before_a_day(tape, end) and opens <= (tape.get(last, "digits") or 0) <= closes


def after_a_day(tape: Tape, place: int) -> bool:
    """ "Tuesday 15", "domani 9": a number after a day that is no date."""
    return tape.has(place - 1, "weekday", "relative") and tape.has(place, "digits", "number")


def before_a_day(tape: Tape, place: int) -> bool:
    """ "9 to 12 on Friday" """
    return tape.has(tape.skip(place, "of", "filler", most=1), "weekday", "relative")


def follows_a_day(tape: Tape, place: int) -> bool:
    """ "На вторник на 10" """
    return tape.vocabulary.hours_follow and tape.has(
        place - 1, "weekday", "relative", "number_of_day", "month", "ordinal_sign"
    )


def _follows_a_date(tape: Tape, place: int, end: int) -> bool:
    """ "10 марта 12", and nothing behind it."""
    if not (tape.vocabulary.hours_follow and tape.has(place, "digits")) or end < len(tape):
        return False
    month = place - 2 if tape.at(place - 1).text == "," else place - 1
    opens, closes = tape.context.opens.hour, tape.context.closes.hour
    dated = tape.has(month, "month") and tape.has(month - 1, "digits", "number", "ordinal")
    return dated and opens <= tape.get(place, "digits") < closes


def _is_corrected_hour(tape: Tape, place: int, end: int) -> bool:
    """ "Tuesday at 3, no, make that 4" """
    last = end >= len(tape) or tape.has(end, "soft", "filler", "correction")
    before = place - 2 if tape.has(place - 1, "soft") else place - 1
    return tape.has(before, "correction") and tape.has(place, "digits", "number") and place > 2 and last


def _is_listed_hour(tape: Tape, place: int, end: int) -> bool:
    """ "Понедельник, 10": the last word of what is said of a day."""
    day = tape.has(place - 2, "weekday", "relative", "part")
    day = day or (tape.has(place - 2, "ordinal_sign") and tape.has(place - 4, "weekday"))  # "Mon 9th, 3"
    day = day or (tape.has(end, "for_both") and place - 2 in tape.read)  # "Friday the 13th, 11 either day"
    other = tape.number(end + 1) if tape.has(end, "or") and tape.has(place, "digits") else None
    if other is not None and tape.has(end + 1, "digits"):
        end = other[1]  # "Thursday, 10 or 11"
    after_day = tape.at(place - 1).text in (",", ".", ":") and day
    return (
        after_day
        and tape.has(place, "digits")
        and (end >= len(tape) or tape.has(end, "soft", "filler", "for_both"))
    )


def _is_all_but_filler(tape: Tape, place: int, end: int) -> bool:
    """ "На 11 можно": an hour of the practice, and nothing else that is known."""
    if not tape.has(place, "at_weak") or end - place != 2 or len(tape) > 5:
        return False
    opens, closes = tape.context.opens.hour, tape.context.closes.hour
    number = tape.number(place + 1)
    others = [p for p in range(len(tape)) if not place <= p < end]
    return (
        number is not None
        and opens <= number[0] < closes
        and all(tape.has(p, "filler", "soft") for p in others)
    )


def _is_another(tape: Tape, place: int) -> bool:
    """ "At ten or eleven", "at 10, 11 or 12", "tomorrow 10 or 11", "9 or 10 on Thursday"."""
    number = tape.number(place)
    if number is None or _is_listedbefore_a_day(tape, place, number[1]):
        return number is not None
    goes_on = tape.at(place - 1).text == "," and (
        tape.has(number[1], "or") and tape.number(number[1] + 1) is not None
    )
    if not (tape.has(place - 1, "or") or goes_on):
        return False
    one = tape.get(place - 2, "unit") == "hour" and place - 2 in tape.read  # "в час или два дня"
    if not one and not tape.has(
        place - 2, "digits", "number", "ampm_am", "ampm_pm", "clock_exact", "clock_spoken"
    ):
        return False
    if place - 2 in tape.read and tape.at(place - 3).text == ":":  # "10:30 or 11"
        return True
    if tape.has(place - 2, "ampm_am", "ampm_pm") and place - 2 in tape.read:  # "10am or 11"
        return True
    if place - 2 in tape.read and tape.has(place - 3, "doing"):  # "I could do 11 or 4"
        return True
    if _lists_hours_of_a_day(tape, place - 1) and not tape.has(number[1], "month", "month_short"):
        return True
    return tape.has_any(range(place - 8, place - 1), "at", "at_hours", "after", "around")


def _lists_hours_of_a_day(tape: Tape, place: int) -> bool:
    """Whether only numbers stand between `place` and a day before it: "Wed: 10, 11 or"."""
    while tape.has(place, "digits", "number", "or", "soft", "ampm_am", "ampm_pm"):
        place -= 1
    return tape.has(place, "weekday", "relative")


def _is_listedbefore_a_day(tape: Tape, place: int, end: int) -> bool:
    """ "9 or 10 on Thursday": either of the two."""
    if tape.has(end, "or") and (other := tape.number(end + 1)) is not None:
        return before_a_day(tape, other[1])
    listed = tape.has(place - 1, "or") and tape.has(place - 2, "digits", "number")
    return listed and before_a_day(tape, end)


def _ends_what_a_day_begins(tape: Tape, place: int) -> bool:
    """ "I'd like Thursday if possible, 9 ideally", "any chance of tomorrow, maybe 9?"."""
    number = plain_number(tape, place)
    if number is None or number[0] > 12 or tape.context.asking in ("opening", "choice"):
        return False
    end, before = number[1], place - 1
    end += tape.has(end, "filler")
    if end < len(tape) and not tape.has(end, "soft"):
        return False
    while before > place - 6 and tape.has(before, "soft", "filler", "it_is"):
        before -= 1
    if before == place - 1 or before not in tape.read or tape.number(end + 1) is not None:
        return False
    return tape.has(before, "weekday", "relative", "ordinal_sign", "month")


def _is_beside_a_part(tape: Tape, place: int) -> bool:
    """ "Tomorrow morning eleven", "4 this afternoon", "9 tomorrow morning": an hour of that part."""
    number = plain_number(tape, place)
    if number is None:
        return False
    told = place - 1 - (tape.has(place - 1, "filler") and place - 1 not in tape.read)  # "... maybe ten"
    if told in tape.read and not tape.is_unknown(number[1]) and not tape.has(number[1], "unit"):
        before = _part_at(tape, told)
        if before is not None and _is_within(tape, number[0], before):
            return True
    if not begins_a_wish(tape, place):
        return False
    following = number[1] + tape.has(number[1], "this", "weekday", "relative")
    if following == number[1] and number[0] > 12:  # "on the 12th or 13 in the afternoon"
        return False
    after = _part_at(tape, following)
    return after is not None and _is_within(tape, number[0], after)


def is_refused_of_a_part(tape: Tape, place: int, end: int) -> bool:
    """ "Before lunch, ideally not 9", "утром, но не в 9": an hour of that part."""
    hour = plain_number(tape, place)
    refused = place - 1 - tape.has(place - 1, "at", "at_weak")
    part = refused - 1
    while part > refused - 3 and tape.has(part, "soft"):
        part -= 1
    if hour is None or not tape.has(refused, "not", "except") or part not in tape.read:
        return False
    ends = end >= len(tape) or tape.has(end, "soft", "wishing", "filler")
    told = tape.get(part, "part")
    return ends and told is not None and _is_within(tape, hour[0], told)


def _part_at(tape: Tape, place: int) -> str | None:
    day_part = tape.get(place, "day_part")
    part: str | None = tape.get(place, "part") if day_part is None else day_part[1]
    return part


def _is_within(tape: Tape, hour: int, part: str) -> bool:
    start, end = part_hours(part, tape.vocabulary, tape.context)
    return any(start <= reading <= end for reading in (60 * hour, 60 * hour + 720))


def _leads_a_day(tape: Tape, place: int) -> bool:
    """ "10 on Monday", "3 on the 18th"."""
    number = plain_number(tape, place)
    if number is None or not begins_a_wish(tape, place):
        return False
    if tape.has(number[1], "relative"):
        return True
    if _answers_first(tape, place, number[1]):
        return True
    if tape.has(number[1], "weekday") and not tape.has(number[1] + 1, "booked"):
        if tape.has(place - 1, "or", "soft") and _follows_such_a_day(tape, place - 2):
            return True
        led = tape.has(place - 1, "at_weak", "doing", "choosing") or place == 0
        return led  # "book me for 2 Thursday", "how about 9 Thursday"
    if tape.has(number[1], "this", "next", "coming") and tape.has(number[1] + 1, "weekday"):
        return True  # "9 next Thursday"
    if not tape.has(number[1], "day_number"):
        return False
    if tape.vocabulary.article_makes_day or tape.at(number[1]).text not in ("on", ""):
        return False
    day = number[1] + 1
    dated = tape.has(day, "digits") and tape.at(day + 1).text == "/"  # "9 on 5/3"
    return dated or tape.has(day, "weekday", "relative") or tape.ordinal(day) is not None


def _leads_a_weekday(tape: Tape, place: int, end: int) -> bool:
    """ "На 3 в четверг"."""
    hours = tape.vocabulary.hours_follow and tape.has(place, "at_weak") and end == place + 2
    return hours and tape.has(end, "at") and tape.has(end + 1, "weekday", "relative")


def _answers_first(tape: Tape, place: int, end: int) -> bool:
    """ "9, tomorrow", "ok 10 then, Thursday"."""
    if not all(tape.has(p, "filler", "soft", "greeting") for p in range(place)):
        return False
    then = tape.skip(end, "then", most=1)
    day = tape.skip(then, "soft", "filler", most=2)
    parted = then > end or tape.has(then, "soft")
    return parted and tape.has(day, "relative", "weekday") and not tape.has(then, "unit", "counted")


def _follows_such_a_day(tape: Tape, place: int) -> bool:
    """ "10 Tuesday, 2 Wednesday and 4 Thursday": another hour before its day."""
    hour = tape.has(place - 1, "digits", "number", "ampm_am", "ampm_pm", "oclock")
    return tape.has(place, "weekday", "relative") and hour and place in tape.read and place - 1 in tape.read


def is_listed_with_hours(tape: Tape, number: tuple[int, int]) -> bool:
    """ "11, 12 или 13 часов": too many to last so long."""
    unit = tape.get(number[1], "unit") == "hour" and tape.vocabulary.hours_follow
    return unit and _LASTING < number[0] <= LATEST and tape.has(number[1] - 2, "or", "soft")


def _leads_exact_hours(tape: Tape, place: int) -> bool:
    """ "10, 10:30 or 11", "9 or 10am": numbers before one that must be an hour."""
    number = plain_number(tape, place)
    if number is None:
        return False
    for _ in range(4):
        end = number[1]
        if not (tape.has(end, "or") or tape.at(end).text == ",") or tape.at(end).text == "/":
            return False
        following = tape.skip(end, "or", "soft", most=2)
        if tape.has(following, "half") and tape.has(following + 1, "past"):  # "10 or half past"
            return True
        number = tape.number(following)
        if number is None:
            return False
        sign = tape.at(number[1])
        after = tape.at(number[1] + 1)
        minutes = sign.text == ":" or (sign.text == "." and after.text in ("00", "15", "30", "45"))
        minutes = minutes and sign.glued and after.glued and "digits" in after.senses
        if minutes or (number[0] <= 12 and tape.has(number[1], "ampm_am", "ampm_pm", "oclock")):
            return True
        if is_listed_with_hours(tape, number):
            return True
    return False


def _follows_an_hour(tape: Tape, place: int) -> bool:
    """ "At 4 rather than 3": an hour too."""
    hour = tape.has(place - 1, "digits", "number", "ampm_am", "ampm_pm", "oclock")
    return hour and place - 1 in tape.read and not tape.has(place - 1, "month")

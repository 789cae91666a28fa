"""Reads dates: "5/12", "il 5 dicembre", "December 5th", "the 12th", "12 числа"; and dates of birth."""

from datetime import date

from nlu.times import almanac
from nlu.times.bare_hours import is_refused_of_a_part
from nlu.times.full_dates import read_day_month_year
from nlu.times.moved_dates import is_moved_onto, may_be_its_hour
from nlu.times.numeric_dates import lists_to_a_month, numeric_pair
from nlu.times.on_offer import day_meant, is_a_place
from nlu.times.pieces import PAST, Days
from nlu.times.said_dates import read_said_date
from nlu.times.tape import Tape

_LONG_AHEAD = 305
_HOURS = 24
_LATEST_HOUR = 19  # that is told in one number
_HALVES = {"morning": (5, 13), "afternoon": (13, 20), "evening": (16, 23)}  # hours that are told so


def read_date(tape: Tape, place: int, *, bare: bool = True) -> tuple[Days, int] | None:
    """A date that can be wished for. `bare`: "il 12" without a month counts too."""
    found = read_day_month_year(tape, place)
    if found is None and tape.has(place, "day_number") and tape.at(place + 2).text == tape.at(place + 4).text:
        found = read_day_month_year(tape, place + 1)  # "il 13/03/26"
    if found is not None:
        (day, month, year), end = found
        if year is None and _is_of_last_year(tape, end):
            return PAST, end + 2
        if tape.has(end, "street_after"):  # "12 March Road"
            return PAST, end + 1
        return _wished(tape, day, month, year, end)
    if (no_day := _impossible(tape, place)) is not None:
        return PAST, no_day
    ambiguous = numeric_pair(tape, place)
    if ambiguous is not None:
        return ambiguous
    return read_said_date(tape, place) or (_number_of_month(tape, place) if bare else None)


def _is_of_last_year(tape: Tape, place: int) -> bool:
    """ "3 March last year", "3 марта прошлого года"."""
    last, year = (place, place + 1) if tape.has(place, "last") else (place + 1, place)
    return tape.has(last, "last") and tape.get(year, "unit") == "year"


def _impossible(tape: Tape, place: int) -> int | None:
    """ "31 February" is no day, and neither 31 nor February is what is wished for."""
    begin = tape.skip(place, "day_number", most=1)
    read = tape.ordinal(begin) or tape.number(begin)
    if read is None or not 29 <= read[0] <= 31:
        return None
    of = tape.skip(read[1], "of", most=1)
    month = tape.get(of, "month")
    return None if month is None or almanac.make(2024, month, read[0]) is not None else of + 1


def _wished(tape: Tape, day: int, month: int, year: int | None, end: int) -> tuple[Days, int] | None:
    today = tape.today
    when: date | None
    if year is None:
        when = almanac.ahead(today, month, day)
        if when is None:
            return None
        sure = 0.95 if (when - today).days < _LONG_AHEAD else 0.6  # it may have been last month
        return Days("date", (almanac.one(when),), number=day, confidence=sure), end
    full = year if year >= 100 else today.year - today.year % 100 + year
    when = almanac.make(full, month, day)
    if when is None or full > today.year + 2:
        return (PAST, end) if when else None
    if when < today:
        return PAST, end
    return Days("date", (almanac.one(when),), number=day), end


def _number_of_month(tape: Tape, place: int) -> tuple[Days, int] | None:
    """ "il 12", "on the 12th", "12 числа", "12-го", "двенадцатого"."""
    begin = tape.skip(place, "day_number", "number_of_day", most=1)
    begin += begin == place and is_moved_onto(tape, place + 1, place + 2)
    announced = begin > place or tape.has(place - 1, "day_number")
    if announced and any(tape.has(p, "pain") and not tape.has(p, "soft") for p in range(place - 2, place)):
        return PAST, begin + 1  # "mi fa male il 21", a tooth
    if announced and tape.vocabulary.article_makes_day and _hurts(tape, begin):
        return PAST, begin + 1
    if tape.vocabulary.language == "en" and place == 0 and _is_said_first(tape, place):
        announced = True
    if tape.vocabulary.article_makes_day and tape.has(place - 1, "to_day"):  # "rimandiamo al 19"
        announced = announced or tape.speaks_of_moving
    ordinal = tape.ordinal(begin)
    read = ordinal or tape.number(begin)
    if read is None or not 1 <= read[0] <= 31 or tape.has(begin - 1, "currency", "one_of"):
        return None
    if tape.at(begin).text == "una":  # an hour: the first of a month is "il primo"
        return None
    number, end = read
    counted = tape.has(end, "number_of_day") or (tape.has(begin - 1, "number_of_day") and begin > place)
    if is_moved := is_moved_onto(tape, begin, end):
        announced = True
    if not counted and is_a_place(tape, begin, end, number):
        return None
    if not _is_a_day_number(
        tape, begin, end, announced=announced, ordinal=ordinal is not None, counted=counted or is_moved
    ):
        return None
    end = end + 1 if tape.has(end, "number_of_day") else end
    day = day_meant(tape, number)
    if day is None:
        return None
    if ordinal is not None and tape.at(end).text in ("one", "slot", "option"):  # "the second one, 11.30"
        return None
    sure = counted or (ordinal is not None and announced) or number > 24
    one_of_them = ordinal is not None and not tape.has(begin, "digits") and tape.vocabulary.article_makes_day
    confidence = (
        0.6 if one_of_them and number == 1 else 0.95 if sure else 0.8
    )  # "il primo" of what was offered
    if is_moved and may_be_its_hour(tape, begin, end):
        confidence = 0.6
    return Days("number", (almanac.one(day),), number=number, confidence=confidence), end


def _is_said_first(tape: Tape, place: int) -> bool:
    """ "Twelfth, at ten past nine", "sixteenth at 3"."""
    ordinal = tape.ordinal(place)
    return ordinal is not None and ordinal[0] > 3 and tape.has(ordinal[1], "soft", "at", "or", "to", "works")


def _hurts(tape: Tape, place: int) -> bool:
    """ "Il 5 e il 6 mi danno fastidio": teeth."""
    number = tape.number(place)
    if number is None or tape.has(number[1], "month"):
        return False
    after = number[1]
    while tape.has(after, "and") and (other := tape.number(tape.skip(after + 1, "day_number", most=1))):
        after = other[1]
    return tape.at(after).text == "mi" and tape.has_any(range(after, after + 3), "pain")


def _is_a_day_number(
    tape: Tape, begin: int, end: int, *, announced: bool, ordinal: bool, counted: bool
) -> bool:
    following = tape.at(end)
    if tape.vocabulary.article_makes_day and _is_day_of_a_part(tape, begin, end):
        return True
    signed_off = announced and ordinal and following.text == "x"  # "on the 12th x"
    hour_follows = announced and tape.has(end, "at") and tape.number(end + 1) is not None  # "il 9 ore 12"
    if tape.has(end, "counted", "unit") and not (counted or signed_off or hour_follows):
        return False
    several = tape.number(end) if ordinal and not tape.has(begin, "digits") else None
    if several is not None and tape.has(several[1], "unit", "counted"):  # "the first 30 minutes"
        return False
    if announced and not ordinal and tape.at(begin - 1).text == "the" and _has_an_hour(tape, begin, end):
        return True  # "the 24 at 2"
    if tape.has(end, "weekday") and not (counted or (ordinal and tape.has(begin, "digits"))):
        return False
    part_of_a_day = announced and tape.vocabulary.article_makes_day and tape.has(end, "part")
    part_of_a_day = part_of_a_day or (tape.has(end, "part") and (tape.whole(begin) or 0) > _HOURS)
    if tape.has(end, "ampm_am", "ampm_pm", "oclock") and not (counted or ordinal or part_of_a_day):
        return False
    signed = following.text in (":", "/", "-") and following.glued and not (ordinal and following.text == "/")
    signed = signed and tape.has(end + 1, "digits")
    if signed and not counted and not (following.text == "/" and lists_to_a_month(tape, end + 2)):
        return False
    if following.text == "." and following.glued and tape.has(end + 1, "digits") and tape.at(end + 1).glued:
        return False
    last = tape.number(end + 1) if tape.has(end, "to") else None
    hours = last is not None and last[0] < (tape.whole(begin) or 0)  # "except 12 to 2"
    hours = hours or is_refused_of_a_part(tape, begin, end)
    excepted = tape.has(begin - 1, "except") and not (hours or tape.is_unknown(end) or tape.has(end, "works"))
    if counted or (excepted and tape.whole(begin)):  # "any day but 12", unlike "but 4 works"
        return True
    other = tape.ordinal(end + 1) if tape.has(end, "and", "or") else None
    if other is not None and tape.has(other[1], "counted"):  # "14й и 15й зуб"
        return False
    spelled = not tape.has(begin, "digits")
    if ordinal and spelled and following.text == ":" and tape.at(begin).text.endswith(("ое", "ье")):
        return False  # "Первое: спасибо. Второе: ..."
    if ordinal:
        if tape.has(end, "one_of") and not announced:  # "2nd molar"
            return False
        if tape.has(end, "booked") and following.text:  # "1st visit", "1a visita", but "on the 1st my visit"
            return False
        if tape.is_unknown(end) and (spelled or tape.get(begin, "digits") <= 4):
            return False
        if (
            spelled
            and (tape.get(begin, "ordinal") or 20) >= 4
            and tape.has(end, "part", "ampm_am", "ampm_pm")
        ):
            return True  # "tenth in the afternoon"
        return announced or not spelled or (tape.vocabulary.ordinals_are_days and not tape.is_unknown(end))
    if announced and not tape.vocabulary.article_makes_day:
        on_the = tape.at(begin - 1).text == "" and not spelled  # "on the 12"
        return on_the or (not spelled and _is_listed(tape, end))  # "on 30 or 31 March"
    if announced:
        return not spelled or not tape.is_unknown(end)
    if not spelled and _is_listed(tape, end) and not tape.has(begin - 1, "after", "before", "around", "at"):
        return True
    if spelled and _leads_to_a_date(tape, begin, end):
        return True
    late = not spelled and begin == 0 and (tape.whole(begin) or 0) > _LATEST_HOUR
    if late and tape.vocabulary.hours_follow and _has_an_hour(tape, begin, end):  # "27 в 17"
        return True
    if not spelled and _is_one_of_late_days(tape, begin, end):
        return True
    whole = tape.whole(begin)
    return whole is not None and whole > 24 and tape.context.asking == "time"


def _leads_to_a_date(tape: Tape, begin: int, end: int) -> bool:
    """ "Venti e ventuno marzo"."""
    hour = tape.has(begin - 1, "at", "after", "before", "around")
    listed = tape.has(end, "and", "or") and tape.number(end + 1) is not None and not hour
    return listed and read_day_month_year(tape, end + 1) is not None


def _is_day_of_a_part(tape: Tape, begin: int, end: int) -> bool:
    """ "12 pomeriggio / 13 mattina", which are no hours; one of them is enough."""
    if tape.whole(begin) is None or not tape.has(end, "part") or tape.has(begin - 1, "at", "around"):
        return False
    told = [(begin, end)]
    if tape.has(end + 1, "or", "soft") and tape.has(end + 3, "part"):
        told.append((end + 2, end + 3))
    if tape.has(begin - 1, "or", "soft") and tape.has(begin - 2, "part"):
        told.append((begin - 3, begin - 2))
    return any(_is_no_hour(tape, number, part) for number, part in told)


def _is_no_hour(tape: Tape, number: int, part: int) -> bool:
    hour, (start, end) = tape.whole(number), _HALVES.get(tape.get(part, "part"), (0, 24))
    return hour is not None and 1 <= hour <= 31 and not any(start <= h < end for h in (hour, hour + 12))


def _has_an_hour(tape: Tape, begin: int, end: int) -> bool:
    return tape.whole(begin) is not None and tape.has(end, "at") and tape.number(end + 1) is not None


def _is_one_of_late_days(tape: Tape, begin: int, end: int) -> bool:
    """ "24 o 26, scelga lei": no hours, and nothing that is counted."""
    first, last = begin, end
    while _parts(tape, first - 1) and tape.whole(first - 2) is not None:
        first -= 2
    while _parts(tape, last) and tape.whole(last + 1) is not None:
        last += 2
    told = [tape.whole(place) or 0 for place in range(first, last, 2)]
    before: tuple[str, ...] = ("soft",)
    behind: tuple[str, ...] = ("soft",)
    if tape.vocabulary.hours_follow:  # "можно 26 или 27 после обеда", "хоть 23 хоть 24"
        before, behind = ("soft", "wishing", "filler", "at_weak"), ("soft", "wishing", "filler", "part", "at")
    begins = first == 0 or tape.has(first - 1, *before)
    ends = last >= len(tape) or tape.has(last, *behind)
    return begins and ends and len(told) > 1 and all(_LATEST_HOUR < number <= 31 for number in told)


def _parts(tape: Tape, place: int) -> bool:
    if tape.has(place, "or") or tape.at(place).text == "хоть":
        return True
    return tape.at(place).text == "," and not tape.at(place + 1).glued


def _is_listed(tape: Tape, place: int) -> bool:
    """Whether a list of days goes on that ends in a date: "12, 13 or 14 March"."""
    for _ in range(5):
        if not tape.has(place, "or", "soft"):
            return False
        place = tape.skip(place, "or", "soft", most=2)
        if read_day_month_year(tape, place) is not None or numeric_pair(tape, place) is not None:
            return True
        if tape.whole(place) is not None and tape.ordinal(place) is not None:  # "10, 11 и 13-го"
            return True
        number = tape.number(place)
        if number is None:
            return False
        if tape.has(number[1], "number_of_day"):  # "12, 13 или 17 числа"
            return True
        place = number[1]
    return False

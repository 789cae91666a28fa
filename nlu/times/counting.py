"""Reads days counted from another day: "tomorrow", "in two weeks", "fra 15 giorni", "a week from Tuesday"."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.dates import read_date
from nlu.times.holidays import read_holiday
from nlu.times.nth import read_nth
from nlu.times.pieces import PAST, Clock, Days, Instant
from nlu.times.tape import Tape
from nlu.times.weekdays import read_modified_weekday, read_weekday

Read = tuple[Days, int]

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_COUNTED = (*_DAYS, "month", "month_and_half", "week_and_half")


def read_relative(tape: Tape, place: int) -> Read | None:
    offset = tape.get(place, "relative")
    if offset is None:
        return None
    if offset < 0:
        return PAST, place + 1
    if tape.vocabulary.language == "en" and tape.get(place + 1, "unit") == "week":  # "tomorrow week"
        return Days("date", (almanac.one(tape.today + timedelta(days=offset + 7)),)), place + 2
    return Days("relative", (almanac.one(tape.today + timedelta(days=offset)),)), place + 1


def read_beside(tape: Tape, place: int) -> Read | None:
    """ "The day before Good Friday", "il giorno dopo Natale"."""
    days = -1 if tape.has(place, "day_before") else 1 if tape.has(place, "day_later") else 0
    if not days:
        return None
    of = tape.skip(place + 1, "of", "filler", most=2)
    found = read_holiday(tape, of) or read_relative(tape, of) or read_date(tape, place + 1)
    found = found or read_nth(tape, of) or read_nth(tape, place + 1)  # "the day before the last of April"
    if found is None or not found[0].ranges:
        return None
    day = found[0].ranges[0][0] + timedelta(days=days)
    return (Days("date", (almanac.one(day),)), found[1]) if day >= tape.today else None


def part_beside_a_day(tape: Tape, place: int) -> tuple[tuple[Days, Clock], int] | None:
    """ "The morning after Easter Monday", "the evening before Good Friday": of the day beside it."""
    part, after = tape.get(place, "part"), tape.has(place + 1, "after")
    if not part or not tape.at(place).text or not (after or tape.has(place + 1, "before")):
        return None
    if not tape.has(place - 1, "day_number"):
        return None
    found = read_holiday(tape, tape.skip(place + 2, "of", "filler", most=1))
    if found is None or not found[0].ranges:
        return None
    day = found[0].ranges[0][0] + timedelta(days=1 if after else -1)
    return ((Days("date", (almanac.one(day),)), Clock("part", part=part)), found[1])


_MINUTES = {"minute": 1, "half_hour": 30, "hour": 60, "hour_and_half": 90}


def read_instant(tape: Tape, place: int) -> tuple[Instant, int] | None:
    """ "in two hours", "fra mezz'ora", "через час", "an hour and a half", "минут через 20"."""
    turned = tape.has(place, "unit") and tape.has(place + 1, "in") and tape.vocabulary.hours_follow
    if not (turned or tape.has(place, "in")):
        return None
    if turned:
        unit, number = tape.get(place, "unit"), tape.number(place + 2)
        counted = (number[0], unit, number[1]) if number and not tape.has(number[1], "unit") else None
    else:
        counted = counted_unit(tape, place + 1)
    if counted is None or counted[1] not in _MINUTES:
        return None
    many, unit, end = counted
    minutes = many * _MINUTES[unit]
    half = tape.skip(end + 1, "one", most=1)
    if unit == "hour" and tape.has(end, "and") and tape.has(half, "half", "half_after"):
        minutes, end = minutes + 30, half + 1
    return Instant(tape.context.now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)), end


def counted_unit(tape: Tape, place: int) -> tuple[int, str, int] | None:
    """ "3 days", "a week", "неделю", "mezz'ora": how many, of what, and the place after."""
    counted = tape.number(place)
    if counted is None and tape.has(place, "digits") and len(tape.at(place).text) == 3:
        counted = tape.get(place, "digits"), place + 1
    many, after = counted or (1, tape.skip(place, "one", most=1))
    unit = tape.get(after, "unit")
    if unit == "half_year":
        return 6 * many, "month", after + 1
    if unit is None or unit == "year":
        return None
    return (many, unit, after + 1)


_MONTHS = 9  # "in 12 months" is how a bill is paid


def read_counted(tape: Tape, place: int) -> Read | None:
    """ "in two weeks", "fra 15 giorni", "через неделю", "two weeks from now", "a week from Tuesday"."""
    if tape.has(place, "next", "coming") and tape.has(place + 1, "number", "digits"):
        return read_within(tape, place + 1)
    ahead = counted_unit(tape, place + 1) if tape.has(place, "within") else None
    if ahead is not None and ahead[1] in ("day", "week", "fortnight") and tape.has(ahead[2], "before"):
        return _beside_an_anchor(tape, *ahead)  # "за два дня до 20-го"
    if tape.has(place, "within"):
        after = tape.skip(place + 1, "filler", "next", "coming", most=2)
        after = after if tape.has(after, "number", "digits", "unit") else place + 1
        if not tape.has(place, "in", "at", "of") or tape.has(after, "number", "digits"):
            found = read_within(tape, after)
            if found is not None:
                return found
    if tape.vocabulary.hours_follow and tape.has(place, "unit") and tape.has(place + 1, "in"):
        return _turned_round(tape, place)
    announced = tape.has(place, "in")
    begin = place + 1 if announced else place
    if (
        announced
        and tape.has(begin, "filler")
        and not tape.has(begin, "one", "of", "this", "digits", "number")
    ):
        begin += tape.has(begin + 1, "one", "digits", "number")  # "in exactly one week"
    if not announced and not tape.has(place, "number", "digits", "one", "unit"):
        return None
    counted = counted_unit(tape, begin)
    if announced and tape.vocabulary.hours_follow and tape.has(begin, "weekday"):  # "через вторник"
        weekday = tape.get(begin, "weekday")
        day = almanac.coming_weekday(tape.today, weekday) + timedelta(weeks=1)
        return Days("date", (almanac.one(day),), weekday=weekday, confidence=0.8), begin + 1
    if announced and (either := _one_or_two_more(tape, begin)) is not None:
        return either
    if announced and tape.vocabulary.hours_follow and tape.has(begin, "unit"):  # "через дней 10"
        about = tape.number(begin + 1)
        if about is not None and tape.get(begin, "unit") in ("day", "week", "month"):
            return counted_ahead(tape, about[0], tape.get(begin, "unit")), about[1]
    number = tape.number(begin) if announced else None
    if counted is None and number is not None and 1 < number[0] < 9 and tape.has(number[1], "weekday"):
        weekday = tape.get(number[1], "weekday")  # "fra due venerdì"
        day = almanac.coming_weekday(tape.today, weekday) + timedelta(weeks=number[0] - 1)
        return Days("date", (almanac.one(day),), weekday=weekday, confidence=0.8), number[1] + 1
    if counted is None or counted[1] not in _COUNTED:
        return None
    many, unit, end = counted
    told = announced or begin < end - 1
    if told and (anchored := _beside_an_anchor(tape, many, unit, end)) is not None:
        return anchored
    if tape.has(end, "ago"):
        return PAST, end + 1
    end += tape.has(end, "possessive") and tape.has(end + 1, "from_now")  # "6 months' time"
    if tape.has(end, "from_now"):
        return counted_ahead(tape, many, unit), end + 1
    british = unit == "fortnight" or tape.has(end, "day_number")  # "fortnight tomorrow", "week on Friday"
    british = british or (begin < end - 1 and tape.has(end, "weekday") and many == 1)  # "a week Thursday"
    british = british or (tape.has(end, "this") and tape.has(end + 1, "weekday"))  # "two weeks this Thursday"
    british = (
        british and tape.vocabulary.language == "en" and not tape.has(begin - 1, "weekday", "this", "next")
    )
    if not announced and (begin < end - 1 or british) and unit in _DAYS:
        return _counted_from(tape, many, unit, end)
    if not announced or (unit == "day" and many == 0) or (unit == "month" and many > _MONTHS):
        return None
    if end == begin + 1 and not tape.vocabulary.hours_follow:  # "in settimana"; "через неделю" counts one
        return None
    return counted_from(tape, many, unit, end), end


def counted_from(tape: Tape, many: int, unit: str, end: int) -> Days:
    """From today; "dopo 10 giorni dall'estrazione" is doubted, as nobody told when that was."""
    days = counted_ahead(tape, many, unit)
    what = tape.skip(end + 1, "day_number", "of", "filler", most=2)
    told = tape.has(end, "after", "from", "from_on", "from_then") and tape.is_unknown(what)
    return replace(days, confidence=0.6) if told else days


def _one_or_two_more(tape: Tape, place: int) -> Read | None:
    """ "In four or five days", "дня через 2-3"."""
    first = tape.number(place)
    if first is None or not (tape.has(first[1], "or") or tape.at(first[1]).text == "-"):
        return None
    last = counted_unit(tape, first[1] + 1)
    if last is None or last[1] not in ("day", "week") or not 0 < last[0] - first[0] <= 2:
        return None
    days = 1 if last[1] == "day" else 7
    start, end = (tape.today + timedelta(days=days * many) for many in (first[0], last[0]))
    return Days("span", ((start, end + timedelta(days=days)),)), last[2]


def _turned_round(tape: Tape, place: int) -> Read | None:
    """ "Дня через два", "недели через две": about that many."""
    unit, number = tape.get(place, "unit"), tape.number(place + 2)
    if number is None or unit not in ("day", "week", "month") or tape.has(number[1], "unit"):
        return None
    return counted_ahead(tape, number[0], unit), number[1]


def _beside_an_anchor(tape: Tape, many: int, unit: str, end: int) -> Read | None:
    """ "Two days before the 20th", "через неделю после 10-го": counted from a date."""
    before, after = tape.has(end, "before"), tape.has(end, "after", "from_then")
    if not (before or after) or unit not in _DAYS:
        return None
    begin = tape.skip(end + 1, "of", "filler", most=1)
    anchor = read_holiday(tape, begin) or read_date(tape, end + 1) or read_date(tape, end)
    if anchor is None or not anchor[0].ranges or anchor[0].kind not in ("date", "number"):
        return None
    days = timedelta(days=min(many, 60) * _DAYS[unit])
    lasting = tape.at(end).text in ("с", "со") and not tape.has_any(range(end - 4, end), "in")
    if lasting and not before:  # "две недели с 9 марта"
        first = anchor[0].ranges[0][0]
        return Days("span", ((first, first + days),)), anchor[1]
    day = anchor[0].ranges[0][0] + (-days if before else days)
    return (Days("date", (almanac.one(day),)), anchor[1]) if day >= tape.today else None


def _counted_from(tape: Tape, many: int, unit: str, end: int) -> Read | None:
    """ "A week from Tuesday", and the British "a week today", "a week on Tuesday"."""
    british = tape.vocabulary.language == "en" and unit != "day"
    on_day = (
        end + 1 if british and tape.has(end, "day_number", "this") and tape.has(end + 1, "weekday") else end
    )
    on_today = british and (on_day > end or tape.has(end, "relative"))
    on_today = on_today or (british and many == 1 and tape.has(end, "weekday"))
    if not (on_today or tape.has(end, "from_then")):
        return None
    then = on_day if on_today else end + 1
    anchor = read_relative(tape, then) or read_date(tape, then)
    anchor = anchor or read_modified_weekday(tape, then) or read_weekday(tape, then)
    if anchor is None or anchor[0].kind not in ("weekday", "relative", "date") or not anchor[0].ranges:
        return None
    days = min(many, 400) * _DAYS[unit]
    return Days("date", (almanac.one(anchor[0].ranges[0][0] + timedelta(days=days)),)), anchor[1]


def read_within(tape: Tape, place: int) -> Read | None:
    """ "Within two weeks", "nelle prossime due settimane": from today on."""
    counted = counted_unit(tape, place)
    if counted is None or counted[1] not in ("day", "week", "fortnight", "month"):
        return None
    target = counted_ahead(tape, counted[0], counted[1]).ranges[0][0]
    return Days("span", ((tape.today, target + timedelta(days=1)),), grain="week"), counted[2]


def counted_ahead(tape: Tape, many: int, unit: str) -> Days:
    many = min(many, 400)
    if unit == "day":
        return Days("relative", (almanac.one(tape.today + timedelta(days=many)),))
    if unit in ("month", "month_and_half"):
        half = timedelta(days=15 if unit == "month_and_half" else 0)
        start = tape.today + relativedelta(months=min(many, 24)) + half
    elif unit == "week_and_half":
        start = tape.today + timedelta(days=10)
    else:
        start = tape.today + timedelta(weeks=min(many, 104) * (2 if unit == "fortnight" else 1))
    kind: Literal["span", "week"] = "span" if "month" in unit else "week"
    week = (start, start + timedelta(weeks=1))
    return Days(kind, (almanac.one(start),), (week,), confidence=0.8)

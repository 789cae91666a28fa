"""Reads weekdays: "Tuesday", "martedì prossimo", "Tuesday next week", "Friday the 13th", "по средам"."""

from dataclasses import replace
from datetime import date, timedelta

from nlu.times import almanac
from nlu.times.dates import read_date
from nlu.times.holidays import read_holiday
from nlu.times.modifiers import read_modifier
from nlu.times.narrowing import weekdays_within
from nlu.times.periods import read_period, whole_month
from nlu.times.pieces import PAST, Days
from nlu.times.tape import Tape

_COUNTED = 4  # up to which something is rather counted
Read = tuple[Days, int]


def read_weekday(tape: Tape, place: int) -> Read | None:
    weekday = tape.get(place, "weekdays")
    every = tape.has(place, "every") and tape.has(place + 1, "weekday")
    if weekday is not None or every:
        weekday = weekday if weekday is not None else tape.get(place + 1, "weekday")
        coming = almanac.coming_weekday(tape.today, weekday)
        later = almanac.one(coming + timedelta(weeks=1))
        if (each := _of_a_month(tape, weekday, place + 1 + every)) is not None:
            return each
        return Days("weekday", (almanac.one(coming),), (later,), weekday=weekday), place + 1 + every
    weekday = tape.get(place, "weekday")
    if weekday is None:
        return None
    found = _weekday_number(tape, weekday, place + 1)
    if found is not None:
        return found
    return _on_weekday(tape, weekday, _coming(tape, weekday), place + 1)


def _of_a_month(tape: Tape, weekday: int, place: int) -> Read | None:
    """ "В любую пятницу марта", "ogni venerdì di aprile", "every Friday in April": all of that month."""
    of = tape.skip(place, "of", "month_in", "filler", most=1)
    month = whole_month(tape, tape.get(of, "month"), of + 1) if tape.has(of, "month") else None
    if month is None or not month[0].ranges or tape.whole(of + 1) is not None:
        return None
    each = weekdays_within(month[0], Days("weekday", month[0].ranges, weekday=weekday))
    ahead = tuple(one for one in each.ranges if one[0] >= tape.today) if each is not None else ()
    return (replace(each, ranges=ahead), month[1]) if each is not None and ahead else None


def read_modified_weekday(tape: Tape, place: int) -> Read | None:
    """ "Next Tuesday", "martedì prossimo", "в этот четверг", "last Monday"."""
    read = read_modifier(tape, place)
    if read is None or not tape.has(read[1], "weekday"):
        return None
    modifier, target, end = read
    today = tape.today
    weekday = tape.get(target, "weekday")
    if modifier == "last":
        return PAST, end
    found = _weekday_number(tape, weekday, end)
    if found is not None:
        return found
    coming = almanac.coming_weekday(today, weekday)
    if tape.has(end - 1, "after_next"):
        later = almanac.monday(today) + timedelta(weeks=2, days=weekday)
        return Days("date", (almanac.one(later),), weekday=weekday), end
    if modifier == "next":
        likely, other = almanac.next_weekday(today, weekday, of_next_week=tape.vocabulary.next_is_next_week)
        near = likely != coming
        return _on_weekday(
            tape, weekday, likely, end, others=(other,), confidence=0.6 if near else 0.8, fixed=True
        )
    if modifier == "this" and weekday == today.weekday():
        coming = today
    return _on_weekday(tape, weekday, coming, end, fixed=True)


def _coming(tape: Tape, weekday: int) -> date:
    """The next one after today; of the days on the patient's screen, where one is such a weekday."""
    offered = [c.start.date() for c in tape.context.choices if c.start and c.start.weekday() == weekday]
    return min(offered, default=almanac.coming_weekday(tape.today, weekday))


def _on_weekday(
    tape: Tape,
    weekday: int,
    day: date,
    end: int,
    *,
    others: tuple[date, ...] = (),
    confidence: float = 0.95,
    fixed: bool = False,
) -> Read:
    """A weekday, of the week named right after it if there is one: "martedì della settimana prossima"."""
    of = tape.skip(end, "of", "filler", most=2)
    moved = tape.speaks_of_moving and tape.has(end, "onto")  # "move Thursday to next week"
    week = None if moved else read_period(tape, of)
    if week is not None and week[0].kind == "week":
        first = almanac.monday(week[0].ranges[0][0])
        day = first + timedelta(days=weekday)
        return Days("date", (almanac.one(day),), weekday=weekday, of_week=first), week[1]
    comma = tape.skip(end, "soft", most=1) if tape.at(end).text == "," else end
    dated = read_date(tape, comma, bare=False)  # "со вторника 10 марта"
    if dated is not None and len(dated[0].ranges) == 1 and dated[0].ranges[0][0].weekday() == weekday:
        return replace(dated[0], weekday=weekday), dated[1]
    if tape.has(end, "week_later", "fortnight_later"):  # "giovedì a otto"
        weeks = 1 if tape.has(end, "week_later") else 2
        return Days("date", (almanac.one(day + timedelta(weeks=weeks)),), weekday=weekday), end + 1
    if (beside := _beside_a_date(tape, weekday, end)) is not None:
        return beside
    unit = tape.get(end, "unit") if tape.vocabulary.language == "en" else None
    if unit in ("week", "fortnight"):  # "Tuesday week"
        later = day + timedelta(weeks=1 if unit == "week" else 2)
        return Days("date", (almanac.one(later),), weekday=weekday), end + 1
    return (
        Days(
            "date" if fixed else "weekday",
            (almanac.one(day),),
            tuple(almanac.one(d) for d in others),
            weekday=weekday,
            confidence=confidence,
        ),
        end,
    )


def _beside_a_date(tape: Tape, weekday: int, place: int) -> Read | None:
    """ "The Tuesday after Easter", "il giovedì dopo il 20", "the Friday before the 15th"."""
    after = tape.has(place, "after") and not tape.has(place, "not_before")
    if not (after or (tape.has(place, "before") and not tape.has(place, "until"))):
        return None
    found = read_holiday(tape, tape.skip(place + 1, "of", "filler", most=1)) or read_date(tape, place + 1)
    if found is None or not found[0].ranges or found[0].kind not in ("date", "number"):
        return None
    anchor = found[0].ranges[0][0]
    day = almanac.coming_weekday(anchor, weekday)
    if not after:
        day = almanac.coming_weekday(anchor - timedelta(days=8), weekday)
    return (Days("date", (almanac.one(day),), weekday=weekday), found[1]) if day >= tape.today else None


def _weekday_number(tape: Tape, weekday: int, place: int) -> Read | None:
    """ "martedì 10", "Friday the 13th": the date if such a day is near, else the number is an hour."""
    if tape.has(place, "after", "before"):  # "il martedì dopo il 15"
        return None
    number = tape.skip(place, "day_number", most=2)
    if number > place and not tape.has(number, "digits", "ordinal", "number"):
        return None
    read = tape.ordinal(number)
    as_ordinal = read is not None
    if read is None:
        whole = tape.whole(number)
        if whole is None and tape.vocabulary.article_makes_day:  # "mercoledì undici al mattino"
            return _spelled_number(tape, weekday, number)
        if whole is None or _is_written_with_minutes(tape, number) or tape.has(number, "number"):
            return None
        read = whole, number + 1
    if not 1 <= read[0] <= 31 or read_date(tape, number, bare=False) is not None:
        return None
    hour = tape.number(read[1] + 1)
    timed = tape.has(read[1], "at") and hour is not None  # "lunedì 16 alle 15", "lunedì 16 ore 15"
    if not timed:
        half_of_day = tape.has(read[1], "ampm_am", "ampm_pm") and (read[0] <= 12 or tape.at(read[1]).glued)
        counted = tape.has(read[1], "counted") and not _is_its_day(tape, weekday, read[0])
        if half_of_day or counted or tape.has(read[1], "oclock", "past", "minus_after", "unit"):
            return None
        ends = hour is not None or tape.has(read[1] + 1, "clock_exact", "clock_spoken", "half", "quarter")
        at_noon = tape.at(read[1]).text == "a" and tape.has(read[1] + 1, "clock_exact")  # "13 a mezzogiorno"
        dash = tape.at(read[1]).text == "-" and not (tape.at(read[1]).glued or tape.at(read[1] + 1).glued)
        minutes = tape.at(read[1] + 2).text in (".", ":") and tape.at(read[1] + 2).glued
        parted = dash and hour is not None and (minutes or hour[0] <= read[0])  # "giovedì 12 - 9.00"
        if tape.has(read[1], "to") and ends and not (as_ordinal or at_noon or parted):
            return None
        if tape.has(read[1], "or") and hour is not None and tape.has(hour[1], "ampm_am", "ampm_pm", "oclock"):
            return None
    told = tape.has(place - 2, "next", "this", "coming") and not as_ordinal
    if told and tape.has(read[1], "onward", "or_earlier"):  # "next Wednesday 4 or later"
        return None
    sign = tape.at(read[1])
    if sign.text in (".", "-", "/") and sign.glued and tape.has(read[1] + 1, "digits"):
        return None
    if number > place and tape.has(number - 1, "at") and not tape.has(number - 1, "day_number"):
        return None
    day = almanac.day_ahead(tape.today, read[0])
    if day is None:
        return None
    for _ in range(2):
        if day.weekday() == weekday:
            break
        day = almanac.day_ahead(day + timedelta(days=1), read[0]) or day
    if day.weekday() == weekday and (day - tape.today).days <= 45:
        near = as_ordinal or number > place or read[0] > 19 or (day - tape.today).days <= 21
        if not near and read[0] <= 12 and tape.vocabulary.language == "en":
            return None  # "Friday 3", said a month before Friday the 3rd, is an hour
        return Days("date", (almanac.one(day),), weekday=weekday, confidence=0.95 if near else 0.6), read[1]
    coming = almanac.coming_weekday(tape.today, weekday)
    no_range = timed and hour is not None and hour[0] <= read[0]  # unlike "martedì 9 alle 11"
    if as_ordinal or number > place or read[0] > 24 or no_range:
        first = almanac.day_ahead(tape.today, read[0])
        if first is None:
            return None
        return (
            Days("date", (almanac.one(first),), (almanac.one(coming),), weekday=weekday, confidence=0.5),
            read[1],
        )
    return None


def _is_its_day(tape: Tape, weekday: int, number: int) -> bool:
    """ "Mercoledì 11 otturazione": the eleventh is a Wednesday."""
    day = almanac.day_ahead(tape.today, number) if number > _COUNTED else None
    return day is not None and day.weekday() == weekday


def _spelled_number(tape: Tape, weekday: int, place: int) -> Read | None:
    """A number in words after a weekday is its date only if the two agree; otherwise it is an hour."""
    read = tape.number(place)
    if read is None or not 1 <= read[0] <= 31 or tape.has(read[1], "and", "minus_after", "counted"):
        return None
    if read_date(tape, place, bare=False) is not None:  # "venerdì venti marzo"
        return None
    hour_follows = tape.has(read[1], "at") and tape.number(read[1] + 1) is not None  # "venticinque ore 16"
    if tape.has(read[1], "unit") and not hour_follows:
        return None
    for months in range(2):
        first = (tape.today.replace(day=1) + timedelta(days=32 * months)).replace(day=1)
        day = almanac.make(first.year, first.month, read[0])
        if day is not None and day >= tape.today and day.weekday() == weekday:
            return Days("date", (almanac.one(day),), weekday=weekday), read[1]
    return None


def _is_written_with_minutes(tape: Tape, number: int) -> bool:
    """ "15:30", "15h", "15 h", "15 e 30"; but of "lunedì 16 h 15" the 16 is the day."""
    sign = tape.at(number + 1)
    minutes = tape.whole(number + 2)
    joined = tape.has(number + 1, "and") and sign.text != "-"
    if joined and minutes is not None and minutes in (15, 20, 30, 40, 45, 50):
        return not tape.has(number + 3, "month", "month_short", "weekday")
    if tape.has(number + 1, "and") and tape.has(number + 2, "half_after", "quarter"):
        return True
    if sign.text == ":":  # but "mercoledì 11: alle 16"
        return sign.glued and minutes is not None and tape.at(number + 2).glued
    return sign.text == "h" and (sign.glued or not tape.has(number + 2, "digits"))

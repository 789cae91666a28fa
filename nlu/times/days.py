"""Reads days and spans of days: "domani", "da lunedì a mercoledì", "after the 10th", "до конца месяца"."""

from datetime import date, timedelta
from typing import Literal

from nlu.times import almanac
from nlu.times.bare_hours import are_hours
from nlu.times.counting import counted_from, counted_unit, read_beside, read_counted, read_relative
from nlu.times.dates import read_date
from nlu.times.holidays import read_holiday
from nlu.times.nth import read_nth
from nlu.times.periods import read_named, read_period, read_position
from nlu.times.pieces import PAST, Days
from nlu.times.tape import Tape
from nlu.times.weekdays import read_modified_weekday, read_weekday

Read = tuple[Days, int]
_FORTNIGHT = timedelta(days=14)
_LATEST_HOUR, _LATEST_DAY, _NEAR_DAYS = 24, 31, 14
_FAR = 245  # days ahead, of a month that nobody waits for


def read_days(tape: Tape, place: int) -> Read | None:
    """The days named at `place`, and the place after them."""
    return _past(tape, place) or _between(tape, place) or _bounded(tape, place) or _simple(tape, place)


def _past(tape: Tape, place: int) -> Read | None:
    """What has been: "three days ago", "since Monday", "lunedì scorso". It is never a wish."""
    if tape.has(place, "since") and not _only_says_already(tape, place):
        begin = tape.skip(place + 1, "of", "filler", most=2)
        found = _simple(tape, begin)
        if found is not None:
            return PAST, found[1]
        counted = counted_unit(tape, begin)
        if counted is not None:
            return PAST, counted[2]
        if tape.has(begin, "part", "day_part"):
            return PAST, begin + 1
        return (PAST, place + 1) if tape.get(place, "since") and not tape.at(place).text else None
    counted = counted_unit(tape, place)
    if counted is not None and tape.has(counted[2], "ago"):
        return PAST, counted[2] + 1
    return None


def _only_says_already(tape: Tape, place: int) -> bool:
    """ "Уже в пятницу", "или уже 2 апреля", where nothing has hurt or happened before."""
    told = tape.has(place + 1, "at", "at_weak", "after") or tape.has(place - 1, "or", "then", "wishing", "so")
    told = told or (tape.get(place + 1, "relative") or 0) > 0  # "уже завтра"
    if tape.at(place).text != "уже" or not told:
        return False
    return not tape.has_any(range(place - 6, place + 6), "pain", "happened", "no_visit")


def _within_its_week(span: Read) -> Read:
    """ "La settimana dal 9 al 13": a week, of which these days are meant."""
    first, last = span[0].ranges[0]
    whole = span[0].kind == "span" and almanac.monday(first) == almanac.monday(last - timedelta(days=1))
    return (Days("week", ((first, last),), grain="week") if whole else span[0]), span[1]


def _between(tape: Tape, place: int) -> Read | None:
    """From one day to another."""
    week = tape.get(place, "unit") == "week" or tape.has(place, "this_week")
    if week and tape.has(place + 1, "from") and (span := _between(tape, place + 1)) is not None:
        return _within_its_week(span)
    if tape.has(place, "from_now") and tape.has(place + 1, "to"):  # "da oggi a venerdì"
        until = _simple(tape, place + 1) or _simple(tape, place + 2)
        if until is None or until[0].kind not in ("weekday", "date", "number", "relative"):
            return None
        return Days("span", ((tape.today, until[0].ranges[0][1]),)), until[1]
    from_here = tape.has(place, "from_now") or (tape.has(place, "in") and not tape.at(place).text)
    if from_here and (named := read_position(tape, tape.skip(place + 1, "to", most=1))) is not None:
        return Days("span", ((tape.today, named[0].ranges[0][1]),)), named[1]  # "da qui a fine mese"
    if (months := _between_months(tape, place)) is not None:
        return months
    if tape.has(place, "in") and not tape.at(place).text and tape.has(place + 1, "weekday", "day_number"):
        until = _simple(tape, place + 1)  # "da qui a venerdì"
        if until is not None and until[0].ranges and until[0].kind in ("weekday", "date", "number"):
            return Days("span", ((tape.today, until[0].ranges[0][1]),)), until[1]
    begin = tape.skip(place, "from", "between", most=2)
    begins = ("weekday", "digits", "month", "ordinal", "number", "day_number")
    if begin == place and not tape.has(place, *begins):
        return None
    first = _simple(tape, begin) or _bare_number(tape, begin)
    loose = first is None
    if first is None:
        first = _bare_number(tape, begin, loose=True)
    if first is None or first[0].kind in ("past", "week", "month", "span"):
        return None
    between = tape.has(place, "between")
    to = first[1]
    if begin == place and tape.at(to).text == "a" and tape.has_any(range(place - 5, place), "better"):
        return None  # "preferirei mercoledì a giovedì"
    if begin > place and tape.has(to, "soft") and tape.has(to + 1, "to_day"):  # "со среды, по пятницу"
        to += 1
    if not (tape.has(to, "to") or (between and tape.has(to, "and"))):
        return None
    ordinal = tape.ordinal(tape.skip(begin, "day_number", most=1)) is not None
    plain = first[0].kind not in ("weekday", "date") and not (ordinal and first[0].kind == "number")
    last = tape.skip(to + 1, "of", "to", most=2)
    second = _simple(tape, last) or _simple(tape, to) or _bare_number(tape, last, loose=True)
    if second is not None and second[0].ranges and (end := _end_of_period(tape, to, second)) is not None:
        return Days("span", ((first[0].ranges[0][0], end),)), second[1]  # "from the 23rd to the month's end"
    if second is None or second[0].kind in ("past", "week", "month", "span"):
        return None
    hour = tape.ordinal(last) is None and tape.has(second[1], "ampm_am", "ampm_pm")
    hour = hour and not tape.vocabulary.article_makes_day and not tape.has(second[1], "unit")
    if second[0].kind == "number" and hour:
        return None  # "from 9 on the 12th to 11 am"
    if second[0].kind == "number" and tape.at(to).text == "-":
        told = first[0].number or first[0].ranges[0][0].day
        parted = not tape.at(last).glued and tape.ordinal(last) is None  # "12 March - 9"
        if _begins_an_hour(tape, last) or (parted and (second[0].number or 0) <= told):
            return None
    dated = first[0].kind == "number" and second[0].kind == "date" and second[0].number is not None
    beyond = loose and _are_too_many_hours(tape, begin, last, second)
    if begin == place and plain and tape.at(to).text != "-" and not (dated or beyond):  # but "6 to 10 March"
        return None
    bare = tape.has(last, "digits") and tape.ordinal(last) is None and second[0].kind == "number"
    if loose and bare and are_hours(tape, place, last, second[1]):  # "с 14 по 16 часов"
        return None
    if begin == place and tape.has(to, "until") and bare and not tape.has(second[1] - 1, "number_of_day"):
        return None  # "10 марта до 12" is an hour
    counted = tape.has(second[1], "number_of_day") or tape.has(second[1] - 1, "number_of_day")
    counted = counted or beyond or tape.has(to, "to_day")
    if loose and not ((second[0].kind == "date" and second[0].number) or counted):
        return None
    if first[0].kind != second[0].kind and {first[0].kind, second[0].kind} == {"weekday", "number"}:
        return None
    start, end = first[0].ranges[0][0], second[0].ranges[0][1]
    if first[0].kind == "number" and second[0].kind == "date" and first[0].number is not None:
        start = _same_month(second[0].ranges[0][0], first[0].number) or start
    week = second[0].of_week
    if week is not None and first[0].kind == "weekday" and first[0].weekday is not None:
        start = week + timedelta(days=first[0].weekday)  # "Tuesday to Thursday next week"
    if second[0].kind in ("weekday", "number"):
        while end <= start:
            end += timedelta(weeks=1) if second[0].kind == "weekday" else timedelta(days=28)
        if second[0].kind == "number":
            found = almanac.day_ahead(start, second[0].number or 1)
            end = found + timedelta(days=1) if found else end
    if end <= start or (end - start).days > 92:
        return None
    weekdays = {first[0].kind, second[0].kind} == {"weekday"}
    weekday = first[0].weekday if weekdays else None
    number = first[0].number if {first[0].kind, second[0].kind} == {"number"} else None
    return Days("span", ((start, end),), grain="day", weekday=weekday, number=number), second[1]


def _are_too_many_hours(tape: Tape, first: int, last: int, second: Read) -> bool:
    """ "23 to 27, any day is fine": no hours, but days of the month."""
    one, other = tape.whole(first), tape.whole(last)
    if one is None or other is None or tape.has(first - 1, "currency", "one_of", "counted"):
        return False
    following = second[1]
    plain = not (tape.is_unknown(following) or tape.has(following, "unit", "counted", "currency"))
    return _LATEST_HOUR < other <= _LATEST_DAY and 0 < other - one <= _NEAR_DAYS and plain


def _end_of_period(tape: Tape, to: int, second: Read) -> date | None:
    days, after = second
    if days.kind != "span" or not tape.has_any(range(to, after), "end"):
        return None
    return days.ranges[0][1]


def _between_months(tape: Tape, place: int) -> Read | None:
    """ "Tra marzo e aprile" """
    if not (tape.has(place, "between") and tape.has(place + 1, "month") and tape.has(place + 2, "and")):
        return None
    first, last = read_named(tape, place + 1), read_named(tape, place + 3)
    if first is None or last is None or not first[0].ranges or last[0].kind != "month":
        return None
    start, end = first[0].ranges[0][0], last[0].ranges[0][1]
    return (Days("span", ((start, end),), grain="month"), last[1]) if start < end else None


def _bounded(tape: Tape, place: int) -> Read | None:
    """After, before, by, from a day on."""
    after, by = tape.has(place, "after"), tape.has(place, "by", "by_day")
    before, begins = tape.has(place, "before"), tape.has(place, "from_on")
    if not (after or before or by or begins):
        return _onward(tape, place)
    begin = tape.skip(place + 1, "of", "filler", most=2)
    if by and tape.get(begin, "part") in ("last_of_day", "evening") and not tape.at(begin).text:
        begin = tape.skip(begin + 1, "of", "filler", most=2)  # "by close of business on Thursday"
    found = _simple(tape, place + 1) or _simple(tape, begin)
    found = found or _bare_number(tape, place + 1, loose=_follows_a_month(tape, place))
    if found is None:
        if (by or before) and tape.get(begin, "unit") == "month":  # "entro il mese"
            return Days(
                "span", ((tape.today, almanac.month(tape.today.year, tape.today.month)[1]),)
            ), begin + 1
        if tape.has(begin, "number", "digits"):
            counted = counted_unit(tape, begin)
            hour = counted is not None and tape.at(counted[2] - 1).text == "дня"  # "после трёх дня"
            if counted is not None and after and not hour and counted[1] in ("day", "week", "month"):
                return counted_from(tape, *counted), counted[2]
        return None
    days, end = found
    if days.kind == "past" or not days.ranges:
        return PAST, end
    since = begins and not after and not tape.has(place, "not_before")
    if since and (speaks_of_pain(tape, place, end) or _lies_far_ahead(tape, days)):
        return PAST, end
    if tape.is_onward(end):
        end += 1
        begins, after = True, False
    first, last = days.ranges[0]
    today = tape.today
    weekday = days.weekday if days.kind == "weekday" else None
    number = days.number if days.kind == "number" else None
    if tape.has(place, "not_before") or (begins and not after):
        return Days("span", ((first, first + _FORTNIGHT),), weekday=weekday, number=number, bound="from"), end
    if after and days.kind == "relative" and _is_day_after(tape, place, end):
        return Days("date", (almanac.one(last),), confidence=0.6), end
    if after:
        return Days("span", ((last, last + _FORTNIGHT),), weekday=weekday, number=number, bound="after"), end
    if before and tape.has(place, "until") and tape.speaks_of_moving:  # "put it off until December"
        return days, end
    inclusive = tape.has(end, "inclusive") or (tape.has(place, "until") and not tape.vocabulary.hours_follow)
    ends = tape.has_any(range(place + 1, begin + 1), "end")  # "before the end of the month"
    if tape.has(place, "by_day") and days.grain == "day" and _has_an_hour(tape, end):
        return days, end  # "ко вторнику на 10"
    if _is_part_of_its_day(tape, end):  # "by Friday evening", "до завтрашнего вечера"
        inclusive, end = inclusive or tape.get(end, "part") != "morning", end + 1
    until = last if by or inclusive or ends else first
    end += tape.has(end, "inclusive") or tape.has(end, "or_earlier")  # "entro il 12 al massimo"
    if until <= today:
        return None
    bound: Literal["by", "before"] = "by" if until == last else "before"
    return Days("span", ((today, until),), weekday=weekday, number=number, bound=bound), end


def _is_part_of_its_day(tape: Tape, place: int) -> bool:
    """ "Вечера", and not "вечером", which may be that of any day until then."""
    genitive = tape.at(place).text.endswith("а") or not tape.vocabulary.hours_follow
    return genitive and tape.has(place, "part") and bool(tape.at(place).text)


def _lies_far_ahead(tape: Tape, days: Days) -> bool:
    """ "It has been crumbling since January", said in March, and not from the next January on."""
    return days.kind in ("date", "month") and (days.ranges[0][0] - tape.today).days >= _FAR


def _has_an_hour(tape: Tape, place: int) -> bool:
    return tape.has(place, "at", "at_weak") and tape.number(place + 1) is not None


def _is_day_after(tape: Tape, place: int, end: int) -> bool:
    """ "After tomorrow at 17": as many say for the day after tomorrow who speak another language."""
    if tape.vocabulary.language != "en" or tape.at(place).text != "after":
        return False
    if tape.get(end - 1, "relative") != 1 or tape.at(place - 1).text in ("sometime", "day", "time", "days"):
        return False
    return (
        end >= len(tape) or tape.has(end, "at", "soft", "part", "indifferent") or tape.at(end).text == "yes"
    )


def _follows_a_month(tape: Tape, place: int) -> bool:
    """ "In March, after the 15th", unlike "on 5 March after 15:00"."""
    month = place - 1 - tape.has(place - 1, "soft")
    if not tape.has(month, "month") or not tape.vocabulary.hours_follow:
        return False
    return tape.has(month - 1, "month_in") and tape.whole(place + 1) is not None


def speaks_of_pain(tape: Tape, start: int, end: int, *, within: int = 6) -> bool:
    """ "It has hurt since Monday": "da lunedì" is no wish beside such words, unless a comma parts them."""
    for side in (range(start - 1, max(start - within - 1, -1), -1), range(end, end + within)):
        for place in side:
            if tape.has(place, "soft"):
                break
            if tape.has(place, "pain"):
                return True
    return False


def _onward(tape: Tape, place: int) -> Read | None:
    """ "Tuesday or later", "dal 12 in poi"."""
    if not tape.has(place, "weekday", "digits", "relative", "day_number"):
        return None
    found = _simple(tape, place)
    if found is None or not found[0].ranges or not tape.is_onward(found[1]):
        return None
    first = found[0].ranges[0][0]
    weekday = found[0].weekday if found[0].kind == "weekday" else None
    return Days("span", ((first, first + _FORTNIGHT),), weekday=weekday, bound="from"), found[1] + 1


def _simple(tape: Tape, place: int) -> Read | None:
    if not tape.at(place).senses:
        return None
    if tape.has(place - 1, "cheers") and (feast := read_date(tape, place, bare=False)) is not None:
        return PAST, feast[1]  # "congratulations on 8 March"
    if place not in tape.days_at:
        tape.days_at[place] = _named_days(tape, place)
    return tape.days_at[place]


def _named_days(tape: Tape, place: int) -> Read | None:
    return (
        read_relative(tape, place)
        or read_beside(tape, place)
        or read_holiday(tape, place)
        or read_position(tape, place)
        or read_counted(tape, place)
        or read_nth(tape, place)
        or read_modified_weekday(tape, place)
        or read_period(tape, place)
        or read_date(tape, place)
        or read_weekday(tape, place)
        or read_named(tape, place)
    )


def _bare_number(tape: Tape, place: int, *, loose: bool = False) -> Read | None:
    """A day of the month in a range: "dal 5 al 10", "the 5th". `loose`: also just "5"."""
    number = tape.skip(place, "day_number", most=1)
    ordinal = tape.ordinal(number)
    if not loose and number == place and not tape.has(place - 1, "day_number") and ordinal is None:
        return None
    read = ordinal or tape.number(number)
    if read is None or not 1 <= read[0] <= 31 or tape.has(read[1], "unit", "counted"):
        return None
    if tape.at(number).text == "una":
        return None
    if tape.has(number - 1, "at") and not tape.has(number - 1, "day_number"):
        return None
    if tape.at(read[1]).text in (":", "h"):
        return None
    day = almanac.day_ahead(tape.today, read[0])
    if day is None:
        return None
    return Days("number", (almanac.one(day),), number=read[0]), read[1]


def _begins_an_hour(tape: Tape, place: int) -> bool:
    """ "The 12th - 3pm", "Thursday 12 - 2 to 4": behind a dash that only parts the two."""
    read = tape.number(place)
    if tape.has(place - 1, "until"):  # "the 12th - until 11"
        return True
    kinds = ("ampm_am", "ampm_pm", "oclock", "past", "onward", "or_earlier", "to", "number")
    sign, minutes = tape.at(read[1] if read else place), tape.at(place + 2)
    if read is not None and sign.text == "." and sign.glued and minutes.glued and len(minutes.text) == 2:
        return True
    return read is not None and tape.ordinal(place) is None and tape.has(read[1], *kinds)


def _same_month(other: date, number: int) -> date | None:
    """The day of that number before or on `other`, in its month, or in the month before."""
    found = almanac.make(other.year, other.month, number)
    if found is not None and found <= other:
        return found
    before = other.replace(day=1) - timedelta(days=1)
    return almanac.make(before.year, before.month, number)

"""Reads weeks, weekends and months, whole or in part: "next week", "fine mese", "первая неделя апреля"."""

from dataclasses import replace
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.dates import read_date
from nlu.times.holidays import holiday, read_holiday
from nlu.times.modifiers import read_modifier
from nlu.times.pieces import PAST, Days
from nlu.times.positions import POSITIONS, TENS, position_in, tens_ahead
from nlu.times.tape import Tape
from nlu.times.which_one import one_after_next

Read = tuple[Days, int]
_JUST_GONE = 10  # months ahead: what is said of February in March has perhaps been


def read_period(tape: Tape, place: int) -> Read | None:
    """ "Next week", "il mese prossimo", "questo weekend", "last week"; never a weekday."""
    if tape.has(place, "next_week"):
        return _weeks_ahead(tape, 1, place + 1)
    read = read_modifier(tape, place)
    if read is None:
        return None
    modifier, target, end = read
    today = tape.today
    ahead = {"next": 1, "coming": 1, "this": 0, "last": -1, "after_next": 2}[modifier]
    if tape.has(target, "weekend"):
        if tape.has(target, "day_off") and tape.has(place, "which_is"):  # "это выходной"
            return None
        if ahead < 0:
            return PAST, end
        start, after = almanac.weekend(today)
        if target == place and tape.at(end - 1).text == "prossima":  # "fine settimana prossima": of the week
            return Days("span", (position_in("end", _weeks_ahead(tape, 1, end)[0]),)), end
        if modifier == "after_next" or (modifier == "next" and (start - today).days <= almanac.NEAR):
            start, after = almanac.weekend(today, 1)
        return Days("span", ((max(start, today), after),), grain="day"), end
    unit = tape.get(target, "unit")
    if unit == "week":
        return _weeks_ahead(tape, ahead, end)
    if unit == "month":
        if ahead < 0:
            return PAST, end
        start = today + relativedelta(months=ahead)
        first, after = almanac.month(start.year, start.month)
        return Days("month", ((max(first, today), after),), grain="month"), end
    if unit == "year" and ahead < 0:
        return PAST, end
    if tape.has(target, "month"):
        return whole_month(tape, tape.get(target, "month"), end) if ahead >= 0 else (PAST, end)
    return None


def _weeks_ahead(tape: Tape, weeks: int, end: int) -> Read:
    """A week, or a day of it: "next week on Tuesday" is put together later, "settimana prossima" is whole."""
    if weeks < 0:
        return PAST, end
    start, after = almanac.week(tape.today, weeks)
    return Days("week", ((max(start, tape.today), after),), grain="week"), end


def read_position(tape: Tape, place: int) -> Read | None:
    """ "end of next week", "inizio settimana", "в середине месяца", "mid-March"."""
    kind = tape.first(place, POSITIONS)
    if kind is None:
        return None
    of = tape.skip(place + 1, "of", "filler", most=2)
    if tape.has(place, "before_weekend"):
        return Days("span", (position_in("end", _weeks_ahead(tape, 0, of)[0]),)), place + 1
    if kind in TENS and not tape.has(of, "month", "unit", "next", "this", "coming"):
        return tens_ahead(tape, kind), place + 1
    if tape.has(place + 1, "or"):  # "at the beginning or at the end of April"
        of = tape.skip(place + 2, "of", "filler", *POSITIONS, most=3)
        found = _position(tape, kind, of) if tape.has_any(range(place + 2, of), *POSITIONS) else None
        return None if found is None else (found[0], place + 1)
    return _position(tape, kind, of) or _position(tape, kind, place + 1)


def _position(tape: Tape, kind: str, of: int) -> Read | None:
    """That part of the week or month which is named at `of`."""
    whole = read_period(tape, of)
    if whole is None and tape.get(of, "unit") == "week":
        whole = _weeks_ahead(tape, 0, of + 1)
        if position_in(kind, whole[0])[1] <= tape.today:
            whole = _weeks_ahead(tape, 1, of + 1)
    whole = whole or month_named(tape, of)
    if whole is not None and tape.get(of, "unit") == "month" and position_in(kind, whole[0])[1] <= tape.today:
        start = tape.today + relativedelta(months=1)
        whole = Days("month", (almanac.month(start.year, start.month),), grain="month"), whole[1]
    if whole is None or whole[0].kind not in ("week", "month"):
        return None
    if kind in TENS and whole[0].kind != "month":
        return None
    start, end = position_in(kind, whole[0])
    start = max(start, tape.today)
    if end <= start:
        return None
    return Days("span", ((start, end),)), whole[1]


def month_named(tape: Tape, place: int) -> Read | None:
    """ "The month" is this one; "April"."""
    if tape.get(place, "unit") == "month":
        return Days("month", (almanac.month(tape.today.year, tape.today.month),), grain="month"), place + 1
    if tape.has(place, "month", "month_short"):
        return whole_month(tape, tape.get(place, "month") or tape.get(place, "month_short"), place + 1)
    return None


def read_named(tape: Tape, place: int) -> Read | None:
    """Weekends, working days, whole months, "the next few days", "in settimana"."""
    today = tape.today
    if (after_next := one_after_next(tape, place)) is not None:
        return after_next
    if tape.has(place, "this") and tape.has(place + 1, "or"):  # "this or next week"
        other = read_period(tape, tape.skip(place + 2, "filler", "of", most=2))
        if other is None or other[0].kind != "week":
            return None
        return Days("span", ((today, other[0].ranges[0][1]),)), other[1]
    if tape.has(place, "weekend"):
        if _is_a_day_off(tape, place):
            return None
        start, end = almanac.weekend(today)
        if tape.has(place + 1, "after_this"):
            start, end = almanac.weekend(today, 1)
            return Days("span", ((start, end),)), place + 2
        found = (
            read_date(tape, place + 2) or read_date(tape, place + 1) if tape.has(place + 1, "of") else None
        )
        if found is not None and found[0].ranges:
            start, end = almanac.weekend(found[0].ranges[0][0])
            return Days("span", ((max(start, today), end),)), found[1]
        return Days("span", ((max(start, today), end),)), place + 1
    if tape.has(place, "days_ahead"):
        if (week := _week_of(tape, place + 1)) is not None:
            return week
        return Days("span", ((today, today + timedelta(days=7)),), grain="week"), place + 1
    if tape.has(place, "this_week"):
        if tape.has(place + 1, "of", "before") and (week := _week_of(tape, place + 1)) is not None:
            return week  # "nella settimana di Pasqua"
        later = tape.has(place + 1, "next")
        return _weeks_ahead(tape, 1 if later else 0, place + 1 + later)
    if tape.has(place, "week_after_next"):
        return _weeks_ahead(tape, 2, place + 1)
    if tape.has(place, "workdays"):
        mondays = (almanac.monday(today) + timedelta(weeks=w) for w in range(3))
        spans = ((max(m, today), m + timedelta(days=5)) for m in mondays)
        return Days("span", tuple(s for s in spans if s[0] < s[1])[:2]), place + 1
    if tape.get(place, "unit") == "week":
        return _week_of(tape, place + 1)
    if tape.has(place, "week_of") and (day := read_date(tape, place + 1)) is not None and day[0].ranges:
        return _week_with(tape, day)
    if tape.has(place, "midweek"):
        return _midweek(tape, place + 1)
    if (season := tape.get(place, "period")) is not None:
        return _season(tape, season), place + 1
    if tape.has(place, "month_in") and tape.has(place + 1, "month"):
        if (position := _month_and_its_position(tape, place + 1)) is not None:
            return position
        day = read_date(tape, place + 1, bare=False)  # "the evening of April 8"
        return day or whole_month(tape, tape.get(place + 1, "month"), place + 2)
    if (position := _month_and_its_position(tape, place)) is not None:
        return position
    listed = tape.has(place - 1, "or") and tape.has(place - 2, "month")
    if tape.has(place, "month") and (
        listed
        or tape.has(place - 1, "month_in")
        or tape.asked_for_time
        or _is_all_that_is_said(tape, place)
        or _is_a_clause(tape, place)
        or _names_a_year(tape, place + 1)
        or _has_year(tape, place + 1)
        or _is_judged(tape, place)
        or tape.has(place - 1, "whenever", "part", "after", "before", "by", "not_before")
        or (tape.vocabulary.hours_follow and tape.has(place - 1, "weekday"))
    ):
        return whole_month(tape, tape.get(place, "month"), place + 1)
    if tape.has(place, "month_short") and (_has_year(tape, place + 1) or _names_a_year(tape, place + 1)):
        return whole_month(tape, tape.get(place, "month_short"), place + 1)
    return None


def _is_judged(tape: Tape, place: int) -> bool:
    """ "Ideally March but April is fine": said to suit, unlike "my daughter April is fine"."""
    if tape.at(place - 1).text in _RATHER:
        return True
    led = place == 0 or tape.has(place - 1, "soft", "so", "filler", "or")
    return led and tape.has(place + 1, "works") and not tape.has(place - 1, "own", "somebody")


_RATHER = frozenset({"ideally", "preferably", "idealmente", "preferibilmente", "желательно"})


def _month_and_its_position(tape: Tape, place: int) -> Read | None:
    """ "Март, последние числа", "в мае ближе к концу"."""
    if not (tape.vocabulary.hours_follow and tape.has(place, "month")) or tape.has(
        place - 1, "digits", "ordinal"
    ):
        return None
    behind = tape.skip(place + 1, "soft", "filler", most=2)
    kind = tape.first(behind, ("begin", "middle", "end"))
    of = tape.skip(behind + 1, "of", "filler", most=1)
    if kind is None or tape.has(of, "month", "unit", "next", "this", "coming"):
        return None
    month = whole_month(tape, tape.get(place, "month"), place + 1)
    if month is None or not month[0].ranges:
        return None
    start, end = position_in(kind, month[0])
    start = max(start, tape.today)
    return (Days("span", ((start, end),)), behind + 1) if start < end else None


def _is_a_day_off(tape: Tape, place: int) -> bool:
    """ "В четверг выходной", "17 марта у меня выходной", unlike "запишите на выходной"."""
    if not tape.has(place, "day_off"):
        return False
    named = any(tape.says(kind) for kind in ("weekday", "weekdays", "relative", "month", "ordinal_sign"))
    return named and not tape.has(place - 1, "at", "at_weak", "every", "indifferent", "or")


def _names_a_year(tape: Tape, place: int) -> tuple[int, int] | None:
    """ "Next year", "dell'anno prossimo", "следующего года"."""
    begin = tape.skip(place, "of", "filler", "soft", most=2)
    for modifier, unit in ((begin, begin + 1), (begin + 1, begin)):
        if tape.has(modifier, "next") and tape.get(unit, "unit") == "year":
            return tape.today.year + 1, begin + 2
    return None


def _has_year(tape: Tape, place: int) -> bool:
    return len(tape.at(place).text) == 4 and 1900 <= (tape.get(place, "digits") or 0) <= 2100


def _is_all_that_is_said(tape: Tape, place: int) -> bool:
    """ "April please": a month, and not somebody called so."""
    others = (tape.at(p) for p in range(len(tape)) if p != place)
    return all(
        "filler" in o.senses or "soft" in o.senses or "or" in o.senses or "month" in o.senses for o in others
    )


def _is_a_clause(tape: Tape, place: int) -> bool:
    """ "June, no hurry", "quindi luglio", "aprile quando volete": nobody is called so there."""
    if tape.context.asking == "name":
        return False
    first = place
    if tape.vocabulary.language != "en":  # "meglio aprile", but not "I may"
        while first > place - 3 and tape.has(first - 1, "filler", "correction"):
            if tape.has(first - 1, "so"):
                break
            first -= 1
    begins = first == 0 or tape.has(first - 1, "so") or (tape.has(first - 1, "soft") and first > 2)
    end = tape.skip(place + 1, "filler", "cannot", "or", most=2)
    ends = tape.has(end, "soft", "whenever", "so", "asap", "month", "except", "not", "works")
    ends = ends or end >= len(tape)
    return begins and ends


def _week_of(tape: Tape, place: int) -> Read | None:
    """ "The week of the 16th", "la settimana del 16 marzo"."""
    later = int(tape.has(place, "after") and not tape.has(place, "of", "from"))
    if tape.has(place, "before") and not tape.has(place, "until", "of"):
        later = -1
    if not (later or tape.has(place, "of", "from", "week_begins")):
        return None
    found = read_holiday(tape, place + 1) or read_date(tape, place) or read_date(tape, place + 1)
    if found is None or not found[0].ranges:
        return None
    if later < 0 and found[0].ranges[0][0].weekday() == 6:  # the week before Easter ends with it
        later = 0
    return _week_with(tape, found, later=later)


def _week_with(tape: Tape, day: Read, *, later: int = 0) -> Read:
    first = almanac.monday(day[0].ranges[0][0]) + timedelta(weeks=later)
    week = max(first, tape.today), first + timedelta(weeks=1)
    return Days("week", (week,), grain="week"), day[1]


def _midweek(tape: Tape, place: int) -> Read | None:
    named = read_period(tape, tape.skip(place, "of", "filler", most=2))
    if named is None or named[0].kind != "week":
        named = _weeks_ahead(tape, 0, place)
    start, end = position_in("middle", named[0])
    return (Days("span", ((max(start, tape.today), end),)), named[1]) if end > tape.today else None


def _season(tape: Tape, written: str) -> Days:
    """ "06-01 08-31": the one that goes on, or the next."""
    if written[0].isalpha():  # "easter-6 easter"
        first, last = (holiday(tape.today, name) for name in written.split())
        if last is None:
            return PAST
        first = first if first is not None and first <= last else tape.today
        return Days("week", ((max(first, tape.today), last + timedelta(days=1)),), grain="week")
    bounds = [tuple(map(int, day.split("-"))) for day in written.split()]
    for year in range(tape.today.year - 1, tape.today.year + 2):
        first = almanac.make(year, *bounds[0])
        last = almanac.make(year + (bounds[1] < bounds[0]), *bounds[1])
        if first and last and last >= tape.today:
            return Days("span", ((max(first, tape.today), last + timedelta(days=1)),), grain="month")
    return PAST


def whole_month(tape: Tape, number: int, end: int) -> Read | None:
    today = tape.today
    year = today.year if number >= today.month else today.year + 1
    if (named := _names_a_year(tape, end)) is not None:
        first, after = almanac.month(named[0], number)
        return Days("month", ((first, after),), grain="month"), named[1]
    written = tape.get(end, "digits")
    if written is not None and len(tape.at(end).text) == 4 and 1900 <= written <= 2100:
        if written < today.year or (written == today.year and number < today.month):
            return PAST, end + 1
        if written > today.year + 2:
            return None
        year, end = written, end + 1
    first, after = almanac.month(year, number)
    just_gone = written is None and (number - today.month) % 12 >= _JUST_GONE
    days = Days("month", ((max(first, today), after),), grain="month")
    return (replace(days, confidence=0.6) if just_gone else days), end

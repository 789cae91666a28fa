"""Reads days: "domani", "next Tuesday", "il 5 dicembre", "в конце недели", "da lunedì a mercoledì"."""

from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.almanac import DayRange
from nlu.times.dates import read_date
from nlu.times.pieces import Days, Instant
from nlu.times.tape import Tape

Read = tuple[Days, int]
_MODIFIERS = ("next", "this", "coming", "last")
_TARGETS = ("weekday", "unit", "weekend", "month", "part")
_FORTNIGHT = timedelta(days=14)
_PAST = Days("past", ())


def read_days(tape: Tape, place: int) -> Read | None:
    """The days named at `place`, and the place after them."""
    return _past(tape, place) or _between(tape, place) or _bounded(tape, place) or _simple(tape, place)


def read_instant(tape: Tape, place: int) -> tuple[Instant, int] | None:
    """ "in two hours", "fra mezz'ora", "через час"."""
    if not tape.has(place, "in"):
        return None
    counted = _counted_unit(tape, place + 1)
    if counted is None or counted[1] not in ("minute", "half_hour", "hour"):
        return None
    many, unit, end = counted
    minutes = many * {"minute": 1, "half_hour": 30, "hour": 60}[unit]
    return Instant(tape.context.now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)), end


def _past(tape: Tape, place: int) -> Read | None:
    """What has been: "three days ago", "since Monday", "lunedì scorso". It is never a wish."""
    if tape.has(place, "since"):
        begin = tape.skip(place + 1, "of", "filler", most=2)
        found = _simple(tape, begin)
        if found is not None:
            return _PAST, found[1]
        counted = _counted_unit(tape, begin)
        if counted is not None:
            return _PAST, counted[2]
        if tape.has(begin, "part", "day_part"):
            return _PAST, begin + 1
        return (_PAST, place + 1) if tape.get(place, "since") and not tape.at(place).text else None
    counted = _counted_unit(tape, place)
    if counted is not None and tape.has(counted[2], "ago"):
        return _PAST, counted[2] + 1
    return None


def _between(tape: Tape, place: int) -> Read | None:
    """From one day to another."""
    begin = tape.skip(place, "from", "between", most=2)
    if begin == place and not tape.has(place, "weekday", "digits"):
        return None
    first = _simple(tape, begin) or _bare_number(tape, begin)
    loose = first is None
    if first is None:
        first = _bare_number(tape, begin, loose=True)
    if first is None or first[0].kind in ("past", "week", "month", "span"):
        return None
    between = tape.has(place, "between")
    to = first[1]
    if not (tape.has(to, "to") or (between and tape.has(to, "and"))):
        return None
    if begin == place and first[0].kind != "weekday" and tape.at(to).text != "-" and first[0].kind != "date":
        return None
    last = tape.skip(to + 1, "of", "to", most=2)
    second = _simple(tape, last) or _simple(tape, to) or _bare_number(tape, last, loose=True)
    if second is None or second[0].kind in ("past", "week", "month", "span"):
        return None
    if loose and not (tape.has(to, "to_day") or (second[0].kind == "date" and second[0].number)):
        return None
    if first[0].kind != second[0].kind and {first[0].kind, second[0].kind} == {"weekday", "number"}:
        return None
    start, end = first[0].ranges[0][0], second[0].ranges[0][1]
    if first[0].kind == "number" and second[0].kind == "date" and first[0].number is not None:
        start = _same_month(second[0].ranges[0][0], first[0].number) or start
    if second[0].kind in ("weekday", "number"):
        while end <= start:
            end += timedelta(weeks=1) if second[0].kind == "weekday" else timedelta(days=28)
        if second[0].kind == "number":
            found = almanac.day_ahead(start, second[0].number or 1)
            end = found + timedelta(days=1) if found else end
    if end <= start or (end - start).days > 92:
        return None
    return Days("span", ((start, end),), grain="day"), second[1]


def _bounded(tape: Tape, place: int) -> Read | None:
    """After, before, by, from a day on."""
    after, by = tape.has(place, "after"), tape.has(place, "by", "by_day")
    before, begins = tape.has(place, "before"), tape.has(place, "from_on")
    if not (after or before or by or begins):
        return _onward(tape, place)
    begin = tape.skip(place + 1, "of", "filler", most=2)
    found = _simple(tape, place + 1) or _simple(tape, begin) or _bare_number(tape, place + 1)
    if found is None:
        if tape.has(begin, "number", "digits"):
            counted = _counted_unit(tape, begin)
            if counted is not None and after and counted[1] in ("day", "week", "month"):
                return _counted_ahead(tape, counted[0], counted[1]), counted[2]
        return None
    days, end = found
    if days.kind == "past" or not days.ranges:
        return _PAST, end
    if begins and not after and speaks_of_pain(tape, place, end):
        return _PAST, end
    if tape.is_onward(end):
        end += 1
        begins, after = True, False
    first, last = days.ranges[0]
    today = tape.today
    if tape.has(place, "not_before") or (begins and not after):
        return Days("span", ((first, first + _FORTNIGHT),)), end
    if after:
        return Days("span", ((last, last + _FORTNIGHT),)), end
    inclusive = tape.has(end, "inclusive")
    ends = any(tape.has(p, "end") for p in range(place + 1, begin + 1))  # "before the end of the month"
    until = last if by or inclusive or ends else first
    end += inclusive
    if until <= today:
        return None
    return Days("span", ((today, until),)), end


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
    return Days("span", ((first, first + _FORTNIGHT),)), found[1] + 1


def _simple(tape: Tape, place: int) -> Read | None:
    senses = tape.at(place).senses
    if not senses:
        return None
    return (
        _relative(tape, place)
        or _position(tape, place)
        or _counted(tape, place)
        or _nth(tape, place)
        or _modified(tape, place)
        or read_date(tape, place)
        or _weekday(tape, place)
        or _named(tape, place)
    )


def _relative(tape: Tape, place: int) -> Read | None:
    offset = tape.get(place, "relative")
    if offset is None:
        return None
    if offset < 0:
        return _PAST, place + 1
    return Days("relative", (almanac.one(tape.today + timedelta(days=offset)),)), place + 1


def _counted_unit(tape: Tape, place: int) -> tuple[int, str, int] | None:
    """ "3 days", "a week", "неделю", "mezz'ora": how many, of what, and the place after."""
    counted = tape.number(place)
    if counted is None and tape.has(place, "digits") and len(tape.at(place).text) == 3:
        counted = tape.get(place, "digits"), place + 1
    many, after = counted or (1, tape.skip(place, "one", most=1))
    unit = tape.get(after, "unit")
    if unit is None or unit == "year":
        return None
    return (many, unit, after + 1)


def _counted(tape: Tape, place: int) -> Read | None:
    """ "in two weeks", "fra 15 giorni", "через неделю", "two weeks from now", "a week from Tuesday"."""
    if tape.has(place, "within"):
        after = tape.skip(place + 1, "filler", "next", "coming", most=2)
        after = after if tape.has(after, "number", "digits", "unit") else place + 1
        if not tape.has(place, "in", "at", "of") or tape.has(after, "number", "digits"):
            found = _within(tape, after)
            if found is not None:
                return found
    announced = tape.has(place, "in")
    begin = place + 1 if announced else place
    if not announced and not tape.has(place, "number", "digits", "one", "unit"):
        return None
    counted = _counted_unit(tape, begin)
    if counted is None or counted[1] not in ("day", "week", "fortnight", "month"):
        return None
    many, unit, end = counted
    if tape.has(end, "ago"):
        return _PAST, end + 1
    if tape.has(end, "from_now"):
        return _counted_ahead(tape, many, unit), end + 1
    on_today = (
        tape.vocabulary.language == "en" and unit != "day" and tape.has(end, "relative")
    )  # "a week today"
    if (
        not announced
        and begin < end - 1
        and unit != "month"
        and (on_today or tape.has(end, "from_then", "on"))
    ):
        then = end if on_today else end + 1
        anchor = _relative(tape, then) or read_date(tape, then) or _weekday(tape, then)
        if anchor is not None and anchor[0].kind in ("weekday", "relative", "date"):
            days = many * {"day": 1, "week": 7, "fortnight": 14}[unit]
            start = anchor[0].ranges[0][0] + timedelta(days=days)
            return Days("date", (almanac.one(start),)), anchor[1]
        return None
    if not announced or (unit == "day" and many == 0):
        return None
    if end == begin + 1 and not tape.vocabulary.hours_follow:  # "in settimana"; "через неделю" counts one
        return None
    return _counted_ahead(tape, many, unit), end


def _within(tape: Tape, place: int) -> Read | None:
    """ "Within two weeks", "nelle prossime due settimane": from today on."""
    counted = _counted_unit(tape, place)
    if counted is None or counted[1] not in ("day", "week", "fortnight", "month"):
        return None
    target = _counted_ahead(tape, counted[0], counted[1]).ranges[0][0]
    return Days("span", ((tape.today, target + timedelta(days=1)),), grain="week"), counted[2]


def _counted_ahead(tape: Tape, many: int, unit: str) -> Days:
    many = min(many, 400)
    if unit == "day":
        return Days("relative", (almanac.one(tape.today + timedelta(days=many)),))
    if unit == "month":
        start = tape.today + relativedelta(months=min(many, 24))
    else:
        start = tape.today + timedelta(weeks=min(many, 104) * (2 if unit == "fortnight" else 1))
    kind: Literal["span", "week"] = "span" if unit == "month" else "week"
    return Days(kind, ((start, start + timedelta(weeks=1)),), grain="week")


def _modified(tape: Tape, place: int) -> Read | None:
    """ "next Tuesday", "la settimana prossima", "questo weekend", "в этом месяце", "last week"."""
    modifier = next((m for m in _MODIFIERS if tape.has(place, m)), None)
    if modifier in ("next", "coming") and tape.has(place + 1, "number", "digits"):
        return _within(tape, place + 1)
    if modifier is not None:
        target = tape.skip(place + 1, "filler", "next", "coming", most=1)
        if target > place + 1 and tape.has(place + 1, "next", "coming"):
            modifier = "next" if tape.has(place + 1, "next") else "coming"
        if not tape.has(target, *_TARGETS):
            target = place + 1
        end = target + 1
    else:
        target = place
        if not tape.has(target, *_TARGETS):
            return None
        modifier = next((m for m in _MODIFIERS if tape.has(place + 1, m)), None)
        if modifier is None:
            return None
        leads = modifier == "this" or tape.vocabulary.modifiers_lead
        if leads and tape.has(place + 2, *_TARGETS):
            return None
        if tape.has(place + 1, "after") and tape.has(place + 2, "number", "digits", "at"):
            return None
        end = place + 2
    return _target(tape, modifier, target, end)


def _target(tape: Tape, modifier: str, target: int, end: int) -> Read | None:
    today = tape.today
    if tape.has(target, "weekday"):
        weekday = tape.get(target, "weekday")
        if modifier == "last":
            return _PAST, end
        found = _weekday_number(tape, weekday, end)
        if found is not None:
            return found
        coming = almanac.coming_weekday(today, weekday)
        if modifier == "next":
            likely, other = almanac.next_weekday(today, weekday)
            near = likely != coming
            return _on_weekday(
                tape, weekday, likely, end, others=(other,), confidence=0.6 if near else 0.8, fixed=True
            )
        if modifier == "this" and weekday == today.weekday():
            coming = today
        return _on_weekday(tape, weekday, coming, end, fixed=True)
    ahead = {"next": 1, "coming": 1, "this": 0, "last": -1}[modifier]
    if tape.has(target, "weekend"):
        if ahead < 0:
            return _PAST, end
        start, after = almanac.weekend(today)
        if modifier == "next" and (start - today).days <= almanac.NEAR:
            start, after = almanac.weekend(today, 1)
        return Days("span", ((max(start, today), after),), grain="day"), end
    unit = tape.get(target, "unit")
    if unit == "week":
        return _weeks_ahead(tape, ahead, end)
    if unit == "month":
        if ahead < 0:
            return _PAST, end
        start = today + relativedelta(months=ahead)
        first, after = almanac.month(start.year, start.month)
        return Days("month", ((max(first, today), after),), grain="month"), end
    if unit == "year" and ahead < 0:
        return _PAST, end
    if tape.has(target, "month"):
        return _whole_month(tape, tape.get(target, "month"), end) if ahead >= 0 else (_PAST, end)
    return None


def _weeks_ahead(tape: Tape, weeks: int, end: int) -> Read:
    """A week, or a day of it: "next week on Tuesday" is put together later, "settimana prossima" is whole."""
    if weeks < 0:
        return _PAST, end
    start, after = almanac.week(tape.today, weeks)
    return Days("week", ((max(start, tape.today), after),), grain="week"), end


def _weekday(tape: Tape, place: int) -> Read | None:
    weekday = tape.get(place, "weekdays")
    every = tape.has(place, "every") and tape.has(place + 1, "weekday")
    if weekday is not None or every:
        weekday = weekday if weekday is not None else tape.get(place + 1, "weekday")
        coming = almanac.coming_weekday(tape.today, weekday)
        ranges = (almanac.one(coming), almanac.one(coming + timedelta(weeks=1)))
        return Days("weekday", ranges, weekday=weekday), place + 1 + every
    weekday = tape.get(place, "weekday")
    if weekday is None:
        return None
    found = _weekday_number(tape, weekday, place + 1)
    if found is not None:
        return found
    return _on_weekday(tape, weekday, _coming(tape, weekday), place + 1)


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
    week = _modified(tape, of) if _names_week(tape, of) else None
    if week is not None and week[0].kind == "week":
        first = almanac.monday(week[0].ranges[0][0])
        day = first + timedelta(days=weekday)
        return Days("date", (almanac.one(day),), weekday=weekday, of_week=first), week[1]
    if tape.get(end, "unit") == "week" and tape.vocabulary.language == "en":  # "Tuesday week"
        return Days("date", (almanac.one(day + timedelta(weeks=1)),), weekday=weekday), end + 1
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


def _names_week(tape: Tape, place: int) -> bool:
    """Whether the next thing named is a week, and no other weekday: readers must not call each other forever."""
    for following in range(place, place + 3):
        if tape.has(following, "weekday"):
            return False
        if tape.get(following, "unit") == "week":
            return True
    return False


def _weekday_number(tape: Tape, weekday: int, place: int) -> Read | None:
    """ "martedì 10", "Friday the 13th": the date if such a day is near, else the number is an hour."""
    number = tape.skip(place, "day_number", most=2)
    if number > place and not tape.has(number, "digits", "ordinal", "number"):
        return None
    read = tape.ordinal(number)
    as_ordinal = read is not None
    if read is None:
        whole = tape.whole(number)
        if whole is None or tape.at(number + 1).text in (":", "h") or tape.has(number, "number"):
            return None
        read = whole, number + 1
    if not 1 <= read[0] <= 31 or read_date(tape, number, bare=False) is not None:
        return None
    if tape.has(read[1], "ampm_am", "ampm_pm", "oclock", "counted", "past", "minus_after", "unit"):
        return None
    if (
        tape.at(read[1]).text in (".", "-", "/")
        and tape.at(read[1]).glued
        and tape.has(read[1] + 1, "digits")
    ):
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
        return Days("date", (almanac.one(day),), weekday=weekday), read[1]
    coming = almanac.coming_weekday(tape.today, weekday)
    if as_ordinal or number > place or read[0] > 24:
        first = almanac.day_ahead(tape.today, read[0])
        if first is None:
            return None
        return (
            Days("date", (almanac.one(first),), (almanac.one(coming),), weekday=weekday, confidence=0.5),
            read[1],
        )
    return None


def _position(tape: Tape, place: int) -> Read | None:
    """ "end of next week", "inizio settimana", "в середине месяца", "mid-March"."""
    kind = next((k for k in ("begin", "middle", "end") if tape.has(place, k)), None)
    if kind is None:
        return None
    of = tape.skip(place + 1, "of", "filler", most=2)
    whole = _modified(tape, of) or _modified(tape, place + 1)
    if whole is None and tape.get(of, "unit") == "week":
        whole = _weeks_ahead(tape, 0, of + 1)
        if _cut(kind, whole[0], tape.today)[1] <= tape.today:
            whole = _weeks_ahead(tape, 1, of + 1)
    if whole is None and tape.get(of, "unit") == "month":
        whole = Days("month", (almanac.month(tape.today.year, tape.today.month),), grain="month"), of + 1
        if _cut(kind, whole[0], tape.today)[1] <= tape.today:
            start = tape.today + relativedelta(months=1)
            whole = Days("month", (almanac.month(start.year, start.month),), grain="month"), of + 1
    if whole is None and tape.has(of, "month", "month_short"):
        whole = _whole_month(tape, tape.get(of, "month") or tape.get(of, "month_short"), of + 1)
    if whole is None or whole[0].kind not in ("week", "month"):
        return None
    start, end = _cut(kind, whole[0], tape.today)
    start = max(start, tape.today)
    if end <= start:
        return None
    return Days("span", ((start, end),)), whole[1]


def _cut(kind: str, whole: Days, today: date) -> DayRange:
    """Monday to Wednesday, Tuesday to Thursday, Thursday to Saturday; ten days of a month."""
    start, end = whole.ranges[0]
    if whole.kind == "week":
        start = almanac.monday(start)
        first, last = {"begin": (0, 3), "middle": (1, 4), "end": (3, 6)}[kind]
        return start + timedelta(days=first), start + timedelta(days=last)
    start = start.replace(day=1)
    tenth, twentieth = start + timedelta(days=10), start + timedelta(days=20)
    return {"begin": (start, tenth), "middle": (tenth, twentieth), "end": (twentieth, end)}[kind]


def _nth(tape: Tape, place: int) -> Read | None:
    """ "First week of April", "l'ultimo lunedì del mese", "вторая неделя марта"."""
    nth = -1 if tape.has(place, "last") else tape.get(place, "nth") or tape.get(place, "ordinal")
    weekday, week = tape.get(place + 1, "weekday"), tape.get(place + 1, "unit") == "week"
    if nth is None or nth > 5 or not (week or weekday is not None):
        return None
    of = tape.skip(place + 2, "of", "filler", most=2)
    whole = (
        _modified(tape, of)
        if tape.get(of, "unit") == "month" or tape.get(of + 1, "unit") == "month"
        else None
    )
    if whole is None and tape.get(of, "unit") == "month":
        whole = Days("month", (almanac.month(tape.today.year, tape.today.month),), grain="month"), of + 1
    if whole is None and tape.has(of, "month", "month_short"):
        whole = _whole_month(tape, tape.get(of, "month") or tape.get(of, "month_short"), of + 1)
    if whole is None or whole[0].kind != "month":
        return None
    start, end = whole[0].ranges[0][0].replace(day=1), whole[0].ranges[0][1]
    if week:
        first = end - timedelta(days=7) if nth < 0 else start + timedelta(days=7 * (nth - 1))
        found = first, min(first + timedelta(days=7), end)
    else:
        ahead = almanac.coming_weekday(start - timedelta(days=1), weekday) + timedelta(weeks=nth - 1)
        last = almanac.coming_weekday(end - timedelta(days=8), weekday)
        found = almanac.one(last if nth < 0 else ahead)
    if found[1] <= tape.today or found[0] >= found[1]:
        return None
    return Days("span", ((max(found[0], tape.today), found[1]),)), whole[1]


def _named(tape: Tape, place: int) -> Read | None:
    """Weekends, working days, whole months, "the next few days", "in settimana"."""
    today = tape.today
    if tape.has(place, "weekend"):
        start, end = almanac.weekend(today)
        return Days("span", ((max(start, today), end),)), place + 1
    if tape.has(place, "days_ahead"):
        if (week := _week_of(tape, place + 1)) is not None:
            return week
        return Days("span", ((today, today + timedelta(days=7)),), grain="week"), place + 1
    if tape.has(place, "this_week"):
        return _weeks_ahead(tape, 0, place + 1)
    if tape.has(place, "week_after_next"):
        return _weeks_ahead(tape, 2, place + 1)
    if tape.has(place, "workdays"):
        mondays = (almanac.monday(today) + timedelta(weeks=w) for w in range(3))
        spans = ((max(m, today), m + timedelta(days=5)) for m in mondays)
        return Days("span", tuple(s for s in spans if s[0] < s[1])[:2]), place + 1
    if tape.get(place, "unit") == "week":
        return _week_of(tape, place + 1)
    if tape.has(place, "month_in") and tape.has(place + 1, "month"):
        return _whole_month(tape, tape.get(place + 1, "month"), place + 2)
    if tape.has(place, "month") and (tape.has(place - 1, "month_in") or tape.asked_for_time):
        return _whole_month(tape, tape.get(place, "month"), place + 1)
    return None


def _week_of(tape: Tape, place: int) -> Read | None:
    """ "The week of the 16th", "la settimana del 16 marzo"."""
    if not tape.has(place, "of", "from"):
        return None
    found = read_date(tape, place) or read_date(tape, place + 1)
    if found is None or not found[0].ranges:
        return None
    first = almanac.monday(found[0].ranges[0][0])
    week = max(first, tape.today), first + timedelta(weeks=1)
    return Days("week", (week,), grain="week"), found[1]


def _whole_month(tape: Tape, number: int, end: int) -> Read | None:
    today = tape.today
    year = today.year if number >= today.month else today.year + 1
    written = tape.get(end, "digits")
    if written is not None and len(tape.at(end).text) == 4 and 1900 <= written <= 2100:
        if written < today.year or (written == today.year and number < today.month):
            return _PAST, end + 1
        if written > today.year + 2:
            return None
        year, end = written, end + 1
    first, after = almanac.month(year, number)
    return Days("month", ((max(first, today), after),), grain="month"), end


def _bare_number(tape: Tape, place: int, *, loose: bool = False) -> Read | None:
    """A day of the month in a range: "dal 5 al 10", "the 5th". `loose`: also just "5"."""
    number = tape.skip(place, "day_number", most=1)
    ordinal = tape.ordinal(number)
    if not loose and number == place and not tape.has(place - 1, "day_number") and ordinal is None:
        return None
    read = ordinal or tape.number(number)
    if read is None or not 1 <= read[0] <= 31 or tape.has(read[1], "unit", "counted"):
        return None
    if tape.has(number - 1, "at") and not tape.has(number - 1, "day_number"):
        return None
    if tape.at(read[1]).text in (":", "h"):
        return None
    day = almanac.day_ahead(tape.today, read[0])
    if day is None:
        return None
    return Days("number", (almanac.one(day),), number=read[0]), read[1]


def _same_month(other: date, number: int) -> date | None:
    """The day of that number before or on `other`, in its month, or in the month before."""
    found = almanac.make(other.year, other.month, number)
    if found is not None and found <= other:
        return found
    before = other.replace(day=1) - timedelta(days=1)
    return almanac.make(before.year, before.month, number)

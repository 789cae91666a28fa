"""Reads what is counted within a month: "the first week of April", "the last working day of the month"."""

from datetime import date, timedelta

from nlu.times import almanac
from nlu.times.periods import Read, month_named, read_period
from nlu.times.pieces import Days
from nlu.times.tape import Tape

_SATURDAY = 5


def read_nth(tape: Tape, place: int) -> Read | None:
    """ "First week of April", "l'ultimo lunedì del mese", "вторая неделя марта"."""
    return _nth_of(tape, place, None)


def read_nth_of(tape: Tape, place: int, month: Days) -> Read | None:
    """ "In June, but not the first week", "maggio, esclusi i primi tre giorni": of the month just told."""
    if month.kind != "month" or len(month.ranges) != 1:
        return None
    return _nth_of(tape, tape.skip(place, "day_number", most=1), month)


def _nth_of(tape: Tape, place: int, month: Days | None) -> Read | None:
    written = tape.ordinal(place)
    nth = -1 if tape.has(place, "last") else tape.get(place, "nth") or (written[0] if written else None)
    named = written[1] if written else place + 1
    several = tape.number(named) if nth in (1, -1) else None
    if nth is not None and several is not None and tape.get(several[1], "unit") in ("week", "day"):
        whole = _month_of(tape, several[1] + 1, month)
        return None if whole is None else _several_of_month(tape, several, whole, last=nth < 0)
    weekday, week = tape.get(named, "weekday"), tape.get(named, "unit") == "week"
    weekend = tape.has(named, "weekend")
    day, workday = tape.get(named, "unit") == "day", tape.has(named, "workdays")
    if nth is None or nth > 5 or not (week or weekday is not None or day or workday or weekend):
        return None
    whole = _month_of(tape, named + 1, month)
    if whole is None:
        return None
    if day or workday:
        return _day_of_month(tape, whole, nth, workday=workday)
    start, end = whole[0].ranges[0][0].replace(day=1), whole[0].ranges[0][1]
    if weekend:
        found = _weekend_of_month(start, end, nth)
    elif week:
        first = end - timedelta(days=7) if nth < 0 else start + timedelta(days=7 * (nth - 1))
        found = first, min(first + timedelta(days=7), end)
    else:
        ahead = almanac.coming_weekday(start - timedelta(days=1), weekday) + timedelta(weeks=nth - 1)
        last = almanac.coming_weekday(end - timedelta(days=8), weekday)
        found = almanac.one(last if nth < 0 else ahead)
    if found[1] <= tape.today or found[0] >= found[1]:
        return None
    return Days("span", ((max(found[0], tape.today), found[1]),)), whole[1]


def _month_of(tape: Tape, place: int, month: Days | None) -> Read | None:
    """The month that is named at `place`, or the one told before where nothing more follows."""
    of = tape.skip(place, "of", "filler", most=2)
    whole = read_period(tape, of) or month_named(tape, of)
    if month is not None:
        ends = place >= len(tape) or tape.has(place, "soft", "wishing", "filler", "cannot")
        return (month, place) if whole is None and ends else None
    return whole if whole is not None and whole[0].kind == "month" else None


def _weekend_of_month(start: date, end: date, nth: int) -> almanac.DayRange:
    """ "The last weekend of March": both of its days lie in the month."""
    first = almanac.coming_weekday(start - timedelta(days=1), _SATURDAY) + timedelta(weeks=nth - 1)
    last = almanac.coming_weekday(end - timedelta(days=9), _SATURDAY)
    saturday = last if nth < 0 else first
    return saturday, saturday + timedelta(days=2)


def _day_of_month(tape: Tape, whole: Read, nth: int, *, workday: bool) -> Read | None:
    """ "The last day of March", "the first working day of April"."""
    first, after = whole[0].ranges[0][0].replace(day=1), whole[0].ranges[0][1]
    days = [first + timedelta(days=n) for n in range((after - first).days)]
    days = [day for day in days if not workday or day.weekday() < 5]
    found = days[nth if nth < 0 else nth - 1]
    return (Days("date", (almanac.one(found),)), whole[1]) if found >= tape.today else None


def _several_of_month(tape: Tape, several: tuple[int, int], whole: Read, *, last: bool) -> Read | None:
    """ "The first two weeks of April", "последние две недели марта", "i primi tre giorni di maggio"."""
    many, unit = several
    if not 2 <= many <= (3 if tape.get(unit, "unit") == "week" else 10):
        return None
    lasting = timedelta(days=many * (7 if tape.get(unit, "unit") == "week" else 1))
    start, end = whole[0].ranges[0][0].replace(day=1), whole[0].ranges[0][1]
    span = (end - lasting, end) if last else (start, start + lasting)
    return (Days("span", ((max(span[0], tape.today), span[1]),)), whole[1]) if span[1] > tape.today else None

"""Which days are meant of a longer time told beside them: "next month, ideally a Monday"."""

from dataclasses import replace
from datetime import timedelta

from nlu.times import almanac
from nlu.times.pieces import Days

_MONTH = 31
_ABOUT = 7  # days by which "in a month" may miss the date that is told beside it
EXACT = ("relative", "date", "number")


def inner(one: Days, other: Days) -> Days | None:
    """ "In summer, perhaps in July", "this month, on the 12th": the narrower of the two."""
    exact: tuple[str, ...] = ("date", "number") if one.kind in ("week", "span") else ("month", "date")
    if one.kind == "week":  # "this week, tomorrow or Thursday"
        exact = ("date", "number", "relative")
    if one.kind == "span" and other.kind != "number":
        exact = ("month", "date")
    if other.kind not in exact or one.kind not in ("span", "month", "week") or one.weekday is not None:
        return None
    if len(one.ranges) != 1 or len(other.ranges) != 1 or other.bound or one.bound:
        return None
    (first, last), (start, end) = one.ranges[0], other.ranges[0]
    return other if first <= start and end <= last and (first, last) != (start, end) else None


def told_by_date(vague: Days, dated: Days, *, apart: bool) -> Days | None:
    """ "In two weeks, on the 19th", "some time in the week from 9 to 15 March": the date is what counts.

    `apart`: another day was told before, from which the weeks may be counted.
    """
    if len(vague.ranges) != 1 or len(dated.ranges) != 1 or vague.bound or dated.bound or dated.others:
        return None
    (first, _), (start, end) = vague.ranges[0], dated.ranges[0]
    if vague.kind == "span" and vague.grain == "week" and dated.kind == "span" and dated.grain == "day":
        return dated if dated.weekday is None else None
    if not vague.others or vague.kind not in ("week", "span") or dated.kind not in ("date", "number", "span"):
        return None
    if dated.kind == "span" and (end - start).days > 7:
        return None
    if dated.kind == "number" and dated.number:  # "in a month, on the 14th"
        day = almanac.make(first.year, first.month, dated.number)
        if day is not None and abs(day - first) < abs(start - first):
            start, dated = day, replace(dated, kind="date", ranges=(almanac.one(day),))
    near = apart or abs((start - first).days) <= _ABOUT
    return dated if near else replace(dated, others=(vague.ranges[0],), confidence=0.6)


def lies_in_a_month(days: Days) -> bool:
    """ "April", "the first half of April": what is refused of it by a number alone is a day of that month."""
    if days.kind == "date" and len(days.ranges) > 1 and days.weekday is not None:
        return True  # "every Friday in April"
    if days.kind not in ("month", "span") or len(days.ranges) != 1 or days.bound or days.weekday is not None:
        return False
    first, last = days.ranges[0]
    return days.kind == "month" or (
        first.month == (last - timedelta(days=1)).month and (last - first).days > 4
    )


def weekdays_of_week(week: Days, span: Days) -> Days | None:
    """ "Next week, Tuesday to Thursday"."""
    if week.kind != "week" or span.kind != "span" or span.weekday is None or span.bound:
        return None
    start, end = span.ranges[0]
    later = almanac.monday(week.ranges[0][0]) - almanac.monday(start)
    return replace(span, ranges=((start + later, end + later),), weekday=None) if later.days > 0 else None


def told_closer(outer: Days, inner: Days) -> Days | None:
    """ "This week, Wednesday to Friday", "before May, in its last week", "at the weekend, the 21st"."""
    if inner.others and inner.kind in ("span", "week"):  # "in a month, at the beginning of April"
        return None
    if len(outer.ranges) == 2 and outer.kind == "span" and not outer.bound and len(inner.ranges) == 1:
        start, end = inner.ranges[0]  # "on working days, best on Tuesday the 10th"
        on_one = inner.kind in ("date", "number", "weekday") and start.weekday() < 5 and not inner.bound
        return inner if on_one and (end - start).days == 1 else None
    if len(outer.ranges) != 1 or len(inner.ranges) != 1 or inner.bound or outer.kind not in ("span", "week"):
        return None
    (first, last), (start, end) = outer.ranges[0], inner.ranges[0]
    if outer.bound is None and almanac.is_weekend(outer.ranges[0]):
        dated = inner.kind in ("date", "number", "weekday", "span")
        return inner if dated and start.weekday() >= 5 and (end - start).days <= 2 else None
    if outer.bound in ("after", "from") and inner.kind == "weekday" and inner.weekday is not None:
        day = almanac.coming_weekday(first - timedelta(days=1), inner.weekday)
        return replace(inner, kind="date", ranges=(almanac.one(day),), others=())
    if inner.kind not in (("span", "week") if outer.bound is None else ("span", "week", *EXACT, "weekday")):
        return None
    return inner if first <= start and end <= last and last - first > end - start else None


def weekdays_within(whole: Days, weekday: Days) -> Days | None:
    """ "Next month, ideally a Monday": every Monday of it."""
    if (
        weekday.kind != "weekday"
        or weekday.weekday is None
        or weekday.bound
        or whole.bound in ("after", "from")
    ):
        return None
    first, last = whole.ranges[0]
    within = whole.kind == "span" and ((last - first).days <= 7 or whole.bound is not None)
    if whole.kind != "month" and not within:
        return None
    day = almanac.coming_weekday(first - timedelta(days=1), weekday.weekday)
    days: list[almanac.DayRange] = []
    while day < last:
        days.append(almanac.one(day))
        day += timedelta(weeks=1)
    return Days("date", tuple(days), weekday=weekday.weekday) if days else None


def bounded_within(whole: Days, bounded: Days) -> Days | None:
    """ "Next week, after Wednesday", "in April, before the 20th": what of the week or month is meant."""
    if bounded.bound is None or len(whole.ranges) != 1:
        return None
    first, last = whole.ranges[0]
    in_month = whole.kind == "span" and whole.bound is None and bounded.number is not None
    if whole.kind not in ("week", "month") and not (in_month and (last - first).days <= 31):
        return None
    start, end = bounded.ranges[0]
    if bounded.number is not None and (whole.kind == "month" or in_month):
        day = almanac.make(first.year, first.month, bounded.number) or first
        start = {"after": day + timedelta(days=1), "from": day}.get(bounded.bound, first)
        end = {"before": day, "by": day + timedelta(days=1)}.get(bounded.bound, last)
    if bounded.weekday is not None and whole.kind == "week":
        day = almanac.monday(first) + timedelta(days=bounded.weekday)
        start = {"after": day + timedelta(days=1), "from": day}.get(bounded.bound, first)
        end = {"before": day, "by": day + timedelta(days=1)}.get(bounded.bound, last)
    elif bounded.bound in ("after", "from"):
        end = last
    start, end = max(start, first), min(end, last)
    return Days("span", ((start, end),)) if start < end else None


def workdays_of_week(workdays: Days, week: Days) -> Days | None:
    """ "Mon-Fri next week", "on any working day between the 8th and the 20th"."""
    if week.kind in ("span", "month") and workdays.kind == "span" and len(workdays.ranges) == 2:
        return _workdays_within(week)
    if week.kind != "week" or workdays.kind != "span" or len(workdays.ranges) != 2 or workdays.bound:
        return None
    first, last = almanac.monday(week.ranges[0][0]), almanac.monday(week.ranges[0][0]) + timedelta(days=5)
    start = max(first, week.ranges[0][0])
    return replace(workdays, ranges=((start, last),)) if start < last else None


def _workdays_within(whole: Days) -> Days | None:
    if whole.bound or whole.weekday is not None or len(whole.ranges) != 1:
        return None
    first, last = whole.ranges[0]
    runs: list[almanac.DayRange] = []
    monday = almanac.monday(first)
    while monday < last and (last - first).days <= _MONTH:
        start, end = max(monday, first), min(monday + timedelta(days=5), last)
        runs += [(start, end)] if start < end else []
        monday += timedelta(weeks=1)
    return Days("span", tuple(runs)) if runs else None


def between_bounds(one: Days, other: Days) -> Days | None:
    """ "After the 15th and before the 20th of March"."""
    after, before = (one, other) if one.bound in ("after", "from") else (other, one)
    if after.bound not in ("after", "from") or before.bound not in ("before", "by"):
        return None
    start, end = after.ranges[0][0], before.ranges[0][1]
    if after.number is not None and before.number is None:  # "... of April": of the month told last
        day, last = after.number + (after.bound == "after"), end - timedelta(days=1)
        start = almanac.make(last.year, last.month, day) or start
    return Days("span", ((start, end),)) if start < end else None

"""Which days the beginning, the middle and the end of a week or a month are."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.almanac import DayRange
from nlu.times.pieces import Days
from nlu.times.tape import Tape

HALVES = ("begin_half", "end_half")
TENS = ("teens", "twenties")  # "в двадцатых числах"
POSITIONS = (*HALVES, *TENS, "begin", "middle", "end")


def tens_ahead(tape: Tape, kind: str) -> Days:
    """ "В двадцатых числах" of no month: those that are ahead."""
    for months in range(2):
        first = tape.today + relativedelta(months=months)
        start, end = position_in(kind, Days("month", (almanac.month(first.year, first.month),)))
        if end > tape.today:
            break
    return Days("span", ((max(start, tape.today), end),))


def position_in(kind: str, whole: Days) -> DayRange:
    """Monday to Wednesday, Tuesday to Thursday, Thursday to Sunday; ten days of a month, or its half."""
    start, end = whole.ranges[0]
    if whole.kind == "week":
        start = almanac.monday(start)
        first, last = {
            "begin": (0, 3),
            "begin_half": (0, 3),
            "middle": (1, 4),
            "end": (3, 7),
            "end_half": (3, 7),
        }.get(kind, (0, 7))
        return start + timedelta(days=first), start + timedelta(days=last)
    start = start.replace(day=1)
    if kind in HALVES:
        middle = start + timedelta(days=15)
        return (start, middle) if kind == "begin_half" else (middle, end)
    tenth, twentieth = start + timedelta(days=10), start + timedelta(days=20)
    before = timedelta(days=1)
    return {
        "begin": (start, tenth),
        "middle": (tenth, twentieth),
        "end": (twentieth, end),
        "teens": (tenth - before, twentieth - before),
        "twenties": (twentieth - before, end),
    }[kind]

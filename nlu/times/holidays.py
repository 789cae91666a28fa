"""Reads days that have a name of their own: "Easter Monday", "Ferragosto", "Новый год"."""

from datetime import date, timedelta

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from nlu.times import almanac
from nlu.times.pieces import PAST, Days
from nlu.times.tape import Tape

Read = tuple[Days, int]


def read_holiday(tape: Tape, place: int) -> Read | None:
    """The next such day, today included. Of several days of that name the first is the likeliest."""
    written = tape.get(place, "holiday")
    if written is None:
        return None
    if tape.has(place - 1, "cheers"):  # "happy Easter"
        return PAST, place + 1
    last = -1 if tape.has(place - 1, "after") else 0  # of "01-01/01-08", which lasts a week
    names = [name.split("/")[last] for name in written.removeprefix("nearest ").split()]
    days = [day for name in names if (day := holiday(tape.today, name)) is not None]
    if written.startswith("nearest "):  # "after the holidays"
        days.sort()
    if not days:
        return None
    others = tuple(almanac.one(day) for day in days[1:])
    return Days("date", (almanac.one(days[0]),), others, confidence=0.6 if others else 0.95), place + 1


def holiday(today: date, name: str) -> date | None:
    """The next such day, today included: `12-25`, or `easter+1`, `orthodox-2` counted from Easter Sunday."""
    if name[0].isdecimal():
        month, day = map(int, name.split("-"))
        return almanac.ahead(today, month, day)
    offset = timedelta(days=int(name.lstrip("abcdefghijklmnopqrstuvwxyz") or 0))
    for year in (today.year, today.year + 1):
        if not 1583 <= year <= 4099:
            continue
        sunday = (
            easter(year, EASTER_ORTHODOX) if name.startswith("orthodox") else easter(year, EASTER_WESTERN)
        )
        if sunday + offset >= today:
            return sunday + offset
    return None

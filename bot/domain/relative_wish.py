"""Wishes that are told by another time: "a week later", "later that day", "the same time", "another day".

Which time that is, only the diary knows: the visit that is moved, or the opening that was chosen. What comes
out is a wish like any other.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

_DAY = timedelta(days=1)
_AHEAD = timedelta(days=14)
_HOUR = timedelta(hours=1)
_DAY_MINUTES = 24 * 60
_RELATIVE = ("far", "weeks_on", "same_day", "side", "same_hour", "hour_off", "other_day")


def is_relative(wish: object) -> bool:
    return isinstance(wish, Mapping) and any(wish.get(mark) for mark in _RELATIVE)


def resolved(
    wish: Mapping[str, Any],
    *,
    stands: datetime | None = None,
    began: datetime | None = None,
    of_day: date | None = None,
    refused: Sequence[date] = (),
) -> dict[str, Any]:
    """The wish in days and hours. `stands`: the wall time it is told by; `began`: that of the visit that is
    moved, whose hour is "the same time"; `of_day`: the day that was searched, while no time of it is chosen;
    `refused`: days that did not suit.

    Without a time to tell it by, only what was said beside it is left.
    """
    told = {key: value for key, value in wish.items() if key not in _RELATIVE}
    if wish.get("other_day") and refused:
        return told | _other_days(refused)
    stands = stands or (None if of_day else began)
    told |= _days(wish, stands.date() if stands else of_day)
    began = began or stands
    if began and wish.get("same_hour") and not wish.get("weeks_on"):
        told |= _same_weekday(told, began.date())
    if told.get("part"):
        return told
    if stands and wish.get("far"):
        return told | {"part": _hour(stands + timedelta(minutes=wish["far"])), "exact": True}
    if stands and wish.get("hour_off"):
        return told | {"part": _hour(stands + timedelta(minutes=wish["hour_off"])), "exact": True}
    if began and wish.get("same_hour"):
        return told | {"part": _hour(began), "exact": True}
    if stands and wish.get("side"):
        just_after = stands + timedelta(minutes=1)
        is_earlier = wish["side"] == "earlier"
        told["part"] = ["00:00", f"{stands:%H:%M}"] if is_earlier else [f"{just_after:%H:%M}", "23:59"]
    return told


def _days(wish: Mapping[str, Any], day: date | None) -> dict[str, Any]:
    if day is None:
        return {}
    begin = datetime.combine(day, time())
    if wish.get("weeks_on"):
        monday = begin + (7 * wish["weeks_on"] - begin.weekday()) * _DAY
        return {"windows": _windows((monday, monday + 7 * _DAY))}
    if not (wish.get("far") or wish.get("same_day")):
        return {}
    begin += timedelta(days=round((wish.get("far") or 0) / _DAY_MINUTES))
    return {"windows": _windows((begin, begin + _DAY))}


def _same_weekday(told: Mapping[str, Any], day: date) -> dict[str, Any]:
    """ "The same time next week" is the same weekday, too; a visit of that week is moved on by one."""
    windows: Sequence[Sequence[str]] = told.get("windows") or ()
    if len(windows) != 1:
        return {}
    begin, end = map(datetime.fromisoformat, windows[0])
    same = begin + (day.weekday() - begin.weekday()) % 7 * _DAY
    is_a_week = timedelta(days=6) <= end - begin <= 7 * _DAY and begin.time() == time()
    if not is_a_week or same >= end:
        return {}
    same += 7 * _DAY if same.date() == day else timedelta()
    return {"windows": _windows((same, same + _DAY))}


def _other_days(refused: Sequence[date]) -> dict[str, Any]:
    after = datetime.combine(max(refused) + _DAY, time())
    holes = [[f"{day:%Y-%m-%d}", f"{day + _DAY:%Y-%m-%d}", False] for day in sorted(set(refused))]
    return {"windows": _windows((after, after + _AHEAD)), "without": holes}


def _windows(window: tuple[datetime, datetime]) -> list[list[str]]:
    return [[moment.isoformat(timespec="minutes") for moment in window]]


def _hour(begins: datetime) -> list[str]:
    ends = begins + _HOUR
    return [f"{begins:%H:%M}", f"{ends:%H:%M}" if ends.date() == begins.date() else "23:59"]

"""From what was understood to when the patient would like to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from nlu.times.hours import opening_hours
from nlu.understanding import Context, Entity

#: Below this an entity tells of a time that is not wished for: refused, or moved away from.
WISHED = 0.35
_POINT = timedelta(hours=1)
_OWN_CLOCK = ("minute", "hour", "part")
_SPREAD = 7  # days over which two separate parts of the day are spelled out
Window = tuple[datetime, datetime]


def wish_from(entities: Sequence[Entity], context: Context) -> dict[str, Any] | None:
    """{"windows": [[from, to], ...], "part": [HH:MM, HH:MM] | None, "asap": bool}, or None: no wish was told.

    Windows are naive local half-open intervals that end after now, in the order of the text. Of readings
    that share their words only the likeliest count. Hours without a day are `part`, for any day. A wish
    whose only time has passed becomes the rest of that day, or else as soon as possible.
    """
    wished = [e for e in entities if e.confidence >= WISHED]
    times = _likeliest([e for e in wished if e.entity == "time"])
    parts = [e for e in wished if e.entity == "part_of_day"]
    alone = {(e.start, e.end) for e in parts}
    times = [e for e in times if (e.start, e.end) not in alone or e.grain not in _OWN_CLOCK]
    asap = any(e.entity == "asap" for e in wished)
    if not (times or parts or asap):
        return None
    hours = _hull([(e.value["from"], e.value["to"]) for e in parts])
    windows: list[Window] = []
    points = [(e.value["from"], e.value["to"]) for e in parts if e.grain == "hour" and _is_a_point(e)]
    for entity in times:
        windows.extend(_windows(entity, points if len(points) == len(parts) else hours))
    if len(hours) > 1 and not times:
        windows, hours = _spelled_out(hours, context), []
    part: list[str] | None = list(hours[0]) if len(hours) == 1 and not _all_clocked(times) else None
    ahead = _ahead(windows, context)
    if windows and not ahead:
        asap = True
    if part and tuple(part) == _whole_day(context):
        part = None
    if not (ahead or part or asap):
        return None
    return {
        "windows": [[a.isoformat(timespec="minutes"), b.isoformat(timespec="minutes")] for a, b in ahead],
        "part": part,
        "asap": asap,
    }


def _likeliest(times: list[Entity]) -> list[Entity]:
    """Of overlapping entities those of the highest confidence, in the order of the text."""
    chosen: list[Entity] = []
    for entity in sorted(times, key=lambda e: -e.confidence):
        rivals = [c for c in chosen if entity.start < c.end and c.start < entity.end]
        if all(c.confidence <= entity.confidence for c in rivals):
            chosen.append(entity)
    return sorted(chosen, key=lambda e: (e.start, e.value["from"] or ""))


def _windows(entity: Entity, hours: list[tuple[str, str]]) -> list[Window]:
    """The window of a time; a whole day is narrowed to the hours that were told besides."""
    start = _moment(entity.value["from"])
    end = _moment(entity.value["to"]) if entity.value["to"] else start + _POINT
    days = (end - start).days
    several = len(hours) > 1 and days <= 2 * _SPREAD  # "at the weekend, in the morning or at night"
    if entity.grain in _OWN_CLOCK or not hours or not (days <= 1 or several):
        return [(start, end)]
    midnights = [start + timedelta(days=n) for n in range(max(days, 1))]
    return [(day + _clock(a), day + _clock(b)) for day in midnights for a, b in hours]


def _is_a_point(entity: Entity) -> bool:
    """ "At 11 for me, at 12 for my husband": two hours, though the one ends where the other begins."""
    return _clock(entity.value["to"]) - _clock(entity.value["from"]) == _POINT


def _all_clocked(times: list[Entity]) -> bool:
    """Whether every window has hours of its own already, so that a part would only say it twice."""

    def single(entity: Entity) -> bool:
        if entity.grain in _OWN_CLOCK or not entity.value["to"]:
            return True
        return _moment(entity.value["to"]) - _moment(entity.value["from"]) <= timedelta(days=1)

    return bool(times) and all(map(single, times))


def _ahead(windows: list[Window], context: Context) -> list[Window]:
    """What of the windows is still to come, each once; the rest of today if only its hour has passed."""
    now = context.now.replace(second=0, microsecond=0)
    ahead: list[Window] = []
    for start, end in windows:
        window = max(start, now), end
        if end > now and window not in ahead:
            ahead.append(window)
    if ahead or not windows or windows[0][0].date() != now.date():
        return ahead
    closing = now.replace(hour=0, minute=0) + timedelta(minutes=opening_hours(context)[1])
    return [(now, closing)] if closing > now else []


def _hull(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Parts that touch are one, morning and lunch; one inside another makes that other more exact."""
    merged: list[tuple[str, str]] = []
    told = set(parts)
    inside = [(a, b) for a, b in told if not any((c, d) != (a, b) and a <= c and d <= b for c, d in told)]
    for start, end in sorted(inside):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _spelled_out(hours: list[tuple[str, str]], context: Context) -> list[Window]:
    """ "Early or late, any day": one part cannot say it, so the days of the coming week do."""
    midnight = context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight + timedelta(days=n) for n in range(_SPREAD)]
    return [(day + _clock(a), day + _clock(b)) for day in days for a, b in hours]


def _whole_day(context: Context) -> tuple[str, str]:
    opens, closes = opening_hours(context)
    return f"{opens // 60:02d}:{opens % 60:02d}", f"{closes // 60:02d}:{closes % 60:02d}"


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _clock(written: str) -> timedelta:
    hour, minute = written.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))

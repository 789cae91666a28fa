"""Dates and times as dateparser and Duckling read them, put into the same words as our own answers."""

import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.wanted import Answer

Parser = Callable[[str, str, datetime], Answer]
_ZONES = Path("/usr/share/zoneinfo")


def read_with_dateparser(text: str, language: str, now: datetime) -> Answer:
    """A date without a time of day comes with that of now: it counts as the whole day."""
    from dateparser.search import search_dates

    settings: Any = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future", "DATE_ORDER": "DMY"}
    found = search_dates(text, languages=[language], settings=settings) or []
    windows = []
    for _, at in found:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        at = at.replace(tzinfo=None)
        whole_day = at == midnight or at.time() == now.time()
        windows.append(
            (midnight, midnight + timedelta(days=1)) if whole_day else (at, at + timedelta(hours=1))
        )
    return Answer.of(windows, (), now=now)


def duckling() -> Parser | None:
    """Duckling as a Python wheel, where there is one."""
    if sys.platform != "linux" or platform.machine() != "x86_64" or not _ZONES.is_dir():
        return None
    try:
        import duckling as engine
    except ImportError:
        return None
    zones = engine.load_time_zones(str(_ZONES))
    times = engine.parse_dimensions(["time"])

    def read(text: str, language: str, now: datetime) -> Answer:
        lang = engine.parse_lang(language.upper())
        locale = engine.default_locale_lang(lang)
        since_epoch = int((now - datetime.fromtimestamp(0, UTC).replace(tzinfo=None)).total_seconds())
        context = engine.Context(engine.parse_ref_time(zones, "UTC", since_epoch), locale)
        found = engine.parse(text, context, times, False)
        values = [one["value"] for one in (json.loads(found) if isinstance(found, str) else found)]
        windows = [window for value in values if (window := _window(value)) is not None]
        return Answer.of(windows, (), now=now)

    return read


def _window(value: dict[str, Any]) -> tuple[datetime, datetime] | None:
    if value.get("type") == "interval":
        start, end = value.get("from"), value.get("to")
        first = _moment(start["value"]) if start else None
        last = _moment(end["value"]) if end else None
        if first and last:
            return first, last
        if first:
            return first, first.replace(hour=19, minute=0) if first.hour < 19 else first + timedelta(days=1)
        return (last.replace(hour=9, minute=0), last) if last and last.hour > 9 else None
    if "value" not in value:
        return None
    start = _moment(value["value"])
    match value.get("grain"):
        case "day":
            return start, start + timedelta(days=1)
        case "week":
            return start, start + timedelta(weeks=1)
        case "month":
            return start, (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        case "year" | "quarter":
            return start, start + timedelta(days=90)
    return start, start + timedelta(hours=1)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=None)

"""Which clock a TZID means, in one calendar object.

Names first: a TZID that is, or ends in, a name of the IANA list means that place, and so does a name that
Windows uses, whatever definition comes along (some writers define only the year at hand). Then the
definition (VTIMEZONE) of this very object, by rules or by dates. Nothing of one object is remembered for the
next: two programs use one name for two clocks. A name without any meaning, and a time without a name, is the
practice's.
"""

import io
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON


def zones_of(definitions: Mapping[str, str]) -> Mapping[str, tzinfo]:
    """TZID -> clock, for the definitions (VTIMEZONE blocks, unfolded) of one object. Broken ones are left
    out."""
    zones: dict[str, tzinfo] = {}
    for name, block in definitions.items():
        zone = named_zone(name) or _defined(block)
        if zone is not None:
            zones[name] = zone
    return zones


@lru_cache(maxsize=512)
def named_zone(tzid: str) -> tzinfo | None:
    """By its name alone; a name may carry a path in front, as "/mozilla.org/20050126_1/Europe/Rome"."""
    name = tzid.strip().strip('"')
    if name.upper() in ("UTC", "GMT", "Z", "ETC/UTC"):
        return ZoneInfo("UTC")
    parts = name.strip("/").split("/")
    for first in range(len(parts)):
        candidate = "/".join(parts[first:])
        if candidate in available_timezones() and "/" in candidate:
            return ZoneInfo(candidate)
    windows = WINDOWS_TO_OLSON.get(name)
    return ZoneInfo(windows) if windows else None


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """Of two moments the first, as RFC 5545 has it; a wall time that does not exist by the offset before."""
    return wall.replace(tzinfo=zone, fold=0)


def _defined(block: str) -> tzinfo | None:
    try:
        calendar = tzical(io.StringIO(f"BEGIN:VCALENDAR\n{block}\nEND:VCALENDAR\n"))
        return calendar.get(next(iter(calendar.keys())))
    except (ValueError, StopIteration, TypeError, AttributeError):
        return None

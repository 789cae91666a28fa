"""Our visit as an event: made, moved and cancelled by changing only the lines that say so.

Times are written in UTC, which every server understands alike. Who comes is not in the event unless the
practice wants it there: calendars are shared, synchronised to phones and backed up by others.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.practice_systems.caldav.reading import CLAIMED_UNTIL, VISIT_TYPE, uid_of, unfolded


def claim(
    *,
    key: str,
    start: datetime,
    end: datetime,
    title: str,
    note: str = "",
    visit_type: str = "",
    at: datetime,
    until: datetime,
) -> bytes:
    """A time that is being booked; a visit as soon as `settled`."""
    lines = {
        "UID": uid_of(key),
        "CREATED": _stamp(at),
        "SUMMARY": _text(title),
        "DESCRIPTION": _text(note),
        VISIT_TYPE: visit_type,
        **_when(start, end, at),
        CLAIMED_UNTIL: _stamp(until),
        "SEQUENCE": "0",
        "STATUS": "TENTATIVE",
        "TRANSP": "OPAQUE",
    }
    event = [f"{name}:{value}" for name, value in lines.items() if value]
    return _folded(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Chairside//EN",
            "BEGIN:VEVENT",
            *event,
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )


def settled(data: bytes, *, at: datetime) -> bytes:
    return _changed(data, {CLAIMED_UNTIL: None, "STATUS": "CONFIRMED", "LAST-MODIFIED": _stamp(at)})


def moved(data: bytes, *, start: datetime, end: datetime, at: datetime) -> bytes:
    """Whatever staff have added to the event stays."""
    return _changed(data, _when(start, end, at))


def cancelled(data: bytes, *, at: datetime) -> bytes:
    """Staff see that it was cancelled, and the time is free."""
    stamp = _stamp(at)
    changes = {"STATUS": "CANCELLED", "TRANSP": "TRANSPARENT", "DTSTAMP": stamp, "LAST-MODIFIED": stamp}
    return _changed(data, changes)


def _when(start: datetime, end: datetime, at: datetime) -> dict[str, str]:
    return {
        "DTSTART": _stamp(start),
        "DTEND": _stamp(end),
        "DTSTAMP": _stamp(at),
        "LAST-MODIFIED": _stamp(at),
    }


def _changed(data: bytes, changes: Mapping[str, str | None]) -> bytes:
    """The first event with these lines in place of its own, or (None) without. Alarms and other parts within
    keep theirs."""
    drops_duration = "DTEND" in changes
    within: list[str] = []
    lines: list[str] = []
    is_done = False
    for line in unfolded(data):
        word, _, rest = line.partition(":")
        name = word.split(";", 1)[0].upper()
        if name == "BEGIN":
            within.append(rest.strip().upper())
        in_event = within[-1:] == ["VEVENT"] and not is_done
        if in_event and name == "END":
            lines += [f"{changed}:{value}" for changed, value in changes.items() if value is not None]
            is_done = True
        elif in_event and name == "SEQUENCE":
            line = f"SEQUENCE:{int(rest) + 1 if rest.strip().isdigit() else 1}"
        elif in_event and (name in changes or (name == "DURATION" and drops_duration)):
            continue
        if name == "END" and within:
            within.pop()
        lines.append(line)
    return _folded(lines)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(lines: list[str]) -> bytes:
    """Lines of at most 75 octets (RFC 5545, 3.1), never cut within a character."""
    out: list[bytes] = []
    for line in lines:
        rest, limit = line, 75
        while len(rest.encode()) > limit:
            cut = limit
            while len(rest[:cut].encode()) > limit:
                cut -= 1
            out.append((b"" if limit == 75 else b" ") + rest[:cut].encode())
            rest, limit = rest[cut:], 74
        out.append((b"" if limit == 75 else b" ") + rest.encode())
    return b"\r\n".join(out) + b"\r\n"

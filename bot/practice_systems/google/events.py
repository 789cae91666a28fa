"""Events as Google has them, read and written.

Times are written in UTC. Who comes is not in an event unless the practice wants it there: calendars are
shared, synchronised to phones and kept by Google. Our key is a private property of the event, which calendar
programs neither show nor lose when staff move it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.diary import AppointmentStatus
from bot.domain.outside import OutsideVisit
from bot.errors import ProtocolDrift
from bot.practice_systems.event_text import who_comes
from bot.practice_systems.google.rest import Json

KEY, VISIT_TYPE, CLAIMED_UNTIL = "chairsideKey", "chairsideVisitType", "chairsideClaimedUntil"

#: Shown in the calendar, and nobody's time: where somebody works, whose birthday it is.
_NO_TIME = {"workingLocation", "birthday"}
_STATUS = {
    "confirmed": AppointmentStatus.BOOKED,
    "tentative": AppointmentStatus.REQUESTED,
    "cancelled": AppointmentStatus.CANCELLED,
}


def id_of(key: str, generation: int = 0) -> str:
    """Base32hex, as Google wants it. An id stays taken when its event is deleted: then the next generation's
    is used."""
    return f"chairside{hashlib.sha256(f'{generation} {key}'.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a calendar; `zone` is the calendar's."""

    calendar: str
    content: Json
    zone: str = "UTC"

    @property
    def id(self) -> str:
        return str(self.content.get("id"))

    @property
    def etag(self) -> str | None:
        etag = self.content.get("etag")
        return None if etag is None else str(etag)

    @property
    def start(self) -> datetime | None:
        """None of a deleted one, of which Google need not keep more than the id."""
        return self._instant("start")

    @property
    def end(self) -> datetime | None:
        return self._instant("end")

    @property
    def key(self) -> str | None:
        """None, too, for what staff have made of one of our visits: the further times of a series."""
        return None if "recurringEventId" in self.content else self._private(KEY)

    @property
    def claimed_until(self) -> datetime | None:
        """Of a time that is only being booked."""
        until = self._private(CLAIMED_UNTIL) if self.key else None
        return _moment(until) if until else None

    @property
    def status(self) -> AppointmentStatus:
        word = str(self.content.get("status", "confirmed"))
        if word not in _STATUS:
            raise ProtocolDrift(f'an event has the status "{word[:40]}", which Google Calendar does not know')
        # One of ours that staff have marked as tentative is still the visit that we booked.
        is_ours = self.key is not None and word == "tentative"
        return AppointmentStatus.BOOKED if is_ours else _STATUS[word]

    @property
    def is_cancelled(self) -> bool:
        return self.status is AppointmentStatus.CANCELLED

    @property
    def is_series(self) -> bool:
        return "recurrence" in self.content

    @property
    def takes_time(self) -> bool:
        """Whether others cannot have this time: by the rules of Google's own free/busy."""
        attendees = self.content.get("attendees") or ()
        is_declined = any(one.get("self") and one.get("responseStatus") == "declined" for one in attendees)
        is_free = self.content.get("transparency") == "transparent" and self.key is None
        return not (self.is_cancelled or is_declined or is_free or self.content.get("eventType") in _NO_TIME)

    def visit(self) -> OutsideVisit:
        """`start` has to be there."""
        start, end = self.start, self.end
        assert start is not None and end is not None
        created = self.content.get("created")
        return OutsideVisit(
            ref=self.id,
            practitioner=self.calendar,
            start=start,
            end=end,
            status=self.status,
            key=self.key,
            visit_type=self._private(VISIT_TYPE),
            version=self.etag,
            created=_moment(str(created)) if created else None,
            details=None if self.key else who_comes(self._text),
        )

    @property
    def _text(self) -> str:
        return f"{self.content.get('summary') or ''}\n{self.content.get('description') or ''}"

    def _private(self, name: str) -> str | None:
        private = (self.content.get("extendedProperties") or {}).get("private") or {}
        return None if private.get(name) is None else str(private[name])

    def _instant(self, side: str) -> datetime | None:
        told = self.content.get(side)
        if not isinstance(told, dict):
            return None
        if "dateTime" in told:
            return _moment(str(told["dateTime"]), str(told.get("timeZone") or self.zone))
        if "date" in told:  # a whole day, from midnight to midnight of the calendar's clock
            return _moment(f"{date.fromisoformat(str(told['date']))}T{time.min}", self.zone)
        return None


def claim(
    *,
    id_: str,
    key: str,
    start: datetime,
    end: datetime,
    until: datetime,
    title: str,
    note: str = "",
    visit_type: str = "",
) -> Json:
    """A time that is being booked; a visit as soon as `settled`."""
    private = {KEY: key, VISIT_TYPE: visit_type, CLAIMED_UNTIL: instant(until)}
    event = {
        "id": id_,
        "status": "tentative",
        "summary": title,
        **_when(start, end),
        "reminders": {"useDefault": False},
        "extendedProperties": {"private": {name: value for name, value in private.items() if value}},
    }
    return event | ({"description": note} if note else {})


def settled(event: Event) -> Json:
    return {**_with_private(event, CLAIMED_UNTIL, None), "status": "confirmed"}


def renewed(event: Event, until: datetime) -> Json:
    return _with_private(event, CLAIMED_UNTIL, instant(until))


def moved(event: Event, start: datetime, end: datetime) -> Json:
    """Whatever staff have added to the event stays."""
    return {**event.content, **_when(start, end)}


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _when(start: datetime, end: datetime) -> Mapping[str, Any]:
    return {"start": {"dateTime": instant(start)}, "end": {"dateTime": instant(end)}}


def _with_private(event: Event, name: str, value: str | None) -> Json:
    properties = event.content.get("extendedProperties") or {}
    private = {k: v for k, v in (properties.get("private") or {}).items() if k != name}
    if value is not None:
        private[name] = value
    return {**event.content, "extendedProperties": {**properties, "private": private}}


def _moment(text: str, zone: str = "UTC") -> datetime:
    try:
        told = datetime.fromisoformat(text)
        return (told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, KeyError) as error:
        raise ProtocolDrift("an event of Google's has a time that is none") from error

"""For practices whose software lets nobody in: patients ask for a time, staff answer with one tap.

Offered are times that the practice has published: its hours in practice.yml, less what its own calendars say
is taken. What a patient chooses is kept for them as a request; staff enter it in their software and confirm,
propose another time, or refuse. Until a move is confirmed, the visit stays where it was.

    practice_system:
      kind: requests
      practitioners: {rossi: "https://example.org/rossi.ics"}  # if there are calendars to look at
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.diary import Appointment, AppointmentStatus, BookHeld, Hold, Opening, PatientDetails
from bot.domain.practice import Practice
from bot.errors import BookingError, OpeningTaken, Unavailable
from bot.ports import Booking, DiaryStore
from bot.practice_systems.embedded import EmbeddedDiary

FRESH = timedelta(minutes=5)
STALE = timedelta(hours=2)  # an older calendar is no ground to offer anything on

Busy = Sequence[tuple[datetime, datetime]]


class Published(Protocol):
    """When somebody is busy, by the calendar that the practice publishes. Raises Unavailable and the like."""

    def __call__(self, *, start: datetime, end: datetime) -> Awaitable[Busy]: ...


class RequestsDiary(EmbeddedDiary):
    """A PracticeSystem whose bookings and moves are requests. `calendars`: one for each practitioner who
    publishes one."""

    name = "requests"

    def __init__(
        self,
        practice: Practice,
        store: DiaryStore,
        *,
        calendars: Mapping[str, Published] | None = None,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(practice, store)
        self._calendars = {who: _Remembered(read, now) for who, read in (calendars or {}).items()}

    async def hold(
        self, opening: Opening, *, contact: str, key: str, at: datetime, instead_of: str | None = None
    ) -> Hold:
        calendar = self._calendars.get(opening.practitioner)
        if calendar is not None:
            for start, end in await calendar.busy(opening.start, opening.end):
                if start < opening.end and end > opening.start:
                    raise OpeningTaken("the practice's calendar has something there")
        return await super().hold(opening, contact=contact, key=key, at=at, instead_of=instead_of)

    async def book(self, hold: Hold, patient: PatientDetails, *, key: str, at: datetime) -> Booking:
        return _asked(await super().book(hold, patient, key=key, at=at))

    async def reschedule(self, visit: Appointment, hold: Hold, *, key: str, at: datetime) -> Booking:
        """A request that replaces the visit once it is confirmed; what was a request itself just moves."""
        if visit.status is AppointmentStatus.REQUESTED:
            return await super().reschedule(visit, hold, key=key, at=at)
        await self._is_as_seen(visit, key)
        details = await self._store.details(visit.patient) if visit.patient else None
        booking = await super().book(hold, details or PatientDetails(name=""), key=key, at=at)
        return _asked(booking, replaces=visit.id)

    async def _elsewhere(
        self, start: datetime, end: datetime, at: datetime
    ) -> Sequence[tuple[str, datetime, datetime]]:
        return [
            (who, begin, finish)
            for who, calendar in self._calendars.items()
            for begin, finish in await calendar.busy(start, end)
        ]


def _asked(booking: Booking, *, replaces: str | None = None) -> Booking:
    assert isinstance(booking.write, BookHeld)
    requested = AppointmentStatus.REQUESTED
    return Booking(
        appointment=replace(booking.appointment, status=requested),
        write=replace(booking.write, status=requested, replaces=replaces),
    )


class _Remembered:
    """A calendar's busy time, read again when it is no longer fresh. One that cannot be read is good for a
    while longer."""

    def __init__(self, read: Published, now: Callable[[], datetime]) -> None:
        self._read, self._now = read, now
        self._known: dict[tuple[datetime, datetime], tuple[datetime, Busy]] = {}

    async def busy(self, start: datetime, end: datetime) -> Busy:
        asked = self._now()
        for (first, last), (at, known) in self._known.items():
            if first <= start and end <= last and asked - at < FRESH:
                return known
        try:
            busy = await self._read(start=start, end=end)
        except BookingError as error:
            for (first, last), (at, known) in self._known.items():
                if first <= start and end <= last and asked - at < STALE:
                    return known
            raise Unavailable("the practice's calendar cannot be read") from error
        self._known = {span: known for span, known in self._known.items() if asked - known[0] < STALE}
        self._known[start, end] = (asked, busy)
        return busy

"""Practice staff and their calendar program, before a CalDAV server: none of this knows our adapter."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import aiohttp
import icalendar

from bot.domain.diary import AppointmentStatus
from bot.domain.outside import OutsideVisit, SystemSettings
from bot.practice_systems.caldav import open_caldav
from bot.practice_systems.caldav.system import CalDavSystem
from bot.practice_systems.claims import Sleep
from tests.contracts.faults import Faults
from tests.contracts.servers import PASSWORD, USER
from tests.stand_ins.trouble import STAFF
from tests.studio import NOW, STUDIO

_worlds = count(1)


class CalendarWorld:
    """A World (`tests.contracts.outside_system`): calendars of its own on a server that others share."""

    def __init__(self, url: str, *, sleep: Sleep = asyncio.sleep) -> None:
        number = next(_worlds)
        self.url = f"{url}/{USER}"
        self.calendars = {"rossi": f"rossi-{number}", "verdi": f"verdi-{number}"}
        self.settings = SystemSettings(
            kind="caldav",
            options={"url": f"{url}/", "user": USER},
            secrets={"password": PASSWORD},
            practitioners=self.calendars,
        )
        self.faults = Faults()
        self._http = aiohttp.ClientSession(middlewares=(self.faults,))
        self._staff = aiohttp.ClientSession(
            headers={"Authorization": aiohttp.encode_basic_auth("staff", PASSWORD), **STAFF}
        )
        self._clock = NOW
        self.system: CalDavSystem = open_caldav(
            self.settings, practice=STUDIO, http=self._http, now=self.now, sleep=sleep
        )

    def now(self) -> datetime:
        return self._clock

    async def open(self) -> None:
        for calendar in self.calendars.values():
            await self.asks("MKCALENDAR", f"{self.url}/{calendar}/", expected=(201,))

    async def close(self) -> None:
        await self._http.close()
        await self._staff.close()

    async def asks(
        self, method: str, url: str, body: bytes | None = None, *, expected: Sequence[int] = (200, 201, 204)
    ) -> bytes:
        async with self._staff.request(method, url, data=body) as answer:
            content = await answer.read()
            assert answer.status in expected, (method, answer.status, content)
            return content

    def file(self, ref: str, practitioner: str = "rossi") -> str:
        return f"{self.url}/{self.calendars[practitioner]}/{ref}.ics"

    async def staff_enters(self, start: datetime, end: datetime, *, ref: str = "") -> str:
        ref = ref or f"by-staff-{next(_worlds)}"
        await self.asks("PUT", self.file(ref), event(ref, start, end))
        return ref

    async def staff_cancels(self, ref: str) -> None:
        await self.asks("DELETE", self.file(ref))

    async def staff_moves(self, ref: str, start: datetime, end: datetime) -> None:
        """As a program does that rewrites the whole event, and drops what it does not know."""
        await self.asks("PUT", self.file(ref), event(ref, start, end))

    async def active(self) -> Sequence[OutsideVisit]:
        """By reading the calendars whole."""
        visits = [v for practitioner in self.calendars for v in await self._events(practitioner)]
        return sorted(visits, key=lambda visit: visit.start)

    def at_call(self, number: int, fault: str) -> None:
        self._clock += timedelta(minutes=5)  # what was left of an earlier fault is stale by now
        self.faults.at_call(number, fault)

    def was_hit(self) -> bool:
        return self.faults.was_hit()

    async def _events(self, practitioner: str) -> list[OutsideVisit]:
        whole = await self.asks("GET", f"{self.url}/{self.calendars[practitioner]}/")
        return [
            OutsideVisit(
                ref=str(event["UID"]),
                practitioner=practitioner,
                start=event["DTSTART"].dt.astimezone(UTC),
                end=event["DTEND"].dt.astimezone(UTC),
                status=AppointmentStatus.BOOKED,
            )
            for calendar in icalendar.Calendar.from_ical(whole, multiple=True)
            for event in calendar.walk("VEVENT")
            if str(event.get("STATUS", "")) not in ("CANCELLED", "TENTATIVE")
        ]


def event(uid: str, start: datetime, end: datetime, *more: str) -> bytes:
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Somebody else's program//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        "SUMMARY:Entered by hand",
        *more,
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()

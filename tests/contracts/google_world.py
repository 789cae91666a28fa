"""Practice staff and Google Calendar, played by its stand-in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from json import dumps

import aiohttp
from aiohttp.test_utils import TestServer

from bot.domain.diary import AppointmentStatus
from bot.domain.outside import OutsideVisit, SystemSettings
from bot.ports import OutsideSystem
from bot.practice_systems.google import open_google
from tests.contracts.faults import Faults
from tests.stand_ins.google_calendar import GoogleCalendarStandIn
from tests.stand_ins.trouble import Trouble
from tests.studio import NOW, STUDIO

_worlds = count(1)


class GoogleWorld:
    """A World (`tests.contracts.outside_system`)."""

    system: OutsideSystem
    settings: SystemSettings

    def __init__(self, *, lax: bool = False, troubled: bool = False, **options: str) -> None:
        number = next(_worlds)
        self.google = GoogleCalendarStandIn(at=NOW, lax=lax)
        self.calendars = {name: f"{name}-{number}@group.example" for name in ("rossi", "verdi")}
        self.google.calendars = {calendar: {} for calendar in self.calendars.values()}
        self.faults = Faults()
        self._options = options
        self.trouble = Trouble()
        self._at_server = troubled
        application = self.google.application()
        application.middlewares.insert(0, self.trouble.middleware())
        self._server = TestServer(application)
        self._clock = NOW

    def now(self) -> datetime:
        return self._clock

    async def open(self) -> None:
        await self._server.start_server()
        self.url = str(self._server.make_url("")).rstrip("/")
        token_url = f"{self.url}/token"
        self.settings = SystemSettings(
            kind="google",
            options={"url": f"{self.url}/calendar/v3", "token_url": token_url, **self._options},
            secrets={"service_account": dumps(self.google.sign_in.key_file(token_url))},
            practitioners=self.calendars,
        )
        self.http = aiohttp.ClientSession(middlewares=(self.faults,))
        self.system = self.another()

    def another(self) -> OutsideSystem:
        return open_google(self.settings, practice=STUDIO, http=self.http, now=self.now)

    async def close(self) -> None:
        await self.http.close()
        await self._server.close()

    async def staff_enters(self, start: datetime, end: datetime) -> str:
        return self.google.enters(self.calendars["rossi"], start, end)

    async def staff_cancels(self, ref: str) -> None:
        self.google.deletes(ref)

    async def staff_moves(self, ref: str, start: datetime, end: datetime) -> None:
        self.google.moves(ref, start, end)

    async def active(self) -> Sequence[OutsideVisit]:
        visits = [
            OutsideVisit(
                ref=event["id"],
                practitioner=calendar,
                start=datetime.fromisoformat(event["start"]["dateTime"]).astimezone(UTC),
                end=datetime.fromisoformat(event["end"]["dateTime"]).astimezone(UTC),
                status=AppointmentStatus.BOOKED,
            )
            for calendar, event in self.google.active()
        ]
        return sorted(visits, key=lambda visit: visit.start)

    def at_call(self, number: int, fault: str) -> None:
        self._clock += timedelta(minutes=5)  # what was left of an earlier fault is stale by now
        (self.trouble if self._at_server else self.faults).at_call(number, fault)

    def was_hit(self) -> bool:
        return (self.trouble if self._at_server else self.faults).was_hit()

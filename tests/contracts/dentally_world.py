"""A practice's front desk and Dentally, played by its stand-in."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import aiohttp
from aiohttp.test_utils import TestServer

from bot.domain.diary import AppointmentStatus
from bot.domain.outside import OutsideVisit, SystemSettings
from bot.ports import OutsideSystem
from bot.practice_systems.dentally import open_dentally
from tests.contracts.faults import Faults
from tests.stand_ins.dentally import KEY, DentallyStandIn, Habits, Hours
from tests.stand_ins.trouble import Trouble
from tests.studio import NOW, STUDIO

MORNING, AFTERNOON = (time(9), time(13)), (time(14), time(18))
ROSSI, VERDI = 11, 12
HOURS: Hours = {
    ROSSI: dict.fromkeys(range(5), (MORNING, AFTERNOON)),
    VERDI: dict.fromkeys(range(3), (MORNING,)),
}


class DentallyWorld:
    """A World (`tests.contracts.outside_system`)."""

    system: OutsideSystem
    settings: SystemSettings

    def __init__(self, habits: Habits | None = None, *, troubled: bool = False) -> None:
        self.dentally = DentallyStandIn(at=NOW, hours=HOURS, habits=habits)
        self.faults = Faults()
        self.trouble = Trouble()
        self._at_server = troubled
        application = self.dentally.application()
        application.middlewares.insert(0, self.trouble.middleware())
        self._server = TestServer(application)

    async def open(self) -> None:
        await self._server.start_server()
        self.settings = SystemSettings(
            kind="dentally",
            options={"url": str(self._server.make_url("")), "contact": "desk@example.org"},
            secrets={"api_key": KEY},
            practitioners={"rossi": str(ROSSI), "verdi": str(VERDI)},
            visit_types={"check_up": "Exam", "hygiene": "Hygiene"},
        )
        self.http = aiohttp.ClientSession(middlewares=(self.faults,))
        self.system = self.another()

    def another(self) -> OutsideSystem:
        return open_dentally(self.settings, practice=STUDIO, http=self.http, now=lambda: NOW)

    async def close(self) -> None:
        await self.http.close()
        await self._server.close()

    async def staff_enters(self, start: datetime, end: datetime) -> str:
        return str(self.dentally.enters(ROSSI, start, end))

    async def staff_cancels(self, ref: str) -> None:
        self.dentally.changes(int(ref), state="Cancelled")

    async def staff_moves(self, ref: str, start: datetime, end: datetime) -> None:
        self.dentally.changes(int(ref), start_time=start, finish_time=end)

    async def active(self) -> Sequence[OutsideVisit]:
        visits = [
            OutsideVisit(
                ref=str(one["id"]),
                practitioner=str(one["practitioner_id"]),
                start=datetime.fromisoformat(one["start_time"]).astimezone(UTC),
                end=datetime.fromisoformat(one["finish_time"]).astimezone(UTC),
                status=AppointmentStatus.BOOKED,
                patient=str(one["patient_id"]),
            )
            for one in self.dentally.active()
        ]
        return sorted(visits, key=lambda visit: visit.start)

    def at_call(self, number: int, fault: str) -> None:
        self.dentally.at += timedelta(minutes=5)
        (self.trouble if self._at_server else self.faults).at_call(number, fault)

    def was_hit(self) -> bool:
        return (self.trouble if self._at_server else self.faults).was_hit()

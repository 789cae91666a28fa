"""Servers that protect nothing, for whoever brings another than we know: nobody is booked twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest
from aiohttp import web

from tests.contracts.calendar_world import CalendarWorld
from tests.contracts.fhir_world import FhirWorld, quarters
from tests.contracts.outside_system import OutsideSystemContract
from tests.contracts.practice_system import PracticeSystemContract
from tests.stand_ins.careless_caldav import CarelessCalDav
from tests.stand_ins.careless_fhir import CarelessFhir


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def impatiently(seconds: float) -> None:
    await asyncio.sleep(seconds / 15)


class CarelessCalendarWorld(CalendarWorld):
    def __init__(self, url: str, server: CarelessCalDav) -> None:
        super().__init__(url, sleep=impatiently)
        self.faults.at_call(0, "")
        self.server = server

    def at_call(self, number: int, fault: str) -> None:
        super().at_call(0, fault)
        self.server.trouble.at_call(number, fault)

    def was_hit(self) -> bool:
        return self.server.trouble.was_hit()


class TestCarelessCalDav(OutsideSystemContract):
    fault_kinds = ("failed", "late")

    @pytest.fixture
    async def world(self) -> AsyncIterator[CarelessCalendarWorld]:
        server = CarelessCalDav()
        async with listening(server.application()) as url:
            world = CarelessCalendarWorld(url, server)
            await world.open()
            yield world
            await world.close()


class CarelessFhirWorld(FhirWorld):
    def __init__(self, url: str, server: CarelessFhir, *, openings: str) -> None:
        super().__init__(f"{url}/fhir", openings=openings, sleep=impatiently)
        self.server = server
        if openings != "hours":
            for name, id_ in self.people.items():
                for slot in quarters(name, id_, date(2027, 3, 1), date(2027, 3, 5)):
                    server.store(slot)

    async def close(self) -> None:
        await self._http.close()
        await self._staff.close()

    def at_call(self, number: int, fault: str) -> None:
        super().at_call(0, fault)
        if number:
            self.server.forget_what_is_over()
        self.server.trouble.at_call(number, fault)

    def was_hit(self) -> bool:
        return self.server.trouble.was_hit()


class TestCarelessFhirBySlots(OutsideSystemContract):
    openings = "slots"
    fault_kinds = ("failed", "late")

    # A slot that the visit itself has is not free until it has moved.
    test_a_visit_moves_onto_a_time_that_overlaps_its_own = None  # type: ignore[assignment]

    @pytest.fixture
    async def world(self) -> AsyncIterator[CarelessFhirWorld]:
        server = CarelessFhir()
        async with listening(server.application()) as url:
            world = CarelessFhirWorld(url, server, openings=self.openings)
            await world.open()
            yield world
            await world.close()


class TestCarelessFhirByHours(TestCarelessFhirBySlots):
    openings = "hours"
    fault_kinds = ("refused",)


for _name in set(vars(PracticeSystemContract)) - set(vars(OutsideSystemContract)):
    if _name.startswith("test_"):  # whatever does not depend on slots is shown with them
        setattr(TestCarelessFhirByHours, _name, None)

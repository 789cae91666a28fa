"""Every system that we stand before, by name: real servers, stand-ins, and those that protect nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from bot.domain.outside import Availability, OutsideVisit
from tests.contracts.calendar_world import CalendarWorld
from tests.contracts.dentally_world import DentallyWorld
from tests.contracts.fhir_world import FhirWorld
from tests.contracts.google_world import GoogleWorld
from tests.contracts.lax_system import LaxSystem
from tests.contracts.outside_system import World
from tests.contracts.servers import radicale, sekmet
from tests.contracts.test_careless_servers import CarelessCalendarWorld, CarelessFhirWorld, listening
from tests.contracts.test_fhir_scheduling import SchedulingWorld
from tests.contracts.test_lax_systems import LaxWorld
from tests.stand_ins.careless_caldav import CarelessCalDav
from tests.stand_ins.careless_fhir import CarelessFhir
from tests.stand_ins.dentally import Habits
from tests.stand_ins.scheduling_fhir import SchedulingFhir

Somewhere = TypeVar("Somewhere", CalendarWorld, FhirWorld, GoogleWorld, DentallyWorld)

REAL = ("caldav: Radicale", "fhir: SEKMET")
STAND_INS = ("google: stand-in", "dentally: stand-in", "fhir: stand-in with $find, $hold, $book")
PROTECTING_NOTHING = (
    "caldav: lax stand-in",
    "fhir: lax stand-in",
    "google: lax stand-in",
    "dentally: stand-in of other habits",
    "anything: busy times alone",
)
WORLDS = (*REAL, *STAND_INS, *PROTECTING_NOTHING)
TWIN = "twin: desks that read nothing back"


class _Forgetful(LaxSystem):
    """Whoever asks it who else is there hears: nobody."""

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        await super().visits(start=start, end=end, practitioner=practitioner, patient=patient)
        return ()


@asynccontextmanager
async def world_called(name: str, folder: Path) -> AsyncIterator[World]:
    """Empty, for one race."""
    match name:
        case "caldav: Radicale":
            with radicale(folder / "radicale") as url:
                async with _open(CalendarWorld(url)) as calendars:
                    yield calendars
        case "fhir: SEKMET":
            with sekmet(folder / "sekmet", settings="simulator: {enabled: false}\n") as url:
                fhir = FhirWorld(url, openings="slots")
                await fhir.open(slots_on=date(2027, 3, 2))
                yield fhir
                await fhir.close()
        case "caldav: lax stand-in":
            calendar = CarelessCalDav()
            async with (
                listening(calendar.application()) as url,
                _open(CarelessCalendarWorld(url, calendar)) as careless,
            ):
                yield careless
        case "fhir: lax stand-in":
            server = CarelessFhir()
            async with (
                listening(server.application()) as url,
                _open(CarelessFhirWorld(url, server, openings="slots")) as lax,
            ):
                yield lax
        case "fhir: stand-in with $find, $hold, $book":
            scheduling = SchedulingFhir()
            async with (
                listening(scheduling.application()) as url,
                _open(SchedulingWorld(url, scheduling)) as held,
            ):
                yield held
        case "google: stand-in" | "google: lax stand-in":
            async with _open(GoogleWorld(lax="lax" in name)) as google:
                yield google
        case "dentally: stand-in" | "dentally: stand-in of other habits":
            habits = Habits(updates_by="PUT", searches_by="search", lists_cancelled=False, page=40)
            async with _open(DentallyWorld(habits if "other" in name else None)) as dentally:
                yield dentally
        case "anything: busy times alone":
            yield LaxWorld(Availability.BUSY)
        case "twin: desks that read nothing back":
            blind = LaxWorld(Availability.BUSY)
            blind.system = _Forgetful(Availability.BUSY, now=blind.tick)
            yield blind
        case _:
            raise ValueError(f"there is no such world; there are {', '.join(WORLDS)}")


@asynccontextmanager
async def _open(world: Somewhere) -> AsyncIterator[Somewhere]:
    await world.open()
    try:
        yield world
    finally:
        await world.close()

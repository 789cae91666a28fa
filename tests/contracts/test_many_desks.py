"""Twenty desks that know nothing of each other want one time, on servers of every kind."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest

from tests.contracts.calendar_world import CalendarWorld
from tests.contracts.fhir_world import FhirWorld
from tests.contracts.outside_system import PEOPLE, RACERS, World, books, front_of, outcome
from tests.contracts.practice_system import TEN
from tests.contracts.servers import radicale, sekmet
from tests.contracts.test_careless_servers import CarelessCalendarWorld, CarelessFhirWorld, listening
from tests.stand_ins.careless_caldav import CarelessCalDav
from tests.stand_ins.careless_fhir import CarelessFhir
from tests.studio import opening

QUARTER_PAST = opening("2027-03-02 10:15")


@pytest.fixture(scope="module")
def calendars(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(tmp_path_factory.mktemp("radicale")) as url:
        yield url


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sekmet(tmp_path_factory.mktemp("sekmet"), settings="simulator: {enabled: false}\n") as url:
        yield url


@pytest.fixture(params=["radicale", "sekmet", "careless calendars", "careless fhir"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        there: CalendarWorld | FhirWorld
        if request.param == "radicale":
            there = CalendarWorld(request.getfixturevalue("calendars"))
            await there.open()
        elif request.param == "sekmet":
            there = FhirWorld(request.getfixturevalue("fhir"), openings="slots")
            await there.open(slots_on=date(2027, 3, 2))
        elif request.param == "careless calendars":
            server = CarelessCalDav()
            url = await stack.enter_async_context(listening(server.application()))
            there = CarelessCalendarWorld(url, server)
            await there.open()
        else:
            careless = CarelessFhir()
            url = await stack.enter_async_context(listening(careless.application()))
            there = CarelessFhirWorld(url, careless, openings="slots")
            await there.open()
        yield there
        await there.close()


async def test_of_twenty_desks_one_books_and_the_others_offer_something_else(
    world: World, tmp_path: Path
) -> None:
    """Every second one wants a quarter of an hour later, which overlaps."""
    desks = [front_of(tmp_path / str(number), world) for number in range(RACERS)]
    outcomes = await asyncio.gather(
        *[
            outcome(books(desk, QUARTER_PAST if number % 2 else TEN, PEOPLE[number], key=f"b{number:02}"))
            for number, desk in enumerate(desks)
        ]
    )
    active = await world.active()
    for desk in desks:
        await desk.aclose()

    assert sorted(outcomes) == ["done"] + ["taken"] * (RACERS - 1)
    assert len(active) == 1

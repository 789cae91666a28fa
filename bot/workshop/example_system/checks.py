"""The adapter on its stand-in: what it promises, and what it does when things go wrong."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot import bootstrap
from bot.domain.diary import PatientDetails
from bot.domain.outside import Stretch, SystemSettings, VisitRequest
from bot.errors import AuthFailed, OutcomeUnknown, ProtocolDrift, SetupError, VisitChanged
from bot.workshop.example_system.adapter import ExampleSystem, open_example
from bot.workshop.example_system.stand_in import TOKEN, ExampleStandIn
from bot.workshop.proving import Trial, prove, table

NOW = datetime(2027, 3, 1, 7, tzinfo=UTC)
PRACTICE = bootstrap.read_practice(
    bootstrap.Configuration(data=Path("unused"), environment=bootstrap.DEMO_ENVIRONMENT, demo=True)
)
SOMEBODY = PRACTICE.practitioners[0]
PATIENT = PatientDetails(name="Prova Prova", phone="+390200000099")
LATER = NOW + timedelta(days=7)


@dataclass
class World:
    """The software, and a way to it."""

    software: ExampleStandIn
    settings: SystemSettings
    http: aiohttp.ClientSession

    def system(self) -> ExampleSystem:
        return open_example(self.settings, practice=PRACTICE, http=self.http, now=lambda: NOW)

    def request(self) -> VisitRequest:
        stretch = Stretch(practitioner=SOMEBODY.id, start=LATER, end=LATER + timedelta(minutes=30))
        return VisitRequest(stretch=stretch, visit_type=SOMEBODY.visit_types[0], details=PATIENT)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    software = ExampleStandIn(tuple(one.id for one in PRACTICE.practitioners))
    async with TestServer(software.application()) as server, aiohttp.ClientSession() as http:
        options = {"url": str(server.make_url(""))}
        settings = SystemSettings(kind="example", options=options, secrets={"token": TOKEN})
        yield World(software, settings, http)


async def test_every_promise_is_kept_and_nothing_is_left_behind(world: World, tmp_path: Path) -> None:
    findings = await prove(
        Trial(
            open_system=world.system,
            practice=PRACTICE,
            settings=world.settings,
            practitioner=SOMEBODY.id,
            visit_type=SOMEBODY.visit_types[0],
            patient=PATIENT,
            folder=tmp_path,
            now=lambda: NOW,
        )
    )

    assert [one for one in findings if one.holds is False] == [], table(findings)
    assert {one["state"] for one in world.software.visits.values()} == {"cancelled"}


async def test_a_booking_whose_answer_is_lost_is_found_by_its_key(world: World) -> None:
    world.software.drops = 1
    with pytest.raises(OutcomeUnknown):
        await world.system().create(world.request(), key="b1")
    found = await world.system().by_key("b1", near=(LATER, LATER + timedelta(hours=1)))

    assert found is not None
    assert (found.ref, found.start) == ("v1", LATER)


async def test_what_staff_have_changed_is_not_moved_as_it_was(world: World) -> None:
    system = world.system()
    visit = await system.create(world.request(), key="b1")
    world.software.visits[visit.ref]["version"] = "newer"

    with pytest.raises(VisitChanged):
        await system.move(visit, world.request().stretch, key="m1")


async def test_a_state_that_nobody_knows_is_not_guessed(world: World) -> None:
    visit = await world.system().create(world.request(), key="b1")
    world.software.visits[visit.ref]["state"] = "teleported"

    with pytest.raises(ProtocolDrift, match="teleported"):
        await world.system().get(visit.ref)


async def test_a_token_that_is_not_taken_is_said_to_be_so(world: World) -> None:
    settings = SystemSettings(kind="example", options=world.settings.options, secrets={"token": "old"})
    system = open_example(settings, practice=PRACTICE, http=world.http, now=lambda: NOW)

    with pytest.raises(AuthFailed):
        await system.check()


@pytest.mark.parametrize(
    ("options", "secrets", "said"),
    [({}, {}, "options.url"), ({"url": "x"}, {}, "secrets.token"), ({"uri": "x"}, {}, 'know "uri"')],
)
async def test_a_mistake_in_practice_yml_is_told_with_its_remedy(
    world: World, options: dict[str, str], secrets: dict[str, str], said: str
) -> None:
    settings = SystemSettings(kind="example", options=options, secrets=secrets)

    with pytest.raises(SetupError, match=said):
        open_example(settings, practice=PRACTICE, http=world.http, now=lambda: NOW)

"""Whom a system expects, besides those who booked here: asked of each kind of system in its own way."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.diary import PatientDetails
from bot.practice_systems.event_text import who_comes
from bot.practice_systems.outside_diary import OutsideDiary
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.outside import SqlOutsideBook
from tests.contracts.calendar_world import CalendarWorld, event
from tests.contracts.dentally_world import ROSSI, DentallyWorld
from tests.contracts.fhir_world import FhirWorld
from tests.contracts.google_world import GoogleWorld
from tests.contracts.servers import radicale, sekmet
from tests.studio import NOW, STUDIO, OpenSeal, diary_database

START = NOW + timedelta(days=2, hours=3)
END = START + timedelta(minutes=30)
LABORATORY = "Ask the laboratory, 02 1234567"
ANNA = "tel: +39 333 123 4567 Anna Verdi"


async def dentally(stack: AsyncExitStack, folder: Path) -> Any:
    world = DentallyWorld()
    await world.open()
    stack.push_async_callback(world.close)
    who = {"first_name": "Anna", "last_name": "Verdi", "mobile_phone": "333 1234567"}
    world.dentally.enters(ROSSI, START, END, **who)
    world.dentally.enters(ROSSI, START, END)
    return world


async def google(stack: AsyncExitStack, folder: Path) -> Any:
    world = GoogleWorld()
    await world.open()
    stack.push_async_callback(world.close)
    calendar = world.calendars["rossi"]
    world.google.enters(calendar, START, END, description=f"Check-up\n{ANNA}")
    world.google.enters(calendar, START, END, description=LABORATORY)
    return world


async def caldav(stack: AsyncExitStack, folder: Path) -> Any:
    world = CalendarWorld(stack.enter_context(radicale(folder)))
    await world.open()
    stack.push_async_callback(world.close)
    await world.asks("PUT", world.file("a"), event("a", START, END, f"DESCRIPTION:Check-up\\n{ANNA}"))
    await world.asks("PUT", world.file("b"), event("b", START, END, f"DESCRIPTION:{LABORATORY}"))
    return world


async def fhir(stack: AsyncExitStack, folder: Path) -> Any:
    url = stack.enter_context(sekmet(folder, settings="simulator: {enabled: false}\n"))
    world = FhirWorld(url, openings="hours")
    await world.open()
    stack.push_async_callback(world.close)
    await world.writes(
        {
            "resourceType": "Patient",
            "id": "anna-expected",
            "name": [{"given": ["Anna"], "family": "Verdi"}],
            "telecom": [{"system": "phone", "value": "333 1234567"}],
        }
    )
    for patient in ("Patient/anna-expected", None):
        actors = [f"Practitioner/{world.people['rossi']}", *([patient] if patient else [])]
        resource = {
            "resourceType": "Appointment",
            "status": "booked",
            "start": START.isoformat(),
            "end": END.isoformat(),
            "participant": [{"actor": {"reference": who}, "status": "accepted"} for who in actors],
        }
        await world.asks("POST", f"{world.url}/Appointment", resource)
    return world


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.mark.parametrize("open_world", [dentally, google, caldav, fhir])
async def test_whoever_the_system_names_with_a_phone_is_expected_and_nobody_else(
    stack: AsyncExitStack, tmp_path: Path, open_world: Any
) -> None:
    world = await open_world(stack, tmp_path)
    database = diary_database(tmp_path / "diary.db")
    store = SqlDiary(database, STUDIO.id, OpenSeal())
    book = SqlOutsideBook(database, STUDIO.id, store, system=world.system.name)
    diary = OutsideDiary(
        STUDIO, world.system, settings=world.settings, store=store, book=book, now=lambda: NOW
    )

    found = await diary.expected(start=NOW, end=NOW + timedelta(days=5))

    assert [(one.details.name, one.details.phone) for one in found] == [("Anna Verdi", "+393331234567")]
    assert [(one.appointment.opening.start, one.appointment.opening.practitioner) for one in found] == [
        (START, "rossi")
    ]
    database.close()


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Check-up\ntel: 333 1234567", PatientDetails(name="", phone="333 1234567")),
        ("Тел. +39 333 1234567 Анна Верди", PatientDetails(name="Анна Верди", phone="+39 333 1234567")),
        ("Cellulare: 333/1234567, Anna Verdi", PatientDetails(name="Anna Verdi", phone="333/1234567")),
        ("Ask the laboratory, 02 1234567", None),
        ("Hotel 1234567", None),
        ("tel: ask at the desk", None),
    ],
)
def test_only_a_line_that_says_so_is_somebodys_number(text: str, who: PatientDetails | None) -> None:
    assert who_comes(text) == who

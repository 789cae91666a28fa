"""Visits that only staff entered in the practice's own software are reminded of like all others."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from outreach_kit import goes_on, rows, told

from bot.practice_systems.outside_diary import OutsideDiary
from bot.storage.diary.outside import SqlOutsideBook
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter
from tests.contracts.dentally_world import ROSSI, DentallyWorld
from tests.studio import NOW, STUDIO

THURSDAY = NOW.replace(hour=10) + timedelta(days=3)  # eleven o'clock in Rome
MOBILE = "333 123 4567"  # as staff type it
TIME = "11:00"


@pytest.fixture
async def dentally() -> AsyncIterator[DentallyWorld]:
    world = DentallyWorld()
    await world.open()
    yield world
    await world.close()


@pytest.fixture
async def surgery(
    tmp_path: Path, interpreter: Interpreter, dentally: DentallyWorld
) -> AsyncIterator[Surgery]:
    """A front desk whose outreach reads Dentally, on Monday at eight."""

    async with Surgery.open(tmp_path, interpreter=interpreter, at=NOW.isoformat()) as desk:
        books = desk.desk.books
        diary = OutsideDiary(
            STUDIO,
            dentally.system,
            settings=dentally.settings,
            store=books.diary,
            book=SqlOutsideBook(books.database, books.practice.id, books.diary, system="dentally"),
            now=desk.clock.now,
        )
        desk.desk.outreach.subjects.system = diary
        desk.desk.outreach.subjects.outside = diary
        yield desk


def staff_enter(world: DentallyWorld, name: str = "Anna Verdi", *, phone: str | None = MOBILE) -> int:
    first, _, last = name.partition(" ")
    end = THURSDAY + timedelta(minutes=30)
    return world.dentally.enters(ROSSI, THURSDAY, end, first_name=first, last_name=last, mobile_phone=phone)


async def looks(surgery: Surgery, **later: float) -> None:
    """So much later, having looked at the system."""
    await surgery.desk.outreach.service.refresh(anew=True)
    await goes_on(surgery, **later)


async def anna_of(surgery: Surgery) -> Patient:
    anna = surgery.patient("393331234567")
    await anna.says("Buongiorno")
    return anna


async def test_a_visit_that_staff_entered_is_reminded_of_by_the_phone_on_file(
    surgery: Surgery, dentally: DentallyWorld
) -> None:
    anna = await anna_of(surgery)
    staff_enter(dentally)

    await looks(surgery)
    await looks(surgery, days=2, hours=5)
    reminder = anna.sees
    await anna.taps("Sì, confermo")
    await looks(surgery, hours=17)

    assert "Anna" in reminder.text
    assert f"giovedì 4 marzo alle {TIME}" in reminder.text
    assert "è confermato" in anna.sees.text
    assert await surgery.desk.outreach.call_list.call_tasks() == ()


async def test_a_visit_that_staff_move_is_reminded_of_at_its_new_time_only(
    surgery: Surgery, dentally: DentallyWorld
) -> None:
    anna = await anna_of(surgery)
    visit = staff_enter(dentally)
    await looks(surgery)
    later = THURSDAY + timedelta(days=1, hours=1)
    dentally.dentally.changes(visit, start_time=later, finish_time=later + timedelta(minutes=30))
    before = len(anna.screen)

    await looks(surgery, days=2, hours=5)
    await looks(surgery, days=1)

    texts = [seen.text for seen in anna.screen[before:]]
    assert texts
    assert all("venerdì 5 marzo alle 12:00" in text for text in texts)


async def test_a_visit_that_staff_cancel_a_moment_before_is_not_reminded_of(
    surgery: Surgery, dentally: DentallyWorld
) -> None:
    """Nobody has looked since: it is looked up when the message is due."""
    anna = await anna_of(surgery)
    visit = staff_enter(dentally)
    await looks(surgery)
    before = anna.sees
    dentally.dentally.changes(visit, state="Cancelled")

    await goes_on(surgery, days=2, hours=5)

    assert anna.sees == before
    assert ("visit_tomorrow", "void", "changed") in await told(surgery)


async def test_who_has_no_phone_there_is_not_written_to(surgery: Surgery, dentally: DentallyWorld) -> None:
    staff_enter(dentally, phone=None)

    await looks(surgery)

    assert await rows(surgery) == []


async def test_whom_no_chat_reaches_is_called_by_name(surgery: Surgery, dentally: DentallyWorld) -> None:
    staff_enter(dentally, "Carla Neri", phone="+39 333 999 9999")

    await looks(surgery)
    await looks(surgery, days=2, hours=5)

    [view] = await surgery.desk.outreach.call_list.call_tasks()
    assert (view.task.name, view.task.phone) == ("Carla Neri", "+393339999999")


async def test_a_family_on_one_phone_there_reads_initials(surgery: Surgery, dentally: DentallyWorld) -> None:
    anna = await anna_of(surgery)
    staff_enter(dentally)
    staff_enter(dentally, "Luca Verdi")

    await looks(surgery)
    await looks(surgery, days=2, hours=5)

    texts = [seen.text for seen in anna.screen if TIME in seen.text]
    assert sorted(("A. V." in text, "L. V." in text) for text in texts) == [(False, True), (True, False)]


async def test_what_is_known_of_it_goes_when_it_is_long_over(
    surgery: Surgery, dentally: DentallyWorld
) -> None:
    staff_enter(dentally)
    await looks(surgery)
    expected = surgery.desk.outreach.expected
    there = await surgery.desk.books.database.read(
        lambda c: expected.entries(c, NOW, NOW + timedelta(days=9))
    )

    await looks(surgery, days=60)
    await looks(surgery)

    left = await surgery.desk.books.database.read(lambda c: expected.entries(c, NOW, NOW + timedelta(days=9)))
    assert (len(there), left) == (1, [])


async def test_while_the_system_is_down_what_is_known_stands_and_nothing_is_sent(
    surgery: Surgery, dentally: DentallyWorld
) -> None:
    anna = await anna_of(surgery)
    staff_enter(dentally)
    await looks(surgery)
    before = anna.sees
    await dentally._server.close()

    await looks(surgery, days=2, hours=5)

    assert anna.sees == before
    assert ("visit_tomorrow", "planned", "practice_system") in await told(surgery)

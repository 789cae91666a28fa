"""A practice whose software lets nobody in: patients ask, staff answer with one tap, the patient hears."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.diary import Appointment, AppointmentStatus, PatientDetails, Wish
from bot.domain.outside import SystemSettings
from bot.errors import VisitChanged
from bot.service.inbox.desk import Author, Owner
from bot.service.inbox.requests import Request
from bot.testing import Surgery
from nlu.understanding import Interpreter

ANNA = "393331234567"
DETAILS = PatientDetails(name="Anna Rossi", phone="+393331234567")


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    closed = SystemSettings(kind="requests")
    async with Surgery.open(
        tmp_path,
        at="2026-03-02T09:00+01:00",
        interpreter=interpreter,
        change=lambda practice: replace(practice, system=closed),
    ) as surgery:
        yield surgery


async def asked(surgery: Surgery, *, move_of: Appointment | None = None) -> Request:
    """Anna's request, as her turn would commit it."""
    patient = surgery.patient(ANNA)
    if move_of is None:
        await patient.says("Posso parlare con una persona?")
    [conversation] = [row.id for row in await surgery.desk.staff.desk.handoffs()]
    diary, at = surgery.desk.diary, surgery.clock.now()
    opening = (await diary.find_openings(Wish(visit_type="check_up"), at=at, limit=8))[1 if move_of else 0]
    hold = await diary.hold(opening, contact=conversation, key=f"h {opening.ref}", at=at)
    if move_of is None:
        booking = await diary.book(hold, DETAILS, key="b1", at=at)
    else:
        booking = await diary.reschedule(move_of, hold, key="m1", at=at)
    write = booking.write
    assert write is not None
    await surgery.desk.books.database.write(
        lambda connection: surgery.desk.books.diary.apply_write(connection, write)
    )
    assert booking.appointment.status is AppointmentStatus.REQUESTED
    return (await surgery.desk.staff.requests.waiting())[-1]


async def statuses(surgery: Surgery) -> list[str]:
    rows = await surgery.desk.books.diary.appointments(start=None, end=None, at=surgery.clock.now())
    return [str(row.status) for row in rows]


async def test_a_request_that_is_confirmed_is_a_visit_and_the_patient_hears_it_once(surgery: Surgery) -> None:
    request = await asked(surgery)
    before = await surgery.desk.staff.desk.conversation(request.conversation)
    assert await surgery.desk.staff.requests.confirm(request.visit.id, who="Marta")
    with pytest.raises(VisitChanged):
        await surgery.desk.staff.requests.confirm(request.visit.id, who="Marta")
    await surgery.settled()
    view = await surgery.desk.staff.desk.conversation(request.conversation)

    assert await statuses(surgery) == ["booked"]
    assert surgery.patient(ANNA).sees.text.startswith("La visita è confermata: visita di controllo, ")
    assert [m.by for m in view.messages if m.author is Author.STAFF] == ["Marta"]
    assert view.owner is before.owner is Owner.QUEUE  # to tell of the diary is not to take the conversation


async def test_a_request_that_is_refused_frees_its_time(surgery: Surgery) -> None:
    request = await asked(surgery)
    await surgery.desk.staff.requests.refuse(request.visit.id, who="Marta")
    await surgery.settled()
    openings = await surgery.desk.staff.visits.openings(visit_type="check_up")

    assert await statuses(surgery) == ["cancelled"]
    assert request.visit.opening.ref in [one.ref for one in openings]
    assert surgery.patient(ANNA).sees.text.startswith("Mi dispiace, lo studio non può riceverLa a quell'ora")
    assert await surgery.desk.staff.requests.waiting() == []


async def test_another_time_is_kept_for_a_day_in_the_place_of_the_one_asked_for(surgery: Surgery) -> None:
    request = await asked(surgery)
    [other, *_] = await surgery.desk.staff.requests.proposals(request.visit.id)
    await surgery.desk.staff.requests.propose(request.visit.id, other.ref, who="Marta")
    await surgery.settled()
    later = surgery.clock.now() + timedelta(hours=23)
    kept = await surgery.desk.diary.current_hold(contact=request.conversation, opening=other, at=later)

    assert other != request.visit.opening
    assert kept is not None
    assert "Possiamo proporLe" in surgery.patient(ANNA).sees.text
    assert sorted(await statuses(surgery)) == ["cancelled", "held"]


async def test_a_visit_stays_where_it_was_until_its_move_is_confirmed(surgery: Surgery) -> None:
    first = await asked(surgery)
    await surgery.desk.staff.requests.confirm(first.visit.id, who="Marta")
    [visit] = await surgery.desk.diary.appointments_of(contact=first.conversation, at=surgery.clock.now())
    move = await asked(surgery, move_of=visit)
    assert move.replaces == visit
    assert sorted(await statuses(surgery)) == ["booked", "requested"]
    await surgery.desk.staff.requests.confirm(move.visit.id, who="Marta")
    [after] = await surgery.desk.diary.appointments_of(contact=first.conversation, at=surgery.clock.now())

    assert (after.opening, after.status) == (move.visit.opening, AppointmentStatus.BOOKED)
    assert sorted(await statuses(surgery)) == ["booked", "cancelled"]


async def test_the_morning_sheet_lists_what_to_enter_and_what_to_take_out(surgery: Surgery) -> None:
    first = await asked(surgery)
    await surgery.desk.staff.requests.confirm(first.visit.id, who="Marta")
    [visit] = await surgery.desk.diary.appointments_of(contact=first.conversation, at=surgery.clock.now())
    cancellation = await surgery.desk.diary.cancel(visit, None, key="c1", at=surgery.clock.now())
    write = cancellation.write
    assert write is not None
    await surgery.desk.books.database.write(
        lambda connection: surgery.desk.books.diary.apply_write(connection, write)
    )
    sheet = await surgery.desk.staff.requests.sheet()

    assert sheet.requests == ()
    assert [(one.visit.opening, one.patient) for one in sheet.withdrawn] == [(visit.opening, DETAILS)]

"""Staff book, move and cancel from the inbox: the assistant's own diary code, and one transaction."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.domain.diary import PatientDetails
from bot.errors import OpeningTaken, PolicyRefused, VisitChanged
from bot.service.inbox.desk import AlreadyTaken, Author, UnknownConversation
from bot.service.inbox.visits import Order
from bot.testing import Patient, Surgery

ANNA, LUCA = "393331234567", "393337654321"


@pytest.fixture
async def surgery(tmp_path: Path) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, at="2026-03-02T09:00+01:00") as surgery:
        yield surgery


async def waits(surgery: Surgery, patient: Patient, text: str = "Posso parlare con una persona?") -> str:
    """The patient asks for a person; their conversation's id."""
    before = {row.id for row in await surgery.desk.staff.desk.handoffs()}
    await patient.says(text)
    (new,) = [row.id for row in await surgery.desk.staff.desk.handoffs() if row.id not in before]
    return new


def order(conversation: str, key: str = "0123456789abcdef", *, who: str = "Marta") -> Order:
    return Order(conversation=conversation, who=who, key=key)


async def test_an_offered_time_is_kept_for_the_patient_and_for_nobody_else(surgery: Surgery) -> None:
    anna = await waits(surgery, surgery.patient(ANNA))
    luca = await waits(surgery, surgery.patient(LUCA))
    visits = surgery.desk.staff.visits
    first = (await visits.openings(visit_type="check_up"))[0]
    held = await visits.hold(anna, first.ref, key="k")
    with pytest.raises(OpeningTaken):
        await visits.hold(luca, first.ref, key="k")
    still = [opening.ref for opening in await visits.openings(visit_type="check_up")]

    assert held.opening == first
    assert "Tengo l'orario per Lei" in held.text
    assert first.ref not in still
    assert [one.opening for one in (await visits.visits(anna)).held] == [first]
    assert (await visits.visits(luca)).held == ()


async def test_a_visit_is_booked_and_the_patient_told_in_one_step(surgery: Surgery) -> None:
    patient = surgery.patient(ANNA)
    anna = await waits(surgery, patient)
    visits = surgery.desk.staff.visits
    first = (await visits.openings(visit_type="check_up"))[0]
    await visits.hold(anna, first.ref, key="k")
    for _ in range(2):
        await visits.book(order(anna), first.ref, PatientDetails(name="Anna Rossi", phone="+393331234567"))
    await surgery.settled()
    view = await surgery.desk.staff.desk.conversation(anna)

    assert [visit.opening for visit in (await visits.visits(anna)).visits] == [first]
    assert patient.sees.text.startswith("Prenotato: visita di controllo, ")
    assert [message.by for message in view.messages if message.author is Author.STAFF] == ["Marta"]


async def test_a_visit_moves_and_its_old_time_is_free_again(surgery: Surgery) -> None:
    patient = surgery.patient(ANNA)
    anna = await waits(surgery, patient)
    visits = surgery.desk.staff.visits
    first, *_, other = await visits.openings(visit_type="check_up")
    await visits.book(order(anna), first.ref, PatientDetails(name="Anna Rossi"))
    (visit,) = (await visits.visits(anna)).visits
    await visits.move(order(anna, "1123456789abcdef"), visit.id, other.ref)
    await surgery.settled()

    assert [(one.id, one.opening) for one in (await visits.visits(anna)).visits] == [(visit.id, other)]
    assert patient.sees.text.startswith("La visita è spostata: ")
    assert first.ref in [opening.ref for opening in await visits.openings(visit_type="check_up")]


async def test_a_visit_is_cancelled_once(surgery: Surgery) -> None:
    patient = surgery.patient(ANNA)
    anna = await waits(surgery, patient)
    visits = surgery.desk.staff.visits
    first = (await visits.openings(visit_type="check_up"))[0]
    await visits.book(order(anna), first.ref, PatientDetails(name="Anna Rossi"))
    (visit,) = (await visits.visits(anna)).visits
    await visits.cancel(order(anna, "2123456789abcdef"), visit.id)
    await surgery.settled()
    with pytest.raises(VisitChanged):
        await visits.cancel(order(anna, "3123456789abcdef"), visit.id)

    assert (await visits.visits(anna)).visits == ()
    assert patient.sees.text.startswith("La visita è disdetta: visita di controllo, ")


async def test_nothing_is_booked_when_a_colleague_has_the_conversation(surgery: Surgery) -> None:
    anna = await waits(surgery, surgery.patient(ANNA))
    visits = surgery.desk.staff.visits
    first = (await visits.openings(visit_type="check_up"))[0]
    await surgery.desk.staff.desk.take(anna, "Paolo")
    with pytest.raises(AlreadyTaken):
        await visits.book(order(anna), first.ref, PatientDetails(name="Anna Rossi"))

    assert (await visits.visits(anna)).visits == ()


async def test_two_colleagues_book_one_time_for_two_patients_and_one_is_told(surgery: Surgery) -> None:
    conversations = [await waits(surgery, surgery.patient(number)) for number in (ANNA, LUCA)]
    visits = surgery.desk.staff.visits
    first = (await visits.openings(visit_type="check_up"))[0]
    outcomes = await asyncio.gather(
        *(
            visits.book(order(one, who=who), first.ref, PatientDetails(name="Somebody"))
            for one, who in zip(conversations, ("Marta", "Paolo"), strict=True)
        ),
        return_exceptions=True,
    )

    booked = [visit.opening for one in conversations for visit in (await visits.visits(one)).visits]

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "OpeningTaken"]
    assert booked == [first]


async def test_somebody_elses_visit_cannot_be_moved_or_cancelled(surgery: Surgery) -> None:
    anna = await waits(surgery, surgery.patient(ANNA))
    luca = await waits(surgery, surgery.patient(LUCA))
    visits = surgery.desk.staff.visits
    first, *_, other = await visits.openings(visit_type="check_up")
    await visits.book(order(anna), first.ref, PatientDetails(name="Anna Rossi"))
    (visit,) = (await visits.visits(anna)).visits
    with pytest.raises(VisitChanged):
        await visits.cancel(order(luca), visit.id)
    with pytest.raises(VisitChanged):
        await visits.move(order(luca), visit.id, other.ref)

    assert [one.id for one in (await visits.visits(anna)).visits] == [visit.id]


async def test_what_is_no_opening_is_refused(surgery: Surgery) -> None:
    anna = await waits(surgery, surgery.patient(ANNA))
    visits = surgery.desk.staff.visits
    first = (await visits.openings(visit_type="check_up"))[0]
    made_up = first.ref.replace("T0", "T2")
    for ref in ("nonsense", made_up):
        with pytest.raises(PolicyRefused):
            await visits.hold(anna, ref, key="k")
    with pytest.raises(UnknownConversation):
        await visits.hold("nobody", first.ref, key="k")

    assert await visits.openings(visit_type="no such visit") == ()


async def test_a_time_is_let_go_and_later_times_are_looked_for(surgery: Surgery) -> None:
    anna = await waits(surgery, surgery.patient(ANNA))
    visits = surgery.desk.staff.visits
    first = (await visits.openings(visit_type="check_up"))[0]
    await visits.hold(anna, first.ref, key="k")
    await visits.release(anna)
    later = await visits.openings(visit_type="check_up", practitioner="rossi", not_before=date(2026, 3, 9))

    assert (await visits.visits(anna)).held == ()
    assert {opening.practitioner for opening in later} == {"rossi"}
    assert min(opening.start for opening in later) >= first.start + timedelta(days=6)

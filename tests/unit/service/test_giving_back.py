"""Given back, the assistant goes on at the very step, and what it offers is true now."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.diary import PatientDetails
from bot.service.clock import FrozenClock
from bot.service.inbox.visits import Order
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T09:30+01:00") as surgery:
        yield surgery


async def _offered(surgery: Surgery) -> Patient:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    await anna.taps("Prima possibile")
    return anna


async def _away(surgery: Surgery, anna: Patient, **by: float) -> None:
    """A person has the conversation for a while."""
    await surgery.desk.staff.desk.take(surgery.contact(anna), "Giulia")
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(**by)
    await surgery.desk.staff.desk.give_back(surgery.contact(anna), "Giulia")
    await surgery.settled()


def _openings(anna: Patient) -> list[str]:
    return [title for title in anna.sees.titles if ":" in title]


async def test_after_hours_the_openings_on_offer_are_looked_up_again(surgery: Surgery) -> None:
    anna = await _offered(surgery)
    before = _openings(anna)
    await _away(surgery, anna, hours=3)
    after = _openings(anna)

    assert before[0].startswith("lun 2/3")
    assert after
    assert before[0] not in after
    assert "assistente automatico" in anna.sees.text


async def test_an_opening_that_was_taken_meanwhile_is_not_offered_again(surgery: Surgery) -> None:
    anna = await _offered(surgery)
    first = _openings(anna)[0]
    hour = first.split()[-1]
    await surgery.staff_book(
        f"2026-03-02T{hour}", name="Bruno Neri", practitioner="rossi", visit_type="new_patient_consult"
    )
    await surgery.staff_book(
        f"2026-03-02T{hour}", name="Carla Neri", practitioner="bianchi", visit_type="new_patient_consult"
    )
    await _away(surgery, anna, minutes=5)

    assert _openings(anna)
    assert first not in _openings(anna)


async def test_a_tap_on_the_offer_from_before_is_looked_up_again(surgery: Surgery) -> None:
    anna = await _offered(surgery)
    stale = next(choice for choice in anna.sees.choices if ":" in choice.title)
    await _away(surgery, anna, hours=3)
    await anna.brings(stale.payload, title=stale.title)

    assert [row["status"] for row in await surgery.diary()] == []
    assert _openings(anna)


async def test_a_held_time_that_passed_while_a_person_had_the_conversation_is_not_booked(
    surgery: Surgery,
) -> None:
    anna = await _offered(surgery)
    await anna.brings(next(choice for choice in anna.sees.choices if ":" in choice.title).payload)
    await _away(surgery, anna, hours=3)
    offered = anna.sees.titles
    await anna.taps("Cambia orario")

    assert offered == ("Cambia orario",)  # nobody is asked to say yes to a time that has passed
    assert [row for row in await surgery.diary() if row["status"] == "booked"] == []
    assert _openings(anna)


async def _arranges(surgery: Surgery, patient: Patient, *, books: bool) -> str:
    """A person takes over, books a visit or not, and gives the conversation back; returns all that was said
    after the visit was told."""
    staff, contact = surgery.desk.staff, surgery.contact(patient)
    await staff.desk.take(contact, "Giulia")
    if books:
        opening = (await staff.visits.openings(visit_type="check_up"))[0]
        await staff.visits.hold(contact, opening.ref, key="tap-1")
        order = Order(conversation=contact, who="Giulia", key="11111111-1111-4111-8111-111111111111")
        await staff.visits.book(order, opening.ref, PatientDetails(name="Anna Rossi", phone=None))
        await surgery.settled()
    before = len(patient.screen)
    await staff.desk.give_back(contact, "Giulia")
    await surgery.settled()
    return "\n".join(each.text for each in patient.screen[before:])


_HALF_BOOKED = pytest.mark.parametrize(
    ("wants", "person", "seen_to", "left_off", "time", "thanks"),
    [
        (
            *("I'd like to book a first visit", "I want to talk to a human", "A colleague has seen to"),
            *("where we left off", "Monday 2 March", "thank you"),
        ),
        (
            *("Vorrei prenotare una prima visita", "operatore", "ha già pensato un collega"),
            *("da dove eravamo rimasti", "lunedì 2 marzo", "grazie"),
        ),
        (
            *("Хочу записаться на первый приём", "оператор", "уже договорился сотрудник"),
            *("где остановились", "понедельник, 2 марта", "спасибо"),
        ),
    ],
)


@_HALF_BOOKED
async def test_a_visit_booked_by_staff_ends_the_booking_that_waited(
    surgery: Surgery, wants: str, person: str, seen_to: str, left_off: str, time: str, thanks: str
) -> None:
    anna = surgery.patient()
    await anna.says(wants)
    await anna.says(person)
    said = await _arranges(surgery, anna, books=True)
    await anna.says(thanks)

    assert seen_to in said
    assert time in said.lower() or time in said
    assert left_off not in said
    assert "?" not in anna.sees.text  # nobody is asked for a name again
    assert [row["status"] for row in await surgery.diary()] == ["booked"]


@_HALF_BOOKED
async def test_a_booking_that_staff_left_alone_goes_on(
    surgery: Surgery, wants: str, person: str, seen_to: str, left_off: str, time: str, thanks: str
) -> None:
    anna = surgery.patient()
    await anna.says(wants)
    await anna.says(person)
    said = await _arranges(surgery, anna, books=False)

    assert left_off in said
    assert seen_to not in said


async def test_who_wants_another_visit_after_that_is_asked_as_ever(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("I'd like to book a first visit")
    await anna.says("I want to talk to a human")
    await _arranges(surgery, anna, books=True)
    await anna.says("I'd like to book another visit for Thursday")

    assert "?" in anna.sees.text


async def test_a_visit_booked_on_an_earlier_day_ends_nothing_of_today(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("I'd like to book a first visit")
    await anna.says("I want to talk to a human")
    await _arranges(surgery, anna, books=True)
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(hours=1)
    await anna.says("I'd like to book another visit")
    await anna.says("I want to talk to a human")

    assert "left off" in await _arranges(surgery, anna, books=False)

"""Given back, the assistant goes on at the very step, and what it offers is true now."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.service.clock import FrozenClock
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

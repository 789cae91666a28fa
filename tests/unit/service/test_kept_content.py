"""What is under way ends in the content in which it began."""

from dataclasses import replace

from bot.dialogue import Assistant
from bot.testing import Patient, Surgery


async def _to_confirmation(anna: Patient) -> None:
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    await anna.taps("Prima possibile")
    await anna.brings(anna.sees.choices[0].payload)
    assert anna.sees.titles[0].startswith("Sì")


def renewed(surgery: Surgery) -> Assistant:
    """The practice changed its flows; what it was is returned."""
    before = surgery.desk.turns.contents.today
    surgery.desk.turns.contents.today = replace(before, version="new")
    return before


async def test_a_patient_books_on_in_the_flows_in_which_she_began(surgery: Surgery) -> None:
    anna = surgery.patient()
    await _to_confirmation(anna)
    before = renewed(surgery)
    surgery.desk.turns.contents.pinned = {before.version: before}.get
    await anna.taps(anna.sees.titles[0])

    assert "prenot" in anna.sees.text.lower() or "fissat" in anna.sees.text.lower()
    assert not any("aggiornato" in seen.text for seen in anna.screen)


async def test_flows_that_are_gone_are_said_to_be(surgery: Surgery) -> None:
    anna = surgery.patient()
    await _to_confirmation(anna)
    renewed(surgery)
    await anna.says("va bene")

    assert any("aggiornato" in seen.text for seen in anna.screen)

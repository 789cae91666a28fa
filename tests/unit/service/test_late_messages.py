"""After days out of reach Meta delivers all that was written: one answer each, which says so."""

from datetime import timedelta

from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.pipeline import PAUSED
from bot.testing import ACCOUNT, Patient, Surgery


def old(patient: Patient, number: int, words: str, *, days: float) -> InboundEvent:
    written = patient.surgery.clock.now() - timedelta(days=days)
    return InboundEvent(
        kind=InboundKind.TEXT,
        channel="whatsapp",
        account=ACCOUNT,
        id=f"wamid.old.{patient.wa_id}.{number}",
        sender=patient.wa_id,
        at=written + timedelta(seconds=number),
        text=words,
    )


async def deliver(surgery: Surgery, *events: InboundEvent) -> None:
    await surgery.desk.intake.accept(events)
    await surgery.settled()


async def test_who_wrote_five_times_while_we_were_down_gets_one_answer(surgery: Surgery) -> None:
    anna = surgery.patient()
    words = ["Buonasera", "vorrei prenotare", "domani alle dieci", "c'è qualcuno?", "allora?"]
    for number, said in enumerate(words):  # Meta sends them one by one
        await deliver(surgery, old(anna, number, said, days=3))
    (waiting,) = await surgery.desk.staff.desk.handoffs()

    assert len(anna.screen) == 1
    assert "solo ora" in anna.sees.text
    assert anna.sees.titles == ("Aspetto ancora", "Preferisco chiamare", "Continuo con Lei")
    assert (waiting.reason, waiting.urgent) == ("late", False)
    assert await surgery.diary() == []


async def test_what_they_write_now_is_answered_as_ever(surgery: Surgery) -> None:
    anna = surgery.patient()
    await deliver(surgery, old(anna, 1, "vorrei prenotare per domani", days=2))
    await anna.taps("Continuo con Lei")
    (answer,) = await anna.says("vorrei prenotare una prima visita, sono Anna Rossi")

    assert "Privacy" in answer.text  # the assistant introduces itself, and goes on
    assert await surgery.desk.staff.desk.handoffs() == ()


async def test_an_old_emergency_is_still_told_whom_to_call_and_calls_a_person(surgery: Surgery) -> None:
    anna = surgery.patient()
    await deliver(surgery, old(anna, 1, "non riesco a respirare, ho la gola gonfia", days=1))
    (waiting,) = await surgery.desk.staff.desk.handoffs()

    assert any("112" in seen.text for seen in anna.screen)
    assert waiting.urgent


async def test_who_waits_for_a_person_already_gets_no_second_apology(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    before = len(anna.screen)
    await deliver(surgery, old(anna, 1, "buonasera", days=2), old(anna, 2, "c'è qualcuno?", days=2))

    assert not any("solo ora" in seen.text for seen in anna.screen[before:])


async def test_a_message_of_two_hours_ago_is_answered_as_if_nothing_had_been(surgery: Surgery) -> None:
    anna = surgery.patient()
    await deliver(surgery, old(anna, 1, "Buonasera, vorrei prenotare una prima visita", days=2 / 24))

    assert "solo ora" not in anna.sees.text
    assert await surgery.desk.staff.desk.handoffs() == ()


async def test_a_paused_assistant_does_not_offer_to_go_on(surgery: Surgery) -> None:
    await surgery.desk.switches.turn("pause", True, by="Giulia")
    marco = surgery.patient("393330000009")
    await deliver(surgery, old(marco, 1, "buonasera", days=2))

    assert marco.sees.titles == ("Aspetto ancora", "Preferisco chiamare")
    assert "assistente automatico" not in marco.sees.text
    assert [row.reason for row in await surgery.desk.staff.desk.handoffs()] == ["late"] != [PAUSED]

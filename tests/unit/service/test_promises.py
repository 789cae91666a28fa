"""Who waits for a person hears the truth, and is never left without a word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.handoff import AlertKind
from bot.domain.practice import DeskRules, Practice
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import Author, Owner
from bot.testing import Surgery
from nlu.understanding import Interpreter

MONDAY_TEN = "2026-03-02T10:00+01:00"


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """On a Monday at ten, when somebody is there."""
    async with Surgery.open(tmp_path, interpreter=interpreter, at=MONDAY_TEN) as surgery:
        yield surgery


async def _after(surgery: Surgery, **by: float) -> None:
    """Time passes, and whoever watches over the waiting looks."""
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(**by)
    await surgery.desk.staff.promises.look()
    await surgery.settled()


async def _told(surgery: Surgery) -> list[tuple[AlertKind, bool, timedelta]]:
    """What staff have been told until now."""
    await surgery.desk.alerts.look()
    return [(alert.kind, alert.urgent, alert.waited) for alert in surgery.staff.told]


async def test_nobody_answers_in_time_and_the_patient_gets_an_apology_once(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    before = len(anna.screen)
    await _after(surgery, minutes=14)
    too_early = len(anna.screen)
    await _after(surgery, minutes=1)
    await _after(surgery, minutes=30)

    assert too_early == before
    assert len(anna.screen) == before + 1
    assert "nessuno è ancora riuscito" in anna.sees.text
    assert anna.sees.titles == ("Aspetto ancora", "Preferisco chiamare", "Continuo con Lei")


async def test_a_restart_neither_loses_nor_repeats_the_apology(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=MONDAY_TEN) as surgery:
        await surgery.patient().says("operatore")
        assert isinstance(surgery.clock, FrozenClock)
        surgery.clock.move(minutes=20)
        (broken,) = await surgery.desk.store.handoffs.break_promises()  # and then the power fails
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T10:30+01:00") as surgery:
        await surgery.settled()
        after_the_restart = list(surgery.patient().screen)
        await surgery.desk.staff.promises.look()
        await surgery.settled()

        assert broken == surgery.contact(surgery.patient())
        assert ["nessuno è ancora riuscito" in seen.text for seen in after_the_restart] == [True]
        assert surgery.patient().screen == after_the_restart


async def test_who_keeps_waiting_is_promised_anew(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await _after(surgery, minutes=15)
    (thanks,) = await anna.taps("Aspetto")
    await _after(surgery, minutes=15)
    (waiting,) = await surgery.desk.staff.desk.handoffs()

    assert thanks.text == "Grazie della pazienza. Un collega Le risponderà qui al più presto."
    assert "nessuno è ancora riuscito" in anna.sees.text
    assert waiting.owner is Owner.QUEUE


async def test_who_would_rather_call_gets_the_number_and_stays_in_the_queue(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await _after(surgery, minutes=15)
    (number,) = await anna.taps("Preferisco chiamare")
    (waiting,) = await surgery.desk.staff.desk.handoffs()

    assert "+39 02 0000 0000" in number.text
    assert waiting.owner is Owner.QUEUE


async def test_who_goes_on_with_the_assistant_is_where_they_were(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    question = anna.sees.text.rsplit("\n", 1)[-1]
    await anna.says("operatore")
    await _after(surgery, minutes=15)
    (back,) = await anna.taps("Continuo con Lei")

    assert "assistente automatico" in back.text
    assert question in back.text
    assert await surgery.desk.staff.desk.handoffs() == ()


@pytest.mark.parametrize(
    "words",
    ["anzi no faccio da solo", "never mind, can I book here?", "ладно не надо, сама запишусь"],
)
async def test_who_says_so_in_other_words_goes_on_with_the_assistant(surgery: Surgery, words: str) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await anna.says(words)
    await anna.says("vorrei prenotare una prima visita, sono Anna Rossi")

    assert anna.sees.choices
    assert await surgery.desk.staff.desk.handoffs() == ()


@pytest.mark.parametrize("words", ["can you book it for me here", "mi fa male, prenoto qui?", "вы здесь?"])
async def test_what_is_for_a_person_waits_for_one(surgery: Surgery, words: str) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await anna.says(words)
    waiting = await surgery.desk.staff.desk.conversation(surgery.contact(anna))

    assert waiting.owner is Owner.QUEUE


async def test_a_choice_of_the_apology_says_nothing_once_a_person_is_there(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await _after(surgery, minutes=15)
    await surgery.desk.staff.desk.take(surgery.contact(anna), "Giulia")

    assert await anna.taps("Continuo con Lei") == []
    assert (await surgery.desk.staff.desk.conversation(surgery.contact(anna))).owned_by == "Giulia"


@pytest.mark.parametrize("how", ["take", "reply"])
async def test_whoever_is_answered_or_taken_gets_no_apology(surgery: Surgery, how: str) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    if how == "take":
        await desk.take(surgery.contact(anna), "Giulia")
    else:
        await desk.reply(surgery.contact(anna), "Eccomi", who="Giulia", client_message_id="1")
        await surgery.settled()
    before = len(anna.screen)
    await _after(surgery, hours=3)

    assert len(anna.screen) == before


async def test_a_promise_made_in_the_evening_breaks_in_the_morning(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T20:00+01:00") as surgery:
        anna = surgery.patient()
        (told,) = await anna.says("operatore")
        await _after(surgery, hours=17)  # Tuesday, 13:00; Tuesday begins at 9:00
        apologies = [seen.text for seen in anna.screen[1:]]

        assert "domani dalle 9:00" in told.text
        assert ["nessuno è ancora riuscito" in text for text in apologies] == [True]


async def test_shortly_before_lunch_the_afternoon_is_promised(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T12:50+01:00") as surgery:
        anna = surgery.patient()
        (told,) = await anna.says("operatore")
        await _after(surgery, minutes=70)  # 14:00
        still = len(anna.screen)
        await _after(surgery, minutes=5)

        assert "oggi dalle 14:00" in told.text
        assert (still, len(anna.screen)) == (1, 2)


async def test_nobody_writes_into_a_window_that_has_closed(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-02-28T20:00+01:00") as surgery:
        anna = surgery.patient()
        await anna.says("operatore")  # a Saturday evening
        await _after(surgery, hours=38)  # Monday, 10:00
        (waiting,) = await surgery.desk.staff.desk.handoffs()

        assert len(anna.screen) == 1
        assert waiting.owner is Owner.QUEUE


async def test_asking_again_while_waiting_gets_the_truth(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    (told,) = await anna.says("vorrei parlare con una persona")

    assert "al più presto" in told.text


async def test_staff_are_reminded_until_somebody_has_it(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    new = [(AlertKind.NEW, False, timedelta(0))]
    told = [await _told(surgery)]
    for minutes in (2, 3, 7):
        await _after(surgery, minutes=minutes)
        told.append(await _told(surgery))
    conversation = surgery.contact(anna)
    await surgery.desk.staff.desk.take(conversation, "Giulia")
    await surgery.desk.staff.desk.reply(
        conversation, "Eccomi!", who="Giulia", client_message_id="m-000000000001"
    )
    await _after(surgery, hours=1)

    two, five = ((AlertKind.WAITING, False, timedelta(minutes=minutes)) for minutes in (2, 5))
    nearly = (AlertKind.PROMISE, False, timedelta(minutes=12))
    assert told == [new, [*new, two], [*new, two, five], [*new, two, five, nearly]]
    assert await _told(surgery) == told[-1]


async def test_an_emergency_does_not_wait_for_opening_hours(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T20:00+01:00") as surgery:
        await surgery.patient().says("non riesco a respirare, ho la gola gonfia")
        at_once = await _told(surgery)
        await _after(surgery, minutes=2)

        assert at_once == [(AlertKind.NEW, True, timedelta(0))]
        assert await _told(surgery) == [*at_once, (AlertKind.WAITING, True, timedelta(minutes=2))]


async def test_what_a_person_has_forgotten_goes_back_where_the_practice_wishes_it(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    def forgetful(practice: Practice) -> Practice:
        return replace(practice, desk=DeskRules(give_back_after=timedelta(hours=12)))

    async with Surgery.open(tmp_path, interpreter=interpreter, at=MONDAY_TEN, change=forgetful) as surgery:
        anna, desk = surgery.patient(), surgery.desk.staff.desk
        await anna.says("operatore")
        await desk.reply(surgery.contact(anna), "Eccomi", who="Giulia", client_message_id="1")
        await surgery.settled()
        await _after(surgery, hours=11)
        kept = (await desk.conversation(surgery.contact(anna))).owner
        await _after(surgery, hours=2)
        view = await desk.conversation(surgery.contact(anna))

        assert kept is Owner.STAFF
        assert (view.owner, view.messages[-1].author) == (Owner.BOT, Author.ASSISTANT)
        assert "assistente automatico" in anna.sees.text


async def test_what_goes_back_after_the_window_is_closed_until_the_patient_writes(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    await desk.take(surgery.contact(anna), "Giulia")
    await _after(surgery, hours=25)
    before = len(anna.screen)
    await desk.give_back(surgery.contact(anna), "Giulia")
    await surgery.settled()
    closed, nothing = (await desk.conversation(surgery.contact(anna))).owner, len(anna.screen)
    await anna.says("Buonasera")

    assert (closed, nothing) == (Owner.CLOSED, before)
    assert "assistente automatico" in anna.sees.text

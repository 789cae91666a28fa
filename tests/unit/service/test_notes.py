"""What staff keep beside a conversation stays with staff."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.practice import Practice
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import Author, UnknownConversation
from bot.service.inbox.notes import CannedAnswer, NoSuchAnswer, SlotMissing
from bot.storage.inbox.notes import UNTIL_THEY_WRITE
from bot.testing import Surgery
from nlu.understanding import Interpreter

PEOPLE = ("Giulia", "Marco", "Sara Neri")


def _prepared(practice: Practice) -> Practice:
    return replace(
        practice,
        canned_answers={
            "where": {"it": "Siamo in {practice_address}.", "en": "We are at {practice_address}."},
            "refund": {"it": "Le rimborsiamo {amount} entro {days}."},
        },
    )


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=_prepared) as surgery:
        yield surgery


async def test_a_note_is_seen_by_staff_and_names_colleagues(surgery: Surgery) -> None:
    anna, notes = surgery.patient(), surgery.desk.staff.notes
    await anna.says("operatore")
    conversation = surgery.contact(anna)
    first = await notes.add_note(
        conversation, "@marco puoi chiamarla? @Sara Neri lo sa. Mail: a@giulia.it", by="Giulia", people=PEOPLE
    )
    await notes.add_note(conversation, "fatto", by="Marco", people=PEOPLE)
    view = await surgery.desk.staff.desk.conversation(conversation)

    assert first.mentions == ("Marco", "Sara Neri")
    assert await notes.mentions_of("Marco") == (first,)
    assert await notes.mentions_of("Giulia") == ()
    assert [(m.by, m.text) for m in view.messages if m.author is Author.NOTE] == [
        ("Giulia", first.text),
        ("Marco", "fatto"),
    ]


async def test_a_thousand_notes_and_nothing_of_them_leaves_the_house(surgery: Surgery) -> None:
    anna, notes = surgery.patient(), surgery.desk.staff.notes
    await anna.says("operatore")
    conversation, chance = surgery.contact(anna), random.Random(7)
    for number in range(1000):
        await notes.add_note(conversation, f"nota riservata {number} {chance.random()}", by="Giulia")
    await surgery.desk.staff.desk.reply(conversation, "Mi dica.", who="Giulia", client_message_id="1")
    await surgery.settled()
    await surgery.desk.staff.desk.give_back(conversation, "Giulia")
    await surgery.settled()
    await anna.says("operatore")
    sent = [seen.text for screen in surgery.channel.outbox.values() for seen in screen]

    assert len(await notes.notes(conversation)) == 1000
    assert [text for text in sent if "riservata" in text] == []
    assert len(sent) == 4


async def test_a_note_is_sealed_like_a_patient_s_words(surgery: Surgery, tmp_path: Path) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await surgery.desk.staff.notes.add_note(surgery.contact(anna), "teme gli aghi: Zebedea", by="Giulia")
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("chairside.db*"))

    assert b"Zebedea" not in stored


async def test_a_note_on_nobody_s_conversation_is_refused(surgery: Surgery) -> None:
    with pytest.raises(UnknownConversation):
        await surgery.desk.staff.notes.add_note("nobody", "ciao", by="Giulia")


async def test_tags_stand_in_the_list(surgery: Surgery) -> None:
    anna, notes = surgery.patient(), surgery.desk.staff.notes
    await anna.says("operatore")
    for name in ("preventivo", "urgente", "preventivo"):
        await notes.tag(surgery.contact(anna), name, by="Giulia")
    (tagged,) = await surgery.desk.staff.desk.handoffs()
    await notes.untag(surgery.contact(anna), "urgente", by="Giulia")
    (left,) = await surgery.desk.staff.desk.handoffs()

    assert tagged.tags == ("preventivo", "urgente")
    assert left.tags == await notes.tags() == ("preventivo",)


async def test_what_is_snoozed_wakes_at_its_moment(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    until = surgery.clock.now() + timedelta(hours=2)
    await surgery.desk.staff.notes.snooze(surgery.contact(anna), until, by="Giulia")
    (asleep,) = await surgery.desk.staff.desk.handoffs()
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(hours=2)
    (awake,) = await surgery.desk.staff.desk.handoffs()

    assert (asleep.snoozed_until, awake.snoozed_until) == (until, None)


async def test_what_is_snoozed_wakes_when_the_patient_writes(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await surgery.desk.staff.notes.snooze(surgery.contact(anna), None, by="Giulia")
    (asleep,) = await surgery.desk.staff.desk.handoffs()
    await anna.says("ci siete?")
    (awake,) = await surgery.desk.staff.desk.handoffs()

    assert (asleep.snoozed_until, awake.snoozed_until) == (UNTIL_THEY_WRITE, None)


async def test_a_canned_answer_knows_the_practice_in_the_patient_s_language(surgery: Surgery) -> None:
    notes, address = surgery.desk.staff.notes, surgery.desk.practice.address

    assert notes.canned_answer("where", "en") == f"We are at {address}."
    assert notes.canned_answer("where", "ru") == f"Siamo in {address}."
    assert notes.canned_answers("it") == (
        CannedAnswer(id="refund", text="Le rimborsiamo {amount} entro {days}.", missing=("amount", "days")),
        CannedAnswer(id="where", text=f"Siamo in {address}."),
    )


async def test_a_canned_answer_with_a_gap_is_not_ready(surgery: Surgery) -> None:
    with pytest.raises(SlotMissing, match="amount, days"):
        surgery.desk.staff.notes.canned_answer("refund", "it")
    with pytest.raises(NoSuchAnswer, match="canned_answers"):
        surgery.desk.staff.notes.canned_answer("lost", "it")

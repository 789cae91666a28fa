"""The context card: every line is from the conversation's own record, and names its message."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.service.inbox.card import CardLine, CardSource, CardTurn, card_lines
from bot.service.inbox.desk import ConversationView
from bot.testing import Surgery


@pytest.fixture
async def surgery(tmp_path: Path) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, at="2026-03-02T09:00+01:00") as surgery:
        yield surgery


def texts(view: ConversationView) -> dict[str, str]:
    return {message.id: message.text for message in view.messages}


async def test_who_wants_what_and_where_they_said_so(surgery: Surgery) -> None:
    anna = surgery.patient("393331234567")
    anna.name = "Anna R."
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await anna.says("Anna Rossi")
    await anna.says("giovedì pomeriggio")
    offered = anna.sees
    await anna.says("vorrei parlare con una persona")
    (row,) = await surgery.desk.staff.desk.handoffs()
    view = await surgery.desk.staff.desk.conversation(row.id)
    card = await surgery.desk.staff.cards.card(row.id)
    said = [(line.kind, line.value, texts(view).get(line.message or "")) for line in card]
    offers = [line for line in card if line.kind == "offer"]

    assert ("name", "Anna Rossi", "Anna Rossi") in said
    assert ("vouched", "+393331234567", "Buonasera, vorrei prenotare una prima visita") in said
    assert ("verified", "no", None) in said
    assert ("language", "it", "vorrei parlare con una persona") in said
    assert ("visit", "new_patient_consult", "Buonasera, vorrei prenotare una prima visita") in said
    assert ("asked", "new_patient_consult", "Buonasera, vorrei prenotare una prima visita") in said
    assert [texts(view)[line.message or ""] for line in offers] == [offered.text]
    assert offers[0].value.split("\n") == [title for title in offered.titles if ":" in title]


async def test_every_line_links_to_a_message_of_this_conversation(surgery: Surgery) -> None:
    anna, luca = surgery.patient("393331234567"), surgery.patient("393337654321")
    for patient in (anna, luca):
        await patient.says("Buongiorno, vorrei spostare la mia visita")
        await patient.says("blurgh xyzzy")
        await patient.says("un operatore per favore")
    for row in await surgery.desk.staff.desk.handoffs():
        own = texts(await surgery.desk.staff.desk.conversation(row.id))
        card = await surgery.desk.staff.cards.card(row.id)
        linked = {line.message for line in card if line.message}

        assert linked and linked <= set(own)
        assert [line.kind for line in card if line.message is None] == ["verified"]


def test_a_card_of_nothing_says_that_nothing_is_verified() -> None:
    assert card_lines(CardSource(slots={}, turns=())) == (CardLine(kind="verified", value="no"),)


def test_an_alarm_that_was_taken_back_is_told_beside_the_alarm() -> None:
    taken_back = {"event": "emergency_taken_back", "level": "A", "key": "airway"}
    turns = (
        CardTurn(journal={"red_flag": "A airway"}, heard=("in-1",)),
        CardTurn(journal={"events": [taken_back]}, heard=("in-2",)),
    )

    assert card_lines(CardSource(slots={}, turns=turns))[:2] == (
        CardLine(kind="taken_back", value="A airway", message="in-2"),
        CardLine(kind="red_flag", value="A airway", message="in-1"),
    )


def test_what_failed_and_what_was_not_understood_is_told() -> None:
    turns = (
        CardTurn(
            journal={"events": [{"event": "slot", "name": "hold_result", "value": "taken"}], "text": "le 9"},
            heard=("in-1",),
        ),
        CardTurn(
            journal={"commands": ["not understood"], "text": "blurgh", "red_flag": "C pain"}, heard=("in-2",)
        ),
        CardTurn(
            journal={"events": [{"event": "slot", "name": "booking_result", "value": "booked"}]},
            heard=("in-3",),
            said="out-7",
        ),
    )

    assert card_lines(CardSource(slots={}, turns=turns)) == (
        CardLine(kind="red_flag", value="C pain", message="in-2"),
        CardLine(kind="verified", value="no"),
        CardLine(kind="failed", value="hold_result:taken", message="in-1"),
        CardLine(kind="not_understood", value="blurgh", message="in-2"),
        CardLine(kind="done", value="booking_result:booked", message="out-7"),
    )

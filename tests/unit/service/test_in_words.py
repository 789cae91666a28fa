"""What the assistant made of a message, as people read it."""

from typing import Any

import pytest

from bot.dialogue import load_assistant
from bot.dialogue.commands import (
    Command,
    CorrectSlots,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    MediaReceived,
    SetSlot,
    StartFlow,
)
from bot.service.turns.in_words import InWords
from bot.source import content
from tests.studio import STUDIO, opening


@pytest.fixture(scope="module")
def in_words() -> InWords:
    return InWords(STUDIO, load_assistant([content("flows")], languages=["en", "it", "ru"]))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (StartFlow("new_patient_consult"), "start booking a visit"),
        (StartFlow("gone_since"), "start gone_since"),
        (SetSlot("patient_name", "Anna Rossi"), "patient_name = Anna Rossi"),
        (SetSlot("confirm_booking", True), "confirm_booking = yes"),
        (SetSlot("practitioner", "rossi"), "practitioner = dott. Marco Rossi"),
        (SetSlot("wish", {"windows": [], "part": None, "asap": True}), "wish = as soon as possible"),
        (
            CorrectSlots({"patient_name": "Anna", "phone": None}),
            "correct patient_name = Anna, phone = nothing",
        ),
        (HumanHandoff(), "call a person"),
        (HumanHandoff(reason="cancel_visit"), "call a person (cancel visit)"),
        (KnowledgeAnswer(topic="hours"), "answer about hours"),
        (Emergency(level="A", key="airway"), "emergency: A airway"),
        (MediaReceived("image"), "received: image"),
    ],
)
def test_commands_are_read_as_what_they_do(in_words: InWords, command: Command, words: str) -> None:
    assert in_words.command(command) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"from": "2026-03-03T14:00", "to": "2026-03-03T19:00"}, "Tue 3 Mar 14:00-19:00"),
        ({"from": "2026-03-03T14:30", "to": None}, "Tue 3 Mar 14:30"),
        ({"from": None, "to": "2026-03-03T12:00"}, "until Tue 3 Mar 12:00"),
        ({"from": None, "to": None}, "any time"),
        ({"from": "2026-03-03T00:00", "to": "2026-03-04T00:00"}, "Tue 3 Mar"),
        ({"from": "2026-03-09T00:00", "to": "2026-03-16T00:00"}, "Mon 9 Mar - Sun 15 Mar"),
        ({"from": "2026-03-09T14:00", "to": "2026-03-10T13:00"}, "Mon 9 Mar 14:00 - Tue 10 Mar 13:00"),
        ({"from": "14:00", "to": "19:00"}, "14:00-19:00"),
        (
            {"windows": [["2026-03-03T00:00", "2026-03-03T23:59"]], "part": ["14:00", "19:00"]},
            "Tue 3 Mar, 14:00-19:00",
        ),
        (
            {"windows": [["2026-03-03T10:00", None], ["2026-03-10T10:00", None]]},
            "Tue 3 Mar 10:00 or Tue 10 Mar 10:00",
        ),
        ({"grain": "day"}, "grain: day"),
        (True, "yes"),
        ("false", "no"),
        (["rossi", 3], "dott. Marco Rossi, 3"),
        (opening("2027-03-02 10:00").ref, "Tue 2 Mar 10:00, dott. Marco Rossi"),
        ("Rossi~Bianchi", "Rossi~Bianchi"),
        ("a~b~c~d", "a~b~c~d"),
    ],
)
def test_values_are_read_as_people_write_them(in_words: InWords, value: Any, words: str) -> None:
    assert in_words.value(value) == words

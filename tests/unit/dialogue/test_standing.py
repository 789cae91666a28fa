"""Of a bare wish that resembles moving, calling off or looking up a visit: which one is to be arranged."""

from pathlib import Path
from typing import Any

import pytest

from bot.dialogue import Assistant, Conversation, commands_for, load_assistant
from bot.dialogue.commands import StartFlow
from nlu.understanding import Entity, Intent, Understanding

FLOWS = Path(__file__).parents[3] / "flows"
WISH = {"windows": [["2026-03-04T00:00", "2026-03-05T00:00"]], "part": None, "asap": False}


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return load_assistant([FLOWS], languages=("en", "it", "ru"))


def started(
    assistant: Assistant, said: str, intent: str, confidence: float, **names: tuple[str, Any]
) -> list[str]:
    """The flows that a first message starts; `names` are its entities, with the words that name them."""
    guess = Intent(name=intent, confidence=confidence)
    understood = Understanding(
        text=said,
        language="en",
        intent=guess,
        intent_ranking=(guess,),
        entities=tuple(
            Entity(
                entity=entity,
                value=value,
                start=said.index(words),
                end=said.index(words) + len(words),
                text=words,
            )
            for entity, (words, value) in names.items()
        ),
    )
    commands = commands_for(understood, Conversation.new("anna", language="en"), assistant)
    return [command.flow for command in commands if isinstance(command, StartFlow)]


@pytest.mark.parametrize(
    ("said", "kind", "day"),
    [
        ("cleaning on Wednesday or Saturday", "cleaning", "Wednesday or Saturday"),
        ("pulizia, ma non di mercoledì", "pulizia", "di mercoledì"),
        ("чистка в среду или субботу", "чистка", "среду или субботу"),
    ],
)
@pytest.mark.parametrize("guess", ["my_appointments", "reschedule_visit", "cancel_visit"])
def test_who_only_names_a_visit_and_a_day_wishes_for_one(
    assistant: Assistant, said: str, kind: str, day: str, guess: str
) -> None:
    flows = started(assistant, said, guess, 0.73, visit_type=(kind, "hygiene"), wish=(day, WISH))

    assert flows == ["new_patient_consult"]


@pytest.mark.parametrize(
    ("said", "kind", "day", "confidence"),
    [
        ("cleaning on Wednesday?", "cleaning", "Wednesday", 0.73),
        ("cleaning from Tuesday to Wednesday", "cleaning", "Tuesday to Wednesday", 0.73),
        ("no cleaning on Wednesday", "cleaning", "Wednesday", 0.73),
        ("la pulizia di mercoledì la salto", "pulizia", "mercoledì", 0.73),
        ("чистку со вторника на среду", "чистку", "вторника на среду", 0.73),
        ("cleaning on Wednesday", "cleaning", "Wednesday", 0.99),
    ],
)
def test_what_may_be_about_a_visit_that_stands_is_left_so(
    assistant: Assistant, said: str, kind: str, day: str, confidence: float
) -> None:
    flows = started(
        assistant, said, "my_appointments", confidence, visit_type=(kind, "hygiene"), wish=(day, WISH)
    )

    assert flows == ["my_appointments"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("do you have time for me this week", "this week"),
        ("have you got any room for us on Wednesday?", "Wednesday"),
        ("avete tempo per me mercoledì?", "mercoledì"),
        ("у вас есть время для меня в среду?", "в среду"),
        ("запишите меня в среду, меня зовут Анна Верди", "в среду"),
    ],
)
def test_who_asks_whether_there_is_time_for_them_has_no_visit_yet(
    assistant: Assistant, said: str, day: str
) -> None:
    assert started(assistant, said, "my_appointments", 0.8, wish=(day, WISH)) == ["new_patient_consult"]


@pytest.mark.parametrize("said", ["do you have me down for Wednesday?", "what time do you have me Wednesday"])
def test_who_asks_what_they_are_down_for_looks_it_up(assistant: Assistant, said: str) -> None:
    assert started(assistant, said, "my_appointments", 0.99, wish=("Wednesday", WISH)) != [
        "new_patient_consult"
    ]

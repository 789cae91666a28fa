"""German is data: a lexicon, words of time, red flags and some examples; nothing of it is code."""

from pathlib import Path
from typing import Any

import pytest

from nlu.interpreter import OfflineInterpreter, load_interpreter
from nlu.measuring import Prediction, measure
from nlu.sentences import installed
from nlu.training_examples import read_examples
from tests.nlu.conftest import context, value

GERMAN = Path(__file__).parent / "german" / "intents.yml"


@pytest.fixture(scope="module")
def german() -> OfflineInterpreter:
    return load_interpreter(("de",))


def read(german: OfflineInterpreter, text: str, **changes: Any) -> Any:
    [understood] = german.understand_many([(text, context(languages=("de",), country="DE", **changes))])
    return understood


@pytest.mark.skipif(not installed(), reason="what other languages teach German goes by sentence embeddings")
def test_held_apart_sentences_are_understood(german: OfflineInterpreter) -> None:
    held = read_examples([GERMAN], language="de")
    understood = [read(german, example.text) for example in held]
    measures = measure(
        [
            Prediction(expected=e.intent, ranking=tuple((i.name, i.confidence) for i in u.intent_ranking))
            for e, u in zip(held, understood, strict=True)
        ]
    )

    assert {u.language for u in understood} == {"de"}
    assert measures.accuracy is not None and measures.accuracy >= 0.8


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("morgen um 15 Uhr", "2026-11-24T15:00"),
        ("halb drei", "2026-11-23T14:30"),
        ("am Dienstag um viertel nach neun", "2026-11-24T09:15"),
        ("am 14.3. um 16:30", "2027-03-14T16:30"),
        ("am 14.12.2027", "2027-12-14T00:00"),
        ("am fünften Dezember", "2026-12-05T00:00"),
        ("übermorgen früh", "2026-11-25T09:00"),
        ("in zwei Wochen", "2026-12-07T00:00"),
        ("am 12. um zehn", "2026-12-12T10:00"),
    ],
)
def test_days_and_hours(german: OfflineInterpreter, text: str, begins: str) -> None:
    times = [e.value["from"] for e in read(german, text).entities if e.entity == "time"]

    assert begins in times


def test_a_name_a_yes_and_a_choice(german: OfflineInterpreter) -> None:
    assert value(read(german, "mein Name ist Jürgen Weißmann", asking="name"), "person") == "Jürgen Weißmann"
    assert value(read(german, "ja gerne", asking="yes_no"), "yes_no") is True
    assert value(read(german, "nee lieber nicht", asking="yes_no"), "yes_no") is False


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ich bekomme keine luft mehr", "A"),
        ("die blutung hört nicht auf", "A"),
        ("mein sohn ist gestürzt und der zahn ist komplett raus", "B"),
        ("es blutet ein bisschen beim zähneputzen", None),
    ],
)
def test_an_emergency_is_heard(german: OfflineInterpreter, text: str, level: str | None) -> None:
    flag = read(german, text).red_flag

    assert (flag.level if flag else None) == level

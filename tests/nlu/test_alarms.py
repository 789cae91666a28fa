"""Emergencies in patients' words; the tables are in tests/nlu/alarms, one a language."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nlu.alarms import RedFlags
from nlu.interpreter import OfflineInterpreter
from nlu.training_examples import shipped_examples
from nlu.understanding import RedFlag
from nlu.words import cut, plain_words
from tests.nlu.conftest import Read, context

TABLES = {
    path.stem: YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "alarms").glob("*.yml"))
}
CASES = [
    (language, kind, text)
    for language, table in TABLES.items()
    for kind, texts in table.items()
    for text in texts
    if kind not in ("none", "A or B")
]
LOOKALIKES = [(language, text) for language, table in TABLES.items() for text in table["none"]]
KINDS = {
    *(
        "A airway",
        "A swallow",
        "A eye",
        "A bleed",
        "A trauma",
        "A sepsis",
        "A allergy",
        "A chest",
        "A self_harm",
    ),
    *("B avulsion", "C displaced", "C swelling", "C bleed", "C pain", "C risk"),
}


@pytest.mark.parametrize(("language", "kind", "text"), CASES)
def test_an_emergency_is_heard(read: Read, language: str, kind: str, text: str) -> None:
    flag = read(text, language=language).red_flag

    assert flag is not None
    assert f"{flag.level} {flag.key}" == kind


@pytest.mark.parametrize("language", sorted(TABLES))
def test_whatever_cannot_wait_calls_for_help_at_once(interpreter: OfflineInterpreter, language: str) -> None:
    texts = TABLES[language]["A or B"]
    understood = interpreter.understand_many([(text, context(language=language)) for text in texts])

    assert [u.text for u in understood if u.red_flag is None or u.red_flag.level == "C"] == []


@pytest.mark.parametrize(("language", "text"), LOOKALIKES)
def test_what_only_looks_like_an_emergency_raises_no_alarm(read: Read, language: str, text: str) -> None:
    assert read(text, language=language).red_flag is None


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_kind_of_emergency_is_tried_in_every_language(language: str) -> None:
    assert set(TABLES[language]) == KINDS | {"A or B", "none"}


@pytest.mark.parametrize(
    "text",
    ["non riesco a respirare", "I can't breathe", "не могу дышать", "ne mogu dyshat", "NON RESPIRO!!!"],
)
@pytest.mark.parametrize("language", ["it", "en", "ru"])
def test_an_emergency_is_heard_whatever_the_conversation_speaks(read: Read, text: str, language: str) -> None:
    assert read(text, language=language, languages=(language,)).red_flag == RedFlag(level="A", key="airway")


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("ho un appuntamento domani. non respiro", RedFlag(level="A", key="airway")),
        ("no fever, but I can't breathe", RedFlag(level="A", key="airway")),
        ("last year my face swelled, and today it is swollen again", RedFlag(level="C", key="swelling")),
        ("non ho febbre ma la guancia è gonfia", RedFlag(level="C", key="swelling")),
        ("отека нет, но не могу дышать", RedFlag(level="A", key="airway")),
        ("la guancia è gonfia e non respiro bene", RedFlag(level="A", key="airway")),
    ],
)
def test_a_denial_or_memory_hides_no_emergency_beside_it(read: Read, text: str, flag: RedFlag) -> None:
    assert read(text).red_flag == flag


def test_lesser_emergencies_of_one_message_are_told_as_well(read: Read) -> None:
    understood = read("ho la guancia gonfia e non riesco a respirare")

    assert understood.red_flag == RedFlag(level="A", key="airway")
    assert understood.details["other_red_flags"] == (RedFlag(level="C", key="swelling"),)


def test_a_risk_alone_is_told_but_raises_no_alarm(read: Read) -> None:
    understood = read("sono incinta, posso fare la pulizia?")

    assert (understood.red_flag, understood.details.get("risk")) == (None, True)


def test_an_alarm_does_not_hide_what_else_was_wanted(read: Read) -> None:
    understood = read("ho la faccia gonfia, vorrei un appuntamento domani alle 10")

    assert understood.red_flag == RedFlag(level="C", key="swelling")
    assert understood.first("time") is not None


def test_ordinary_messages_call_no_ambulance() -> None:
    examples = shipped_examples(("en", "it", "ru"))
    red_flags = RedFlags({word for example in examples for word in plain_words(example.text)})
    alarming = [
        example.text
        for example in examples
        if (flag := red_flags.find(cut(example.text)).flag) is not None and flag.level in "AB"
    ]

    assert alarming == []

"""Emergencies in patients' words; the tables are in tests/nlu/alarms, one a language."""

import random
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nlu.alarms import RedFlags
from nlu.emergency_examples import shipped_cases
from nlu.interpreter import OfflineInterpreter
from nlu.training_examples import read_examples, shipped_examples
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
    if kind != "none"
]
LOOKALIKES = [(language, text) for language, table in TABLES.items() for text in table["none"]]
UNFORESEEN: list[str] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "alarms" / "unforeseen" / "all.yml").read_text(encoding="utf-8")
)
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
        "A overdose",
    ),
    *("B avulsion", "B spreading", "C displaced", "C swelling", "C swallowed", "C bleed", "C pain", "C risk"),
}


@pytest.mark.parametrize(("language", "kind", "text"), CASES)
def test_an_emergency_is_heard(read: Read, language: str, kind: str, text: str) -> None:
    flag = read(text, language=language).red_flag

    assert flag is not None
    assert f"{flag.level} {flag.key}" == kind


def test_phrases_hear_every_emergency_that_is_taught() -> None:
    red_flags = _red_flags()
    flags = {case: red_flags.find(cut(case.text)).flag for case in shipped_cases()}

    assert [c.text for c, flag in flags.items() if c.real and (flag is None or flag.level == "C")] == []
    assert [
        c.text for c, flag in flags.items() if not c.real and flag is not None and flag.level != "C"
    ] == []


def test_an_emergency_in_words_that_nobody_foresaw_is_for_a_person_today(read: Read) -> None:
    heard = [text for text in UNFORESEEN if read(text).red_flag is not None]

    assert len(heard) / len(UNFORESEEN) >= 0.85


def test_ordinary_wants_are_for_no_person_today(interpreter: OfflineInterpreter) -> None:
    files = sorted((Path(__file__).parent / "held_apart").glob("*.yml"))
    held = [example for file in files for example in read_examples([file], language=file.stem)]
    ordinary = [(e.text, context()) for e in held if e.intent != "urgent_pain"]

    assert [u.text for u in interpreter.understand_many(ordinary) if u.red_flag is not None] == []


@pytest.mark.parametrize(("language", "text"), LOOKALIKES)
def test_what_only_looks_like_an_emergency_raises_no_alarm(read: Read, language: str, text: str) -> None:
    assert read(text, language=language).red_flag is None


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_kind_of_emergency_is_tried_in_every_language(language: str) -> None:
    assert set(TABLES[language]) == KINDS | {"none"}


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
    red_flags = _red_flags()
    every = [
        example.text
        for example in shipped_examples(("en", "it", "ru"))
        if example.intent not in ("urgent_pain", "clinical_question", "complaint", "out_of_scope")
    ]
    ordinary = random.Random(20260302).sample(every, 6000)
    flags = [red_flags.find(cut(text)).flag for text in ordinary]

    assert len([flag for flag in flags if flag is not None and flag.level in "AB"]) / len(ordinary) <= 0.003


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I nearly fainted at your prices haha"),
        ("en", "this price is killing me"),
        ("it", "ahahah muoio dal ridere"),
        ("it", "al prezzo mi è venuto un infarto"),
        ("ru", "умираю со смеху"),
        ("ru", "от ваших цен чуть не упала в обморок"),
    ],
)
def test_a_joke_calls_nobody(language: str, text: str) -> None:
    assert _red_flags().find(cut(text)).flag is None


@pytest.mark.parametrize("text", ["my son has a temperature, need to cancel", "non sono affari vostri"])
def test_words_that_sound_russian_in_latin_letters_alarm_nobody(text: str) -> None:
    assert _red_flags().find(cut(text)).flag is None


@cache
def _red_flags() -> RedFlags:
    """The phrases alone, which repair no word that people use every day."""
    everyday = {w for example in shipped_examples(("en", "it", "ru")) for w in plain_words(example.text)}
    return RedFlags(everyday)

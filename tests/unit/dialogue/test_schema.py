"""The JSON Schema that editors use: as it is shipped, and of one mind with the loader."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from talk import refusal

from bot.dialogue.schema import schema, schema_text
from bot.source import read_file, read_text

FLOWS = Path(__file__).parents[3] / "flows"
SHIPPED = sorted(FLOWS.rglob("*.yml"))
VALIDATOR = Draft202012Validator(schema())

GOOD = """
slots:
  day: {type: text, mappings: [{type: from_entity, entity: time}]}
  sure: {type: bool}
  kind: {type: categorical, values: [checkup, error]}
actions:
  - action_find: {outcome: {slot: kind, values: [checkup, error]}, sets: [], timeout: 5, holds: [checkup]}
responses:
  utter_ask_day: [{text: "Day?", buttons: [{title: Today, payload: /SetSlots(day=today)}]}]
  utter_ask_sure: [{text: "Sure?"}]
  utter_done: [{text: "Done."}]
flows:
  book:
    description: book
    if: slots.day is null
    nlu_trigger: [{intent: {name: book_visit, confidence_threshold: 0.5}}]
    steps:
      - collect: day
        max_attempts: 2
        rejections: [{if: slots.day is "never", utter: utter_done}]
      - collect: sure
        next:
          - if: slots.sure
            then: [{action: utter_done, next: END}]
          - else: END
nlu:
  - intent: book_visit
    examples: |
      - book me in
session_config: {session_expiration_time: 60}
"""

#: A piece of good content, and what is wrong in its place: keys and types, which both can tell.
WRONG = [
    ("slots:\n  day", "slot:\n  day"),
    ("type: bool", "type: boolean"),
    ("type: bool", "tpye: bool"),
    ("values: [checkup, error]}\n", "values: checkup}\n"),
    ("type: from_entity, entity", "type: from_entities, entity"),
    ("type: from_entity, entity: time", "type: from_entity"),
    ("entity: time", "entity: time, value: 3"),
    ("sets: []", "sets: {}"),
    ("timeout: 5", "timeout: soon"),
    ("timeout: 5", "timeout: 0"),
    ("timeout: 5", "time_out: 5"),
    ("outcome: {slot: kind, values", "outcome: {slots: kind, values"),
    ("payload: /SetSlots(day=today)", "value: today"),
    ("title: Today", "title: 3"),
    ('[{text: "Done."}]', '{text: "Done."}'),
    ('[{text: "Done."}]', "[]"),
    ('[{text: "Done."}]', "[{channel: whatsapp}]"),
    ("utter_done: [", "done: ["),
    ("description: book\n", "name: book\n"),
    ("confidence_threshold: 0.5", "confidence_threshold: 2"),
    ("confidence_threshold: 0.5", "confidence: 0.5"),
    ("- collect: day", "- colect: day"),
    ("- collect: day", "- collect: [day]"),
    ("max_attempts: 2", "max_attempts: many"),
    ("max_attempts: 2", "max_attempts: 0"),
    ("max_attempts: 2", "attempts: 2"),
    ("max_attempts: 2", "ask_before_filling: yes"),
    (", utter: utter_done}", "}"),
    ("then: [{action: utter_done, next: END}]", "then: []"),
    ("then: [{action: utter_done, next: END}]", "that: END"),
    ("if: slots.day is null", "if: [slots.day]"),
    ("session_expiration_time: 60", "session_expiration_time: long"),
    ("session_expiration_time: 60", "expiration_time: 60"),
    ("- intent: book_visit\n    examples", "- intents: book_visit\n    examples"),
]


def judged(content: str) -> list[str]:
    """What the schema finds, the loader's values being what editors see."""
    return [error.message for error in VALIDATOR.iter_errors(read_text(content, shown_as="x").plain())]


def test_the_shipped_schema_is_the_one_made_from_the_loaders_tables() -> None:
    assert (FLOWS / "flow.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())

    assert json.loads(schema_text()) == schema()


def test_good_content_pleases_both() -> None:
    assert (refusal(GOOD), judged(GOOD)) == ([], [])


@pytest.mark.parametrize(("good", "wrong"), WRONG, ids=[wrong for _, wrong in WRONG])
def test_a_wrong_key_or_type_displeases_both(good: str, wrong: str) -> None:
    content = GOOD.replace(good, wrong, 1)

    assert content != GOOD
    assert (refusal(content) != [], judged(content) != []) == (True, True)


@pytest.mark.parametrize("path", SHIPPED, ids=[str(path.relative_to(FLOWS)) for path in SHIPPED])
def test_every_shipped_file_names_the_schema_and_keeps_to_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    up = "../" * (len(path.relative_to(FLOWS).parts) - 1)
    found: Any = [error.message for error in VALIDATOR.iter_errors(read_file(path).plain())]

    assert (first, found) == (f"# yaml-language-server: $schema={up}flow.schema.json", [])


def test_the_built_in_content_keeps_to_it() -> None:
    content = read_file(FLOWS.parent / "bot" / "dialogue" / "builtin.yml").plain()

    assert [error.message for error in VALIDATOR.iter_errors(content)] == []

"""Which text is said, in which language, with what filled in (flow format, 6), and payloads (14.3)."""

from typing import Any

import pytest
from talk import FACTS, Desk, load

from bot.dialogue import payload_commands
from bot.dialogue.commands import (
    CancelFlow,
    HumanHandoff,
    KnowledgeAnswer,
    SetSlot,
    StartFlow,
    StopMessages,
)
from bot.dialogue.payloads import IntentPayload, SlotsPayload, read_payload

SAY = """
slots:
  urgent: {type: bool}
  number: {type: float}
  names: {type: list, mappings: [{type: controlled}]}
  day: {type: text}
actions:
  - action_note: {sets: [names, urgent, number]}
answers:
  prices: [{text: "A visit is {number} euro."}]
responses:
  utter_hello:
    - text: "Hello."
    - condition: slots.urgent is true
      text: "Hello, at once!"
    - channel: sms
      text: "Hi."
    - channel: sms
      condition: slots.urgent is true
      text: "Hi!"
  utter_only_sms: [{channel: sms, text: "Hi."}]
  utter_values: [{text: "{number} {names} {urgent} {{day}} <{day}>"}]
  utter_buttons:
    - text: "Choose."
      buttons:
        - {title: "{number}", payload: "/SetSlots(number={number}, urgent=true)"}
        - {title: Ask, payload: '/book_visit{{"day": "friday"}}'}
  utter_varied: [{text: one}, {text: two}, {text: three}]
  utter_ask_day: [{text: "Day?"}]
flows:
  hello:
    name: a
    description: d
    nlu_trigger: [{intent: book_visit}]
    steps: [{action: action_note}, {action: utter_hello}]
  only: {name: b, description: d, steps: [{action: utter_only_sms}]}
  values: {name: c, description: d, steps: [{action: action_note}, {action: utter_values}]}
  buttons: {name: e, description: d, steps: [{action: action_note}, {action: utter_buttons}]}
  varied: {name: f, description: d, steps: [{action: utter_varied}]}
  ask: {name: g, description: d, steps: [{collect: day}]}
"""

THREE = """
language: en
additional_languages: [it, ru]
"""

IN_THREE = """
responses:
  utter_day:
    - text: "Day?"
      translation: {it: "Giorno?", ru: "День?"}
flows:
  day:
    name: day
    description: d
    translation: {it: {name: giorno}, ru: {name: день}}
    steps: [{action: utter_day}]
"""


def sets(**slots: Any) -> dict[str, Any]:
    return {"action_note": tuple({"event": "slot", "name": n, "value": v} for n, v in slots.items())}


def test_a_condition_goes_before_none() -> None:
    assert Desk(SAY, results=sets(urgent=True)).hears(StartFlow("hello")).says[0] == "Hello, at once!"
    assert Desk(SAY, results=sets(urgent=False)).hears(StartFlow("hello")).says[0] == "Hello."


def test_a_response_of_which_nothing_fits_is_apologised_for_and_recorded() -> None:
    desk = Desk(SAY).hears(StartFlow("only"))

    assert desk.utters[0] == "utter_internal_error_rasa"
    assert desk.told("engine_error") == ["engine_error"]


def test_values_are_shown_as_people_write_them() -> None:
    desk = Desk(SAY, results=sets(number=3.0, names=["Anna", "Boris"], urgent=True)).hears(
        StartFlow("values")
    )

    assert desk.says[0] == "3 Anna, Boris true {day} <>"
    assert [event["name"] for event in desk.events if event["event"] == "render_null"] == ["day"]


def test_payloads_of_buttons_are_filled_in_too() -> None:
    desk = Desk(SAY, results=sets(number=2.5)).hears(StartFlow("buttons"))

    assert [(b.title, b.payload) for b in desk.conversation.offered] == [
        ("2.5", "/SetSlots(number=2.5, urgent=true)"),
        ("Ask", '/book_visit{"day": "friday"}'),
    ]


def test_the_variation_depends_on_the_turn_and_on_nothing_else() -> None:
    first = [Desk(SAY).hears(StartFlow("varied")).says[0] for _ in range(3)]
    desk = Desk(SAY)
    later = {desk.hears(StartFlow("varied")).says[0] for _ in range(20)}

    assert len(set(first)) == 1
    assert later == {"one", "two", "three"}


@pytest.mark.parametrize(
    ("language", "said"), [("it", "Giorno?"), ("it-CH", "Giorno?"), ("ru", "День?"), ("de", "Day?")]
)
def test_the_language_of_the_conversation_then_its_base_then_the_primary_one(
    language: str, said: str
) -> None:
    assistant = load({"config.yml": THREE, "day.yml": IN_THREE}, ["en", "it", "ru"])
    desk = Desk(assistant, language=language).hears(StartFlow("day"))

    assert desk.says[0] == said


def test_a_message_may_switch_the_language() -> None:
    assistant = load({"config.yml": THREE, "day.yml": IN_THREE}, ["en", "it", "ru"])
    desk = Desk(assistant).hears(StartFlow("day"), language="ru")

    assert desk.says == ["День?", "Могу ли я ещё чем-нибудь помочь?"]
    assert desk.conversation.language == "ru"


def test_a_prepared_answer_is_given_and_the_question_asked_again() -> None:
    desk = Desk(SAY).hears(StartFlow("ask")).hears(KnowledgeAnswer("prices"))

    assert desk.utters == ["utter_faq/prices", "utter_ask_day"]


def test_a_question_without_prepared_answer_says_how_to_reach_a_person() -> None:
    desk = Desk(SAY).hears(StartFlow("ask")).hears(KnowledgeAnswer("parking"))

    assert desk.utters == ["utter_no_relevant_answer_found", "utter_ask_day"]


@pytest.mark.parametrize(
    ("payload", "read"),
    [
        ("/SetSlots(a=b, c = d e )", SlotsPayload((("a", "b"), ("c", "d e")))),
        (
            "/SetSlots(a=null,b=None,c=undefined,d=)",
            SlotsPayload((("a", None), ("b", None), ("c", None), ("d", ""))),
        ),
        ("/SetSlots(a=2026-03-02T09:00+01:00)", SlotsPayload((("a", "2026-03-02T09:00+01:00"),))),
        ("/SetSlots(a=b=c)", SlotsPayload((("a", "b=c"),))),
        ("/SetSlots(a)", None),
        ("/SetSlots()", None),
        ("/SetSlots(" + ",".join(f"s{n}=1" for n in range(11)) + ")", None),
        ("/setslots(a=b)", None),
        ("/human", IntentPayload("human")),
        ("/faq/hours", IntentPayload("faq/hours")),
        ('/book_visit{"day": "friday"}', IntentPayload("book_visit", {"day": "friday"})),
        ("/book_visit{day}", None),
        ("/", None),
        ("human", None),
        ("12/03", None),
    ],
)
def test_a_payload_is_slots_an_intent_or_words(payload: str, read: Any) -> None:
    assert read_payload(payload) == read


@pytest.mark.parametrize(
    ("payload", "commands"),
    [
        ("/SetSlots(day=friday)", (SetSlot("day", "friday", by_tap=True),)),
        ("/book_visit", (StartFlow("hello"),)),
        ("/human", (HumanHandoff(),)),
        ("/faq/prices", (KnowledgeAnswer("prices"),)),
        ("/stop", (StopMessages(),)),
        ("/cancel_flow", (CancelFlow(),)),
        ("Friday", None),
    ],
)
def test_a_tap_asks_what_its_button_says(payload: str, commands: Any) -> None:
    assert payload_commands(payload, load(SAY)) == commands


def test_every_built_in_text_has_the_same_blanks_in_every_language() -> None:
    assistant = load({"config.yml": THREE, "day.yml": IN_THREE}, ["en", "it", "ru"])

    assert assistant.warnings == ()
    assert {
        n
        for n, r in assistant.responses.items()
        for v in r.variations
        if v.texts.keys() != {"en", "it", "ru"}
    } == set()
    assert FACTS.keys() <= assistant.slots.keys()

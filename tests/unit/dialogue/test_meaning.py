"""From what a message means to what it asks of the engine (flow format, 14.1 and 14.2)."""

from typing import Any

import pytest
from talk import Desk, load

from bot.dialogue import Assistant, asked, commands_for, understanding_context_parts
from bot.dialogue.commands import (
    CancelFlow,
    ChitChat,
    Clarify,
    Command,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    RepeatBotMessages,
    SetSlot,
    SkipQuestion,
    StartFlow,
    StopMessages,
)
from nlu.understanding import Entity, Intent, OfferedChoice, RedFlag, Understanding

VISITS = """
intents: [yoga]
slots:
  patient_name: {type: text}
  phone: {type: text, mappings: [{type: from_entity, entity: phone, conditions: [{active_flow: book}]}]}
  wish: {type: any}
  visit_type: {type: text}
  opening:
    type: text
    mappings:
      - type: from_llm
      - {type: from_intent, intent: other_openings, value: other}
  sure: {type: bool}
  note: {type: text}
  shade: {type: categorical, values: [white, cream]}
  stars: {type: float}
  how: {type: text, mappings: [{type: from_trigger_intent, intent: yoga, value: yoga}]}
answers:
  prices: [{text: "80 euro."}]
responses:
  utter_ask_patient_name: [{text: "Name?"}]
  utter_ask_phone: [{text: "Phone?"}]
  utter_ask_wish: [{text: "When?"}]
  utter_ask_visit_type: [{text: "What for?"}]
  utter_ask_opening:
    - text: "Which one?"
      buttons:
        - {title: "Tue 10:00", payload: /SetSlots(opening=a)}
        - {title: "Tue 11:00", payload: /SetSlots(opening=b)}
  utter_ask_sure: [{text: "Sure?"}]
  utter_ask_note: [{text: "A note?"}]
  utter_ask_shade: [{text: "Which shade?"}]
  utter_ask_stars: [{text: "How many stars?"}]
  utter_ask_how: [{text: "How?"}]
flows:
  book:
    name: booking
    description: book a visit
    nlu_trigger: [{intent: {name: book_visit, confidence_threshold: 0.5}}]
    steps:
      - collect: patient_name
      - collect: phone
      - collect: visit_type
      - collect: wish
      - collect: opening
      - collect: sure
        ask_before_filling: true
  form:
    name: questions
    description: ask for this and that
    nlu_trigger: [{intent: yoga}]
    steps:
      - collect: note
      - collect: shade
      - collect: stars
      - collect: how
"""
WISH = {"windows": [["2026-03-03T00:00", "2026-03-04T00:00"]], "part": None, "asap": False}
FRIDAY = {"windows": [["2026-03-06T00:00", "2026-03-07T00:00"]], "part": None, "asap": False}
ANSWERS = (
    SetSlot("patient_name", "Anna"),
    SetSlot("phone", "+393330000001"),
    SetSlot("visit_type", "first_visit"),
    SetSlot("wish", WISH),
    SetSlot("opening", "a"),
)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return load(VISITS)


def at(assistant: Assistant, slot: str | None, flow: str = "book") -> Desk:
    """A desk where this slot is asked; None: where nothing is under way."""
    desk = Desk(assistant)
    if slot is None:
        return desk
    names = [command.name for command in ANSWERS]
    given = ANSWERS[: names.index(slot)] if slot in names else ANSWERS
    answers = {"shade": ("note",), "stars": ("note", "shade")}.get(slot, ())
    values = {"note": "x", "shade": "white"}
    others = tuple(SetSlot(name, values[name]) for name in answers)
    desk.hears(StartFlow(flow), *(given if flow == "book" else others))
    waiting = asked(assistant, desk.conversation)
    assert waiting is not None
    assert waiting.slot == slot
    return desk


def meaning(
    intent: str | None = None, confidence: float = 0.9, text: str = "words", **entities: Any
) -> Understanding:
    return Understanding(
        text=text,
        language="en",
        intent=Intent(name=intent, confidence=confidence) if intent else None,
        intent_ranking=(Intent(name=intent, confidence=confidence),) if intent else (),
        entities=tuple(
            Entity(entity=name, value=value, start=10 * n, end=10 * n + 5, text="words")
            for n, (name, value) in enumerate(entities.items())
        ),
    )


def commands(
    assistant: Assistant, slot: str | None, said: Understanding, flow: str = "book"
) -> tuple[Command, ...]:
    return commands_for(said, at(assistant, slot, flow).conversation, assistant)


@pytest.mark.parametrize("level", ["A", "B"])
def test_a_red_flag_is_an_emergency_and_nothing_else(assistant: Assistant, level: Any) -> None:
    said = Understanding(
        text="x",
        language="en",
        intent=Intent(name="cancel_flow", confidence=1.0),
        red_flag=RedFlag(level=level, key="airway"),
    )

    assert commands(assistant, "wish", said) == (Emergency(level, "airway"),)


def test_what_should_be_seen_today_also_calls_a_person(assistant: Assistant) -> None:
    said = Understanding(text="x", language="en", intent=None, red_flag=RedFlag(level="C", key="swelling"))

    assert commands(assistant, None, said) == (Emergency("C", "swelling"), HumanHandoff("emergency"))


@pytest.mark.parametrize(
    ("slot", "intent", "expected"),
    [
        (None, "book_visit", (StartFlow("book"),)),
        (None, "stop", (StopMessages(),)),
        (None, "human", (HumanHandoff(),)),
        ("wish", "complaint", (HumanHandoff("complaint"),)),
        (None, "reschedule_visit", (HumanHandoff("reschedule_visit"),)),
        ("wish", "faq/prices", (KnowledgeAnswer("prices"),)),
        ("wish", "cancel_flow", (CancelFlow(),)),
        (None, "cancel_flow", (KnowledgeAnswer("nothing_to_cancel"),)),
        ("wish", "skip", (SkipQuestion(),)),
        (None, "skip", ()),
        ("wish", "repeat", (RepeatBotMessages(),)),
        (None, "chitchat", (ChitChat(),)),
        (None, "greet", (KnowledgeAnswer("greet"),)),
        ("opening", "other_openings", (SetSlot("opening", "other"),)),
        ("wish", "out_of_scope", ()),
        (None, None, ()),
    ],
)
def test_an_intent_asks_for_what_it_says(
    assistant: Assistant, slot: str | None, intent: str | None, expected: tuple[Command, ...]
) -> None:
    assert commands(assistant, slot, meaning(intent)) == expected


def test_a_flow_is_started_only_by_an_intent_that_is_sure_enough(assistant: Assistant) -> None:
    assert commands(assistant, None, meaning("book_visit", 0.49)) == ()
    assert commands(assistant, None, meaning("book_visit", 0.5)) == (StartFlow("book"),)


def test_what_comes_with_the_wish_to_book_is_taken_too(assistant: Assistant) -> None:
    said = meaning("book_visit", person="Anna Green", phone="+393330000001", wish=WISH)

    assert commands(assistant, None, said) == (
        StartFlow("book"),
        SetSlot("patient_name", "Anna Green"),
        SetSlot("phone", "+393330000001"),
        SetSlot("wish", WISH),
    )


@pytest.mark.parametrize("intent", [None, "out_of_scope", "greet", "thanks", "chitchat"])
def test_a_name_where_a_name_is_asked_is_a_name(assistant: Assistant, intent: str | None) -> None:
    assert commands(assistant, "patient_name", meaning(intent, person="Anna")) == (
        SetSlot("patient_name", "Anna"),
    )


def test_a_strong_intent_stands_beside_the_answer(assistant: Assistant) -> None:
    said = meaning("faq/prices", 0.9, person="Anna")
    assert commands(assistant, "patient_name", said) == (
        KnowledgeAnswer("prices"),
        SetSlot("patient_name", "Anna"),
    )

    weak = meaning("faq/prices", 0.3, person="Anna")
    assert commands(assistant, "patient_name", weak) == (SetSlot("patient_name", "Anna"),)


@pytest.mark.parametrize(("said", "value"), [(meaning(yes_no=True), True), (meaning("deny"), False)])
def test_yes_and_no_answer_a_yes_or_no_question(
    assistant: Assistant, said: Understanding, value: bool
) -> None:
    assert commands(assistant, "sure", said) == (SetSlot("sure", value),)


def test_a_yes_with_a_change_is_not_yet_a_yes(assistant: Assistant) -> None:
    said = meaning(yes_no=True, wish=FRIDAY)
    assert commands(assistant, "sure", said) == (SetSlot("wish", FRIDAY),)

    same_day = meaning(yes_no=True, wish=WISH)
    assert SetSlot("sure", True) in commands(assistant, "sure", same_day)


def test_naming_a_choice_is_a_tap_on_it(assistant: Assistant) -> None:
    desk = at(assistant, "opening")
    parts = understanding_context_parts(assistant, desk.conversation)
    assert parts["asking"] == "opening"
    assert parts["choices"] == (
        OfferedChoice(title="Tue 10:00", value="/SetSlots(opening=a)"),
        OfferedChoice(title="Tue 11:00", value="/SetSlots(opening=b)"),
    )
    said = meaning(choice="/SetSlots(opening=b)", wish=FRIDAY)

    assert commands_for(said, desk.conversation, assistant) == (SetSlot("opening", "b", by_tap=True),)


def test_a_choice_that_is_not_in_view_is_no_choice(assistant: Assistant) -> None:
    assert commands(assistant, "opening", meaning(choice="/SetSlots(opening=c)")) == ()


def test_an_answer_to_something_else_is_a_correction_in_the_making(assistant: Assistant) -> None:
    assert commands(assistant, "opening", meaning(wish=FRIDAY)) == (SetSlot("wish", FRIDAY),)


def test_a_free_question_takes_the_whole_message_unless_it_means_something(assistant: Assistant) -> None:
    assert commands(assistant, "note", meaning(text=" no sugar "), "form") == (SetSlot("note", "no sugar"),)
    assert commands(assistant, "note", meaning("faq/prices"), "form") == (KnowledgeAnswer("prices"),)


@pytest.mark.parametrize(
    ("slot", "text", "expected"),
    [
        ("shade", "the Cream one please", (SetSlot("shade", "cream"),)),
        ("shade", "white or cream", ()),
        ("stars", "4,5 stars", (SetSlot("stars", "4,5"),)),
        ("stars", "many", ()),
    ],
)
def test_choices_and_numbers_are_read_from_the_words(
    assistant: Assistant, slot: str, text: str, expected: tuple[Command, ...]
) -> None:
    assert commands(assistant, slot, meaning(text=text), "form") == expected


def test_some_slots_are_filled_by_how_the_flow_was_started(assistant: Assistant) -> None:
    assert commands(assistant, None, meaning("yoga")) == (StartFlow("form"), SetSlot("how", "yoga"))
    assert commands(assistant, "note", meaning("yoga"), "form") == (StartFlow("form"),)


def test_two_flows_that_are_as_likely_are_put_to_the_patient(assistant: Assistant) -> None:
    ranking = (Intent(name="yoga", confidence=0.4), Intent(name="book_visit", confidence=0.35))
    said = Understanding(text="x", language="en", intent=ranking[0], intent_ranking=ranking)

    assert commands(assistant, None, said) == (Clarify(("form", "book")),)


@pytest.mark.parametrize(
    ("slot", "flow", "kind"),
    [
        ("patient_name", "book", "name"),
        ("phone", "book", "phone"),
        ("visit_type", "book", "visit_type"),
        ("wish", "book", "time"),
        ("opening", "book", "opening"),
        ("sure", "book", "yes_no"),
        ("note", "form", "text"),
        ("shade", "form", "choice"),
    ],
)
def test_what_is_asked_for_is_known(assistant: Assistant, slot: str, flow: str, kind: str) -> None:
    waiting = asked(assistant, at(assistant, slot, flow).conversation)

    assert waiting is not None
    assert waiting.kind == kind


def test_nothing_is_asked_of_a_patient_whom_a_person_answers(assistant: Assistant) -> None:
    desk = at(assistant, "wish").hears(HumanHandoff())

    assert asked(assistant, desk.conversation) is None
    assert asked(assistant, at(assistant, None).conversation) is None


@pytest.mark.parametrize("intent", ["thanks", "goodbye"])
def test_the_day_of_a_goodbye_is_a_wish_only_where_a_time_is_asked(assistant: Assistant, intent: str) -> None:
    said = meaning(intent, wish=FRIDAY)

    assert commands(assistant, "sure", said) == (KnowledgeAnswer(intent),)
    assert commands(assistant, None, said) == (KnowledgeAnswer(intent),)
    assert commands(assistant, "wish", said) == (SetSlot("wish", FRIDAY),)


@pytest.mark.parametrize(
    ("intent", "confidence"), [("faq/first_visit", 0.8), ("faq/services", 0.8), ("reschedule_visit", 0.5)]
)
def test_a_visit_and_a_time_together_ask_for_that_visit(
    assistant: Assistant, intent: str, confidence: float
) -> None:
    said = meaning(intent, confidence, visit_type="cleaning", wish=FRIDAY)

    assert commands(assistant, None, said) == (
        StartFlow("book"),
        SetSlot("visit_type", "cleaning"),
        SetSlot("wish", FRIDAY),
    )


def test_a_plain_question_stays_one_whatever_day_it_names(assistant: Assistant) -> None:
    bring = meaning("faq/first_visit", 0.99, visit_type="cleaning", wish=FRIDAY)
    assert commands(assistant, None, bring) == (KnowledgeAnswer("first_visit"),)

    opened = meaning("faq/hours", 0.99, wish=FRIDAY)
    assert commands(assistant, None, opened) == (KnowledgeAnswer("hours"),)


@pytest.mark.parametrize(("intent", "confidence"), [(None, 0.0), ("out_of_scope", 0.7), ("faq/hours", 0.3)])
def test_a_day_that_nothing_else_wants_is_a_wish_to_come(
    assistant: Assistant, intent: str | None, confidence: float
) -> None:
    said = meaning(intent, confidence, wish=FRIDAY)

    assert commands(assistant, None, said) == (StartFlow("book"), SetSlot("wish", FRIDAY))


def test_why_a_name_is_asked_is_a_question_about_the_question(assistant: Assistant) -> None:
    assert commands(assistant, "patient_name", meaning("affirm", 0.63, text="why?")) == (SkipQuestion(),)


def test_whoever_has_to_think_drops_it_for_now(assistant: Assistant) -> None:
    assert commands(assistant, "wish", meaning("affirm", 0.4, text="let me think")) == (CancelFlow(),)

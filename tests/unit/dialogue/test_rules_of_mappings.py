"""What fills a slot, in words and by buttons (flow format, 14.1 to 14.3); texts to the letter (6)."""

from typing import Any

import pytest
from talk import FACTS, MONDAY, Desk, load

from bot.dialogue import Conversation, commands_for, payload_commands
from bot.dialogue.commands import (
    Command,
    DataRequest,
    Restart,
    SessionEnd,
    SessionStart,
    SetSlot,
    StartFlow,
    UserSilence,
)
from bot.dialogue.effects import Utter
from bot.dialogue.events import ActionReturned
from nlu.understanding import Entity, Intent, Understanding

MAPPED = """
intents: [rent, buy, yes_please]
entities: [city, colour]
slots:
  from:
    type: text
    mappings: [{type: from_entity, entity: city, role: departure}]
  to:
    type: text
    mappings:
      - {type: from_entity, entity: city, role: arrival}
      - {type: from_entity, entity: city, not_intent: buy}
  near:
    type: text
    mappings: [{type: from_entity, entity: city, conditions: [{active_flow: buying}]}]
  home: {type: text, mappings: [{type: from_entity, entity: city}]}
  how:
    type: categorical
    values: [rented, bought]
    mappings: [{type: from_trigger_intent, intent: rent, value: rented}]
  agreed: {type: bool, mappings: [{type: from_intent, intent: yes_please, value: true}]}
  words: {type: text, mappings: [{type: from_text, not_intent: yes_please}]}
  secret: {type: text, mappings: [{type: controlled}]}
responses:
  utter_ask_from: [{text: "From?"}]
  utter_ask_to: [{text: "To?"}]
  utter_ask_near: [{text: "Near?"}]
  utter_ask_home: [{text: "Home?"}]
  utter_ask_how: [{text: "How?"}]
  utter_ask_agreed: [{text: "Agreed?"}]
  utter_ask_words: [{text: "In your words?"}]
  utter_ask_secret: [{text: "Secret?", buttons: [{title: A, payload: /SetSlots(secret=a)}]}]
flows:
  renting:
    description: d
    nlu_trigger: [{intent: {name: rent, confidence_threshold: 0.6}}]
    steps:
      - collect: from
      - collect: to
      - collect: near
      - collect: home
      - collect: how
      - collect: agreed
      - collect: words
      - collect: secret
  buying:
    description: d
    nlu_trigger: [{intent: buy}]
    steps:
      - collect: near
"""


def meaning(
    intent: str | None = None, *cities: tuple[str, str | None], confidence: float = 0.9, text: str = "words"
) -> Understanding:
    entities = tuple(
        Entity(entity="city", value=city, role=role, start=9 * n, end=9 * n + 5, text=city)
        for n, (city, role) in enumerate(cities)
    )
    best = Intent(name=intent, confidence=confidence) if intent else None
    ranking = (best,) if best else ()
    return Understanding(text=text, language="en", intent=best, intent_ranking=ranking, entities=entities)


def understood(desk: Desk, said: Understanding) -> dict[str | None, Any]:
    """The slots that a message fills, and under None the flow it starts."""
    commands = commands_for(said, desk.conversation, desk.assistant)
    starts: dict[str | None, Any] = {}
    for command in commands:
        if isinstance(command, StartFlow):
            starts[None] = command.flow
    return starts | {c.name: c.value for c in commands if isinstance(c, SetSlot)}


def asked(slot: str) -> Desk:
    """A desk that asks this of a patient who rents."""
    answers = {
        "from": "A",
        "to": "B",
        "near": "C",
        "home": "D",
        "how": "rented",
        "agreed": True,
        "words": "w",
    }
    before = list(answers)[: list(answers).index(slot)] if slot in answers else list(answers)
    desk = Desk(MAPPED).hears(StartFlow("renting"), *(SetSlot(name, answers[name]) for name in before))
    assert desk.utters[-1] == f"utter_ask_{slot}"
    return desk


def test_a_flow_is_started_by_a_confidence_that_reaches_its_threshold() -> None:
    assert understood(Desk(MAPPED), meaning("rent", confidence=0.6))[None] == "renting"
    assert understood(Desk(MAPPED), meaning("rent", confidence=0.59)) == {}


def test_starting_comes_before_what_is_set() -> None:
    commands = commands_for(meaning("rent", ("Rome", "departure")), Desk(MAPPED).conversation, load(MAPPED))

    assert commands[0] == StartFlow("renting")
    assert SetSlot("from", "Rome") in commands


def test_roles_tell_entities_apart_and_the_last_one_wins() -> None:
    said = meaning("rent", ("Rome", "departure"), ("Bari", "arrival"), ("Lecce", "arrival"))

    assert understood(Desk(MAPPED), said) == {
        None: "renting",
        "from": "Rome",
        "to": "Lecce",
        "home": "Lecce",
        "how": "rented",
    }


def test_mappings_are_tried_in_order_and_may_depend_on_the_intent_and_the_flow() -> None:
    said = meaning(None, ("Rome", None))
    desk = asked("near")
    assert understood(desk, said) == {"to": "Rome", "home": "Rome"}
    buying = Desk(MAPPED).hears(StartFlow("buying"))

    assert understood(buying, said) == {"near": "Rome"}
    assert "to" not in understood(desk, meaning("buy", ("Rome", None)))


def test_a_trigger_fills_only_in_the_message_that_starts_the_flow() -> None:
    assert understood(Desk(MAPPED), meaning("rent"))["how"] == "rented"
    assert "how" not in understood(asked("how"), meaning("rent"))


def test_an_intent_may_be_the_answer() -> None:
    assert understood(asked("agreed"), meaning("yes_please")) == {"agreed": True}


def test_words_are_taken_whole_only_where_they_are_asked_for() -> None:
    assert understood(asked("words"), meaning(text=" my own words ")) == {"words": "my own words"}
    assert understood(asked("home"), meaning(text="my own words")) == {}


def test_a_controlled_slot_is_set_by_its_button_and_by_no_words() -> None:
    desk = asked("secret")
    assert understood(desk, meaning(text="a")) == {}
    desk.hears(SetSlot("secret", "a"))
    assert desk.slots.get("secret") is None
    desk.hears(*payload_commands("/SetSlots(secret=a)", desk.assistant) or ())

    assert "secret = a" in desk.journal


def tapped(payload: str, desk: Desk | None = None) -> tuple[Command, ...] | None:
    return payload_commands(
        payload, load(MAPPED), desk.conversation if desk else Conversation.new("anna", language="en")
    )


def sets(**slots: Any) -> tuple[SetSlot, ...]:
    return tuple(SetSlot(name, value, by_tap=True) for name, value in slots.items())


@pytest.mark.parametrize(
    ("payload", "commands"),
    [
        ("/rent", (StartFlow("renting"), *sets(how="rented"))),
        ("/yes_please", sets(agreed=True)),
        (
            '/rent{"city": "Rome"}',
            (StartFlow("renting"), *sets(to="Rome", near="Rome", home="Rome", how="rented")),
        ),
        ('/buy{"city": ["Rome", "Bari"]}', (StartFlow("buying"), *sets(near="Bari", home="Bari"))),
        ("/restart", (Restart(),)),
        ("/session_start", (SessionStart(),)),
        ("/session_end", (SessionEnd(),)),
        ("/silence_timeout", (UserSilence(),)),
        ("/my_data", (DataRequest("show"),)),
        ("/SetSlots(to = Rome , home=null)", sets(to="Rome", home=None)),
    ],
)
def test_a_button_says_what_its_payload_says(payload: str, commands: tuple[Command, ...]) -> None:
    assert tapped(payload) == commands


def test_a_trigger_on_a_button_does_not_fill_while_its_flow_is_active() -> None:
    assert tapped("/rent", asked("from")) == (StartFlow("renting"),)


@pytest.mark.parametrize(
    "payload", ["/SetSlots(a)", "/SetSlots(a=(b))", "/rent{city}", "//", "/ rent", "rent"]
)
def test_anything_else_is_words(payload: str) -> None:
    assert tapped(payload) is None


# Texts

SAID = """
actions: [action_set]
slots:
  day: {type: text}
  cost: {type: float}
  sure: {type: bool}
  list: {type: list, mappings: [{type: controlled}]}
responses:
  utter_ask_day: [{text: "Day?"}]
  utter_all: [{text: "{day}|{cost}|{sure}|{list}|{{day}}|{channel}"}]
  utter_card:
    - image: "https://example.org/{day}.png"
      custom: {template: card, day: "{day}", parts: ["{cost}", 3]}
  utter_broken:
    - {text: "Fine."}
    - {text: "Broken.", condition: slots.cost > 3}
  utter_internal_error_rasa: [{text: "Our own apology."}]
  utter_elsewhere: [{channel: sms, text: "Hi."}]
flows:
  all:
    description: d
    run_pattern_completed: false
    steps: [{action: action_set}, {action: utter_all}, {action: utter_card}]
  broken: {description: d, run_pattern_completed: false, steps: [{action: utter_broken}]}
  elsewhere: {description: d, run_pattern_completed: false, steps: [{action: utter_elsewhere}]}
"""


def saying(**slots: Any) -> Desk:
    events = tuple({"event": "slot", "name": name, "value": value} for name, value in slots.items())
    result = ActionReturned(at=MONDAY, call=0, events=events)
    return Desk(SAID, results={"action_set": result})


def test_values_within_a_text_are_written_as_people_write_them() -> None:
    desk = saying(day="monday", cost=80.0, sure=True, list=["a", 2.0]).hears(StartFlow("all"))

    assert desk.says[0] == "monday|80|true|a, 2|{day}|whatsapp"


def test_an_empty_value_is_nothing_and_told() -> None:
    desk = saying().hears(StartFlow("all"))

    assert desk.says[0] == "||||{day}|whatsapp"
    assert [e["name"] for e in desk.events if e["event"] == "render_null"][:4] == [
        "day",
        "cost",
        "sure",
        "list",
    ]


def test_values_are_filled_into_whatever_a_message_carries() -> None:
    desk = saying(day="monday", cost=80).hears(StartFlow("all"))
    card = [effect for effect in desk.effects if isinstance(effect, Utter)][1]

    assert card.data == {
        "image": "https://example.org/monday.png",
        "custom": {"template": "card", "day": "monday", "parts": ["80", 3]},
    }


def test_the_conditions_of_all_variations_are_evaluated() -> None:
    assert saying().hears(StartFlow("broken")).says[:1] == ["Our own apology."]


def test_a_response_of_which_nothing_fits_is_apologised_for_in_the_projects_words() -> None:
    desk = saying().hears(StartFlow("elsewhere"))

    assert desk.says == ["Our own apology."]
    assert [e["message"] for e in desk.events if e["event"] == "engine_error"] == [
        'no variation of "utter_elsewhere" fits'
    ]
    assert FACTS["practice_name"] == desk.conversation.slots["practice_name"]

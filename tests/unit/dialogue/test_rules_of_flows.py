"""Flows, steps, `next` and the values of slots (flow format, 2 to 5)."""

from typing import Any

import pytest
from talk import MONDAY, Desk, load

from bot.dialogue.commands import SetSlot, StartFlow
from bot.dialogue.effects import AlertStaff
from bot.dialogue.events import ActionReturned
from bot.dialogue.model import Slot
from bot.dialogue.values import WrongValue, coerce
from bot.errors import Position

GUARDED = """
actions:
  - action_look: {sets: [way]}
slots:
  member: {type: bool}
  age: {type: float}
  way: {type: text}
  note:
    type: text
    validation: {rejections: [{if: slots.note is "bad", utter: utter_bad}]}
responses:
  utter_ask_member: [{text: "Member?"}]
  utter_ask_note: [{text: "Note?"}]
  utter_bad: [{text: "Bad."}]
  utter_inside: [{text: "Inside."}]
  utter_north: [{text: "North."}]
  utter_south: [{text: "South."}]
  utter_nowhere: [{text: "Nowhere."}]
flows:
  club:
    description: d
    if: slots.member
    nlu_trigger: [{intent: join}]
    steps:
      - action: utter_inside
  grown_up:
    description: d
    if: slots.age > 17
    steps:
      - action: utter_inside
  by_link:
    description: d
    steps:
      - link: club
  by_call:
    description: d
    steps:
      - call: club
      - action: utter_south
  walk:
    description: d
    steps:
      - action: action_look
        next:
          - if: slots.way is "north"
            then:
              - action: utter_north
                next:
                  - if: slots.member
                    then: last
                  - else: END
          - if: slots.way is not null
            then: south
          - else: last
      - id: south
        noop: true
        next:
          - action: utter_south
            next: END
      - id: last
        action: utter_nowhere
  notes:
    description: d
    steps:
      - collect: member
      - set_slots: {note: bad}
      - set_slots: [{note: fine}, {age: "7,5"}]
      - collect: note
        ask_before_filling: true
intents: [join]
"""


def looking(way: str | None) -> Desk:
    result = ActionReturned(at=MONDAY, call=0, events=({"event": "slot", "name": "way", "value": way},))
    return Desk(GUARDED, results={"action_look": result})


def test_a_flow_begins_only_while_its_guard_holds() -> None:
    shut, open_ = Desk(GUARDED), Desk(GUARDED)
    open_.hears(StartFlow("notes"), SetSlot("member", True))

    assert shut.hears(StartFlow("club")).utters == ["utter_ask_rephrase"]
    assert open_.hears(StartFlow("club")).utters[0] == "utter_inside"


@pytest.mark.parametrize("flow", ["by_link", "by_call"])
def test_whoever_is_led_into_a_flow_passes_its_guard(flow: str) -> None:
    assert Desk(GUARDED).hears(StartFlow(flow)).utters[0] == "utter_inside"


def test_an_intent_written_out_passes_the_guard() -> None:
    assert Desk(GUARDED).hears(StartFlow("club", explicit=True)).utters[0] == "utter_inside"


def test_a_guard_that_cannot_be_evaluated_is_an_error_and_not_a_no() -> None:
    desk = Desk(GUARDED).hears(StartFlow("grown_up"))
    [error] = [event for event in desk.events if event["event"] == "engine_error"]

    assert desk.utters == ["utter_internal_error_rasa"]
    assert AlertStaff(reason="error") in desk.effects
    assert (error["flow_id"], error["position"]) == ("grown_up", "f/flows.yml:28:9")


def test_a_step_without_id_is_known_by_its_place_and_its_main_value() -> None:
    flows = load(GUARDED).flows

    assert list(flows["walk"].steps) == ["0_action_look", "1_utter_north", "south", "3_utter_south", "last"]
    assert list(flows["notes"].steps) == ["0_member", "1_set_slots", "2_set_slots", "3_note"]
    assert list(flows["by_link"].steps) == ["0_club"]
    assert list(flows["by_call"].steps) == ["0_club", "1_utter_south"]


@pytest.mark.parametrize(
    ("way", "said"), [("north", "utter_north"), ("west", "utter_south"), (None, "utter_nowhere")]
)
def test_the_first_branch_that_holds_is_taken_else_the_last_one(way: str | None, said: str) -> None:
    assert looking(way).hears(StartFlow("walk")).utters == [said, "utter_can_do_something_else"]


def test_a_nested_step_goes_to_any_step_of_its_flow() -> None:
    desk = looking("north").hears(StartFlow("notes"), SetSlot("member", True))

    assert desk.hears(StartFlow("walk")).utters[:2] == ["utter_north", "utter_nowhere"]


def test_what_an_action_set_is_known_to_its_own_branches() -> None:
    desk = looking("west").hears(StartFlow("walk"))

    assert desk.journal[:4] == ["flow_started walk", "runs action_look", "way = west", "runs utter_south"]


def test_a_step_that_sets_slots_tells_and_neither_checks_nor_corrects() -> None:
    desk = Desk(GUARDED).hears(StartFlow("notes"), SetSlot("member", "yes"))

    assert desk.journal == [
        "member = True",
        "flow_started notes",
        "note = bad",
        "note = fine",
        "age = 7.5",
        "note = None",
        "runs utter_ask_note",
        "says utter_ask_note",
    ]


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  Anna ", "Anna"),
        ("text", 7, "7"),
        ("text", 7.0, "7"),
        ("text", 7.25, "7.25"),
        ("bool", "YES", True),
        ("bool", "no", False),
        ("bool", "True", True),
        ("bool", True, True),
        ("float", "7", 7.0),
        ("float", "-7.5", -7.5),
        ("float", "7,5", 7.5),
        ("float", 3, 3.0),
        ("categorical", "PAIN", "pain"),
        ("categorical", "2", 2),
        ("any", {"a": [1]}, {"a": [1]}),
        *((kind, None, None) for kind in ("text", "bool", "float", "categorical", "any", "list")),
    ],
)
def test_values_are_kept_as_their_slot_spells_them(kind: Any, given: Any, kept: Any) -> None:
    slot = Slot(name="s", type=kind, position=Position("f", 1, 1), values=("pain", 2))
    value = coerce(slot, given)

    assert (type(value), value) == (type(kept), kept)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", True),
        ("text", ["a"]),
        ("bool", 1),
        ("bool", "perhaps"),
        ("float", "7 or 8"),
        ("float", "1e3"),
        ("float", True),
        ("categorical", "chest"),
        ("list", "a"),
    ],
)
def test_values_of_another_type_are_not_taken(kind: Any, given: Any) -> None:
    slot = Slot(name="s", type=kind, position=Position("f", 1, 1), values=("pain", 2))

    with pytest.raises(WrongValue):
        coerce(slot, given)

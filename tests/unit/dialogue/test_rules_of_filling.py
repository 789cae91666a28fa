"""Asking, rejecting, validating and correcting (flow format, 10)."""

from typing import Any

import pytest
from talk import BOOKING, Desk, load

from bot.dialogue.commands import CancelFlow, CannotHandle, ChitChat, CorrectSlots, SetSlot, StartFlow

TRIP = """
actions:
  - validate_to: {sets: [to]}
  - action_price: {sets: []}
slots:
  from: {type: text}
  to: {type: text}
  start: {type: float}
  end: {type: float}
  code:
    type: text
    validation:
      rejections:
        - if: not (slots.code matches "^[0-9]+$")
          utter: utter_digits
  pin:
    type: text
    validation:
      rejections:
        - if: not (slots.pin matches "^[0-9]+$")
          utter: utter_digits
      refill_utter: utter_pin_again
  sure: {type: bool}
responses:
  utter_ask_from: [{text: "From?"}]
  utter_ask_to: [{text: "To?"}]
  utter_ask_start: [{text: "Start?"}]
  utter_ask_end: [{text: "End?"}]
  utter_ask_code: [{text: "Code?"}]
  utter_ask_pin: [{text: "PIN?"}]
  utter_ask_sure: [{text: "Sure?"}]
  utter_digits: [{text: "Digits, not {value}."}]
  utter_pin_again: [{text: "The PIN again?"}]
  utter_backwards: [{text: "Ends before it starts."}]
  utter_odd: [{text: "Odd."}]
flows:
  trip:
    description: d
    steps:
      - collect: from
      - call: legs
      - action: action_price
      - collect: sure
        ask_before_filling: true
      - collect: code
      - collect: pin
  legs:
    description: d
    if: false
    steps:
      - collect: to
      - collect: start
      - collect: end
        rejections:
          - {if: slots.end < slots.start, utter: utter_backwards}
          - {if: slots.end = 13, utter: utter_odd}
"""
ASKED_TO = (StartFlow("trip"), SetSlot("from", "Rome"))
ASKED_SURE = (*ASKED_TO, SetSlot("to", "Bari"), SetSlot("start", 1), SetSlot("end", 2))


def test_a_filled_question_still_meets_its_rejections() -> None:
    desk = Desk(TRIP).hears(*ASKED_TO, SetSlot("to", "Bari"), SetSlot("start", 3), SetSlot("end", 2))

    assert desk.utters == ["utter_backwards", "utter_ask_end"]


def test_the_first_rejection_that_holds_is_the_only_one() -> None:
    desk = Desk(TRIP).hears(*ASKED_TO, SetSlot("to", "Bari"), SetSlot("start", 20), SetSlot("end", 13))

    assert desk.journal[-4:] == [
        "end = None",
        "says utter_backwards",
        "runs utter_ask_end",
        "says utter_ask_end",
    ]


def test_the_validating_action_runs_also_for_an_empty_slot() -> None:
    desk = Desk(TRIP).hears(*ASKED_TO)
    assert desk.ran == ["validate_to"]
    desk.hears(SetSlot("to", "Bari"))

    assert desk.ran == ["validate_to"]
    assert desk.utters == ["utter_ask_start"]


def test_a_validating_action_may_refuse_and_the_question_comes_again() -> None:
    refuses = [(), ({"event": "slot", "name": "to", "value": None},)]
    desk = Desk(TRIP, results={"validate_to": refuses}).hears(*ASKED_TO).hears(SetSlot("to", "Atlantis"))

    assert desk.journal == [
        "to = Atlantis",
        "runs validate_to",
        "to = None",
        "runs utter_ask_to",
        "says utter_ask_to",
    ]


def test_a_question_is_asked_again_when_what_lay_above_it_ends() -> None:
    desk = Desk(TRIP).hears(*ASKED_TO).hears(ChitChat())

    assert desk.utters == ["utter_cannot_handle", "utter_ask_to"]


def test_ask_before_filling_empties_on_every_entry() -> None:
    desk = Desk(TRIP).hears(*ASKED_SURE).hears(SetSlot("sure", True))
    assert desk.utters == ["utter_ask_code"]
    desk.hears(SetSlot("from", "Turin"))

    assert desk.utters == ["utter_corrected_previous_input", "utter_ask_sure"]
    assert "sure = None" in desk.journal
    assert desk.ran == ["validate_to", "action_price"]


def test_the_slot_that_was_said_last_is_checked_first() -> None:
    desk = Desk(TRIP).hears(StartFlow("trip"), SetSlot("code", "a"), SetSlot("pin", "b"))
    assert desk.utters == ["utter_digits", "utter_pin_again"]
    assert desk.stack == ["trip", "pattern_validate_slot", "pattern_validate_slot ?validate"]
    desk.hears(SetSlot("pin", "1"))
    assert desk.utters == ["utter_digits", "utter_ask_code"]
    desk.hears(SetSlot("code", "2"))

    assert desk.utters == ["utter_ask_from"]
    assert desk.slots == {"code": "2", "pin": "1"}


def test_a_slot_under_validation_is_not_validated_twice() -> None:
    desk = Desk(TRIP).hears(StartFlow("trip"), SetSlot("pin", "b")).hears(SetSlot("pin", "c"))

    assert desk.utters == ["utter_digits", "utter_pin_again"]
    assert desk.says[0] == "Digits, not c."
    assert len(desk.stack) == 2


def test_a_corrected_slot_is_validated_after_the_correction() -> None:
    desk = Desk(TRIP).hears(*ASKED_SURE, SetSlot("code", "1"))
    desk.hears(SetSlot("code", "x"))

    assert desk.journal[:5] == [
        "flow_started pattern_correction",
        "runs action_correct_flow_slot",
        "code = x",
        "runs utter_corrected_previous_input",
        "says utter_corrected_previous_input",
    ]
    assert desk.utters[1:] == ["utter_digits", "utter_ask_code"]


def test_a_correction_in_a_call_goes_back_to_the_first_visited_step_that_fills_it() -> None:
    desk = Desk(TRIP).hears(*ASKED_SURE)
    desk.hears(SetSlot("end", 5), SetSlot("start", 4))
    assert desk.told("flow_started") == ["flow_started pattern_correction", "flow_started legs"]

    assert (desk.slots["start"], desk.slots["end"]) == (4.0, 5.0)
    assert desk.utters == ["utter_corrected_previous_input", "utter_ask_sure"]


def test_the_call_directly_above_is_no_place_to_go_back_to() -> None:
    desk = Desk(TRIP).hears(*ASKED_TO, SetSlot("to", "Bari")).hears(SetSlot("to", "Lecce"))

    assert desk.told("flow_started") == ["flow_started pattern_correction"]
    assert desk.stack == ["trip", "legs ?1_start"]


def test_a_correction_goes_forward_past_nothing_that_is_still_asked() -> None:
    """After a jump back, what came later counts as not yet visited."""
    desk = Desk().hears(StartFlow("book"), SetSlot("name", "A"), SetSlot("reason", "pain"))
    desk.hears(CorrectSlots({"name": None}))
    assert desk.says[-1] == "Your name?"
    desk.hears(SetSlot("reason", "checkup"))

    assert desk.says == ["All right, I've changed that.", "Your name?"]
    assert desk.slots == {"reason": "checkup"}


def test_the_slots_of_a_call_that_a_correction_dropped_are_reset_in_the_end() -> None:
    desk = Desk(TRIP).hears(*ASKED_TO, SetSlot("to", "Bari")).hears(SetSlot("from", "Turin"))
    [frame] = [frame for frame in desk.conversation.stack if frame.flow_id == "trip"]
    assert frame.called == ("legs",)
    desk.hears(CancelFlow())

    assert desk.slots == {}


def test_correcting_to_nothing_asks_again() -> None:
    desk = Desk(TRIP).hears(*ASKED_SURE).hears(CorrectSlots({"from": None}))

    assert desk.utters == ["utter_corrected_previous_input", "utter_ask_from"]


def test_what_is_always_asked_anew_is_only_asked_again() -> None:
    desk = Desk(TRIP).hears(*ASKED_SURE).hears(SetSlot("sure", True)).hears(SetSlot("sure", False))

    assert desk.utters == ["utter_ask_sure"]
    assert "sure = False" not in desk.journal


CONFIRMING = BOOKING.replace(
    "flows:\n",
    """flows:
  pattern_correction:
    description: ask before changing an answer
    steps:
      - noop: true
        next:
          - if: context.is_reset_only
            then: [{action: action_correct_flow_slot, next: END}]
          - else: ask_first
      - id: ask_first
        collect: change
        next:
          - if: slots.change
            then: [{action: action_correct_flow_slot}, {action: utter_corrected_previous_input, next: END}]
          - else: [{action: utter_kept, next: END}]
""",
).replace(
    "responses:\n",
    'responses:\n  utter_ask_change: [{text: "Change it?"}]\n  utter_kept: [{text: "Kept."}]\n',
)
CONFIRMING = CONFIRMING.replace("slots:\n", "slots:\n  change: {type: bool}\n", 1)
READY = (StartFlow("book"), SetSlot("name", "Anna"), SetSlot("reason", "checkup"), SetSlot("day", "friday"))


def test_a_correction_that_waits_takes_in_the_next_and_the_newer_value_wins() -> None:
    desk = Desk(load(CONFIRMING)).hears(*READY).hears(SetSlot("day", "monday"))
    desk.hears(SetSlot("reason", "pain"), SetSlot("day", "tuesday"))
    [waiting] = [f for f in desk.conversation.stack if f.flow_id == "pattern_correction"]
    assert waiting.context["corrected_slots"] == {"day": "tuesday", "reason": "pain"}
    assert waiting.context["new_slot_values"] == ["tuesday", "pain"]
    assert (waiting.context["reset_flow_id"], waiting.context["reset_step_id"]) == ("book", "1_reason")
    desk.hears(SetSlot("change", True))

    assert desk.slots == {"name": "Anna", "reason": "pain", "day": "tuesday", "found": "some"}


@pytest.mark.parametrize("command", [CancelFlow(), StartFlow("price")])
def test_a_correction_that_waits_is_discarded_by_another_wish(command: Any) -> None:
    desk = Desk(load(CONFIRMING)).hears(*READY).hears(SetSlot("day", "monday")).hears(command)

    assert "pattern_correction" not in " ".join(desk.stack)
    assert "day = monday" not in desk.journal


# The loops as flows of a project's own

LOOPS = """  pattern_collect_information:
    description: ask in our own way
    steps:
      - id: start
        action: action_run_slot_rejections
      - action: validate_{{context.collect}}
        next:
          - if: "slots.{{context.collect}} is not null"
            then: END
          - else: ask
      - id: ask
        action: "{{context.utter}}"
      - action: "{{context.collect_action}}"
      - action: action_listen
        next: start
  pattern_validate_slot:
    description: validate in our own way
    steps:
      - id: start
        action: action_run_slot_rejections
        next:
          - if: "slots.{{context.validate}} is not null"
            then: END
          - else: ask
      - id: ask
        action: "{{context.refill_utter}}"
      - action: "{{context.refill_action}}"
      - action: action_listen
        next: start
"""
OWN = load(TRIP.replace("flows:\n", "flows:\n" + LOOPS, 1))
STORY: tuple[Any, ...] = (
    (StartFlow("trip"), SetSlot("pin", "x")),
    (SetSlot("pin", "1"),),
    (SetSlot("from", "Rome"), SetSlot("to", "Bari"), SetSlot("start", "late")),
    (),
    (SetSlot("start", "20"),),
    (SetSlot("end", 13),),
    (SetSlot("from", "Turin"), SetSlot("end", 21)),
    (ChitChat(),),
    (SetSlot("end", 22),),
    (SetSlot("sure", True),),
    (SetSlot("code", "7"),),
)


def test_loops_written_as_flows_ask_what_the_engines_own_would_ask() -> None:
    own, native = Desk(OWN), Desk(TRIP)
    said = [(own.hears(*turn).utters, native.hears(*turn).utters) for turn in STORY]

    assert [first for first, _ in said] == [second for _, second in said]
    assert own.slots == native.slots
    assert own.stack == native.stack == []


def test_a_loop_of_a_projects_own_is_a_pattern_like_any_other() -> None:
    desk = Desk(OWN).hears(StartFlow("trip"))

    assert desk.journal == [
        "flow_started trip",
        "flow_started pattern_collect_information",
        "runs action_run_slot_rejections",
        "runs utter_ask_from",
        "says utter_ask_from",
        "runs action_listen",
    ]
    assert desk.stack == ["trip", "pattern_collect_information ?4_action_listen"]


def test_a_loop_of_a_projects_own_counts_attempts_too() -> None:
    desk = Desk(OWN).hears(StartFlow("trip"))
    said = [desk.hears(CannotHandle()).utters[0] for _ in range(3)]

    assert said == ["utter_ask_rephrase", "utter_offer_person", "utter_handoff_started"]

"""The worked trace of the flow format (19), event by event."""

from talk import Desk

from bot.dialogue.commands import CancelFlow, SetSlot, StartFlow

PRACTICE = """
actions:
  - action_find: {sets: []}
slots:
  patient_name: {type: text}
  visit_reason: {type: categorical, values: [checkup, pain, cleaning]}
  visit_day: {type: text}
responses:
  utter_ask_patient_name: [{text: "Your name?"}]
  utter_ask_visit_reason: [{text: "What for?"}]
  utter_ask_visit_day: [{text: "Which day?"}]
  utter_booked: [{text: "Booked."}]
  utter_price: [{text: "80 euro."}]
flows:
  book_visit:
    name: book a visit
    description: choose a dentist, a day and a free slot
    persisted_slots: [patient_name]
    steps:
      - collect: patient_name
      - collect: visit_reason
      - call: choose_opening
      - action: utter_booked
  choose_opening:
    description: a day that is free
    if: false
    steps:
      - collect: visit_day
      - action: action_find
  ask_price:
    name: ask for a price
    description: tell a price
    steps:
      - action: utter_price
"""


def test_the_worked_trace_event_by_event() -> None:
    desk = Desk(PRACTICE)

    desk.hears(StartFlow("book_visit"), SetSlot("patient_name", "Anna"))
    assert desk.journal == [
        "patient_name = Anna",
        "flow_started book_visit",
        "runs utter_ask_visit_reason",
        "says utter_ask_visit_reason",
    ]
    assert desk.stack == ["book_visit ?1_visit_reason"]

    desk.hears(StartFlow("ask_price"))
    assert desk.journal == [
        "flow_interrupted book_visit",
        "flow_started ask_price",
        "runs utter_price",
        "says utter_price",
        "flow_completed ask_price at 0_utter_price",
        "flow_started pattern_continue_interrupted",
        "runs utter_ask_continue_interrupted_flow_confirmation",
        "says utter_ask_continue_interrupted_flow_confirmation",
    ]
    assert desk.stack == ["book_visit", "pattern_continue_interrupted ?confirm"]

    desk.hears(SetSlot("continue_interrupted_flow_confirmation", True), SetSlot("visit_reason", "checkup"))
    assert desk.journal == [
        "continue_interrupted_flow_confirmation = True",
        "visit_reason = checkup",
        "runs action_continue_interrupted_flow",
        "flow_resumed book_visit",
        "flow_completed pattern_continue_interrupted at go_on",
        "interrupted_flow_to_continue = None",
        "continue_interrupted_flow_confirmation = None",
        "flow_started choose_opening",
        "runs utter_ask_visit_day",
        "says utter_ask_visit_day",
    ]
    assert desk.stack == ["book_visit", "choose_opening ?0_visit_day"]

    desk.hears(SetSlot("visit_reason", "pain"))
    assert desk.journal == [
        "flow_started pattern_correction",
        "runs action_correct_flow_slot",
        "visit_reason = pain",
        "runs utter_corrected_previous_input",
        "says utter_corrected_previous_input",
        "flow_completed pattern_correction at 1_utter_corrected_previous_input",
        "flow_started choose_opening",
        "runs utter_ask_visit_day",
        "says utter_ask_visit_day",
    ]
    assert desk.stack == ["book_visit", "choose_opening ?0_visit_day"]

    desk.hears(CancelFlow())
    assert desk.journal == [
        "flow_cancelled choose_opening at 0_visit_day",
        "flow_cancelled book_visit at 2_choose_opening",
        "flow_started pattern_cancel_flow",
        "runs action_cancel_flow",
        "visit_reason = None",
        "visit_day = None",
        "runs utter_flow_cancelled_rasa",
        "says utter_flow_cancelled_rasa",
        "flow_completed pattern_cancel_flow at 1_utter_flow_cancelled_rasa",
        "flow_started pattern_completed",
        "runs utter_can_do_something_else",
        "says utter_can_do_something_else",
        "flow_completed pattern_completed at 0_utter_can_do_something_else",
    ]
    assert desk.slots == {"patient_name": "Anna"}
    assert desk.stack == []

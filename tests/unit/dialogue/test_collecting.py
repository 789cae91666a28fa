"""Filling, asking and rejecting (flow format, 9.2 to 10.4)."""

import pytest
from talk import BOOKING, MONDAY, Desk, load

from bot.dialogue import asked
from bot.dialogue.commands import CannotHandle, HumanHandoff, SetSlot, StartFlow
from bot.dialogue.effects import Button, OpenHandoff
from bot.dialogue.events import ActionReturned

ASK = """
slots:
  age:
    type: float
  day:
    type: categorical
    values: [Monday, Tuesday]
  agreed: {type: bool}
  code:
    type: text
    validation:
      rejections:
        - if: not (slots.code matches "^[0-9]+$")
          utter: utter_only_digits
      refill_utter: utter_code_again
responses:
  utter_ask_age: [{text: "Age?"}]
  utter_too_young: [{text: "Too young."}]
  utter_ask_day: [{text: "Day?"}]
  utter_ask_agreed: [{text: "Agreed?"}]
  utter_ask_code: [{text: "Code?"}]
  utter_only_digits: [{text: "Digits only."}]
  utter_code_again: [{text: "The code again?"}]
  utter_done: [{text: "Done."}]
flows:
  ask:
    name: questions
    description: ask this and that
    steps:
      - collect: age
        rejections:
          - if: slots.age < 18
            utter: utter_too_young
      - collect: day
      - collect: agreed
        ask_before_filling: true
      - collect: code
      - action: utter_done
"""


def test_a_filled_slot_is_not_asked_again() -> None:
    desk = Desk().hears(StartFlow("book"), SetSlot("name", " Anna "), SetSlot("reason", "PAIN"))

    assert desk.says == ["Which day, Anna?"]
    assert desk.slots == {"name": "Anna", "reason": "pain"}
    assert desk.stack == ["book", "choose ?ask_day"]


def test_ask_before_filling_asks_even_when_the_answer_is_known() -> None:
    desk = Desk(ASK).hears(
        StartFlow("ask"), SetSlot("age", "30"), SetSlot("day", "monday"), SetSlot("agreed", "yes")
    )

    assert desk.says == ["Agreed?"]
    assert desk.slots == {"age": 30.0, "day": "Monday"}


@pytest.mark.parametrize(
    ("slot", "value", "said"),
    [
        ("age", "twenty", "Please give me a number."),
        ("day", "Sunday", "That isn't one of the choices."),
        ("agreed", "perhaps", "Please answer yes or no."),
    ],
)
def test_a_value_of_the_wrong_type_is_emptied_first_and_explained_then(
    slot: str, value: str, said: str
) -> None:
    answers = [SetSlot("age", 30), SetSlot("day", "Tuesday")]
    before = {"age": 0, "day": 1, "agreed": 2}[slot]
    desk = Desk(ASK).hears(StartFlow("ask"), *answers[:before])
    question = desk.says[-1]
    desk.hears(SetSlot(slot, value))

    assert desk.says == [said, question]
    assert desk.told("slot", "bot") == [f"slot {slot}={value}", f"slot {slot}=None", "bot", "bot"]


def test_a_steps_rejection_empties_the_slot_and_the_question_comes_again() -> None:
    desk = Desk(ASK).hears(StartFlow("ask")).hears(SetSlot("age", "7,5"))

    assert desk.says == ["Too young.", "Age?"]
    assert desk.slots == {}


def test_three_rejected_answers_call_a_person_and_keep_the_place() -> None:
    desk = Desk(ASK).hears(StartFlow("ask"))
    for _ in range(3):
        desk.hears(SetSlot("age", 7))

    assert desk.utters == ["utter_too_young", "utter_handoff_started"]
    assert OpenHandoff(reason="misunderstood") in desk.effects
    assert desk.conversation.paused
    assert desk.is_handed_back().says[-1] == "Age?"


def test_words_that_mean_nothing_are_rephrased_then_a_person_is_offered_then_comes() -> None:
    desk = Desk(ASK).hears(StartFlow("ask"))
    first = desk.hears().utters
    second = desk.hears(CannotHandle()).utters
    third = desk.hears().utters

    assert first == ["utter_ask_rephrase", "utter_ask_age"]
    assert second == ["utter_offer_person", "utter_ask_age"]
    assert third == ["utter_handoff_started"]


def test_progress_forgets_earlier_misunderstandings() -> None:
    desk = Desk(ASK).hears(StartFlow("ask")).hears().hears()
    desk.hears(SetSlot("age", 40)).hears()

    assert desk.utters == ["utter_ask_rephrase", "utter_ask_day"]


def test_the_number_of_attempts_is_the_steps_own() -> None:
    desk = Desk(ASK.replace("- collect: day", "- collect: day\n        max_attempts: 1"))
    desk.hears(StartFlow("ask"), SetSlot("age", 40)).hears()

    assert desk.utters == ["utter_handoff_started"]


def test_a_slots_own_rule_is_checked_as_soon_as_the_patient_gives_it() -> None:
    desk = Desk(ASK).hears(StartFlow("ask"), SetSlot("code", "abc"))
    assert desk.says == ["Digits only.", "The code again?"]
    assert desk.stack == ["ask", "pattern_validate_slot ?validate"]
    desk.hears(SetSlot("code", "42"))

    assert desk.says == ["Age?"]
    assert desk.slots == {"code": "42"}


def test_a_slot_of_no_active_flow_is_not_set() -> None:
    desk = Desk().hears(StartFlow("book"), SetSlot("kind", "cleaning"))

    assert desk.slots == {}


def test_words_never_set_a_controlled_slot() -> None:
    desk = Desk().hears(StartFlow("book"), SetSlot("found", "some"))

    assert desk.slots == {}


def test_an_answer_that_changes_nothing_asks_the_waiting_question_again() -> None:
    desk = Desk().hears(StartFlow("book"), SetSlot("name", "Anna")).hears(SetSlot("name", "Anna"))

    assert desk.says == ["What for?"]


def test_force_slot_filling_hears_nothing_but_the_answer_and_the_call_for_a_person() -> None:
    forced = BOOKING.replace("- collect: reason", "- collect: reason\n        force_slot_filling: true")
    desk = Desk(forced).hears(StartFlow("book"), SetSlot("name", "Anna"))
    desk.hears(StartFlow("price"))
    assert desk.utters == ["utter_ask_rephrase", "utter_ask_reason"]
    desk.hears(HumanHandoff())

    assert desk.utters == ["utter_handoff_started"]


def test_a_declared_validate_action_checks_every_answer() -> None:
    content = BOOKING.replace("actions:", "actions:\n  - validate_name: {sets: [name]}")
    desk = Desk(
        load(content), results={"validate_name": [(), ({"event": "slot", "name": "name", "value": None},)]}
    )
    desk.hears(StartFlow("book"))
    assert (desk.ran, desk.says) == (["validate_name"], ["Your name?"])
    desk.hears(SetSlot("name", "x"))

    assert (desk.ran, desk.says, desk.slots) == (["validate_name"], ["Your name?"], {})


def test_a_custom_action_may_ask_with_buttons_of_its_own() -> None:
    content = BOOKING.replace('  utter_ask_day: [{text: "Which day, {name}?"}]\n', "").replace(
        "actions:", "actions:\n  - action_ask_day: {sets: []}"
    )
    offer = {
        "title": "Monday",
        "payload": "/SetSlots(day=monday)",
        "start": "2026-03-09T09:00",
        "practitioner": "rossi",
    }
    result = ActionReturned(at=MONDAY, call=0, responses=({"text": "When?", "buttons": [offer]},))
    desk = Desk(load(content), results={"action_ask_day": result})
    desk.hears(StartFlow("book"), SetSlot("name", "Anna"), SetSlot("reason", "pain"))
    waiting = asked(desk.assistant, desk.conversation)

    assert waiting is not None
    assert (waiting.slot, waiting.kind) == ("day", "choice")
    assert waiting.buttons == (Button(**offer),)

"""Actions, their results, and what happens when they go wrong (flow format, 7, 13 and 17.2)."""

from typing import Any

import pytest
from talk import BOOKING, MONDAY, Desk, found, load

from bot.dialogue import advance
from bot.dialogue.commands import SetSlot, StartFlow, command_to_json
from bot.dialogue.effects import AlertStaff, RunAction
from bot.dialogue.events import ActionReturned, PatientWrote

NOTE = BOOKING.replace("      - collect: kind\n", "      - action: action_note\n")
SORRY = ["utter_internal_error_rasa", "utter_can_do_something_else"]
READY = (StartFlow("book"), SetSlot("name", "Anna"), SetSlot("reason", "checkup"), SetSlot("day", "friday"))


def returned(**fields: Any) -> ActionReturned:
    return ActionReturned(at=MONDAY, call=0, **fields)


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def noted(**fields: Any) -> Desk:
    """A desk where action_note, which may set nothing, came back like this."""
    return Desk(NOTE, results={"action_note": returned(**fields)}).hears(StartFlow("price"))


def test_a_custom_action_is_the_last_effect_and_only_its_own_result_goes_on() -> None:
    desk = Desk()
    event = PatientWrote(at=MONDAY, text="x", commands=READY, channel="whatsapp")
    waiting, effects = advance(desk.assistant, desk.conversation, event)
    assert isinstance(effects[-1], RunAction)
    assert (effects[-1].call, effects[-1].name) == (1, "action_find")
    assert not waiting.has_settled
    with pytest.raises(ValueError, match="nobody waits for call 2"):
        advance(desk.assistant, waiting, ActionReturned(at=MONDAY, call=2))
    with pytest.raises(ValueError, match="call 1 is still waited for"):
        advance(desk.assistant, waiting, event)
    settled, _ = advance(desk.assistant, waiting, ActionReturned(at=MONDAY, call=1, events=tuple(found())))

    assert settled.has_settled
    with pytest.raises(ValueError, match="nobody waits"):
        advance(desk.assistant, settled, ActionReturned(at=MONDAY, call=1))


def test_an_action_sees_rasas_tracker() -> None:
    desk = Desk()
    latest = {"text": "x", "intent": {"name": "book_visit", "confidence": 0.9}}
    desk.hears(*READY, latest_message=latest)
    tracker = next(effect.tracker for effect in desk.effects if isinstance(effect, RunAction))

    assert tracker["sender_id"] == "anna"
    assert tracker["latest_message"] == latest | {"commands": [command_to_json(each) for each in READY]}
    assert tracker["slots"]["day"] == "friday"
    assert tracker["slots"]["found"] is None
    assert [frame["flow_id"] for frame in tracker["stack"]] == ["book", "choose"]
    assert tracker["active_loop"] == {}


def test_messages_come_before_the_events_of_the_same_action() -> None:
    result = returned(events=tuple(found()), responses=({"text": "Looking."},))
    desk = Desk(results={"action_find": result}).hears(*READY)

    kinds = [e["event"] for e in desk.events if e.get("name") == "found" or e["event"] == "bot"]

    assert kinds == ["bot", "slot", "bot"]


def test_a_named_response_is_filled_with_the_actions_words_and_its_buttons() -> None:
    button = {"title": "Now", "payload": "/SetSlots(day=now)"}
    message = {"response": "utter_ask_day", "name": "Boris", "buttons": [button]}
    desk = noted(responses=(message,))

    assert desk.says[0] == "Which day, Boris?"
    assert desk.titles == ["Now"]


def test_the_outcome_slot_is_cleared_before_the_call() -> None:
    desk = Desk(results={"action_find": [found(), ()]}).hears(*READY)
    desk.hears(SetSlot("day", "monday"))

    assert "slot found=None" in desk.told("slot")
    assert desk.utters[-2:] == SORRY


@pytest.mark.parametrize("failed", ["exception", "timeout", "malformed"])
def test_a_failed_action_takes_the_flows_own_branch_for_errors(failed: str) -> None:
    desk = Desk(results={"action_find": returned(failed=failed)}).hears(*READY)

    assert desk.says == ["The diary is silent.", "friday, is that right?"]


def test_a_failed_action_without_outcome_cancels_the_flow_and_tells_staff() -> None:
    desk = Desk(NOTE, results={"action_note": returned(failed="timeout")})
    desk.hears(StartFlow("book")).hears(StartFlow("price"))

    assert desk.utters == [
        "utter_internal_error_rasa",
        "utter_ask_continue_interrupted_flow_confirmation",
    ]
    assert AlertStaff(reason="error") in desk.effects
    [cancelled] = [event for event in desk.events if event["event"] == "flow_cancelled"]
    assert (cancelled["flow_id"], cancelled["reason"]) == ("price", "error")
    [error] = [event for event in desk.events if event["event"] == "engine_error"]
    assert error["position"].startswith("f/flows.yml:")
    assert error["message"] == 'action "action_note" failed: timeout'


@pytest.mark.parametrize(
    "events",
    [
        (slot("nowhere", 1),),
        (slot("kind", "cleaning"),),  # `sets: []` does not list it
        ({"event": "rewind"},),
        ({"event": "dance"},),
        ({"name": "kind"},),
        ("slot",),
        (slot("kind", object()),),
        ({"event": "followup", "name": "action_unheard_of"},),
    ],
)
def test_results_that_make_no_sense_are_engine_errors(events: Any) -> None:
    desk = noted(events=events)

    assert desk.utters == SORRY
    assert desk.stack == []


def test_a_value_of_the_wrong_type_from_an_action_is_an_engine_error() -> None:
    free = NOTE.replace("action_note: {sets: []}", "action_note: {sets: [sure]}")
    desk = Desk(free, results={"action_note": (slot("sure", "yes"),)}).hears(StartFlow("price"))

    assert desk.utters == SORRY


def test_what_an_action_set_before_it_failed_is_undone() -> None:
    free = NOTE.replace("action_note: {sets: []}", "action_note: {sets: [kind]}")
    desk = Desk(free, results={"action_note": (slot("kind", "x"), slot("day", "y"))}).hears(
        StartFlow("price")
    )

    assert desk.slots == {}


def test_follow_up_actions_run_right_after_and_no_deeper_than_three() -> None:
    follow = ({"event": "followup", "name": "action_note"},)
    desk = Desk(NOTE, results={"action_note": [follow, follow, ()]}).hears(StartFlow("price"))
    assert (desk.ran, desk.says[0]) == (["action_note"] * 3, "80 euro.")
    desk = Desk(NOTE, results={"action_note": follow}).hears(StartFlow("price"))

    assert (desk.ran, desk.utters) == (["action_note"] * 4, SORRY)


def test_a_follow_up_may_be_a_response() -> None:
    desk = noted(events=({"event": "followup", "name": "utter_trouble"},))

    assert desk.says[:2] == ["The diary is silent.", "80 euro."]


def test_an_action_may_pause_the_conversation() -> None:
    desk = noted(events=({"event": "pause"},))

    assert desk.conversation.paused
    assert desk.says == []
    assert desk.is_handed_back().says[1:] == ["80 euro.", "Is there anything else I can do for you?"]


def test_an_action_may_restart_the_conversation() -> None:
    desk = Desk(NOTE, results={"action_note": ({"event": "restart"},)})
    desk.hears(StartFlow("book"), SetSlot("name", "Anna")).hears(StartFlow("price"))

    assert (desk.stack, desk.slots) == ([], {})


def test_an_action_that_waits_ends_the_turn() -> None:
    desk = noted(events=({"event": "action", "name": "action_listen"},))
    assert desk.says == []

    assert desk.hears(StartFlow("price")).says[0] == "80 euro."


def test_an_action_that_cannot_compare_is_an_error_and_not_a_no() -> None:
    compared = BOOKING.replace(
        "      - collect: kind\n",
        """      - noop: true
        next:
          - if: slots.age > 17
            then: tell
          - else: END
      - id: tell
        collect: kind
""",
    ).replace("slots:\n", "slots:\n  age: {type: float}\n", 1)
    desk = Desk(compared).hears(StartFlow("price"))

    assert desk.utters == SORRY


def test_a_turn_has_two_hundred_steps_at_most() -> None:
    endless = BOOKING.replace(
        "      - collect: kind\n", "      - id: again\n        action: action_note\n        next: again\n"
    ).replace("      - action: utter_price\n", "")
    desk = Desk(load(endless)).hears(StartFlow("price"))

    assert desk.utters == SORRY
    assert desk.stack == []
    assert len(desk.ran) <= 200


def test_an_error_in_the_apology_itself_still_reaches_the_patient() -> None:
    broken = NOTE.replace(
        "flows:\n",
        """flows:
  pattern_internal_error:
    description: an apology that fails
    steps: [{action: action_note}]
""",
        1,
    )
    desk = Desk(broken, results={"action_note": returned(failed="exception")}).hears(StartFlow("price"))

    assert desk.says == [
        "I'm sorry, something went wrong on our side. I've told the practice; "
        "you can also call +39 06 5550100."
    ]
    assert desk.stack == []


def test_an_action_may_run_before_every_message() -> None:
    every = BOOKING.replace(
        "kind: {type: text}",
        "kind: {type: text}\n  seen:\n    type: text\n"
        "    mappings: [{type: controlled, run_action_every_turn: action_note}]",
    ).replace("action_note: {sets: []}", "action_note: {sets: [seen]}")
    desk = Desk(every, results={"action_note": (slot("seen", "today"),)}).hears(StartFlow("book"))

    assert (desk.ran, desk.slots, desk.says) == (["action_note"], {"seen": "today"}, ["Your name?"])

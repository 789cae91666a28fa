"""What actions may come back with, event by event (flow format, 7 and 13)."""

from typing import Any

import pytest
from talk import MONDAY, Desk

from bot.dialogue.commands import SetSlot, StartFlow
from bot.dialogue.effects import OpenHandoff, RunAction, Utter
from bot.dialogue.events import ActionReturned

NOTES = """
actions: [action_note, action_more]
slots:
  name: {type: text}
  note: {type: text}
  mood: {type: categorical, values: [good, bad], initial_value: good}
  ask: {type: text}
responses:
  utter_ask_name: [{text: "Name?"}]
  utter_ask_ask: [{text: "What?"}]
  utter_noted: [{text: "Noted {note}."}]
  utter_plain:
    - text: "Plain."
      buttons: [{title: Own, payload: /own}]
flows:
  keep:
    description: d
    persisted_slots: [name]
    steps:
      - collect: name
      - action: action_note
      - action: utter_noted
      - collect: ask
  other:
    description: d
    steps:
      - collect: ask
intents: [own]
"""


def noted(*events: dict[str, Any], responses: tuple[dict[str, Any], ...] = (), content: str = NOTES) -> Desk:
    """A desk where Anna's note came back like this."""
    result = ActionReturned(at=MONDAY, call=0, events=events, responses=responses)
    return Desk(content, results={"action_note": result}).hears(StartFlow("keep"), SetSlot("name", "Anna"))


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def after(desk: Desk) -> list[str]:
    """The journal from the action's end on."""
    return desk.journal[desk.journal.index("runs action_note") :]


def test_a_slot_that_an_action_sets_is_told_even_when_it_had_that_value() -> None:
    desk = noted(slot("note", "x"), slot("note", "x"))

    assert after(desk)[:4] == ["runs action_note", "note = x", "note = x", "runs utter_noted"]


def test_a_slot_set_only_by_an_action_outlives_the_flow() -> None:
    desk = noted(slot("note", "x")).hears(SetSlot("ask", "y"))

    assert desk.slots == {"name": "Anna", "note": "x", "mood": "good"}


def test_resetting_all_slots_spares_what_the_flow_persists() -> None:
    desk = noted(slot("note", "x"), slot("mood", "bad"), {"event": "reset_slots"})

    assert desk.slots == {"name": "Anna", "mood": "good"}
    assert desk.conversation.language == "en"


def test_a_follow_up_runs_before_the_next_step() -> None:
    desk = noted({"event": "followup", "name": "action_more"}, slot("note", "x"))

    assert after(desk)[:4] == ["runs action_note", "note = x", "runs action_more", "runs utter_noted"]


def test_a_bot_event_is_a_message_after_the_dispatchers_own() -> None:
    data = {"buttons": [{"title": "Yes", "payload": "/own"}], "image": "https://example.org/x.png"}
    desk = noted({"event": "bot", "text": "second", "data": data}, responses=({"text": "first"},))
    first, second, *_ = [effect for effect in desk.effects if isinstance(effect, Utter)]

    assert (first.text, second.text, second.data) == (
        "first",
        "second",
        {"image": "https://example.org/x.png"},
    )
    assert [button.title for button in second.buttons] == ["Yes"]


def test_messages_come_before_the_events_of_their_action() -> None:
    desk = noted(slot("note", "x"), responses=({"response": "utter_noted"},))

    assert desk.says[:2] == ["Noted .", "Noted x."]


@pytest.mark.parametrize(
    ("buttons", "titles"), [([], ["Own"]), ([{"title": "Theirs", "payload": "/own"}], ["Theirs"])]
)
def test_buttons_of_the_action_replace_those_of_the_response(buttons: list[Any], titles: list[str]) -> None:
    assert noted(responses=({"response": "utter_plain", "buttons": buttons},)).titles == titles


def test_a_paused_conversation_runs_no_commands_until_it_is_resumed() -> None:
    desk = noted({"event": "pause"})
    desk.hears(SetSlot("ask", "y"))

    assert (desk.journal, desk.says) == (["silence"], [])
    assert desk.is_handed_back().utters == ["utter_assistant_is_back", "utter_noted", "utter_ask_ask"]


def test_resuming_undoes_the_pause() -> None:
    desk = noted({"event": "pause"}, {"event": "resume"})

    assert desk.utters[-1] == "utter_ask_ask"
    assert not desk.conversation.paused


def test_a_restart_forgets_stack_and_slots_and_ends_the_turn() -> None:
    desk = noted(slot("note", "x"), {"event": "restart"})

    assert (desk.stack, desk.slots, desk.says) == ([], {"mood": "good"}, [])


def test_a_session_that_an_action_ends_leaves_the_conversation_usable() -> None:
    desk = noted({"event": "session_ended"})
    assert (desk.stack, desk.says, desk.slots) == ([], [], {"name": "Anna", "mood": "good"})
    assert "flow_cancelled keep at 1_action_note (session_end)" in desk.journal
    desk.hears(StartFlow("other"))

    assert desk.utters == ["utter_disclosure", "utter_ask_ask"]


def test_a_session_that_an_action_starts_drops_what_was_under_way() -> None:
    desk = noted({"event": "session_started"})

    assert desk.stack == []
    assert after(desk)[1:4] == [
        "session_started",
        "flow_cancelled keep at 1_action_note (session_start)",
        "ask = None",
    ]


def test_an_action_session_start_written_for_rasa_does_not_swallow_the_first_message() -> None:
    content = NOTES.replace("actions: [", "actions: [action_session_start, ")
    started = ({"event": "session_started"}, {"event": "action", "name": "action_listen"})
    desk = Desk(content, introduced=False, results={"action_session_start": started})

    assert desk.hears(StartFlow("other")).utters == ["utter_disclosure", "utter_ask_ask"]


def test_reminders_are_recorded_as_they_are_to_be_kept() -> None:
    reminder = {
        "event": "reminder",
        "intent": "own",
        "entities": [],
        "date_time": "2026-03-03T08:00:00+00:00",
        "name": "call back",
        "kill_on_user_msg": True,
    }
    cancelled = {"event": "cancel_reminder", "name": "call back", "intent": None, "entities": None}
    desk = noted(reminder, cancelled)

    assert [e for e in desk.events if "reminder" in e["event"]] == [reminder, cancelled]


@pytest.mark.parametrize("wrong", [{"date_time": "soon"}, {"intent": None}])
def test_a_reminder_without_time_or_intent_is_an_error(wrong: dict[str, Any]) -> None:
    reminder = {"event": "reminder", "intent": "own", "date_time": "2026-03-03T08:00:00"} | wrong

    assert noted(reminder).utters[0] == "utter_internal_error_rasa"


@pytest.mark.parametrize("kind", ["action", "user", "agent", "export"])
def test_events_that_only_tell_are_recorded(kind: str) -> None:
    event = {"event": kind, "name": "x", "text": "y"}
    desk = noted(event)

    assert event in desk.events
    assert desk.utters[-1] == "utter_ask_ask"


def test_an_action_that_listens_ends_the_turn_after_its_step() -> None:
    desk = noted({"event": "action", "name": "action_listen"})
    assert desk.says == []

    assert desk.hears(StartFlow("keep")).utters == ["utter_noted", "utter_ask_ask"]


@pytest.mark.parametrize(
    "kind", ["rewind", "undo", "active_loop", "loop_interrupted", "action_execution_rejected"]
)
def test_events_that_would_undo_the_dialogue_are_refused(kind: str) -> None:
    desk = noted({"event": kind})
    [error] = [event for event in desk.events if event["event"] == "engine_error"]

    assert error["message"].startswith("E-EVENT")
    assert desk.utters[0] == "utter_internal_error_rasa"


def test_a_failed_step_leaves_no_trace_but_what_was_said() -> None:
    desk = noted(
        slot("note", "x"), {"event": "pause"}, slot("nowhere", 1), responses=({"text": "One moment."},)
    )

    assert desk.says[:2] == [
        "One moment.",
        "I'm sorry, something went wrong on our side. I've told the practice; "
        "you can also call +39 06 5550100.",
    ]
    assert "note = x" not in desk.journal
    assert not desk.conversation.paused
    assert [effect for effect in desk.effects if isinstance(effect, OpenHandoff)] == []
    assert desk.slots == {"name": "Anna", "mood": "good"}


def test_after_an_error_the_flow_is_cancelled_before_the_apology() -> None:
    desk = noted(slot("nowhere", 1))

    assert [line for line in desk.journal if line.startswith(("flow_", "engine", "says"))][1:] == [
        "engine_error keep",
        "flow_cancelled keep at 1_action_note (error)",
        "flow_started pattern_internal_error",
        "says utter_internal_error_rasa",
        "flow_completed pattern_internal_error at 3_utter_internal_error_rasa",
        "flow_started pattern_completed",
        "says utter_can_do_something_else",
        "flow_completed pattern_completed at 0_utter_can_do_something_else",
    ]


def test_a_project_may_put_an_action_of_its_own_in_the_place_of_a_built_in_one() -> None:
    content = NOTES.replace("actions: [", "actions: [action_repeat_bot_messages, ").replace(
        "- action: action_note", "- action: action_repeat_bot_messages"
    )

    assert Desk(content).hears(StartFlow("keep"), SetSlot("name", "Anna")).ran == [
        "action_repeat_bot_messages"
    ]


def test_the_tracker_says_what_rasa_says() -> None:
    desk = noted()
    [call] = [effect for effect in desk.effects if isinstance(effect, RunAction)]

    assert set(call.tracker) == {
        "sender_id",
        "user_id",
        "slots",
        "latest_message",
        "events",
        "paused",
        "followup_action",
        "active_loop",
        "latest_action_name",
        "stack",
    }
    assert call.tracker["stack"] == [
        {
            "frame_id": "f1",
            "flow_id": "keep",
            "step_id": "1_action_note",
            "phase": "running",
            "kind": "user",
            "entered_by": "start",
            "visited": ["0_name", "1_action_note"],
            "called": [],
            "interrupted": False,
            "attempts": 0,
            "context": {},
        }
    ]

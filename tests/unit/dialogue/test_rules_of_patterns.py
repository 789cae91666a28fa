"""Built-in patterns, what no flow may switch off, sessions, and new content (flow format, 12 to 17)."""

from typing import Any

import pytest
from talk import BOOKING, FACTS, MONDAY, Desk, load

from bot.dialogue import Conversation
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Command,
    DataRequest,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    MediaReceived,
    ReminderReply,
    RepeatBotMessages,
    Restart,
    SessionEnd,
    SessionStart,
    SetSlot,
    SkipQuestion,
    StartFlow,
    UserSilence,
)
from bot.dialogue.effects import OpenHandoff
from bot.dialogue.names import CONTEXT

NAMED = (StartFlow("book"), SetSlot("name", "Anna"))
PHOTO = """
slots:
  photo: {type: any, mappings: [{type: from_media, kind: image}]}
responses:
  utter_ask_photo: [{text: "A photo?"}]
  utter_seen: [{text: "Seen."}]
flows:
  show:
    description: d
    persisted_slots: [photo]
    steps:
      - collect: photo
        force_slot_filling: true
      - action: utter_seen
"""


def context_of(desk: Desk, pattern: str) -> dict[str, Any]:
    [frame] = [frame for frame in desk.conversation.stack if frame.flow_id == pattern]
    return dict(frame.context)


def held(pattern: str, first: str | None = None) -> str:
    """Content in which a pattern waits for an answer, so that it can be looked at."""
    steps = (f"      - action: {first}\n" if first else "") + "      - collect: kind\n"
    return BOOKING.replace("flows:\n", f"flows:\n  {pattern}:\n    description: d\n    steps:\n{steps}", 1)


@pytest.mark.parametrize(
    ("pattern", "first", "command", "context"),
    [
        ("pattern_cancel_flow", None, CancelFlow(), {"canceled_name": "booking", "canceled_frames": ["f1"]}),
        (
            "pattern_correction",
            None,
            SetSlot("name", "Boris"),
            {
                "corrected_slots": {"name": "Boris"},
                "new_slot_values": ["Boris"],
                "is_reset_only": False,
                "reset_flow_id": "book",
                "reset_step_id": "0_name",
            },
        ),
        (
            "pattern_cannot_handle",
            None,
            CannotHandle("cannot_handle_chitchat"),
            {"reason": "cannot_handle_chitchat"},
        ),
        ("pattern_chitchat", None, ChitChat(), {}),
        ("pattern_search", None, KnowledgeAnswer("faq/hours"), {"topic": "faq/hours"}),
        ("pattern_skip_question", None, SkipQuestion(), {}),
        ("pattern_repeat_bot_messages", None, RepeatBotMessages(), {}),
        ("pattern_user_silence", None, UserSilence(), {}),
        (
            "pattern_media",
            "action_store_media",
            MediaReceived("image", "m1"),
            {"kind": "image", "media_id": "m1"},
        ),
        ("pattern_my_data", "action_data_request", DataRequest("delete"), {"request": "delete"}),
        (
            "pattern_reminder_reply",
            "action_reminder_reply",
            ReminderReply("r1", "a1", "move"),
            {"reminder_id": "r1", "appointment_id": "a1", "reply": "move"},
        ),
    ],
)
def test_a_pattern_can_be_a_flow_of_ones_own_and_sees_its_context(
    pattern: str, first: str | None, command: Command, context: dict[str, Any]
) -> None:
    desk = Desk(held(pattern, first)).hears(*NAMED).hears(command)
    seen = context_of(desk, pattern)

    assert {key: seen[key] for key in context} == context
    assert set(context) <= CONTEXT[pattern]
    assert desk.utters[-1] == "utter_ask_kind"


def test_the_other_patterns_can_be_flows_of_ones_own_too() -> None:
    too_long = Desk(held("pattern_internal_error")).hears(*NAMED).hears(text="x" * 5000)
    handoff = Desk(held("pattern_human_handoff", "action_open_handoff")).hears(HumanHandoff("complaint"))
    restart = Desk(held("pattern_restart")).hears(Restart())
    start = Desk(held("pattern_session_start"), introduced=False).hears(*NAMED)
    completed = Desk(held("pattern_completed")).hears(*NAMED).hears(CancelFlow())

    assert context_of(too_long, "pattern_internal_error") == {
        "error_type": "rasa_internal_error_user_input_too_long",
        "info": {"max_characters": 4096},
    }
    assert OpenHandoff(reason="complaint") in handoff.effects
    assert restart.stack == ["pattern_restart ?0_kind"]
    assert start.utters == ["utter_ask_kind"]
    assert context_of(completed, "pattern_completed") == {"previous_flow_name": "booking"}


def test_repeating_says_everything_since_the_last_message_and_asks_nothing() -> None:
    desk = Desk().hears(*NAMED).hears(ChitChat())
    before = desk.says
    desk.hears(RepeatBotMessages())

    assert desk.says == before
    assert desk.stack == ["book ?1_reason"]


def test_a_restart_leaves_nothing_but_the_language() -> None:
    desk = Desk(language="en").hears(*NAMED).hears(Restart())

    assert (desk.stack, desk.slots, desk.conversation.language) == ([], {}, "en")
    assert "restart" in desk.journal


def test_silence_says_nothing_by_itself() -> None:
    desk = Desk().hears(*NAMED).hears(UserSilence())

    assert desk.says == []


def test_satisfaction_is_asked_and_thanked_for_without_another_question() -> None:
    content = BOOKING.replace(
        "flows:\n",
        "flows:\n  pattern_completed:\n    description: d\n"
        "    steps: [{link: pattern_customer_satisfaction}]\n",
        1,
    )
    desk = Desk(content).hears(StartFlow("price"), SetSlot("kind", "x"))
    assert desk.utters == ["utter_price", "utter_ask_csat_score"]

    assert desk.hears(SetSlot("csat_score", "SATISFIED")).utters == ["utter_csat_thanks"]


# What no flow may switch off


def test_the_emergency_says_what_it_heard_and_whom_to_call() -> None:
    desk = Desk(held("pattern_emergency", "action_emergency_alert")).hears(*NAMED)
    desk.hears(Emergency("A", "airway"), CancelFlow())

    assert context_of(desk, "pattern_emergency") == {
        "level": "A",
        "key": "airway",
        "signal": "airway",
        "emergency_number": "112",
    }
    assert desk.told("flow_cancelled") == []


def test_a_request_for_ones_data_becomes_a_ticket_and_the_flow_stays() -> None:
    desk = Desk().hears(*NAMED).hears(DataRequest("delete"))

    assert desk.utters == ["utter_handoff_started"]
    assert OpenHandoff(reason="my_data") in desk.effects
    assert {"event": "data_request", "request": "delete"} in desk.events
    assert desk.is_handed_back().utters[-1] == "utter_ask_reason"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("confirm", "utter_reminder_confirmed"),
        ("cancel", "utter_handoff_started"),
        ("move", "utter_handoff_started"),
    ],
)
def test_a_reply_to_a_reminder_is_noted_and_answered(reply: str, said: str) -> None:
    desk = Desk().hears(ReminderReply("r1", "a1", reply))
    noted = {"event": "reminder_reply", "reminder_id": "r1", "appointment_id": "a1", "reply": reply}

    assert desk.utters == [said]
    assert noted in desk.events


def closed(content: str = BOOKING, **more: Any) -> Desk:
    said = '  utter_closed: [{text: "Closed until {opens_at}."}]\n'
    pattern = (
        "  pattern_out_of_hours:\n    description: d\n"
        "    steps: [{action: action_note_out_of_hours}, {action: utter_closed}]\n"
    )
    own = content.replace("flows:\n", "flows:\n" + pattern, 1).replace("responses:\n", "responses:\n" + said)
    return Desk(load(own), **more)


def test_a_session_that_begins_while_the_practice_is_closed_notes_it_and_goes_on() -> None:
    desk = closed(introduced=False)
    desk.facts = FACTS | {"opens_at": "Monday at 9"}
    desk.hears(*NAMED)
    assert desk.utters == ["utter_disclosure", "utter_closed", "utter_ask_reason"]
    assert {"event": "out_of_hours", "opens_at": "Monday at 9"} in desk.events
    desk.hears(HumanHandoff())

    assert desk.utters == ["utter_handoff_started"]  # it was said already


def test_a_person_called_while_the_practice_is_closed_is_no_surprise() -> None:
    desk = closed().hears(*NAMED)
    desk.facts = FACTS | {"opens_at": "Monday at 9"}
    desk.hears(HumanHandoff())

    assert desk.says[0] == "Closed until Monday at 9."
    assert desk.utters == ["utter_closed", "utter_handoff_started"]


def test_an_open_practice_says_nothing_of_hours() -> None:
    assert closed(introduced=False).hears(*NAMED).utters == ["utter_disclosure", "utter_ask_reason"]


# Photos as answers


def test_a_photo_is_the_answer_where_one_is_asked_for() -> None:
    desk = Desk(PHOTO).hears(StartFlow("show")).hears(MediaReceived("image", "m1"), text="")

    assert desk.utters == ["utter_seen", "utter_can_do_something_else"]
    assert desk.slots == {"photo": "m1"}


@pytest.mark.parametrize("sent", [MediaReceived("audio", "m2"), MediaReceived("image")])
def test_any_other_kind_is_no_answer(sent: MediaReceived) -> None:
    desk = Desk(PHOTO).hears(StartFlow("show")).hears(sent, text="")

    assert desk.utters[-1] == "utter_ask_photo"
    assert desk.slots == {}


# Sessions

SHORT = BOOKING + "session_config: {session_expiration_time: 30, carry_over_slots_to_new_session: false}\n"


def test_an_expired_session_drops_what_was_open_and_begins_anew() -> None:
    desk = Desk(SHORT).hears(*NAMED).waits(minutes=31).hears(StartFlow("price"))

    assert desk.journal[:3] == [
        "flow_cancelled book at 1_reason (expired)",
        "reason = None",
        "sure = None",
    ]
    assert desk.utters == ["utter_disclosure", "utter_ask_kind"]
    assert desk.slots == {}


def test_a_session_that_never_expires_never_does() -> None:
    endless = BOOKING + "session_config: {session_expiration_time: 0}\n"
    desk = Desk(endless).hears(*NAMED).waits(days=400).hears(SetSlot("reason", "pain"))

    assert desk.utters == ["utter_recap", "utter_ask_day"]


def test_a_session_may_be_begun_by_hand() -> None:
    desk = Desk().hears(*NAMED).hears(SessionStart())

    assert desk.told("flow_cancelled", "flow_started", "session_started") == [
        "flow_cancelled book",
        "flow_started pattern_session_start",
        "session_started",
    ]
    assert (desk.stack, desk.slots) == ([], {"name": "Anna"})


def test_a_session_that_ended_is_followed_by_a_new_one() -> None:
    desk = Desk(SHORT).hears(*NAMED).hears(SessionEnd())
    assert (desk.stack, desk.slots, desk.journal[-1]) == ([], {"name": "Anna"}, "silence")
    desk.hears(StartFlow("book"))

    assert desk.utters == ["utter_disclosure", "utter_ask_name"]
    assert desk.slots == {}


# New content


def test_a_slot_that_new_content_no_longer_has_is_archived() -> None:
    desk = Desk().hears(StartFlow("price"), SetSlot("kind", "x")).hears(*NAMED).hears(CancelFlow())
    without = BOOKING.replace("persisted_slots: [name]", "").replace("name", "who")
    without = without.replace("    who:", "    name:")
    desk.assistant = load(without)
    desk.hears()

    assert {"event": "slot_archived", "name": "name", "value": "Anna"} in desk.events
    assert "name" not in desk.conversation.slots


def test_a_slot_whose_type_changed_is_read_anew_or_reset() -> None:
    content = BOOKING.replace("[name]", "[name, reason]")
    desk = Desk(content).hears(StartFlow("book"), SetSlot("name", "7"), SetSlot("reason", "pain"))
    desk.hears(CancelFlow())
    changed = content.replace("name: {type: text}", "name: {type: float}")
    desk.assistant = load(changed.replace("values: [checkup, pain]", "values: [checkup]"))
    desk.hears(StartFlow("price"))

    assert desk.journal[:2] == ["name = 7.0", "reason = None"]


def test_a_state_written_by_an_earlier_version_can_be_read() -> None:
    state = Desk().hears(*NAMED).conversation.to_json()
    del state["noted_closed"]

    assert Conversation.from_json(state).noted_closed is False
    assert MONDAY.isoformat() == state["last_message_at"]

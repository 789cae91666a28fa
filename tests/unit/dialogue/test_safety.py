"""What no flow may switch off: emergencies, people, stopping, disclosure, sessions (17.4, 15)."""

import pytest
from talk import BOOKING, MONDAY, Desk, load

from bot.dialogue import Assistant, Conversation, asked
from bot.dialogue.commands import (
    CancelFlow,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    MediaReceived,
    SetSlot,
    StaleTap,
    StartFlow,
    StopMessages,
)
from bot.dialogue.effects import AlertStaff, OpenHandoff, OptOut
from bot.dialogue.events import ActionReturned

READY = (StartFlow("book"), SetSlot("name", "Anna"))


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return load(BOOKING)


@pytest.mark.parametrize("level", ["A", "B"])
def test_an_emergency_alerts_staff_gives_the_fixed_text_and_asks_nothing(
    assistant: Assistant, level: str
) -> None:
    desk = (
        Desk(assistant)
        .hears(*READY)
        .hears(Emergency(level, "bleeding"), CancelFlow(), SetSlot("reason", "pain"))
    )

    assert desk.utters == [f"utter_emergency_{level.lower()}"]
    assert "112" in desk.says[0]
    effects = [effect for effect in desk.effects if isinstance(effect, (AlertStaff, OpenHandoff))]
    assert effects == [AlertStaff(reason="emergency", urgent=True), OpenHandoff(reason="emergency")]
    assert desk.slots == {"name": "Anna"}
    assert desk.told("flow_cancelled") == []


def test_what_should_be_seen_today_gets_its_text_and_then_a_person(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY).hears(Emergency("C", "swelling"), HumanHandoff("emergency"))

    assert desk.utters == ["utter_emergency_c", "utter_handoff_started"]
    assert [e for e in desk.effects if isinstance(e, OpenHandoff)] == [OpenHandoff(reason="emergency")]


def test_an_emergency_is_answered_while_a_person_owns_the_conversation(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(HumanHandoff())
    desk.hears(*READY, text="hello?")
    assert (desk.says, desk.told("silence"), desk.stack) == ([], ["silence"], [])
    desk.hears(Emergency("A", "airway"))

    assert desk.utters == ["utter_emergency_a"]


def test_after_an_emergency_the_flow_waits_until_it_is_answered(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY).hears(Emergency("A", "airway"))
    assert asked(desk.assistant, desk.conversation) is None
    desk.is_handed_back()

    assert desk.says == ["It's the automated assistant again. We were here: booking.", "What for?"]
    assert desk.hears(SetSlot("reason", "pain")).says == ["Which day, Anna?"]


def test_after_an_emergency_whoever_waits_is_answered_until_somebody_sees_to_them(
    assistant: Assistant,
) -> None:
    desk = Desk(assistant).hears(Emergency("A", "airway")).hears(text="which hospital?")
    assert desk.utters == ["utter_emergency_still_a"]
    assert Conversation.from_json(desk.conversation.to_json()) == desk.conversation
    desk.hears(Emergency("C", "swelling"), text="my gums are swollen")
    assert desk.utters == ["utter_emergency_still_a"]
    desk.is_handed_back().hears(HumanHandoff()).hears(text="hello?")

    assert desk.says == []


def test_an_alarm_that_is_taken_back_is_noted_and_asked_about(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(Emergency("B", "avulsion"))
    desk.hears(KnowledgeAnswer("taken_back"), text="found it, false alarm")

    assert desk.utters == ["utter_emergency_taken_back"]
    assert desk.told("emergency_taken_back") == ["emergency_taken_back"]
    assert desk.conversation.alarm is None


def test_in_a_first_message_the_emergency_comes_first_and_the_disclosure_later(assistant: Assistant) -> None:
    desk = Desk(assistant, introduced=False).hears(Emergency("A", "airway"))
    assert desk.utters == ["utter_emergency_a", "utter_automated"]
    desk.is_handed_back().hears(StartFlow("price"))

    assert desk.utters == ["utter_disclosure", "utter_ask_kind"]


def test_stopping_ends_everything_with_one_confirmation(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY).hears(StopMessages())

    assert OptOut(scope="all") in desk.effects
    assert desk.utters == ["utter_opted_out"]
    assert desk.stack == []
    assert desk.told("flow_cancelled") == ["flow_cancelled book"]


def test_a_person_is_asked_for_prepared_for_and_comes(assistant: Assistant) -> None:
    told = BOOKING.replace("actions:", "actions:\n  - action_prepare_handoff: {sets: [staff_when]}")
    when = ({"event": "slot", "name": "staff_when", "value": "We open at nine."},)
    desk = Desk(load(told), results={"action_prepare_handoff": when}).hears(HumanHandoff("complaint"))

    assert OpenHandoff(reason="complaint") in desk.effects
    assert desk.says == ["I've passed your message to a colleague, who will answer here. We open at nine."]
    assert desk.conversation.paused


def test_a_failing_preparation_does_not_keep_the_person_away(assistant: Assistant) -> None:
    told = BOOKING.replace("actions:", "actions:\n  - action_prepare_handoff: {sets: [staff_when]}")
    failed = ActionReturned(at=MONDAY, call=0, failed="timeout")
    desk = Desk(load(told), results={"action_prepare_handoff": failed}).hears(HumanHandoff())

    assert OpenHandoff(reason="asked") in desk.effects
    assert desk.utters == ["utter_handoff_started"]
    assert desk.conversation.paused


def test_back_from_a_person_the_assistant_says_so_and_asks_what_was_waiting(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY).hears(HumanHandoff()).is_handed_back()
    assert desk.says == ["It's the automated assistant again. We were here: booking.", "What for?"]
    idle = Desk(assistant).hears(HumanHandoff()).is_handed_back()

    assert idle.says == ["It's the automated assistant again."]


def test_the_first_reply_introduces_the_assistant_and_goes_on(assistant: Assistant) -> None:
    desk = Desk(assistant, introduced=False).hears(*READY)
    assert desk.utters == ["utter_disclosure", "utter_ask_reason"]
    assert desk.says[0] == (
        "Hello, I'm the automated assistant of Studio Lucciola. I can book, move or cancel visits. "
        'Write "human" at '
        "any time and a person will answer. Please don't write medical details here. Privacy: "
        "https://example.org/privacy"
    )
    desk.hears(SetSlot("reason", "pain"))

    assert desk.utters == ["utter_ask_day"]


def test_a_mere_greeting_is_shown_a_way_forward_and_not_the_way_to_a_person(assistant: Assistant) -> None:
    desk = Desk(assistant, introduced=False).hears(KnowledgeAnswer("greet"))

    assert desk.utters == ["utter_disclosure", "utter_greet"]
    assert desk.titles == ["Book a first visit", "I have a question"]
    assert [button.payload for button in desk.conversation.offered] == ["/book_visit", "/ask_something"]


def test_after_a_week_the_session_is_new_and_what_was_open_is_dropped(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY).waits(days=7, seconds=1).hears(StartFlow("price"))

    assert desk.told("flow_cancelled", "flow_started") == [
        "flow_cancelled book",
        "flow_started pattern_session_start",
        "flow_started price",
    ]
    assert desk.utters == ["utter_disclosure", "utter_ask_kind"]
    assert desk.slots == {"name": "Anna"}


def test_after_an_hour_the_next_answer_begins_with_a_reminder_of_where_we_were(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY).waits(hours=9).hears(SetSlot("reason", "pain"))

    assert desk.says == ["We were here: booking.", "Which day, Anna?"]


def test_a_tap_on_an_old_offer_changes_nothing_and_the_question_comes_again(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY)
    slots = desk.slots
    desk.hears(StaleTap())

    assert desk.utters == ["utter_stale_choice", "utter_ask_reason"]
    assert desk.slots == slots


def test_a_tap_that_answers_nothing_open_is_an_old_offer(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(SetSlot("day", "friday", by_tap=True))

    assert desk.utters == ["utter_stale_choice"]
    assert desk.slots == {}


@pytest.mark.parametrize(("kind", "said"), [("audio", "utter_cannot_listen"), ("image", "utter_cannot_see")])
def test_a_photo_or_voice_note_is_taken_politely_and_nothing_is_lost(
    assistant: Assistant, kind: str, said: str
) -> None:
    desk = Desk(assistant).hears(*READY).hears(MediaReceived(kind), text="")

    assert desk.utters == [said, "utter_ask_reason"]


def test_the_practices_facts_are_set_silently(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(StartFlow("price"))

    assert desk.conversation.slots["practice_name"] == "Studio Lucciola"
    assert desk.told("slot") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "utter_user_input_empty_error_rasa"), ("x" * 4097, "utter_user_input_too_long_error_rasa")],
)
def test_a_message_that_cannot_be_read_is_said_to_be_so(assistant: Assistant, text: str, said: str) -> None:
    desk = Desk(assistant).hears(*READY).hears(text=text)

    assert desk.utters == [said, "utter_ask_reason"]


def test_a_flow_that_new_content_no_longer_has_is_closed_and_said_to_be(assistant: Assistant) -> None:
    desk = Desk(assistant).hears(*READY)
    desk.assistant = load(BOOKING.replace("  book:", "  reserve:"))
    desk.hears()

    assert desk.utters[0] == "utter_inform_code_change"
    assert desk.told("flow_cancelled") == ["flow_cancelled book"]
    assert desk.stack == []

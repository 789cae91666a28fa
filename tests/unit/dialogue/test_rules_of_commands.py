"""Which commands count, as what, and in which order (flow format, 9)."""

from typing import Any

import pytest
from talk import BOOKING, Desk, load

from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Clarify,
    Command,
    CorrectSlots,
    DataRequest,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    MediaReceived,
    SetSlot,
    SkipQuestion,
    StartFlow,
    StopMessages,
)

FORCED = BOOKING.replace("- collect: reason", "- collect: reason\n        force_slot_filling: true")
NAMED = (StartFlow("book"), SetSlot("name", "Anna"))
READY = (*NAMED, SetSlot("reason", "checkup"), SetSlot("day", "friday"))


def kept(desk: Desk) -> list[str]:
    """The commands of the last message that counted."""
    [heard] = [event for event in desk.events if event["event"] == "commands"]
    return list(heard["commands"])


def test_the_same_command_twice_is_one() -> None:
    desk = Desk().hears(StartFlow("book"), StartFlow("book"), SetSlot("name", "A"), SetSlot("name", "A"))

    assert kept(desk) == ["StartFlow", "SetSlot"]
    assert desk.stack == ["book ?1_reason"]


@pytest.mark.parametrize("text", ["   ", "\n"])
def test_a_blank_message_is_said_to_be_empty(text: str) -> None:
    assert Desk().hears(text=text).utters == ["utter_user_input_empty_error_rasa"]


def test_a_message_that_is_too_long_is_nothing_but_too_long() -> None:
    desk = Desk().hears(StartFlow("book"), text="x" * 4097)
    [started] = [event for event in desk.events if event["event"] == "flow_started"]

    assert desk.utters == ["utter_user_input_too_long_error_rasa"]
    assert started["flow_id"] == "pattern_internal_error"
    assert Desk().hears(StartFlow("book"), text="x" * 4096).utters == ["utter_ask_name"]


@pytest.mark.parametrize(
    ("commands", "counted"),
    [
        ((SetSlot("reason", "pain"),), ["SetSlot"]),  # a: asked
        ((SetSlot("name", "Anna"),), []),  # b: no news
        ((StartFlow("price"), SetSlot("kind", "x")), ["StartFlow", "SetSlot"]),  # c: of the started flow
        ((CancelFlow(), SetSlot("day", "x")), ["CancelFlow"]),  # d: dropped with the flow
        ((SetSlot("name", "Boris"),), ["CorrectSlots"]),  # e: an answer is changed
        ((SetSlot("day", "friday"),), ["SetSlot"]),  # f: a fill to come, in a called flow
        ((SetSlot("kind", "x"),), ["CannotHandle"]),  # g: of no active flow
        ((SetSlot("nowhere", "x"),), ["CannotHandle"]),
    ],
)
def test_what_a_set_counts_as(commands: tuple[Command, ...], counted: list[str]) -> None:
    assert kept(Desk().hears(*NAMED).hears(*commands)) == counted


def test_corrections_of_one_message_are_one_where_the_first_of_them_stood() -> None:
    desk = Desk().hears(*READY)
    desk.hears(SetSlot("day", "monday"), ChitChat(), SetSlot("reason", "pain"))

    assert kept(desk) == ["CorrectSlots", "ChitChat"]


def test_a_first_value_over_an_initial_one_is_no_correction() -> None:
    desk = Desk(BOOKING.replace("day: {type: text}", "day: {type: text, initial_value: any}"))

    assert kept(desk.hears(*NAMED).hears(SetSlot("day", "friday"))) == ["SetSlot"]


def test_correcting_what_was_never_said_is_simply_saying_it() -> None:
    desk = Desk().hears(*NAMED).hears(CorrectSlots({"reason": "pain", "day": "friday"}))

    assert kept(desk) == ["SetSlot", "SetSlot"]
    assert desk.says == ["friday, is that right?"]


def test_a_list_is_never_said() -> None:
    desk = Desk(BOOKING.replace("kind: {type: text}", "kind: {type: text}\n  lots: {type: list}"))

    assert kept(desk.hears(*NAMED).hears(SetSlot("lots", ["a"]))) == ["CannotHandle"]


@pytest.mark.parametrize(
    ("commands", "counted"),
    [
        ((StartFlow("nowhere"),), ["CannotHandle"]),
        ((StartFlow("pattern_completed"),), ["CannotHandle"]),
        ((StartFlow("choose"),), ["CannotHandle"]),  # its guard is false
        ((StartFlow("book"),), []),  # it is the active one
        ((CancelFlow(), StartFlow("book")), ["CancelFlow"]),
        ((CancelFlow(), CancelFlow()), ["CancelFlow"]),
    ],
)
def test_which_starts_and_cancellations_count(commands: tuple[Command, ...], counted: list[str]) -> None:
    assert kept(Desk().hears(*NAMED).hears(*commands)) == counted


def test_nothing_to_cancel_is_not_understood() -> None:
    assert kept(Desk().hears(CancelFlow())) == ["CannotHandle"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("book", "nowhere", "price"), ["booking", "prices"]),
        (("book", "price", "route", "menu"), ["booking", "prices", "directions"]),
    ],
)
def test_a_clarification_offers_known_flows_and_no_more_than_three(options: Any, names: list[str]) -> None:
    more = "".join(
        f"  {id}:\n    name: {name}\n    description: d\n    steps: [{{action: utter_price}}]\n"
        for id, name in (("route", "directions"), ("menu", "menus"))
    )
    desk = Desk(BOOKING + more).hears(Clarify(options))
    [started] = [e for e in desk.events if e["event"] == "flow_started"]

    assert started["names"] == names
    assert started["options"] == list(options[:1] + options[-1:] if "nowhere" in options else options[:3])


@pytest.mark.parametrize(
    ("other", "counted"),
    [
        (StartFlow("price"), ["StartFlow"]),
        (SetSlot("reason", "pain"), ["SetSlot"]),
        (CancelFlow(), ["CancelFlow"]),
        (ChitChat(), ["Clarify", "ChitChat"]),
    ],
)
def test_who_says_what_is_meant_is_not_asked_which(other: Command, counted: list[str]) -> None:
    assert kept(Desk().hears(*NAMED).hears(Clarify(("book", "price")), other)) == counted


def test_a_clarification_of_nothing_known_is_not_understood() -> None:
    assert kept(Desk().hears(Clarify(("nowhere",)))) == ["CannotHandle"]


def test_nothing_at_all_is_not_understood() -> None:
    desk = Desk().hears(*NAMED).hears()

    assert kept(desk) == ["CannotHandle"]
    assert desk.utters == ["utter_ask_rephrase", "utter_ask_reason"]


def test_what_is_understood_but_changes_nothing_asks_again() -> None:
    desk = Desk().hears(*NAMED).hears(SetSlot("name", "Anna"))

    assert (kept(desk), desk.utters) == ([], ["utter_ask_reason"])


@pytest.mark.parametrize(
    ("commands", "counted"),
    [
        ((StartFlow("price"), SetSlot("reason", "pain"), CancelFlow()), ["SetSlot"]),
        ((SetSlot("name", "Boris"),), ["CannotHandle"]),
        ((CancelFlow(),), ["CannotHandle"]),
        ((HumanHandoff(), StartFlow("price")), ["HumanHandoff"]),
        ((Emergency("A", "airway"),), ["Emergency"]),
        ((StopMessages(),), ["StopMessages"]),
        ((DataRequest("show"),), ["DataRequest"]),
        ((MediaReceived("image"),), ["MediaReceived"]),
    ],
)
def test_forced_filling_hears_the_answer_and_what_no_flow_may_switch_off(
    commands: tuple[Command, ...], counted: list[str]
) -> None:
    assert kept(Desk(load(FORCED)).hears(*NAMED).hears(*commands)) == counted


def test_sets_come_first_then_what_was_said_first() -> None:
    desk = Desk().hears(StartFlow("price"), ChitChat(), SetSlot("kind", "x"))

    assert desk.utters == ["utter_price", "utter_cannot_handle", "utter_can_do_something_else"]
    assert desk.journal[0] == "kind = x"


def test_what_is_said_before_a_start_is_seen_before_it() -> None:
    desk = Desk().hears(SkipQuestion(), StartFlow("price"))

    assert desk.utters == ["utter_skip_question_answer", "utter_ask_kind"]


def test_two_starts_wait_for_each_other_and_nothing_is_interrupted() -> None:
    desk = Desk().hears(StartFlow("price"), StartFlow("book"), SetSlot("kind", "x"))

    assert desk.utters == ["utter_price", "utter_ask_name"]
    assert desk.told("flow_interrupted", "flow_resumed") == []


def test_the_active_flow_is_the_one_before_the_message() -> None:
    desk = Desk().hears(*NAMED).hears(StartFlow("price"), StartFlow("choose", explicit=True))

    assert desk.told("flow_interrupted") == ["flow_interrupted book"]
    assert desk.stack == ["book", "choose", "price ?0_kind"]


def test_a_person_is_called_whatever_stands_before() -> None:
    desk = Desk().hears(KnowledgeAnswer("thanks"), StartFlow("price"), HumanHandoff())

    assert desk.utters == ["utter_handoff_started"]


def test_a_reason_for_not_understanding_is_answered_by_its_own_words() -> None:
    said = {
        reason: Desk().hears(CannotHandle(f"cannot_handle_{reason}")).utters
        for reason in ("default", "chitchat", "not_supported", "no_relevant_answer")
    }

    assert said == {
        "default": ["utter_ask_rephrase"],
        "chitchat": ["utter_cannot_handle"],
        "not_supported": ["utter_cannot_handle"],
        "no_relevant_answer": ["utter_no_relevant_answer_found"],
    }

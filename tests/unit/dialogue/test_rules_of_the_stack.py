"""How flows start, interrupt, resume, end, link and are cancelled (flow format, 11)."""

import pytest
from talk import BOOKING, Desk, load

from bot.dialogue.commands import CancelFlow, ChitChat, Clarify, CorrectSlots, SetSlot, StartFlow

NAMED = (StartFlow("book"), SetSlot("name", "Anna"))
READY = (*NAMED, SetSlot("reason", "checkup"), SetSlot("day", "friday"))
MORE = """  route:
    name: directions
    description: tell the way
    steps: [{action: utter_price}]
  menu:
    name: menus
    description: offer ways on
    run_pattern_completed: false
    steps:
      - action: utter_price
      - link: route
"""
WITH_MORE = BOOKING + MORE


def with_pattern(steps: str, *, name: str, texts: str = "") -> str:
    pattern = f"flows:\n  {name}:\n    description: d\n    steps:\n{steps}"
    return WITH_MORE.replace("flows:\n", pattern, 1).replace("responses:\n", "responses:\n" + texts, 1)


def test_a_frame_knows_where_it_is_and_how_it_came() -> None:
    desk = Desk().hears(*NAMED, SetSlot("reason", "pain"))
    book, choose = desk.conversation.stack

    assert (book.entered_by, book.step_id, book.visited) == (
        "start",
        "2_choose",
        ("0_name", "1_reason", "2_choose"),
    )
    assert (choose.entered_by, choose.step_id, choose.visited) == ("call", "ask_day", ("ask_day",))
    assert choose.to_json()["kind"] == "user"


def test_a_completed_flow_tells_its_last_step() -> None:
    desk = Desk().hears(*READY).hears(SetSlot("sure", True))

    assert desk.journal[:6] == [
        "sure = True",
        "runs utter_booked",
        "says utter_booked",
        "flow_completed book at 4_utter_booked",
        "reason = None",
        "sure = None",
    ]


def test_a_call_completes_without_touching_its_slots() -> None:
    desk = Desk().hears(*READY)

    assert "flow_completed choose at 1_action_find" in desk.journal
    assert desk.slots["day"] == "friday"
    assert desk.conversation.stack[0].called == ("choose",)


@pytest.mark.parametrize("by", ["name", "id"])
def test_the_interrupted_flow_to_go_on_with_is_chosen_by_name_or_id(by: str) -> None:
    desk = Desk(WITH_MORE).hears(*NAMED).hears(StartFlow("price")).hears(StartFlow("route"))
    waiting = desk.conversation.stack[-1]
    assert waiting.context == {
        "interrupted_flow_ids": ["price", "book"],
        "interrupted_flow_names": ["prices", "booking"],
        "interrupted_flow_options": "prices, booking",
        "multiple_flows_interrupted": True,
        "previous_flow_name": "prices",
    }
    desk.hears(SetSlot("interrupted_flow_to_continue", {"name": "BOOKING", "id": "Book"}[by]))

    assert desk.told("flow_resumed") == ["flow_resumed book"]
    assert desk.utters == ["utter_ask_reason"]
    assert desk.stack == ["price", "book ?1_reason"]


def test_none_of_several_drops_them_all() -> None:
    desk = Desk(WITH_MORE).hears(*NAMED).hears(StartFlow("price")).hears(StartFlow("route"))
    desk.hears(SetSlot("interrupted_flow_to_continue", "none"))

    assert desk.told("flow_cancelled") == ["flow_cancelled price", "flow_cancelled book"]
    assert (desk.stack, desk.slots) == ([], {"name": "Anna"})


def test_cancelling_while_asked_whether_to_go_on_cancels_what_was_interrupted() -> None:
    desk = Desk().hears(*NAMED).hears(StartFlow("price")).hears(SetSlot("kind", "x"))
    desk.hears(CancelFlow())

    assert desk.told("flow_cancelled") == ["flow_cancelled book"]
    assert desk.utters == ["utter_flow_cancelled_rasa", "utter_can_do_something_else"]


def test_a_pattern_that_neither_goes_on_nor_cancels_lets_the_flow_go_on() -> None:
    content = with_pattern("      - action: utter_price\n", name="pattern_continue_interrupted")
    desk = Desk(content).hears(*NAMED).hears(StartFlow("route"))

    assert desk.utters == ["utter_price", "utter_price", "utter_ask_reason"]
    assert desk.told("flow_resumed") == ["flow_resumed book"]


def test_a_flow_started_above_a_pattern_that_asks_comes_back_to_its_question() -> None:
    content = with_pattern("      - collect: kind\n", name="pattern_chitchat")
    desk = Desk(content).hears(ChitChat())
    assert desk.stack == ["pattern_chitchat ?0_kind"]
    desk.hears(StartFlow("route"))

    assert desk.utters == ["utter_price", "utter_ask_kind"]


@pytest.mark.parametrize(
    "pattern", ["pattern_completed", "pattern_clarification", "pattern_customer_satisfaction"]
)
def test_a_pattern_that_waits_gives_way_to_a_flow(pattern: str) -> None:
    desk = Desk(with_pattern("      - collect: csat_score\n", name=pattern))
    if pattern == "pattern_clarification":
        desk.hears(Clarify(("book", "price")))
    elif pattern == "pattern_completed":
        desk.hears(StartFlow("route"))
    else:
        linked = with_pattern(
            "      - collect: csat_score\n  pattern_completed:\n    description: d\n"
            "    steps: [{link: pattern_customer_satisfaction}]\n",
            name=pattern,
        )
        desk = Desk(linked).hears(StartFlow("route"))
    assert desk.stack == [f"{pattern} ?0_csat_score"]
    desk.hears(StartFlow("price"))

    assert desk.stack == ["price ?0_kind"]


def test_cancelling_removes_the_patterns_above_and_names_the_root() -> None:
    content = with_pattern("      - collect: kind\n", name="pattern_chitchat")
    desk = Desk(content).hears(*NAMED, SetSlot("reason", "pain")).hears(ChitChat()).hears(CancelFlow())

    assert desk.says[0] == "All right, I've dropped it (booking)."
    assert desk.told("flow_cancelled") == ["flow_cancelled choose", "flow_cancelled book"]
    assert desk.stack == []


def test_a_cancellation_that_forgets_its_action_cancels_all_the_same() -> None:
    content = with_pattern("      - action: utter_price\n", name="pattern_cancel_flow")
    desk = Desk(content).hears(*READY).hears(CancelFlow())

    assert (desk.stack, desk.slots) == ([], {"name": "Anna", "found": "some"})


def test_a_link_ends_the_flow_and_begins_the_target_whatever_its_guard() -> None:
    desk = Desk(WITH_MORE).hears(StartFlow("menu"))

    assert desk.told("flow_started", "flow_completed") == [
        "flow_started menu",
        "flow_completed menu",
        "flow_started route",
        "flow_completed route",
        "flow_started pattern_completed",
        "flow_completed pattern_completed",
    ]


def test_a_pattern_that_links_to_a_flow_on_the_stack_pushes_nothing() -> None:
    content = with_pattern("      - link: book\n", name="pattern_chitchat")
    desk = Desk(content).hears(*NAMED).hears(ChitChat())

    assert desk.stack == ["book ?1_reason"]
    assert desk.utters == ["utter_ask_reason"]


def test_what_a_flow_fills_is_reset_with_an_event_even_when_it_was_empty() -> None:
    desk = Desk(WITH_MORE).hears(StartFlow("price"), SetSlot("kind", "x"))
    assert desk.journal[-5] == "kind = None"
    later = Desk(WITH_MORE).hears(StartFlow("book")).hears(CancelFlow())

    assert [line for line in later.journal if line.endswith("= None")] == ["reason = None", "sure = None"]


def test_a_collect_that_asks_to_keep_its_slot_keeps_it() -> None:
    content = BOOKING.replace("- collect: kind", "- collect: kind\n        reset_after_flow_ends: false")
    desk = Desk(content).hears(StartFlow("price"), SetSlot("kind", "x"))

    assert desk.slots == {"kind": "x"}


def test_a_reset_slot_has_its_initial_value() -> None:
    content = BOOKING.replace("kind: {type: text}", "kind: {type: text, initial_value: usual}")
    desk = Desk(content.replace("- collect: kind", "- collect: kind\n        ask_before_filling: true"))
    desk.hears(StartFlow("price")).hears(SetSlot("kind", "x"))

    assert desk.slots == {"kind": "usual"}


def test_patterns_reset_what_they_collected() -> None:
    content = with_pattern("      - collect: kind\n      - action: utter_price\n", name="pattern_chitchat")
    desk = Desk(content).hears(ChitChat()).hears(SetSlot("kind", "x"))

    assert desk.journal[-1] == "kind = None"
    assert desk.utters == ["utter_price"]


def test_completion_names_the_flow_and_comes_once_even_when_it_leads_on() -> None:
    text = """  utter_after:
    - text: "After {{ context.previous_flow_name }}."
      metadata: {template: jinja}
"""
    leads_on = "      - action: utter_after\n      - link: route\n"
    desk = Desk(with_pattern(leads_on, name="pattern_completed", texts=text)).hears(StartFlow("price"))
    desk.hears(SetSlot("kind", "x"))

    assert desk.says == ["80 euro.", "After prices.", "80 euro."]


def test_a_cancelled_flow_is_completed_too_and_a_mere_pattern_is_not() -> None:
    desk = Desk(WITH_MORE).hears(StartFlow("price")).hears(CancelFlow())
    assert "flow_started pattern_completed" in desk.journal
    desk.hears(ChitChat())

    assert "flow_started pattern_completed" not in desk.journal


def test_the_end_of_a_call_is_no_completion() -> None:
    assert "pattern_completed" not in " ".join(Desk().hears(*READY).journal)


def test_going_back_in_a_chain_begins_at_its_root() -> None:
    content = load(BOOKING.replace("      - id: ask_day\n", "      - collect: kind\n      - id: ask_day\n"))
    desk = Desk(content).hears(*NAMED, SetSlot("reason", "pain"), SetSlot("kind", "x"))
    desk.hears(CorrectSlots({"kind": "y", "reason": "checkup"}))

    assert desk.stack == ["book", "choose ?ask_day"]
    assert desk.told("flow_started")[1:] == ["flow_started choose"]

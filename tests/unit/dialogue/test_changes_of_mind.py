"""Corrections, interruptions, cancelling, linking and ending (flow format, 9.4, 10.5 and 11)."""

from talk import BOOKING, Desk, found, load

from bot.dialogue.commands import CancelFlow, Clarify, CorrectSlots, RepeatBotMessages, SetSlot, StartFlow

READY = (StartFlow("book"), SetSlot("name", "Anna"), SetSlot("reason", "checkup"), SetSlot("day", "friday"))


def test_a_corrected_answer_goes_back_to_its_question_and_actions_run_again() -> None:
    desk = Desk().hears(*READY)
    assert desk.says == ["friday, is that right?"]
    desk.hears(SetSlot("day", "monday"))

    assert desk.told("flow_started", "slot", "flow_cancelled") == [
        "flow_started pattern_correction",
        "slot day=monday",
        "flow_started choose",
        "slot found=None",
        "slot found=some",
    ]
    assert desk.ran == ["action_find"]
    assert desk.says == ["All right, I've changed that.", "monday, is that right?"]


def test_a_correction_within_a_called_flow_goes_back_in_its_parent() -> None:
    desk = Desk().hears(*READY[:3])
    desk.hears(SetSlot("reason", "pain"))

    assert desk.slots == {"name": "Anna", "reason": "pain"}
    assert desk.stack == ["book", "choose ?ask_day"]
    assert desk.says == ["All right, I've changed that.", "Which day, Anna?"]


def test_correcting_to_nothing_asks_again() -> None:
    desk = Desk().hears(*READY).hears(CorrectSlots({"day": None}))

    assert desk.says == ["All right, I've changed that.", "Which day, Anna?"]


def test_two_corrections_in_one_message_are_one() -> None:
    desk = Desk().hears(*READY).hears(SetSlot("day", "monday"), SetSlot("reason", "pain"))

    assert desk.told("flow_started")[0] == "flow_started pattern_correction"
    assert desk.slots["day"] == "monday"
    assert desk.slots["reason"] == "pain"
    assert desk.says == ["All right, I've changed that.", "monday, is that right?"]


def test_who_only_turns_down_what_was_chosen_is_not_told_that_it_is_changed() -> None:
    turning_down = BOOKING.replace(
        "  day: {type: text}\n",
        "  day:\n    type: text\n    mappings:\n      - type: from_llm\n"
        "      - {type: from_intent, intent: other_openings, value: other}\n",
    )
    other = Desk(turning_down).hears(*READY).hears(SetSlot("day", "other"))
    refused = Desk(turning_down).hears(*READY).hears(SetSlot("day", "not:friday"))
    both = Desk(turning_down).hears(*READY).hears(SetSlot("day", "other"), SetSlot("reason", "pain"))

    assert other.says == ["other, is that right?"]
    assert refused.says == ["not:friday, is that right?"]
    assert both.says == ["All right, I've changed that.", "other, is that right?"]


def test_a_question_that_is_always_asked_anew_takes_no_corrected_value() -> None:
    twice = BOOKING.replace(
        "      - collect: reason\n", "      - collect: reason\n        ask_before_filling: true\n"
    )
    desk = Desk(twice).hears(StartFlow("book"), SetSlot("name", "Anna")).hears(SetSlot("reason", "pain"))
    desk.hears(SetSlot("reason", "checkup"))

    assert desk.utters == ["utter_ask_reason"]
    assert desk.told("slot") == ["slot reason=None"]


def test_a_project_may_ask_before_it_changes_an_answer() -> None:
    confirming = BOOKING.replace(
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
    ).replace("slots:\n", "slots:\n  change: {type: bool}\n", 1)
    texts = '  utter_ask_change: [{text: "Change it?"}]\n  utter_kept: [{text: "Kept."}]\n'
    content = load(confirming.replace("responses:\n", "responses:\n" + texts))
    kept = Desk(content).hears(*READY).hears(SetSlot("day", "monday")).hears(SetSlot("change", False))
    assert (kept.says, kept.slots["day"]) == (["Kept.", "friday, is that right?"], "friday")
    desk = Desk(content).hears(*READY).hears(SetSlot("day", "monday")).hears(SetSlot("change", True))

    assert desk.says == ["All right, I've changed that.", "monday, is that right?"]


def test_an_interrupted_flow_asks_before_it_goes_on() -> None:
    desk = Desk().hears(*READY[:2]).hears(StartFlow("price"))
    assert desk.told("flow_interrupted", "flow_started") == ["flow_interrupted book", "flow_started price"]
    desk.hears(SetSlot("kind", "cleaning"))
    assert desk.says == ["80 euro.", "Shall we go on: booking?"]
    desk.hears(SetSlot("continue_interrupted_flow_confirmation", True), SetSlot("reason", "checkup"))

    assert desk.says == ["Which day, Anna?"]
    assert desk.told("flow_resumed", "flow_started") == ["flow_resumed book", "flow_started choose"]


def test_answering_the_interrupted_question_is_a_yes() -> None:
    desk = Desk().hears(*READY[:2]).hears(StartFlow("price")).hears(SetSlot("kind", "cleaning"))
    desk.hears(SetSlot("reason", "pain"))

    assert desk.says == ["Which day, Anna?"]


def test_changing_an_answer_of_the_interrupted_flow_is_a_yes_too() -> None:
    desk = Desk().hears(*READY).hears(StartFlow("price")).hears(SetSlot("kind", "cleaning"))
    desk.hears(SetSlot("day", "monday"))

    assert desk.says == ["All right, I've changed that.", "monday, is that right?"]


def test_not_going_on_drops_the_interrupted_flow() -> None:
    desk = Desk().hears(*READY[:2]).hears(StartFlow("price")).hears(SetSlot("kind", "cleaning"))
    desk.hears(SetSlot("continue_interrupted_flow_confirmation", "no"))

    assert desk.told("flow_cancelled") == ["flow_cancelled book"]
    assert desk.stack == []
    assert desk.says == ["Is there anything else I can do for you?"]


def test_starting_the_interrupted_flow_by_name_resumes_it() -> None:
    desk = Desk().hears(*READY[:2]).hears(StartFlow("price")).hears(StartFlow("book"))

    assert desk.told("flow_interrupted", "flow_resumed", "flow_started") == [
        "flow_interrupted price",
        "flow_resumed book",
    ]
    assert desk.says == ["What for?"]


def test_several_interrupted_flows_are_chosen_among_by_name() -> None:
    third = BOOKING + (
        "  route:\n    name: directions\n    description: tell the way\n    steps: [{action: utter_price}]\n"
    )
    desk = Desk(third).hears(*READY[:2]).hears(StartFlow("price")).hears(StartFlow("route"))
    assert desk.says == ["80 euro.", "What shall we go on with: prices, booking?"]
    desk.hears(SetSlot("interrupted_flow_to_continue", "Booking"))

    assert desk.says == ["What for?"]


def test_the_first_thing_asked_for_comes_first() -> None:
    desk = Desk().hears(StartFlow("price"), StartFlow("book"), SetSlot("kind", "cleaning"))

    assert desk.says == ["80 euro.", "Your name?"]
    assert desk.told("flow_interrupted") == []


def test_cancelling_resets_at_once_what_is_not_to_last() -> None:
    desk = Desk().hears(*READY[:3]).hears(CancelFlow())

    assert desk.told("flow_cancelled", "flow_started") == [
        "flow_cancelled choose",
        "flow_cancelled book",
        "flow_started pattern_cancel_flow",
        "flow_started pattern_completed",
    ]
    assert desk.says == ["All right, I've dropped it (booking).", "Is there anything else I can do for you?"]
    assert desk.slots == {"name": "Anna"}
    assert desk.stack == []


def test_cancelling_and_starting_another_says_both_in_that_order() -> None:
    desk = Desk().hears(*READY[:2]).hears(CancelFlow(), StartFlow("price"))

    assert desk.says == ["All right, I've dropped it (booking).", "Which kind?"]
    assert desk.told("flow_interrupted") == []


def test_what_is_said_for_the_next_flow_survives_the_end_of_the_last() -> None:
    shared = BOOKING.replace("      - collect: kind\n", "      - collect: reason\n")
    desk = Desk(shared).hears(*READY[:1]).hears(CancelFlow(), StartFlow("price"), SetSlot("reason", "pain"))

    assert desk.says == [
        "All right, I've dropped it (booking).",
        "80 euro.",
        "Is there anything else I can do for you?",
    ]


def test_the_active_flow_cannot_be_started_twice() -> None:
    desk = Desk().hears(StartFlow("book")).hears(StartFlow("book"))

    assert desk.stack == ["book ?0_name"]
    assert desk.says == ["Your name?"]


def test_a_guard_that_is_false_keeps_the_flow_shut() -> None:
    desk = Desk().hears(StartFlow("choose"))

    assert desk.utters == ["utter_ask_rephrase"]


def test_an_explicit_start_does_not_ask_the_guard() -> None:
    desk = Desk().hears(StartFlow("choose", explicit=True))

    assert desk.says == ["Which day, ?"]


def test_repeating_says_the_same_and_asks_nothing_twice() -> None:
    desk = Desk().hears(StartFlow("book"))
    said = desk.says
    desk.hears(RepeatBotMessages())

    assert desk.says == said
    assert desk.hears(SetSlot("name", "Anna")).says == ["What for?"]


def test_a_flow_that_ends_resets_its_slots_even_when_they_were_empty() -> None:
    desk = Desk().hears(*READY).hears(SetSlot("sure", False))

    assert desk.told("slot") == ["slot sure=False", "slot reason=None", "slot sure=None", "slot day=None"]
    assert desk.slots == {"name": "Anna", "found": "some"}


def test_completion_is_said_once_and_not_after_a_mere_pattern() -> None:
    desk = Desk().hears(*READY).hears(SetSlot("sure", True))
    assert desk.says == ["Booked for friday.", "Is there anything else I can do for you?"]
    desk.hears()

    assert desk.utters == ["utter_ask_rephrase"]


def test_a_flow_may_end_without_the_question_for_more() -> None:
    quiet = BOOKING.replace(
        "persisted_slots: [name]", "persisted_slots: [name]\n    run_pattern_completed: false"
    )
    desk = Desk(quiet).hears(*READY).hears(SetSlot("sure", True))

    assert desk.says == ["Booked for friday."]


def test_a_link_ends_the_flow_and_begins_the_other() -> None:
    linked = BOOKING.replace(
        "then: [{action: utter_booked, next: END}]", "then: [{action: utter_booked}, {link: price}]"
    )
    desk = Desk(linked).hears(*READY).hears(SetSlot("sure", True))

    assert desk.told("flow_completed", "flow_started") == ["flow_completed book", "flow_started price"]
    assert desk.says == ["Booked for friday.", "Which kind?"]
    assert desk.stack == ["price ?0_kind"]


def test_a_link_to_a_person_tells_staff_why() -> None:
    linked = (
        BOOKING.replace(
            "then: [{action: utter_trouble, next: END}]",
            "then: [{action: utter_trouble}, {set_slots: {handoff_reason: error}}, "
            "{link: pattern_human_handoff}]",
        )
        .replace("    if: false\n", "")
        .replace("- call: choose", "- collect: day")
    )
    desk = Desk(linked, results={"action_find": found("error")})
    desk.hears(StartFlow("choose"), SetSlot("day", "friday"))

    assert desk.utters == ["utter_trouble", "utter_handoff_started"]
    assert [effect.reason for effect in desk.effects if hasattr(effect, "reason")] == ["error"]
    assert desk.conversation.paused


def test_a_called_flow_that_finds_nothing_asks_again() -> None:
    desk = Desk(results={"action_find": [found("none"), found("some")]}).hears(*READY)
    assert desk.says == ["Nothing free.", "Which day, Anna?"]
    desk.hears(SetSlot("day", "monday"))

    assert desk.says == ["monday, is that right?"]


def test_a_clarification_offers_the_flows_to_tap() -> None:
    desk = Desk().hears(Clarify(("book", "price", "nonsense")))

    assert desk.says == ["Which of these did you mean: booking, prices?"]
    assert desk.titles == ["booking", "prices"]

"""Why the assistant said that, and whether it still would: what a stored booking tells afterwards."""

import json
import re

from stored_bench import FIRST_WORDS, NAME, PHONE, Bench

# -- explain ------------------------------------------------------------------------------------------------


def test_the_latest_conversations_are_listed_without_names(bench: Bench) -> None:
    listed = bench.runs("explain")

    assert listed.exit_code == 0
    assert re.fullmatch(r"[0-9a-f]{8}  2026-03-02 08:00  whatsapp     5 turns\n", listed.output)


def test_a_turn_is_told_with_what_was_tested_run_set_and_said(bench: Bench) -> None:
    told = bench.runs("explain", bench.conversation, "4").output.splitlines()

    assert told[0] == "Turn 4, 2026-03-02T08:00:00+01:00"
    assert "  understood  opening = •••" in told
    wanted = [
        '      if      slots.opening is "other": no  (slots.opening = •••)',
        "    step      new_patient_consult › hold",
        "      runs    action_hold_opening → held",
        "      sets    hold_result = held",
        '      if      slots.hold_result is "held": yes  (slots.hold_result = held)',
        "    step      new_patient_consult › confirm",
        "      says    utter_confirm_booking, 2 buttons",
    ]
    assert [line for line in told if line in wanted] == wanted
    assert told[-1] == "  stack now   new_patient_consult at confirm"


def test_where_one_turn_ends_the_next_begins(bench: Bench) -> None:
    told = json.loads(bench.runs("explain", bench.conversation, "--json").output)

    assert [turn["stack_before"] for turn in told] == [[], *[turn["stack_after"] for turn in told[:-1]]]
    assert told[0]["stack_after"] == ["new_patient_consult at name"]


def words_of_the_patient() -> list[str]:
    return [NAME, "Anna", "Rossi", PHONE, PHONE[2:], FIRST_WORDS, "Buonasera"]


def test_no_word_name_or_number_of_a_patient_is_told_unasked(bench: Bench) -> None:
    bench.changes(
        "- action: utter_booked\n", "- action: utter_practice_note\n              - action: utter_booked\n"
    )
    bench.adds(
        'responses: {utter_practice_note: [{text: "{patient_name}", translation: {it: "{patient_name}!",'
        ' ru: "{patient_name}"}}]}'
    )
    told = bench.runs("explain", bench.conversation).output
    told += bench.runs("explain", bench.conversation, "--json").output
    told += bench.runs("replay", "--against", str(bench.flows)).output
    told += bench.runs("replay", "--against", str(bench.flows), "--json").output

    assert "utter_practice_note" in told
    assert [words for words in words_of_the_patient() if words in told] == []


def test_words_are_shown_to_who_asks_for_them(bench: Bench) -> None:
    told = bench.runs("explain", bench.conversation, "--show-words").output

    assert f"patient     “{FIRST_WORDS}”" in told
    assert f"patient_name = {NAME}" in told
    assert "utter_ask_patient_name: “" in told


def test_a_conversation_or_turn_that_is_not_there_is_said_to_be_missing(bench: Bench) -> None:
    unknown = bench.runs("explain", "ffff0000")
    beyond = bench.runs("explain", bench.conversation, "6")

    assert (
        str(unknown.exception)
        == 'no conversation begins with "ffff0000"; `chairside explain` lists the latest'
    )
    assert str(beyond.exception) == "the conversation has turns 1 to 5, not 6"


# -- replay -------------------------------------------------------------------------------------------------


def test_under_the_same_flows_everything_goes_the_same_way(bench: Bench) -> None:
    replayed = bench.runs("replay", "--against", str(bench.flows))

    assert (replayed.exit_code, replayed.output) == (
        0,
        "1 conversation of 5 turns replayed: 0 would go another way, 0 only in other words.\n",
    )


def test_another_wording_is_told_and_the_conversation_followed_on(bench: Bench) -> None:
    bench.changes("Quando preferisce venire? Può anche", "Quando Le andrebbe? Può anche")
    replayed = bench.runs("replay", "--against", str(bench.flows))

    assert replayed.exit_code == 1
    assert replayed.output == (
        f"{bench.conversation} turn 2, 2026-03-02 08:00, would be put in other words:\n"
        "  words      then  utter_ask_wish with 3 buttons\n"
        "             now   utter_ask_wish in other words\n"
        "1 conversation of 5 turns replayed: 0 would go another way, 1 only in other words.\n"
    )


def test_a_new_action_is_told_by_name_because_nobody_knows_what_it_would_say(bench: Bench) -> None:
    bench.adds("actions: [action_ask_insurer: {sets: []}]")
    bench.changes("      - id: whom\n", "      - action: action_ask_insurer\n      - id: whom\n")
    replayed = bench.runs("replay", "--against", str(bench.flows))

    assert replayed.exit_code == 1
    assert f"{bench.conversation} turn 3, 2026-03-02 08:00, would go another way:\n" in replayed.output
    assert "  action     then  not run\n             now   would run action_ask_insurer\n" in replayed.output
    assert replayed.output.endswith("1 would go another way, 0 only in other words.\n")


def test_a_question_left_out_shows_where_the_ways_part(bench: Bench) -> None:
    bench.changes(
        "      - id: day\n        collect: wish\n",
        "      - id: day\n        noop: true\n        next: whom\n",
    )
    told = json.loads(bench.runs("replay", "--against", str(bench.flows), "--json").output)

    assert [(each["turn"], each["only_words"]) for each in told] == [(2, False)]
    differences = {each["what"]: (each["then"], each["now"]) for each in told[0]["differences"]}
    assert differences["says"] == ("utter_ask_wish with 3 buttons", "nothing")
    assert differences["action"] == ("not run", "would run action_find_openings")


def test_flows_that_do_not_load_are_refused_with_their_mistakes(bench: Bench) -> None:
    bench.adds("flows: {broken: {description: d, steps: [{action: utter_nothing}]}}")
    replayed = bench.runs("replay", "--against", str(bench.flows))

    assert "E-REF" in str(replayed.exception)


# -- what else happens to conversations ---------------------------------------------------------------------


def test_a_conversation_that_a_person_had_in_between_goes_the_same_way(with_a_person: Bench) -> None:
    replayed = with_a_person.runs("replay", "--against", str(with_a_person.flows))
    told = json.loads(with_a_person.runs("explain", with_a_person.conversation, "--json").output)

    assert (replayed.exit_code, replayed.output.split(":")[0]) == (0, "1 conversation of 4 turns replayed")
    assert told[2]["understood"] == ["given back by a person"]
    assert {"what": "calls", "words": "a person (asked)"} in told[0]["happened"]


def test_a_conversation_from_before_is_skipped_and_said_so(bench: Bench) -> None:
    bench.forgets_how_messages_were_heard()
    replayed = bench.runs("replay", "--against", str(bench.flows))

    assert (replayed.exit_code, replayed.output) == (
        0,
        f"{bench.conversation} is skipped: it was stored before messages were kept for replaying\n"
        "0 conversations of 0 turns replayed: 0 would go another way, 0 only in other words; 1 skipped.\n",
    )
    assert bench.runs("explain", bench.conversation).exit_code == 0


def test_a_patient_who_was_forgotten_cannot_be_explained(bench: Bench) -> None:
    conversation = bench.conversation
    bench.erases()
    explained = bench.runs("explain", conversation)
    replayed = bench.runs("replay", "--against", str(bench.flows))

    assert str(explained.exception).endswith("was erased at the patient's wish; nothing of it can be read")
    assert replayed.output.startswith(f"{conversation} is skipped: it was erased at the patient's wish\n")

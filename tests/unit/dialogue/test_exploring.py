"""Exploration: a fault that only shows in a conversation is found, at its step, with the messages to it."""

from pathlib import Path

import pytest
from talk import load

from bot.dialogue import load_assistant
from bot.dialogue.exploring import Exploration, explore

CONTENT = Path(__file__).parents[3] / "flows"

#: A time is found, kept, confirmed and booked; dropping and failing gives it back. Nothing is wrong with it.
GOOD = """
actions:
  - action_find: {outcome: {slot: found, values: [some, none, error]}, sets: []}
  - action_keep: {outcome: {slot: kept, values: [held, taken, error], once: [taken]}, sets: [], holds: [held]}
  - action_book: {outcome: {slot: booked, values: [yes, error]}, sets: [], books: [yes], releases: [error]}
  - action_free: {sets: [], releases: true}
slots:
  name: {type: text}
  day: {type: text}
  sure: {type: bool}
  found: {type: categorical, values: [some, none, error], mappings: [{type: controlled}]}
  kept: {type: categorical, values: [held, taken, error], mappings: [{type: controlled}]}
  booked: {type: categorical, values: [yes, error], mappings: [{type: controlled}]}
responses:
  utter_ask_name: [{text: "Name?"}]
  utter_ask_day: [{text: "Day?"}]
  utter_ask_sure: [{text: "Sure?"}]
  utter_wrong: [{text: "That is no name."}]
  utter_booked: [{text: "Booked."}]
  utter_none: [{text: "Nothing free."}]
  utter_left: [{text: "All right."}]
flows:
  book:
    description: book
    persisted_slots: [name]
    steps:
      - collect: name
        rejections:
          - if: slots.name matches "[0-9]"
            utter: utter_wrong
      - id: day
        collect: day
      - id: find
        action: action_find
        next:
          - if: slots.found is "some"
            then: keep
          - if: slots.found is "none"
            then:
              - action: utter_none
              - set_slots: [{day: null}]
                next: day
          - if: slots.found is "error"
            then: person
          - else: person
      - id: keep
        action: action_keep
        next:
          - if: slots.kept is "held"
            then: sure
          - if: slots.kept is "taken"
            then: find
          - if: slots.kept is "error"
            then: person
          - else: person
      - id: sure
        collect: sure
        ask_before_filling: true
        next:
          - if: slots.sure
            then: book
          - else: left
      - id: book
        action: action_book
        next:
          - if: slots.booked is "yes"
            then:
              - action: utter_booked
                next: END
          - if: slots.booked is "error"
            then: person
          - else: person
      - id: left
        action: action_free
      - action: utter_left
        next: END
      - id: person
        link: pattern_human_handoff
  price:
    description: tell a price
    steps:
      - action: utter_left
  pattern_cancel_flow:
    description: dropped
    steps:
      - action: action_cancel_flow
      - action: action_free
      - action: utter_left
  pattern_continue_interrupted:
    description: go on, or not
    steps:
      - collect: continue_interrupted_flow_confirmation
        next:
          - if: slots.continue_interrupted_flow_confirmation
            then: [{action: action_continue_interrupted_flow, next: END}]
          - else: drop
      - id: drop
        action: action_cancel_interrupted_flows
      - action: action_free
      - action: utter_left
  pattern_stop:
    description: no more
    steps:
      - action: action_opt_out
      - action: action_free
      - action: utter_opted_out
  pattern_internal_error:
    description: failed
    steps:
      - action: action_free
      - action: utter_internal_error_rasa
"""


def explored(content: str = GOOD) -> Exploration:
    return explore(load(content))


def replaced(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_content_without_a_fault_is_walked_to_its_end_and_nothing_is_found() -> None:
    exploration = explored()

    assert (exploration.findings, exploration.bound) == ((), None)
    assert exploration.states > 30


#: What is told; content whose line with `#!` is the faulty one; and the last message that leads there.
FAULTS = {
    "a cancelled flow leaves a time kept": (
        "E-HOLD what is kept here is neither released nor booked at the end",
        GOOD.replace("action_cancel_flow\n      - action: action_free", "action_cancel_flow").replace(
            "- id: keep\n", "- id: keep #!\n"
        ),
        "> drops it",
    ),
    "an opt-out leaves a time kept": (
        "E-HOLD what is kept here is neither released nor booked at the end",
        GOOD.replace("action_opt_out\n      - action: action_free", "action_opt_out").replace(
            "- id: keep\n", "- id: keep #!\n"
        ),
        "> wants no more messages",
    ),
    "a no leaves a time kept": (
        "E-HOLD what is kept here is neither released nor booked at the end",
        GOOD.replace(
            "- id: left\n        action: action_free", "- id: left\n        action: utter_none"
        ).replace("- id: keep\n", "- id: keep #!\n"),
        "> sure: false",
    ),
    "a failing action leaves a time kept": (
        "E-HOLD what is kept here is neither released nor booked at the end",
        GOOD.replace(
            "steps:\n      - action: action_free\n      - action: utter_internal",
            "steps:\n      - action: utter_internal",
        )
        .replace("action_book: {outcome", "validate_sure: {sets: [sure]}\n  - action_book: {outcome")
        .replace("- id: keep\n", "- id: keep #!\n"),
        "> [validate_sure fails]",
    ),
    "actions follow each other for ever": (
        "E-LOOP actions may follow each other for ever: action_keep -> action_find -> action_keep",
        GOOD.replace(", once: [taken]", "").replace("- id: keep\n", "- id: keep #!\n"),
        "> [action_find: some]",
    ),
    "a condition orders nothing and a number": (
        "E-FAULT a step fails: ",
        GOOD.replace("if: slots.sure\n", "if: slots.age > 17\n")
        .replace("  sure: {type: bool}", "  sure: {type: bool}\n  age: {type: float}")
        .replace("- id: sure\n", "- id: sure #!\n"),
        "> sure: ",
    ),
    "no variation of a text fits": (
        'E-FAULT a step fails: no variation of "utter_none" fits',
        GOOD.replace(
            'utter_none: [{text: "Nothing free."}]', 'utter_none: [{text: "x", condition: slots.sure}] #!'
        ),
        "> [action_find: none]",
    ),
    "a flow says nothing": (
        "E-SILENT the patient gets no answer here",
        GOOD.replace(
            "      - action: utter_left\n  pattern_cancel",
            "      - set_slots: [{day: null}] #!\n  pattern_cancel",
        ).replace("description: tell a price", "description: tell a price\n    run_pattern_completed: false"),
        "starts price",
    ),
    "a person is called only sometimes": (
        "E-HUMAN a patient who asks for a person does not get one",
        GOOD
        + """
  pattern_human_handoff: #!
    description: a person, when the name is known
    steps:
      - noop: true
        next:
          - if: slots.name is not null
            then: [{action: action_open_handoff, next: END}]
          - else: [{action: utter_left, next: END}]
""",
        "> asks for a person",
    ),
    "no answer leads on": (
        "E-DEADEND no answer to this question leads to an end",
        GOOD.replace(
            "      - id: day\n        collect: day",
            "      - id: day #!\n        collect: day\n        rejections:\n"
            "          - {if: slots.day is not null, utter: utter_wrong}",
        ),
        "> name: ",
    ),
    "the questions only lead back to one another": (
        "E-DEADEND no answer to this question leads to an end",
        GOOD
        + """
  circle:
    description: asks and asks
    steps:
      - id: first #!
        collect: day
      - collect: sure
        next:
          - if: slots.sure and slots.day is null
            then: END
          - else: again
      - id: again
        set_slots: [{day: null}, {sure: null}]
        next: first
""",
        "path: starts circle",
    ),
    "declining to go on leaves a time kept": (
        "E-HOLD what is kept here is neither released nor booked at the end",
        GOOD.replace("interrupted_flows\n      - action: action_free", "interrupted_flows").replace(
            "- id: keep\n", "- id: keep #!\n"
        ),
        "> continue_interrupted_flow_confirmation: false",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_at_its_step_with_the_messages_to_it(fault: str) -> None:
    told, content, last = FAULTS[fault]
    [line] = [n for n, text in enumerate(content.splitlines(), start=1) if text.endswith("#!")]
    findings = [str(problem) for problem in explored(content).findings]

    assert [f for f in findings if f.startswith(f"f/flows.yml:{line}:") and told in f and last in f], findings


def test_the_path_is_a_shortest_one() -> None:
    [finding] = [
        problem
        for problem in explored(
            replaced("action_opt_out\n      - action: action_free", "action_opt_out")
        ).findings
        if problem.code == "E-HOLD"
    ]

    assert finding.message.split("; path: ")[1] == (
        'starts book > name: "some words" > day: "some words" > [action_find: some] > [action_keep: held]'
        " > wants no more messages"
    )


#: An end that has to lie after the start: which answer leads on depends on the answer before it.
STAY = """
slots:
  arrival: {type: KIND}
  departure: {type: KIND}
responses:
  utter_ask_arrival: [{text: "From?"}]
  utter_ask_departure: [{text: "Until?"}]
  utter_too_early: [{text: "That is before {arrival}."}]
  utter_booked: [{text: "Booked."}]
flows:
  stay:
    description: stay some nights
    steps:
      - collect: arrival
      - collect: departure
        rejections:
          - if: slots.departure <= slots.arrival
            utter: utter_too_early
      - action: utter_booked
"""


#: The built-in collect loop, written out as a project may.
OWN_LOOP = """
  pattern_collect_information:
    description: asks until there is an answer
    steps:
      - id: begin
        action: action_run_slot_rejections
      - action: validate_{{context.collect}}
        next:
          - if: slots.{{context.collect}} is not null
            then: END
          - else: ask
      - id: ask
        action: "{{context.utter}}"
      - action: "{{context.collect_action}}"
      - action: action_listen
        next: begin
"""


def test_a_collect_loop_of_its_own_is_walked_like_the_built_in_one() -> None:
    stay = STAY.replace("KIND", "float")

    assert explored(stay + OWN_LOOP).findings == explored(stay).findings == ()


@pytest.mark.parametrize("kind", ["float", "text"])
def test_after_every_start_an_end_is_found_that_the_flow_takes(kind: str) -> None:
    assert explored(STAY.replace("KIND", kind)).findings == ()


def test_an_end_that_no_start_allows_is_a_dead_end() -> None:
    never = STAY.replace("KIND", "float").replace("<= slots.arrival", "!= null")

    assert {problem.code for problem in explored(never).findings} == {"E-DEADEND"}


def test_what_comes_of_a_race_is_no_loop() -> None:
    raced, endless = explored(), explored(replaced(", once: [taken]", ""))

    assert [problem.code for problem in raced.findings] == []
    assert [problem.code for problem in endless.findings] == ["E-LOOP"]


def test_a_walk_that_is_cut_short_says_so() -> None:
    exploration = explore(load(GOOD), most=50)

    assert exploration.bound == 50
    assert exploration.transitions < 100


def test_a_walk_finds_the_same_each_time() -> None:
    content = replaced("- id: left\n        action: action_free", "- id: left\n        action: utter_none")

    assert explored(content) == explored(content)


def test_the_shipped_flows_are_walked_to_their_end_and_nothing_is_found() -> None:
    exploration = explore(load_assistant([CONTENT], languages=("en", "it", "ru")))

    assert (exploration.findings, exploration.bound) == ((), None)

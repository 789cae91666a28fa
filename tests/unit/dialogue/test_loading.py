"""What does not load, and what is said of it: file, line, column, code, remedy (flow format, 17 and 18)."""

from pathlib import Path

import pytest
from talk import BOOKING, load, refusal

from bot.dialogue import load_assistant
from bot.errors import ContentRefused

GOOD = """
slots:
  day: {type: text}
  kind: {type: categorical, values: [checkup, pain, error]}
  sure: {type: bool}
  age: {type: float}
  many: {type: list, mappings: [{type: controlled}]}
actions:
  - action_find: {outcome: {slot: kind, values: [checkup, error]}}
  - action_free: {sets: []}
responses:
  utter_ask_day: [{text: "Day?"}]
  utter_ask_kind: [{text: "Kind?"}]
  utter_ask_sure: [{text: "Sure?"}]
  utter_ask_many: [{text: "Many?"}]
  utter_done: [{text: "Done."}]
"""


def flow(*steps: str, head: str = "") -> str:
    """Good content, and one flow with these steps from line 22 on."""
    body = "".join(f"\n      {line}" for step in steps for line in step.splitlines())
    return GOOD + f"flows:\n  f:\n    description: d\n{head}    steps:{body}\n"


def test_good_content_loads() -> None:
    assert refusal(flow("- collect: day", "- action: utter_done")) == []
    assert refusal(BOOKING) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        # keys, kinds and names, with the nearest right spelling
        (
            flow("- colect: day"),
            "f/flows.yml:21:9: E-KIND a step has exactly one of "
            "action, collect, link, call, set_slots, noop; "
            'did you mean "collect"?',
        ),
        (
            flow("- collect: day\n  uter: utter_done"),
            '22:9: E-KEY a collect step has no key "uter"; did you mean "utter"?',
        ),
        (
            flow("- action: utter_don"),
            '21:17: E-REF there is no response "utter_don"; did you mean "utter_done"?',
        ),
        (
            flow("- action: action_fin"),
            '21:17: E-REF there is no action "action_fin"; did you mean "action_find"?',
        ),
        (flow("- collect: dya"), 'E-REF there is no slot "dya"; did you mean "day"?'),
        (flow("- call: g"), 'E-REF there is no flow "g"'),
        (flow("- link: pattern_human_handof"), 'did you mean "pattern_human_handoff"?'),
        (
            flow("- action: utter_done", head="    nlu_trigger: [{intent: book_visits}]\n"),
            'did you mean "book_visit"?',
        ),
        (GOOD.replace("type: text", "type: txt"), 'did you mean "text"?'),
        (GOOD + "flow: {}\n", 'E-KEY a content file has no key "flow"; did you mean "flows"?'),
        # steps and next
        (
            flow("- action: utter_done\n  next: nowhere"),
            'E-NEXT step "0_utter_done" goes to "nowhere", which does not exist',
        ),
        (flow("- noop: true"), "E-NEXT noop needs a `next`"),
        (flow("- action: utter_done\n  next: []"), "E-NEXT an empty list"),
        (flow("- noop: true\n  next:\n    - if: slots.sure\n      then: END"), "E-ELSE add a last branch"),
        (
            flow("- noop: true\n  next:\n    - else: END\n    - if: slots.sure\n      then: END"),
            "E-ELSE `else` comes last",
        ),
        (
            flow(
                "- noop: true\n  next:\n    - if: slots.sure\n"
                "      then: [{action: utter_done}]\n    - else: END"
            ),
            "E-NEXT the last step of a nested list needs a `next`",
        ),
        (
            flow("- id: a\n  action: utter_done", "- id: a\n  action: utter_done"),
            'E-ID flow "f" has two steps with the id "a"',
        ),
        (flow("- id: END\n  action: utter_done"), 'E-ID "END" is reserved'),
        (
            flow("- action: utter_done\n  next: END", "- action: utter_done"),
            'E-UNREACHABLE no way leads to step "1_utter_done"',
        ),
        (
            flow("- id: a\n  action: utter_done\n  next: b", "- id: b\n  action: utter_done\n  next: a"),
            "E-LOOP goes round for ever: a -> b -> a",
        ),
        (flow("- link: f"), "E-LINK a flow cannot link to itself"),
        (flow("- link: pattern_chitchat"), 'E-LINK "pattern_chitchat" cannot be linked from here'),
        (flow("- call: f"), "E-CALL calls come back to themselves: f -> f"),
        (flow("- set_slots: [{many: 1}]"), 'E-TYPE "many" is a list'),
        (
            flow("- set_slots: [{sure: perhaps}]"),
            'E-VALUE slot "sure" is bool: this is neither true nor false',
        ),
        (flow("- collect: many"), 'E-TYPE "many" is a list; lists cannot be collected'),
        (
            flow("- collect: age"),
            'E-ASKER response "utter_ask_age" and action "action_ask_age" are both missing',
        ),
        (flow("- collect: day\n  max_attempts: 0"), 'E-VALUE "max_attempts" is 1, 2, 3 ...'),
        (
            flow("- collect: day", head="    persisted_slots: [age]\n"),
            'E-PERSIST flow "f" does not fill "age"',
        ),
        (
            flow("- collect: day\n  reset_after_flow_ends: false", head="    persisted_slots: [day]\n"),
            "E-PERSIST",
        ),
        # conditions
        (flow("- collect: day\n  rejections:\n    - {if: day = 3, utter: utter_done}"), "E-COND"),
        (
            flow(
                "- collect: age\n  utter: utter_done\n"
                "  rejections:\n    - {if: slots.sure = 1, utter: utter_done}"
            ),
            "cannot be compared",
        ),
        (
            flow("- collect: kind\n  rejections:\n    - {if: slots.kind is 'pian', utter: utter_done}"),
            'E-COND "kind" is never "pian"',
        ),
        (
            flow("- collect: day\n  rejections:\n    - {if: context.x, utter: utter_done}"),
            "E-COND there is no context.x; only patterns",
        ),
        (flow("- collect: day", head="    if: slots.sure and slots.age or slots.day\n"), "E-MIX"),
        # outcomes
        (
            flow("- action: action_find"),
            'E-OUTCOME action_find may set kind to "checkup", which no branch handles',
        ),
        (
            flow(
                "- action: action_find\n  next:\n"
                "    - if: slots.kind is 'checkup'\n      then: END\n    - else: END"
            ),
            'E-OUTCOME action_find may set kind to "error", which no branch handles',
        ),
        (GOOD.replace("[checkup, error]", "[checkup]"), 'its outcomes must include "error"'),
        # texts
        (
            GOOD.replace('"Done."', '"Done {dya}."')
            + "flows: {f: {description: d, steps: [{action: utter_done}]}}\n",
            'E-PLACEHOLDER "utter_done" shows {dya}, which is no slot; did you mean "day"?',
        ),
        (GOOD + "  done: [{text: x}]\n", 'E-ID response "done": the name of a response begins with "utter_"'),
        # what is not part of the format
        (GOOD + "stories: []\n", "E-STORIES"),
        (GOOD + "pipeline: []\n", "E-POLICY"),
        (flow("- collect: day\n  silence_timeout: 5"), "E-VOICE"),
        (flow("- call: pattern_chitchat\n  exit_if: [x]"), "E-AGENT"),
        (GOOD.replace("day: {type: text}", "day: {type: text, mappings: [{type: custom}]}"), "E-FORM"),
        (
            GOOD + "flows: {pattern_chitchat: {description: d, steps: [{action: '{{context.utter}}'}]}}\n",
            "E-COND {{context.utter}} stands only in pattern_collect_information",
        ),
        # safety
        (GOOD + "flows: {pattern_emergency: {description: d, steps: [{action: utter_done}]}}\n", "E-SAFETY"),
        (
            GOOD + "flows: {pattern_human_handoff: {description: d, steps: [{action: utter_done}]}}\n",
            "E-SAFETY",
        ),
        # yaml
        (GOOD + "slots: {}\n", 'E-YAML key "slots" appears twice'),
        ("a: &b 1\n", "E-YAML anchors are not allowed"),
    ],
)
def test_what_cannot_work_does_not_load(content: str, told: str) -> None:
    problems = refusal(content)

    assert [p for p in problems if told in p], problems


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    problems = refusal(flow("- collect: dya", "- action: utter_don", "- link: nowhere"))

    assert [problem.split(" ")[0] for problem in problems] == [
        "f/flows.yml:21:18:",
        "f/flows.yml:22:17:",
        "f/flows.yml:23:15:",
    ]


def test_two_flows_cannot_start_by_the_same_intent() -> None:
    two = (
        GOOD
        + """flows:
  a: {description: d, nlu_trigger: [{intent: book_visit}], steps: [{action: utter_done}]}
  b: {description: d, nlu_trigger: [{intent: book_visit}], steps: [{action: utter_done}]}
"""
    )

    assert 'flows "a" and "b" both start by intent "book_visit"' in refusal(two)[0]


def test_two_definitions_that_differ_are_refused_and_equal_ones_are_not() -> None:
    again = {"a.yml": GOOD, "b.yml": "responses:\n  utter_done: [{text: Finished.}]\n"}
    assert 'E-DUP response "utter_done" is also defined at f/a.yml' in refusal(again)[0]

    assert refusal({"a.yml": GOOD, "b.yml": GOOD}) == []


def test_a_project_says_built_in_texts_in_its_own_words() -> None:
    own = GOOD + '  utter_disclosure: [{text: "I am a machine."}]\n'

    assert load(own).responses["utter_disclosure"].variations[0].texts == {"en": "I am a machine."}


def test_a_language_that_the_content_lacks_is_refused_where_it_is_configured() -> None:
    files = {"config.yml": "language: en\nadditional_languages: [it]\n", "f.yml": GOOD}
    assert any(
        'f/config.yml:1:11: E-LANG the practice speaks "ru"' in p for p in refusal(files, ["en", "ru"])
    )

    problems = refusal(files, ["en", "it"])
    assert any('E-LANG "utter_done" is not written in "it"' in problem for problem in problems)


def test_translations_show_the_same_values() -> None:
    content = 'responses:\n  utter_x: [{text: "{a}", translation: {it: "{b}"}}]\n'

    assert "E-PLACEHOLDER" in refusal({"config.yml": "language: en\n", "x.yml": content})[0]


def test_only_config_yml_says_which_languages_there_are() -> None:
    assert 'E-KEY "language" belongs into config.yml' in refusal("language: en\n")[0]


def test_actions_that_no_code_offers_are_refused() -> None:
    [problem] = refusal(GOOD, declared_actions={"action_find", "action_fred"})

    assert 'no code offers the action "action_free"; did you mean "action_fred"?' in problem


def test_warnings_are_kept() -> None:
    content = (
        GOOD.replace("day: {type: text}", "day: {type: text, min_value: 1}").replace(
            "- action_free: {sets: []}", "- action_free"
        )
        + "flows: {f: {description: d, steps: [{action: action_free}, {collect: day}]}}\n"
    )

    assert [warning.code for warning in load(content).warnings] == ["W-LEGACY", "W-OUTCOME"]


def test_two_flows_that_wipe_each_others_slot_are_warned_of() -> None:
    content = (
        GOOD
        + """flows:
  a: {description: d, steps: [{collect: day}]}
  b: {description: d, steps: [{collect: day}]}
"""
    )

    assert [warning.code for warning in load(content).warnings if warning.code != "W-UNUSED"] == ["W-SHARED"]


def test_the_version_changes_with_the_content_and_not_with_its_layout() -> None:
    same = {"a.yml": GOOD, "b.yml": "version: '3.1'\n"}
    assert load(GOOD).version == load(same).version

    assert load(GOOD).version != load(GOOD.replace("Done.", "Done!")).version


def test_files_of_conversation_tests_are_no_content() -> None:
    assert (
        refusal({"a.yml": GOOD, "test_a.yml": "test_cases:\n  - test_case: x\n    steps: [{user: hi}]\n"})
        == []
    )


def test_a_folder_that_does_not_exist_is_named() -> None:
    with pytest.raises(ContentRefused, match="nowhere:1:1: E-YAML does not exist"):
        load_assistant([Path("nowhere")], languages=["en"])

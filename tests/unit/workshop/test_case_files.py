"""What is wrong with a test file is told all at once, each at its place."""

from pathlib import Path

import pytest
from kitchen import mistakes, opened, run

from bot.errors import ChairsideError
from bot.workshop.cases import read_cases
from bot.workshop.content import OpenedContent

FULL_OF_MISTAKES = """\
fixture: []
fixtures:
  - big: [{sise: large}, {size: huge}]
stub_custom_actions:
  action_check_kichen: {}
  nobody::action_check_kitchen: {events: [{name: kitchen}]}
test_cases:
  - test_case: one
    fixtures: [bigg]
    stepps: []
    steps:
      - user: hello
        asertions: []
        assertions:
          - flow_strated: order_pizza
          - flow_started: order_piza
          - slot_was_set: [{name: sice}]
          - bot_uttered: {utter_name: utter_ask_sise}
          - bot_uttered: {}
          - flow_completed: {flow_id: order_pizza, flow_step_id: sizze}
          - generative_response_is_relevant: {threshold: 0.9}
          - action_executed: action_check_kitchens
      - bot: [a]
      - nothing: here
      - user: hello
        commands: [{type: StartFlo}, {type: StartFlow, flow: order_piza}]
  - test_case: two
    steps:
      - bot: hello
"""


def test_every_mistake_of_a_file_is_told_at_once_with_the_nearest_spelling(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    told = mistakes(pizzeria, FULL_OF_MISTAKES, tmp_path)

    assert [line.split(" ", 2)[:2] for line in told] == [
        ["cases.yml:1:1:", "E-KEY"],
        ["cases.yml:3:12:", "E-REF"],
        ["cases.yml:3:33:", "E-VALUE"],
        ["cases.yml:5:3:", "E-REF"],
        ["cases.yml:6:3:", "E-REF"],
        ["cases.yml:6:43:", "E-TYPE"],
        ["cases.yml:8:5:", "W-LEGACY"],
        ["cases.yml:9:15:", "E-REF"],
        ["cases.yml:10:5:", "E-KEY"],
        ["cases.yml:13:9:", "E-KEY"],
        ["cases.yml:15:13:", "E-KEY"],
        ["cases.yml:16:27:", "E-REF"],
        ["cases.yml:17:35:", "E-REF"],
        ["cases.yml:18:39:", "E-REF"],
        ["cases.yml:19:26:", "E-KEY"],
        ["cases.yml:20:66:", "E-REF"],
        ["cases.yml:21:13:", "E-LLM"],
        ["cases.yml:22:30:", "E-REF"],
        ["cases.yml:23:14:", "E-TYPE"],
        ["cases.yml:24:9:", "E-KEY"],
        ["cases.yml:24:9:", "E-KEY"],
        ["cases.yml:26:20:", "E-VALUE"],
        ["cases.yml:26:62:", "E-REF"],
        ["cases.yml:27:5:", "E-KEY"],
    ]
    assert told[0] == 'cases.yml:1:1: E-KEY a test file has no key "fixture"; did you mean "fixtures"?'
    assert told[3].endswith('there is no action "action_check_kichen"; did you mean "action_check_kitchen"?')
    assert told[10].endswith('there is no assertion "flow_strated"; did you mean "flow_started"?')


def test_two_cases_of_one_name_and_steps_without_effect_are_warnings(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    cases = """\
test_cases:
  - test_case: one
    steps: [{user: hello}, {bot: How can I help you?}]
  - test_case: one
    steps:
      - user: I want a pizza
        assertions: [{flow_started: order_pizza}]
      - bot: What is never said.
"""

    assert mistakes(pizzeria, cases, tmp_path) == [
        'cases.yml:4:5: W-DUPTEST test case "one" is also at '
        f"{tmp_path}/cases.yml:2:5; give it a name of its own",
        'cases.yml:4:5: W-LEGACY test case "one" has assertions: its bot, utter and slot steps are ignored',
    ]


async def test_steps_without_effect_cannot_fail_a_case(pizzeria: OpenedContent, tmp_path: Path) -> None:
    cases = """
test_cases:
  - test_case: one
    steps:
      - user: I want a pizza
        assertions: [{flow_started: order_pizza}]
      - bot: What is never said.
"""
    (result,) = await run(pizzeria, cases, tmp_path)

    assert (result.passed, result.case.checks) == (True, 1)


async def test_fixtures_and_metadata_may_stand_in_a_conftest_beside_the_tests(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    (tmp_path / "conftest.yml").write_text("fixtures: [{big: {size: large}}]\n", encoding="utf-8")
    cases = """
test_cases:
  - test_case: knows the size
    fixtures: [big]
    steps:
      - slot_was_set: [{size: large}]
      - user: I want a pizza
      - utter: utter_ask_topping
"""
    (result,) = await run(pizzeria, cases, tmp_path)

    assert result.passed


def test_one_case_of_a_file_can_be_named_and_a_folder_holds_many(tmp_path: Path) -> None:
    content = opened(tmp_path)
    text = "test_cases:\n  - test_case: {}\n    steps: [{{user: hello}}]\n"
    (tmp_path / "a").mkdir()
    for name in ("first", "second"):
        (tmp_path / "a" / f"{name}.yml").write_text(text.format(name), encoding="utf-8")
    (tmp_path / "a" / "other.yml").write_text("flows: {}\n", encoding="utf-8")
    folder, one = [tmp_path / "a"], [Path(f"{tmp_path}/a/first.yml::first")]

    assert [case.name for case in read_cases(folder, content.assistant).cases] == ["first", "second"]
    assert [case.name for case in read_cases(one, content.assistant).cases] == ["first"]
    with pytest.raises(ChairsideError, match='no test case "fist"; did you mean "first"'):
        read_cases([Path(f"{tmp_path}/a/first.yml::fist")], content.assistant)
    with pytest.raises(ChairsideError, match="does not exist"):
        read_cases([tmp_path / "b"], content.assistant)
    with pytest.raises(ChairsideError, match="no test cases in"):
        read_cases([tmp_path / "content"], content.assistant)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("{type: StartFlow, flw: order_pizza}", 'StartFlow has no "flw"; it takes flow, explicit'),
        ("{type: CancelFlow, flow: order_pizza}", 'CancelFlow has no "flow"; it takes nothing'),
        ("{type: SetSlot, name: size}", "SetSlot needs name, value"),
    ],
)
def test_a_command_that_nobody_knows_is_told_with_what_it_takes(
    pizzeria: OpenedContent, tmp_path: Path, command: str, told: str
) -> None:
    case = f"test_cases:\n  - test_case: one\n    steps:\n      - user: hi\n        commands: [{command}]\n"

    assert mistakes(pizzeria, case, tmp_path) == [f"cases.yml:5:20: E-VALUE {told}"]

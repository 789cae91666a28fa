"""Cases run as conversations do: stubs, fixtures, metadata, commands, payloads, actions, old-style steps."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from kitchen import KITCHEN_IS_FREE, NOON, PIZZERIA, opened, run

from bot.service.clock import FrozenClock
from bot.workshop.cases import read_cases
from bot.workshop.content import OpenedContent
from bot.workshop.coverage import coverage, coverage_json
from bot.workshop.report import failure_text, junit, summary
from bot.workshop.running import CaseResult, run_cases
from bot.workshop.venues import ContentVenue

ACTIONS = """
from rasa_sdk import Action
from rasa_sdk.events import SlotSet


class CheckKitchen(Action):
    def name(self):
        return "action_check_kitchen"

    def run(self, dispatcher, tracker, domain):
        metadata = tracker.latest_message["metadata"]
        if metadata.get("crowded"):
            raise RuntimeError("out of flour")
        dispatcher.utter_message(text="From " + metadata.get("channel", "nowhere"))
        return [SlotSet("kitchen", "free")]


ACTIONS = [CheckKitchen]
"""

ORDERS = """
      - user: I want a large pizza
      - user: mushrooms
"""


async def _one(content: OpenedContent, cases: str, at: Path) -> CaseResult:
    (result,) = await run(content, cases, at)
    return result


async def test_a_stub_that_names_the_case_goes_before_the_one_for_all(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    cases = f"""{KITCHEN_IS_FREE}
  the oven is full::action_check_kitchen:
    events: [{{event: slot, name: kitchen, value: busy}}]
    responses: [{{text: "Sorry!"}}]
test_cases:
  - test_case: the oven is full
    steps:{ORDERS}
      - bot: Sorry!
      - utter: utter_kitchen_busy
  - test_case: the oven is free
    steps:{ORDERS}
      - utter: utter_ask_address
"""
    results = await run(pizzeria, cases, tmp_path)

    assert [result.failure for result in results] == [None, None]


async def test_an_action_that_nothing_offers_is_an_error_of_the_case(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    result = await _one(
        pizzeria, f"test_cases:\n  - test_case: orders\n    steps:{ORDERS}      - bot: x", tmp_path
    )

    assert result.is_error and result.failure is not None
    assert failure_text(result.failure) == (
        f'{tmp_path}/cases.yml:5:9: content runs "action_check_kitchen", which nothing offers: stub it under'
        " stub_custom_actions, or name the module that has it with --actions"
    )


async def test_actions_of_a_module_run_with_the_message_s_metadata(tmp_path: Path) -> None:
    (tmp_path / "pizza_actions.py").write_text(ACTIONS, encoding="utf-8")
    content = opened(tmp_path, actions=str(tmp_path / "pizza_actions.py"))
    cases = f"""
metadata:
  - web: {{channel: web, crowded: false}}
  - crowd: {{crowded: true}}
test_cases:
  - test_case: a quiet evening
    metadata: web
    steps:{ORDERS}
      - bot: From web
      - utter: utter_ask_address
  - test_case: a busy evening
    metadata: web
    steps:
      - user: I want a large pizza
      - user: mushrooms
        metadata: crowd
        assertions:
          - action_executed: action_check_kitchen
          - slot_was_set: [{{name: kitchen, value: error}}]
          - flow_completed: {{flow_id: order_pizza}}
"""
    results = await run(content, cases, tmp_path)

    assert [result.failure for result in results] == [None, None]


async def test_commands_stand_in_for_understanding(pizzeria: OpenedContent, tmp_path: Path) -> None:
    cases = """
test_cases:
  - test_case: says something else
    steps:
      - user: the weather is fine
        commands:
          - {type: StartFlow, flow: order_pizza}
          - {type: SetSlot, name: size, value: SMALL}
        assertions:
          - flow_started: order_pizza
          - slot_was_set: [{name: size, value: small}]
"""
    result = await _one(pizzeria, cases, tmp_path)

    assert (result.passed, dict(result.commands)) == (True, {"SetSlot": 1, "StartFlow": 1})


async def test_payloads_may_be_typed_even_those_of_flows_that_nobody_can_ask_for(tmp_path: Path) -> None:
    guarded = PIZZERIA.replace("description: order a pizza and", "if: slots.vip\n    description: order and")
    content = opened(tmp_path, {"domain.yml": guarded})
    cases = """
test_cases:
  - test_case: types an intent with what it names
    steps:
      - user: '/order_pizza{"size": "large"}'
        assertions:
          - flow_started: order_pizza
          - slot_was_set: [{name: size, value: large}]
      - user: /SetSlots(topping=mushrooms, size=small)
        assertions: [{slot_was_set: [{name: topping, value: mushrooms}]}]
  - test_case: asks for it
    steps:
      - user: I want a pizza
        assertions: [{flow_started: order_pizza}]
"""
    cases += "stub_custom_actions:\n  action_check_kitchen: {}\n"
    typed, asked = await run(content, cases, tmp_path)

    assert (typed.failure, asked.passed) == (None, False)


async def test_messages_must_come_in_their_order_and_slots_in_any(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    cases = """
test_cases:
  - test_case: as it was
    steps:
      - user: I want a large pizza
      - slot_was_set: [{size: large}]
      - bot: Hello, I'm an automated assistant.
      - bot: What goes on it?
      - slot_was_not_set: [topping, {size: small}]
      - slot_was_set: [size]
  - test_case: the other way round
    steps:
      - user: I want a large pizza
      - utter: utter_ask_topping
      - bot: Hello, I'm an automated assistant.
  - test_case: said once, expected twice
    steps:
      - user: I want a large pizza
      - utter: utter_ask_topping
      - utter: utter_ask_topping
"""
    results = await run(pizzeria, cases, tmp_path)

    assert [result.passed for result in results] == [True, False, False]


async def test_cases_know_nothing_of_each_other(pizzeria: OpenedContent, tmp_path: Path) -> None:
    cases = """
fixtures: [{big: [{size: large}]}]
test_cases:
  - test_case: has a size
    fixtures: [big]
    steps: [{user: I want a pizza}, {utter: utter_ask_topping}]
  - test_case: has none
    steps: [{user: I want a pizza}, {utter: utter_ask_size}]
"""
    results = await run(pizzeria, cases, tmp_path)

    assert [result.failure for result in results] == [None, None]


async def test_a_failure_tells_what_was_expected_and_everything_that_came(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    cases = """
test_cases:
  - test_case: orders
    steps:
      - user: I want a large pizza
      - bot: Which size?
"""
    result = await _one(pizzeria, cases, tmp_path)

    assert result.failure is not None
    assert failure_text(result.failure).splitlines()[0] == (
        f'{tmp_path}/cases.yml:6:14: expected bot: "Which size?"'
    )
    told = failure_text(result.failure)
    for line in (
        'user: "I want a large pizza"',
        'commands: {"type": "StartFlow", "flow": "order_pizza"},',
        'bot: "What goes on it?" (utter_ask_topping)',
        'slots: size = "large"',
        "flow_started order_pizza",
        "stack: order_pizza at 1_topping",
    ):
        assert line in told


async def test_coverage_counts_steps_for_the_flow_that_has_them_in_passed_and_failed_cases(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    cases = f"""{KITCHEN_IS_FREE}
test_cases:
  - test_case: orders
    steps:{ORDERS}
      - user: via dei Platani 5
      - utter: utter_ordered
  - test_case: asks where it is
    steps: [{{user: where is my order}}, {{bot: nowhere}}]
"""
    results = await run(pizzeria, cases, tmp_path)
    told = coverage_json(*coverage(pizzeria.assistant, results))

    lines = [
        number
        for number, line in enumerate(PIZZERIA.splitlines(), start=1)
        if "utter_kitchen_busy" in line and "action:" in line
    ]
    passed = {flow["flow"]: flow for flow in told["passed"]["flows"]}
    failed = {flow["flow"]: flow for flow in told["failed"]["flows"]}
    assert passed["order_pizza"] == {
        "flow": "order_pizza",
        "file": "content/domain.yml",
        "steps": 6,
        "covered": 5,
        "coverage": 0.8333,
        "missing": ["3_utter_kitchen_busy"],
        "missing_lines": [f"{lines[0]}-{lines[0] + 1}"],
    }
    assert (passed["ask_address"]["covered"], passed["ask_address"]["missing"]) == (1, [])
    assert (passed["track_order"]["covered"], failed["track_order"]["covered"]) == (0, 1)
    assert failed["order_pizza"]["covered"] == 0
    assert told["passed"]["commands"] == {"SetSlot": 3, "StartFlow": 1}
    assert told["failed"]["commands"] == {"StartFlow": 1}
    assert (told["passed"]["cases"], told["failed"]["cases"]) == (1, 1)


async def test_junit_is_what_a_parser_of_xml_reads(pizzeria: OpenedContent, tmp_path: Path) -> None:
    cases = f"""
test_cases:
  - test_case: "<good> & 'well' \\x07"
    steps: [{{user: where is my order}}, {{utter: utter_on_its_way}}]
  - test_case: bad
    steps: [{{user: where is my order}}, {{bot: "a < b"}}]
  - test_case: worse
    steps:{ORDERS}
"""
    results = await run(pizzeria, cases, tmp_path)
    root = ET.fromstring(junit([(result, 0.5) for result in results]))

    assert root.attrib == {
        "name": "chairside test",
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
        "time": "1.500",
    }
    found = [(case.get("name"), [child.tag for child in case]) for case in root.iter("testcase")]
    assert found == [("<good> & 'well' �", []), ("bad", ["failure"]), ("worse", ["error"])]
    failure = root.find(".//failure")
    assert failure is not None and 'expected bot: "a < b"' in (failure.text or "")


async def test_the_summary_counts_what_passed_failed_and_could_not_go_on(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    cases = f"""
test_cases:
  - test_case: good
    steps: [{{user: where is my order}}, {{utter: utter_on_its_way}}]
  - test_case: bad
    steps: [{{user: where is my order}}, {{bot: nowhere}}, {{bot: somewhere}}]
  - test_case: worse
    steps:{ORDERS}
"""
    results = await run(pizzeria, cases, tmp_path)

    assert summary(results, 1.25) == "1 passed, 1 failed, 1 with errors (1 checks held, 1 skipped) in 1.2 s"


@pytest.mark.parametrize(
    "said",
    [
        "where is my order",
        "track my order please",
        "has my pizza left",
        "is it on its way? where is it, my order",
    ],
)
async def test_a_customer_is_understood_beyond_the_examples(
    pizzeria: OpenedContent, tmp_path: Path, said: str
) -> None:
    cases = f"""
test_cases:
  - test_case: asks
    steps: [{{user: "{said}"}}, {{utter: utter_on_its_way}}]
"""
    result = await _one(pizzeria, cases, tmp_path)

    assert result.failure is None


async def test_flows_without_intents_are_started_by_what_they_are_described_as(tmp_path: Path) -> None:
    bank = """
slots:
  amount: {type: float}
  sure: {type: bool}
responses:
  utter_ask_amount: [{text: "How much?"}]
  utter_ask_sure: [{text: "Are you sure?"}]
  utter_sent: [{text: "{amount} sent."}]
  utter_balance: [{text: "There is something left."}]
flows:
  transfer_money:
    description: send money to friends and family
    steps: [{collect: amount}, {call: confirm}, {action: utter_sent}]
  check_balance:
    description: tell the balance of an account
    steps: [{action: utter_balance}]
  confirm:
    description: ask whether to send the money
    steps: [{collect: sure}]
  never:
    if: false
    description: send the money of an account
    steps: [{action: utter_sent}]
"""
    cases = """
test_cases:
  - test_case: sends money
    steps:
      - user: I want to send money to a friend
      - utter: utter_ask_amount
      - user: about 12,50
      - utter: utter_ask_sure
      - user: yes
      - bot: 12.5 sent.
      - user: tell me the balance
      - utter: utter_balance
"""
    result = await _one(opened(tmp_path, {"bank.yml": bank}), cases, tmp_path)

    assert result.failure is None


async def test_roles_tell_two_entities_of_one_kind_apart(tmp_path: Path) -> None:
    travel = """
intents: [travel]
entities: [{city: {roles: [origin, goal]}}]
slots:
  origin: {type: text, mappings: [{type: from_entity, entity: city, role: origin}]}
  goal: {type: text, mappings: [{type: from_entity, entity: city, role: goal}]}
responses:
  utter_ask_origin: [{text: "From where?"}]
  utter_ask_goal: [{text: "Where to?"}]
  utter_found: [{text: "From {origin} to {goal}."}]
flows:
  travel:
    description: find a train
    nlu_trigger: [{intent: travel}]
    steps: [{collect: origin}, {collect: goal}, {action: utter_found}]
nlu:
  - intent: travel
    examples: |
      - a train from [Rome]{"entity": "city", "role": "origin"} please
      - I want to go to [Milan]{"entity": "city", "role": "goal"}
      - book me a train
"""
    cases = """
test_cases:
  - test_case: says both
    steps: [{user: a train from Milan to Rome}, {bot: From Milan to Rome.}]
  - test_case: is asked
    steps:
      - user: I want to go to Rome
      - utter: utter_ask_origin
      - user: Milan
      - bot: From Milan to Rome.
"""
    results = await run(opened(tmp_path, {"travel.yml": travel}), cases, tmp_path)

    assert [result.failure for result in results] == [None, None]


async def test_a_text_that_shows_nothing_is_an_error_where_that_is_asked_for(tmp_path: Path) -> None:
    content = opened(tmp_path, {"c.yml": PIZZERIA.replace("It is on its way.", "Order {address} left.")})
    (tmp_path / "cases.yml").write_text(
        "test_cases: [{test_case: asks, steps: [{user: where is my order}]}]", encoding="utf-8"
    )
    cases = read_cases([tmp_path / "cases.yml"], content.assistant).cases
    venue = ContentVenue(content=content, clock=FrozenClock(NOON))

    (lenient,) = [result async for result in run_cases(cases, venue.opened)]
    (strict,) = [result async for result in run_cases(cases, venue.opened, strict_render=True)]

    assert (lenient.failure, strict.is_error) == (None, True)
    assert strict.failure is not None
    assert strict.failure.error == '"utter_on_its_way" shows {address}, which is empty'

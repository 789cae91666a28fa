"""Every assertion of the format, once where it holds and once where it does not."""

from pathlib import Path

import pytest
from kitchen import KITCHEN_IS_FREE, run

from bot.workshop.content import OpenedContent
from bot.workshop.report import wanted_text

ORDER = """
      - user: I want a large pizza
        assertions: [{flow_started: order_pizza}]
      - user: mushrooms
        assertions: [{action_executed: action_check_kitchen}]
"""

#: After the order above: what is said next, an assertion that holds of it, and one that does not.
LAST_TURN = "via dei Platani 5"
ASKS_SIZE = "I want a pizza"

HOLDS_AND_NOT = [
    (ASKS_SIZE, "flow_started: order_pizza", "flow_started: track_order"),
    (ASKS_SIZE, "flow_started: pattern_session_start", "flow_started: pattern_completed"),
    (
        ASKS_SIZE,
        "flow_started: {operator: any, flow_ids: [order_pizza, track_order]}",
        "flow_started: {operator: all, flow_ids: [order_pizza, track_order]}",
    ),
    (
        "track my pizza",
        "flow_completed: {flow_id: track_order}",
        "flow_completed: {flow_id: order_pizza}",
    ),
    (
        "track my pizza",
        "flow_completed: {flow_id: track_order, flow_step_id: utter_on_its_way}",
        "flow_completed: {flow_id: track_order, flow_step_id: START}",
    ),
    (
        "track my pizza",
        "flow_completed: {flow_id: track_order, flow_step_id: 0_utter_on_its_way}",
        "flow_completed: {flow_id: pattern_session_start, flow_step_id: action_session_start}",
    ),
    (
        "I want a large pizza",
        "slot_was_set: [{name: size}]",
        "slot_was_set: [{name: topping}]",
    ),
    (
        "I want a large pizza",
        "slot_was_set: [{name: size, value: large}]",
        "slot_was_set: [{name: size, value: small}]",
    ),
    (
        "I want a large pizza",
        "slot_was_not_set: [{name: topping}, {name: size, value: small}]",
        "slot_was_not_set: [{name: topping}, {name: size, value: large}]",
    ),
    ("I want a large pizza", "slot_was_not_set: [{name: topping}]", "slot_was_not_set: [{name: size}]"),
    (ASKS_SIZE, "action_executed: utter_ask_size", "action_executed: utter_ask_topping"),
    (ASKS_SIZE, "action_executed: action_session_start", "action_executed: action_restart"),
    (ASKS_SIZE, "bot_uttered: {utter_name: utter_ask_size}", "bot_uttered: {utter_name: utter_ordered}"),
    (ASKS_SIZE, "bot_uttered: {text_matches: Which size?}", "bot_uttered: {text_matches: Which day}"),
    (ASKS_SIZE, 'bot_uttered: {text_matches: "^Wh.*[?]$"}', 'bot_uttered: {text_matches: "^size"}'),
    (
        ASKS_SIZE,
        "bot_uttered: {buttons: [{title: Small, payload: /SetSlots(size=small)},"
        " {title: Large, payload: /SetSlots(size=large)}]}",
        "bot_uttered: {buttons: [{title: Large, payload: /SetSlots(size=large)},"
        " {title: Small, payload: /SetSlots(size=small)}]}",
    ),
    (
        ASKS_SIZE,
        "bot_uttered: {utter_name: utter_ask_size, text_matches: size}",
        "bot_uttered: {utter_name: utter_ask_size, text_matches: automated assistant}",
    ),
    (
        ASKS_SIZE,
        "bot_did_not_utter: {text_matches: mushrooms}",
        "bot_did_not_utter: {text_matches: automated assistant}",
    ),
    (
        ASKS_SIZE,
        "bot_did_not_utter: {utter_name: utter_ask_size, text_matches: automated assistant}",
        "bot_did_not_utter: {utter_name: utter_ask_size}",
    ),
]


def _case(said: str, assertion: str) -> str:
    return f"""
test_cases:
  - test_case: one turn
    steps:
      - user: {said}
        assertions:
          - {assertion}
"""


@pytest.mark.parametrize(("said", "holds", "fails"), HOLDS_AND_NOT)
async def test_an_assertion_holds_of_what_happened_and_not_of_what_did_not(
    pizzeria: OpenedContent, tmp_path: Path, said: str, holds: str, fails: str
) -> None:
    (kept,) = await run(pizzeria, _case(said, holds), tmp_path)
    (broken,) = await run(pizzeria, _case(said, fails), tmp_path)

    assert (kept.failure, kept.held) == (None, 1)
    assert broken.failure is not None and broken.failure.wanted is not None
    assert (broken.held, broken.skipped, str(broken.failure.position)) == (0, 0, f"{tmp_path}/cases.yml:7:13")


@pytest.mark.parametrize(
    ("assertion", "passes"),
    [
        ("pattern_clarification_contains: [order_pizza, track_order]", True),
        ("pattern_clarification_contains: [ordering a pizza]", True),
        ("pattern_clarification_contains: {operator: any, flow_ids: [ask_address, track_order]}", True),
        ("pattern_clarification_contains: {operator: all, flow_ids: [ask_address, track_order]}", False),
        ("pattern_clarification_contains: [ask_address]", False),
    ],
)
async def test_a_clarification_contains_the_flows_it_offers_by_id_or_name(
    pizzeria: OpenedContent, tmp_path: Path, assertion: str, passes: bool
) -> None:
    (result,) = await run(
        pizzeria,
        f"""
test_cases:
  - test_case: unsure
    steps:
      - user: pizza?
        commands: [{{type: Clarify, options: [order_pizza, track_order]}}]
        assertions: [{{{assertion}}}]
""",
        tmp_path,
    )

    assert result.passed is passes


@pytest.mark.parametrize(
    ("assertion", "passes"),
    [
        ("flow_cancelled: {flow_id: order_pizza}", True),
        ("flow_cancelled: {flow_id: order_pizza, flow_step_id: size}", True),
        ("flow_cancelled: {flow_id: order_pizza, flow_step_id: topping}", False),
        ("flow_cancelled: {flow_id: track_order}", False),
        ("slot_was_set: [{name: size, value: null}]", True),  # reset by the end of the flow
        ("slot_was_set: [{name: size}]", True),  # null is a value, too
        ("slot_was_not_set: [{name: size}]", True),  # the last one was null
    ],
)
async def test_a_cancelled_flow_says_where_it_was_and_resets_its_slots(
    pizzeria: OpenedContent, tmp_path: Path, assertion: str, passes: bool
) -> None:
    (result,) = await run(
        pizzeria,
        f"""
test_cases:
  - test_case: changes mind
    steps:
      - user: I want a pizza
        assertions: [{{flow_started: order_pizza}}]
      - user: forget it
        assertions: [{{{assertion}}}]
""",
        tmp_path,
    )

    assert result.passed is passes


@pytest.mark.parametrize(
    ("assertions", "passes"),
    [
        ("[{bot_uttered: {utter_name: utter_ordered}}, {flow_completed: {flow_id: order_pizza}}]", True),
        ("[{flow_completed: {flow_id: order_pizza}}, {bot_uttered: {utter_name: utter_ordered}}]", False),
        (
            "[{slot_was_set: [{name: address}]}, {flow_completed: {flow_id: ask_address}},"
            " {bot_did_not_utter: {text_matches: Where}}, {slot_was_set: [{name: address, value: null}]}]",
            True,
        ),
    ],
)
async def test_with_an_order_each_assertion_is_met_later_than_the_one_before(
    pizzeria: OpenedContent, tmp_path: Path, assertions: str, passes: bool
) -> None:
    cases = f"""{KITCHEN_IS_FREE}
test_cases:
  - test_case: orders
    steps:{ORDER}
      - user: {LAST_TURN}
        assertion_order_enabled: true
        assertions: {assertions}
  - test_case: orders, in any order
    steps:{ORDER}
      - user: {LAST_TURN}
        assertions: {assertions}
"""
    ordered, free = await run(pizzeria, cases, tmp_path)

    assert (ordered.passed, free.passed) == (passes, True)


async def test_the_first_broken_assertion_ends_the_case_and_the_rest_is_skipped(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    (result,) = await run(
        pizzeria,
        """
test_cases:
  - test_case: one
    steps:
      - user: I want a pizza
        assertions:
          - flow_started: order_pizza
          - flow_started: track_order
          - action_executed: utter_ask_size
      - user: small
        assertions: [{slot_was_set: [{name: size}]}]
""",
        tmp_path,
    )

    assert (result.held, result.skipped) == (1, 2)
    assert result.failure is not None and result.failure.wanted is not None
    assert wanted_text(result.failure.wanted) == "flow_started: track_order"


async def test_numbers_are_equal_whatever_their_kind_and_truth_is_no_number(
    pizzeria: OpenedContent, tmp_path: Path
) -> None:
    cases = """
stub_custom_actions:
  action_check_kitchen:
    events: [{event: slot, name: kitchen, value: busy}]
fixtures:
  - known: [{size: small}, {points: 1}, {vip: true}]
test_cases:
"""
    for number, entry in enumerate(["points, value: 1", "points, value: 1.0", "points, value: true"]):
        cases += f"""
  - test_case: known as {number}
    fixtures: [known]
    steps:
      - slot_was_set: [{{{entry.replace(", value", "")}}}]
      - user: track my pizza
"""
    results = await run(pizzeria, cases, tmp_path)

    assert [result.passed for result in results] == [True, True, False]

"""What holds for the engine holds on any content: on ours, and on small ones that nobody would write."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import MONDAY, Story, moves, replayed, results

from bot.dialogue import Assistant, Conversation, advance, load_assistant
from bot.dialogue.commands import CancelFlow, ChitChat, Command, CorrectSlots, SetSlot, StartFlow
from bot.dialogue.effects import RunAction
from bot.dialogue.events import ActionReturned, PatientWrote

ROOT = Path(__file__).parents[2]
SLOTS = ("name", "reason", "day", "age")
ACTIONS = ("action_find", "action_free")

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def load(content: dict[str, Any]) -> Assistant:
    """JSON is YAML."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "flows.yml").write_text(json.dumps(content), encoding="utf-8")
        return load_assistant([Path(folder)], languages=["en"])


# Contents that nobody would write

_conditions = st.sampled_from(
    [
        "slots.name",
        "slots.age > 17",
        'slots.reason is "pain"',
        "not (slots.day is null)",
        "slots.age is not null and slots.age < 5",
        'slots.name matches "^A"',
    ]
)


@st.composite
def _collects(draw: st.DrawFn) -> dict[str, Any]:
    step: dict[str, Any] = {"collect": draw(st.sampled_from(SLOTS))}
    if draw(st.booleans()):
        step["ask_before_filling"] = True
    if draw(st.integers(0, 4)) == 0:
        step["force_slot_filling"] = True
    if draw(st.integers(0, 2)) == 0:
        condition = {
            "name": 'slots.name is "x"',
            "reason": "slots.reason",
            "day": 'slots.day contains "x"',
            "age": "slots.age > 50",
        }
        step["rejections"] = [{"if": condition[step["collect"]], "utter": "utter_no"}]
    return step


def _steps(later: list[str], callable_: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        _collects(),
        _collects(),
        st.sampled_from([{"action": name} for name in (*ACTIONS, "utter_done")]),
        st.just({"set_slots": [{"day": None}, {"age": 7}]}),
    ]
    if callable_:
        kinds.append(st.sampled_from([{"call": flow} for flow in callable_]))
    return st.one_of(kinds)


@st.composite
def _contents(draw: st.DrawFn) -> dict[str, Any]:
    """Flows that call what comes after them and link to one another, with branches forward and back."""
    names = [f"flow{number}" for number in range(draw(st.integers(1, 4)))]
    called = [name for name in names[1:] if draw(st.booleans())]
    flows: dict[str, Any] = {}
    for number, name in enumerate(names):
        later = [other for other in called if other in names[number + 1 :]]
        steps = [dict(step) for step in draw(st.lists(_steps(names, later), min_size=1, max_size=4))]
        for place, step in enumerate(steps):
            step["id"] = f"s{place}"
        asked = [step["id"] for step in steps if "collect" in step]
        last = steps[-1]
        ways = ["END", *asked]
        if draw(st.booleans()):
            way = draw(st.sampled_from(ways))
            last["next"] = [{"if": draw(_conditions), "then": way}, {"else": "END"}]
        elif name not in called and draw(st.booleans()):
            others = [other for other in names if other != name]
            target = draw(st.sampled_from([*others, "pattern_human_handoff"]))
            steps.append({"link": target})
        flow: dict[str, Any] = {"description": "d", "name": name, "steps": steps}
        if draw(st.integers(0, 3)) == 0:
            flow["if"] = draw(_conditions)
        if draw(st.integers(0, 3)) == 0:
            flow["run_pattern_completed"] = False
        flows[name] = flow
    texts = ("ask_name", "ask_reason", "ask_day", "ask_age", "no", "done")
    return {
        "actions": list(ACTIONS),
        "slots": {
            "name": {"type": "text"},
            "reason": {"type": "categorical", "values": ["checkup", "pain"]},
            "day": {"type": "text", "initial_value": "any"},
            "age": {
                "type": "float",
                "validation": {"rejections": [{"if": "slots.age < 0", "utter": "utter_no"}]},
            },
        },
        "responses": {f"utter_{text}": [{"text": f"{text}."}] for text in texts},
        "session_config": {"carry_over_slots_to_new_session": draw(st.booleans())},
        "flows": flows,
    }


_starts = st.builds(
    StartFlow, st.sampled_from([f"flow{number}" for number in range(4)]), explicit=st.booleans()
)
_words = st.sampled_from(["x", "pain", "checkup", "Anna", None, 4, -1, 60, "often"])
_said: st.SearchStrategy[Command] = st.one_of(
    _starts,
    st.builds(SetSlot, st.sampled_from(SLOTS), _words),
    st.builds(SetSlot, st.just("continue_interrupted_flow_confirmation"), st.booleans()),
    st.builds(CorrectSlots, st.dictionaries(st.sampled_from(SLOTS), _words, max_size=2)),
    st.sampled_from([CancelFlow(), ChitChat()]),
)
_turns = st.lists(
    st.tuples(st.just("writes"), st.lists(_said, min_size=1, max_size=3), st.just("words")),
    min_size=1,
    max_size=8,
)


@few
@given(_contents(), _turns, st.lists(results, min_size=1, max_size=4))
def test_every_turn_ends_on_any_content_that_loads(
    content: dict[str, Any], turns: Any, came: list[dict[str, Any]]
) -> None:
    assistant = load(content)
    played = Story(assistant, came).play(turns)

    played.check_ends()
    assert replayed(assistant, played.heard) == played.states


# Our own content

OURS = load_assistant([ROOT / "flows"], languages=("en", "it", "ru"))
_our_slots = st.sampled_from(sorted(name for name in OURS.slots if name != "language"))
_our_words = st.sampled_from(
    ["Anna Rossi", "+390655501234", "1985-05-17", "true", "no", "first_visit", None, 3, "tomorrow", "x"]
)
_of_ours: st.SearchStrategy[Command] = st.one_of(
    st.builds(StartFlow, st.sampled_from(sorted(set(OURS.triggers.values()))), explicit=st.booleans()),
    st.builds(SetSlot, _our_slots, _our_words, by_tap=st.booleans()),
    st.builds(SetSlot, _our_slots, _our_words),
)


@st.composite
def _our_results(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """For each action: one of the outcomes it declares, or a failure."""
    came = {}
    for name, action in OURS.actions.items():
        events: list[dict[str, Any]] = []
        if action.outcome is not None:
            value = draw(st.sampled_from(action.outcome.values))
            events.append({"event": "slot", "name": action.outcome.slot, "value": value})
        failed = draw(st.sampled_from([None, None, None, "exception"]))
        came[name] = {"events": tuple(events), "responses": (), "failed": failed}
    return came


class OurStory(Story):
    """Each action comes back with what is said of it."""

    def result_of(self, call: RunAction) -> dict[str, Any]:
        return dict(self.results[0][call.name])


@few
@given(
    st.lists(
        st.one_of(
            moves, st.tuples(st.just("writes"), st.lists(_of_ours, min_size=1, max_size=4), st.just("words"))
        )
    ),
    _our_results(),
)
def test_every_turn_ends_on_our_own_flows(turns: Any, came: dict[str, dict[str, Any]]) -> None:
    played = OurStory(OURS, [came]).play(turns)

    played.check_ends()


# Second thoughts

THOUGHTS = ("a", "b", "c", "d", "e")
ORDER = load(
    {
        "actions": ["action_free"],
        "slots": {name: {"type": "text"} for name in (*THOUGHTS, "last")},
        "responses": {f"utter_ask_{name}": [{"text": f"{name}?"}] for name in (*THOUGHTS, "last")},
        "flows": {
            "tell": {
                "description": "d",
                "steps": [
                    {"collect": "a"},
                    {"call": "middle"},
                    {"action": "action_free"},
                    {"collect": "e"},
                    {"collect": "last"},
                ],
            },
            "middle": {
                "description": "d",
                "if": False,
                "steps": [{"collect": "b"}, {"call": "inner"}, {"collect": "d"}],
            },
            "inner": {
                "description": "d",
                "if": False,
                "steps": [{"collect": "c"}, {"action": "action_free"}],
            },
        },
    }
)


def told(*turns: tuple[Command, ...]) -> Conversation:
    conversation = Conversation.new("anna", language="en")
    for said in turns:
        event: Any = PatientWrote(at=MONDAY, text="words", commands=said, channel="whatsapp")
        while event is not None:
            conversation, effects = advance(ORDER, conversation, event)
            call = effects[-1] if effects and isinstance(effects[-1], RunAction) else None
            event = ActionReturned(at=MONDAY, call=call.call) if call else None
    return conversation


_answers = st.fixed_dictionaries({name: st.sampled_from(["1", "2", "3"]) for name in THOUGHTS})


@few
@given(_answers, _answers, st.permutations(THOUGHTS), st.lists(st.integers(1, 3), min_size=5, max_size=5))
def test_second_thoughts_in_any_order_end_where_saying_it_right_at_once_ends(
    first: dict[str, str], meant: dict[str, str], order: list[str], sizes: list[int]
) -> None:
    right = told((StartFlow("tell"), *(SetSlot(name, meant[name]) for name in THOUGHTS)))
    changes: list[tuple[Command, ...]] = []
    left = list(order)
    for size in sizes:
        if left:
            changes.append(tuple(SetSlot(name, meant[name]) for name in left[:size]))
            left = left[size:]
    corrected = told((StartFlow("tell"), *(SetSlot(name, first[name]) for name in THOUGHTS)), *changes)
    one_by_one = told((StartFlow("tell"),), *((SetSlot(name, meant[name]),) for name in order))

    assert corrected.slots == one_by_one.slots == right.slots
    for conversation in (corrected, one_by_one):
        [frame] = conversation.stack
        assert (frame.flow_id, frame.step_id, frame.is_waiting) == ("tell", "4_last", True)

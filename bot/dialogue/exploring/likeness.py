"""When two conversations count as one: same stack, and slots that no condition can tell apart.

Texts and numbers are endless; conditions ask only finitely much of them. So a slot's value is kept as its
answers to every comparison in the flows that looks at this slot alone, and two values with the same answers
are alike. Slots that nothing asks and nothing reads are left out, and so is an outcome that every flow reads
right after the action that sets it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from bot.dialogue.conditions import (
    Comparison,
    Condition,
    ConditionFailed,
    Expression,
    Joined,
    Literal,
    Matching,
    Members,
    Negation,
    Path,
    walk,
)
from bot.dialogue.model import ActionStep, AnyStep, Assistant, CollectStep, Flow, NoopStep
from bot.dialogue.names import FACTS
from bot.dialogue.state import Conversation, Frame, Turn
from bot.errors import Position

_NOWHERE = Position("", 1, 1)
_OF_THE_MOMENT = ("canceled_frames", "reset_frame_id", "misunderstood", "previous_flow_name")


class Likeness:
    """Knows which conversations are alike, as far as this content can tell."""

    def __init__(self, assistant: Assistant) -> None:
        self.slots = assistant.slots
        self.questions = _questions(assistant)
        self.collected = frozenset(s.slot for s in _steps(assistant) if isinstance(s, CollectStep))
        read = {name for condition in _conditions(assistant) for name in _names(condition.tree)}
        self.live = tuple(sorted((read - _read_at_once(assistant) | self.collected) - FACTS))
        self._known: dict[tuple[str, str], Hashable] = {}

    def of(self, conversation: Conversation) -> Hashable:
        turn = conversation.turn
        return (
            self.shape(conversation),
            tuple(self.kind(name, conversation.slots.get(name)) for name in self.live),
            None if turn is None else _moment(turn),
        )

    def shape(self, conversation: Conversation) -> Hashable:
        """The stack alone: which flows wait where."""
        return (conversation.paused, tuple(_place(frame) for frame in conversation.stack))

    def kind(self, name: str, value: Any) -> Hashable:
        """What the flows can tell of a slot's value."""
        slot = self.slots[name]
        if value is None or slot.type in ("bool", "categorical"):
            return value if isinstance(value, Hashable) else repr(value)
        memo = (name, repr(value))
        if memo not in self._known:
            answers = tuple(_answer(question, name, value) for question in self.questions.get(name, ()))
            self._known[memo] = (type(value).__name__, bool(value), answers)
        return self._known[memo]


def literals(questions: tuple[Expression, ...]) -> Iterator[Any]:
    """The values that conditions compare a slot with."""
    for question in questions:
        for part in walk(question):
            if isinstance(part, Literal):
                yield part.value


def patterns(questions: tuple[Expression, ...]) -> Iterator[str]:
    yield from (
        part.pattern for question in questions for part in walk(question) if isinstance(part, Matching)
    )


def _place(frame: Frame) -> Hashable:
    context = {name: value for name, value in frame.context.items() if name not in _OF_THE_MOMENT}
    return (
        frame.flow_id,
        frame.step_id,
        frame.phase,
        frame.entered_by,
        frame.interrupted,
        repr(sorted(context.items())) if context else "",
    )


def _moment(turn: Turn) -> Hashable:
    """What still matters of a turn that waits for an action."""
    call = turn.call
    return (
        (call.action, call.purpose, call.depth, call.was_filled) if call else None,
        turn.commands and repr(turn.commands),
        turn.every_turn,
        turn.ended_flow,
        turn.is_over,
        turn.to_validate,
        turn.reached_patient,
    )


def _steps(assistant: Assistant) -> Iterator[AnyStep]:
    for flow in assistant.flows.values():
        yield from flow.steps.values()


def _conditions(assistant: Assistant) -> Iterator[Condition]:
    """Those that decide where a conversation goes; what a text depends on does not count."""
    for flow in assistant.flows.values():
        if flow.guard is not None:
            yield flow.guard
        for step in flow.steps.values():
            yield from (branch.condition for branch in step.next if branch.condition is not None)
            if isinstance(step, CollectStep):
                yield from (rejection.condition for rejection in step.rejections)
    for slot in assistant.slots.values():
        yield from (rejection.condition for rejection in slot.rejections)


def _questions(assistant: Assistant) -> Mapping[str, tuple[Expression, ...]]:
    """Slot -> the smallest parts of conditions that look at it and at no other."""
    found: dict[str, dict[Expression, None]] = {}
    for condition in _conditions(assistant):
        for part in _atoms(condition.tree):
            names = set(_names(part))
            if len(names) == 1 and not any(isinstance(p, Path) and p.root == "context" for p in walk(part)):
                found.setdefault(names.pop(), {})[part] = None
    return {name: tuple(parts) for name, parts in found.items()}


def _atoms(tree: Expression) -> Iterator[Expression]:
    match tree:
        case Joined():
            for part in tree.parts:
                yield from _atoms(part)
        case Negation():
            yield from _atoms(tree.inner)
        case Comparison() | Matching() | Path():
            yield tree
        case Literal() | Members():
            pass


def _names(tree: Expression) -> Iterator[str]:
    yield from (part.name for part in walk(tree) if isinstance(part, Path) and part.root == "slots")


def _answer(question: Expression, name: str, value: Any) -> str:
    try:
        return str(Condition("", _NOWHERE, question).holds({name: value}, {}))
    except ConditionFailed:
        return "fails"


def _read_at_once(assistant: Assistant) -> frozenset[str]:
    """Outcomes that are read nowhere but in the branches right after their own action."""
    elsewhere: set[str] = set()
    outcomes = {a.outcome.slot for a in assistant.actions.values() if a.outcome is not None}
    for flow in assistant.flows.values():
        fresh = _fresh(flow, assistant)
        for step in flow.steps.values():
            for branch in step.next:
                if branch.condition is not None:
                    elsewhere |= set(_names(branch.condition.tree)) - fresh.get(step.id, frozenset())
            if isinstance(step, CollectStep):
                elsewhere |= {n for rejection in step.rejections for n in _names(rejection.condition.tree)}
        if flow.guard is not None:
            elsewhere |= set(_names(flow.guard.tree))
    return frozenset(outcomes - elsewhere)


def _fresh(flow: Flow, assistant: Assistant) -> dict[str, frozenset[str]]:
    """Step -> outcomes that were set by it, or by all the steps right before it where it only branches."""
    own = {step.id: _outcome_of(step, assistant) for step in flow.steps.values()}
    before: dict[str, list[frozenset[str]]] = {}
    for step in flow.steps.values():
        for branch in step.next:
            before.setdefault(branch.target, []).append(own[step.id])
    for step in flow.steps.values():
        if isinstance(step, NoopStep) and before.get(step.id):
            own[step.id] = frozenset.intersection(*before[step.id])
    return own


def _outcome_of(step: AnyStep, assistant: Assistant) -> frozenset[str]:
    declared = assistant.actions.get(step.action) if isinstance(step, ActionStep) else None
    return frozenset({declared.outcome.slot} if declared is not None and declared.outcome else ())

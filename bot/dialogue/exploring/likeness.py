"""When two conversations count as one: same stack, and slots that no condition ahead can tell apart.

Texts and numbers are endless; conditions ask only finitely much of them. So a slot's value is kept as its
answers to every comparison in the flows that looks at this slot alone, and two values with the same answers
are alike. Slots that nothing ahead reads (liveness.py) are left out.
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
from bot.dialogue.exploring.liveness import Liveness, conditions, names
from bot.dialogue.model import HANDOFF, Assistant, CollectStep
from bot.dialogue.state import Conversation, Frame, Turn
from bot.errors import Position

_NOWHERE = Position("", 1, 1)
_OF_THE_MOMENT = ("canceled_frames", "reset_frame_id", "misunderstood", "previous_flow_name")


def is_under(conversation: Conversation) -> bool:
    """One flow lies under another one, and each is walked by itself: where they are is enough."""
    return any(frame.interrupted for frame in conversation.stack)


def _is_for_people(conversation: Conversation) -> bool:
    """A person has been called: what is known by then is theirs to read."""
    return conversation.paused or any(frame.flow_id == HANDOFF for frame in conversation.stack)


class Likeness:
    """Knows which conversations are alike, as far as this content can tell."""

    def __init__(self, assistant: Assistant) -> None:
        self.slots = assistant.slots
        self.questions = _questions(assistant)
        steps = [step for flow in assistant.flows.values() for step in flow.steps.values()]
        self.collected = frozenset(step.slot for step in steps if isinstance(step, CollectStep))
        self.read = frozenset(name for condition in conditions(assistant) for name in names(condition))
        self._compared = _compared(assistant)
        self._liveness = Liveness(assistant)
        self._known: dict[tuple[str, str], Hashable] = {}

    def of(self, conversation: Conversation) -> Hashable:
        turn = conversation.turn
        return (
            self.shape(conversation),
            tuple(
                (name, self.kind(name, conversation.slots.get(name)))
                for name in sorted(self.live(conversation))
            ),
            None if turn is None else _moment(turn),
        )

    def beside(self, name: str, value: Any, slots: Mapping[str, Any]) -> Hashable:
        """How the conditions answer that compare this slot with other ones, such as an end with a start."""
        held = {**slots, name: value}
        return tuple(_holds(question, held) for question in self._compared.get(name, ()))

    def partners(self, name: str) -> frozenset[str]:
        """The slots it is compared with."""
        return frozenset(n for question in self._compared.get(name, ()) for n in names(question)) - {name}

    def live(self, conversation: Conversation) -> frozenset[str]:
        """Slots that something ahead reads."""
        if is_under(conversation) or _is_for_people(conversation):
            return frozenset()
        return self._liveness.of(conversation.stack)

    def shape(self, conversation: Conversation) -> Hashable:
        """The stack alone: which flows wait where."""
        return (conversation.paused, tuple(_place(frame) for frame in conversation.stack))

    def kind(self, name: str, value: Any) -> Hashable:
        """What the flows can tell of a slot's value: whether it is there, and how conditions answer."""
        memo = (name, repr(value))
        if memo not in self._known:
            is_open = name in self.collected and value is None
            answers = tuple(_answer(question, name, value) for question in self.questions.get(name, ()))
            exactly = memo[1] if name in self._compared or self.slots[name].type == "categorical" else ""
            self._known[memo] = (is_open, answers, exactly)
        return self._known[memo]


def literals(questions: tuple[Expression, ...]) -> Iterator[Any]:
    """The values that conditions compare a slot with."""
    for question in questions:
        for part in walk(question):
            if isinstance(part, Literal):
                yield part.value


def patterns(questions: tuple[Expression, ...]) -> Iterator[str]:
    """What conditions match it against."""
    for question in questions:
        yield from (part.pattern for part in walk(question) if isinstance(part, Matching))


def _place(frame: Frame) -> Hashable:
    context = {name: value for name, value in frame.context.items() if name not in _OF_THE_MOMENT}
    return (
        frame.flow_id,
        frame.step_id,
        frame.phase,
        frame.entered_by == "call",
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


def _questions(assistant: Assistant) -> Mapping[str, tuple[Expression, ...]]:
    """Slot -> the smallest parts of conditions that look at it and at no other."""
    found: dict[str, dict[Expression, None]] = {}
    for condition in conditions(assistant):
        for part in _atoms(condition.tree):
            own = set(names(part))
            if len(own) == 1 and not any(isinstance(p, Path) and p.root == "context" for p in walk(part)):
                found.setdefault(own.pop(), {})[part] = None
    return {name: tuple(parts) for name, parts in found.items()}


def _compared(assistant: Assistant) -> Mapping[str, tuple[Expression, ...]]:
    """Slot -> the parts of conditions that compare it with other slots."""
    found: dict[str, dict[Expression, None]] = {}
    for condition in conditions(assistant):
        for part in _atoms(condition.tree):
            own = set(names(part))
            for name in own if len(own) > 1 else ():
                found.setdefault(name, {})[part] = None
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


def _answer(question: Expression, name: str, value: Any) -> str:
    return _holds(question, {name: value})


def _holds(question: Expression, slots: Mapping[str, Any]) -> str:
    try:
        return str(Condition("", _NOWHERE, question).holds(slots, {}))
    except ConditionFailed:
        return "fails"

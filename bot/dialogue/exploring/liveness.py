"""Which slots still matter at each step: those that are read on some way from there before they are set anew.

The classical analysis, backwards over the steps of all flows until nothing changes. What follows a called
flow is what follows any call of it. What an action declares to set counts as set anew, unless a patient is
asked for it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.dialogue.conditions import HOLE, Condition, Expression, Path, walk
from bot.dialogue.model import (
    END,
    ActionStep,
    AnyStep,
    Assistant,
    CallStep,
    CollectStep,
    Flow,
    LinkStep,
    SetSlotsStep,
)
from bot.dialogue.state import Frame

Slots = frozenset[str]
_NONE: Slots = frozenset()


class Liveness:
    """`entering`: flow and step -> slots that matter when the step is about to run."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._entering: dict[tuple[str, str], Slots] = {}
        self._returning: dict[str, Slots] = {}  # flow -> slots that matter when it has ended
        flows = assistant.flows.values()
        steps = [step for flow in flows for step in flow.steps.values()]
        self._collected = frozenset(step.slot for step in steps if isinstance(step, CollectStep))
        changes = True
        while changes:
            changes = False
            for flow in flows:
                for step in reversed(list(flow.steps.values())):
                    now = self._before(flow, step)
                    if now != self._entering.get((flow.id, step.id), _NONE):
                        self._entering[flow.id, step.id] = now
                        changes = True
                    if isinstance(step, CallStep):
                        known = self._returning.get(step.flow, _NONE)
                        self._returning[step.flow] = known | self._after(flow, step)
                        changes = changes or self._returning[step.flow] != known

    def of(self, stack: Sequence[Frame]) -> Slots:
        """What matters to a whole stack. A flow that has called another one is counted with that one."""
        above = [*stack[1:], None]
        return _NONE.union(
            *(
                self._at(frame)
                for frame, over in zip(stack, above, strict=False)
                if over is None or over.is_pattern or over.entered_by != "call"
            )
        )

    def _at(self, frame: Frame) -> Slots:
        flow = self._assistant.flows.get(frame.flow_id)
        handed = (frame.context.get("collect"), frame.context.get("validate"))
        held = frozenset(str(name) for name in handed if name in self._assistant.slots)
        if flow is None:
            return held
        step = flow.steps.get(frame.step_id)
        if step is None:
            return held | self._entry(flow.id)
        own = {step.slot} if isinstance(step, CollectStep) and frame.phase != "entered" else _NONE
        return held | self._before(flow, step) | own

    def _before(self, flow: Flow, step: AnyStep) -> Slots:
        after = self._after(flow, step)
        match step:
            case CollectStep():
                asked = {step.slot, *(name for r in step.rejections for name in names(r.condition))}
                return (after | asked) - ({step.slot} if step.ask_before_filling else _NONE)
            case ActionStep():
                declared = self._assistant.actions.get(step.action)
                if declared is None:
                    return after
                outcome = {declared.outcome.slot} if declared.outcome else _NONE
                return after - ((declared.sets or _NONE) - self._collected) - outcome
            case SetSlotsStep():
                return after - {name for name, _ in step.values}
            case CallStep() | LinkStep():
                return after | self._entry(step.flow)
        return after

    def _after(self, flow: Flow, step: AnyStep) -> Slots:
        found: set[str] = set()
        for branch in step.next:
            if branch.condition is not None:
                found.update(names(branch.condition))
            if branch.target == END:
                found |= self._returning.get(flow.id, _NONE)
            else:
                found |= self._entering.get((flow.id, branch.target), _NONE)
        return frozenset(found)

    def _entry(self, flow_id: str) -> Slots:
        flow = self._assistant.flows.get(flow_id)
        return self._entering.get((flow_id, flow.first), _NONE) if flow is not None else _NONE


def names(condition: Condition | Expression) -> Iterator[str]:
    """The slots that a condition reads; `slots.{{context.collect}}` is what is asked, so live anyway."""
    tree = condition.tree if isinstance(condition, Condition) else condition
    read = (part.name for part in walk(tree) if isinstance(part, Path) and part.root == "slots")
    yield from (name for name in read if name != HOLE)


def conditions(assistant: Assistant) -> Iterator[Condition]:
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

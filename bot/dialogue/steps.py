"""Running one step of the frame on top (flow format, sections 3, 4 and 7)."""

from __future__ import annotations

from typing import Any, assert_never

from bot.dialogue.builtin_actions import BUILT_IN_ACTIONS
from bot.dialogue.conditions import filled
from bot.dialogue.effects import Button, StepBegan
from bot.dialogue.filling import run_collect
from bot.dialogue.model import (
    END,
    HANDOFF,
    PASS_ON,
    VALIDATE,
    ActionStep,
    AnyStep,
    CallStep,
    CollectStep,
    LinkStep,
    NoopStep,
    SetSlotsStep,
)
from bot.dialogue.stacking import end_frame, enter, flow_names, validation_step
from bot.dialogue.state import Frame, moved_to
from bot.dialogue.workbench import StepFailed, Workbench


def run_top(bench: Workbench) -> None:
    """One move of the top frame: enter it, run its step, or go to the next one."""
    frame = bench.top
    assert frame is not None
    if frame.is_new:
        enter(bench, frame)
        return
    if frame.flow_id == VALIDATE and VALIDATE not in bench.assistant.flows:
        validation = validation_step(bench, frame)
        if validation is None or run_collect(bench, validation):
            end_frame(bench)
        return
    step = bench.flow(frame).steps[frame.step_id]
    if frame.phase == "done":
        _go_on(bench, frame, step)
        return
    if frame.phase == "entered":
        bench.effects.append(StepBegan(flow=frame.flow_id, step=frame.step_id))
    match step:
        case CollectStep():
            if run_collect(bench, step):
                bench.change_top(phase="done")
        case ActionStep():
            _act(bench, frame, step)
        case SetSlotsStep():
            for name, value in step.values:
                bench.set_slot(name, value)
            bench.change_top(phase="done")
        case NoopStep():
            bench.change_top(phase="done")
        case CallStep():
            bench.change_top(phase="done")
            bench.push(step.flow, entered_by="call")
        case LinkStep():
            _link(bench, frame, step)
        case _:
            assert_never(step)


def _act(bench: Workbench, frame: Frame, step: ActionStep) -> None:
    """In a loop, `{{context.utter}}` and its like name what this question has; where it has none, nothing."""
    name = filled(step.action, frame.context)
    known = bench.assistant
    if name != step.action and name not in {*known.actions, *known.responses, *BUILT_IN_ACTIONS}:
        bench.change_top(phase="done")
    else:
        run_named(bench, name)


def run_named(bench: Workbench, name: str, *, depth: int = 0) -> None:
    """Run an action for the top frame: a custom one leaves the engine, the others are done at once."""
    declared = bench.assistant.actions.get(name)
    bench.change(latest_action=name)
    if declared is not None:
        if declared.outcome is not None and bench.slots.get(declared.outcome.slot) is not None:
            bench.set_slot(declared.outcome.slot, None)
        if bench.top is not None and depth == 0:
            bench.change_top(phase="running")
        bench.run_action(name, "step", depth=depth)
        return
    bench.record("action", name=name)
    if bench.top is not None:
        bench.change_top(phase="done")
    if name in BUILT_IN_ACTIONS:
        BUILT_IN_ACTIONS[name](bench)
    else:
        bench.say(name, buttons=_options(bench, name))


def _options(bench: Workbench, response: str) -> tuple[Button, ...] | None:
    """The flows to choose from, as buttons, where a clarification asks which one was meant."""
    top = bench.top
    if response != "utter_clarification_options_rasa" or top is None:
        return None
    flows = [bench.assistant.flows[flow_id] for flow_id in top.context.get("options", ())]
    startable = [flow for flow in flows if flow.triggers]
    titles = flow_names(bench, (flow.id for flow in startable))
    return tuple(
        Button(title=title, payload=f"/{flow.triggers[0].intent}")
        for flow, title in zip(startable, titles, strict=True)
    )


def _go_on(bench: Workbench, frame: Frame, step: AnyStep) -> None:
    for branch in step.next:
        if branch.condition is None or bench.holds(
            branch.condition, "next", flow=frame.flow_id, step=frame.step_id, context=frame.context
        ):
            if branch.target == END:
                end_frame(bench)
            else:
                bench.stack[-1] = moved_to(frame, branch.target)
            return
    raise StepFailed("has no branch to take")


def _link(bench: Workbench, frame: Frame, step: LinkStep) -> None:
    """The flow ends first, then the other begins in its place (11.6)."""
    context: dict[str, Any] = {}
    if step.flow in (HANDOFF, PASS_ON):
        reason = bench.slots.get("handoff_reason") or frame.context.get("handoff_reason") or "flow"
        context = {"reason": str(reason)}
    end_frame(bench)
    if step.flow == PASS_ON:
        interrupted = bench.top is not None and bench.top.interrupted
        context |= {"goes_on": interrupted, "handoff_reason": context["reason"]}
    if frame.is_pattern and any(other.flow_id == step.flow for other in bench.stack):
        return
    bench.push(step.flow, context, entered_by="link")

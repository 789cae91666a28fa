"""The collect loop: reject, check, ask, wait (flow format, 10.2 to 10.4).

entered --> check --> validating --> validated --> (filled) leave
              ^                          |
              |                       (empty) ask --> waiting
              +---- the patient wrote, or what lay above has ended ----+

Content may put a `pattern_collect_information` of its own in the place of this: entered --> collecting, and
that flow on top, until it ends.
"""

from __future__ import annotations

from bot.dialogue.model import COLLECT, HANDOFF, CollectStep
from bot.dialogue.stacking import waiting_step
from bot.dialogue.values import WrongValue, coerce, shown
from bot.dialogue.workbench import StepFailed, Workbench


def run_collect(bench: Workbench, step: CollectStep) -> bool:
    """One phase of the top frame's collect. True when the slot is filled and the step is left."""
    frame = bench.top
    assert frame is not None
    match frame.phase:
        case "entered":
            if step.ask_before_filling and bench.slots.get(step.slot) is not None:
                bench.set_slot(step.slot, None)
            if COLLECT in bench.assistant.flows:
                _collect_by_flow(bench, step)
            else:
                bench.change_top(phase="check")
        case "collecting":
            _collect_by_flow(bench, step)
        case "check":
            _check(bench, step)
        case "validated":
            if bench.slots.get(step.slot) is not None:
                return True
            _ask(bench, step)
        case _:
            raise StepFailed(f"is in phase {frame.phase}, from which nothing follows")
    return False


def _collect_by_flow(bench: Workbench, step: CollectStep) -> None:
    bench.change_top(phase="collecting")
    bench.push(
        COLLECT,
        {
            "collect": step.slot,
            "utter": step.utter,
            "collect_action": step.ask_action,
            "rejections": [
                {"if": rejection.condition.source, "utter": rejection.utter} for rejection in step.rejections
            ],
        },
    )


def run_rejections(bench: Workbench) -> None:
    """`action_run_slot_rejections` of a loop that content wrote itself."""
    top = bench.top
    step = waiting_step(bench, top) if top is not None and top.is_loop else None
    if step is None:
        raise StepFailed("can only run in pattern_collect_information and pattern_validate_slot")
    if rejected(bench, step):
        count_attempt(bench, step)


def count_attempt(bench: Workbench, step: CollectStep) -> bool:
    """One more answer that led nowhere. At the limit a person takes over; the question waits below."""
    top = bench.top
    assert top is not None
    if top.attempts + 1 < step.max_attempts:
        bench.change_top(attempts=top.attempts + 1)
        return False
    bench.change_top(attempts=0)
    bench.misunderstood = 0
    bench.push(HANDOFF, {"reason": "misunderstood"})
    return True


def count_misunderstood(bench: Workbench) -> bool:
    """The same for a message that meant nothing here. True when a person takes over."""
    bench.misunderstood += 1
    top = bench.top
    step = waiting_step(bench, top) if top is not None and top.is_waiting else None
    if step is not None:
        return count_attempt(bench, step)
    if bench.misunderstood < 3:
        return False
    bench.misunderstood = 0
    bench.push(HANDOFF, {"reason": "misunderstood"})
    return True


def _check(bench: Workbench, step: CollectStep) -> None:
    if rejected(bench, step) and count_attempt(bench, step):
        return
    if step.validate_action is None:
        bench.change_top(phase="validated")
        return
    bench.change_top(phase="validating")
    filled = bench.slots.get(step.slot) is not None
    bench.run_action(step.validate_action, "validate", was_filled=filled)


def rejected(bench: Workbench, step: CollectStep) -> bool:
    """The type first, then the step's rejections; the first that hits empties the slot and says why."""
    slot, value = bench.assistant.slots[step.slot], bench.slots.get(step.slot)
    if value is None:
        return False
    try:
        kept = coerce(slot, value)
    except WrongValue:
        bench.set_slot(slot.name, None)
        kind = {"bool": "boolean"}.get(slot.type, slot.type)
        bench.say(f"utter_{kind}_slot_rejection", {"value": shown(value)})
        return True
    if type(kept) is not type(value) or kept != value:
        bench.put(slot.name, kept)
    top = bench.top
    where = {"flow": top.flow_id if top else "", "step": step.id}
    context = top.context if top else {}
    for rejection in step.rejections:
        if bench.holds(rejection.condition, "rejection", context=context, **where):
            bench.set_slot(slot.name, None)
            bench.say(rejection.utter, {"value": shown(value)})
            return True
    return False


def _ask(bench: Workbench, step: CollectStep) -> None:
    if step.ask_action is not None:
        bench.change_top(phase="asking")
        bench.run_action(step.ask_action, "ask")
        return
    if step.utter is None:
        raise StepFailed(f'has nothing to ask slot "{step.slot}" with')
    bench.record("action", name=step.utter)
    bench.say(step.utter)
    bench.change_top(phase="waiting")

"""The stack of flows: which one is active, how flows start, interrupt, end and are cancelled (section 11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.dialogue.model import COLLECT, HANDOFF, VALIDATE, Assistant, CollectStep
from bot.dialogue.state import Dropped, Frame, moved_to
from bot.dialogue.workbench import Workbench

CONTINUE = "pattern_continue_interrupted"
OUT_OF_HOURS = "pattern_out_of_hours"
#: Why a flow is given up that its patient may want after all: "cancel", "stop".
_BY_THE_PATIENT = (None, "stop")

#: Waiting patterns that give way when the patient starts something (11.2).
_GIVE_WAY = frozenset(
    {
        "pattern_completed",
        CONTINUE,
        "pattern_clarification",
        "pattern_correction",
        "pattern_customer_satisfaction",
    }
)


@dataclass(frozen=True, slots=True)
class Chain:
    """A flow with the calls it is in, and the loops that ask and validate for them: stack[start:end]."""

    start: int
    end: int
    frames: tuple[Frame, ...]

    @property
    def root(self) -> Frame:
        return self.frames[0]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(frame.frame_id for frame in self.frames)

    @property
    def step_id(self) -> str:
        """Where the innermost flow stands."""
        return self.user_frames[-1].step_id

    @property
    def user_frames(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if not frame.is_pattern)


def chains(stack: Sequence[Frame]) -> list[Chain]:
    """Every user flow on the stack, the lowest first."""
    found = []
    for start, frame in enumerate(stack):
        if frame.is_pattern or frame.entered_by == "call":
            continue
        end = start + 1
        while end < len(stack) and (
            stack[end].is_loop or (stack[end].entered_by == "call" and not stack[end].is_pattern)
        ):
            end += 1
        found.append(Chain(start, end, tuple(stack[start:end])))
    return found


def active_chain(stack: Sequence[Frame]) -> Chain | None:
    every = chains(stack)
    return every[-1] if every else None


def same_chain(stack: Sequence[Frame], chain: Chain | None) -> Chain | None:
    """The chain as it is now, after other frames came and went."""
    root = chain.root.frame_id if chain is not None else None
    return next((each for each in chains(stack) if each.root.frame_id == root), None)


class Stacked(Protocol):
    """A stack and the content it runs on: a workbench, or a conversation at rest."""

    @property
    def assistant(self) -> Assistant: ...

    @property
    def stack(self) -> Sequence[Frame]: ...


def waiting_step(bench: Stacked, frame: Frame) -> CollectStep | None:
    """The question that a frame waits with, or would ask."""
    if frame.flow_id == VALIDATE:
        return validation_step(bench, frame)
    if frame.flow_id == COLLECT:
        below = bench.stack[: bench.stack.index(frame)]
        return waiting_step(bench, below[-1]) if below else None
    flow = bench.assistant.flows.get(frame.flow_id)
    step = flow.steps.get(frame.step_id) if flow else None
    return step if isinstance(step, CollectStep) else None


def validation_step(bench: Stacked, frame: Frame) -> CollectStep | None:
    """`pattern_validate_slot` as a collect of the slot's own rules (10.4)."""
    slot = bench.assistant.slots.get(str(frame.context.get("validate")))
    if slot is None:
        return None
    asker = _asker(bench, slot.name)
    utter = slot.refill_utter or (asker.utter if asker else None)
    return CollectStep(
        id="validate",
        number=0,
        position=slot.position,
        next=(),
        slot=slot.name,
        utter=utter,
        ask_action=None if slot.refill_utter else (asker.ask_action if asker else None),
        rejections=slot.rejections,
    )


def _asker(bench: Stacked, slot: str) -> CollectStep | None:
    """A collect of the slot, best one of the active flow."""
    chain = active_chain(bench.stack)
    active = [frame.flow_id for frame in chain.user_frames] if chain else []
    for flow_id in (*active, *bench.assistant.flows):
        flow = bench.assistant.flows.get(flow_id)
        for step in flow.steps.values() if flow else ():
            if isinstance(step, CollectStep) and step.slot == slot:
                return step
    return None


def asked_slot(bench: Workbench) -> str | None:
    top = bench.top
    step = waiting_step(bench, top) if top and top.is_waiting else None
    return step.slot if step else None


def start_flow(bench: Workbench, flow_id: str, active: Chain | None, *, cancelled: bool) -> None:
    """Start or resume (11.2). `active`: the flow before the message; `cancelled`: it drops it, too."""
    bench.stack = [f for f in bench.stack if not (f.flow_id in _GIVE_WAY and not f.is_new)]
    known = next((chain for chain in chains(bench.stack) if chain.root.flow_id == flow_id), None)
    before = same_chain(bench.stack, active)
    if before is not None and not cancelled and (known is None or known.root != before.root):
        interrupt(bench, before)
    if known is None:
        bench.push(flow_id)
        return
    known = same_chain(bench.stack, known)
    assert known is not None
    raise_chain(bench, known)
    resume(bench, known)


def interrupt(bench: Workbench, chain: Chain) -> None:
    if chain.root.interrupted or chain.root.is_new:
        return
    for frame_id in chain.ids:
        bench.change_frame(frame_id, interrupted=True)
    bench.record("flow_interrupted", flow_id=chain.root.flow_id, step_id=chain.step_id)


def resume(bench: Workbench, chain: Chain) -> None:
    """It goes on where it was; a waiting question is asked again."""
    for frame_id in chain.ids:
        bench.change_frame(frame_id, interrupted=False)
    bench.record("flow_resumed", flow_id=chain.root.flow_id, step_id=chain.step_id)
    wake(bench)


def raise_chain(bench: Workbench, chain: Chain, *, below: str | None = None) -> None:
    """Move a flow to the top, or directly below the frame that is moving it."""
    frames = [frame for frame in bench.stack if frame.frame_id in chain.ids]
    bench.remove(chain.ids)
    at = next((i for i, frame in enumerate(bench.stack) if frame.frame_id == below), len(bench.stack))
    bench.stack[at:at] = frames


def wake(bench: Workbench) -> None:
    """The frame on top, if it waits, looks at its slot again and asks if it must."""
    top = bench.top
    if top is not None and top.is_waiting and not top.interrupted:
        is_own = top.is_loop and top.flow_id in bench.assistant.flows
        bench.change_top(phase="done" if is_own else "check")


def end_frame(bench: Workbench) -> None:
    """The top frame has reached END."""
    frame = bench.stack.pop()
    bench.record("flow_completed", flow_id=frame.flow_id, step_id=frame.step_id)
    if frame.entered_by == "call" and bench.stack:
        parent = bench.stack[-1]
        called = dict.fromkeys((*parent.called, frame.flow_id, *frame.called))
        bench.change_top(called=tuple(called))
        return
    _leave(bench, (frame,))
    _after(bench, frame)


def _after(bench: Workbench, frame: Frame) -> None:
    """What the end of a flow or pattern means for the frames below it."""
    match frame.flow_id:
        case "pattern_emergency" | "pattern_stop":
            bench.change(is_over=True)
            return
        case "pattern_repeat_bot_messages":
            return  # its messages hold the question
        case "pattern_cancel_flow":
            cancel_frames(bench, frame.context.get("canceled_frames", ()))
        case "pattern_correction":
            push_validations(bench)
        case _ if frame.flow_id == CONTINUE:
            _go_on_unasked(bench)
        case _ if frame.flow_id == COLLECT and bench.top is not None:
            bench.change_top(phase="done")
    wake(bench)


def _go_on_unasked(bench: Workbench) -> None:
    """A pattern of a project's own that neither goes on nor cancels: the flow below simply goes on."""
    chain = active_chain(bench.stack)
    if chain is not None and chain.root.interrupted and bench.stack[-1] in chain.frames:
        resume(bench, chain)


def cancel_chain(bench: Workbench, chain: Chain, *, reason: str | None = None) -> None:
    """Told in the journal, off the stack, slots reset."""
    record_cancelled(bench, chain, reason=reason)
    cancel_frames(bench, chain.ids)


def record_cancelled(bench: Workbench, chain: Chain, *, reason: str | None = None) -> None:
    if reason in _BY_THE_PATIENT:
        bench.dropped = Dropped(flow=chain.root.flow_id, slots=_answers(bench, chain.root.flow_id))
    extra = {} if reason is None else {"reason": reason}
    for frame in reversed(chain.user_frames):
        bench.record("flow_cancelled", flow_id=frame.flow_id, step_id=frame.step_id, **extra)


def _answers(bench: Workbench, flow_id: str) -> dict[str, Any]:
    """What has been told to a flow, but for a yes: that is asked for again."""
    known = {name: bench.slots.get(name) for name in sorted(bench.assistant.fills.get(flow_id, ()))}
    slots = bench.assistant.slots
    return {n: v for n, v in known.items() if v is not None and slots[n].asks_for != "yes_no"}


def cancel_frames(bench: Workbench, frame_ids: Iterable[str]) -> None:
    wanted = set(frame_ids)
    frames = [frame for frame in bench.stack if frame.frame_id in wanted]
    bench.remove([frame.frame_id for frame in frames])
    _leave(bench, [frame for frame in frames if not frame.is_loop], spare=bench.turn.just_set)


def _leave(bench: Workbench, frames: Sequence[Frame], *, spare: Sequence[str] = ()) -> None:
    """Reset what these frames filled, by themselves or by their calls (11.7)."""
    flows = bench.assistant.flows
    ids = dict.fromkeys(flow_id for frame in frames for flow_id in (frame.flow_id, *frame.called))
    known = [flows[flow_id] for flow_id in ids if flow_id in flows]
    kept = frozenset(spare).union(*(flow.kept_slots() for flow in known))
    for name in dict.fromkeys(name for flow in known for name in flow.own_slots()):
        if name not in kept:
            bench.reset_slot(name)
    for frame in frames:
        if not frame.is_pattern and frame.entered_by != "call" and flows[frame.flow_id].run_pattern_completed:
            bench.change(ended_flow=frame.flow_id)


def push_validations(bench: Workbench) -> None:
    """One frame for each slot the patient set, directly above the active flow: the last one is on top."""
    slots, turn = bench.assistant.slots, bench.turn
    bench.change(to_validate=())
    for name in turn.to_validate:
        chain = active_chain(bench.stack)
        under = {frame.context.get("validate") for frame in bench.stack if frame.flow_id == VALIDATE}
        if chain is None or name in under or not slots[name].validated or bench.slots.get(name) is None:
            continue
        context = _validation_context(bench, name)
        frame = bench.new_frame(VALIDATE, context=context, interrupted=chain.root.interrupted)
        bench.stack.insert(chain.end, frame)


def _validation_context(bench: Workbench, name: str) -> Mapping[str, Any]:
    slot, asker = bench.assistant.slots[name], _asker(bench, name)
    return {
        "validate": name,
        "refill_utter": slot.refill_utter or (asker.utter if asker else None),
        "refill_action": None if slot.refill_utter or asker is None else asker.ask_action,
        "rejections": [{"if": each.condition.source, "utter": each.utter} for each in slot.rejections],
    }


def enter(bench: Workbench, frame: Frame) -> None:
    """The first run of a frame. Before a person is called, patients hear when the practice is closed."""
    if frame.flow_id == HANDOFF and frame.context.get("reason") != "emergency" and note_when_closed(bench):
        return
    offered = {key: frame.context[key] for key in ("options", "names") if key in frame.context}
    bench.record("flow_started", flow_id=frame.flow_id, **offered)  # a clarification says which flows
    if frame.flow_id == VALIDATE and VALIDATE not in bench.assistant.flows:
        bench.change_top(step_id="validate", phase="check")
    else:
        bench.stack[-1] = moved_to(frame, bench.flow(frame).first)


def note_when_closed(bench: Workbench) -> bool:
    """Once a session: `pattern_out_of_hours`, when the practice's fact `opens_at` says that it is closed."""
    opens_at = bench.slots.get("opens_at")
    if not opens_at or bench.noted_closed:
        return False
    bench.noted_closed = True
    bench.push(OUT_OF_HOURS, {"opens_at": opens_at})
    return True


def flow_names(bench: Workbench, flow_ids: Iterable[str]) -> list[str]:
    return [bench.assistant.flows[flow_id].name_in(bench.language) for flow_id in flow_ids]


def continue_context(bench: Workbench) -> Mapping[str, Any]:
    """Context of pattern_continue_interrupted: everything that was interrupted, the latest first."""
    ids = [chain.root.flow_id for chain in reversed(chains(bench.stack)) if chain.root.interrupted]
    names = flow_names(bench, ids)
    return {
        "interrupted_flow_ids": ids,
        "interrupted_flow_names": names,
        "interrupted_flow_options": ", ".join(names),
        "multiple_flows_interrupted": len(ids) > 1,
        "previous_flow_name": names[0] if names else "",
    }

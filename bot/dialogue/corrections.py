"""The patient changes an answer (flow format, 10.5): where the flow goes back to, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.dialogue.asking import kind_of
from bot.dialogue.model import CallStep, CollectStep
from bot.dialogue.stacking import Chain, chains, same_chain
from bot.dialogue.state import Frame, moved_to
from bot.dialogue.values import same
from bot.dialogue.workbench import Workbench
from nlu.understanding import REFUSED

CORRECTION = "pattern_correction"


def push_correction(bench: Workbench, slots: Mapping[str, Any], active: Chain | None) -> None:
    """A correction that still waits for its confirmation is merged into this one; newer values win.

    `active`: the flow before the message, which is the one that is corrected.
    """
    waiting = [frame for frame in bench.stack if frame.flow_id == CORRECTION]
    merged: dict[str, Any] = {}
    for frame in waiting:
        merged |= frame.context["corrected_slots"]
    merged |= slots
    bench.remove([frame.frame_id for frame in waiting])
    chain = same_chain(bench.stack, active)
    if chain is None:
        return
    frame_id, flow_id, step_id = _reset_point(bench, chain, merged)
    bench.push(
        CORRECTION,
        {
            "corrected_slots": merged,
            "new_slot_values": list(merged.values()),
            "names_nothing": all(_names_nothing(bench, name, value) for name, value in merged.items()),
            "is_reset_only": all(_asks_before_filling(bench, chain, name) for name in merged),
            "reset_flow_id": flow_id,
            "reset_step_id": step_id,
            "reset_frame_id": frame_id,
        },
    )


def correct_slots(bench: Workbench) -> None:
    """`action_correct_flow_slot`: set the values, drop the calls above the reset point, go back to it."""
    top = bench.top
    if top is None or top.flow_id != CORRECTION:
        return
    context = top.context
    if not context["is_reset_only"]:
        for name, value in context["corrected_slots"].items():
            bench.set_slot(name, value)
            if value is not None:
                bench.change(to_validate=(*bench.turn.to_validate, name))
    frame_id, step_id = context.get("reset_frame_id"), context["reset_step_id"]
    chain = next((chain for chain in chains(bench.stack) if frame_id in chain.ids), None)
    if step_id is None or chain is None:
        return
    place = chain.ids.index(frame_id)
    dropped = chain.frames[place + 1 :]
    bench.remove([frame.frame_id for frame in dropped])
    frame = moved_to(chain.frames[place], step_id)
    called = dict.fromkeys((*frame.called, *(id for f in dropped for id in called_flows(f))))
    reset = replace(frame, called=tuple(called))
    bench.stack = [reset if f.frame_id == frame_id else f for f in bench.stack]


def called_flows(frame: Frame) -> tuple[str, ...]:
    """What a dropped frame leaves to its parent, which resets its slots in the end."""
    return () if frame.is_pattern else (frame.flow_id, *frame.called)


def _reset_point(
    bench: Workbench, chain: Chain, slots: Mapping[str, Any]
) -> tuple[str | None, str | None, str | None]:
    """Frame, flow and step: from the root upwards, the first visited step that fills one of the slots."""
    frames = chain.user_frames
    for number, frame in enumerate(frames):
        above = frames[number + 1].flow_id if number + 1 < len(frames) else None
        for step in bench.flow(frame).steps.values():
            if step.id not in frame.visited:
                continue
            collects = isinstance(step, CollectStep) and step.slot in slots
            calls = (
                isinstance(step, CallStep)
                and step.flow != above
                and bool(bench.assistant.fills[step.flow] & slots.keys())
            )
            if collects or calls:
                return frame.frame_id, frame.flow_id, step.id
    return None, None, None


def _names_nothing(bench: Workbench, name: str, value: Any) -> bool:
    """ "Other times", "another day", "not with Rossi": turned down, and nothing named instead. Whether
    anything is different now, only what comes next can say."""
    if isinstance(value, str) and value.startswith(REFUSED):
        return True
    if value is None and kind_of(bench.assistant.slots[name]) == "name":
        return True  # "wrong name"
    if isinstance(value, Mapping) and value.get("other_day"):
        return not (value.get("windows") or value.get("part"))
    mappings = bench.assistant.slots[name].mappings
    return any(m.type == "from_intent" and m.value is not None and same(m.value, value) for m in mappings)


def _asks_before_filling(bench: Workbench, chain: Chain, slot: str) -> bool:
    """Whether every collect of the slot, in the active flow and what it may call, asks anew anyway."""
    flows, ahead, seen = bench.assistant.flows, [chain.root.flow_id], set[str]()
    asks: list[bool] = []
    while ahead:
        flow_id = ahead.pop()
        if flow_id in seen:
            continue
        seen.add(flow_id)
        for step in flows[flow_id].steps.values():
            if isinstance(step, CallStep):
                ahead.append(step.flow)
            elif isinstance(step, CollectStep) and step.slot == slot:
                asks.append(step.ask_before_filling)
    return bool(asks) and all(asks)

"""Which of a message's commands count, and as what (flow format, 9.2 and 9.3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    CorrectSlots,
    Emergency,
    HumanHandoff,
    InternalError,
    MediaReceived,
    SetSlot,
    StaleTap,
    StartFlow,
    StopMessages,
    command_to_json,
)
from bot.dialogue.conditions import ConditionFailed
from bot.dialogue.stacking import CONTINUE, Chain, active_chain, asked_slot, waiting_step
from bot.dialogue.values import WrongValue, coerce, same
from bot.dialogue.workbench import Workbench

MAX_CHARACTERS = 4096  # what WhatsApp lets people write

#: Never taken away, whatever waits (17.4).
_SAFETY = (Emergency, StopMessages)


@dataclass(slots=True)
class _Moment:
    """The stack before the message: what "active" and "asked" mean for all of its commands."""

    chain: Chain | None
    asked: str | None
    fills: frozenset[str]
    pattern_asks: frozenset[str]
    continues: bool
    started: frozenset[str] = frozenset()
    cancels: bool = False
    understood: bool = False


def normalise(bench: Workbench, commands: Sequence[Command], text: str) -> list[Command]:
    """Empty means: understood, and nothing to do but to ask again what is waiting."""
    safety = [command for command in commands if isinstance(command, _SAFETY)]
    if safety:
        return _safety_only(commands)
    refused = _unreadable(commands, text)
    if refused is not None:
        return [refused]
    listed = _without_repeats(commands)
    moment = _moment(bench)
    listed = _forced(bench, listed, moment)
    listed = _startable(bench, listed, moment)
    listed = _cancels_once(listed, moment)
    listed = _settable(bench, listed, moment)
    listed = _clarifiable(bench, listed)
    if not listed and not moment.understood:
        by_tap = any(isinstance(command, SetSlot) and command.by_tap for command in commands)
        return [StaleTap() if by_tap else CannotHandle()]
    if not listed and not bench.stack:
        return [StaleTap()]  # a tap that changes nothing, with nothing to go back to
    return listed


def _safety_only(commands: Sequence[Command]) -> list[Command]:
    """The emergency, a handoff that goes with it, and the opt-out; nothing else can cancel or delay them."""
    emergency = [command for command in commands if isinstance(command, Emergency)][:1]
    handoff = [command for command in commands if isinstance(command, HumanHandoff)][:1] if emergency else []
    stop = [command for command in commands if isinstance(command, StopMessages)][:1]
    return [*emergency, *handoff, *stop]


def _unreadable(commands: Sequence[Command], text: str) -> Command | None:
    if len(text) > MAX_CHARACTERS:
        return InternalError(
            error_type="rasa_internal_error_user_input_too_long", info={"max_characters": MAX_CHARACTERS}
        )
    if not text.strip() and not commands:
        return InternalError(error_type="rasa_internal_error_user_input_empty")
    return None


def _without_repeats(commands: Sequence[Command]) -> list[Command]:
    seen: dict[str, Command] = {}
    for command in commands:
        seen.setdefault(json.dumps(command_to_json(command), sort_keys=True, default=repr), command)
    return list(seen.values())


def _moment(bench: Workbench) -> _Moment:
    chain = active_chain(bench.stack)
    pattern_asks = set()
    for frame in bench.stack:
        asks = frame.is_pattern and not frame.is_loop and not frame.is_new
        step = waiting_step(bench, frame) if asks else None
        if step is not None:
            pattern_asks.add(step.slot)
    return _Moment(
        chain=chain,
        asked=asked_slot(bench),
        fills=bench.assistant.fills[chain.root.flow_id] if chain else frozenset(),
        pattern_asks=frozenset(pattern_asks),
        continues=any(frame.flow_id == CONTINUE for frame in bench.stack),
    )


def _forced(bench: Workbench, commands: list[Command], moment: _Moment) -> list[Command]:
    top = bench.top
    step = waiting_step(bench, top) if top is not None and top.is_waiting else None
    if step is None or not step.force_slot_filling:
        return commands
    kept = (HumanHandoff, MediaReceived, StaleTap)  # a person can always be asked for
    return [c for c in commands if isinstance(c, kept) or (isinstance(c, SetSlot) and c.name == step.slot)]


def _startable(bench: Workbench, commands: list[Command], moment: _Moment) -> list[Command]:
    kept: list[Command] = []
    started: set[str] = set()
    for command in commands:
        if isinstance(command, StartFlow):
            flow = bench.assistant.flows.get(command.flow)
            if flow is None or flow.is_pattern:
                continue
            if moment.chain is not None and moment.chain.root.flow_id == flow.id and not moment.continues:
                cancelled = any(isinstance(other, CancelFlow) for other in commands)
                if not cancelled:
                    moment.understood = True
                    continue
            if flow.guard is not None and not command.explicit and not _open(bench, command):
                continue
            started.add(flow.id)
        kept.append(command)
    moment.started = frozenset(started)
    return kept


def _open(bench: Workbench, command: StartFlow) -> bool:
    guard = bench.assistant.flows[command.flow].guard
    try:
        return guard is None or guard.holds(bench.slots, {})
    except ConditionFailed as error:
        bench.record("engine_error", flow_id=command.flow, message=str(error))
        return False


def _cancels_once(commands: list[Command], moment: _Moment) -> list[Command]:
    first = next((command for command in commands if isinstance(command, CancelFlow)), None)
    if moment.chain is None:
        first = None
    moment.cancels = first is not None
    return [command for command in commands if not isinstance(command, CancelFlow) or command is first]


def _settable(bench: Workbench, commands: list[Command], moment: _Moment) -> list[Command]:
    """Sets that count, and at most one correction, where the first corrected slot was mentioned."""
    fills_of_started = frozenset().union(*(bench.assistant.fills[flow] for flow in moment.started))
    kept: list[Command] = []
    corrected: dict[str, object] = {}
    place: int | None = None
    for command in commands:
        if isinstance(command, CorrectSlots):
            pairs = {
                n: v for n, v in command.slots.items() if n in bench.assistant.slots and n in moment.fills
            }
            if pairs and not moment.cancels:
                place = len(kept) if place is None else place
                corrected |= {name: _coerced(bench, name, value) for name, value in pairs.items()}
            continue
        if not isinstance(command, SetSlot):
            kept.append(command)
            continue
        slot = bench.assistant.slots.get(command.name)
        if slot is None or (slot.is_controlled and not command.by_tap):
            continue
        value = _coerced(bench, command.name, command.value)
        taken = SetSlot(command.name, value, by_tap=command.by_tap)
        if command.name == moment.asked:
            kept.append(taken)
        elif same(value, bench.slots.get(command.name)):
            moment.understood = True
        elif command.name in fills_of_started:
            kept.append(taken)
        elif moment.cancels:
            continue
        elif command.name in moment.fills and _holds_an_answer(bench, command.name):
            place = len(kept) if place is None else place
            corrected[command.name] = value
        elif command.name in moment.fills or command.name in moment.pattern_asks:
            kept.append(taken)
        elif slot.is_controlled and bench.stack:
            kept.append(taken)  # our own button set it
    if place is not None:
        kept.insert(place, CorrectSlots(slots=corrected))
    return kept


def _holds_an_answer(bench: Workbench, name: str) -> bool:
    value = bench.slots.get(name)
    return value is not None and not same(value, bench.assistant.slots[name].initial_value)


def _coerced(bench: Workbench, name: str, value: object) -> object:
    """Raw where the type does not take it: the collect rejects it, and says so."""
    try:
        return coerce(bench.assistant.slots[name], value)
    except WrongValue:
        return value


def _clarifiable(bench: Workbench, commands: list[Command]) -> list[Command]:
    busy = any(isinstance(command, (StartFlow, SetSlot, CorrectSlots, CancelFlow)) for command in commands)
    kept: list[Command] = []
    for command in commands:
        if isinstance(command, Clarify):
            limit = int(bench.slots.get("max_clarification_options") or 3)
            known = [
                o for o in command.options if o in bench.assistant.flows and not o.startswith("pattern_")
            ]
            options = tuple(dict.fromkeys(known))[:limit]
            if not options or busy:
                continue
            command = Clarify(options=options)
        kept.append(command)
    return kept

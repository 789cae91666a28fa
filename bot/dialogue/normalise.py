"""Which of a message's commands count, and as what (flow format, 9.2 and 9.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.dialogue.asking import asked_by
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    CorrectSlots,
    DataRequest,
    Emergency,
    HumanHandoff,
    InternalError,
    MediaReceived,
    ReminderReply,
    SetSlot,
    StaleTap,
    StartFlow,
    StopMessages,
    command_to_json,
)
from bot.dialogue.conditions import ConditionFailed
from bot.dialogue.effects import AlertStaff
from bot.dialogue.model import Flow
from bot.dialogue.stacking import CONTINUE, Chain, active_chain, asked_slot, waiting_step
from bot.dialogue.values import WrongValue, coerce, fits, same
from bot.dialogue.workbench import Workbench

MAX_CHARACTERS = 4096  # what WhatsApp lets people write

#: Nothing else in the message counts (17.4).
_SAFETY = (Emergency, StopMessages)

#: Heard also where only the answer is (9.3): 17.4, and a person can always be asked for.
_NEVER_KEPT_OUT = (HumanHandoff, DataRequest, MediaReceived, ReminderReply, StaleTap)


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
    listed = _with_media(bench, listed, moment)
    listed = _forced(bench, listed)
    listed = _startable(bench, listed, moment)
    listed = _cancels_once(listed, moment)
    listed = _settable(bench, listed, moment)
    listed = _clarifiable(bench, listed)
    if listed or (moment.understood and bench.stack):
        return listed
    by_tap = any(isinstance(command, SetSlot) and command.by_tap for command in commands)
    return [StaleTap() if by_tap else CannotHandle()]


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


def _forced(bench: Workbench, commands: list[Command]) -> list[Command]:
    top = bench.top
    step = waiting_step(bench, top) if top is not None and top.is_waiting else None
    if step is None or not step.force_slot_filling:
        return commands
    return [c for c in commands if isinstance(c, _NEVER_KEPT_OUT) or _fills(c, step.slot)]


def _fills(command: Command, slot: str) -> bool:
    return isinstance(command, SetSlot) and command.name == slot


def _with_media(bench: Workbench, commands: list[Command], moment: _Moment) -> list[Command]:
    """A photo, where one is asked for, is the answer (`from_media`, 14.2)."""
    slot = bench.assistant.slots.get(moment.asked or "")
    mappings = [m for m in slot.mappings if m.type == "from_media"] if slot else []

    def answers(command: Command) -> bool:
        return (
            isinstance(command, MediaReceived)
            and command.media_id is not None
            and any(mapping.kind in (None, command.kind) for mapping in mappings)
        )

    return [
        SetSlot(slot.name, command.media_id)
        if slot is not None and isinstance(command, MediaReceived) and answers(command)
        else command
        for command in commands
    ]


def _startable(bench: Workbench, commands: list[Command], moment: _Moment) -> list[Command]:
    kept: list[Command] = []
    started: set[str] = set()
    active = moment.chain.root.flow_id if moment.chain is not None and not moment.continues else None
    for command in commands:
        if not isinstance(command, StartFlow):
            kept.append(command)
            continue
        flow = bench.assistant.flows.get(command.flow)
        if flow is None or flow.is_pattern:
            continue
        if flow.id == active:
            moment.understood = True
            continue
        opened = True if command.explicit else _is_open(bench, flow)
        if opened is None:
            kept.append(InternalError())
        elif opened:
            started.add(flow.id)
            kept.append(command)
    moment.started = frozenset(started)
    return kept


def _is_open(bench: Workbench, flow: Flow) -> bool | None:
    """None: the guard cannot be evaluated, which is never a no (13)."""
    try:
        return flow.guard is None or bench.holds(flow.guard, "guard", flow=flow.id)
    except ConditionFailed as error:
        position = str(flow.guard.position) if flow.guard else None
        bench.record("engine_error", flow_id=flow.id, step_id=None, position=position, message=str(error))
        bench.effects.append(AlertStaff(reason="error"))
        return None


def _cancels_once(commands: list[Command], moment: _Moment) -> list[Command]:
    first = next((command for command in commands if isinstance(command, CancelFlow)), None)
    if moment.chain is None:
        first = None
    moment.cancels = first is not None
    return [command for command in commands if not isinstance(command, CancelFlow) or command is first]


def _settable(bench: Workbench, commands: list[Command], moment: _Moment) -> list[Command]:
    """Sets that count, and at most one correction, where the first corrected slot was mentioned."""
    fresh = asked_by(bench.assistant, moment.started)
    kept: list[Command] = []
    corrected: dict[str, object] = {}
    place: int | None = None
    for command in _single_sets(commands):
        if not isinstance(command, SetSlot):
            kept.append(command)
            continue
        taken = _taken(bench, command)
        if taken is None:
            continue
        match _counts_as(bench, taken, moment, fresh):
            case "set":
                kept.append(taken)
            case "correction":
                place = len(kept) if place is None else place
                corrected[taken.name] = taken.value
            case "nothing new":
                moment.understood = True
    if place is not None:
        kept.insert(place, CorrectSlots(slots=corrected))
    return kept


def _single_sets(commands: Sequence[Command]) -> Iterator[Command]:
    """A correction is a set of each of its slots: whether it corrects anything is for the rules to say."""
    for command in commands:
        if isinstance(command, CorrectSlots):
            yield from (SetSlot(name, value) for name, value in command.slots.items())
        else:
            yield command


def _taken(bench: Workbench, command: SetSlot) -> SetSlot | None:
    """With the value as the slot keeps it. None where nothing a patient does may set it."""
    slot = bench.assistant.slots.get(command.name)
    if slot is None or slot.type == "list" or (slot.is_controlled and not command.by_tap):
        return None
    try:
        return replace(command, value=coerce(slot, command.value))
    except WrongValue:
        return command  # raw: the collect rejects it, and says so


def _counts_as(
    bench: Workbench, command: SetSlot, moment: _Moment, fresh: frozenset[str]
) -> Literal["set", "correction", "nothing new"] | None:
    """9.2, rule 4: the first that applies decides."""
    name, slot = command.name, bench.assistant.slots[command.name]
    if name == moment.asked:
        return "set"
    if same(command.value, bench.slots.get(name)):
        return "nothing new"
    if name in fresh:
        return "set"
    if moment.cancels:
        return None
    if name in moment.fills:
        return "correction" if _holds_an_answer(bench, name) else "set"
    if name in moment.pattern_asks:
        return "set"
    set_by_our_button = slot.is_controlled and bool(bench.stack) and fits(slot, command.value)
    return "set" if set_by_our_button else None


def _holds_an_answer(bench: Workbench, name: str) -> bool:
    value = bench.slots.get(name)
    return value is not None and not same(value, bench.assistant.slots[name].initial_value)


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

"""Carrying out commands: slots first, the rest from last to first, so that the first is seen first (9.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Clarify,
    Command,
    CorrectSlots,
    Emergency,
    HumanHandoff,
    InternalError,
    KnowledgeAnswer,
    MediaReceived,
    RepeatBotMessages,
    Restart,
    SessionEnd,
    SessionStart,
    SetSlot,
    SkipQuestion,
    StaleTap,
    StartFlow,
    StopMessages,
    UserSilence,
)
from bot.dialogue.corrections import push_correction
from bot.dialogue.filling import count_misunderstood
from bot.dialogue.model import HANDOFF
from bot.dialogue.normalise import normalise
from bot.dialogue.stacking import (
    CONTINUE,
    Chain,
    active_chain,
    asked_slot,
    cancel_chain,
    chains,
    flow_names,
    push_validations,
    record_cancelled,
    resume,
    start_flow,
    wake,
)
from bot.dialogue.workbench import Workbench

#: Commands after which nothing has been understood yet.
_NO_PROGRESS = (CannotHandle, StaleTap, MediaReceived, InternalError, UserSilence)


CODE_CHANGE = "pattern_code_change"


def take_commands(bench: Workbench, commands: Sequence[Command], text: str) -> None:
    """From a message's commands to a stack that only has to run."""
    listed = normalise(bench, commands, text)
    if bench.paused:
        listed = [command for command in listed if isinstance(command, (Emergency, StopMessages))]
    changed = [frame for frame in bench.stack if frame.flow_id == CODE_CHANGE]
    if changed:  # what was asked is gone, so an answer to it cannot be understood
        bench.remove([frame.frame_id for frame in changed])
        listed = [command for command in listed if command != CannotHandle()]
    is_safety = any(isinstance(command, (Emergency, StopMessages)) for command in listed)
    active = active_chain(bench.stack)
    bench.record("commands", commands=[type(command).__name__ for command in listed])
    if not all(isinstance(command, _NO_PROGRESS) for command in listed) or not listed:
        bench.misunderstood = 0
    _set_slots(bench, [command for command in listed if isinstance(command, SetSlot)], listed)
    cancelled = any(isinstance(command, CancelFlow) for command in listed)
    backwards = listed[::-1]  # the last one pushed is seen first
    for command in sorted(backwards, key=_precedence):
        _execute(bench, command, active, cancelled=cancelled)
    push_validations(bench)
    bench.stack.extend(changed)
    if not is_safety and not bench.introduced:
        bench.introduced = True
        bench.push("pattern_session_start")
    if not any(isinstance(command, RepeatBotMessages) for command in listed):
        wake(bench)


def _precedence(command: Command) -> int:
    """A person is seen first, then what is said at once, then flows, whose questions would bury the rest."""
    return {Emergency: 3, HumanHandoff: 2, StartFlow: 0}.get(type(command), 1)


def _set_slots(bench: Workbench, sets: Sequence[SetSlot], listed: Sequence[Command]) -> None:
    asked, active = asked_slot(bench), active_chain(bench.stack)
    started = [command.flow for command in listed if isinstance(command, StartFlow)]
    fresh = frozenset().union(*(bench.assistant.fills[flow] for flow in started))
    for command in sets:
        bench.set_slot(command.name, command.value)
        bench.change(to_validate=(*bench.turn.to_validate, command.name))
        if command.name in fresh:
            bench.change(just_set=(*bench.turn.just_set, command.name))
    if active is not None and active.root.interrupted and not started:
        _answered_while_interrupted(bench, active, [command.name for command in sets], asked)


def _answered_while_interrupted(
    bench: Workbench, active: Chain, names: Sequence[str], asked: str | None
) -> None:
    """Who answers an interrupted flow's question has said that it goes on."""
    top = bench.top
    confirms = top is not None and top.flow_id == CONTINUE and asked in names
    fills = bench.assistant.fills[active.root.flow_id]
    if confirms or not any(name in fills for name in names):
        return
    bench.stack = [frame for frame in bench.stack if frame.flow_id != CONTINUE]
    resume(bench, active)


def _execute(bench: Workbench, command: Command, active: Chain | None, *, cancelled: bool) -> None:
    match command:
        case SetSlot():
            pass  # set before everything else
        case StartFlow():
            start_flow(bench, command.flow, cancelled=cancelled)
        case CorrectSlots():
            push_correction(bench, command.slots, active)
        case CancelFlow():
            _cancel(bench, active)
        case CannotHandle():
            _cannot_handle(bench, command)
        case SessionEnd():
            _end_session(bench)
        case SessionStart():
            bench.introduced = True
            bench.push("pattern_session_start")
        case HumanHandoff():
            bench.push(HANDOFF, {"reason": command.reason})
        case Clarify():
            names = flow_names(bench, command.options)
            _push(
                bench,
                "clarification",
                names=names,
                clarification_options=", ".join(names),
                options=list(command.options),
            )
        case KnowledgeAnswer():
            _push(bench, "search", topic=command.topic)
        case InternalError():
            _push(bench, "internal_error", error_type=command.error_type, info=dict(command.info))
        case Emergency():
            _push(bench, "emergency", level=command.level, key=command.key)
        case StopMessages():
            _push(bench, "stop", scope=command.scope)
        case MediaReceived():
            _push(bench, "media", kind=command.kind)
        case StaleTap():
            _push(bench, "stale_tap")
        case SkipQuestion():
            _push(bench, "skip_question")
        case ChitChat():
            _push(bench, "chitchat")
        case RepeatBotMessages():
            _push(bench, "repeat_bot_messages")
        case Restart():
            _push(bench, "restart")
        case UserSilence():
            _push(bench, "user_silence")
        case _:
            assert_never(command)


def _push(bench: Workbench, pattern: str, **context: Any) -> None:
    bench.push(f"pattern_{pattern}", context)


def _cancel(bench: Workbench, active: Chain | None) -> None:
    """The flow that was active before the message, with everything that waited above it (11.4)."""
    chain = next((c for c in chains(bench.stack) if active and c.root.frame_id == active.root.frame_id), None)
    if chain is None:
        return
    above = bench.stack[chain.end :]
    bench.remove([frame.frame_id for frame in above if frame.is_pattern and not frame.is_new])
    record_cancelled(bench, chain)
    names = flow_names(bench, (chain.root.flow_id,))
    bench.push("pattern_cancel_flow", {"canceled_name": names[0], "canceled_frames": list(chain.ids)})


def _cannot_handle(bench: Workbench, command: CannotHandle) -> None:
    if command.reason == "cannot_handle_default" and count_misunderstood(bench):
        return
    _push(bench, "cannot_handle", reason=command.reason, misunderstood=bench.misunderstood)


def _end_session(bench: Workbench) -> None:
    for chain in reversed(chains(bench.stack)):
        cancel_chain(bench, chain, reason="session_end")
    bench.stack = []
    bench.introduced = False
    bench.record("session_ended")
    bench.change(is_over=True)

"""Carrying out commands: slots first, the rest from last to first, so that the first is seen first (9.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from bot.dialogue.asking import asked_by
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Clarify,
    Command,
    CorrectSlots,
    DataRequest,
    Emergency,
    HumanHandoff,
    InternalError,
    KnowledgeAnswer,
    MediaReceived,
    ReminderReply,
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
from bot.dialogue.sessions import SESSION_START, begin_session, end_session
from bot.dialogue.stacking import (
    CONTINUE,
    Chain,
    active_chain,
    asked_slot,
    flow_names,
    note_when_closed,
    push_validations,
    record_cancelled,
    resume,
    same_chain,
    start_flow,
    wake,
)
from bot.dialogue.workbench import Workbench

#: Commands after which nothing has been understood yet.
_NO_PROGRESS = (CannotHandle, StaleTap, MediaReceived, InternalError, UserSilence)


#: Seen before everything else in a message; the last one of these is seen first.
_FIRST = (ReminderReply, MediaReceived, HumanHandoff, DataRequest, Emergency)

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
    backwards.sort(key=_precedence)
    for command in backwards:
        _execute(bench, command, active, cancelled=cancelled)
    push_validations(bench)
    bench.stack.extend(() if is_safety else changed)  # nothing is said before an emergency's text
    if not (is_safety or bench.introduced or bench.turn.is_over):
        bench.introduced = True
        note_when_closed(bench)
        bench.push(SESSION_START)
    if not any(isinstance(command, RepeatBotMessages) for command in listed):
        wake(bench)


def _precedence(command: Command) -> int:
    """What no flow may hold up comes first (17.4); everything else in the order in which it was said."""
    return _FIRST.index(type(command)) if type(command) in _FIRST else -1


def _set_slots(bench: Workbench, sets: Sequence[SetSlot], listed: Sequence[Command]) -> None:
    asked, active = asked_slot(bench), active_chain(bench.stack)
    started = [command.flow for command in listed if isinstance(command, StartFlow)]
    fresh = asked_by(bench.assistant, started)
    for command in sets:
        bench.set_slot(command.name, command.value)
        bench.change(to_validate=(*bench.turn.to_validate, command.name))
        if command.name in fresh:
            bench.change(just_set=(*bench.turn.just_set, command.name))
    if active is not None and active.root.interrupted and not started:
        changed = [name for each in listed if isinstance(each, CorrectSlots) for name in each.slots]
        _answered_while_interrupted(bench, active, [*(each.name for each in sets), *changed], asked)


def _answered_while_interrupted(
    bench: Workbench, active: Chain, names: Sequence[str], asked: str | None
) -> None:
    """Who answers an interrupted flow's question, or changes an answer of it, has said that it goes on."""
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
            start_flow(bench, command.flow, active, cancelled=cancelled)
        case CorrectSlots():
            push_correction(bench, command.slots, active)
        case CancelFlow():
            _cancel(bench, active)
        case CannotHandle():
            _cannot_handle(bench, command)
        case SessionEnd():
            end_session(bench, reason="session_end")
            bench.record("session_ended")
            bench.change(is_over=True)
        case SessionStart():
            begin_session(bench)
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
            number = bench.slots.get("emergency_number")
            signal = {"signal": command.key, "emergency_number": number}
            _push(bench, "emergency", level=command.level, key=command.key, **signal)
        case StopMessages():
            _push(bench, "stop", scope=command.scope)
        case MediaReceived():
            _push(bench, "media", kind=command.kind, media_id=command.media_id)
        case DataRequest():
            _push(bench, "my_data", request=command.request, handoff_reason="my_data")
        case ReminderReply():
            ids = {"reminder_id": command.reminder_id, "appointment_id": command.appointment_id}
            _push(bench, "reminder_reply", **ids, reply=command.reply)
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
    chain = same_chain(bench.stack, active)
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

"""The dialogue engine: `advance(assistant, conversation, event) -> (conversation, effects)`, nothing else.

A turn begins with PatientWrote or HandedBack. It runs the stack from the top until a question waits, the
stack is empty, or a custom action is needed. In the last case the only way on is ActionReturned with the same
call; otherwise the turn has settled. At most MAX_STEPS moves belong to a turn, so it always ends.

What goes wrong within a step is undone with that step; its flow is cancelled, the patient gets an apology,
and staff hear of it (flow format, 13).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.dialogue.action_results import take_result
from bot.dialogue.after_alarm import answer_after_alarm
from bot.dialogue.commands import (
    Emergency,
    StopMessages,
    command_to_json,
)
from bot.dialogue.conditions import ConditionFailed
from bot.dialogue.effects import AlertStaff, Effect
from bot.dialogue.events import ActionReturned, Event, HandedBack, PatientWrote
from bot.dialogue.execution import take_commands
from bot.dialogue.model import HANDOFF, Assistant
from bot.dialogue.opting_out import opt_out_text
from bot.dialogue.sessions import end_session, forget_session, meet_content, of_long_ago
from bot.dialogue.stacking import (
    CONTINUE,
    active_chain,
    cancel_chain,
    chains,
    continue_context,
    flow_names,
    wake,
)
from bot.dialogue.state import Conversation, Frame, Turn
from bot.dialogue.steps import run_top
from bot.dialogue.waiting import STILL_QUEUED, hear_while_waiting
from bot.dialogue.workbench import StepFailed, Workbench

MAX_STEPS = 200
MAX_ERRORS = 3
RECAP_AFTER = timedelta(hours=1)
INTERNAL_ERROR = "pattern_internal_error"

ARRANGED = "pattern_arranged_by_staff"

#: They run to their end even when the conversation is paused or the turn is over otherwise.
UNSTOPPABLE = frozenset({"pattern_emergency", "pattern_stop", HANDOFF, STILL_QUEUED})


def advance(
    assistant: Assistant, conversation: Conversation, event: Event
) -> tuple[Conversation, tuple[Effect, ...]]:
    """Raises ValueError, and changes nothing, for a result that nobody waits for or a message out of turn."""
    match event:
        case ActionReturned():
            bench = _go_on(assistant, conversation, event)
        case PatientWrote():
            bench = _begin(assistant, conversation, event, text=event.text)
            _hear(bench, event)
        case HandedBack():
            bench = _begin(assistant, conversation, event, text="")
            bench.change(is_handback=True)
            _come_back(bench, by_patient=event.by_patient, arranged=event.arranged)
        case _:
            assert_never(event)
    _run(bench)
    return _leave(bench)


def _begin(
    assistant: Assistant, conversation: Conversation, event: PatientWrote | HandedBack, *, text: str
) -> Workbench:
    if conversation.turn is not None:
        raise ValueError(f"action call {_call_number(conversation)} is still waited for; return it first")
    if event.at.tzinfo is None:
        raise ValueError("`at` needs a time zone")
    turn = Turn(at=event.at.isoformat(), channel=event.channel, text=text)
    bench = Workbench(assistant, conversation, turn)
    bench.turn_number += 1
    bench.dropped = None
    for name, value in event.facts.items():
        if name in assistant.slots:
            bench.put(name, value)
    if "channel" not in event.facts:
        bench.put("channel", event.channel)
    meet_content(bench)
    return bench


def _hear(bench: Workbench, event: PatientWrote) -> None:
    commands = [command_to_json(command) for command in event.commands]
    bench.change(
        latest_message=_plain({"text": event.text, "commands": commands} | dict(event.latest_message))
    )
    last, expires = bench.last_message_at, bench.assistant.session_minutes
    rested = event.at - datetime.fromisoformat(last) if last else timedelta(0)
    bench.last_message_at = event.at.isoformat()
    if event.language is not None and event.language != bench.slots.get("language"):
        bench.set_slot("language", event.language)
    bench.record("user", text=event.text, input_channel=event.channel, parse_data=bench.turn.latest_message)
    urgent = any(isinstance(command, (Emergency, StopMessages)) for command in event.commands)
    if bench.paused and not (urgent or event.comes_back):
        if not answer_after_alarm(bench, event) and event.queued:
            hear_while_waiting(bench, event)
        return
    if not bench.introduced and bench.base.turn_number:
        forget_session(bench)  # the last one was ended
    taken = event.commands
    if expires and rested > timedelta(minutes=expires) and not bench.paused:
        taken = of_long_ago(bench, taken)
        end_session(bench, reason="expired")
        forget_session(bench)
    elif rested > RECAP_AFTER and not (urgent or event.comes_back):
        _recap(bench)
    if bench.paused and event.comes_back:
        if event.keeps_request and bench.waiting is not None:
            bench.effects.append(AlertStaff(reason=bench.waiting.reason, is_request=True))
            bench.say("utter_request_stays")
        else:
            bench.say("utter_assistant_is_back", {"recap": ""})
        _take_up(bench)
    bench.change(commands=taken, every_turn=() if urgent else bench.assistant.every_turn)
    _before_commands(bench)


def _recap(bench: Workbench) -> None:
    chain = active_chain(bench.stack)
    if chain is not None and not chain.root.interrupted:
        bench.say("utter_recap", {"flow_name": flow_names(bench, (chain.root.flow_id,))[0]})


def _before_commands(bench: Workbench) -> None:
    """Every-turn actions run one after the other; then the message itself is taken."""
    if bench.turn.every_turn:
        name, *others = bench.turn.every_turn
        bench.change(every_turn=tuple(others))
        bench.run_action(name, "every_turn")
        return
    commands = bench.turn.commands
    bench.change(commands=())
    take_commands(bench, commands, bench.turn.text)


def _come_back(bench: Workbench, *, by_patient: bool, arranged: bool) -> None:
    """Nobody else has the conversation: say so, say where it was, ask what was waiting. Where nothing waited,
    who came back of their own accord hears what there is. What waited is over where staff saw to it."""
    chain = active_chain(bench.stack)
    if arranged and chain is not None:
        for each in reversed(chains(bench.stack)):
            cancel_chain(bench, each, reason="arranged")
        bench.stack = []
        bench.change(ended_flow=None)
        bench.say("utter_assistant_is_back", {"recap": bench.render("utter_arranged_by_staff", {})})
        _take_up(bench)
        bench.push(ARRANGED)
        return
    names = flow_names(bench, (chain.root.flow_id,)) if chain else []
    recap = bench.render("utter_recap", {"flow_name": names[0]}) if names else ""
    bench.say("utter_assistant_is_back", {"recap": recap})
    if by_patient and chain is None:
        bench.say("utter_greet")
    _take_up(bench)
    wake(bench)


def _take_up(bench: Workbench) -> None:
    """The conversation is the assistant's again, and stands where it was left."""
    bench.paused, bench.waiting, bench.misunderstood, bench.alarm = False, None, 0, None
    bench.record("resume")
    chain = active_chain(bench.stack)
    if chain is not None and chain.root.interrupted and bench.top in chain.frames:
        for frame_id in chain.ids:
            bench.change_frame(frame_id, interrupted=False)
        bench.record("flow_resumed", flow_id=chain.root.flow_id, step_id=chain.step_id)


def _go_on(assistant: Assistant, conversation: Conversation, event: ActionReturned) -> Workbench:
    turn = conversation.turn
    if turn is None or turn.call is None or turn.call.number != event.call:
        raise ValueError(f"nobody waits for call {event.call}; waiting for {_call_number(conversation)}")
    bench = Workbench(assistant, conversation, turn)
    call = turn.call
    bench.change(call=None)
    before = bench.snapshot()
    try:
        take_result(bench, call, event)
    except (StepFailed, ConditionFailed) as error:
        bench.restore(before)
        if call.purpose == "every_turn":
            _report(bench, error)
        else:
            _recover(bench, error)
    if call.purpose == "every_turn" and bench.turn.call is None:
        _before_commands(bench)
    return bench


def _call_number(conversation: Conversation) -> str:
    call = conversation.turn.call if conversation.turn else None
    return "none" if call is None else str(call.number)


def _run(bench: Workbench) -> None:
    """Move by move, until something has to be waited for."""
    while bench.turn.call is None and not bench.turn.listens:
        top = bench.top
        if top is None or ((bench.paused or bench.turn.is_over) and top.flow_id not in UNSTOPPABLE):
            if not _complete(bench):
                return
            continue
        if top.interrupted:
            bench.push(CONTINUE, continue_context(bench))
            continue
        if top.is_waiting:
            return
        before = bench.snapshot()
        bench.change(steps=bench.turn.steps + 1)
        try:
            if bench.turn.steps > MAX_STEPS:
                bench.change(steps=MAX_STEPS // 2)
                raise StepFailed(f"belongs to a turn of more than {MAX_STEPS} steps")
            run_top(bench)
        except (StepFailed, ConditionFailed) as error:
            bench.restore(before)
            _recover(bench, error)


def _complete(bench: Workbench) -> bool:
    """`pattern_completed`, once, when nothing is left of what this turn was about (11.8)."""
    ended = bench.turn.ended_flow
    if ended is None or bench.stack or bench.paused or bench.turn.is_over or bench.turn.completed:
        return False
    bench.change(ended_flow=None, completed=True)
    bench.push("pattern_completed", {"previous_flow_name": flow_names(bench, (ended,))[0]})
    return True


def _recover(bench: Workbench, error: Exception) -> None:
    """A step failed and has been undone: its flow is given up, never the patient."""
    _report(bench, error)
    bench.change(errors=bench.turn.errors + 1)
    bench.effects.append(AlertStaff(reason="error"))
    failed = bench.top
    if failed is None:
        return
    if failed.flow_id in UNSTOPPABLE:
        _finish_by_hand(bench, failed)
    elif failed.flow_id == INTERNAL_ERROR and bench.turn.errors <= MAX_ERRORS:
        bench.stack.pop()
        bench.say_last_words()
        bench.change(is_over=True)
    elif bench.turn.errors > MAX_ERRORS:
        _give_up(bench)
    else:
        chain = active_chain(bench.stack)
        if chain is not None:
            bench.stack = bench.stack[: chain.end]
            cancel_chain(bench, chain, reason="error")
        else:
            bench.stack.pop()
        bench.push(INTERNAL_ERROR, {"error_type": "rasa_internal_error_default", "info": {}})


def _report(bench: Workbench, error: Exception) -> None:
    """Which step failed, and why: names and places, no values."""
    top = bench.top
    flow = bench.assistant.flows.get(top.flow_id) if top else None
    step = flow.steps.get(top.step_id) if flow and top else None
    bench.record(
        "engine_error",
        flow_id=top.flow_id if top else None,
        step_id=top.step_id if top else None,
        position=str(step.position) if step else None,
        message=str(error),
    )


def _finish_by_hand(bench: Workbench, failed: Frame) -> None:
    """Emergency, opt-out and handoff reach their goal whatever a project made of their patterns."""
    bench.stack.pop()
    if failed.flow_id == HANDOFF and not bench.paused:
        bench.open_handoff(str(failed.context.get("reason") or "error"))
    said = {
        "pattern_emergency": "utter_emergency_a",
        "pattern_stop": opt_out_text(failed.context.get("scope")),
    }
    try:
        bench.say(said.get(failed.flow_id, "utter_handoff_started"))
    except (StepFailed, ConditionFailed):
        bench.say_last_words()
    if failed.flow_id != HANDOFF:
        bench.change(is_over=True)


def _give_up(bench: Workbench) -> None:
    for chain in reversed(chains(bench.stack)):
        cancel_chain(bench, chain, reason="error")
    bench.stack = []
    bench.say_last_words()
    bench.change(ended_flow=None, is_over=True)


def _leave(bench: Workbench) -> tuple[Conversation, tuple[Effect, ...]]:
    settled = bench.turn.call is None
    if settled and not bench.turn.reached_patient:
        bench.record("silence", reason="paused" if bench.paused else "nothing_to_say")
    return bench.conversation(settled=settled), tuple(bench.effects)


def _plain(message: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON, so that it can be kept with a turn that waits."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(message), default=str))
    return plain

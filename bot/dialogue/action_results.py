"""What an action came back with: messages first, then events (flow format, 7.1 and 7.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.dialogue.effects import Button, Record
from bot.dialogue.events import ActionReturned
from bot.dialogue.filling import count_attempt
from bot.dialogue.model import ActionDeclaration
from bot.dialogue.sessions import begin_session, end_session, reset_all
from bot.dialogue.stacking import waiting_step
from bot.dialogue.state import Call, Said
from bot.dialogue.steps import run_named
from bot.dialogue.values import shown
from bot.dialogue.workbench import MAX_CALL_DEPTH, StepFailed, Workbench

SESSION_START_ACTION = "action_session_start"

_encode = json.JSONEncoder(allow_nan=False).encode
_decode = json.JSONDecoder().decode

_MESSAGE_KEYS = frozenset(
    {"text", "buttons", "elements", "custom", "template", "response", "image", "attachment"}
)
_REFUSED = frozenset({"rewind", "undo", "active_loop", "loop_interrupted", "action_execution_rejected"})
_RECORDED = frozenset({"action", "user", "agent", "export", "cancel_reminder"})
_IN_DATA = ("elements", "custom", "image", "attachment")


def take_result(bench: Workbench, call: Call, result: ActionReturned) -> None:
    """Applies the result of a call and lets its frame go on. Raises StepFailed, ConditionFailed."""
    declared = bench.assistant.actions.get(call.action) or ActionDeclaration(
        name=call.action, position=bench.assistant.last_words.position
    )
    events, responses, failed = _readable(result)
    bench.record("action", name=call.action, **({"failed": failed} if failed else {}))
    followup: str | None = None
    if failed is None:
        for message in responses:
            _say(bench, message)
        before = bench.slots.get(declared.outcome.slot) if declared.outcome else None
        followup = _apply(bench, declared, events)
        _check_outcome(bench, declared, before)
    elif declared.outcome is not None:
        bench.set_slot(declared.outcome.slot, "error")
    else:
        raise StepFailed(f'action "{call.action}" failed: {failed}')
    _let_go_on(bench, call)
    if followup is not None:
        if call.depth >= MAX_CALL_DEPTH:
            raise StepFailed(
                f'action "{call.action}" is followed up more than {MAX_CALL_DEPTH} times in a row'
            )
        _follow_up(bench, followup, call)


def _readable(
    result: ActionReturned,
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]], str | None]:
    """Events and messages as plain JSON, so that nothing enters the state that could not be stored."""
    if result.failed is not None:
        return [], [], result.failed
    try:
        events, responses = _decode(_encode([list(result.events), list(result.responses)]))
    except (TypeError, ValueError, RecursionError):
        return [], [], "malformed"
    if not all(isinstance(event, dict) and isinstance(event.get("event"), str) for event in events):
        return [], [], "malformed"
    if not all(isinstance(message, dict) and _is_message(message) for message in responses):
        return [], [], "malformed"
    return events, responses, None


def _is_message(message: Mapping[str, Any]) -> bool:
    buttons = message.get("buttons") or []
    return (
        isinstance(message.get("text") or "", str)
        and isinstance(message.get("response") or message.get("template") or "", str)
        and isinstance(buttons, list)
        and all(isinstance(button, dict) and isinstance(button.get("title"), str) for button in buttons)
    )


def _say(bench: Workbench, message: Mapping[str, Any]) -> None:
    """A dispatcher's message. Its own buttons replace those of the response it names."""
    buttons = tuple(_button(button) for button in message.get("buttons") or ())
    name = message.get("response") or message.get("template")
    if name:
        words = {key: value for key, value in message.items() if key not in _MESSAGE_KEYS}
        bench.say(name, words, buttons=buttons or None)
        return
    data = {key: message[key] for key in _IN_DATA if message.get(key)}
    bench.say_exactly(Said(text=str(message.get("text") or "").strip(), buttons=buttons, data=data))


def _button(button: Mapping[str, Any]) -> Button:
    start, practitioner = button.get("start"), button.get("practitioner")
    return Button(
        title=button["title"],
        payload=str(button.get("payload") or button["title"]),
        description=str(button.get("description") or ""),
        start=start if isinstance(start, str) else None,
        practitioner=practitioner if isinstance(practitioner, str) else None,
    )


def _apply(bench: Workbench, declared: ActionDeclaration, events: list[Mapping[str, Any]]) -> str | None:
    """The action to follow up with, where the events name one."""
    followup: str | None = None
    allowed = declared.sets
    if declared.outcome is not None:
        allowed = (allowed or frozenset()) | {declared.outcome.slot}
    for event in events:
        kind = event["event"]
        if kind == "slot":
            name = str(event.get("name"))
            if allowed is not None and name not in allowed:
                raise StepFailed(
                    f'action "{declared.name}" sets slot "{name}", which its `sets` does not list'
                )
            bench.set_by_action(name, event.get("value"))
        elif kind == "followup":
            followup = str(event.get("name"))
        elif kind == "bot":
            _say(bench, _message_of(declared, event))
        elif kind in _REFUSED:
            raise StepFailed(
                f'E-EVENT action "{declared.name}" returned "{kind}", which has no meaning here; set slots'
            )
        else:
            _apply_to_session(bench, declared, kind, event)
    return followup


def _apply_to_session(
    bench: Workbench, declared: ActionDeclaration, kind: str, event: Mapping[str, Any]
) -> None:
    match kind:
        case "reset_slots":
            reset_all(bench, but=_persisted(bench))
        case "pause":
            bench.open_handoff("flow")
        case "resume":
            bench.paused = False
            bench.record("resume")
        case "restart":
            bench.stack = []
            reset_all(bench)
            bench.record(kind)
            bench.change(is_over=True, ended_flow=None)
        case "session_ended":
            end_session(bench, reason="session_end")
            bench.record(kind)
            bench.change(is_over=True)
        case "session_started":
            bench.record(kind)
            if declared.name != SESSION_START_ACTION:
                begin_session(bench)
        case "reminder":
            _check_reminder(declared, event)
            bench.effects.append(Record(event=event))
        case _ if kind in _RECORDED:
            bench.effects.append(Record(event=event))
            listens = kind == "action" and event.get("name") == "action_listen"
            if (
                listens and declared.name != SESSION_START_ACTION
            ):  # Rasa's own ends with it: the message goes on
                bench.change(listens=True)
        case _:
            raise StepFailed(f'action "{declared.name}" returned the unknown event "{kind}"')


def _message_of(declared: ActionDeclaration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message of a `bot` event (BotUttered)."""
    data = event.get("data") or {}
    message = {"text": event.get("text"), **data} if isinstance(data, Mapping) else {"text": 0}
    if not _is_message(message):
        raise StepFailed(f'action "{declared.name}" returned a `bot` event that is no message')
    return message


def _check_reminder(declared: ActionDeclaration, event: Mapping[str, Any]) -> None:
    try:
        datetime.fromisoformat(str(event.get("date_time")))
    except ValueError:
        due = False
    else:
        due = True
    if not due or not isinstance(event.get("intent"), str):
        raise StepFailed(f'action "{declared.name}" schedules a reminder without `intent` or `date_time`')


def _persisted(bench: Workbench) -> frozenset[str]:
    on_stack = [bench.flow(frame) for frame in bench.stack if frame.flow_id in bench.assistant.flows]
    return frozenset().union(*(flow.persisted_slots for flow in on_stack))


def _check_outcome(bench: Workbench, declared: ActionDeclaration, before: Any) -> None:
    outcome = declared.outcome
    if outcome is None:
        return
    value = bench.slots.get(outcome.slot)
    if value not in outcome.values:
        what = (
            "leaves no outcome"
            if value is None
            else f"sets an outcome other than {', '.join(outcome.values)}"
        )
        raise StepFailed(f'action "{declared.name}" {what} in slot "{outcome.slot}"')


def _let_go_on(bench: Workbench, call: Call) -> None:
    top = bench.top
    if top is None or call.purpose == "every_turn":
        return
    match call.purpose:
        case "step":
            if top.phase == "running":
                bench.change_top(phase="done")
        case "ask":
            if top.phase == "asking":
                bench.change_top(phase="waiting")
        case "validate":
            if top.phase == "validating":
                bench.change_top(phase="validated")
                step = waiting_step(bench, top)
                rejected = step is not None and call.was_filled and bench.slots.get(step.slot) is None
                if step is not None and rejected and count_attempt(bench, step):
                    bench.change_frame(top.frame_id, phase="check")


def _follow_up(bench: Workbench, name: str, call: Call) -> None:
    """FollowupAction: right after this one, before anything else."""
    if name in bench.assistant.actions:
        top = bench.top
        if call.purpose == "step" and top is not None:
            bench.change_top(phase="running")
        elif call.purpose == "ask" and top is not None:
            bench.change_top(phase="asking")
        elif call.purpose == "validate" and top is not None:
            bench.change_top(phase="validating")
        bench.run_action(name, call.purpose, depth=call.depth + 1)
        return
    if name not in bench.assistant.responses and not name.startswith("action_"):
        raise StepFailed(f'action "{call.action}" is followed by "{shown(name)}", which does not exist')
    phase = bench.top.phase if bench.top else "done"
    frame_id = bench.top.frame_id if bench.top else ""
    run_named(bench, name)
    bench.change_frame(frame_id, phase=phase)

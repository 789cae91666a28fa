"""What tests came to, for people at a terminal and, as JUnit XML, for machines."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from bot.dialogue.commands import command_to_json
from bot.workshop.assertions import (
    ActionExecuted,
    Assertion,
    BotDidNotUtter,
    BotSaid,
    BotUttered,
    ClarificationContains,
    Expectation,
    FlowEnded,
    FlowsStarted,
    Message,
    SlotsNotSet,
    SlotsSet,
    SlotValue,
)
from bot.workshop.running import CaseResult, Failure
from bot.workshop.talk import Turn

_INDENT = "    "


def failure_text(failure: Failure) -> str:
    """What was expected, and everything that came instead: a few lines that begin with the place."""
    if failure.wanted is None:
        lines = [f"{failure.position}: {failure.error}"]
    else:
        lines = [f"{failure.position}: expected {wanted_text(failure.wanted)}"]
    if failure.turn is not None:
        lines += [_INDENT + line for line in turn_lines(failure.turn)]
    elif failure.wanted is not None:
        lines.append(_INDENT + "before the first message only fixtures are set")
    return "\n".join(lines)


def wanted_text(wanted: Assertion | Expectation) -> str:
    """As it would be written in the test."""
    match wanted:
        case FlowsStarted():
            return f"flow_started: {_flows(wanted.flows, wanted.every)}"
        case FlowEnded():
            step = f" at step {wanted.step}" if wanted.step else ""
            return f"{wanted.how}: {wanted.flow}{step}"
        case ClarificationContains():
            return f"pattern_clarification_contains: {_flows(wanted.flows, wanted.every)}"
        case SlotsSet():
            return f"slot_was_set: {_slots(wanted.slots)}"
        case SlotsNotSet():
            return f"slot_was_not_set: {_slots(wanted.slots)}"
        case ActionExecuted():
            return f"action_executed: {wanted.action}"
        case BotUttered():
            return f"bot_uttered: {_message(wanted.message)}"
        case BotDidNotUtter():
            return f"bot_did_not_utter: {_message(wanted.message)}"
        case BotSaid():
            return f"utter: {wanted.utter}" if wanted.text is None else f"bot: {_quoted(wanted.text)}"


def turn_lines(turn: Turn) -> list[str]:
    """What the patient said, what it was taken for, and what happened."""
    commands = [json.dumps(command_to_json(c), ensure_ascii=False, default=str) for c in turn.commands]
    lines = [f"user: {_quoted(turn.text)}", f"commands: {', '.join(commands) or 'none'}"]
    understood = turn.understanding
    if understood is not None and understood.intent is not None:
        lines.append(f"intent: {understood.intent.name} ({understood.intent.confidence:.2f})")
    lines += [f"bot: {_bot(event)}" for event in turn.events if event["event"] == "bot"] or ["bot: nothing"]
    slots = [f"{e['name']} = {_value(e['value'])}" for e in turn.events if e["event"] == "slot"]
    lines.append(f"slots: {', '.join(slots) or 'none set'}")
    flows = [f"{e['event']} {e['flow_id']}" for e in turn.events if str(e["event"]).startswith("flow_")]
    lines.append(f"flows: {', '.join(flows) or 'none'}")
    actions = [str(e["name"]) for e in turn.events if e["event"] == "action"]
    lines.append(f"actions: {', '.join(actions) or 'none'}")
    stack = [f"{f.flow_id} at {f.step_id}" for f in turn.conversation.stack]
    lines.append(f"stack: {', '.join(stack) or 'empty'}")
    for event in turn.events:
        if event["event"] == "engine_error":
            lines.append(f"engine error: {event.get('position') or ''} {event['message']}")
    return lines


def summary(results: Sequence[CaseResult], seconds: float) -> str:
    """ "3 passed, 1 failed, 1 error (4 checks skipped) in 0.8 s"."""
    passed = sum(result.passed for result in results)
    errors = sum(result.is_error for result in results)
    failed = len(results) - passed - errors
    parts = [f"{passed} passed", f"{failed} failed", f"{errors} with errors"]
    skipped = sum(result.skipped for result in results)
    kept = [part for part in parts if not part.startswith("0 ")] or ["nothing ran"]
    held = f"{sum(result.held for result in results)} checks held"
    more = f", {skipped} skipped" if skipped else ""
    return f"{', '.join(kept)} ({held}{more}) in {seconds:.1f} s"


def junit(results: Sequence[tuple[CaseResult, float]]) -> bytes:
    """One suite a file; times in seconds."""
    root = ET.Element("testsuites", name="chairside test")
    suites: dict[str, ET.Element] = {}
    for result, seconds in results:
        file = str(result.case.file)
        suite = suites.get(file)
        if suite is None:
            suite = suites[file] = ET.SubElement(root, "testsuite", name=file)
        case = ET.SubElement(
            suite,
            "testcase",
            name=_printable(result.case.name),
            classname=file,
            file=file,
            line=str(result.case.position.line),
            time=f"{seconds:.3f}",
            assertions=str(result.case.checks),
        )
        if result.failure is not None:
            text = _printable(failure_text(result.failure))
            kind = "error" if result.is_error else "failure"
            ET.SubElement(case, kind, message=text.splitlines()[0], type=kind).text = text
    for element in (root, *suites.values()):
        _count(
            element,
            [pair for pair in results if element is root or element.get("name") == str(pair[0].case.file)],
        )
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _count(element: ET.Element, results: Sequence[tuple[CaseResult, float]]) -> None:
    errors = sum(result.is_error for result, _ in results)
    element.set("tests", str(len(results)))
    element.set("failures", str(sum(not result.passed for result, _ in results) - errors))
    element.set("errors", str(errors))
    element.set("skipped", "0")
    element.set("time", f"{sum(seconds for _, seconds in results):.3f}")


def _printable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(
        c
        if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))
        else "�"
        for c in text
    )


def _flows(flows: Sequence[str], every: bool) -> str:
    if len(flows) == 1:
        return flows[0]
    return f"{'all' if every else 'any'} of {', '.join(flows)}"


def _slots(slots: Sequence[SlotValue]) -> str:
    return ", ".join(s.name if s.any_value else f"{s.name} = {_value(s.value)}" for s in slots)


def _message(message: Message) -> str:
    parts = []
    if message.utter is not None:
        parts.append(message.utter)
    if message.text is not None:
        parts.append(f"text {_quoted(message.text)}")
    if message.buttons is not None:
        parts.append("buttons " + ", ".join(f"[{title}] {payload}" for title, payload in message.buttons))
    return ", ".join(parts)


def _bot(event: Any) -> str:
    named = event["metadata"].get("utter_action")
    buttons = [f"[{b['title']}] {b['payload']}" for b in event["data"].get("buttons") or ()]
    shown = _quoted(str(event["text"])) + (f" ({named})" if named else "")
    return " ".join([shown, *buttons])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)

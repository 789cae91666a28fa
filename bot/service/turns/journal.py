"""The journal of a turn: what came in, what the engine looked at and did, where it stood afterwards.

It is kept sealed with the patient's own key. It holds what `replay` needs to take the same turn again, and
what `explain` needs to say why; see `docs/look-at-flows.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dialogue import Assistant, Conversation
from bot.dialogue.commands import command_from_json, command_to_json
from bot.dialogue.effects import (
    AlertStaff,
    ConditionTested,
    Effect,
    OpenHandoff,
    OptIn,
    OptOut,
    Record,
    RunAction,
    StepBegan,
    Utter,
)
from bot.dialogue.events import HandedBack, PatientWrote

#: (flow, step, whether it is interrupted), from the bottom of the stack to its top.
StackNote = tuple[str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionNote:
    """What a custom action came back with, as it is kept in the ledger."""

    action: str
    events: tuple[Mapping[str, Any], ...] = ()
    responses: tuple[Mapping[str, Any], ...] = ()
    failed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """A turn as it was stored. `actions` are in the order in which they ran."""

    id: str
    at: datetime
    journal: Mapping[str, Any]
    actions: tuple[ActionNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversation:
    """One of those there are; no names."""

    id: str
    channel: str
    turns: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardNote:
    """A stored message as the engine heard it. `paused`: a person had the conversation."""

    event: PatientWrote | HandedBack
    paused: bool


def timeline(effects: Sequence[Effect], outcomes: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Everything of a turn in its order, ready for JSON. `outcomes`: (action, outcome) of custom actions."""
    came_to = iter(outcomes)
    lines: list[dict[str, Any]] = []
    for effect in effects:
        match effect:
            case Record():
                lines.append(dict(effect.event))
            case StepBegan():
                lines.append({"event": "step", "flow_id": effect.flow, "step_id": effect.step})
            case ConditionTested():
                lines.append(
                    {
                        "event": "condition",
                        "flow_id": effect.flow,
                        "step_id": effect.step,
                        "of": effect.of,
                        "if": effect.condition,
                        "holds": effect.holds,
                        "values": dict(effect.values),
                    }
                )
            case RunAction():
                lines.append({"event": "run", "name": effect.name, "outcome": next(came_to, ("", None))[1]})
            case AlertStaff():
                lines.append({"event": "alert", "reason": effect.reason, "urgent": effect.urgent})
            case Utter() | OpenHandoff() | OptOut() | OptIn():
                pass  # the engine records these itself
    return lines


def stack_note(conversation: Conversation) -> list[list[Any]]:
    return [[frame.flow_id, frame.step_id, frame.interrupted] for frame in conversation.stack]


def heard_note(
    event: PatientWrote | HandedBack, before: Conversation, assistant: Assistant
) -> dict[str, Any]:
    """What else is needed to hear the same again; words are in the record of the message itself.

    Facts are those that `before` did not know: the rest is in its slots.
    """
    facts = {
        name: value
        for name, value in event.facts.items()
        if name in assistant.slots and before.slots.get(name) != value
    }
    note: dict[str, Any] = {"facts": facts, "paused": before.paused}
    match event:
        case PatientWrote():
            commands = [command_to_json(command) for command in event.commands]
            note |= {"channel": event.channel, "language": event.language, "commands": commands}
            note["queued"] = event.queued
            note |= {"hears_facts": event.hears_facts, "comes_back": event.comes_back}
            note |= {"keeps_request": True} if event.keeps_request else {}
        case HandedBack():
            note |= {"channel": event.channel, "handed_back": True, "by_patient": event.by_patient}
            note["arranged"] = event.arranged
    return note


def heard_again(turn: StoredTurn) -> HeardNote | None:
    """None for a turn that was stored before messages were kept so."""
    note = turn.journal.get("heard")
    if not isinstance(note, Mapping):
        return None
    facts, channel = dict(note["facts"]), str(note["channel"])
    if note.get("handed_back"):
        by_patient = bool(note.get("by_patient"))
        arranged = bool(note.get("arranged"))
        back = HandedBack(at=turn.at, channel=channel, facts=facts, by_patient=by_patient, arranged=arranged)
        return HeardNote(event=back, paused=note["paused"])
    said = [each for each in turn.journal.get("events") or () if each.get("event") == "user"]
    user: Mapping[str, Any] = said[0] if said else {}
    wrote = PatientWrote(
        at=turn.at,
        text=str(user.get("text") or ""),
        commands=tuple(command_from_json(command) for command in note["commands"]),
        channel=channel,
        language=note["language"],
        facts=facts,
        latest_message=user.get("parse_data") or {},
        queued=bool(note.get("queued")),
        hears_facts=bool(note.get("hears_facts")),
        comes_back=bool(note.get("comes_back")),
        keeps_request=bool(note.get("keeps_request")),
    )
    return HeardNote(event=wrote, paused=note["paused"])


def stack_of(journal: Mapping[str, Any]) -> tuple[StackNote, ...]:
    """As it was after the turn; of an old journal what it tells: the top."""
    if "stack" in journal:
        return tuple((flow, step, interrupted) for flow, step, interrupted in journal["stack"])
    flow = journal.get("flow")
    return ((str(flow), str(journal.get("step") or ""), False),) if flow else ()


def steps_of(journal: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(flow, step) that were begun in the turn, in their order."""
    events = journal.get("events") or ()
    return tuple((e["flow_id"], e["step_id"]) for e in events if e.get("event") == "step")

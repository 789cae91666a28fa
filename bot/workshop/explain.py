"""`chairside explain`: why the assistant said that, from the journal of the turn.

explained = explain_turn(turn, before=(), number=1, mask=mask)
print("\n".join(explanation_lines(explained)))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dialogue import Assistant
from bot.service.turns.in_words import InWords
from bot.service.turns.journal import StackNote, StoredTurn, stack_note, stack_of, timeline
from bot.workshop.masking import Mask
from bot.workshop.talk import Turn

_FLOW_EVENTS = {
    "flow_started": "begins",
    "flow_completed": "ends",
    "flow_cancelled": "is cancelled",
    "flow_interrupted": "is interrupted",
    "flow_resumed": "goes on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A turn in words; `happened` are (what kind, in words) in their order. All of it may be printed."""

    number: int
    at: str
    text: str
    language: str
    intent: str | None = None
    confidence: float | None = None
    red_flag: str | None = None
    found: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    happened: tuple[tuple[str, str], ...] = ()
    after: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "turn": self.number,
            "at": self.at,
            "text": self.text,
            "language": self.language,
            "intent": self.intent,
            "confidence": self.confidence,
            "red_flag": self.red_flag,
            "found": list(self.found),
            "understood": list(self.understood),
            "stack_before": list(self.before),
            "happened": [{"what": what, "words": words} for what, words in self.happened],
            "stack_after": list(self.after),
        }


def explain_turn(turn: StoredTurn, *, before: Sequence[StackNote], number: int, mask: Mask) -> Explained:
    """`before`: the stack as the turn found it; `number` counts from 1."""
    journal = turn.journal
    intent = journal.get("intent") or (None, None)
    entities = journal.get("entities") or ()
    found = [f"{kind} {value}" if mask.shows_words else kind for kind, value in entities]
    return Explained(
        number=number,
        at=turn.at.isoformat(timespec="seconds"),
        text=mask.text(journal.get("text") or ""),
        language=journal.get("language") or "",
        intent=intent[0],
        confidence=intent[1],
        red_flag=journal.get("red_flag"),
        found=tuple(found),
        understood=tuple(mask.commands(journal)),
        before=tuple(map(_place, before)),
        happened=tuple(_happened(journal, mask)),
        after=tuple(map(_place, stack_of(journal))),
    )


def explain_conversation(turns: Sequence[StoredTurn], mask: Mask) -> list[Explained]:
    """Oldest first."""
    explained: list[Explained] = []
    before: tuple[StackNote, ...] = ()
    for number, turn in enumerate(turns, start=1):
        explained.append(explain_turn(turn, before=before, number=number, mask=mask))
        if not turn.journal.get("given_up"):  # which leaves everything as it was
            before = stack_of(turn.journal)
    return explained


def trace_lines(
    turn: Turn, *, before: Sequence[StackNote], number: int, at: datetime, assistant: Assistant
) -> list[str]:
    """A turn on the bench, explained on the spot to the developer who typed its words."""
    mask = Mask(assistant=assistant, in_words=InWords(None, assistant), shows_words=True)
    stored = _as_stored(turn, at, mask)
    return explanation_lines(explain_turn(stored, before=before, number=number, mask=mask))


def _as_stored(turn: Turn, at: datetime, mask: Mask) -> StoredTurn:
    meaning = turn.understanding
    journal = {
        "text": turn.text,
        "language": turn.conversation.language,
        "commands": [mask.in_words.command(command) for command in turn.commands],
        "intent": [meaning.intent.name, meaning.intent.confidence] if meaning and meaning.intent else None,
        "entities": [[each.entity, each.text] for each in meaning.entities] if meaning else [],
        "red_flag": f"{meaning.red_flag.level} {meaning.red_flag.key}"
        if meaning and meaning.red_flag
        else None,
        "events": timeline(turn.effects, ()),
        "stack": stack_note(turn.conversation),
    }
    return StoredTurn(id="", at=at, journal=journal)


def explanation_lines(explained: Explained) -> list[str]:
    """For a terminal, about a hundred characters wide."""
    sure = f", {explained.confidence:.0%} sure" if explained.confidence is not None else ""
    lines = [
        f"Turn {explained.number}, {explained.at}",
        _line("patient", explained.text),
        _line("language", explained.language),
    ]
    if explained.red_flag:
        lines.append(_line("red flag", explained.red_flag))
    if explained.intent:
        lines.append(_line("intent", f"{explained.intent}{sure}"))
    if explained.found:
        lines.append(_line("found", ", ".join(explained.found)))
    lines.append(_line("understood", "; ".join(explained.understood) or "nothing"))
    lines.append(_line("stack", " / ".join(explained.before) or "empty"))
    for what, words in explained.happened:
        lines.append(f"    {what:<9} {words}" if what == "step" else f"      {what:<7} {words}")
    lines.append(_line("stack now", " / ".join(explained.after) or "empty"))
    return lines


def _line(label: str, words: str) -> str:
    return f"  {label:<11} {words}"


def _place(note: StackNote) -> str:
    flow, step, interrupted = note
    return f"{flow} at {step}{' (interrupted)' if interrupted else ''}"


def _happened(journal: Mapping[str, Any], mask: Mask) -> list[tuple[str, str]]:
    events = journal.get("events") or ()
    ran = {event["name"] for event in events if event["event"] == "run"}
    told = [_told(event, mask) for event in events if event["event"] != "action" or event["name"] not in ran]
    if journal.get("given_up"):
        told.append(("gave up", "the turn could not be finished; the patient was told, a person was called"))
    return [each for each in told if each is not None]


def _told(event: Mapping[str, Any], mask: Mask) -> tuple[str, str] | None:
    """What kind of thing, and in words; None for what is told elsewhere."""
    kind = str(event["event"])
    match kind:
        case "user":
            return None
        case "commands":
            return "takes", ", ".join(event["commands"]) or "nothing"
        case "step":
            return "step", f"{event['flow_id']} › {event['step_id']}"
        case "condition":
            return "if", _condition(event, mask)
        case "run":
            outcome = event["outcome"]
            return "runs", f"{event['name']} → {outcome}" if outcome else str(event["name"])
        case "action":
            return None if str(event["name"]).startswith("utter_") else ("did", str(event["name"]))
        case "slot":
            return "sets", f"{event['name']} = {mask.value(event['name'], event['value'])}"
        case "bot":
            return "says", _said(event, mask)
        case "pause":
            return "calls", f"a person ({event['reason']})"
        case "alert":
            return "alerts", f"{'urgent: ' if event['urgent'] else ''}{event['reason']}"
        case "engine_error":
            return "FAILS", str(event["message"])
        case "session_started":
            return "begins", "a session"
        case _ if kind in _FLOW_EVENTS:
            reason = f" ({event['reason']})" if event.get("reason") else ""
            return "flow", f"{event['flow_id']} {_FLOW_EVENTS[kind]}{reason}"
    said = ", ".join(str(v) for k, v in event.items() if k in ("reason", "name", "response", "flow_id"))
    return kind, said


def _condition(event: Mapping[str, Any], mask: Mask) -> str:
    what = {"next": "", "rejection": "rejects ", "guard": f"{event['flow_id']} may begin "}[event["of"]]
    values = [f"{name} = {mask.named(name, value)}" for name, value in event["values"].items()]
    known = f"  ({', '.join(values)})" if values else ""
    return f"{what}{event['if']}: {'yes' if event['holds'] else 'no'}{known}"


def _said(event: Mapping[str, Any], mask: Mask) -> str:
    name = (event.get("metadata") or {}).get("utter_action") or "words of an action"
    buttons = (event.get("data") or {}).get("buttons") or ()
    if not mask.shows_words:
        return f"{name}, {len(buttons)} buttons" if buttons else name
    titles = " | ".join(button["title"] for button in buttons)
    return f"{name}: “{event['text']}”" + (f" [{titles}]" if titles else "")

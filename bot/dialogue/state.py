"""A conversation at rest: frozen, and the same after a trip through JSON.

`to_json` holds nothing but JSON values, so it can be stored, compared and sent; `from_json(to_json(c)) == c`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from bot.dialogue.commands import Command, command_from_json, command_to_json
from bot.dialogue.effects import Button
from bot.dialogue.model import LOOPS, START

#: Where a frame stands within its step. A collect is entered, checked, asked and waits; an action runs.
Phase = Literal[
    "entered", "collecting", "check", "validating", "validated", "asking", "waiting", "running", "done"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One flow on the stack (flow format, 11.1), the last of the stack being on top."""

    frame_id: str
    flow_id: str
    step_id: str = START
    phase: Phase = "entered"
    entered_by: Literal["start", "link", "call"] = "start"
    visited: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    interrupted: bool = False
    attempts: int = 0  # answers to the current question that were rejected or not understood
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_pattern(self) -> bool:
        return self.flow_id.startswith("pattern_")

    @property
    def is_loop(self) -> bool:
        """It asks or validates for the flow below: part of that flow, not something on top of it."""
        return self.flow_id in LOOPS

    @property
    def is_waiting(self) -> bool:
        return self.phase == "waiting"

    @property
    def is_new(self) -> bool:
        return self.step_id == START

    def to_json(self) -> dict[str, Any]:
        return {
            "frame_id": self.frame_id,
            "flow_id": self.flow_id,
            "step_id": self.step_id,
            "phase": self.phase,
            "kind": "pattern" if self.is_pattern else "user",
            "entered_by": self.entered_by,
            "visited": list(self.visited),
            "called": list(self.called),
            "interrupted": self.interrupted,
            "attempts": self.attempts,
            "context": dict(self.context),
        }

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Frame:
        values = {name: value for name, value in shown.items() if name != "kind"}
        return cls(**values | {"visited": tuple(shown["visited"]), "called": tuple(shown["called"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of ours that the patient still has in view."""

    text: str
    buttons: tuple[Button, ...] = ()
    response: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        buttons = [
            {
                "title": b.title,
                "payload": b.payload,
                "description": b.description,
                "start": b.start,
                "practitioner": b.practitioner,
            }
            for b in self.buttons
        ]
        return {"text": self.text, "buttons": buttons, "response": self.response, "data": dict(self.data)}

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Said:
        return cls(**{**shown, "buttons": tuple(Button(**b) for b in shown["buttons"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A flow that the last message put an end to, with its answers: who says "yes, book it" goes on there."""

    flow: str
    slots: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """What somebody who waits for a person said or tapped meanwhile: the way back takes it up."""

    text: str
    at: str  # ISO, UTC: "tomorrow" is counted from there
    tapped: tuple[Command, ...] = ()  # what a button of ours stood for; words are read again

    def to_json(self) -> dict[str, Any]:
        tapped = [command_to_json(command) for command in self.tapped]
        return {"text": self.text, "at": self.at, "tapped": tapped}

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> PutOff:
        return cls(**{**shown, "tapped": tuple(command_from_json(each) for each in shown["tapped"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A patient who waits for a person: since when and why, and what was in view before."""

    since: str  # ISO, UTC
    reason: str
    told_at: str  # when they last heard who answers; ISO, UTC
    view: tuple[Said, ...] = ()
    put_off: PutOff | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "since": self.since,
            "reason": self.reason,
            "told_at": self.told_at,
            "view": [said.to_json() for said in self.view],
            "put_off": None if self.put_off is None else self.put_off.to_json(),
        }

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Waiting:
        return cls(
            **{
                **shown,
                "view": tuple(Said.from_json(said) for said in shown["view"]),
                "put_off": None if shown["put_off"] is None else PutOff.from_json(shown["put_off"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A custom action that the engine waits for, and what its result is for."""

    number: int
    action: str
    purpose: Literal["every_turn", "step", "validate", "ask"]
    depth: int = 0  # of follow-up actions
    was_filled: bool = False  # the slot that a validate action looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is remembered while a turn is under way; gone once it has settled."""

    at: str  # ISO, UTC
    channel: str
    text: str = ""
    latest_message: Mapping[str, Any] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()  # not yet executed: an every-turn action runs before them
    every_turn: tuple[str, ...] = ()  # actions still to run before the commands
    call: Call | None = None
    calls: int = 0
    steps: int = 0
    said: tuple[Said, ...] = ()
    ended_flow: str | None = None  # id of the last user flow that ended, if pattern_completed is due
    completed: bool = False  # pattern_completed has run
    to_validate: tuple[str, ...] = ()  # slots set by the patient, in order of mention
    just_set: tuple[str, ...] = ()  # slots set in this message for a flow that it started
    is_over: bool = False  # nothing more but patterns already on the stack
    reached_patient: bool = False  # a reply or a handoff
    errors: int = 0
    latest_action: str | None = None
    listens: bool = False  # action_listen: the turn ends here
    is_handback: bool = False  # a person gave the conversation back: nobody wrote

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "channel": self.channel,
            "text": self.text,
            "latest_message": dict(self.latest_message),
            "commands": [command_to_json(command) for command in self.commands],
            "every_turn": list(self.every_turn),
            "call": None
            if self.call is None
            else {
                "number": self.call.number,
                "action": self.call.action,
                "purpose": self.call.purpose,
                "depth": self.call.depth,
                "was_filled": self.call.was_filled,
            },
            "calls": self.calls,
            "steps": self.steps,
            "said": [said.to_json() for said in self.said],
            "ended_flow": self.ended_flow,
            "completed": self.completed,
            "to_validate": list(self.to_validate),
            "just_set": list(self.just_set),
            "is_over": self.is_over,
            "reached_patient": self.reached_patient,
            "errors": self.errors,
            "latest_action": self.latest_action,
            "listens": self.listens,
            "is_handback": self.is_handback,
        }

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Turn:
        return cls(
            **{
                **shown,
                "commands": tuple(command_from_json(command) for command in shown["commands"]),
                "every_turn": tuple(shown["every_turn"]),
                "call": None if shown["call"] is None else Call(**shown["call"]),
                "said": tuple(Said.from_json(said) for said in shown["said"]),
                "to_validate": tuple(shown["to_validate"]),
                "just_set": tuple(shown["just_set"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An emergency (A or B) of a patient who waits for a person since."""

    level: str
    key: str
    at: str  # ISO, UTC
    asked: bool = False  # it was taken back, and whether all is well has been asked

    def to_json(self) -> dict[str, Any]:
        return {"level": self.level, "key": self.key, "at": self.at, "asked": self.asked}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything the engine knows of one conversation. `said` is what was said since the last message."""

    conversation_id: str
    slots: Mapping[str, Any]
    stack: tuple[Frame, ...] = ()
    turn_number: int = 0
    frames_made: int = 0
    paused: bool = False
    introduced: bool = False  # pattern_session_start has run in this session
    noted_closed: bool = False  # pattern_out_of_hours has run in this session
    last_message_at: str | None = None  # ISO, UTC
    said: tuple[Said, ...] = ()
    misunderstood: int = 0  # messages in a row
    version: str | None = None  # of the content it runs on
    dropped: Dropped | None = None
    waiting: Waiting | None = None  # while it is paused for a person who was called from here
    turn: Turn | None = None
    alarm: Alarm | None = None

    @classmethod
    def new(cls, conversation_id: str, *, language: str) -> Conversation:
        return cls(conversation_id=conversation_id, slots={"language": language})

    @property
    def language(self) -> str:
        return str(self.slots["language"])

    @property
    def offered(self) -> tuple[Button, ...]:
        """The buttons in view."""
        return tuple(button for said in self.said for button in said.buttons)

    @property
    def has_settled(self) -> bool:
        """No action is waited for."""
        return self.turn is None

    def to_json(self) -> dict[str, Any]:
        return {
            "conversation_id": self.conversation_id,
            "language": self.language,  # for whoever only looks
            "slots": dict(self.slots),
            "stack": [frame.to_json() for frame in self.stack],
            "turn_number": self.turn_number,
            "frames_made": self.frames_made,
            "paused": self.paused,
            "introduced": self.introduced,
            "noted_closed": self.noted_closed,
            "last_message_at": self.last_message_at,
            "said": [said.to_json() for said in self.said],
            "misunderstood": self.misunderstood,
            "version": self.version,
            **({} if self.dropped is None else {"dropped": asdict(self.dropped)}),
            "waiting": None if self.waiting is None else self.waiting.to_json(),
            "turn": None if self.turn is None else self.turn.to_json(),
            "alarm": None if self.alarm is None else self.alarm.to_json(),
        }

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Conversation:
        known = {name: value for name, value in shown.items() if name != "language"}
        return cls(
            **{
                **known,
                "slots": dict(shown["slots"]),
                "stack": tuple(Frame.from_json(frame) for frame in shown["stack"]),
                "said": tuple(Said.from_json(said) for said in shown["said"]),
                "dropped": Dropped(**shown["dropped"]) if shown.get("dropped") else None,
                "waiting": Waiting.from_json(shown["waiting"]) if shown.get("waiting") else None,
                "turn": None if shown["turn"] is None else Turn.from_json(shown["turn"]),
                "alarm": None if shown.get("alarm") is None else Alarm(**shown["alarm"]),
            }
        )


def as_left(conversation: Conversation) -> Conversation:
    """As it stood when a person was called: what a patient who waits says may answer what was asked there."""
    waiting = conversation.waiting
    view = conversation.said if waiting is None else waiting.view
    return replace(conversation, paused=False, said=view)


def moved_to(frame: Frame, step_id: str) -> Frame:
    """The frame at the start of a step, with nothing of the previous one left.

    A step that is visited again makes what came after it unvisited: the way forward leads there again.
    """
    before = frame.visited[: frame.visited.index(step_id)] if step_id in frame.visited else frame.visited
    attempts = frame.attempts if frame.is_loop else 0  # a loop asks one question, whatever its steps
    return replace(frame, step_id=step_id, phase="entered", attempts=attempts, visited=(*before, step_id))

"""A conversation on the bench: the production engine, understanding and actions, without server or database.

    talk = Talk(venue)
    turn = await talk.hears("I'd like a pizza")
    turn.said, turn.events

A Venue is where it takes place: whose content it is, who understands, who acts. What looks like the payload
of a button ("/SetSlots(size=large)", "/order_pizza") is taken as one: whoever sits at the bench may.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from bot.dialogue import Assistant, Conversation, advance, commands_for, payload_commands
from bot.dialogue.commands import Command, StartFlow
from bot.dialogue.effects import Effect, Record, RunAction, StepBegan, Utter
from bot.dialogue.events import ActionReturned, Event, PatientWrote
from bot.dialogue.payloads import IntentPayload, read_payload
from bot.errors import ChairsideError
from bot.ports import ActionCall, ActionResult
from nlu.understanding import Understanding

_ACTIONS_A_TURN = 40


class Venue(Protocol):
    """Where a conversation takes place. `channel` is what it comes over unless a message says otherwise."""

    @property
    def assistant(self) -> Assistant: ...

    @property
    def contact(self) -> str: ...

    @property
    def channel(self) -> str: ...

    @property
    def phone(self) -> str | None:
        """E.164, when the channel vouches for it."""

    def now(self) -> datetime: ...

    def facts(self, language: str) -> Mapping[str, Any]: ...

    async def understand(self, text: str, conversation: Conversation, *, known: bool) -> Understanding: ...

    async def act(self, call: ActionCall) -> ActionResult:
        """Raises ActionMissing for an action that nobody offers."""


class ActionMissing(ChairsideError):
    """Content runs an action that is neither stubbed nor offered."""


class EndlessTurn(ChairsideError):
    """Action after action, and no question or end."""


Answer = Callable[[RunAction], ActionResult | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message and everything that followed."""

    text: str
    commands: tuple[Command, ...]
    effects: tuple[Effect, ...]
    conversation: Conversation
    understanding: Understanding | None = None

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """The journal: Rasa's event names, and ours."""
        return [effect.event for effect in self.effects if isinstance(effect, Record)]

    @property
    def said(self) -> list[Utter]:
        return [effect for effect in self.effects if isinstance(effect, Utter)]

    @property
    def steps(self) -> list[StepBegan]:
        return [effect for effect in self.effects if isinstance(effect, StepBegan)]


@dataclass(slots=True)
class Talk:
    """One conversation at a venue. `stubs` answers for actions; None lets them run."""

    venue: Venue
    slots: Mapping[str, Any] = field(default_factory=dict)  # set before the first message; facts for good
    stubs: Answer | None = None
    conversation: Conversation = field(init=False)
    turns: int = 0

    def __post_init__(self) -> None:
        assistant = self.venue.assistant
        begun = Conversation.new(self.venue.contact, language=assistant.languages[0])
        initial = {s.name: s.initial_value for s in assistant.slots.values() if s.initial_value is not None}
        self.conversation = replace(begun, slots={**initial, **begun.slots, **self.slots})

    async def hears(
        self,
        text: str,
        *,
        commands: Sequence[Command] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Turn:
        """`commands` stand in for understanding. Raises ActionMissing, EndlessTurn."""
        understanding: Understanding | None = None
        if commands is None:
            commands = typed_payload(text, self.venue.assistant)
        if commands is None and text.strip():
            understanding = await self.venue.understand(text, self.conversation, known=self.turns > 0)
            commands = commands_for(understanding, self.conversation, self.venue.assistant)
        self.turns += 1
        language = understanding.language if understanding else self.conversation.language
        given = dict(metadata or {})
        event = PatientWrote(
            at=self.venue.now(),
            text=text,
            commands=tuple(commands or ()),
            channel=str(given.get("channel") or self.venue.channel),
            language=language,
            facts=self._facts(language),
            latest_message={**latest_message(text, understanding), "metadata": given},
            queued=self.conversation.paused,  # nobody sits at the inbox of a bench
        )
        effects = await self._run(event)
        return Turn(
            text=text,
            commands=event.commands,
            effects=tuple(effects),
            conversation=self.conversation,
            understanding=understanding,
        )

    def _facts(self, language: str) -> dict[str, Any]:
        """Those of the practice, but for what was set before the first message: another practice's."""
        facts = dict(self.venue.facts(language))
        return facts | {name: value for name, value in self.slots.items() if name in facts}

    async def _run(self, event: Event) -> list[Effect]:
        done: list[Effect] = []
        for number in range(1, _ACTIONS_A_TURN + 1):
            self.conversation, effects = advance(self.venue.assistant, self.conversation, event)
            done += effects
            call = effects[-1] if effects and isinstance(effects[-1], RunAction) else None
            if call is None:
                return done
            result = (self.stubs(call) if self.stubs else None) or await self._act(call, number)
            event = ActionReturned(
                at=event.at,
                call=call.call,
                events=result.events,
                responses=result.responses,
                failed=result.failed,
            )
        raise EndlessTurn(f"{_ACTIONS_A_TURN} actions in one turn, and still no question or end")

    def _act(self, call: RunAction, number: int) -> Awaitable[ActionResult]:
        conversation = self.conversation
        channel = conversation.turn.channel if conversation.turn else self.venue.channel
        return self.venue.act(
            ActionCall(
                name=call.name,
                tracker=call.tracker,
                key=uuid.uuid5(uuid.NAMESPACE_OID, f"{self.venue.contact} {self.turns} {number}").hex,
                contact=conversation.conversation_id,
                channel=channel,
                phone=self.venue.phone if channel == self.venue.channel else None,
                language=conversation.language,
                at=self.venue.now(),
            )
        )


def typed_payload(text: str, assistant: Assistant) -> tuple[Command, ...] | None:
    """The commands of a payload that a developer types. An intent typed so passes its flow's guard."""
    commands = payload_commands(text, assistant) if text.startswith("/") else None
    if commands is None:
        return None
    return tuple(replace(c, explicit=True) if isinstance(c, StartFlow) else c for c in commands)


def latest_message(text: str, understanding: Understanding | None) -> dict[str, Any]:
    """Rasa's tracker.latest_message."""
    typed = read_payload(text) if understanding is None and text.startswith("/") else None
    if isinstance(typed, IntentPayload):
        intent = {"name": typed.intent, "confidence": 1.0}
        entities = [{"entity": name, "value": value} for name, value in typed.entities.items()]
        return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities}
    best = understanding.intent if understanding else None
    ranking = understanding.intent_ranking[:5] if understanding else ()
    return {
        "text": text,
        "intent": {"name": best.name, "confidence": best.confidence} if best else {},
        "intent_ranking": [{"name": each.name, "confidence": each.confidence} for each in ranking],
        "entities": [
            {
                "entity": e.entity,
                "value": e.value,
                "start": e.start,
                "end": e.end,
                "confidence_entity": e.confidence,
                **({"role": e.role} if e.role else {}),
                **({"group": e.group} if e.group else {}),
            }
            for e in (understanding.entities if understanding else ())
        ],
    }

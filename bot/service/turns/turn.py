"""A turn as a value: what it hears, how far it is, which messages are its own, and what it is called."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.dialogue import Assistant, Conversation
from bot.dialogue.effects import Effect, OptIn, OptOut
from bot.dialogue.events import HandedBack, PatientWrote
from bot.domain.conversation import InboundKind
from bot.domain.diary import DiaryWrite
from bot.domain.pipeline import OWN_KINDS, InboxMessage, LedgerEntry, Snapshot
from bot.ports import ActionResult
from bot.service.outreach.answers import TakenUp
from bot.service.turns.silence import as_owned
from nlu.understanding import Understanding

_TURNS = uuid.UUID("6f0d7c1e-7a0f-4c53-9c51-3a4f8d1f4b60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a turn's messages came to."""

    event: PatientWrote | HandedBack
    text: str = ""
    understanding: Understanding | None = None


@dataclass(slots=True, kw_only=True)
class Progress:
    """A turn while it runs."""

    turn: str
    at: datetime
    begun: Conversation  # as it was found
    conversation: Conversation
    assistant: Assistant  # the content that the turn runs on
    paused: bool = False  # the assistant is silent here, and no person has the conversation
    anew: bool = False  # answers what a suggestion answered that was taken back
    taken: TakenUp | None = None  # it answers messages that we began
    handed_back: bool = False
    effects: list[Effect] = field(default_factory=list)
    writes: list[DiaryWrite] = field(default_factory=list)
    riding: list[LedgerEntry] = field(default_factory=list)  # results of those writes, not yet durable
    outcomes: list[tuple[str, str]] = field(default_factory=list)


def members_of(snapshot: Snapshot) -> tuple[InboxMessage, ...]:
    """The messages of the next turn: of one that has begun, else the first and what belongs to it."""
    if snapshot.begun:
        return tuple(m for m in snapshot.pending if m.turn == snapshot.begun.id)
    taken: list[InboxMessage] = []
    for message in snapshot.pending:
        if taken and (message.kind is InboundKind.CHOICE or message.kind != taken[0].kind):
            break
        if (
            taken and max(taken[0].attempts, message.attempts) > 1
        ):  # one of them is what fails: each by itself
            break
        taken.append(message)
        if message.kind is InboundKind.CHOICE or message.kind in OWN_KINDS:
            break
    return tuple(taken)


def conversation_of(snapshot: Snapshot, owner: str, *, language: str) -> Conversation:
    """The dialogue as it was left, or a new one in that language, for whoever has the conversation."""
    state = snapshot.state
    kept = Conversation.from_json(dict(state)) if state else new_conversation(snapshot, language=language)
    return as_owned(kept, owner)


def new_conversation(snapshot: Snapshot, *, language: str) -> Conversation:
    return Conversation.new(snapshot.contact.id, language=language)


def goes_on(snapshot: Snapshot, members: Sequence[InboxMessage]) -> bool:
    """Whether the patient writes again before somebody has decided on the answer to what came before."""
    return snapshot.draft is not None and snapshot.begun is None and members[0].kind is InboundKind.TEXT


def turn_id(snapshot: Snapshot, members: Sequence[InboxMessage]) -> str:
    """The same for every run of the same turn."""
    if snapshot.begun:
        return snapshot.begun.id
    again = f" {members[0].replays}" if members[0].replays else ""
    return str(uuid.uuid5(_TURNS, f"{snapshot.contact.id} {members[0].id} {members[-1].id}{again}"))


def reply_id(turn: str, index: int) -> str:
    """The outbox id of a turn's message: the same when the turn runs again."""
    return str(uuid.uuid5(uuid.UUID(turn), f"reply {index}"))


def as_json(result: ActionResult) -> dict[str, Any]:
    return {
        "events": [dict(event) for event in result.events],
        "responses": [dict(response) for response in result.responses],
        "failed": result.failed,
    }


def opted_out(effects: Sequence[Effect]) -> bool | None:
    """What the turn decided on messages that we begin; None: nothing."""
    decided = [isinstance(effect, OptOut) for effect in effects if isinstance(effect, (OptOut, OptIn))]
    return decided[-1] if decided else None


def latest_message(text: str, understanding: Understanding | None) -> dict[str, Any]:
    """Rasa's tracker.latest_message."""
    if understanding is None:
        return {"text": text, "intent": {}, "intent_ranking": [], "entities": [], "metadata": {}}
    best = understanding.intent
    return {
        "text": text,
        "intent": {"name": best.name, "confidence": best.confidence} if best else {},
        "intent_ranking": [
            {"name": i.name, "confidence": i.confidence} for i in understanding.intent_ranking[:5]
        ],
        "entities": [
            {
                "entity": e.entity,
                "value": e.value,
                "start": e.start,
                "end": e.end,
                "confidence_entity": e.confidence,
            }
            for e in understanding.entities
        ],
        "metadata": {},
    }


def place_of(error: BaseException) -> str:
    """file:line of where it was raised; never the text, which may hold a patient's words."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"

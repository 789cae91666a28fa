"""What of a turn's answer goes out at once: all of it, or what is left while the assistant is paused or only
suggests.

Never held back: the fixed emergency text, the confirmation of an opt-out, and the words with which a patient
is handed to a person, since a person is called in that same moment.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.dialogue import Conversation
from bot.dialogue.effects import Effect, OpenHandoff
from bot.domain.conversation import Reply
from bot.domain.desk_time import is_staffed
from bot.domain.handoff import promise
from bot.domain.pipeline import (
    BOT,
    CLOSED,
    PAUSED,
    QUEUE,
    Snapshot,
    StagedDraft,
    StagedHandoff,
    StagedReply,
    is_person,
)
from bot.domain.practice import Practice
from bot.service.inbox.pausing import notice
from bot.service.inbox.switches import SwitchBoard
from bot.service.sending.tokens import NotOurToken, TapTokens
from bot.service.turns.suggesting import DRAFT, may_have_written, received, suggested_flow
from bot.service.waiting.truth import WAYS_BACK

FactsOfWaiting = Callable[[str, datetime], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What a turn came to, before anything is held back."""

    turn: str
    begun: Conversation
    ended: Conversation
    effects: Sequence[Effect]
    at: datetime
    paused: bool
    anew: bool  # it answers what a suggestion answered that was taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What becomes of it; these are fields of the turn's commit."""

    replies: tuple[StagedReply, ...]
    owner: str | None
    handoff: StagedHandoff | None
    informed: bool
    draft: StagedDraft | None = None


class Restraint:
    """One practice's. `facts` are those that the texts about waiting name."""

    def __init__(
        self, practice: Practice, *, switches: SwitchBoard, tokens: TapTokens, facts: FactsOfWaiting
    ) -> None:
        self._practice = practice
        self._switches = switches
        self._tokens = tokens
        self._facts = facts

    def is_silent(self, snapshot: Snapshot) -> bool:
        """Whether the assistant is paused where this patient writes."""
        return self._switches.now.is_paused(snapshot.contact.address.channel)

    def held(self, going: Going, snapshot: Snapshot, turned: Turned) -> Going:
        if any(isinstance(effect, OpenHandoff) for effect in turned.effects):
            return self._as_notices(going, snapshot, turned)
        if turned.paused:
            return self._paused(going, snapshot, turned)
        if snapshot.owner == QUEUE and going.owner is None:
            return self._as_notices(going, snapshot, turned)
        if is_person(snapshot.owner) and going.owner is None:
            return going
        return self._suggested(going, snapshot, turned)

    def _as_notices(self, going: Going, snapshot: Snapshot, turned: Turned) -> Going:
        """Truthful words about when a person answers, without a way back to an assistant that is silent."""
        replies = tuple(replace(each, notice=True) for each in going.replies)
        if self.is_silent(snapshot):
            contact, at = snapshot.contact.id, turned.at
            replies = tuple(
                replace(each, reply=self._no_way_back(each.reply, contact, at)) for each in replies
            )
        return replace(going, replies=replies)

    def _no_way_back(self, reply: Reply, contact: str, at: datetime) -> Reply:
        kept = tuple(c for c in reply.choices if self._payload(c.payload, contact, at) not in WAYS_BACK)
        return replace(reply, choices=kept, menu=reply.menu if kept else "")

    def _payload(self, token: str, contact: str, at: datetime) -> str | None:
        try:
            return self._tokens.read(contact, token, at=at)
        except NotOurToken:
            return None

    def _paused(self, going: Going, snapshot: Snapshot, turned: Turned) -> Going:
        """Whoever is not in the queue yet is now, and hears so; an opt-out alone calls nobody."""
        if snapshot.owner not in (BOT, CLOSED) or any(each.exempt for each in going.replies):
            return self._as_notices(going, snapshot, turned)
        urgent = going.handoff is not None and going.handoff.urgent
        due = promise(self._practice, urgent=urgent, at=turned.at)
        return replace(
            going,
            replies=(*going.replies, self._word(notice, turned)),
            owner=QUEUE,
            handoff=StagedHandoff(reason=PAUSED, urgent=urgent, promise=due),
        )

    def _suggested(self, going: Going, snapshot: Snapshot, turned: Turned) -> Going:
        flow = suggested_flow(
            self._switches.now.suggests, begun=turned.begun, effects=turned.effects, ended=turned.ended
        )
        if flow is None or all(each.exempt for each in going.replies):
            return going
        replies = tuple(each if each.exempt else replace(each, drafted=True) for each in going.replies)
        if snapshot.draft is None and not turned.anew and not is_staffed(self._practice, turned.at):
            replies = (*replies, self._word(received, turned))
        waits = StagedHandoff(
            reason=DRAFT, promise=promise(self._practice, urgent=False, at=turned.at), quiet=True
        )
        before = snapshot.state
        wrote = may_have_written(turned.effects)
        return Going(
            replies=replies,
            owner=going.owner,
            handoff=replace(going.handoff, promise=waits.promise) if going.handoff else waits,
            informed=False,
            draft=StagedDraft(flow=flow, before=before, wrote=wrote, informed=going.informed),
        )

    def _word(self, make: Callable[[str, Mapping[str, Any]], Reply], turned: Turned) -> StagedReply:
        language = turned.ended.language
        reply = make(language, self._facts(language, turned.at))
        return StagedReply(id=str(uuid.uuid5(uuid.UUID(turned.turn), "word")), reply=reply, notice=True)

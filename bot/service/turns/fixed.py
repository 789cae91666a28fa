"""Turns of fixed words, which leave the dialogue as it was: for who waits for a person, wrote long ago, or
wrote what cannot be answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.conversation import InboundKind, Reply
from bot.domain.handoff import promise
from bot.domain.pipeline import (
    BOT,
    CLOSED,
    HANDED_BACK,
    PAUSED,
    PROMISE_BROKEN,
    QUEUE,
    InboxMessage,
    Snapshot,
    StagedHandoff,
    StagedReply,
    TurnCommit,
    is_person,
)
from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.hearing.lateness import LATE, is_answered, late_ones, sorry
from bot.service.hearing.understanding import Reader
from bot.service.inbox.pausing import notice
from bot.service.sending.templates import SHOW_ANSWER
from bot.service.sending.tokens import NotOurToken, TapTokens
from bot.service.sending.wording import APOLOGY, with_tokens
from bot.service.turns.content import RunningContent
from bot.service.turns.known_facts import KnownFacts
from bot.service.turns.restraint import Restraint
from bot.service.turns.silence import may_write
from bot.service.turns.turn import Progress, conversation_of, new_conversation, reply_id, turn_id
from bot.service.waiting.truth import (
    CALL,
    CHOICES,
    KEEP_WAITING,
    SAFE,
    WAYS_BACK,
    answer,
    apology,
    named,
)

_FIXED_CHOICES = (KEEP_WAITING, CALL, SHOW_ANSWER)


class FixedTurns:
    """Makes them; to commit them is up to others. What is later than `late` is of long ago."""

    def __init__(
        self,
        *,
        practice: Practice,
        contents: RunningContent,
        clock: Clock,
        tokens: TapTokens,
        facts: KnownFacts,
        restraint: Restraint,
        reader: Reader,
        late: timedelta = LATE,
    ) -> None:
        self._practice = practice
        self._language = practice.languages[0]
        self._contents = contents
        self._clock = clock
        self._tokens = tokens
        self._facts = facts
        self._restraint = restraint
        self._reader = reader
        self._late = late

    def chosen(self, snapshot: Snapshot, tap: InboxMessage, at: datetime) -> str | None:
        """Which way on a patient in the queue chose (service.waiting), or that they asked for what waits."""
        waits = snapshot.owner == QUEUE or snapshot.draft is not None
        if tap.kind is InboundKind.TEXT and waits:
            return named(tap.text or "")
        if tap.kind is not InboundKind.CHOICE:
            return None
        try:
            payload = self._tokens.read(snapshot.contact.id, tap.payload or "", at=at)
        except NotOurToken:
            return None
        return payload if payload == SHOW_ANSWER or (waits and payload in (*CHOICES, SAFE)) else None

    def instead(
        self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress
    ) -> TurnCommit | None:
        """A turn of fixed words, which leaves the dialogue as it was; None: it is the engine's."""
        first, contact, language = members[0], snapshot.contact.id, progress.conversation.language
        chosen = self.chosen(snapshot, first, progress.at)
        alone = not progress.paused and snapshot.draft is None
        if chosen in WAYS_BACK and not alone:
            chosen = KEEP_WAITING
        withdrawn = first.kind == PAUSED and (progress.paused or snapshot.owner != BOT)
        too_soon = first.kind == HANDED_BACK and self._restraint.is_silent(snapshot)
        if not (first.kind == PROMISE_BROKEN or withdrawn or too_soon or chosen in _FIXED_CHOICES):
            return None
        facts = self._facts.of_waiting(language, progress.at)
        made: list[Reply] = []
        owner = handoff = None
        if chosen == SHOW_ANSWER:
            made = []  # their tap has let out what waited (`bot.storage.sending.fates`)
        elif chosen:
            made = [answer(chosen, language, facts)]
            if chosen == KEEP_WAITING:
                handoff = self.handoff(snapshot, "asked", urgent=False, waits=True, at=progress.at)
        elif withdrawn and snapshot.owner == BOT:
            made, owner = [notice(language, facts)], QUEUE
            handoff = self.handoff(snapshot, PAUSED, urgent=False, waits=True, at=progress.at)
        elif first.kind == PROMISE_BROKEN and self._still_waits(snapshot, progress):
            sorry = apology(language, facts, alone=alone)
            made = [with_tokens(sorry, contact, self._tokens, at=progress.at)]
        return TurnCommit(
            turn=progress.turn,
            conversation=contact,
            version=snapshot.version,
            epoch=snapshot.epoch,
            at=progress.at,
            finished_at=self._clock.now(),
            members=tuple(m.id for m in members),
            state=progress.conversation.to_json(),
            journal={
                "content": self._contents.today.version,
                "turn": progress.conversation.turn_number,
                "language": language,
                "text": first.text or "",
                "given_up": True,
                "replies": [reply.text for reply in made],
            },
            replies=tuple(
                StagedReply(id=reply_id(progress.turn, index), reply=reply, notice=True)
                for index, reply in enumerate(made)
            ),
            owner=owner,
            handoff=handoff,
        )

    def given_up(self, snapshot: Snapshot, members: Sequence[InboxMessage]) -> TurnCommit:
        """A person is called, and the patient told."""
        now = self._clock.now()
        turn = turn_id(snapshot, members)
        language = str((snapshot.state or {}).get("language") or self._practice.languages[0])
        text = APOLOGY.get(language, APOLOGY["en"])
        state = snapshot.state or new_conversation(snapshot, language=self._language).to_json()
        return TurnCommit(
            turn=turn,
            conversation=snapshot.contact.id,
            version=snapshot.version,
            epoch=snapshot.epoch,
            at=now,
            finished_at=now,
            members=tuple(m.id for m in members),
            state=state,
            journal={
                "content": self._contents.today.version,
                "turn": state["turn_number"],
                "language": language,
                "given_up": True,
            },
            replies=(StagedReply(id=reply_id(turn, 0), reply=Reply(text=text), notice=True),),
            owner=QUEUE if snapshot.owner in (BOT, CLOSED) else None,
            handoff=self.handoff(snapshot, "error", urgent=False, waits=True, at=now),
            set_aside=True,
        )

    async def late(self, snapshot: Snapshot) -> TurnCommit | None:
        """The one answer to all that is of long ago (service.lateness). None: nothing is, or it is urgent."""
        at = self._clock.now()
        late = late_ones(snapshot, at=at, late=self._late)
        if not late:
            return None
        text = "\n".join(message.text for message in late if message.text)
        conversation = conversation_of(snapshot, snapshot.owner, language=self._language)
        known = snapshot.state is not None
        language = conversation.language
        if text:
            heard = await self._reader.understand(
                text, self._contents.today, conversation, at=at, known=known
            )
            if heard.red_flag:
                return None
            language = heard.language
        turn = turn_id(snapshot, late)
        answered = is_answered(snapshot, late)
        alone = not self._restraint.is_silent(snapshot)
        reply = sorry(language, self._facts.of_waiting(language, at), alone=alone)
        made = () if answered else (with_tokens(reply, snapshot.contact.id, self._tokens, at=at),)
        return TurnCommit(
            turn=turn,
            conversation=snapshot.contact.id,
            version=snapshot.version,
            epoch=snapshot.epoch,
            at=at,
            finished_at=at,
            members=tuple(m.id for m in late),
            state=snapshot.state or conversation.to_json() | {"language": language},
            journal={
                "content": self._contents.today.version,
                "turn": conversation.turn_number,
                "language": language,
                "text": text,
                "given_up": True,
                "replies": [reply.text for reply in made],
            },
            replies=tuple(StagedReply(id=reply_id(turn, 0), reply=reply, notice=True) for reply in made),
            owner=None if answered else QUEUE,
            handoff=None if answered else self.handoff(snapshot, "late", urgent=False, waits=True, at=at),
            told_late=not answered,
        )

    def _still_waits(self, snapshot: Snapshot, progress: Progress) -> bool:
        waits = snapshot.owner == QUEUE or snapshot.draft is not None
        return waits and may_write(progress.conversation, progress.at)

    def handoff(
        self, snapshot: Snapshot, reason: str, *, urgent: bool, waits: bool, at: datetime
    ) -> StagedHandoff:
        """`waits`: the patient has been told that a person answers. While one does, nothing is promised."""
        promised = None
        if waits and not is_person(snapshot.owner):
            promised = promise(self._practice, urgent=urgent, at=at)
        return StagedHandoff(reason=reason, urgent=urgent, promise=promised)

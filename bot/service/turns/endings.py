"""All that a turn comes to: what is said, who has the conversation, whom staff hear of, what is noted."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.dialogue.effects import AlertStaff, OpenHandoff, Utter
from bot.dialogue.events import HandedBack, PatientWrote
from bot.domain.conversation import Reply
from bot.domain.handoff import Outcome
from bot.domain.pipeline import (
    BOT,
    CLOSED,
    HANDED_BACK,
    QUEUE,
    Contact,
    InboxMessage,
    Snapshot,
    StagedReply,
    TurnCommit,
)
from bot.ports import Clock
from bot.service.sending.tokens import TapTokens
from bot.service.sending.wording import replies
from bot.service.turns.fixed import FixedTurns
from bot.service.turns.in_words import InWords
from bot.service.turns.journal import heard_note, stack_note, timeline
from bot.service.turns.restraint import Going, Restraint, Turned
from bot.service.turns.silence import apart, may_be_said
from bot.service.turns.turn import Heard, Progress, opted_out, reply_id
from nlu.understanding import Entity


class TurnEndings:
    """One practice's."""

    def __init__(
        self, *, clock: Clock, tokens: TapTokens, restraint: Restraint, fixed: FixedTurns, in_words: InWords
    ) -> None:
        self._clock = clock
        self._tokens = tokens
        self._restraint = restraint
        self._fixed = fixed
        self._in_words = in_words

    def of(
        self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress, heard: Heard
    ) -> TurnCommit:
        """One transaction's worth, for `Store.commit`."""
        contact = snapshot.contact.id
        utters = [e for e in progress.effects if isinstance(e, Utter)]
        handoffs = [e for e in progress.effects if isinstance(e, OpenHandoff)]
        alerts = [e for e in progress.effects if isinstance(e, AlertStaff)]
        finished = self._clock.now()
        handoff = None
        if handoffs or alerts:
            reason = handoffs[-1].reason if handoffs else alerts[-1].reason
            urgent = any(a.urgent for a in alerts)
            beside = not handoffs and any(a.is_request for a in alerts)
            waits = bool(handoffs) or beside
            handoff = self._fixed.handoff(snapshot, reason, urgent=urgent, waits=waits, at=finished)
            handoff = replace(handoff, beside=beside)
        back = isinstance(heard.event, HandedBack) or heard.event.comes_back
        owner = BOT if progress.anew or snapshot.owner == CLOSED or back else None
        if handoffs and (snapshot.owner in (BOT, CLOSED) or back):
            owner = QUEUE
        said = utters if owner == BOT else may_be_said(utters, snapshot, now=finished)
        going = self._restraint.held(
            Going(
                replies=self._staged(said, progress, snapshot.contact),
                owner=owner,
                handoff=handoff,
                informed=any(u.response == "utter_disclosure" for u in utters),
            ),
            snapshot,
            Turned(
                turn=progress.turn,
                begun=progress.begun,
                ended=progress.conversation,
                effects=progress.effects,
                at=finished,
                paused=progress.paused,
                anew=progress.anew,
            ),
        )
        return TurnCommit(
            turn=progress.turn,
            conversation=contact,
            version=snapshot.version,
            epoch=snapshot.epoch,
            at=progress.at,
            finished_at=finished,
            members=tuple(m.id for m in members),
            state=progress.conversation.to_json(),
            journal=self._journal(progress, heard, [each.reply for each in going.replies]),
            replies=going.replies,
            writes=tuple(progress.writes),
            entries=tuple(progress.riding),
            owner=going.owner,
            handoff=going.handoff,
            outcome=None if members[0].kind == HANDED_BACK else Outcome.WENT_ON,
            informed=going.informed,
            opted_out=opted_out(progress.effects),
            draft=going.draft,
        )

    def _staged(
        self, utters: Sequence[Utter], progress: Progress, contact: Contact
    ) -> tuple[StagedReply, ...]:
        staged: list[StagedReply] = []
        for exempt, emergency, group in apart(utters):
            made = replies(
                group,
                contact=contact.id,
                tokens=self._tokens,
                at=progress.at,
                language=progress.conversation.language,
                channel=contact.address.channel,
            )
            for reply in made:
                id = reply_id(progress.turn, len(staged))
                staged.append(StagedReply(id=id, reply=reply, exempt=exempt, emergency=emergency))
        return tuple(staged)

    def _journal(self, progress: Progress, heard: Heard, made: Sequence[Reply]) -> dict[str, Any]:
        stack = progress.conversation.stack
        event, meaning = heard.event, heard.understanding
        return {
            "content": progress.assistant.version,
            "turn": progress.conversation.turn_number,
            "language": progress.conversation.language,
            "text": heard.text,
            "commands": [self._in_words.command(c) for c in event.commands]
            if isinstance(event, PatientWrote)
            else ["given back by a person"],
            "heard": heard_note(event, progress.begun, progress.assistant),
            "events": timeline(progress.effects, progress.outcomes),
            "intent": [meaning.intent.name, meaning.intent.confidence]
            if meaning and meaning.intent
            else None,
            "entities": self._found(meaning.entities) if meaning else [],
            "red_flag": f"{meaning.red_flag.level} {meaning.red_flag.key}"
            if meaning and meaning.red_flag
            else None,
            "stack": stack_note(progress.conversation),
            "flow": stack[-1].flow_id if stack else None,
            "step": stack[-1].step_id if stack else None,
            "actions": progress.outcomes,
            "replies": [reply.text for reply in made],
        }

    def _found(self, entities: Sequence[Entity]) -> list[list[str]]:
        """(kind, value) in words; a wish only puts together the times that stand beside it."""
        return [
            # The value of a choice is a payload.
            [each.entity, each.text if each.entity == "choice" else self._in_words.value(each.value)]
            for each in entities
            if each.entity != "wish"
        ]

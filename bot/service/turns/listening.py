"""What a turn's messages come to: a tap, words, a beginning, or a conversation that was given back."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.dialogue import asked, commands_for, payload_commands
from bot.dialogue.after_alarm import ALL_CLEAR, TAKEN_BACK
from bot.dialogue.commands import Command, KnowledgeAnswer, MediaReceived, StaleTap
from bot.dialogue.events import HandedBack, PatientWrote
from bot.domain.conversation import InboundKind
from bot.domain.menus import typed_as
from bot.domain.pipeline import ARRANGED, HANDED_BACK, PAUSED, QUEUE, InboxMessage, Snapshot
from bot.domain.practice import Practice
from bot.service.hearing.meaning_of import (
    about_something_older,
    as_said,
    beginning,
    begins,
    beneath_a_picture,
    said_anew,
    with_beginning,
    wordless,
)
from bot.service.hearing.understanding import Reader
from bot.service.hearing.voice import HEARD, Confirmed
from bot.service.outreach.answers import OutreachAnswers, marked
from bot.service.outreach.reaching_choice import with_choice
from bot.service.sending.tokens import NotOurToken, TapTokens
from bot.service.turns.asked_facts import asked_facts
from bot.service.turns.content import RunningContent
from bot.service.turns.fixed import FixedTurns
from bot.service.turns.known_facts import KnownFacts
from bot.service.turns.returning import Back, Returning, left_standing, may_go_on
from bot.service.turns.turn import Heard, Progress, latest_message
from bot.service.upkeep.measures import Measures
from bot.service.waiting.truth import CHOICES, SAFE, WAYS_BACK
from nlu.understanding import Understanding

log = structlog.get_logger(__name__)

_ALL_IS_WELL = KnowledgeAnswer(topic=ALL_CLEAR)


class Listening:
    """Understands only what needs it: a tap is a token of ours, and stands for itself."""

    def __init__(
        self,
        *,
        practice: Practice,
        contents: RunningContent,
        reader: Reader,
        tokens: TapTokens,
        facts: KnownFacts,
        fixed: FixedTurns,
        measures: Measures,
        outreach: OutreachAnswers | None = None,
    ) -> None:
        self._practice = practice
        self._contents = contents
        self.reader = reader
        self._tokens = tokens
        self._facts = facts
        self._fixed = fixed
        self._measures = measures
        self.returning = Returning(reader)
        self._outreach = outreach
        self.confirmed: Confirmed | None = None  # what a yes to "is that what you said?" stands for

    async def take_up(self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress) -> None:
        """Where the patient answers a message that we began, the dialogue stands at that message."""
        if self._outreach is None:
            return
        taken = await self._outreach.taken_up(
            progress.conversation, snapshot, members, assistant=self._contents.today, at=progress.at
        )
        if taken is not None:
            progress.taken = taken
            progress.begun = progress.conversation = taken.conversation
            progress.assistant = await self._contents.of(taken.conversation)

    async def hear(self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress) -> Heard:
        """Waits for understanding only where there are words to be understood."""
        conversation, contact = progress.conversation, snapshot.contact
        came, members = members[0], as_said(members)
        first = members[0]
        link = begins(members, self._practice.links, progress.assistant)
        chosen = self._fixed.chosen(snapshot, first, progress.at)
        if first.kind in (HANDED_BACK, PAUSED):
            back_by_staff = self._handed_back(snapshot, progress)
            return Heard(event=replace(back_by_staff, arranged=first.payload == ARRANGED))
        back = await self.returning.of(snapshot, members, progress, chosen=chosen)
        if back is not None:
            text = "\n".join(m.text or "" for m in members)
            return Heard(event=self._comes_back(snapshot, progress, back), text=text)
        if chosen in WAYS_BACK:  # a way back of before the alarm
            text, is_safe = first.text or "", (KnowledgeAnswer(topic=TAKEN_BACK),)
            return Heard(event=self._event(snapshot, progress, text, is_safe, None), text=text)
        if link is not None and first.kind in (InboundKind.CHOICE, InboundKind.REFERRAL):
            text = first.text or ""
            begun = await self._asked(progress, beginning(link))
            return Heard(event=self._event(snapshot, progress, text, begun, None), text=text)
        if first.kind is InboundKind.CHOICE:
            commands, text = self._tapped(first, snapshot, progress)
            if commands is None and self.confirmed is not None and text.startswith(HEARD):
                said = await self.confirmed.words(contact.id, text)
                text, commands = said or first.text or "", None if said else (MediaReceived("audio"),)
            if commands is not None:
                commands = await self._asked(progress, commands)
                return Heard(event=self._event(snapshot, progress, text, commands, None), text=text)
        elif first.kind is not InboundKind.TEXT:
            kind = str(first.kind)
            text = "\n".join(m.text for m in members if m.text)
            seen = wordless(first) or (MediaReceived(kind),)
            understanding = await self._understood(snapshot, progress, text) if text else None
            if understanding is not None:
                words = commands_for(understanding, conversation, progress.assistant)
                seen = beneath_a_picture(words, seen)
            commands = await self._asked(progress, seen, understanding, text=text)
            event = self._event(snapshot, progress, text, commands, understanding)
            return Heard(event=event, text=text, understanding=understanding)
        else:
            text = "\n".join(m.text or "" for m in members)
        understanding = await self._understood(snapshot, progress, text)
        commands = commands_for(
            understanding, left_standing(snapshot, conversation, progress.at), progress.assistant
        )
        if _ALL_IS_WELL in commands and snapshot.owner == QUEUE and not progress.paused:
            kept = await self.returning.with_what_was_put_off(progress)
            back_again = self._comes_back(snapshot, progress, kept)
            return Heard(event=back_again, text=text, understanding=understanding)
        commands = with_beginning(about_something_older(members, understanding, commands), link)
        commands = said_anew(
            came,
            commands,
            waiting=asked(progress.assistant, conversation),
            is_under_way=bool(conversation.stack),
            booking=progress.assistant.triggers.get("book_visit"),
        )
        commands = with_choice(
            commands, understanding, progress.assistant, languages=self._practice.languages
        )
        commands = await self._asked(progress, commands, understanding, text=text)
        return Heard(
            event=self._event(snapshot, progress, text, commands, understanding),
            text=text,
            understanding=understanding,
        )

    def _comes_back(self, snapshot: Snapshot, progress: Progress, back: Back) -> PatientWrote | HandedBack:
        if not back.commands:
            return self._handed_back(snapshot, progress, by_patient=True)
        event = self._event(snapshot, progress, back.text, back.commands, back.understanding)
        return replace(event, comes_back=True, keeps_request=back.keeps_request)

    def _handed_back(self, snapshot: Snapshot, progress: Progress, *, by_patient: bool = False) -> HandedBack:
        channel = snapshot.contact.address.channel
        facts = self._facts.at(progress.at, progress.conversation.language)
        return HandedBack(at=progress.at, channel=channel, facts=facts, by_patient=by_patient)

    async def _understood(self, snapshot: Snapshot, progress: Progress, text: str) -> Understanding:
        known = snapshot.state is not None
        with self._measures.timed("understanding", turn=progress.turn):
            return await self.reader.understand(
                text,
                progress.assistant,
                left_standing(snapshot, progress.conversation, progress.at),
                at=progress.at,
                known=known,
            )

    async def _asked(
        self,
        progress: Progress,
        commands: tuple[Command, ...],
        understanding: Understanding | None = None,
        *,
        text: str = "",
    ) -> tuple[Command, ...]:
        if self._outreach is None or progress.taken is None:
            return commands
        answered = await self._outreach.heard(
            progress.taken, commands, understanding, progress.assistant, text=text
        )
        progress.conversation = answered.conversation
        return answered.commands

    def _tapped(
        self, tap: InboxMessage, snapshot: Snapshot, progress: Progress
    ) -> tuple[tuple[Command, ...] | None, str]:
        """A tap counts only as a token of ours for this contact. None: it stands for words."""
        title = tap.text or ""
        try:
            payload = self._tokens.read(snapshot.contact.id, tap.payload or "", at=progress.at)
        except NotOurToken:
            typed = typed_as(tap.payload or "", title, house=self._practice.languages[0])
            if typed is not None:
                return None, typed
            log.warning("tap_refused", conversation=snapshot.contact.id)
            return (StaleTap(),), title
        if payload in (*CHOICES, SAFE):  # nobody waits any more
            return (StaleTap(),), title
        _, payload = marked(payload)
        commands = payload_commands(payload, progress.assistant, progress.conversation)
        return commands, payload if commands is None else title

    def _event(
        self,
        snapshot: Snapshot,
        progress: Progress,
        text: str,
        commands: tuple[Command, ...],
        understanding: Understanding | None,
    ) -> PatientWrote:
        language = understanding.language if understanding else progress.conversation.language
        asked = asked_facts(self._practice, progress.conversation, understanding, language)
        return PatientWrote(
            at=progress.at,
            text=text,
            commands=commands,
            channel=snapshot.contact.address.channel,
            language=language,
            facts={**self._facts.at(progress.at, language), **asked},
            latest_message=latest_message(text, understanding),
            queued=snapshot.owner == QUEUE,
            hears_facts=may_go_on(snapshot, progress),
        )

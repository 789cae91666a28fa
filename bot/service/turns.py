"""Turns: one at a time for each conversation, safe to run again after a crash at any point.

What a patient types within the gathering pause is one turn; a tap is a turn at once. A turn works with
one moment and one set of messages; both are fixed with the first recorded action. Every action's
arguments and result are durable before the engine goes on, and a re-run reads them. Writes to the
embedded diary ride in the turn's own transaction: when the database refuses one there, the refusal is
recorded as the action's result and the turn runs again with it.
"""

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache, lru_cache, partial
from typing import Any

import structlog

from bot.dialogue import (
    Assistant,
    Conversation,
    advance,
    commands_for,
    payload_commands,
)
from bot.dialogue.commands import Command, MediaReceived, StaleTap
from bot.dialogue.effects import AlertStaff, OpenHandoff, RunAction, Utter
from bot.dialogue.events import ActionReturned, Event, HandedBack, PatientWrote
from bot.domain.conversation import InboundKind, Reply
from bot.domain.diary import DiaryWrite
from bot.domain.handoff import Outcome, promise
from bot.domain.menus import typed_as
from bot.domain.pipeline import (
    BOT,
    CLOSED,
    HANDED_BACK,
    PAUSED,
    PROMISE_BROKEN,
    QUEUE,
    Contact,
    InboxMessage,
    LedgerEntry,
    Snapshot,
    StagedHandoff,
    StagedReply,
    TurnCommit,
    is_person,
)
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.errors import BookingError, ChairsideError, StaleConversation
from bot.ports import ActionCall, Actions, Clock, Store
from bot.service.alerts import Alerts
from bot.service.attempts import MOST, Attempts
from bot.service.changes import Changes
from bot.service.delivery import Delivery
from bot.service.facts import opens_at, practice_facts, when_staff_answer
from bot.service.gathering import Gathering
from bot.service.hearing import about_something_older, as_said, beginning, begins, with_beginning, wordless
from bot.service.in_words import InWords
from bot.service.journal import heard_note, stack_note, timeline
from bot.service.lateness import LATE, is_answered, late_ones, sorry
from bot.service.measures import Measures
from bot.service.outreach_answers import OutreachAnswers, marked
from bot.service.pausing import notice
from bot.service.probe import Probe
from bot.service.reaching_choice import with_choice
from bot.service.restraint import Going, Restraint, Turned
from bot.service.silence import apart, as_owned, may_be_said, may_write
from bot.service.switches import SwitchBoard
from bot.service.templates import SHOW_ANSWER
from bot.service.tokens import NotOurToken, TapTokens
from bot.service.turn import (
    Heard,
    Progress,
    as_json,
    goes_on,
    latest_message,
    members_of,
    opted_out,
    place_of,
    reply_id,
    turn_id,
)
from bot.service.turnstile import Turnstile
from bot.service.understanding import Reader
from bot.service.voice import HEARD, Confirmed
from bot.service.waiting import CALL, CHOICES, GO_ON, KEEP_WAITING, answer, apology, named
from bot.service.wording import APOLOGY, replies, with_tokens
from nlu.understanding import Entity, Understanding

log = structlog.get_logger(__name__)

_FIXED_CHOICES = (KEEP_WAITING, CALL, SHOW_ANSWER)
_ACTIONS_A_TURN = 40


class TurnDoesNotSettle(ChairsideError):
    """The flow runs action after action and never asks or ends."""


class _Then(Enum):
    """What follows a turn."""

    NOTHING = auto()  # for now
    MORE = auto()
    ANEW = auto()  # a suggestion was taken back: what it answered is answered with what came now
    ALONE = auto()  # the same, beside nothing else that may have killed the process


class Turns:
    """Answers conversations; when, `Gathering` knows."""

    def __init__(
        self,
        *,
        store: Store,
        assistant: Assistant,
        reader: Reader,
        actions: Actions,
        practice: Practice,
        clock: Clock,
        tokens: TapTokens,
        delivery: Delivery,
        alerts: Alerts,
        changes: Changes,
        probe: Probe,
        switches: SwitchBoard,
        worker: str,
        keep_ledger: bool = True,
        count_attempts_first: bool = True,
        late: timedelta = LATE,
        turnstile: Turnstile | None = None,
        measures: Measures | None = None,
        outreach: OutreachAnswers | None = None,
        pinned: Callable[[str], Assistant | None] = lambda version: None,
    ) -> None:
        self._store = store
        self._outreach = outreach
        self.confirmed: Confirmed | None = None  # what a yes to "is that what you said?" stands for
        self._assistant = assistant
        self._pinned = pinned
        self._reader = reader
        self._actions = actions
        self._practice = practice
        self._in_words = InWords(practice, assistant)
        self._facts = cache(partial(practice_facts, practice))  # a practice is read once
        self._opens_at = lru_cache(maxsize=64)(partial(opens_at, practice))
        self._wall = PracticeTime(practice.time_zone)
        self._clock = clock
        self._tokens = tokens
        self._delivery = delivery
        self._alerts = alerts
        self._changes = changes
        self._probe = probe
        self._restraint = Restraint(practice, switches=switches, tokens=tokens, facts=self._facts_of_waiting)
        self._worker = worker
        self._keep_ledger = keep_ledger  # off only in the crash test's twin
        self._attempts = Attempts(store, counts_first=count_attempts_first)
        self._late = late
        self._turnstile = turnstile or Turnstile()
        self._measures = measures or Measures(practice.id)
        self._gathering = Gathering(self._answer, pause=practice.gather_seconds, finished=changes.ring)

    # -- when ---------------------------------------------------------------------------------------------

    def wake(self, conversation: str, kind: InboundKind | None = None) -> None:
        """A message was stored. Typed text waits for more; everything else is answered at once."""
        self._gathering.wake(conversation, patiently=kind is InboundKind.TEXT)

    def knows(self, conversation: str) -> bool:
        """Whether what waits there will be answered anyway."""
        return self._gathering.knows(conversation)

    @property
    def is_busy(self) -> bool:
        return self._gathering.is_busy

    async def stop(self) -> None:
        """Finishes the turns that run; what waits stays in the inbox."""
        await self._gathering.stop()

    async def _answer(self, conversation: str) -> None:
        """Every waiting message of a conversation, turn by turn, in the order in which they were written."""
        anew = alone = False
        while True:
            async with (
                self._attempts.alone() if alone else nullcontext(),
                self._turnstile.through(self._practice.id),
            ):
                then = await self._answer_next(conversation, anew=anew, alone=alone)
            if then is _Then.NOTHING:
                return
            anew = then is _Then.ANEW or (anew and then is _Then.ALONE)
            alone = then is _Then.ALONE

    async def _answer_next(self, conversation: str, *, anew: bool, alone: bool) -> "_Then":
        """One turn, or what has to be before it."""
        snapshot = await self._store.load(conversation, worker=self._worker, only_waiting=True)
        if snapshot is None or not (members := members_of(snapshot)):
            return _Then.NOTHING
        try:
            if self._attempts.are_used_up(members):
                await self._give_up(snapshot, members)
                return _Then.MORE
            if not alone and self._attempts.may_kill(members):
                return _Then.ALONE
            if goes_on(snapshot, members) and await self._store.recall(snapshot, [m.id for m in members]):
                return _Then.ANEW
            async with self._attempts.counted(snapshot, members):
                waited = self._clock.now() - members[0].received_at
                self._measures.took("wait", waited.total_seconds())
                with self._measures.timed("turn", conversation=conversation):
                    if not await self._answered_late(snapshot):
                        await self._run(snapshot, members, anew=anew)
            return _Then.MORE
        except StaleConversation:
            return _Then.ANEW if anew else _Then.MORE
        except Exception as error:
            return _Then.MORE if await self._set_aside(snapshot, members, error) else _Then.NOTHING

    async def _set_aside(self, snapshot: Snapshot, members: Sequence[InboxMessage], error: Exception) -> bool:
        """After some attempts a person is called and the patient told; True when that is done."""
        attempts = self._attempts.made(members)
        self._measures.turn_failed()
        log.error(
            "turn_failed",
            conversation=snapshot.contact.id,
            error=type(error).__name__,
            at=place_of(error),
            attempts=attempts,
        )
        if attempts < MOST and not isinstance(error, TurnDoesNotSettle):
            self._gathering.wake_later(snapshot.contact.id, 0.2 * 2**attempts)
            return False
        await self._give_up(snapshot, members)
        return True

    async def _give_up(self, snapshot: Snapshot, members: Sequence[InboxMessage]) -> None:
        now = self._clock.now()
        turn = turn_id(snapshot, members)
        language = str((snapshot.state or {}).get("language") or self._practice.languages[0])
        text = APOLOGY.get(language, APOLOGY["en"])
        state = snapshot.state or self._new_conversation(snapshot).to_json()
        await self._commit(
            TurnCommit(
                turn=turn,
                conversation=snapshot.contact.id,
                version=snapshot.version,
                epoch=snapshot.epoch,
                at=now,
                finished_at=now,
                members=tuple(m.id for m in members),
                state=state,
                journal={
                    "content": self._assistant.version,
                    "turn": state["turn_number"],
                    "language": language,
                    "given_up": True,
                },
                replies=(StagedReply(id=reply_id(turn, 0), reply=Reply(text=text), notice=True),),
                owner=QUEUE if snapshot.owner in (BOT, CLOSED) else None,
                handoff=self._staged_handoff(snapshot, "error", urgent=False, waits=True, at=now),
                set_aside=True,
            )
        )
        self._attempts.forget(members)

    async def _answered_late(self, snapshot: Snapshot) -> bool:
        """Whether what waits is of long ago (service.lateness) and now is answered, all of it at once."""
        at = self._clock.now()
        late = late_ones(snapshot, at=at, late=self._late)
        if not late:
            return False
        text = "\n".join(message.text for message in late if message.text)
        conversation, known = self._conversation(snapshot, snapshot.owner), snapshot.state is not None
        language = conversation.language
        if text:
            heard = await self._reader.understand(text, self._assistant, conversation, at=at, known=known)
            if heard.red_flag:
                return False
            language = heard.language
        turn = turn_id(snapshot, late)
        answered = is_answered(snapshot, late)
        alone = not self._restraint.is_silent(snapshot)
        reply = sorry(language, self._facts_of_waiting(language, at), alone=alone)
        made = () if answered else (with_tokens(reply, snapshot.contact.id, self._tokens, at=at),)
        await self._commit(
            TurnCommit(
                turn=turn,
                conversation=snapshot.contact.id,
                version=snapshot.version,
                epoch=snapshot.epoch,
                at=at,
                finished_at=at,
                members=tuple(m.id for m in late),
                state=snapshot.state or conversation.to_json() | {"language": language},
                journal={
                    "content": self._assistant.version,
                    "turn": conversation.turn_number,
                    "language": language,
                    "text": text,
                    "given_up": True,
                    "replies": [reply.text for reply in made],
                },
                replies=tuple(StagedReply(id=reply_id(turn, 0), reply=reply, notice=True) for reply in made),
                owner=None if answered else QUEUE,
                handoff=None
                if answered
                else self._staged_handoff(snapshot, "late", urgent=False, waits=True, at=at),
                told_late=not answered,
            )
        )
        return True

    # -- one turn -----------------------------------------------------------------------------------------

    async def _run(self, snapshot: Snapshot, members: Sequence[InboxMessage], *, anew: bool = False) -> None:
        begun = snapshot.begun
        paused = self._restraint.is_silent(snapshot) and not is_person(snapshot.owner)
        conversation = self._conversation(snapshot, QUEUE if paused else snapshot.owner)
        progress = Progress(
            turn=turn_id(snapshot, members),
            at=begun.at if begun else self._clock.now(),
            begun=conversation,
            conversation=conversation,
            assistant=await self._content_of(conversation),
            paused=paused,
            anew=anew,
        )
        self._probe.at("understanding")
        fixed = self._fixed(snapshot, members, progress)
        if fixed is not None:
            await self._commit(fixed)
            return
        await self._take_up(snapshot, members, progress)
        heard = await self._hear(snapshot, members, progress)
        progress.handed_back = isinstance(heard.event, HandedBack)
        try:
            await self._advance(snapshot, members, progress, heard.event)
            await self._commit(self._outcome(snapshot, members, progress, heard))
        except BookingError as refusal:
            await self._record_refusal(snapshot, members, progress, refusal)
            raise StaleConversation(snapshot.contact.id) from refusal

    def _conversation(self, snapshot: Snapshot, owner: str) -> Conversation:
        state = snapshot.state
        kept = Conversation.from_json(dict(state)) if state else self._new_conversation(snapshot)
        return as_owned(kept, owner)

    async def _content_of(self, conversation: Conversation) -> Assistant:
        """What is under way ends in the content in which it began, as long as that is kept (17.5)."""
        version = conversation.version
        if not conversation.stack or version is None or version == self._assistant.version:
            return self._assistant
        return await asyncio.to_thread(self._pinned, version) or self._assistant

    def _new_conversation(self, snapshot: Snapshot) -> Conversation:
        return Conversation.new(snapshot.contact.id, language=self._practice.languages[0])

    async def _take_up(self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress) -> None:
        """Where the patient answers a message that we began, the dialogue stands at that message."""
        if self._outreach is None:
            return
        taken = await self._outreach.taken_up(
            progress.conversation, snapshot, members, assistant=self._assistant, at=progress.at
        )
        if taken is not None:
            progress.taken = taken
            progress.begun = progress.conversation = taken.conversation
            progress.assistant = await self._content_of(taken.conversation)

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

    async def _hear(self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress) -> Heard:
        conversation, contact = progress.conversation, snapshot.contact
        members = as_said(members)
        first = members[0]
        link = begins(members, self._practice.links, progress.assistant)
        chosen = self._chosen(snapshot, first, progress.at)
        if first.kind in (HANDED_BACK, PAUSED) or chosen == GO_ON:
            facts = self._facts_at(progress.at, conversation.language)
            return Heard(event=HandedBack(at=progress.at, channel=contact.address.channel, facts=facts))
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
            commands = await self._asked(progress, wordless(first) or (MediaReceived(kind),), text=text)
            return Heard(event=self._event(snapshot, progress, text, commands, None), text=text)
        else:
            text = "\n".join(m.text or "" for m in members)
        known = snapshot.state is not None
        with self._measures.timed("understanding", turn=progress.turn):
            understanding = await self._reader.understand(
                text, progress.assistant, conversation, at=progress.at, known=known
            )
        commands = commands_for(understanding, conversation, progress.assistant)
        commands = with_beginning(about_something_older(members, understanding, commands), link)
        commands = with_choice(
            commands, understanding, progress.assistant, languages=self._practice.languages
        )
        commands = await self._asked(progress, commands, understanding, text=text)
        return Heard(
            event=self._event(snapshot, progress, text, commands, understanding),
            text=text,
            understanding=understanding,
        )

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
        if payload in CHOICES:  # nobody waits any more
            return (StaleTap(),), title
        _, payload = marked(payload)
        commands = payload_commands(payload, progress.assistant, progress.conversation)
        return commands, payload if commands is None else title

    def _facts_at(self, at: datetime, language: str) -> Mapping[str, Any]:
        return {
            **self._facts(language),
            "opens_at": self._opens_at(language, self._wall.wall(at).replace(microsecond=0)),
        }

    def _event(
        self,
        snapshot: Snapshot,
        progress: Progress,
        text: str,
        commands: tuple[Command, ...],
        understanding: Understanding | None,
    ) -> PatientWrote:
        language = understanding.language if understanding else progress.conversation.language
        return PatientWrote(
            at=progress.at,
            text=text,
            commands=commands,
            channel=snapshot.contact.address.channel,
            language=language,
            facts=self._facts_at(progress.at, language),
            latest_message=latest_message(text, understanding),
            queued=snapshot.owner == QUEUE,
        )

    async def _advance(
        self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress, event: Event
    ) -> None:
        known = {entry.number: entry for entry in snapshot.begun.entries} if snapshot.begun else {}
        number = 0
        while True:
            progress.conversation, effects = advance(progress.assistant, progress.conversation, event)
            progress.effects += effects
            call = effects[-1] if effects and isinstance(effects[-1], RunAction) else None
            if call is None:
                return
            number += 1
            if number > _ACTIONS_A_TURN:
                raise TurnDoesNotSettle(call.name)
            entry = known.get(number)
            if entry is None or entry.result is None or not self._keep_ledger:
                entry = await self._perform(snapshot, members, progress, call, number, entry)
            assert entry.result is not None
            result = entry.result
            progress.outcomes.append((call.name, self._outcome_of(call.name, result, progress.assistant)))
            event = ActionReturned(
                at=progress.at,
                call=call.call,
                events=tuple(result["events"]),
                responses=tuple(result["responses"]),
                failed=result["failed"],
            )

    async def _perform(
        self,
        snapshot: Snapshot,
        members: Sequence[InboxMessage],
        progress: Progress,
        call: RunAction,
        number: int,
        recorded: LedgerEntry | None,
    ) -> LedgerEntry:
        """Runs an action and makes its result durable, unless it wrote to the embedded diary: that commits
        with the turn, or before the next action."""
        await self._flush(snapshot, members, progress)
        key = recorded.key if recorded else uuid.uuid5(uuid.UUID(progress.turn), f"action {number}").hex
        if not self._keep_ledger:
            key = uuid.uuid4().hex
        self._probe.at("action")
        asked = ActionCall(
            name=call.name,
            tracker=call.tracker,
            key=key,
            contact=snapshot.contact.id,
            channel=snapshot.contact.address.channel,
            phone=snapshot.contact.address.phone,
            language=progress.conversation.language,
            at=progress.at,
            handed_back=progress.handed_back,
        )
        with self._measures.timed("action", turn=progress.turn, action=call.name):
            result = await self._actions.run(asked)
        self._probe.at("between action and commit")
        entry = LedgerEntry(
            number=number,
            action=call.name,
            key=key,
            arguments={"slots": call.tracker.get("slots", {})},
            result=as_json(result),
        )
        if not self._keep_ledger:
            await self._store.write_diary(result.writes)
        elif result.writes:
            progress.writes += result.writes
            progress.riding.append(entry)
        else:
            await self._record(snapshot, members, progress, entry)
        return entry

    async def _flush(self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress) -> None:
        """Nothing may follow a diary write before it is durable."""
        if progress.riding:
            entry = progress.riding[-1]
            await self._record(snapshot, members, progress, entry, tuple(progress.writes))
            progress.riding.clear()
            progress.writes.clear()

    async def _record(
        self,
        snapshot: Snapshot,
        members: Sequence[InboxMessage],
        progress: Progress,
        entry: LedgerEntry,
        writes: tuple[DiaryWrite, ...] = (),
    ) -> None:
        await self._store.record(
            snapshot,
            turn=progress.turn,
            at=progress.at,
            members=[m.id for m in members],
            entry=entry,
            writes=writes,
        )

    async def _record_refusal(
        self,
        snapshot: Snapshot,
        members: Sequence[InboxMessage],
        progress: Progress,
        refusal: BookingError,
    ) -> None:
        """The database refused a staged diary write: that is what the action came to."""
        entry = progress.riding[-1]
        declared = progress.assistant.actions[entry.action].outcome
        event = {"event": "slot", "name": declared.slot, "value": refusal.outcome} if declared else None
        result = {
            "events": [event] if event else [],
            "responses": [],
            "failed": None if event else "exception",
        }
        await self._record(snapshot, members, progress, replace(entry, result=result))

    def _outcome_of(self, action: str, result: Mapping[str, Any], assistant: Assistant) -> str:
        if result["failed"]:
            return str(result["failed"])
        declared = assistant.actions.get(action)
        slot = declared.outcome.slot if declared and declared.outcome else None
        values = [e.get("value") for e in result["events"] if slot and e.get("name") == slot]
        return str(values[-1]) if values else "done"

    # -- while a patient waits for a person ---------------------------------------------------------------

    def _chosen(self, snapshot: Snapshot, tap: InboxMessage, at: datetime) -> str | None:
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
        return payload if payload == SHOW_ANSWER or (waits and payload in CHOICES) else None

    def _fixed(
        self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress
    ) -> TurnCommit | None:
        """A turn of fixed words, which leaves the dialogue as it was; None: it is the engine's."""
        first, contact, language = members[0], snapshot.contact.id, progress.conversation.language
        chosen = self._chosen(snapshot, first, progress.at)
        alone = not progress.paused and snapshot.draft is None
        if chosen == GO_ON and not alone:
            chosen = KEEP_WAITING
        withdrawn = first.kind == PAUSED and (progress.paused or snapshot.owner != BOT)
        too_soon = first.kind == HANDED_BACK and self._restraint.is_silent(snapshot)
        if not (first.kind == PROMISE_BROKEN or withdrawn or too_soon or chosen in _FIXED_CHOICES):
            return None
        facts = self._facts_of_waiting(language, progress.at)
        made: list[Reply] = []
        owner = handoff = None
        if chosen == SHOW_ANSWER:
            made = []  # their tap has let out what waited (`bot.storage.fates`)
        elif chosen:
            made = [answer(chosen, language, facts)]
            if chosen == KEEP_WAITING:
                handoff = self._staged_handoff(snapshot, "asked", urgent=False, waits=True, at=progress.at)
        elif withdrawn and snapshot.owner == BOT:
            made, owner = [notice(language, facts)], QUEUE
            handoff = self._staged_handoff(snapshot, PAUSED, urgent=False, waits=True, at=progress.at)
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
                "content": self._assistant.version,
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

    def _still_waits(self, snapshot: Snapshot, progress: Progress) -> bool:
        waits = snapshot.owner == QUEUE or snapshot.draft is not None
        return waits and may_write(progress.conversation, progress.at)

    def _facts_of_waiting(self, language: str, at: datetime) -> dict[str, Any]:
        when = when_staff_answer(self._practice, language, self._wall.wall(at))
        return {**self._facts(language), "staff_when": when}

    def _staged_handoff(
        self, snapshot: Snapshot, reason: str, *, urgent: bool, waits: bool, at: datetime
    ) -> StagedHandoff:
        """`waits`: the patient has been told that a person answers. While one does, nothing is promised."""
        promised = None
        if waits and not is_person(snapshot.owner):
            promised = promise(self._practice, urgent=urgent, at=at)
        return StagedHandoff(reason=reason, urgent=urgent, promise=promised)

    # -- the end of a turn --------------------------------------------------------------------------------

    def _outcome(
        self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress, heard: Heard
    ) -> TurnCommit:
        contact = snapshot.contact.id
        utters = [e for e in progress.effects if isinstance(e, Utter)]
        handoffs = [e for e in progress.effects if isinstance(e, OpenHandoff)]
        alerts = [e for e in progress.effects if isinstance(e, AlertStaff)]
        finished = self._clock.now()
        handoff = None
        if handoffs or alerts:
            reason = handoffs[-1].reason if handoffs else alerts[-1].reason
            urgent = any(a.urgent for a in alerts)
            handoff = self._staged_handoff(snapshot, reason, urgent=urgent, waits=bool(handoffs), at=finished)
        anew = progress.anew or snapshot.owner == CLOSED or isinstance(heard.event, HandedBack)
        owner = BOT if anew else None
        if handoffs and snapshot.owner in (BOT, CLOSED):
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

    async def _commit(self, commit: TurnCommit) -> None:
        self._probe.at("commit")
        with self._measures.timed("commit", turn=commit.turn):
            head = await self._store.commit(commit)
        self._probe.at("idle")
        if head is not None:
            self._delivery.send(head)
        elif commit.replies:
            self._delivery.wake(commit.conversation)
        if commit.handoff is not None:
            self._alerts.ring()
        self._changes.ring()

"""Turns: one at a time for each conversation, safe to run again after a crash at any point.

What a patient types within the gathering pause is one turn; a tap is a turn at once. A turn works with
one moment and one set of messages; both are fixed with the first recorded action.

A turn is loaded (`Store.load`), heard (`service.listening`), run from action to action
(`service.action_runs`), ended (`service.turn_endings`) and committed; or it is one of fixed words
(`service.fixed_turns`).
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from enum import Enum, auto

import structlog

from bot.dialogue import Assistant
from bot.dialogue.events import HandedBack
from bot.domain.conversation import InboundKind
from bot.domain.pipeline import QUEUE, InboxMessage, Snapshot, TurnCommit, is_person
from bot.domain.practice import Practice
from bot.errors import BookingError, StaleConversation
from bot.ports import Actions, Clock, Store
from bot.service.changes import Changes
from bot.service.delivery import Delivery
from bot.service.hearing.lateness import LATE
from bot.service.hearing.understanding import Reader
from bot.service.inbox.switches import SwitchBoard
from bot.service.outreach.answers import OutreachAnswers
from bot.service.sending.tokens import TapTokens
from bot.service.turns.action_runs import ActionRuns, TurnDoesNotSettle
from bot.service.turns.attempts import MOST, Attempts
from bot.service.turns.content import RunningContent
from bot.service.turns.endings import TurnEndings
from bot.service.turns.fixed import FixedTurns
from bot.service.turns.gathering import Gathering
from bot.service.turns.in_words import InWords
from bot.service.turns.known_facts import KnownFacts
from bot.service.turns.listening import Listening
from bot.service.turns.restraint import Restraint
from bot.service.turns.turn import Progress, conversation_of, goes_on, members_of, place_of, turn_id
from bot.service.turns.turnstile import Turnstile
from bot.service.upkeep.measures import Measures
from bot.service.upkeep.probe import Probe
from bot.service.waiting.alerts import Alerts

log = structlog.get_logger(__name__)


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
        self._practice = practice
        self._clock = clock
        self._delivery = delivery
        self._alerts = alerts
        self._changes = changes
        self._probe = probe
        self._worker = worker
        self._measures = measures = measures or Measures(practice.id)
        self._turnstile = turnstile or Turnstile()
        self._attempts = Attempts(store, counts_first=count_attempts_first)
        facts = KnownFacts(practice)
        self.contents = RunningContent(assistant, pinned)
        self._restraint = Restraint(practice, switches=switches, tokens=tokens, facts=facts.of_waiting)
        self._fixed = FixedTurns(
            practice=practice,
            contents=self.contents,
            clock=clock,
            tokens=tokens,
            facts=facts,
            restraint=self._restraint,
            reader=reader,
            late=late,
        )
        self.listening = Listening(
            practice=practice,
            contents=self.contents,
            reader=reader,
            tokens=tokens,
            facts=facts,
            fixed=self._fixed,
            measures=measures,
            outreach=outreach,
        )
        self.runs = ActionRuns(
            store=store, actions=actions, probe=probe, measures=measures, keep_ledger=keep_ledger
        )
        self._endings = TurnEndings(
            clock=clock,
            tokens=tokens,
            restraint=self._restraint,
            fixed=self._fixed,
            in_words=InWords(practice, assistant),
        )
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
                    if (late := await self._fixed.late(snapshot)) is not None:
                        await self._commit(late)
                    else:
                        await self._run(snapshot, members, anew=anew)
            return _Then.MORE
        except StaleConversation:
            return _Then.ANEW if anew else _Then.MORE
        except Exception as error:  # whatever it is: after some attempts a person gets the message
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
        await self._commit(self._fixed.given_up(snapshot, members))
        self._attempts.forget(members)

    # -- one turn -----------------------------------------------------------------------------------------

    async def _run(self, snapshot: Snapshot, members: Sequence[InboxMessage], *, anew: bool = False) -> None:
        begun = snapshot.begun
        paused = self._restraint.is_silent(snapshot) and not is_person(snapshot.owner)
        conversation = conversation_of(
            snapshot, QUEUE if paused else snapshot.owner, language=self._practice.languages[0]
        )
        progress = Progress(
            turn=turn_id(snapshot, members),
            at=begun.at if begun else self._clock.now(),
            begun=conversation,
            conversation=conversation,
            assistant=await self.contents.of(conversation),
            paused=paused,
            anew=anew,
        )
        self._probe.at("understanding")
        fixed = self._fixed.instead(snapshot, members, progress)
        if fixed is not None:
            await self._commit(fixed)
            return
        await self.listening.take_up(snapshot, members, progress)
        heard = await self.listening.hear(snapshot, members, progress)
        progress.handed_back = isinstance(heard.event, HandedBack)
        try:
            await self.runs.advance(snapshot, members, progress, heard.event)
            await self._commit(self._endings.of(snapshot, members, progress, heard))
        except BookingError as refusal:
            await self.runs.refused(snapshot, members, progress, refusal)
            raise StaleConversation(snapshot.contact.id) from refusal

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

"""Sends the outbox: one conversation's messages strictly in order, each at most once as far as anybody can
know.

Meta's API has no idempotency key. A request that got no answer may have been delivered, so it is
*uncertain*: we wait for the status webhook that carries our own id back, and repeat it once only when
none came in time in which it could have come (`bot.service.sending.reachability`).

What the channel refuses is dealt with by its code (`bot.domain.verdicts`). Where it refuses everything, says
that we are too fast, or is not there, the whole account waits (`bot.service.sending.lines`), and nothing is
lost.

Who owns the conversation is looked at again right before a request is made, and whether the assistant may
speak at all: between the commit of a reply and its posting a person may have taken over, or paused it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.conversation import FateUnknown, InboundKind, Refused, SendAction, Sent
from bot.domain.pipeline import BOT, LateRefusal, OutboxMessage, OutboxState
from bot.ports import Channel, Clock, Store
from bot.service.changes import Changes
from bot.service.inbox.switches import SwitchBoard
from bot.service.sending.lines import Line, Lines
from bot.service.sending.pacing import Pacing
from bot.service.sending.reachability import Reachability
from bot.service.sending.typing import Typing
from bot.service.turns.gathering import LAST_WORDS
from bot.service.upkeep.measures import Measures
from bot.service.upkeep.probe import Probe

log = structlog.get_logger(__name__)

_SENDS_OF_UNKNOWN_FATE = 2
#: Seconds that a message may be held while it counts as being sent.
_SHORT = 3.0


async def _nobody_hears(channel: str, code: int | None, subcode: int | None) -> None:
    return None


class Delivery:
    """A task per conversation that has something to send; nothing runs for the others."""

    def __init__(
        self,
        *,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        changes: Changes,
        probe: Probe,
        switches: SwitchBoard,
        held_back: Callable[[str], None] = lambda conversation: None,
        wait_for_status: float = 10.0,
        resend_blindly: bool = False,
        look_again_at_owner: bool = True,
        measures: Measures | None = None,
        pacing: Pacing | None = None,
        reachability: Reachability | None = None,
        stopped: Callable[[str, int | None, int | None], Awaitable[None]] = _nobody_hears,
        told: Callable[[], None] = lambda: None,
        typing: Typing | None = None,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._changes = changes
        self._probe = probe
        self._switches = switches
        self._held_back = held_back  # called for each conversation whose patient now waits for a person
        self._wait_for_status = wait_for_status
        self._resend_blindly = resend_blindly  # the crash test's twin: what everybody else does
        self._measures = measures or Measures("")
        self._look_again_at_owner = look_again_at_owner  # off only in the twin of the take-over races
        self._lines = Lines()
        self._pacing = pacing
        self._reachability = reachability or Reachability(clock)
        self._typing = typing
        self._told = told  # called when staff have something to hear
        self._stopped = stopped  # a channel refuses everything, with this code: called once
        self._running: dict[str, asyncio.Task[None]] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self._posted: set[str] = set()  # requests of this process whose outcome is not stored yet
        self._repeats: dict[str, bool] = {}  # about to be sent again -> whether a status has come meanwhile
        self._stopping = False

    @property
    def status_deadline(self) -> timedelta:
        return timedelta(seconds=0 if self._resend_blindly else self._wait_for_status)

    def wake(self, conversation: str, kind: InboundKind | None = None) -> None:
        """Something was queued, or a status moved something."""
        self._start(conversation, None)

    def look_again(self) -> None:
        """Moments at which something is decided have changed."""
        for bell in self._bells.values():
            bell.set()

    def send(self, message: OutboxMessage) -> None:
        """This one is stored as being sent already and nothing waits before it."""
        self._start(message.contact.id, message)

    async def refused_later(self, refusal: LateRefusal) -> None:
        """The channel took a message and says by a status that the account may not send: what it says now
        counts, and that it takes messages proves nothing for a while."""
        if self._lines.stopped_later((refusal.channel, refusal.account), self._clock.now()):
            log.error("account_refuses_everything", channel=refusal.channel, code=refusal.code)
            await self._stopped(refusal.channel, refusal.code, None)
            self._told()

    def status_came(self, outbox_id: str) -> None:
        """A status names this message; what it says is about to be stored."""
        if outbox_id in self._repeats:
            self._repeats[outbox_id] = True

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    async def stop(self) -> None:
        """Lets requests that are on their way finish; what is not sent yet stays in the outbox."""
        self._stopping = True
        for bell in self._bells.values():
            bell.set()
        if self._running:
            _, unfinished = await asyncio.wait(self._running.values(), timeout=LAST_WORDS)
            for task in unfinished:
                task.cancel()

    def _start(self, conversation: str, head: OutboxMessage | None) -> None:
        if self._stopping:
            return
        if conversation in self._running:
            self._bells[conversation].set()
            return
        self._bells[conversation] = asyncio.Event()
        task = asyncio.create_task(self._empty(conversation, head), name=f"delivery {conversation}")
        self._running[conversation] = task
        task.add_done_callback(lambda done: self._finished(conversation, done))

    def _finished(self, conversation: str, task: asyncio.Task[None]) -> None:
        del self._running[conversation]
        bell = self._bells.pop(conversation)
        self._changes.ring()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery_failed", conversation=conversation, error=type(error).__name__)
            asyncio.get_running_loop().call_later(5, self._start, conversation, None)
        elif bell.is_set():
            self._start(conversation, None)

    async def _empty(self, conversation: str, head: OutboxMessage | None) -> None:
        bell = self._bells[conversation]
        line: Line | None = None
        asks = False  # whether this conversation's next message may be the one that asks for all
        try:
            while not self._stopping:
                bell.clear()  # before anything is looked at: what rings from here on is news
                if asks and head is None and line and (shut := self._shut(line, conversation)) > 0:
                    await _wait_for(bell, shut)
                    continue
                message = head or await self._store.next_to_send(conversation)
                if message is None:
                    return
                head, line, asks = None, _line_of(message), message.state is OutboxState.SENDING
                if message.state is OutboxState.SENDING:
                    if await self._may_leave(message, line, bell):
                        await self._post_once(message)
                        asks = False  # it may have arrived, or wait: first look what comes next
                    continue
                patience = self._patience(message)
                if patience > 0:
                    await _wait_for(bell, patience)
                elif message.state is OutboxState.UNCERTAIN:
                    await self._decide(message, line, bell)
        finally:
            if line is not None:
                self._lines.let_go(line, conversation, self._clock.now())

    def _shut(self, line: Line, conversation: str) -> float:
        return self._lines.closed_for(line, conversation, self._clock.now())

    async def _may_leave(self, message: OutboxMessage, line: Line, bell: asyncio.Event) -> bool:
        """Whether it may be posted now. A short pause is waited out; before a longer one it is taken back, so
        that it stands in the queue as what it is."""
        while not self._stopping:
            pause = self._shut(line, message.contact.id)
            if pause <= 0 and self._pacing is not None:
                # The account may be shut while this waits its turn.
                pause = await self._pacing.admit(line, message.contact.id) or self._shut(
                    line, message.contact.id
                )
            if pause <= 0:
                return True
            if pause > _SHORT:
                await self._store.take_back(message)
                await _wait_for(bell, pause)
                return False
            await asyncio.sleep(pause)
        await self._store.take_back(message)
        return False

    def _patience(self, message: OutboxMessage) -> float:
        """Seconds until something is to be decided. A wait for a status counts only while one could come."""
        left = message.not_before - self._clock.now()
        if message.state is OutboxState.UNCERTAIN and not self._resend_blindly and left <= timedelta(0):
            wait = self.status_deadline
            left = self._reachability.left_of(wait, since=message.not_before - wait)
            silent = self._lines.silent_for(_line_of(message), self._clock.now())
            return max(left.total_seconds(), silent)
        return left.total_seconds()

    async def _post_once(self, message: OutboxMessage) -> None:
        """A request whose outcome could not be stored has an unknown fate, like one without an answer."""
        if message.id in self._posted:
            await self._settle_as_unknown(message)
        else:
            self._posted.add(message.id)
            await self._post(message)
        self._posted.discard(message.id)

    async def _post(self, message: OutboxMessage) -> None:
        channel = self._channels[message.contact.address.channel]
        reply = replace(message.reply, by_human_agent=message.by_human_agent)
        rendered = channel.render(reply, message.contact.address, outbox_id=message.id)
        if rendered.fallback:
            log.warning("reply_fell_back", outbox=message.id, how=rendered.fallback)
        if self._typing is not None:
            await self._typing.over(message.contact.id)
        self._probe.at("sending")
        leaves_before = self._store.leaves_before()  # asked first: it holds for what is looked at now
        if self._look_again_at_owner and self._store.has_moved(message):
            await self._store.take_back(message)
            return
        if self._is_silenced(message):
            await self._store.hold_back(message)
            self._held_back(message.contact.id)
            return
        rendered = replace(rendered, leaves_before=leaves_before)
        called_off = self._repeats.get(message.id) and not self._resend_blindly
        if called_off:  # its status is stored in a moment; were it not, the wait begins anew
            await self._settle_as_unknown(message)
            return
        outcome = await channel.send(rendered, message.contact.address)
        match outcome:
            case Sent(message_id=message_id):
                if self._lines.sent(_line_of(message), self._clock.now()):
                    self.look_again()
                await self._store.settle(message, state=OutboxState.SENT, message_id=message_id)
            case FateUnknown(reason=reason):
                log.warning("send_uncertain", outbox=message.id, reason=reason)
                if self._lines.unanswered(_line_of(message), self._clock.now()) > 0:
                    self.look_again()  # this one waits: another has to ask
                await self._settle_as_unknown(message)
            case Refused():
                await self._refused(message, outcome)
        self._probe.at("idle")
        self._changes.ring()

    async def _settle_as_unknown(self, message: OutboxMessage) -> None:
        deadline = self._clock.now() + self.status_deadline
        await self._store.settle(message, state=OutboxState.UNCERTAIN, not_before=deadline)

    def _is_silenced(self, message: OutboxMessage) -> bool:
        """Whether the assistant was paused after it had this to say."""
        of_its_own = message.author == BOT and not (message.exempt or message.notice)
        return of_its_own and self._switches.now.is_paused(message.contact.address.channel)

    async def _decide(self, message: OutboxMessage, line: Line, bell: asyncio.Event) -> None:
        """The wait for a status is over and none came. One that comes while the repeat waits its turn, or is
        being made, still counts: the last thing before the request is to look."""
        if message.attempts >= _SENDS_OF_UNKNOWN_FATE and not self._resend_blindly:
            self._measures.reconciled("given_up")
            log.error("send_given_up", outbox=message.id, remedy="see whether the Graph API can be reached")
            await self._store.give_up(message)
            self._told()
            return
        if not await self._may_leave(message, line, bell):
            return
        if self._typing is not None:
            await self._typing.over(message.contact.id)
        self._repeats[message.id] = False
        try:
            again = await self._store.resend(message)
            self._measures.reconciled("sent_again" if again else "by_status")
            if again is not None:
                await self._post_once(again)
        finally:
            del self._repeats[message.id]

    async def _refused(self, message: OutboxMessage, refusal: Refused) -> None:
        line, now = _line_of(message), self._clock.now()
        news = False
        match refusal.action:
            case SendAction.STOP:
                pause, news = self._lines.stopped(line, now)
                refusal = replace(refusal, retry_after=pause)
            case SendAction.SLOW_DOWN:
                pause = self._lines.slowed(line, now, asked=refusal.retry_after)
                refusal = replace(refusal, retry_after=pause)
            case SendAction.RETRY:
                pause = self._lines.unanswered(line, now)
                if pause > 0 and refusal.code is None:  # nobody was there: not this message's own attempt
                    refusal = replace(refusal, action=SendAction.SLOW_DOWN, retry_after=pause)
            case SendAction.RETRY_ONCE:
                pass  # it may be the whole of Meta: that says nothing of our account
            case _:
                if self._lines.answered(line, message.contact.id, now):
                    self.look_again()
        decided = await self._store.refused(message, refusal)
        if decided is None:
            return
        log.warning(
            "send_refused",
            outbox=message.id,
            action=refusal.action,
            code=refusal.code,
            then=decided.state,
            seconds=decided.after.total_seconds(),
        )
        if news:
            log.error("account_refuses_everything", channel=line[0], code=refusal.code)
            await self._stopped(line[0], refusal.code, refusal.subcode)
        if decided.tell_staff or decided.state is OutboxState.WAITING:
            self._told()


def _line_of(message: OutboxMessage) -> Line:
    return message.contact.address.channel, message.contact.address.account


async def _wait_for(bell: asyncio.Event, seconds: float) -> None:
    """At once where it has rung since it was cleared."""
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        pass

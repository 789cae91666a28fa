"""Sends the outbox: one conversation's messages strictly in order, each at most once as far as anybody can
know.

Meta's API has no idempotency key. A request that got no answer may have been delivered, so it is
*uncertain*: we wait for the status webhook that carries our own id back, and repeat it once only when
none came in time.

Who owns the conversation is looked at again right before a request is made, and whether the assistant may
speak at all: between the commit of a reply and its posting a person may have taken over, or paused it.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from bot.domain.conversation import FateUnknown, InboundKind, Refused, SendAction, Sent
from bot.domain.pipeline import BOT, OutboxMessage, OutboxState
from bot.ports import Channel, Clock, Store
from bot.service.changes import Changes
from bot.service.probe import Probe
from bot.service.switches import SwitchBoard

log = structlog.get_logger(__name__)

#: Seconds before the n-th retry of what was certainly not delivered.
_BACKOFF = (1, 2, 4, 8, 16, 30, 60, 120, 300)
_PAIR_BACKOFF = (1, 4, 16, 64, 256)  # Meta: "retry after 4^X seconds, X from 0"
_STOPPED_FOR = 300
_GIVE_UP_AFTER = 60
_SENDS_OF_UNKNOWN_FATE = 2


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
        self._look_again_at_owner = look_again_at_owner  # off only in the twin of the take-over races
        self._running: dict[str, asyncio.Task[None]] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self._posted: set[str] = set()  # requests of this process whose outcome is not stored yet
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

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    async def stop(self) -> None:
        """Lets requests that are on their way finish; what is not sent yet stays in the outbox."""
        self._stopping = True
        for bell in self._bells.values():
            bell.set()
        if self._running:
            _, unfinished = await asyncio.wait(self._running.values(), timeout=5)
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
        while not self._stopping and (message := head or await self._store.next_to_send(conversation)):
            head = None
            if message.state is OutboxState.SENDING:
                await self._post_once(message)
                continue
            patience = (message.not_before - self._clock.now()).total_seconds()
            if patience > 0:
                bell.clear()
                await _wait(bell, patience)
            elif message.state is OutboxState.UNCERTAIN:
                head = await self._decide(message)

    async def _post_once(self, message: OutboxMessage) -> None:
        """A request whose outcome could not be stored has an unknown fate, like one without an answer."""
        if message.id in self._posted:
            deadline = self._clock.now() + self.status_deadline
            await self._store.settle(message, state=OutboxState.UNCERTAIN, not_before=deadline)
        else:
            self._posted.add(message.id)
            await self._post(message)
        self._posted.discard(message.id)

    async def _post(self, message: OutboxMessage) -> None:
        channel = self._channels[message.contact.address.channel]
        rendered = channel.render(message.reply, message.contact.address, outbox_id=message.id)
        if rendered.fallback:
            log.warning("reply_fell_back", outbox=message.id, how=rendered.fallback)
        self._probe.at("sending")
        if self._look_again_at_owner and self._store.has_moved(message):
            await self._store.take_back(message)
            return
        if self._is_silenced(message):
            await self._store.hold_back(message)
            self._held_back(message.contact.id)
            return
        outcome = await channel.send(rendered, message.contact.address)
        match outcome:
            case Sent(message_id=message_id):
                await self._store.settle(message, state=OutboxState.SENT, message_id=message_id)
            case FateUnknown(reason=reason):
                log.warning("send_uncertain", outbox=message.id, reason=reason)
                deadline = self._clock.now() + self.status_deadline
                await self._store.settle(message, state=OutboxState.UNCERTAIN, not_before=deadline)
            case Refused():
                await self._refused(message, outcome)
        self._probe.at("idle")
        self._changes.ring()

    def _is_silenced(self, message: OutboxMessage) -> bool:
        """Whether the assistant was paused after it had this to say."""
        of_its_own = message.author == BOT and not (message.exempt or message.notice)
        return of_its_own and self._switches.now.is_paused(message.contact.address.channel)

    async def _decide(self, message: OutboxMessage) -> OutboxMessage | None:
        """The wait for a status is over and none came."""
        if message.attempts < _SENDS_OF_UNKNOWN_FATE or self._resend_blindly:
            return await self._store.resend(message)
        log.error("send_given_up", outbox=message.id, remedy="see whether the Graph API can be reached")
        await self._store.settle(message, state=OutboxState.FAILED)
        return None

    async def _refused(self, message: OutboxMessage, refusal: Refused) -> None:
        again = _seconds_until_retry(refusal, message.attempts)
        if again is None or message.attempts >= _GIVE_UP_AFTER:
            log.error("send_refused", outbox=message.id, action=refusal.action, code=refusal.code)
            await self._store.settle(message, state=OutboxState.FAILED, error_code=refusal.code)
            return
        log.warning(
            "send_postponed", outbox=message.id, action=refusal.action, code=refusal.code, seconds=again
        )
        later = self._clock.now() + timedelta(seconds=again)
        await self._store.settle(message, state=OutboxState.QUEUED, not_before=later, error_code=refusal.code)


def _seconds_until_retry(refusal: Refused, attempts: int) -> float | None:
    """None: never again."""
    match refusal.action:
        case SendAction.RETRY:
            return max(_BACKOFF[min(attempts, len(_BACKOFF)) - 1], refusal.retry_after or 0)
        case SendAction.WAIT_FOR_PAIR:
            return _PAIR_BACKOFF[min(attempts, len(_PAIR_BACKOFF)) - 1]
        case SendAction.STOP:
            return _STOPPED_FOR
        case _:
            return None


async def _wait(bell: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        pass

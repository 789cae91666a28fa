"""How fast messages may leave: so many a second from one account, and one in six seconds to one person.

An account's pace is kept by all workers together: each takes a tenth of a second of it at a time from a
budget that they share (`Budget`), and sends evenly within. What a person was sent is read back from what went
out, so a burst is on credit with whichever worker goes on with the conversation, also after a start.
"""

import asyncio
import math
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.channels import INSTAGRAM, MESSENGER, WHATSAPP
from bot.ports import Clock
from bot.service.sending.lines import Line

#: Messages a second. WhatsApp counts what comes in, too; Meta raises the limit to 1,000 by itself for who has
#: that much to send, which nobody with a practice does.
A_SECOND: Mapping[str, float] = {WHATSAPP: 80, MESSENGER: 250, INSTAGRAM: 250}
#: A number that stays in the WhatsApp Business app.
COEXISTENCE = 20
#: Seconds of an account's time that a worker takes at once.
_LEASE = 0.1
#: Of what an account may send we use this much: what comes in counts as well, and no clock is exact.
_OURS = 0.9
#: Seconds that a message waits its turn as one that is being sent; with more ahead it is asked for again.
_IN_HAND = 3.0
#: WhatsApp: one message to one person costs six seconds, of which a burst may take 45 on credit.
_PAIR, _BURST = timedelta(seconds=6), 45
#: A burst that is older than this is paid.
PAID_AFTER = _PAIR * (_BURST + 1)
#: What is known of a person is good for so long where another worker may send to them.
_GOOD_FOR = timedelta(seconds=5)
_KEPT = 10_000


class Budget(Protocol):
    """An account's time, and what it was spent on."""

    is_shared: bool

    async def lease(self, line: Line, span: timedelta) -> timedelta:
        """Takes the next `span` of this account's time; nobody else gets any of it. Returns how long until it
        begins."""

    async def went_out(self, conversation: str, *, since: datetime) -> Sequence[datetime]:
        """When messages of this conversation went out, oldest first."""


@dataclass(slots=True)
class Pair:
    """What one person was sent, in one burst: `clear_at` is when it is paid."""

    began: datetime
    sent: int
    clear_at: datetime
    known_at: datetime

    def wait(self, now: datetime) -> float:
        """Seconds until the next message may go."""
        if now >= self.clear_at or (now - self.began < _PAIR and self.sent < _BURST):
            return 0
        return math.ceil((self.clear_at - now).total_seconds() * 1000) / 1000

    def count(self, now: datetime) -> None:
        self.known_at = now
        if now >= self.clear_at:
            self.began, self.sent, self.clear_at = now, 1, now + _PAIR
        else:
            self.sent += 1
            self.clear_at += _PAIR


def pair_of(went_out: Sequence[datetime], now: datetime) -> Pair:
    """The state that these messages leave behind."""
    pair = Pair(began=now, sent=0, clear_at=min(went_out, default=now), known_at=now)
    for at in went_out:
        pair.count(at)
    pair.known_at = now
    return pair


@dataclass(slots=True)
class _Lane:
    """One account's messages, one behind the other; a lease of `slots` moments, of which `used` are gone."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    begin: datetime | None = None
    slots: int = 0
    used: int = 0
    #: Who was told to come back, and when: each at a moment of their own, in the order in which they came.
    places: dict[str, datetime] = field(default_factory=dict)
    last_place: datetime | None = None

    def wait_outside(self, conversation: str, now: datetime, rate: float) -> float:
        """Seconds after which to come back, where more wait than can go soon; 0: come in."""
        place = self.places.get(conversation)
        if place is not None and place > now:
            return (place - now).total_seconds()
        ahead = self.waiting / rate
        if place is not None:
            if ahead <= 2 * _IN_HAND:
                del self.places[conversation]
                return 0
            return ahead
        if ahead <= _IN_HAND and (self.last_place is None or self.last_place <= now):
            return 0
        self.last_place = max(self.last_place or now, now + timedelta(seconds=ahead)) + timedelta(
            seconds=1 / rate
        )
        self.places[conversation] = self.last_place
        if len(self.places) > _KEPT:
            self.places = {who: at for who, at in self.places.items() if at > now}
        return (self.last_place - now).total_seconds()

    def next_slot(self, now: datetime, rate: float) -> float | None:
        """Seconds until the next moment of the lease; None when it is used up. A moment that has passed is
        gone."""
        if self.begin is None:
            return None
        passed = max(0, math.floor((now - self.begin).total_seconds() * rate))
        slot = max(self.used, passed)
        if slot >= self.slots:
            return None
        self.used = slot + 1
        return max(0.0, slot / rate - (now - self.begin).total_seconds())


class Pacing:
    """One process's. `a_second`: messages a second of an account; None knows no pace."""

    def __init__(
        self,
        clock: Clock,
        *,
        budget: Budget,
        a_second: Callable[[Line], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._budget = budget
        self._a_second = a_second
        self._sleep = sleep
        self._lanes: dict[Line, _Lane] = defaultdict(_Lane)
        self._pairs: OrderedDict[str, Pair] = OrderedDict()

    async def admit(self, line: Line, conversation: str) -> float:
        """Waits for this account's next moment and returns 0: the message may go, and is counted. Otherwise
        the seconds after which to ask again."""
        if self._a_second is None:
            return 0
        rate = self._a_second(line) * _OURS
        pair = await self._pair(conversation) if line[0] == WHATSAPP else None
        if pair is not None and (wait := pair.wait(self._clock.now())) > 0:
            return wait
        if math.isfinite(rate):
            lane = self._lanes[line]
            if (outside := lane.wait_outside(conversation, self._clock.now(), rate)) > 0:
                return outside
            await self._take_turn(line, lane, rate)
        if pair is not None:
            pair.count(self._clock.now())
        return 0

    async def _take_turn(self, line: Line, lane: _Lane, rate: float) -> None:
        lane.waiting += 1
        try:
            async with lane.turn:
                while (pause := lane.next_slot(self._clock.now(), rate)) is None:
                    slots = max(1, round(rate * _LEASE))
                    until = await self._budget.lease(line, timedelta(seconds=slots / rate))
                    lane.begin, lane.slots, lane.used = self._clock.now() + until, slots, 0
                if pause > 0:
                    await self._sleep(pause)
        finally:
            lane.waiting -= 1

    async def _pair(self, conversation: str) -> Pair:
        now = self._clock.now()
        pair = self._pairs.get(conversation)
        if pair is None or (self._budget.is_shared and now - pair.known_at > _GOOD_FOR):
            pair = pair_of(await self._budget.went_out(conversation, since=now - PAID_AFTER), now)
            self._pairs[conversation] = pair
            if len(self._pairs) > _KEPT:
                self._pairs.popitem(last=False)
        return pair

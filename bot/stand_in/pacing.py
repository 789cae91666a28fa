"""Meta's two send limits, as rules over instants.

Pair limit (whatsapp/about-the-platform): a message to one person costs six seconds. A burst of up to 45
within six seconds is allowed on credit, and then nothing more until as long has passed as the burst would
have taken.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class _Pair:
    burst_began: datetime
    sent_in_burst: int
    clear_at: datetime


class PairLimit:
    """How often one person may be written to."""

    def __init__(self, *, interval: float, burst: int, keep: int) -> None:
        self._interval = timedelta(seconds=interval)
        self._burst = burst
        self._keep = keep
        self._pairs: OrderedDict[str, _Pair] = OrderedDict()

    def allows(self, person: str, at: datetime) -> bool:
        """Whether a message may go now; counts it when it may."""
        if not self._interval:
            return True
        pair = self._pairs.get(person)
        if pair is None or at >= pair.clear_at:
            self._pairs[person] = _Pair(burst_began=at, sent_in_burst=1, clear_at=at + self._interval)
            self._pairs.move_to_end(person)
            if len(self._pairs) > self._keep:
                self._pairs.popitem(last=False)
            return True
        if at - pair.burst_began >= self._interval or pair.sent_in_burst >= self._burst:
            return False
        pair.sent_in_burst += 1
        pair.clear_at += self._interval
        return True


class Throughput:
    """Messages in and out within one second. What patients write counts and is never refused."""

    def __init__(self, *, per_second: int) -> None:
        self._per_second = per_second
        self._seen: deque[datetime] = deque(maxlen=max(per_second, 1))

    def count(self, at: datetime) -> None:
        self._seen.append(at)

    def allows(self, at: datetime) -> bool:
        """Whether a message may go now; counts it when it may."""
        if not self._per_second:
            return True
        full = len(self._seen) == self._per_second
        if full and at - self._seen[0] < timedelta(seconds=1):
            return False
        self.count(at)
        return True


class DailyShare:
    """What a Page may send within 24 hours: so many messages for each person who wrote to it in them.

    Messenger Platform, overview/rate-limiting: 200 times the number of engaged users.
    """

    def __init__(self, *, per_person: int) -> None:
        self._per_person = per_person
        self._engaged: OrderedDict[str, datetime] = OrderedDict()
        self._sent: deque[datetime] = deque()

    def engaged(self, person: str, at: datetime) -> None:
        self._engaged[person] = at
        self._engaged.move_to_end(person)

    def allows(self, at: datetime) -> bool:
        """Whether a message may go now; counts it when it may."""
        if not self._per_person:
            return True
        day_ago = at - timedelta(hours=24)
        while self._sent and self._sent[0] <= day_ago:
            self._sent.popleft()
        while self._engaged and next(iter(self._engaged.values())) <= day_ago:
            self._engaged.popitem(last=False)
        if len(self._sent) >= self._per_person * max(len(self._engaged), 1):
            return False
        self._sent.append(at)
        return True

"""How much comes in at once, and what is refused first when that is too much.

What waits to be stored is bounded. Statuses give way long before messages do: Meta sends both again, and a
status that comes late harms nobody. A message is never dropped; at worst it is not taken yet.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.domain.conversation import InboundEvent

MOST_BYTES = 64 * 1024 * 1024


class Pressure:
    """One process's. Limits count events between the webhook and their commit."""

    def __init__(self, *, statuses: int = 1_000, messages: int = 5_000, bytes_: int = MOST_BYTES) -> None:
        self._statuses = statuses
        self._messages = messages
        self._most_bytes = bytes_
        self._bytes = 0
        self.waiting = 0
        self.shed_statuses = 0
        self.refused_messages = 0

    @property
    def is_high(self) -> bool:
        """From here on statuses are refused, and whoever only looks at pages has to wait."""
        return self.waiting >= self._statuses or self._bytes >= self._most_bytes // 2

    def has_room_for(self, size: int) -> bool:
        """Whether a body may be read at all."""
        return self._bytes + size <= self._most_bytes

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Around a body in memory."""
        self._bytes += size
        try:
            yield
        finally:
            self._bytes -= size

    def takes(self, events: Sequence[InboundEvent]) -> bool:
        """Whether these may wait to be stored; refused otherwise, all of them."""
        if all(event.status is not None for event in events):
            if self.is_high:
                self.shed_statuses += len(events)
                return False
        elif self.waiting + len(events) > max(self._messages, len(events)):
            self.refused_messages += len(events)
            return False
        return True

    @contextmanager
    def storing(self, events: Sequence[InboundEvent]) -> Iterator[None]:
        """Around their commit."""
        self.waiting += len(events)
        try:
            yield
        finally:
            self.waiting -= len(events)

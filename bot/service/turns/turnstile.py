"""How many turns run at once, of all practices of a process, and whose is next.

A practice whose thousand patients write at the same moment must not keep the others' patients waiting: places
go round from practice to practice, and none has more than half of them where there are several.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: A turn mostly waits, for commits and for outside systems; what it holds meanwhile is its conversation.
PLACES = 128


class Turnstile:
    """Shared by the practices of a process."""

    def __init__(self, places: int = PLACES) -> None:
        self._free = places
        self._places = places
        self._inside: dict[str, int] = {}  # every practice that was ever here
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(len(queue) for queue in self._waiting.values())

    @asynccontextmanager
    async def through(self, practice: str) -> AsyncIterator[None]:
        """Around one turn."""
        self._inside.setdefault(practice, 0)
        if self._free and not self._waiting and self._may(practice):
            self._enter(practice)
        else:
            await self._wait(practice)
        try:
            yield
        finally:
            self._inside[practice] -= 1
            self._free += 1
            self._admit()

    def _may(self, practice: str) -> bool:
        most = self._places if len(self._inside) == 1 else max(1, self._places // 2)
        return self._inside[practice] < most

    def _enter(self, practice: str) -> None:
        self._free -= 1
        self._inside[practice] += 1

    async def _wait(self, practice: str) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(practice, deque()).append(place)
        self._admit()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # it was let in, and does not come
                self._inside[practice] -= 1
                self._free += 1
                self._admit()
            raise

    def _admit(self) -> None:
        """One of each practice in turn, for as long as there are places."""
        passed_over = 0
        while self._free and passed_over < len(self._waiting):
            practice, queue = next(iter(self._waiting.items()))
            self._waiting.move_to_end(practice)
            while queue and queue[0].done():  # gave up waiting
                queue.popleft()
            if queue and self._may(practice):
                queue.popleft().set_result(None)
                self._enter(practice)
                passed_over = 0
            else:
                passed_over += 1
            if not queue:
                del self._waiting[practice]
                passed_over = 0

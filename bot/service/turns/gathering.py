"""When conversations are answered: a task for each that has something to answer, nothing for the others.

What a patient types is answered after a pause, in which more of it may come.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

#: More conversations than these wait in the database alone, and are found there (bot.service.turns.backlog).
MOST_IN_MEMORY = 5_000
#: Seconds for what is under way when we are told to stop: with as many for sends, less than ten in all.
LAST_WORDS = 3.5
#: A patient who keeps typing is answered after this many pauses all the same.
_LONGEST = 4


class Gathering:
    """`answer` is never called twice at once for one conversation, and `finished` after each. `pause` is in
    seconds."""

    def __init__(
        self,
        answer: Callable[[str], Awaitable[None]],
        *,
        pause: float,
        finished: Callable[[], None],
    ) -> None:
        self._answer = answer
        self._pause = pause
        self._on_finished = finished
        self._due: dict[str, tuple[float, float]] = {}  # conversation -> (first heard, to be answered)
        self._bells: dict[str, asyncio.Event] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._later: set[str] = set()
        self._stopping = False

    def knows(self, conversation: str) -> bool:
        """Whether it will be answered without being woken."""
        return conversation in self._running or conversation in self._later

    def wake_later(self, conversation: str, seconds: float) -> None:
        self._later.add(conversation)
        asyncio.get_running_loop().call_later(seconds, self._wake_now, conversation)

    def _wake_now(self, conversation: str) -> None:
        self._later.discard(conversation)
        self.wake(conversation)

    def wake(self, conversation: str, *, patiently: bool = False) -> None:
        if len(self._running) >= MOST_IN_MEMORY and conversation not in self._running:
            return
        now = asyncio.get_running_loop().time()
        pause = self._pause if patiently else 0.0
        first, _ = self._due.get(conversation, (now, now))
        self._due[conversation] = (first, min(now + pause, first + _LONGEST * pause))
        if conversation in self._running:
            self._bells[conversation].set()
        elif not self._stopping:
            self._bells[conversation] = asyncio.Event()
            task = asyncio.create_task(self._answer_all(conversation), name=f"turns {conversation}")
            self._running[conversation] = task
            task.add_done_callback(lambda done: self._finished(conversation, done))

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    async def stop(self) -> None:
        """Finishes what runs."""
        self._stopping = True
        for bell in self._bells.values():
            bell.set()
        if self._running:
            _, unfinished = await asyncio.wait(self._running.values(), timeout=LAST_WORDS)
            for task in unfinished:
                task.cancel()

    def _finished(self, conversation: str, task: asyncio.Task[None]) -> None:
        del self._running[conversation], self._bells[conversation]
        self._on_finished()
        if not task.cancelled() and (error := task.exception()):
            log.error("turns_failed", conversation=conversation, error=type(error).__name__)
            self.wake_later(conversation, 1.0)
        elif conversation in self._due and not self._stopping:
            self.wake(conversation)

    async def _answer_all(self, conversation: str) -> None:
        loop = asyncio.get_running_loop()
        bell = self._bells[conversation]
        while conversation in self._due and not self._stopping:
            patience = self._due[conversation][1] - loop.time()
            if patience > 0:
                bell.clear()
                try:
                    async with asyncio.timeout(patience):
                        await bell.wait()
                except TimeoutError:
                    pass
                continue
            del self._due[conversation]
            await self._answer(conversation)

"""Something happens at the n-th await: deterministic interleaving for races.

Tasks whose coroutine has one of the given names are stepped through: each time one of them is about to wait,
a hook may run something to its end first. Whatever the task waits for is under way by then, finished or not.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

Hook = Callable[[], Awaitable[None] | None]


class Stepping:
    """Counts the awaits of the watched tasks from `begin` on; at number `at` it runs `act`, once."""

    def __init__(self, *watched: str) -> None:
        self._watched = watched
        self._act: Callable[[], Awaitable[None]] | None = None
        self._at = 0
        self.passed = 0

    def install(self) -> None:
        asyncio.get_running_loop().set_task_factory(self._task)

    def begin(self, at: int, act: Callable[[], Awaitable[None]]) -> None:
        self._at, self._act, self.passed = at, act, 0

    @property
    def has_acted(self) -> bool:
        return self._act is None

    def _task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **options: Any
    ) -> "asyncio.Task[Any]":
        # What closes an asynchronous generator is a coroutine, too, and has no name.
        if getattr(coroutine, "__qualname__", None) in self._watched:
            coroutine = _follow(_Stepped(coroutine, self._hook))
        return asyncio.Task(coroutine, loop=loop, **options)

    def _hook(self) -> Awaitable[None] | None:
        self.passed += 1
        if self._act is None or self.passed <= self._at:
            return None
        act, self._act = self._act, None
        return act()


class _Stepped:
    def __init__(self, coroutine: Coroutine[Any, Any, Any], hook: Hook) -> None:
        self._coroutine = coroutine
        self._hook = hook

    def __await__(self) -> Generator[Any, Any, Any]:
        error: BaseException | None = None
        while True:
            try:
                awaited = self._coroutine.throw(error) if error else self._coroutine.send(None)
            except StopIteration as end:
                return end.value
            error = None
            first = self._hook()
            if first is not None:
                yield from first.__await__()
            try:
                yield awaited
            except BaseException as raised:  # belongs to whoever waits, cancellation too
                error = raised


async def _follow(stepped: _Stepped) -> Any:
    return await stepped

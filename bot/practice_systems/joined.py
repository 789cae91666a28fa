"""Many who ask the same at the same time are answered together.

Whoever asks while an answer is being found out joins the next one, with everybody else who came meanwhile: so
nobody hears what was found out before they asked, and two hundred questions cost a few.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Joined(Generic[T]):
    """Answers by question. An error is everybody's who joined."""

    def __init__(self) -> None:
        self._begun: dict[Hashable, asyncio.Task[T]] = {}
        self._to_come: dict[Hashable, asyncio.Task[T]] = {}

    async def ask(self, question: Hashable, find_out: Callable[[], Awaitable[T]]) -> T:
        task = self._to_come.get(question)
        if task is None:
            task = asyncio.create_task(self._answer(question, find_out))
            self._to_come[question] = task
        return await asyncio.shield(task)

    async def _answer(self, question: Hashable, find_out: Callable[[], Awaitable[T]]) -> T:
        before = self._begun.get(question)
        if before is not None:
            await asyncio.wait([before])
        task = self._to_come.pop(question)
        self._begun[question] = task
        try:
            return await find_out()
        finally:
            del self._begun[question]

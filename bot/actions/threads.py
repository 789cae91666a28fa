"""Threads for actions that are written synchronously: as many as are needed, to a limit, and none that
keeps the program from ending."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from bot.errors import ChairsideError

T = TypeVar("T")


class AllBusy(ChairsideError):
    """Too many actions hang in their threads; nobody can stop them but themselves."""


class SpareThreads:
    """A thread a call, so that actions that never return cannot use up what everybody else works with."""

    def __init__(self, most: int = 32) -> None:
        self._free = threading.BoundedSemaphore(most)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises, context variables in place. Raises AllBusy."""
        if not self._free.acquire(blocking=False):
            raise AllBusy("too many actions are still running")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[T | None, BaseException | None]] = loop.create_future()
        context = contextvars.copy_context()

        def settle(value: T | None, error: BaseException | None) -> None:
            if not done.done():
                done.set_result((value, error))

        def in_thread() -> None:
            value, error = None, None
            try:
                value = context.run(work)
            except BaseException as raised:  # also exit(): it ends this call, not the program
                error = raised
            finally:
                self._free.release()
            with suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits
                loop.call_soon_threadsafe(settle, value, error)

        threading.Thread(target=in_thread, name="action", daemon=True).start()
        value, error = await done
        if error is not None:
            raise error
        return value  # type: ignore[return-value]  # without an error it is what `work` returned

"""Tells pages that something may have changed."""

import asyncio
from collections.abc import AsyncIterator


class Changes:
    """A bell that any number of listeners hear; rings that nobody fetched melt into one."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()

    def ring(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def next_ring(self) -> None:
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            await listener.wait()
        finally:
            self._listeners.discard(listener)

    async def subscribe(self) -> AsyncIterator[None]:
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            while True:
                await listener.wait()
                listener.clear()
                yield None
        finally:
            self._listeners.discard(listener)

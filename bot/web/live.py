"""Server-sent events: a page stays true without asking again."""

import asyncio
import dataclasses
import json
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import datetime
from typing import Any

from aiohttp import web

QUIET_SECONDS = (
    15.0  # a comment goes out after so much silence: proxies keep the line, and we notice who left
)


class _OpenStreams:
    """The tasks that feed open pages."""

    def __init__(self) -> None:
        self.tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()


_STREAMS = web.AppKey("streams", _OpenStreams)


def add_streams(app: web.Application) -> None:
    """Let streams end when the server stops, which would otherwise wait for them. Twice is once."""
    if _STREAMS in app:
        return
    app[_STREAMS] = _OpenStreams()
    app.on_shutdown.append(_end_streams)


async def _end_streams(app: web.Application) -> None:
    for task in list(app[_STREAMS].tasks):
        task.cancel()


def to_json(value: object) -> str:
    """Dataclasses become objects, moments ISO 8601."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


class Bell:
    """Wakes everybody who listens. Rings that nobody heard yet melt into one."""

    def __init__(self) -> None:
        self._ears: set[asyncio.Event] = set()

    def ring(self) -> None:
        for ear in self._ears:
            ear.set()

    @property
    def listeners(self) -> int:
        return len(self._ears)

    async def subscribe(self) -> AsyncIterator[None]:
        ear = asyncio.Event()
        self._ears.add(ear)
        try:
            while True:
                await ear.wait()
                ear.clear()
                yield
        finally:
            self._ears.discard(ear)


class Heard:
    """A source that remembers whether it ticked, for who listens to several."""

    def __init__(self, source: AsyncIterator[None]) -> None:
        self._source = source
        self._ticked = False

    async def ticks(self) -> AsyncGenerator[None]:
        try:
            async for _ in self._source:
                self._ticked = True
                yield
        finally:
            if isinstance(self._source, AsyncGenerator):
                await self._source.aclose()

    def fetch(self) -> bool:
        """Whether it ticked since this was asked last."""
        ticked, self._ticked = self._ticked, False
        return ticked


async def changes(*sources: AsyncIterator[None], quiet: float = QUIET_SECONDS) -> AsyncGenerator[bool]:
    """True at once, then whenever a source ticks; False after `quiet` seconds without one.

    Listens before the first True, so that nothing falls between a first look and the first tick.
    Ends when a source ends. Always close it (`contextlib.aclosing`).
    """
    waiting: dict[asyncio.Future[None], AsyncIterator[None]] = {_next(source): source for source in sources}
    try:
        await asyncio.sleep(0)
        yield True
        while True:
            done, _ = await asyncio.wait(waiting, timeout=quiet, return_when=asyncio.FIRST_COMPLETED)
            for tick in done:
                source = waiting.pop(tick)
                if isinstance(tick.exception(), _SourceEnded):
                    return
                tick.result()
                waiting[_next(source)] = source
            yield bool(done)
    finally:
        for tick in waiting:
            tick.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for source in sources:
            if isinstance(source, AsyncGenerator):
                await source.aclose()


def _next(source: AsyncIterator[None]) -> asyncio.Future[None]:
    async def tick() -> None:
        try:
            await anext(source)
        except StopAsyncIteration:
            raise _SourceEnded from None

    return asyncio.ensure_future(tick())


class _SourceEnded(Exception):
    """A task cannot raise StopAsyncIteration; it raises this."""


class Stream:
    """One open page. Says the same thing only once in a row."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        self._said: dict[str, str] = {}

    async def say(self, event: str, value: object, *, about: str = "") -> None:
        """`event` with `value` as JSON, unless that is what it said last (`about` that)."""
        data = to_json(value)
        if self._said.get(event + about) == data:
            return
        self._said[event + about] = data
        await self._response.write(f"event: {event}\ndata: {data}\n\n".encode())

    async def follow(
        self, *sources: AsyncIterator[None], look: Callable[[], Awaitable[bool]]
    ) -> web.StreamResponse:
        """Call `look` at once, after every tick of a source, and in silence every now and then.

        `look` says what there is to say, and returns False to end the stream. A page that goes away ends it
        too, without a noise.
        """
        task = asyncio.current_task()
        assert task is not None
        self._request.app[_STREAMS].tasks.add(task)
        try:
            await self._response.prepare(self._request)
            await self._response.write(b"retry: 1500\n\n")
            async with aclosing(changes(*sources)) as ticks:
                async for is_change in ticks:
                    if not await look():
                        break
                    if not is_change:
                        await self._response.write(b": still here\n\n")
        except ConnectionError:
            pass
        return self._response

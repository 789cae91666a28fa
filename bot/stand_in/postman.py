"""Posts webhooks as Meta does: signed, at least once, in parallel, again when the receiver is not content.

Of one key (a patient) the first attempts are made one after another; a retry may be overtaken.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import aiohttp

Sleep = Callable[[float], Awaitable[None]]
Report = Callable[[str, Mapping[str, object]], None]


class Postman:
    """Owns the client session and every delivery under way. `report` hears of each attempt."""

    def __init__(
        self,
        *,
        url: str,
        retry_delays: tuple[float, ...],
        timeout: float,
        parallel: int,
        keep: int,
        sleep: Sleep,
        report: Report,
    ) -> None:
        self.url = url  # read at each attempt: a receiver that moved gets the retries
        self._retry_delays = retry_delays
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._places = asyncio.Semaphore(parallel)
        self._keep = keep
        self._sleep = sleep
        self._report = report
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Event] = {}

    @property
    def under_way(self) -> int:
        """Deliveries and other tasks that are not finished."""
        return len(self._tasks)

    def post(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        *,
        key: str,
        delay: float = 0.0,
        about: Mapping[str, object],
    ) -> None:
        """Deliver in the background, `delay` seconds from now. Beyond the bound on deliveries under way, the
        new one is dropped."""
        if len(self._tasks) >= self._keep:
            self._report("webhook_dropped", {**about, "attempts": 0})
            return
        before, answered = self._last.get(key), asyncio.Event()
        self._last[key] = answered
        delivery = self._deliver(raw, headers, delay=delay, about=about, before=before, answered=answered)
        self.run(self._in_line(delivery, key, answered))

    def run(self, work: Awaitable[None]) -> None:
        """Keep some work of the stand-in alive until it is done or the postman closes."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def attempt(self, raw: bytes, headers: Mapping[str, str]) -> int:
        """One POST. The HTTP status, or 0 when there was no answer in time."""
        async with self._places:
            try:
                async with self._open_session().post(
                    self.url, data=raw, headers=dict(headers), allow_redirects=False
                ) as answer:
                    await answer.read()
                    return answer.status
            except (aiohttp.ClientError, TimeoutError, OSError):
                return 0

    async def fetch(self, query: Mapping[str, str]) -> tuple[int, str]:
        """One GET: status and text; (0, "") when there was no answer."""
        try:
            async with self._open_session().get(
                self.url, params=dict(query), allow_redirects=False
            ) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, ""

    async def settled(self) -> None:
        """Returns when nothing is under way, retries included."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _in_line(self, delivery: Awaitable[None], key: str, answered: asyncio.Event) -> None:
        try:
            await delivery
        finally:
            answered.set()
            if self._last.get(key) is answered:
                del self._last[key]

    async def _deliver(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        *,
        delay: float,
        about: Mapping[str, object],
        before: asyncio.Event | None,
        answered: asyncio.Event,
    ) -> None:
        if before is not None:
            await before.wait()
        attempts = 0
        for pause in (delay, *self._retry_delays):
            if attempts or pause:
                await self._sleep(pause)
            attempts += 1
            http_status = await self.attempt(raw, headers)
            answered.set()
            name = "webhook_delivered" if http_status == 200 else "webhook_not_taken"
            self._report(name, {**about, "attempts": attempts, "http_status": http_status})
            if http_status == 200:
                return
        self._report("webhook_dropped", {**about, "attempts": attempts})

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"User-Agent": "facebookexternalua", "Content-Type": "application/json"}
            self._session = aiohttp.ClientSession(timeout=self._timeout, headers=headers)
        return self._session

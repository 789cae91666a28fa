"""How an outside system is called: paced, timed, and not at all while it is down.

Pacing and the breaker belong to the system's door (a token, an account), so one `Caller` serves every adapter
object that shares them. Reads are repeated, twice at most; writes never are.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from aiolimiter import AsyncLimiter

from bot.domain.outside import Rate
from bot.errors import BookingError, OutcomeUnknown, RateLimited, Unavailable

Result = TypeVar("Result")

FAILURES = 3  # in a row, until nothing is asked for a while
PAUSE = timedelta(seconds=15)
LONGEST_WAIT = 5.0  # seconds for which a patient waits for a rate limit
AGAIN = (0.2, 0.8)  # seconds before a read is made a second and a third time


class Breaker:
    """After so many failures in a row nobody is asked for a while; then one may try.

    closed --FAILURES--> open --PAUSE--> half open (one goes through) --success--> closed, --failure--> open
    """

    def __init__(self, *, failures: int = FAILURES, pause: timedelta = PAUSE) -> None:
        self._failures, self._pause = failures, pause
        self._in_a_row = 0
        self._open_until: datetime | None = None

    def admit(self, at: datetime) -> bool:
        """Whether to ask now. The first after the pause is the one that tries; others wait for it."""
        if self._open_until is None:
            return True
        if at < self._open_until:
            return False
        self._open_until = at + self._pause
        return True

    def succeeded(self) -> None:
        self._in_a_row, self._open_until = 0, None

    def failed(self, at: datetime) -> None:
        self._in_a_row += 1
        if self._in_a_row >= self._failures:
            self._open_until = at + self._pause

    @property
    def is_open(self) -> bool:
        return self._open_until is not None


class Caller:
    """Calls one outside system. `now` is the Clock's; `sleep` is given so that tests do not wait."""

    def __init__(
        self,
        *,
        name: str,
        now: Callable[[], datetime],
        timeout: timedelta,
        rate: Rate | None = None,
        breaker: Breaker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name, self._now, self._sleep = name, now, sleep
        self._timeout = timeout.total_seconds()
        self._limit = AsyncLimiter(rate.requests, rate.period.total_seconds()) if rate else None
        self._not_before: datetime | None = None
        self.breaker = breaker or Breaker()

    async def read(self, question: Callable[[], Awaitable[Result]]) -> Result:
        """Asks, and where that failed for a passing reason, again. Raises a BookingError."""
        for pause in (*AGAIN, None):
            try:
                return await self._once(question, lost=Unavailable(self._says("did not answer in time")))
            except RateLimited as limited:
                wait = limited.retry_after if limited.retry_after is not None else pause
                if pause is None or wait is None or wait > LONGEST_WAIT:
                    raise
                await self._sleep(wait)
            except Unavailable:
                if pause is None or self.breaker.is_open:
                    raise
                await self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def write(self, deed: Callable[[], Awaitable[Result]]) -> Result:
        """Makes a write once. Without an answer in time its outcome is unknown. Raises a BookingError."""
        lost = OutcomeUnknown(self._says("did not answer a write in time; look there before doing it again"))
        return await self._once(deed, lost=lost)

    async def _once(self, call: Callable[[], Awaitable[Result]], *, lost: BookingError) -> Result:
        await self._turn()
        try:
            async with asyncio.timeout(self._timeout):
                result = await call()
        except TimeoutError as error:
            self.breaker.failed(self._now())
            raise lost from error
        except RateLimited as limited:
            if limited.retry_after is not None:
                self._not_before = self._now() + timedelta(seconds=limited.retry_after)
            raise
        except (Unavailable, OutcomeUnknown):
            self.breaker.failed(self._now())
            raise
        except BookingError:
            self.breaker.succeeded()  # it said no, so it is there
            raise
        self.breaker.succeeded()
        return result

    async def _turn(self) -> None:
        """Waits until one more request may go out. Nothing has been sent when this raises."""
        at = self._now()
        if self._not_before is not None and at < self._not_before:
            wait = (self._not_before - at).total_seconds()
            if wait > LONGEST_WAIT:
                raise RateLimited(self._says("asked us to wait"), wait)
            await self._sleep(wait)
        if not self.breaker.admit(at):
            raise Unavailable(self._says("has failed several times; it is left alone for a while"))
        if self._limit is not None:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await self._limit.acquire()
            except TimeoutError as error:
                raise RateLimited(self._says("has been asked as often as it allows"), None) from error

    def _says(self, what: str) -> str:
        return f"{self._name} {what}"

"""The only place that asks the machine for the time."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Now, as the machine has it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class StartedClock:
    """A clock that begins at a chosen instant and ticks at the machine's pace, never backwards."""

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)


class FrozenClock:
    """For tests: stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)

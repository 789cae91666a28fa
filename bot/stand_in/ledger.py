"""What happened, in order: a bounded memory that can be waited on, and a file that keeps everything."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO


class Ledger:
    """Events numbered from 1. The file, when there is one, gets a JSON line for each, flushed at once."""

    def __init__(self, *, now: Callable[[], datetime], keep: int, history: Path | None) -> None:
        self._now = now
        self._events: deque[dict[str, Any]] = deque(maxlen=keep)
        self._last = 0
        self._more = asyncio.Event()
        self.is_closing = False
        self._file: TextIO | None = None
        if history is not None:
            history.parent.mkdir(parents=True, exist_ok=True)
            self._file = history.open("a", encoding="utf-8", errors="backslashreplace")

    @property
    def last(self) -> int:
        return self._last

    def write(self, name: str, facts: Mapping[str, Any]) -> int:
        """Add an event; its number."""
        self._last += 1
        event = {"seq": self._last, "at": self._now().isoformat(), "event": name, **facts}
        self._events.append(event)
        if self._file is not None:
            self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
            self._file.flush()
        self._more.set()
        self._more = asyncio.Event()
        return self._last

    def since(self, seq: int) -> list[dict[str, Any]]:
        """The events that came after number `seq`, as far as they are still kept."""
        newer = []
        for event in reversed(self._events):
            if event["seq"] <= seq:
                break
            newer.append(event)
        return newer[::-1]

    async def wait(self, seq: int, *, seconds: float) -> list[dict[str, Any]]:
        """As `since`, waiting up to `seconds` for the first one."""
        more = self._more
        if self._last <= seq and seconds > 0 and not self.is_closing:
            try:
                async with asyncio.timeout(seconds):
                    await more.wait()
            except TimeoutError:
                return []
        return self.since(seq)

    def release_waiters(self) -> None:
        """From now on nobody waits: the server is going away."""
        self.is_closing = True
        self._more.set()

    def close(self) -> None:
        self.release_waiters()
        if self._file is not None:
            self._file.close()
            self._file = None

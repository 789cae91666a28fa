"""Carries alerts to staff: each was committed with the hand-off that caused it, and is sent until it
arrives.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.domain.pipeline import PendingAlert
from bot.domain.practice import Practice
from bot.ports import Alert, Clock, Store

log = structlog.get_logger(__name__)

_LONGEST_PAUSE = 300
_LOOK_EVERY = 30.0


class Alerts:
    """One loop for a practice. Without a configured channel, alerts show in the inbox and in the log only."""

    def __init__(
        self, *, store: Store, practice: Practice, channels: Sequence[Alert], clock: Clock, inbox_url: str
    ) -> None:
        self._store = store
        self._practice = practice
        self._channels = channels
        self._clock = clock
        self._inbox_url = inbox_url
        self._bell = asyncio.Event()

    def ring(self) -> None:
        self._bell.set()

    async def run(self) -> None:
        while True:
            self._bell.clear()
            try:
                for alert in await self._store.pending_alerts():
                    await self._send(alert)
            except Exception as error:  # a loop that ends would leave staff unaware
                log.error("alerts_failed", error=type(error).__name__)
            try:
                async with asyncio.timeout(_LOOK_EVERY):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def _send(self, alert: PendingAlert) -> None:
        log.warning("staff_needed", conversation=alert.conversation, reason=alert.reason, urgent=alert.urgent)
        link = f"{self._inbox_url}/{alert.conversation}"
        arrived = not self._channels
        for channel in self._channels:
            if await channel.send(
                practice=self._practice, reason=alert.reason, urgent=alert.urgent, link=link
            ):
                arrived = True
                break
        pause = min(2.0**alert.attempts, _LONGEST_PAUSE)
        retry_at = None if arrived else self._clock.now() + timedelta(seconds=pause)
        await self._store.alert_sent(alert, retry_at=retry_at)
        if retry_at is not None:
            asyncio.get_running_loop().call_later(pause, self.ring)

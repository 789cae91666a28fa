"""Carries alerts to staff: each was committed with the hand-off that caused it, and is sent until it
arrives.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.domain.handoff import StaffAlert
from bot.domain.pipeline import PendingAlert
from bot.domain.practice import Practice
from bot.ports import Alert, Clock, Handoffs

log = structlog.get_logger(__name__)

_LONGEST_PAUSE = 300
_LOOK_EVERY = 5.0


class Alerts:
    """One loop for a practice. Without a configured channel, alerts show in the inbox and in the log only."""

    def __init__(
        self,
        *,
        handoffs: Handoffs,
        practice: Practice,
        channels: Sequence[Alert],
        clock: Clock,
        inbox_url: str,
    ) -> None:
        self._handoffs = handoffs
        self._practice = practice
        self._channels = channels
        self._clock = clock
        self._inbox_url = inbox_url
        self._bell = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def ring(self) -> None:
        self._bell.set()

    async def run(self) -> None:
        while True:
            self._bell.clear()
            try:
                await self.look()
            except Exception as error:  # a loop that ends would leave staff unaware
                log.error("alerts_failed", error=type(error).__name__)
            try:
                async with asyncio.timeout(_LOOK_EVERY):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Sends what is due."""
        async with self._one_at_a_time:
            for alert in await self._handoffs.pending_alerts():
                await self._send(alert)

    async def _send(self, pending: PendingAlert) -> None:
        """To the first channel that takes it. One that may have it already is not given it again: where
        nobody can know, the next channel is asked, and after the last it counts as sent, since reminders
        follow."""
        log.warning(
            "staff_needed", conversation=pending.conversation, reason=pending.reason, urgent=pending.urgent
        )
        alert = StaffAlert(
            id=pending.id,
            kind=pending.kind,
            reason=pending.reason,
            urgent=pending.urgent,
            waited=self._clock.now() - pending.created_at,
            link=f"{self._inbox_url}/{pending.conversation}",
        )
        may_have_it = pending.begun > 0 or not self._channels
        for number in range(pending.begun, len(self._channels)):
            await self._handoffs.alert_begun(pending, begun=number + 1)
            arrived = await self._channels[number].send(alert, practice=self._practice)
            if arrived:
                await self._handoffs.alert_sent(pending, retry_at=None)
                return
            may_have_it |= arrived is None
        pause = min(2.0**pending.attempts, _LONGEST_PAUSE)
        retry_at = None if may_have_it else self._clock.now() + timedelta(seconds=pause)
        await self._handoffs.alert_sent(pending, retry_at=retry_at)
        if retry_at is not None:
            asyncio.get_running_loop().call_later(pause, self.ring)

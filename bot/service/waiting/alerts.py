"""Carries alerts to staff: each was committed with the hand-off that caused it, and is sent until it
arrives.

A storm is one alert: what came up within `gather` is told together, and after that nothing of the same kind
for a minute, at whose end the rest is told together. An emergency waits for nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.domain.handoff import AlertKind, StaffAlert
from bot.domain.pipeline import PendingAlert
from bot.domain.practice import Practice
from bot.ports import Alert, Clock, Handoffs
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_LONGEST_PAUSE = 300
_LOOK_EVERY = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How alerts are told together. Without times each look tells everything that is due."""

    gather: timedelta = timedelta(0)  # so long after it came up, an alert may wait for others
    quiet: timedelta = timedelta(0)  # so long after an alert, others of its kind wait


AS_THEY_COME = Grouping()


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
        grouping: Grouping = AS_THEY_COME,
    ) -> None:
        self._handoffs = handoffs
        self._practice = practice
        self._channels = channels
        self._clock = clock
        self._inbox_url = inbox_url
        self._grouping = grouping
        self._told_at: dict[AlertKind, datetime] = {}
        self._bell = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def ring(self) -> None:
        self._bell.set()

    async def run(self) -> None:
        while True:
            self._bell.clear()
            try:
                await self.look()
                beat()
            except Exception as error:  # a loop that ends would leave staff unaware
                log.error("alerts_failed", error=type(error).__name__)
            try:
                async with asyncio.timeout(_LOOK_EVERY):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Sends what is due, each kind as one."""
        async with self._one_at_a_time:
            pending = await self._handoffs.pending_alerts()
            for _, alike in groupby(sorted(pending, key=_together), key=_together):
                group = tuple(alike)
                until = self._waits_until(group)
                if until is None:
                    await self._send(group)
                else:
                    pause = (until - self._clock.now()).total_seconds()
                    asyncio.get_running_loop().call_later(pause, self.ring)

    def _waits_until(self, group: Sequence[PendingAlert]) -> datetime | None:
        """None: it goes out now."""
        if group[0].urgent or group[0].begun:
            return None
        oldest = min(alert.created_at for alert in group)
        until = oldest + self._grouping.gather if group[0].kind is AlertKind.NEW else self._clock.now()
        told_at = self._told_at.get(group[0].kind)
        if told_at is not None:
            until = max(until, told_at + self._grouping.quiet)
        return until if until > self._clock.now() else None

    async def _send(self, group: Sequence[PendingAlert]) -> None:
        """To the first channel that takes it. One that may have it already is not given it again: where
        nobody can know, the next channel is asked, and after the last it counts as sent, since reminders
        follow."""
        alert = self._as_one(group)
        log.warning(
            "staff_needed",
            conversation=group[0].conversation if len(group) == 1 else None,
            alert=alert.id,
            reason=alert.reason,
            urgent=alert.urgent,
            count=alert.count,
        )
        self._told_at[alert.kind] = self._clock.now()
        begun = group[0].begun
        may_have_it = begun > 0 or not self._channels
        for number in range(begun, len(self._channels)):
            await self._handoffs.alerts_begun(group, begun=number + 1)
            arrived = await self._channels[number].send(alert, practice=self._practice)
            if arrived:
                await self._handoffs.alerts_sent(group, retry_at=None)
                return
            may_have_it |= arrived is None
        pause = min(2.0 ** group[0].attempts, _LONGEST_PAUSE)
        retry_at = None if may_have_it else self._clock.now() + timedelta(seconds=pause)
        await self._handoffs.alerts_sent(group, retry_at=retry_at)
        if retry_at is not None:
            asyncio.get_running_loop().call_later(pause, self.ring)

    def _as_one(self, group: Sequence[PendingAlert]) -> StaffAlert:
        """By the first of them; nothing of it says who the patients are."""
        first = min(group, key=lambda alert: alert.id)
        only = first.conversation if len(group) == 1 else ""
        return StaffAlert(
            id=first.id,
            kind=first.kind,
            reason=", ".join(sorted({alert.reason for alert in group})),
            urgent=first.urgent,
            waited=self._clock.now() - min(alert.created_at for alert in group),
            link=f"{self._inbox_url}/{only}" if only else self._inbox_url,
            count=len({alert.conversation for alert in group}),
        )


def _together(alert: PendingAlert) -> tuple[bool, str, int, int]:
    """Urgent first; what has been begun with a channel goes on apart from what has not."""
    return (not alert.urgent, alert.kind, alert.begun, alert.attempts)

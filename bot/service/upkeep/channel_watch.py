"""Notices that a channel has fallen silent: its subscription is gone, or nothing has come for too long.

Nothing else would: a practice whose webhooks were switched off looks like one that nobody writes to. Meta
switches them off by itself after an hour in which they failed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.ports import Clock
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_LOOK_EVERY = timedelta(minutes=15)
_BEAT_EVERY = 10.0

#: (channel, account) -> whether what patients write there is delivered. Raises what its network raises.
IsSubscribed = Callable[[], Awaitable[bool]]


class Silence(Protocol):
    """What is known of when something came."""

    async def last_came(self, channel: str) -> datetime | None:
        """The latest event of a channel; None before the first."""

    async def tell(self, channel: str, reason: str, *, again_after: timedelta) -> None:
        """Staff hear it, unless they heard the same within that time."""


class ChannelWatch:
    """One loop for a practice. `quiet_after`: so long without anything is too long; None: no time is."""

    def __init__(
        self,
        silence: Silence,
        *,
        channels: Mapping[str, tuple[IsSubscribed, ...]],
        clock: Clock,
        quiet_after: timedelta | None,
        ring: Callable[[], None],
    ) -> None:
        self._silence = silence
        self._channels = channels
        self._clock = clock
        self._quiet_after = quiet_after
        self._ring = ring

    async def run(self) -> None:
        looked_at: datetime | None = None
        while True:
            now = self._clock.now()
            if looked_at is None or now - looked_at >= _LOOK_EVERY:
                looked_at = now
                await self.look()
            beat()
            await asyncio.sleep(_BEAT_EVERY)

    async def look(self) -> None:
        for channel, subscriptions in self._channels.items():
            try:
                await self._look_at(channel, subscriptions)
            except Exception as error:  # one channel that cannot be asked does not hide the others
                log.warning("channel_not_asked", channel=channel, error=type(error).__name__)

    async def _look_at(self, channel: str, subscriptions: tuple[IsSubscribed, ...]) -> None:
        quiet = self._quiet_after
        last = await self._silence.last_came(channel)
        if quiet is not None and last is not None and self._clock.now() - last >= quiet:
            hours = int(quiet.total_seconds() // 3600)
            await self._tell(
                channel, f"nothing has come for {hours} hours; run: chairside channels check", quiet
            )
        for is_subscribed in subscriptions:
            if not await is_subscribed():
                lost = "the subscription is lost, nothing arrives; run: chairside channels subscribe"
                await self._tell(channel, lost, timedelta(hours=4))

    async def _tell(self, channel: str, reason: str, again_after: timedelta) -> None:
        await self._silence.tell(channel, reason, again_after=again_after)
        self._ring()

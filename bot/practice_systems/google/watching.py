"""Google calls when a calendar changes (push channels: `events.watch`, `channels.stop`).

A channel lives for as long as Google says, which may be shorter than what was asked for, and cannot be
prolonged: before it ends another is opened, and only then is the old one stopped, so that no change falls
between. A notification names no event and may be lost, so it only makes us ask at once what is new; what is
asked for anyway every twenty seconds stays as it is. Where Google refuses to call, nothing is lost but speed.
"""

import asyncio
import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import BookingError, ProtocolDrift, SignatureMismatch
from bot.practice_systems.google.rest import GoogleRest

ASKED_FOR = timedelta(days=7)
RENEWED_BEFORE = timedelta(hours=12)
SHORT = 0.5  # of a channel that lives less than twice that: renewed when so much of its life is over
TRIED_AGAIN = timedelta(minutes=30)  # where Google refuses to call
#: In place of a ref: of no visit in particular.
SOMETHING = "*"
_STATES = {"sync", "exists", "not_exists"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A calendar's notifications, until they end."""

    id: str
    resource: str  # what `channels.stop` wants to hear besides
    renew_at: datetime


class Watching:
    """The channels of one practice. `address` is where Google calls; `secret` makes the token it brings."""

    def __init__(
        self,
        rest: GoogleRest,
        calendars: Sequence[str],
        *,
        address: str,
        secret: str,
        now: Callable[[], datetime],
    ) -> None:
        self._rest, self._calendars, self._address = rest, tuple(calendars), address
        self._secret, self._now = secret.encode(), now
        self._channels: dict[str, Channel] = {}
        self._not_before: dict[str, datetime] = {}

    async def keep(self) -> None:
        """Opens what is missing and renews what is about to end. Raises nothing for what Google does."""
        at = self._now()
        due = [one for one in self._calendars if self._is_due(one, at)]
        await asyncio.gather(*(self._open(one, at) for one in due))

    async def close(self) -> None:
        """Google need not call any more; a channel that cannot be stopped ends by itself."""
        channels, self._channels = list(self._channels.values()), {}
        await asyncio.gather(*(self._stop(one) for one in channels))

    def heard(self, headers: Mapping[str, str]) -> bool:
        """Whether a notification tells of a change. Raises SignatureMismatch when Google did not send it."""
        told = {name.lower(): value for name, value in headers.items()}
        token = told.get("x-goog-channel-token", "").encode()
        if not any(hmac.compare_digest(token, self._token(one).encode()) for one in self._calendars):
            raise SignatureMismatch(
                "X-Goog-Channel-Token is not ours; somebody else calls, or practice_system.secrets.webhook"
                " was changed a moment ago"
            )
        state = told.get("x-goog-resource-state", "")
        return state != "sync" and state in _STATES

    def _is_due(self, calendar: str, at: datetime) -> bool:
        if at < self._not_before.get(calendar, at):
            return False
        channel = self._channels.get(calendar)
        return channel is None or channel.renew_at <= at

    async def _open(self, calendar: str, at: datetime) -> None:
        wanted = {
            "id": uuid.uuid4().hex,
            "type": "web_hook",
            "address": self._address,
            "token": self._token(calendar),
            "expiration": str(_milliseconds(at + ASKED_FOR)),
        }
        try:
            channel = _channel(await self._rest.watch(calendar, wanted), at)
        except BookingError:
            self._not_before[calendar] = at + TRIED_AGAIN
            return
        self._not_before.pop(calendar, None)
        before, self._channels[calendar] = self._channels.get(calendar), channel
        if before is not None:
            await self._stop(before)

    async def _stop(self, channel: Channel) -> None:
        with suppress(BookingError):
            await self._rest.stop_watching(channel.id, channel.resource)

    def _token(self, calendar: str) -> str:
        """The same after a restart, as channels outlive us."""
        return hmac.new(self._secret, f"google {calendar}".encode(), hashlib.sha256).hexdigest()


def _channel(told: Mapping[str, Any], at: datetime) -> Channel:
    try:
        ends = datetime.fromtimestamp(int(told["expiration"]) / 1000, UTC) if "expiration" in told else None
        id_, resource = str(told["id"]), str(told["resourceId"])
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise ProtocolDrift("Google opens a channel in a way that this adapter does not know") from error
    life = (ends or at + ASKED_FOR) - at
    return Channel(id=id_, resource=resource, renew_at=at + max(life - RENEWED_BEFORE, life * SHORT))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

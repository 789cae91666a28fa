"""How Google lets us in: as a service account, or as a person who has said yes (`consent`).

developers.google.com/identity/protocols/oauth2/service-account, .../oauth2/native-app
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

import jwt

from bot.errors import AuthFailed, ProtocolDrift
from bot.practice_systems.outside_http import OutsideHttp

#: Events of the calendars, who is busy when, and which calendars there are: no more.
SCOPES = (
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.freebusy",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
)
_ASSERTED_FOR = timedelta(minutes=10)  # Google allows an hour
_EARLIER = timedelta(minutes=1)  # a token is renewed so long before it ends


class Grant(Protocol):
    """What is exchanged for an access token."""

    remedy: str  # when Google refuses it

    def form(self, *, at: datetime) -> Mapping[str, str]: ...


class ServiceAccount:
    """`user`: whose calendars, where an administrator has delegated the domain to the account."""

    def __init__(
        self, *, email: str, private_key: str, key_id: str | None, token_url: str, user: str | None
    ) -> None:
        self._email, self._key, self._key_id = email, private_key, key_id
        self._token_url, self._user = token_url, user
        self.remedy = "is the key of the service account still valid, and this machine's clock right?"

    def form(self, *, at: datetime) -> Mapping[str, str]:
        claims: dict[str, object] = {
            "iss": self._email,
            "scope": " ".join(SCOPES),
            "aud": self._token_url,
            "iat": int(at.timestamp()),
            "exp": int((at + _ASSERTED_FOR).timestamp()),
        }
        if self._user:
            claims["sub"] = self._user
        headers = {"kid": self._key_id} if self._key_id else None
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": jwt.encode(claims, self._key, algorithm="RS256", headers=headers),
        }


class Consented:
    """Somebody of the practice has said yes once: `chairside practice-system connect google`."""

    remedy = "consent has ended; run: chairside practice-system connect google"

    def __init__(self, *, client_id: str, client_secret: str, refresh_token: str) -> None:
        self._form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": client_secret,
            "refresh_token": refresh_token,
        }

    def form(self, *, at: datetime) -> Mapping[str, str]:
        return self._form


class SigningIn:
    """An access token that is always good. Those who need one at the same time wait for one request."""

    def __init__(
        self, http: OutsideHttp, grant: Grant, *, token_url: str, now: Callable[[], datetime]
    ) -> None:
        self._http, self._grant, self._token_url, self._now = http, grant, token_url, now
        self._token: str | None = None
        self._until: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def header(self) -> str:
        """What to send as Authorization. Raises AuthFailed, Unavailable."""
        async with self._one_at_a_time:
            if self._token is None or self._until is None or self._now() >= self._until:
                await self._renew()
            return f"Bearer {self._token}"

    def refused(self, header: str) -> None:
        """Google did not take this one: the next is new, unless somebody has renewed it meanwhile."""
        if header == f"Bearer {self._token}":
            self._token = None

    async def _renew(self) -> None:
        told = await exchange(
            self._http, self._token_url, self._grant.form(at=self._now()), remedy=self._grant.remedy
        )
        self._token = str(told["access_token"])
        self._until = self._now() + timedelta(seconds=float(told.get("expires_in", 3600))) - _EARLIER


async def exchange(
    http: OutsideHttp, token_url: str, form: Mapping[str, str], *, remedy: str
) -> Mapping[str, str]:
    """What the token service gives for a form. Raises AuthFailed with the remedy."""
    answer = await http.request(
        "POST",
        token_url,
        writes=False,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        body=urlencode(form).encode(),
    )
    if not answer.is_success:
        raise AuthFailed(f"Google does not let us in (status {answer.status}): {remedy}")
    told = answer.json()
    if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
        raise ProtocolDrift("Google's token service answers without an access_token")
    return told

"""How we are let in: with nothing, a fixed token, or SMART Backend Services.

SMART (hl7.org/fhir/smart-app-launch/backend-services.html): a short-lived assertion, signed with a key whose
public half the server knows, is exchanged for an access token that lasts some minutes.
"""

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode, urlsplit

import jwt

from bot.errors import AuthFailed, ProtocolDrift
from bot.practice_systems.outside_http import OutsideHttp

SCOPE = "system/*.read system/*.write"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTED_FOR = timedelta(minutes=4)  # SMART allows five
_EARLIER = timedelta(seconds=30)  # a token is renewed so long before it ends


class SigningIn(Protocol):
    async def header(self) -> str | None:
        """What to send as Authorization. Raises AuthFailed, Unavailable."""

    def refused(self) -> bool:
        """The server did not take it; whether asking for a new one may help."""


class Fixed:
    """Nothing, or a token that somebody renews by hand."""

    def __init__(self, token: str | None) -> None:
        self._header = f"Bearer {token}" if token else None

    async def header(self) -> str | None:
        return self._header

    def refused(self) -> bool:
        return False


class SmartBackend:
    """`key` is a private key in PEM; the algorithm follows from it unless given."""

    def __init__(
        self,
        base: OutsideHttp,
        *,
        token_http: Callable[[str], OutsideHttp],
        token_url: str | None,
        client_id: str,
        key: str,
        key_id: str | None,
        algorithm: str,
        scope: str,
        now: Callable[[], datetime],
    ) -> None:
        self._base, self._token_http = base, token_http
        self._token_url = token_url
        self._client_id, self._key, self._key_id = client_id, key, key_id
        self._algorithm, self._scope = algorithm, scope
        self._now = now
        self._token: str | None = None
        self._until: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def header(self) -> str | None:
        async with self._one_at_a_time:
            if self._token is None or self._until is None or self._now() >= self._until:
                await self._renew()
            return f"Bearer {self._token}"

    def refused(self) -> bool:
        had_one, self._token = self._token is not None, None
        return had_one

    async def _renew(self) -> None:
        url = self._token_url = self._token_url or await self._discovered()
        form = {
            "grant_type": "client_credentials",
            "scope": self._scope,
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._assertion(url),
        }
        answer = await self._token_http(url).request(
            "POST",
            url,
            writes=False,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode(form).encode(),
        )
        if not answer.is_success:
            raise AuthFailed(
                f"the token service refuses us (status {answer.status}); is the public key registered, and is"
                " practice_system.options.client_id right?"
            )
        told = answer.json()
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str):
            raise ProtocolDrift("the token service answers without an access_token")
        lasts = told.get("expires_in", 300)
        self._token = token
        self._until = self._now() + timedelta(seconds=float(lasts)) - _EARLIER

    def _assertion(self, url: str) -> str:
        # No `iat`: to a server whose clock is a second behind ours it would lie in the future.
        at = self._now()
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": url,
            "exp": int((at + _ASSERTED_FOR).timestamp()),
            "jti": uuid.uuid4().hex,
        }
        headers = {"kid": self._key_id} if self._key_id else None
        return jwt.encode(claims, self._key, algorithm=self._algorithm, headers=headers)

    async def _discovered(self) -> str:
        """Named by the server itself, and only on its own host: elsewhere it has to be in practice.yml."""
        answer = await self._base.request(
            "GET", ".well-known/smart-configuration", writes=False, headers={"Accept": "application/json"}
        )
        told = answer.json() if answer.is_success else {}
        url = told.get("token_endpoint") if isinstance(told, dict) else None
        if not isinstance(url, str):
            raise AuthFailed("the server names no token service; give practice_system.options.token_url")
        if urlsplit(url).hostname != urlsplit(str(self._base.url(""))).hostname:
            raise AuthFailed(
                "the server names a token service on another host; if that is right, write it as"
                " practice_system.options.token_url"
            )
        return url

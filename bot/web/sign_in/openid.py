"""Signing in by a service of one's own: OpenID Connect, authorization code with PKCE.

OpenID Connect Core 1.0 (3.1), RFC 7636, RFC 9700. Nothing that comes back is believed before the signature,
issuer, audience, nonce and time of its ID token are right; the algorithm is ours to choose, not the token's.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp

from bot.domain.practice import SignInService
from bot.domain.staff import Role
from bot.errors import ChairsideError
from bot.ports import Clock

#: Signatures by a key pair. No "none", and no HS*, whose key would be one that others know.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})
_SKEW = timedelta(seconds=60)
_KEEP = timedelta(hours=1)
_KEYS_AGAIN = timedelta(minutes=1)
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_MOST_BYTES = 1 << 20


class NotProved(ChairsideError):
    """The service did not prove who somebody is. `why` is a word of ours, for the trail."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"the sign-in service did not prove who this is: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """One way to the service and back. Good once."""

    url: str
    state: str
    nonce: str
    verifier: str
    redirect: str


class OpenId:
    """One service. Its description and keys are fetched when they are needed, and kept for an hour."""

    def __init__(self, service: SignInService, http: aiohttp.ClientSession, clock: Clock) -> None:
        self._service = service
        self._http = http
        self._clock = clock
        self._described: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, Mapping[str, Any]] | None = None

    async def begin(self, redirect: str) -> Begun:
        """Raises NotProved when the service does not answer."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._service.client_id,
            "redirect_uri": redirect,
            "scope": " ".join(("openid", "profile", *self._service.scopes)),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        door = (await self._description())["authorization_endpoint"]
        joint = "&" if urlsplit(door).query else "?"
        return Begun(
            url=f"{door}{joint}{urlencode(asked)}",
            state=state,
            nonce=nonce,
            verifier=verifier,
            redirect=redirect,
        )

    async def finish(self, code: str, begun: Begun) -> Mapping[str, Any]:
        """The claims of whoever came back with that code. Raises NotProved."""
        described = await self._description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": begun.redirect,
            "client_id": self._service.client_id,
            "code_verifier": begun.verifier,
        }
        headers = {}
        if "client_secret_basic" in described.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            pair = f"{quote(self._service.client_id, safe='')}:{quote(self._service.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_secret"] = self._service.client_secret
        answer = await self._fetch("POST", described["token_endpoint"], data=form, headers=headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotProved("no_id_token")
        return await self._claims(token, nonce=begun.nonce)

    # -- the token ----------------------------------------------------------------------------------------

    async def _claims(self, token: str, *, nonce: str) -> Mapping[str, Any]:
        import jwt  # a tenth of what a start loads, and few practices sign in like this

        try:
            head = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as error:
            raise NotProved("malformed") from error
        algorithm = head.get("alg")
        if algorithm not in ALGORITHMS:
            raise NotProved("algorithm")
        key = await self._key(head.get("kid"), algorithm)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._service.client_id,
                issuer=self._service.issuer,
                # Time is our clock's: compared below.
                options={
                    "require": ["iss", "sub", "aud", "exp", "iat"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.InvalidAudienceError as error:
            raise NotProved("audience") from error
        except jwt.InvalidIssuerError as error:
            raise NotProved("issuer") from error
        except jwt.MissingRequiredClaimError as error:
            raise NotProved("malformed") from error
        except jwt.InvalidTokenError as error:
            raise NotProved("signature") from error
        self._check(claims, nonce)
        return claims

    def _check(self, claims: Mapping[str, Any], nonce: str) -> None:
        given = claims.get("nonce")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
            raise NotProved("nonce")
        audience = claims["aud"]
        others = isinstance(audience, list) and len(audience) > 1
        if (others or "azp" in claims) and claims.get("azp") != self._service.client_id:
            raise NotProved("audience")
        now, skew = self._clock.now().timestamp(), _SKEW.total_seconds()
        begin, end = claims["iat"], claims["exp"]
        if not all(isinstance(at, int | float) for at in (begin, end, claims.get("nbf", 0))):
            raise NotProved("malformed")
        if end + skew <= now:
            raise NotProved("expired")
        if max(begin, claims.get("nbf", 0)) - skew > now:
            raise NotProved("not_yet")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise NotProved("malformed")

    async def _key(self, kid: object, algorithm: str) -> Any:
        import jwt

        for fresh in (False, True):
            for entry in (await self._key_set(fresh=fresh)).get("keys", ()):
                if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC", "OKP"):
                    continue
                if (kid is not None and entry.get("kid") != kid) or entry.get("use", "sig") != "sig":
                    continue
                try:
                    return jwt.PyJWK(entry, algorithm=algorithm).key
                except jwt.PyJWTError:
                    continue
        raise NotProved("unknown_key")

    # -- the service --------------------------------------------------------------------------------------

    async def _description(self) -> Mapping[str, Any]:
        now = self._clock.now()
        if self._described is None or now - self._described[0] >= _KEEP:
            issuer = self._service.issuer
            found = await self._fetch("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise NotProved("issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                address = urlsplit(str(found.get(name, "")))
                if address.scheme != "https" and address.netloc != urlsplit(issuer).netloc:
                    raise NotProved("endpoint")
            self._described = (now, found)
        return self._described[1]

    async def _key_set(self, *, fresh: bool) -> Mapping[str, Any]:
        """`fresh`: a key was not there, which a service may have changed since; not again within a minute."""
        now = self._clock.now()
        least = _KEYS_AGAIN if fresh else _KEEP
        if self._keys is None or now - self._keys[0] >= least:
            self._keys = (now, await self._fetch("GET", (await self._description())["jwks_uri"]))
        return self._keys[1]

    async def _fetch(self, method: str, url: str, **more: Any) -> Mapping[str, Any]:
        try:
            async with self._http.request(
                method, url, timeout=_TIMEOUT, allow_redirects=False, **more
            ) as answer:
                body = await answer.content.read(_MOST_BYTES)
                if answer.status != 200:
                    raise NotProved(f"answered_{answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotProved("unreachable") from error
        try:
            return _object(body)
        except ValueError as error:
            raise NotProved("malformed") from error


def role_of(service: SignInService, claims: Mapping[str, Any]) -> Role | None:
    """The highest that one of their groups gives; None for who has no business here."""
    given = claims.get(service.claim)
    groups = {given} if isinstance(given, str) else set(map(str, given)) if isinstance(given, list) else set()
    fitting = [role for role in Role if groups & set(service.roles.get(role, ()))]
    return fitting[-1] if fitting else None


def subject_of(service: SignInService, claims: Mapping[str, Any]) -> str:
    """Who somebody is for the service, as the book keeps it: names and addresses change, this does not."""
    return hashlib.sha256(f"{service.issuer}\0{claims['sub']}".encode()).hexdigest()


def name_of(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "email", "sub"):
        given = " ".join(str(claims.get(claim) or "").split())
        if given:
            return given[:36]
    return "?"


def _object(body: bytes) -> Mapping[str, Any]:
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found

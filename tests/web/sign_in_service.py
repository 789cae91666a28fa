"""An OpenID Connect service that holds to the letter what it is told, or lies in one way at a time."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from aiohttp import BasicAuth, web
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.web.fakes import FakeClock

CLIENT, SECRET = "chairside", "a secret: of + nobody"


@cache
def key(which: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public(which: str) -> dict[str, Any]:
    shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(which).public_key()))
    return {**shown, "kid": which, "use": "sig"}


@dataclass(kw_only=True)
class SignInServiceStandIn:
    """`lies`: "nonce" | "expired" | "audience" | "issuer" | "none" | "hmac" | "signature" | "unknown_key"
    | "azp" | "not_yet" | "no_sub" | "described_as"."""

    clock: FakeClock
    claims: Mapping[str, Any] = field(default_factory=dict)
    lies: str | None = None
    issuer: str = ""
    shown: str = "key-1"
    fetched: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.describe)
        app.router.add_get("/authorize", self.authorize)
        app.router.add_post("/token", self.token)
        app.router.add_get("/keys", self.keys)
        return app

    async def describe(self, request: web.Request) -> web.Response:
        self.fetched.append("description")
        return web.json_response(
            {
                "issuer": "https://elsewhere.example" if self.lies == "described_as" else self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, request: web.Request) -> web.Response:
        self.fetched.append("keys")
        return web.json_response({"keys": [_public(self.shown)]})

    async def authorize(self, request: web.Request) -> web.Response:
        """Whoever comes is who `claims` say."""
        raise web.HTTPSeeOther(self.agree(str(request.url)))

    def agree(self, url: str) -> str:
        """Where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        who = BasicAuth.decode(request.headers["Authorization"])
        asked = self.codes.pop(str(form["code"]), None)
        challenge = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        right = (
            asked is not None
            and (who.login, who.password) == (CLIENT, "a%20secret%3A%20of%20%2B%20nobody")
            and form["redirect_uri"] == asked["redirect_uri"]
            and base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() == asked["code_challenge"]
        )
        if not right or asked is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"token_type": "Bearer", "id_token": self._signed(asked["nonce"])})

    def _signed(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "marta-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.claims,
        }
        match self.lies:
            case "nonce":
                claims["nonce"] = "of somebody else"
            case "expired":
                claims |= {"iat": now - 900, "exp": now - 61}
            case "not_yet":
                claims |= {"iat": now + 120}
            case "audience":
                claims["aud"] = "another-client"
            case "azp":
                claims |= {"aud": [CLIENT, "another-client"], "azp": "another-client"}
            case "issuer":
                claims["iss"] = "https://elsewhere.example"
            case "no_sub":
                del claims["sub"]
            case "none":
                return jwt.encode(claims, None, algorithm="none", headers={"kid": self.shown})
            case "hmac":
                # The public key, which everybody knows, as the secret of a symmetric signature.
                known = _public(self.shown)["n"].encode()
                return jwt.encode(claims, known, algorithm="HS256", headers={"kid": self.shown})
            case "signature":
                return jwt.encode(claims, key("another"), algorithm="RS256", headers={"kid": self.shown})
            case "unknown_key":
                return jwt.encode(claims, key("another"), algorithm="RS256", headers={"kid": "another"})
        return jwt.encode(claims, key(self.shown), algorithm="RS256", headers={"kid": self.shown})

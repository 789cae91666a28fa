"""Google's OAuth 2.0, as far as a calendar program needs it.

Service accounts (a signed assertion for a token), programs that a person lets in (consent page, code with
PKCE, refresh token). developers.google.com/identity/protocols/oauth2
"""

import base64
import hashlib
import secrets
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SCOPES = {
    "https://www.googleapis.com/auth/calendar",
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.freebusy",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
}
CLIENT_ID, CLIENT_SECRET = "desk.apps.example", "a client secret for tests"
ACCOUNT = "desk@project.iam.example"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class GoogleSignIn:
    """`tokens` are good until `forget_tokens`; `revoke` ends what a person allowed."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.refresh_tokens: set[str] = set()
        self.asked = 0
        self._codes: dict[str, dict[str, str]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/o/oauth2/v2/auth", self.consent_page), web.post("/token", self.token)]

    def key_file(self, token_url: str) -> dict[str, str]:
        """What the console gives for a service account."""
        pem = _KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "project",
            "private_key_id": "k1",
            "private_key": pem.decode(),
            "client_email": ACCOUNT,
            "token_uri": token_url,
        }

    def forget_tokens(self) -> None:
        self.tokens.clear()

    def revoke(self) -> None:
        self.refresh_tokens.clear()
        self.tokens.clear()

    async def consent_page(self, request: web.Request) -> web.StreamResponse:
        """The person says yes at once."""
        asked = request.query
        if asked.get("client_id") != CLIENT_ID or asked.get("response_type") != "code":
            return web.Response(status=400, text="Error 400: invalid_request")
        if not set(asked.get("scope", "").split()) <= SCOPES or not asked.get("scope"):
            return web.Response(status=400, text="Error 400: invalid_scope")
        if not asked.get("redirect_uri", "").startswith("http://127.0.0.1:"):
            return web.Response(status=400, text="Error 400: redirect_uri_mismatch")
        code = secrets.token_urlsafe(8)
        self._codes[code] = dict(asked)
        target = f"{asked['redirect_uri']}?code={code}&state={asked.get('state', '')}"
        raise web.HTTPFound(target)

    async def token(self, request: web.Request) -> web.Response:
        self.asked += 1
        form = {name: str(value) for name, value in (await request.post()).items()}
        match form.get("grant_type"):
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                return self._for_assertion(form.get("assertion", ""), f"{request.url.origin()}/token")
            case "refresh_token":
                is_known = form.get("refresh_token") in self.refresh_tokens
                return self._granted() if is_known and _is_client(form) else _refused("invalid_grant")
            case "authorization_code":
                return self._for_code(form)
            case _:
                return _refused("unsupported_grant_type")

    def _for_assertion(self, assertion: str, audience: str) -> web.Response:
        try:
            claims = jwt.decode(
                assertion,
                _KEY.public_key(),
                algorithms=["RS256"],
                audience=audience,
                issuer=ACCOUNT,
                # The tests' clock is not this machine's.
                options={"verify_exp": False, "verify_iat": False, "require": ["exp", "iat", "scope"]},
            )
        except jwt.InvalidTokenError:
            return _refused("invalid_grant")
        if claims["exp"] - claims["iat"] > 3600:
            return _refused("invalid_grant")
        if not set(str(claims["scope"]).split()) <= SCOPES:
            return _refused("invalid_scope")
        return self._granted()

    def _for_code(self, form: dict[str, str]) -> web.Response:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or not _is_client(form) or form.get("redirect_uri") != asked["redirect_uri"]:
            return _refused("invalid_grant")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked.get("code_challenge") != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            return _refused("invalid_grant")
        refresh = f"1//{secrets.token_urlsafe(16)}"
        self.refresh_tokens.add(refresh)
        # A refresh token comes only with access_type=offline and a fresh consent.
        is_offline = asked.get("access_type") == "offline" and asked.get("prompt") == "consent"
        return self._granted(**({"refresh_token": refresh} if is_offline else {}))

    def _granted(self, **more: Any) -> web.Response:
        token = f"ya29.{secrets.token_urlsafe(8)}"
        self.tokens.add(token)
        return web.json_response({"access_token": token, "expires_in": 3599, "token_type": "Bearer", **more})


def _is_client(form: dict[str, str]) -> bool:
    return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


def _refused(error: str) -> web.Response:
    return web.json_response({"error": error, "error_description": "Bad Request"}, status=400)

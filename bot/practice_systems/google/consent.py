"""Somebody of the practice lets us use their calendars: in a browser, once.

Google's flow for programs without a web address of their own: the browser comes back to this machine, with a
code that only whoever began the flow can use (PKCE, RFC 7636).
developers.google.com/identity/protocols/oauth2/native-app
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot.errors import AuthFailed
from bot.practice_systems.google.signing_in import SCOPES, exchange
from bot.practice_systems.outside_http import OutsideHttp

ASKING = "https://accounts.google.com/o/oauth2/v2/auth"
PATIENCE = timedelta(minutes=10)  # for somebody to find the right account


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What the Google Cloud console calls an OAuth client, of the type "Desktop app"."""

    client_id: str
    client_secret: str = field(repr=False)
    asking_url: str = ASKING
    token_url: str = "https://oauth2.googleapis.com/token"


async def consent(
    http: aiohttp.ClientSession,
    program: Program,
    *,
    show: Callable[[str], None],
    port: int = 0,
    patience: timedelta = PATIENCE,
) -> str:
    """The refresh token. `show` is given the address to open in a browser, once this machine listens for the
    answer. Raises AuthFailed."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def come_back(request: web.Request) -> web.Response:
        if not secrets.compare_digest(request.query.get("state", ""), state):
            return web.Response(status=400, text="This answer belongs to nobody who asked.")
        if not answer.done():
            answer.set_result(request.query.get("code", ""))
        return web.Response(text="Thank you. This window can be closed.")

    app = web.Application()
    app.add_routes([web.get("/", come_back)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        back_to = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        show(f"{program.asking_url}?{urlencode(_question(program, back_to, verifier, state))}")
        async with asyncio.timeout(patience.total_seconds()):
            code = await answer
    except TimeoutError as error:
        raise AuthFailed("nobody has answered in the browser; run the command again") from error
    finally:
        await runner.cleanup()
    if not code:
        raise AuthFailed("Google was told no in the browser; run the command again and allow it")
    return await _refresh_token(http, program, code, back_to, verifier)


def _question(program: Program, back_to: str, verifier: str, state: str) -> dict[str, str]:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return {
        "client_id": program.client_id,
        "redirect_uri": back_to,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
        "state": state,
        # Without these two Google gives no refresh token to somebody who has said yes before.
        "access_type": "offline",
        "prompt": "consent",
    }


async def _refresh_token(
    http: aiohttp.ClientSession, program: Program, code: str, back_to: str, verifier: str
) -> str:
    outside = OutsideHttp(http, program.token_url, name="Google's sign-in", auth_statuses=())
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "client_id": program.client_id,
        "client_secret": program.client_secret,
        "redirect_uri": back_to,
    }
    told = await exchange(
        outside, program.token_url, form, remedy="are client id and secret those of one OAuth client?"
    )
    token = told.get("refresh_token")
    if not token:
        raise AuthFailed("Google has given no refresh token; remove our access in the account, and try again")
    return token

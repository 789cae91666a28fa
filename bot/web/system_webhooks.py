"""Where a practice's own software calls: it says that something changed, and that is read again there.

Such a call is a hint and never the truth, so it cannot be forged into anything; what it could do is make us
ask a lot. Whoever calls knows the secret in the address. A body that came a moment ago is answered and not
looked at again, what several calls name is asked for once, and no call waits for the other system.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from aiohttp import web

from bot.errors import SetupError, SignatureMismatch
from bot.ports import Clock

log = structlog.get_logger(__name__)

PATH = "/webhooks/practice-system"
LARGEST = 256 * 1024
SAME_BODY = timedelta(minutes=10)
_REMEMBERED = 2_000
_SHORTEST_SECRET = 24


class Caller(Protocol):
    """The part of an adapter that reads calls."""

    name: str

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]: ...


def add_system_webhook(
    app: web.Application,
    system: Caller,
    *,
    secret: str,
    heard: Callable[[Collection[str]], None],
    clock: Clock,
) -> None:
    """POST /webhooks/practice-system/SECRET. `heard` is given the refs of visits that may have changed."""
    if len(secret) < _SHORTEST_SECRET:
        raise SetupError(
            "practice_system.secrets.webhook is too short to be a secret; make one: openssl rand -hex 24"
        )
    endpoint = _Endpoint(system, secret, heard, clock)
    app.router.add_post(f"{PATH}/{{secret}}", endpoint.receive)


class _Endpoint:
    def __init__(
        self, system: Caller, secret: str, heard: Callable[[Collection[str]], None], clock: Clock
    ) -> None:
        self._system = system
        self._secret = secret.encode()
        self._heard = heard
        self._clock = clock
        self._bodies: OrderedDict[bytes, datetime] = OrderedDict()

    async def receive(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.match_info["secret"].encode(), self._secret):
            raise web.HTTPNotFound
        body = await self._read(request)
        try:
            refs = self._system.read_webhook(request.headers, body)
        except SignatureMismatch as error:
            log.warning("system_webhook_refused", system=self._system.name, why=str(error))
            raise web.HTTPUnauthorized(text="the signature does not match\n") from error
        is_repeat = bool(body) and self._came_before(body)  # some say all they have to say in headers
        if refs and not is_repeat:
            self._heard(refs)
        log.info("system_webhook", system=self._system.name, visits=len(refs), repeat=is_repeat)
        return web.Response(text="ok\n")

    async def _read(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > LARGEST:
            raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length or 0)
        body = await request.content.read(LARGEST + 1)
        while len(body) <= LARGEST and (more := await request.content.read(LARGEST)):
            body += more
        if len(body) > LARGEST:
            raise web.HTTPRequestEntityTooLarge(LARGEST, len(body))
        return body

    def _came_before(self, body: bytes) -> bool:
        now, digest = self._clock.now(), hashlib.sha256(body).digest()
        while self._bodies and now - next(iter(self._bodies.values())) > SAME_BODY:
            self._bodies.popitem(last=False)
        if digest in self._bodies:
            return True
        self._bodies[digest] = now
        if len(self._bodies) > _REMEMBERED:
            self._bodies.popitem(last=False)
        return False

"""Signing in: a one-time link from the terminal, then a session in memory.

Sessions end after 12 hours, or 30 minutes without a person doing something (ASVS 5.0.0 V7.3.1, V7.3.2), and
when the program ends. Only hashes are kept of what opens a door.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.ports import Clock
from bot.web.security import is_https

COOKIE = "chairside_session"
LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=30)
_MOST_SESSIONS = 64
_LINK_PAUSE = timedelta(seconds=10)


@dataclass(slots=True)
class Session:
    """Somebody who signed in."""

    who: str  # as colleagues read it
    csrf: str
    language: str
    opened: datetime
    active: datetime

    def is_alive(self, at: datetime) -> bool:
        return at - self.opened < LONGEST and at - self.active < IDLE


class SignIn:
    """Holds the hash of the one open link, and the sessions.

    `announce` hears the path of every link made after the first, on request of a browser on this machine;
    it writes it where only those who run the program look (the terminal). Without it, no further links.
    `loopback_only` refuses to open a session for a browser elsewhere, also through a proxy.
    """

    def __init__(
        self, clock: Clock, *, announce: Callable[[str], None] | None = None, loopback_only: bool = True
    ) -> None:
        self._clock = clock
        self._announce = announce
        self._loopback_only = loopback_only
        self._link: bytes | None = None
        self._announced: datetime | None = None
        self._sessions: dict[bytes, Session] = {}

    def now(self) -> datetime:
        """The present, by the clock that sessions run by."""
        return self._clock.now()

    def issue(self) -> str:
        """A fresh path to sign in at, good for one use; an earlier one is void."""
        token = secrets.token_urlsafe(32)
        self._link = _hash(token)
        return f"/inbox/sign-in/{token}"

    @property
    def can_announce(self) -> bool:
        return self._announce is not None

    def announce(self) -> None:
        """Write a fresh link to the terminal; nothing within 10 seconds of the last."""
        at = self._clock.now()
        if self._announce is None or (self._announced is not None and at - self._announced < _LINK_PAUSE):
            return
        self._announced = at
        self._announce(self.issue())

    def may_enter(self, request: web.Request) -> bool:
        """Whether a browser there may sign in at all."""
        return not self._loopback_only or _is_loopback(request)

    def is_open(self, token: str) -> bool:
        """Whether the link would still work. Looking does not use it up."""
        return self._link is not None and hmac.compare_digest(self._link, _hash(token))

    def redeem(self, token: str, *, who: str, language: str) -> tuple[str, Session] | None:
        """Use the link up: (cookie value, session), or None when it was used, replaced or never ours."""
        if not self.is_open(token):
            return None
        self._link = None
        at = self._clock.now()
        self._sweep(at)
        key = secrets.token_urlsafe(32)
        session = Session(who=who, csrf=secrets.token_urlsafe(32), language=language, opened=at, active=at)
        self._sessions[_hash(key)] = session
        return key, session

    def find(self, request: web.Request) -> Session | None:
        """The living session of a request."""
        session = self._sessions.get(_hash(request.cookies.get(COOKIE, "")))
        return session if session is not None and self.is_alive(session) else None

    def is_alive(self, session: Session) -> bool:
        return any(session is known for known in self._sessions.values()) and session.is_alive(
            self._clock.now()
        )

    def touch(self, session: Session) -> None:
        """A person did something."""
        session.active = self._clock.now()

    def end(self, session: Session) -> None:
        self._sessions = {key: known for key, known in self._sessions.items() if known is not session}

    def _sweep(self, at: datetime) -> None:
        alive = [(key, known) for key, known in self._sessions.items() if known.is_alive(at)]
        self._sessions = dict(alive[-(_MOST_SESSIONS - 1) :])


def put_cookie(request: web.Request, response: web.StreamResponse, key: str) -> None:
    response.set_cookie(
        COOKIE,
        key,
        path="/inbox",
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=is_https(request),
    )


def drop_cookie(response: web.StreamResponse) -> None:
    response.del_cookie(COOKIE, path="/inbox")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _is_loopback(request: web.Request) -> bool:
    """A proxy on this machine speaks for somebody elsewhere, so its requests are not loopback."""
    if request.remote is None or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ipaddress.ip_address(request.remote)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback

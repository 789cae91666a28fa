"""Signing in: name, password and code; a one-time link for whoever has none yet; then a session.

Sessions end after 12 hours, or 30 minutes without a person doing something (ASVS 5.0.0 V7.3.1, V7.3.2), when
somebody signs out, and when they are disabled. They live in the book, so whoever keeps the book can end them.
Only hashes are kept of what opens a door. Guessing is slowed down, by account and by address, and never locks
anybody out for good (V6.3.1).
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.domain.deeds import Deed
from bot.domain.staff import Person, Role
from bot.errors import ChairsideError
from bot.ports import Clock
from bot.service.inbox.passwords import (
    code_secret_of,
    code_step,
    code_uri,
    hash_password,
    is_password,
    why_weak,
)
from bot.service.inbox.staff import Credentials, NameTaken, StaffBook, StoredSession
from bot.service.inbox.trail import Trail
from bot.web.security import address_of, is_https, is_loopback
from bot.web.wording import preferred_language

COOKIE = "chairside_session"
#: Browsers keep this one to https, to one host and to the whole of it (RFC 6265bis).
SECURE_COOKIE = f"__Host-{COOKIE}"
LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=30)
_LINK_PAUSE = timedelta(seconds=10)
_TOUCH_PAUSE = timedelta(seconds=20)
#: Failures that cost nothing: by one account at one address, by an account, by an address.
FREE_TRIES = {"pair": 6, "name": 30, "address": 60}
_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(minutes=15)
_FORGET_TRIES = timedelta(hours=24)
#: Who failed to sign in under a name that is not in the book.
NOBODY = "?"


class NotLetIn(ChairsideError):
    """The door stays shut. `word` says why: void | wrong | code_needed | wrong_code | code_missing | wait
    | taken | nameless | weak_short | weak_long | weak_common | weak_known. `more` goes to the page."""

    def __init__(self, word: str, **more: object) -> None:
        self.word = word
        self.more = more
        super().__init__(f"not let in: {word}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who signed in, as handlers see them."""

    key: str
    person: str | None
    who: str  # as colleagues read it
    role: Role
    language: str
    csrf: str
    opened: datetime
    active: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a one-time link leads to. `at_once`: a session without more ado; else a password is chosen, by
    `name` or, when it is None, by the first person of the practice."""

    at_once: bool = False
    name: str | None = None
    needs_code: bool = False


class SignIn:
    """The doors of one practice's inbox.

    `announce` hears the path of every link made after the first, on request of a browser on this machine; it
    writes it where only those who run the program look (the terminal). With `opens_at_once` such a link opens
    a session for anybody on this machine (the demo); else it lets the first person choose a password, and is
    good for nothing as soon as the book holds somebody.
    """

    def __init__(
        self,
        clock: Clock,
        book: StaffBook,
        *,
        practice: str = "Chairside",
        announce: Callable[[str], None] | None = None,
        opens_at_once: bool = False,
        trail: Trail | None = None,
    ) -> None:
        self.clock = clock
        self._trail = trail
        self._book = book
        self._practice = practice
        self._announce = announce
        self._opens_at_once = opens_at_once
        self._link: str | None = None
        self._announced: datetime | None = None

    def now(self) -> datetime:
        """The present, by the clock that sessions run by."""
        return self.clock.now()

    # -- one-time links -----------------------------------------------------------------------------------

    def issue(self) -> str:
        """A fresh path to sign in at, good for one use; an earlier one is void."""
        token = secrets.token_urlsafe(32)
        self._link = hash_of(token)
        return f"/inbox/sign-in/{token}"

    async def can_announce(self) -> bool:
        return self._announce is not None and (self._opens_at_once or not await self.has_people())

    async def has_people(self) -> bool:
        """Whether somebody can sign in with a password."""
        return any(person.has_password and not person.is_disabled for person in await self._book.people())

    async def announce(self) -> None:
        """Write a fresh link to the terminal; nothing within 10 seconds of the last."""
        at = self.clock.now()
        if not await self.can_announce() or (
            self._announced is not None and at - self._announced < _LINK_PAUSE
        ):
            return
        self._announced = at
        if self._announce is not None:
            self._announce(self.issue())

    def may_enter(self, request: web.Request) -> bool:
        """A browser on this machine may sign in, and one that speaks https; in the demo only the first."""
        return is_loopback(request) or (not self._opens_at_once and is_https(request))

    async def door(self, token: str) -> Door | None:
        """What the link would open. Looking does not use it up."""
        if self._link is not None and hmac.compare_digest(self._link, hash_of(token)):
            if self._opens_at_once:
                return Door(at_once=True)
            return None if await self.has_people() else Door(needs_code=True)
        person = await self._book.link(hash_of(token), at=self.clock.now())
        return Door(name=person.name, needs_code=person.role.needs_code) if person else None

    def code_setup(self, token: str, *, who: str) -> tuple[str, str]:
        """(secret, uri) of the codes that the one who uses this link up will have."""
        secret = code_secret_of(token)
        return secret, code_uri(secret, who=who, practice=self._practice)

    async def redeem(
        self, token: str, *, who: str, password: str = "", code: str = "", language: str
    ) -> tuple[str, Session]:
        """Use the link up: (cookie value, session). Raises NotLetIn, and then the link still works."""
        door = await self.door(token)
        if door is None:
            raise NotLetIn("void")
        if door.at_once:
            self._link = None
            return await self._open(
                None, who=who, role=Role.ADMIN, language=language, how="link of the terminal"
            )
        return await self._choose_password(door, token, who=who, password=password, code=code, lang=language)

    async def _choose_password(
        self, door: Door, token: str, *, who: str, password: str, code: str, lang: str
    ) -> tuple[str, Session]:
        name = door.name or who
        if not name:
            raise NotLetIn("nameless")
        weak = why_weak(password, known=(name, self._practice, "chairside"))
        if weak:
            raise NotLetIn(f"weak_{weak}")
        secret = code_secret_of(token) if door.needs_code or code else None
        step = code_step(code, secret, at=self.clock.now()) if secret else None
        if secret and step is None:
            raise NotLetIn("wrong_code" if code else "code_needed")
        hashed = await hash_password(password)
        person = await self._use_up(door, token, name)
        await self._book.prove_by(person.id, password=hashed, code_secret=secret)
        if step is not None:
            await self._book.use_code(person.id, step)
        how = "one-time link"
        return await self._open(person.id, who=person.name, role=person.role, language=lang, how=how)

    async def _use_up(self, door: Door, token: str, name: str) -> Person:
        if door.name is None:
            if self._link != hash_of(token):
                raise NotLetIn("void")
            self._link = None  # before anything is awaited: of two at once, one gets in
            return await self._first(name)
        person = await self._book.use_link(hash_of(token), at=self.clock.now())
        if person is None:
            raise NotLetIn("void")
        return person

    async def _first(self, name: str) -> Person:
        first = Person(id=uuid.uuid4().hex, name=name, role=Role.ADMIN)
        try:
            await self._book.add(first, at=self.clock.now())
        except NameTaken as error:
            raise NotLetIn("taken") from error
        return first

    # -- name, password, code -----------------------------------------------------------------------------

    async def enter(
        self, request: web.Request, *, name: str, password: str, code: str, language: str
    ) -> tuple[str, Session]:
        """(cookie value, session). Raises NotLetIn, whose word and time tell nothing about who is known."""
        at = self.clock.now()
        keys = _try_keys(name, address_of(request))
        wait = await self._wait(keys, at)
        if wait > timedelta(0):
            raise NotLetIn("wait", seconds=int(wait.total_seconds()) + 1)
        # Counted before it is looked at: guesses side by side count, each of them.
        await self._book.note_tries(keys.values(), at=at, forget_before=at - _FORGET_TRIES)
        known = await self._book.credentials(name)
        try:
            person = await self._proved(known, password=password, code=code, at=at)
        except NotLetIn as shut:
            await self._note_failure(known, shut.word, keys, request)
            raise
        await self._book.forget_tries([keys["pair"], keys["name"]])
        await self._end_earlier(request)
        how = "password and code" if code else "password"
        return await self._open(
            person.id, who=person.name, role=person.role, language=language, how=_from(how, request)
        )

    async def let_in(self, request: web.Request, person: Person, *, how: str) -> tuple[str, Session]:
        """Somebody whom a sign-in service has proved: (cookie value, session)."""
        await self._end_earlier(request)
        language = preferred_language(request)
        return await self._open(
            person.id, who=person.name, role=person.role, language=language, how=_from(how, request)
        )

    async def _proved(self, known: Credentials | None, *, password: str, code: str, at: datetime) -> Person:
        if not await is_password(password, known.password if known else None) or known is None:
            raise NotLetIn("wrong")
        if known.code_secret is not None:
            if not code:
                raise NotLetIn("code_needed")
            step = code_step(code, known.code_secret, at=at)
            if step is None or not await self._book.use_code(known.person.id, step):
                raise NotLetIn("wrong_code")
        elif known.person.role.needs_code:
            raise NotLetIn("code_missing")
        return known.person

    async def _note_failure(
        self, known: Credentials | None, word: str, keys: dict[str, str], request: web.Request
    ) -> None:
        """Names of the book only: people type passwords where their name belongs."""
        if self._trail is None or word == "code_needed":
            return
        who = known.person.name if known else NOBODY
        await self._trail.note_now(Deed.SIGN_IN_FAILED, by=who, detail=_from(word, request))
        wait = await self._wait(keys, self.clock.now())
        if wait > timedelta(0):
            pause = f"for {int(wait.total_seconds())} s"
            await self._trail.note_now(Deed.LOCKED_OUT, by=who, detail=_from(pause, request))

    async def _wait(self, keys: dict[str, str], at: datetime) -> timedelta:
        tries = await self._book.tries(keys.values())
        waits = [timedelta(0)]
        for kind, key in keys.items():
            failures, last = tries.get(key, (0, at))
            over = failures - FREE_TRIES[kind]
            if over >= 0 and at - last < _FORGET_TRIES:
                waits.append(last + min(_FIRST_WAIT * 2 ** min(over, 10), _LONGEST_WAIT) - at)
        return max(waits)

    # -- sessions -----------------------------------------------------------------------------------------

    async def _open(
        self, person: str | None, *, who: str, role: Role, language: str, how: str
    ) -> tuple[str, Session]:
        at = self.clock.now()
        await self._book.sweep_sessions(opened_before=at - LONGEST, active_before=at - IDLE)
        cookie = secrets.token_urlsafe(32)
        stored = StoredSession(
            key=hash_of(cookie), person=person, who=who, role=role, language=language, opened=at, active=at
        )
        await self._book.open_session(stored)
        if self._trail is not None:
            await self._trail.note_now(Deed.SIGNED_IN, by=who, detail=how)
        return cookie, _seen(stored, cookie)

    async def _end_earlier(self, request: web.Request) -> None:
        cookie = _cookie(request)
        if cookie:
            await self._book.end_session(hash_of(cookie))

    async def find(self, request: web.Request) -> Session | None:
        cookie = _cookie(request)
        if not cookie:
            return None
        stored = await self._book.session(hash_of(cookie))
        return _seen(stored, cookie) if stored and self._lives(stored) else None

    async def is_alive(self, session: Session) -> bool:
        stored = await self._book.session(session.key)
        return stored is not None and stored.role == session.role and self._lives(stored)

    def _lives(self, stored: StoredSession) -> bool:
        at = self.clock.now()
        return at - stored.opened < LONGEST and at - stored.active < IDLE

    async def touch(self, session: Session) -> None:
        """A person did something."""
        at = self.clock.now()
        if at - session.active >= _TOUCH_PAUSE:
            await self._book.touch_session(session.key, at=at)

    async def speak(self, session: Session, language: str) -> None:
        await self._book.speak(session.key, language)

    async def end(self, session: Session) -> None:
        await self._book.end_session(session.key)
        if self._trail is not None:
            await self._trail.note_now(Deed.SIGNED_OUT, by=session.who)


def put_cookie(request: web.Request, response: web.StreamResponse, key: str) -> None:
    secure = is_https(request)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        key,
        path="/" if secure else "/inbox",
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=secure,
    )


def drop_cookie(request: web.Request, response: web.StreamResponse) -> None:
    if is_https(request):
        response.del_cookie(SECURE_COOKIE, path="/", secure=True, httponly=True, samesite="Strict")
    else:
        response.del_cookie(COOKIE, path="/inbox")


def hash_of(secret: str) -> str:
    """What the book keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _cookie(request: web.Request) -> str | None:
    return request.cookies.get(SECURE_COOKIE if is_https(request) else COOKIE)


def _seen(stored: StoredSession, cookie: str) -> Session:
    return Session(
        key=stored.key,
        person=stored.person,
        who=stored.who,
        role=stored.role,
        language=stored.language,
        # Follows from the cookie, which only its browser knows; nothing more is stored.
        csrf=hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest(),
        opened=stored.opened,
        active=stored.active,
    )


def _from(what: str, request: web.Request) -> str:
    return f"{what}, from {address_of(request)}"


def _try_keys(name: str, address: str) -> dict[str, str]:
    """Hashes: people type passwords where their name belongs."""
    who = name.casefold()
    return {
        "pair": hash_of(f"pair\0{who}\0{address}"),
        "name": hash_of(f"name\0{who}"),
        "address": hash_of(f"address\0{address}"),
    }

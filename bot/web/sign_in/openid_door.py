"""The door for who signs in by the practice's own service: out to it, and back in.

The way back is a GET, as the protocol has it; it only shows a page, whose script posts what came along. So
no link that somebody follows signs anybody in, and the cookie that ties state to its browser can be strict.
"""

import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pydantic
from aiohttp import web

from bot.domain.deeds import Deed
from bot.domain.practice import SignInService
from bot.domain.staff import Person, Role
from bot.service.inbox.staff import NameTaken, StaffBook
from bot.service.inbox.trail import Trail
from bot.web.access import Handler, answer, refuse
from bot.web.bodies import Strict, read
from bot.web.security import is_https
from bot.web.sign_in.openid import Begun, NotProved, OpenId, name_of, role_of, subject_of
from bot.web.sign_in.session import NOBODY, SignIn, hash_of, put_cookie

BACK = "/inbox/sign-in/service"
_COOKIE = "chairside_service"
_GOOD_FOR = timedelta(minutes=10)
_MOST = 1_000


class _Back(Strict):
    code: str = pydantic.Field(min_length=1, max_length=4000)
    state: str = pydantic.Field(min_length=1, max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    begun: Begun
    browser: str  # hash of the cookie
    at: datetime


class OpenIdDoor:
    """The handlers. What was begun lives in memory, for ten minutes, and is used up by coming back."""

    def __init__(
        self, service: SignInService, openid: OpenId, *, sign_in: SignIn, staff: StaffBook, trail: Trail
    ) -> None:
        self._service = service
        self._openid = openid
        self._sign_in = sign_in
        self._staff = staff
        self._trail = trail
        self._ways: dict[str, _Way] = {}

    def handlers(self) -> Mapping[str, Handler]:
        return {f"POST {BACK}": self.go_out, f"POST {BACK}/back": self.come_back}

    async def go_out(self, request: web.Request) -> web.Response:
        """{"next": URL}: where the browser goes to prove itself."""
        if not self._sign_in.may_enter(request):
            return refuse(403, "elsewhere")
        origin = f"{'https' if is_https(request) else 'http'}://{request.host}"
        try:
            begun = await self._openid.begin(origin + BACK)
        except NotProved as error:
            return await self._refused(error.why)
        browser, at = secrets.token_urlsafe(32), self._sign_in.now()
        self._ways = {state: way for state, way in self._ways.items() if at - way.at < _GOOD_FOR}
        if len(self._ways) >= _MOST:
            return refuse(429, "wait", seconds=60)
        self._ways[begun.state] = _Way(begun=begun, browser=hash_of(browser), at=at)
        response = answer({"next": begun.url})
        response.set_cookie(
            _COOKIE,
            browser,
            path="/inbox/sign-in",
            max_age=int(_GOOD_FOR.total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=is_https(request),
        )
        return response

    async def come_back(self, request: web.Request) -> web.Response:
        try:
            given = await read(request, _Back)
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        way = self._ways.pop(given.state, None)  # before anything is awaited again: good once
        browser = hash_of(request.cookies.get(_COOKIE, ""))
        if way is None or self._sign_in.now() - way.at >= _GOOD_FOR:
            return await self._refused("state")
        if not hmac.compare_digest(way.browser, browser):
            return await self._refused("browser")
        try:
            claims = await self._openid.finish(given.code, way.begun)
        except NotProved as error:
            return await self._refused(error.why)
        role = role_of(self._service, claims)
        if role is None:
            return await self._refused("no_role", word="no_role")
        person = await self._known(subject_of(self._service, claims), name_of(claims), role)
        if person.is_disabled:
            return await self._refused("disabled", word="no_role", who=person.name)
        cookie, _ = await self._sign_in.let_in(request, person, how="sign-in service")
        response = answer({"next": "/inbox"})
        put_cookie(request, response, cookie)
        response.del_cookie(_COOKIE, path="/inbox/sign-in")
        return response

    async def _known(self, subject: str, name: str, role: Role) -> Person:
        """Their role is what the service says today. A name that somebody has already is never taken over."""
        person = await self._staff.known_as(subject)
        if person is not None:
            if person.role is not role and not person.is_disabled:
                await self._staff.change_role(person.id, role)
                detail = f"{person.name}: {person.role} to {role}, by the sign-in service"
                await self._trail.note_now(Deed.CHANGED_PERSON, by=person.name, detail=detail)
            return Person(id=person.id, name=person.name, role=role, is_disabled=person.is_disabled)
        for number in range(1, 100):
            called = name if number == 1 else f"{name} {number}"
            person = Person(id=uuid.uuid4().hex, name=called, role=role)
            try:
                await self._staff.add(person, at=self._sign_in.now())
            except NameTaken:
                continue
            await self._staff.remember_as(person.id, subject)
            return person
        raise NameTaken(f'a hundred people are called "{name}" already')

    async def _refused(self, why: str, *, word: str = "service", who: str = NOBODY) -> web.Response:
        await self._trail.note_now(Deed.SIGN_IN_FAILED, by=who, detail=f"sign-in service: {why}")
        return refuse(403, word)

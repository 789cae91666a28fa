"""The doors of the inbox: signing in by name and password, by a one-time link, and out again."""

import pydantic
from aiohttp import web

from bot.domain.practice import Practice
from bot.web.access import SESSION, add_handlers, answer, refuse
from bot.web.bodies import Strict, read
from bot.web.pages import show
from bot.web.sign_in.openid_door import BACK, OpenIdDoor
from bot.web.sign_in.qr import qr_path
from bot.web.sign_in.session import NotLetIn, Session, SignIn, drop_cookie, put_cookie
from bot.web.wording import LANGUAGES, preferred_language

_STATUS = {"void": 410, "wait": 429}


class _Entry(Strict):
    """By a one-time link. `wants_code`: asks for the secret of codes before its first use."""

    who: str = pydantic.Field(default="", max_length=40)
    password: str = pydantic.Field(default="", max_length=1000)
    code: str = pydantic.Field(default="", max_length=10)
    wants_code: bool = False


class _Credentials(Strict):
    name: str = pydantic.Field(min_length=1, max_length=40)
    password: str = pydantic.Field(min_length=1, max_length=1000)
    code: str = pydantic.Field(default="", max_length=10)


def add_doors(
    app: web.Application, *, sign_in: SignIn, practice: Practice | None, service: OpenIdDoor | None = None
) -> None:
    """Register /inbox/sign-in and /inbox/sign-out; with a sign-in service its door too."""
    doors = _Doors(sign_in, practice, has_service=service is not None)
    if service is not None:
        add_handlers(app, ((f"GET {BACK}", doors.show_service), *service.handlers().items()))
    add_handlers(
        app,
        (
            ("GET /inbox/sign-in", doors.show_closed_door),
            ("POST /inbox/sign-in", doors.enter),
            ("POST /inbox/sign-in/link", doors.announce_link),
            ("GET /inbox/sign-in/{token}", doors.show_door),
            ("POST /inbox/sign-in/{token}", doors.redeem),
            ("POST /inbox/sign-out", doors.leave),
        ),
    )


class _Doors:
    def __init__(self, sign_in: SignIn, practice: Practice | None, *, has_service: bool) -> None:
        self._sign_in = sign_in
        self._has_service = has_service
        self._practice = practice

    async def show_closed_door(self, request: web.Request) -> web.Response:
        has_people = await self._sign_in.has_people()
        is_open = has_people or self._has_service
        return await self._show(request, status=401, door="password" if is_open else "link")

    async def show_service(self, request: web.Request) -> web.Response:
        """Back from the sign-in service. Looking is free here too: the page posts what came along."""
        return await self._show(request, door="service")

    async def show_door(self, request: web.Request) -> web.Response:
        """Looking is free: link previews and scanners open every link they meet."""
        door = await self._sign_in.door(request.match_info["token"])
        if door is None:
            return await self._show(request, status=410, door="void")
        kind = "once" if door.at_once else "choose"
        return await self._show(request, door=kind, name=door.name, needs_code=door.needs_code)

    async def _show(
        self,
        request: web.Request,
        *,
        door: str,
        status: int = 200,
        name: str | None = None,
        needs_code: bool = False,
    ) -> web.Response:
        may_enter = self._sign_in.may_enter(request)
        return show(
            request,
            "sign_in.html",
            language=self._language(request),
            status=status if may_enter else 403,
            practice=self._practice.name if self._practice else "",
            door=door if may_enter else "elsewhere",
            name=name,
            needs_code=needs_code,
            can_announce=await self._sign_in.can_announce(),
            has_service=self._has_service,
        )

    async def announce_link(self, request: web.Request) -> web.Response:
        if not self._sign_in.may_enter(request):
            return refuse(403, "elsewhere")
        await self._sign_in.announce()
        return answer({})

    async def enter(self, request: web.Request) -> web.Response:
        if not self._sign_in.may_enter(request):
            return refuse(403, "elsewhere")
        try:
            given = await read(request, _Credentials)
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        try:
            entered = await self._sign_in.enter(
                request,
                name=given.name.strip(),
                password=given.password,
                code=given.code.strip(),
                language=self._language(request),
            )
        except NotLetIn as shut:
            return refuse(_STATUS.get(shut.word, 403), shut.word, **shut.more)
        return _welcome(request, entered)

    async def redeem(self, request: web.Request) -> web.Response:
        if not self._sign_in.may_enter(request):
            return refuse(403, "elsewhere")
        try:
            given = await read(request, _Entry)
        except pydantic.ValidationError:
            return refuse(400, "malformed")
        token, language, who = request.match_info["token"], self._language(request), given.who.strip()
        try:
            door = await self._sign_in.door(token)
            if door is not None and given.wants_code and not door.at_once:
                secret, uri = self._sign_in.code_setup(token, who=door.name or who)
                return answer({"secret": secret, "uri": uri, "qr": qr_path(uri)})
            if door is not None and door.at_once:
                who = who or _nobody(language)
            entered = await self._sign_in.redeem(
                token, who=who, password=given.password, code=given.code.strip(), language=language
            )
        except NotLetIn as shut:
            return refuse(_STATUS.get(shut.word, 403), shut.word, **shut.more)
        return _welcome(request, entered)

    async def leave(self, request: web.Request) -> web.Response:
        await self._sign_in.end(request[SESSION])
        response = answer({"next": "/inbox/sign-in"})
        drop_cookie(request, response)
        return response

    def _language(self, request: web.Request) -> str:
        house = self._practice.languages[0] if self._practice else "en"
        return preferred_language(request, default=house if house in LANGUAGES else "en")


def _welcome(request: web.Request, entered: tuple[str, Session]) -> web.Response:
    response = answer({"next": "/inbox"})
    put_cookie(request, response, entered[0])
    return response


def _nobody(language: str) -> str:
    return {"it": "Segreteria", "ru": "Регистратура"}.get(language, "Reception")

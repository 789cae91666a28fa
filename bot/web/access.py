"""Who may knock at which door of the inbox: one table, which the middleware enforces and tests read.

A route that is not in the table does not start; a request for one that got in all the same is refused.
"""

import hmac
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.staff import Role
from bot.errors import SetupError
from bot.web.live import to_json
from bot.web.security import is_same_origin
from bot.web.sign_in.session import Session, SignIn

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ClosedPage = Callable[[web.Request], web.StreamResponse]
SESSION = web.RequestKey("session", Session)
PREFIX = "/inbox"
#: What a browser opens by itself: who is not signed in is led to the door, and from there to where they went.
PAGES = (
    PREFIX,
    f"{PREFIX}/{{conversation}}",
    "/inbox/figures",
    "/inbox/trail",
    "/inbox/team",
    "/inbox/requests",
    "/inbox/requests/sheet",
    "/inbox/calls",
)


@dataclass(frozen=True, slots=True)
class Route:
    """`least`: the least role that may; None for a door, which is there to get in. `acts`: a person did
    something, which keeps their session alive; a page that updates itself does not."""

    method: str
    path: str
    least: Role | None
    acts: bool = True


ROUTES = (
    Route("GET", "/inbox/sign-in", None),
    Route("POST", "/inbox/sign-in", None),
    Route("POST", "/inbox/sign-in/link", None),
    Route("GET", "/inbox/sign-in/service", None),
    Route("POST", "/inbox/sign-in/service", None),
    Route("POST", "/inbox/sign-in/service/back", None),
    Route("GET", "/inbox/sign-in/{token}", None),
    Route("POST", "/inbox/sign-in/{token}", None),
    Route("GET", "/inbox", Role.READER),
    Route("GET", "/inbox/events", Role.READER, acts=False),
    Route("GET", "/inbox/conversations", Role.READER, acts=False),
    Route("GET", "/inbox/conversations/{id}", Role.READER),
    Route("GET", "/inbox/conversations/{id}/card", Role.READER),
    Route("GET", "/inbox/conversations/{id}/files/{file}", Role.READER),
    Route("GET", "/inbox/conversations/{id}/visits", Role.READER, acts=False),
    Route("GET", "/inbox/openings", Role.READER),
    Route("GET", "/inbox/diary", Role.READER, acts=False),
    Route("GET", "/inbox/people", Role.READER, acts=False),
    Route("GET", "/inbox/canned", Role.AGENT, acts=False),
    Route("GET", "/inbox/assistant", Role.READER),
    Route("GET", "/inbox/figures", Role.MANAGER),
    Route("GET", "/inbox/figures.csv", Role.MANAGER),
    Route("GET", "/inbox/trail", Role.ADMIN),
    Route("GET", "/inbox/trail.csv", Role.ADMIN),
    Route("GET", "/inbox/trail/check", Role.ADMIN),
    Route("GET", "/inbox/team", Role.ADMIN),
    Route("GET", "/inbox/calls", Role.READER),
    Route("POST", "/inbox/calls", Role.AGENT),
    Route("GET", "/inbox/requests", Role.READER),
    Route("GET", "/inbox/requests/sheet", Role.READER),
    Route("GET", "/inbox/requests/times", Role.AGENT),
    Route("POST", "/inbox/requests/confirm", Role.AGENT),
    Route("POST", "/inbox/requests/refuse", Role.AGENT),
    Route("POST", "/inbox/requests/propose", Role.AGENT),
    Route("POST", "/inbox/team", Role.ADMIN),
    Route("POST", "/inbox/team/{person}/role", Role.ADMIN),
    Route("POST", "/inbox/team/{person}/languages", Role.ADMIN),
    Route("POST", "/inbox/team/{person}/reset", Role.ADMIN),
    Route("POST", "/inbox/team/{person}/disable", Role.ADMIN),
    Route("POST", "/inbox/team/{person}/enable", Role.ADMIN),
    Route("POST", "/inbox/team/sessions/end", Role.ADMIN),
    Route("POST", "/inbox/away", Role.READER),
    Route("POST", "/inbox/search", Role.READER),
    Route("GET", "/inbox/{conversation}", Role.READER),
    Route("POST", "/inbox/conversations/{id}/take", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/try-again", Role.MANAGER),
    Route("POST", "/inbox/conversations/{id}/reply", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/give-back", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/assign", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/put-back", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/close", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/hold", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/release", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/book", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/move", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/cancel", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/note", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/snooze", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/wake", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/tag", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/untag", Role.AGENT),
    Route("GET", "/inbox/conversations/{id}/templates", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/template", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/draft/send", Role.AGENT),
    Route("POST", "/inbox/conversations/{id}/draft/discard", Role.AGENT),
    Route("POST", "/inbox/assistant/switch", Role.MANAGER),
    Route("POST", "/inbox/presence", Role.READER, acts=False),
    Route("POST", "/inbox/language", Role.READER),
    Route("POST", "/inbox/here", Role.READER),
    Route("POST", "/inbox/sign-out", Role.READER),
)

_TABLE = {(route.method, route.path): route for route in ROUTES}


def guard(app: web.Application, sign_in: SignIn, *, closed: ClosedPage | None = None) -> None:
    """Let nobody through but those whom the table lets through. Every route beneath /inbox must be in it.

    `closed`: what somebody sees whose browser opens a page that their role may not."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = _path_of(request.match_info.route)
        if path is None or not _is_ours(path):
            return await handler(request)
        route = _TABLE.get(("GET" if request.method == "HEAD" else request.method, path))
        if route is None:
            return refuse(403, "unlisted")
        if route.method == "POST" and not is_same_origin(request):
            return refuse(403, "foreign_origin")
        if route.least is None:
            return await handler(request)
        return await _as_somebody(request, handler, route, route.least)

    async def _as_somebody(
        request: web.Request, handler: Handler, route: Route, least: Role
    ) -> web.StreamResponse:
        session = await sign_in.find(request)
        if session is None:
            if route.path in PAGES:
                raise web.HTTPSeeOther(_door_to(request))
            return refuse(401, "signed_out")
        token = request.headers.get("X-CSRF-Token", "")
        if route.method == "POST" and not hmac.compare_digest(token.encode(), session.csrf.encode()):
            return refuse(403, "csrf")
        request[SESSION] = session
        if not session.role.may(least):
            opened = route.path in PAGES and "text/html" in request.headers.get("Accept", "")
            return closed(request) if closed and opened else refuse(403, "not_allowed")
        if route.acts:
            await sign_in.touch(session)
        return await handler(request)

    async def all_listed(app: web.Application) -> None:
        unlisted = sorted(set(listed_in(app)) - set(_TABLE))
        if unlisted:
            raise SetupError(f"bot/web/access.py does not say who may use {unlisted}; add them to ROUTES")

    app.middlewares.append(check)
    app.on_startup.append(all_listed)


def listed_in(app: web.Application) -> list[tuple[str, str]]:
    """(method, path) of everything beneath /inbox that `app` answers."""
    found = set()
    for route in app.router.routes():
        path = _path_of(route)
        if path is not None and _is_ours(path) and route.method != "HEAD":
            found.add((route.method, path))
    return sorted(found)


def add_handlers(
    app: web.Application,
    handlers: Iterable[tuple[str, Handler]],
) -> None:
    """("GET /inbox", handler) and so on."""
    for name, handler in handlers:
        method, path = name.split(" ")
        app.router.add_route(method, path, handler)
        if method == "GET":
            app.router.add_route("HEAD", path, handler)


def answer(value: object, *, status: int = 200) -> web.Response:
    return web.Response(text=to_json(value), content_type="application/json", status=status)


def refuse(status: int, error: str, **more: object) -> web.Response:
    return answer({"error": error, **more}, status=status)


def _path_of(route: web.AbstractRoute) -> str | None:
    return route.resource.canonical if route.resource is not None else None


def _door_to(request: web.Request) -> str:
    wanted = request.match_info.get("conversation") or request.query.get("conversation")
    return f"/inbox/sign-in?{urlencode({'conversation': wanted})}" if wanted else "/inbox/sign-in"


def _is_ours(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")

"""The frame of the pages behind the desk: a menu of those that one may open, and who is signed in."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from bot.domain.practice import Practice
from bot.domain.staff import Role
from bot.web.access import SESSION, ClosedPage
from bot.web.pages import show

#: (name of the page and of its word, address, icon, the least role that may open it)
_PAGES = (
    ("inbox", "/inbox", "inbox", Role.READER),
    ("figures", "/inbox/figures", "chart", Role.MANAGER),
    ("trail", "/inbox/trail", "trail", Role.ADMIN),
    ("team", "/inbox/team", "people", Role.ADMIN),
)
#: Only where the practice needs them (`offer_page`); after the inbox.
_MORE = {
    "requests": ("requests", "/inbox/requests", "clock", Role.READER),
    "calls": ("calls", "/inbox/calls", "phone", Role.READER),
}
_FRAMED = web.AppKey("framed", bool)
_OFFERED = web.AppKey("offered", list[str])


@dataclass(frozen=True, slots=True)
class MenuEntry:
    name: str
    path: str
    icon: str


def offer_pages(app: web.Application) -> None:
    """From now on menus show the pages behind the desk."""
    app[_FRAMED] = True


def offer_page(app: web.Application, name: str) -> None:
    """From now on menus show this page, too."""
    app[_OFFERED] = [*app.get(_OFFERED, []), name]


def menu(request: web.Request) -> tuple[MenuEntry, ...]:
    """The pages that whoever is signed in may open; () where there is only the inbox."""
    if not request.app.get(_FRAMED):
        return ()
    role = request[SESSION].role
    more = [_MORE[name] for name in request.app.get(_OFFERED, [])]
    pages = (*_PAGES[:1], *more, *_PAGES[1:])
    return tuple(MenuEntry(name, path, icon) for name, path, icon, least in pages if role.may(least))


def closed_page(practice: Practice | None) -> ClosedPage | None:
    """Instead of a page that is not for the role of whoever opens it: says so, and whom to ask."""
    return partial(show_page, page="closed", practice=practice, status=403) if practice else None


def show_page(
    request: web.Request, page: str, *, practice: Practice, status: int = 200, **values: Any
) -> web.Response:
    """`page`.html in its frame, in the language of whoever looks."""
    session = request[SESSION]
    return show(
        request,
        f"{page}.html",
        language=session.language,
        csrf=session.csrf,
        who=session.who,
        role=session.role,
        practice=practice.name,
        menu=menu(request),
        page=page,
        status=status,
        **values,
    )

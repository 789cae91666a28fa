"""The frame of the pages behind the desk: a menu of those that one may open, and who is signed in."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.domain.practice import Practice
from bot.domain.staff import Role
from bot.web.access import SESSION
from bot.web.pages import show

#: (name of the page and of its word, address, icon, the least role that may open it)
_PAGES = (
    ("inbox", "/inbox", "inbox", Role.READER),
    ("figures", "/inbox/figures", "chart", Role.MANAGER),
    ("trail", "/inbox/trail", "trail", Role.ADMIN),
    ("team", "/inbox/team", "people", Role.ADMIN),
)
_FRAMED = web.AppKey("framed", bool)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    name: str
    path: str
    icon: str


def offer_pages(app: web.Application) -> None:
    """From now on menus show the pages behind the desk."""
    app[_FRAMED] = True


def menu(request: web.Request) -> tuple[MenuEntry, ...]:
    """The pages that whoever is signed in may open; () where there is only the inbox."""
    if not request.app.get(_FRAMED):
        return ()
    role = request[SESSION].role
    return tuple(MenuEntry(name, path, icon) for name, path, icon, least in _PAGES if role.may(least))


def show_page(request: web.Request, page: str, *, practice: Practice, **values: Any) -> web.Response:
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
        **values,
    )

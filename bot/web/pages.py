"""Pages: templates with autoescape, our own static files, the same headers everywhere."""

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.web.live import add_streams
from bot.web.security import add_headers
from bot.web.wording import LANGUAGES, wording

_HERE = Path(__file__).parent
_PAGES = web.AppKey("pages", Environment)


def add_pages(app: web.Application) -> None:
    """Templates and /static for whoever shows pages. Twice is once."""
    if _PAGES in app:
        return
    wording("en")  # words that do not agree are told at the start, not to the first who opens a page
    app[_PAGES] = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    app.router.add_static("/static/", _HERE / "static")
    app.router.add_get("/favicon.ico", _mark)  # asked for beside whatever is no page of ours, as a download
    add_headers(app)
    add_streams(app)


async def _mark(request: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "static" / "mark.svg")


def show(
    request: web.Request, template: str, *, language: str, status: int = 200, **values: Any
) -> web.Response:
    """A page in one language. Its script finds the same strings in the element #wording."""
    text = (
        request.app[_PAGES]
        .get_template(template)
        .render(words=wording(language), language=language, languages=LANGUAGES, **values)
    )
    return web.Response(text=text, content_type="text/html", status=status)

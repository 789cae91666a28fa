"""What every answer of ours carries, and what our files do not contain."""

import re
from pathlib import Path

import aiohttp
import pytest

import bot.web
from bot.web.security import HEADERS
from bot.web.sign_in.session import SignIn
from tests.web.fakes import FakeDesk
from tests.web.serving import Serve, inbox_application

WEB = Path(bot.web.__file__).parent
SCRIPTS = sorted((WEB / "static").glob("*.js"))
TEMPLATES = sorted((WEB / "templates").glob("*.html"))


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/inbox/sign-in", "no-store"),
        ("/inbox", "no-store"),
        ("/inbox/conversations", "no-store"),
        ("/nowhere", "no-store"),
        ("/static/nowhere.js", "no-cache"),
        ("/static/page.js", "no-cache"),
        ("/static/theme.css", "no-cache"),
    ],
)
async def test_every_answer_carries_the_headers(
    path: str, cache: str, serve: Serve, http: aiohttp.ClientSession, desk: FakeDesk, sign_in: SignIn
) -> None:
    url = await serve(inbox_application(desk, sign_in))
    async with http.get(url + path, allow_redirects=False) as response:
        carried = {name: response.headers.get(name) for name in HEADERS}

        assert carried == HEADERS
        assert response.headers["Cache-Control"] == cache


async def test_the_mark_is_there_for_whoever_asks_for_it_where_no_page_of_ours_names_it(
    serve: Serve, http: aiohttp.ClientSession, desk: FakeDesk, sign_in: SignIn
) -> None:
    url = await serve(inbox_application(desk, sign_in))
    async with http.get(f"{url}/favicon.ico") as response:
        assert (response.status, response.content_type) == (200, "image/svg+xml")


def test_nothing_may_run_that_is_not_a_file_of_ours() -> None:
    directives = dict(directive.split(" ", 1) for directive in HEADERS["Content-Security-Policy"].split("; "))

    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "require-trusted-types-for": "'script'",
    }


#: Where an element gets an address: one of ours, made of ids, never of what anybody wrote.
OUR_ADDRESSES = {"files.js": [".href =", ".src ="], "widget.js": [".src ="]}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_make_no_markup_of_words(script: Path) -> None:
    makes_markup = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc"
        r"|\beval\b|new Function|setTimeout\(\s*[\"'`]|\.href\s*=|\.src\s*="
    )

    found = makes_markup.findall(script.read_text(encoding="utf-8"))

    assert found == OUR_ADDRESSES.get(script.name, [])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_our_templates_hold_no_inline_script_or_style_and_trust_nothing(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    inline = re.findall(r"<style|\sstyle=|\son\w+=|javascript:|\|\s*safe|autoescape", text)
    scripts = [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag]

    assert inline == []
    assert all('type="application/json"' in tag for tag in scripts)


def test_our_pages_ask_nobody_else_for_anything() -> None:
    files = [*SCRIPTS, *TEMPLATES, *(WEB / "static").glob("*.css")]
    found = {
        address
        for file in files
        for address in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"')]*", file.read_text("utf-8"))
    }

    assert found == {"http://www.w3.org/2000/svg"}

"""The chat on a practice's own site in a real browser: its button, its frame, and whose pages may show it."""

import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, expect

from bot import bootstrap
from bot.commands.shared import moment
from tests.browser.people import leave, picture
from tests.web.serving import Serve

PRACTICE = Path(__file__).parents[2] / "practice.yml"


@dataclass
class Site:
    """A page of the practice, a page of somebody else, and the server behind the chat of both."""

    ours: str
    foreign: str
    server: bootstrap.Server


@pytest_asyncio.fixture(loop_scope="session")
async def site(serve: Serve, tmp_path: Path) -> AsyncIterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])

    async def page(request: web.Request) -> web.Response:
        script = f"http://127.0.0.1:{port}/chat/widget.js"
        tag = f'<script src="{script}"></script>'
        html = f'<!doctype html><html lang="it"><body><h1>Studio</h1>{tag}</body></html>'
        return web.Response(text=html, content_type="text/html")

    def application() -> web.Application:
        app = web.Application()
        app.router.add_get("/", page)
        return app

    ours, foreign = await serve(application()), await serve(application())
    practice = tmp_path / "practice.yml"
    written = PRACTICE.read_text(encoding="utf-8").replace("http://127.0.0.1:8080", ours)
    practice.write_text(written, encoding="utf-8")
    configuration = bootstrap.Configuration(
        data=tmp_path,
        environment={
            "CHAIRSIDE_GATHER_SECONDS": "0.1",
            "CHAIRSIDE_PRACTICE": str(practice),
            "CHAIRSIDE_NLU_CACHE": os.environ.get("CHAIRSIDE_NLU_CACHE", str(tmp_path / "nlu")),
        },
        demo=True,
        now=moment("2026-03-02T08:00+01:00"),
    )
    server = bootstrap.Server(configuration, host="127.0.0.1", port=port)
    await server.start()
    yield Site(ours, foreign, server)
    await server.stop()


async def test_a_visitor_of_the_site_is_answered_and_finds_the_chat_again(
    browser: Browser, site: Site
) -> None:
    context = await browser.new_context(locale="it-IT", viewport={"width": 900, "height": 760})
    page = await context.new_page()
    await page.goto(site.ours)
    button = page.get_by_role("button", name="Scriva allo studio")
    await button.click()
    chat = page.frame_locator("#chairside-chat")
    await chat.get_by_label("Scriva un messaggio").fill("Buonasera, vorrei prenotare una prima visita")
    await chat.get_by_label("Scriva un messaggio").press("Enter")
    await expect(chat.locator(".said-assistant").last).to_contain_text("nome e cognome")
    await expect(chat.locator(".said-visitor")).to_have_count(1)
    await picture(page, "web-chat")
    await chat.get_by_label("Scriva un messaggio").press("Escape")
    await expect(page.locator("#chairside-chat")).to_be_hidden()
    await expect(button).to_be_focused()
    await page.reload()
    await page.get_by_role("button", name="Scriva allo studio").click()
    await expect(chat.locator(".said-assistant").last).to_contain_text("nome e cognome")
    cookies = await context.cookies()
    await leave(context)

    assert cookies == []


async def test_a_page_of_somebody_else_cannot_show_it(browser: Browser, site: Site) -> None:
    context = await browser.new_context(locale="it-IT")
    page = await context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    await page.goto(site.foreign)
    async with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
        await page.get_by_role("button", name="Scriva allo studio").click()
    shown = await page.frame_locator("#chairside-chat").locator("#words").count()
    await leave(context)

    assert shown == 0
    assert any("frame-ancestors" in text for text in told)

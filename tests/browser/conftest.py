"""A real Chromium, and servers for it. Without one these tests are skipped; with CI=true they fail."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from bot.web.session import SignIn
from tests.browser.people import Witness
from tests.web.fakes import NOW, FakeClock
from tests.web.serving import Serve, serving

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is missing: install Debian's package chromium to run the browser tests"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """An English-speaking browser in Milan, at 10:20 of the fakes' Monday."""
    context = await browser.new_context(locale="en-GB", timezone_id="Europe/Rome")
    context.set_default_timeout(10_000)
    await context.clock.set_fixed_time(NOW)
    yield context
    await context.close()


@pytest.fixture
async def witness(context: BrowserContext) -> Witness:
    """Sees every dialog, error and broken content security policy of every page of the context."""
    witness = Witness()
    await witness.watch(context)
    return witness


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with serving() as start:
        yield start


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sign_in(clock: FakeClock) -> SignIn:
    return SignIn(clock, announce=lambda path: None)

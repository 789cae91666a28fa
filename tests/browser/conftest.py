"""A real Chromium, and servers for it. Without one these tests are skipped; with CI=true they fail.

One browser and one practice serve all tests, and so all tests share one event loop.
"""

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from bot import bootstrap
from bot.commands.shared import moment
from bot.web.sign_in.session import SignIn
from tests.browser.people import Witness, leave
from tests.web.fakes import NOW, FakeClock, MemoryStaffBook
from tests.web.serving import Serve, serving

expect.set_options(timeout=30_000)  # a busy machine is slow; it is not wrong

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
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


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """An English-speaking browser in Milan, at 10:20 of the fakes' Monday."""
    context = await browser.new_context(locale="en-GB", timezone_id="Europe/Rome")
    context.set_default_timeout(30_000)
    await context.clock.set_fixed_time(NOW)
    yield context
    await leave(context)


@pytest_asyncio.fixture(loop_scope="session")
async def witness(context: BrowserContext) -> Witness:
    """Sees every dialog, error and broken content security policy of every page of the context."""
    witness = Witness()
    await witness.watch(context)
    return witness


@pytest_asyncio.fixture(loop_scope="session")
async def serve() -> AsyncIterator[Serve]:
    async with serving() as start:
        yield start


@pytest_asyncio.fixture(loop_scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def staff() -> MemoryStaffBook:
    return MemoryStaffBook()


@pytest.fixture
def sign_in(clock: FakeClock, staff: MemoryStaffBook) -> SignIn:
    return SignIn(clock, staff, announce=lambda path: None, opens_at_once=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def front_desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[bootstrap.Server]:
    """Everything that `chairside demo` runs, early on a Monday."""
    data = tmp_path_factory.mktemp("front-desk")
    kept = os.environ.get("CHAIRSIDE_NLU_CACHE", str(data / "nlu"))
    configuration = bootstrap.Configuration(
        data=data,
        environment={"CHAIRSIDE_GATHER_SECONDS": "0.1", "CHAIRSIDE_NLU_CACHE": kept},
        demo=True,
        now=moment("2026-03-02T08:00+01:00"),
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = bootstrap.Server(configuration, host="127.0.0.1", port=port)
    await server.start()
    yield server
    await server.stop()

"""Servers and browsers-without-a-screen for the pages."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.web.sign_in.session import SignIn
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook, two_wait
from tests.web.serving import Receptionist, Serve, serving, whole_inbox


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with serving() as start:
        yield start


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk(clock: FakeClock) -> FakeDesk:
    return two_wait(clock)


@pytest.fixture
def announced() -> list[str]:
    return []


@pytest.fixture
def staff() -> MemoryStaffBook:
    return MemoryStaffBook()


@pytest.fixture
def sign_in(clock: FakeClock, announced: list[str], staff: MemoryStaffBook) -> SignIn:
    """As in the demo: a one-time link opens a session for whoever is at this machine."""
    return SignIn(clock, staff, announce=announced.append, opens_at_once=True)


@pytest.fixture
async def marta(
    serve: Serve, http: aiohttp.ClientSession, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook
) -> Receptionist:
    """Somebody at the desk who has signed in."""
    receptionist = Receptionist(http, await serve(whole_inbox(desk, sign_in, staff)))
    assert await receptionist.signs_in(sign_in.issue()) == 200
    return receptionist

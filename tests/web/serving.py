"""Real HTTP on free loopback ports, for tests of pages."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from bot.domain.practice import Practice
from bot.service.desk import Desk
from bot.service.staff import StaffBook
from bot.web.inbox import add_inbox
from bot.web.session import SignIn
from tests.web.fakes import MemoryStaffBook

Serve = Callable[[web.Application], Awaitable[str]]


@asynccontextmanager
async def serving() -> AsyncIterator[Serve]:
    """A function that starts an application and gives its address; all stop at the end, last one first."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app, shutdown_timeout=1.0)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    try:
        yield start
    finally:
        for runner in reversed(runners):
            await runner.cleanup()


class Receptionist:
    """A browser of a person at the desk: cookies, our Origin, the CSRF token of the page."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url
        self.csrf = ""

    async def signs_in(self, path: str, *, who: str = "Marta") -> int:
        async with self.http.post(
            self.url + path, json={"who": who}, headers={"Origin": self.url}
        ) as response:
            status = response.status
        if status == 200:
            await self.is_in()
        return status

    async def is_in(self) -> None:
        """The page opens, and with it comes what posting needs."""
        async with self.http.get(self.url + "/inbox") as page:
            self.csrf = (await page.text()).split('name="csrf" content="')[1].split('"')[0]

    async def posts(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        ours = {"Origin": self.url, "X-CSRF-Token": self.csrf}
        async with self.http.post(self.url + path, json=body or {}, headers={**ours, **headers}) as response:
            return response.status, await response.json()

    async def gets(self, path: str) -> tuple[int, Any]:
        async with self.http.get(self.url + path, allow_redirects=False) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()


def inbox_application(
    desk: Desk, sign_in: SignIn, practice: Practice | None = None, *, staff: StaffBook | None = None
) -> web.Application:
    app = web.Application()
    add_inbox(app, desk=desk, sign_in=sign_in, staff=staff or MemoryStaffBook(), practice=practice)
    return app


async def told(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    """The events of a stream, as (name, value)."""
    event = ""
    async for line in response.content:
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            event = text.removeprefix("event: ")
        elif text.startswith("data: "):
            yield event, json.loads(text.removeprefix("data: "))

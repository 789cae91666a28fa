"""The chat of the practice's own site over HTTP: a visitor books after proving a phone, and no other way."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import bootstrap
from bot.service.visitors import MOST_AN_HOUR
from tests.wire.conftest import a_demo

PRACTICE = Path(__file__).parents[2] / "practice.yml"
PHONE = "+39 333 765 4321"


@dataclass
class Provider:
    """Takes SMS, as a provider does."""

    sent: list[dict[str, str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.sent.append({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response({"sid": f"SM{len(self.sent)}"}, status=201)

    @property
    def code(self) -> str:
        found = re.search(r"[0-9]{6}", self.sent[-1]["Body"])
        assert found is not None
        return found.group()


@dataclass
class Site:
    """A practice with a chat on its site, and visitors of it."""

    server: bootstrap.Server
    http: aiohttp.ClientSession
    provider: Provider

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        sent = {"Origin": self.server.url, **headers}
        async with self.http.post(self.server.url + path, json=body, headers=sent) as answer:
            return answer.status, await answer.json()

    async def visitor(self) -> "Visitor":
        status, answer = await self.post("/chat/visits", {})
        assert status == 200, answer
        return Visitor(self, answer["token"])

    async def booked(self) -> list[str]:
        assert self.server.desk is not None
        return [
            str(row["patient"])
            for row in await self.server.desk.staff.desk.diary()
            if row["status"] == "booked"
        ]


@dataclass
class Visitor:
    site: Site
    token: str
    said: int = 0
    state: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sees(self) -> dict[str, Any]:
        return self.messages[-1]

    async def says(self, text: str, tap: str | None = None) -> str:
        self.said += 1
        body = {"id": f"{self.said:08x}", "text": text} | ({"tap": tap} if tap else {})
        status, answer = await self.site.post("/chat/messages", body, Authorization=f"Bearer {self.token}")
        assert status == 202, answer
        return await self.hears()

    async def taps(self, number: int = 0) -> str:
        tap, title, _ = self.sees["taps"][number]
        return await self.says(title, tap)

    async def hears(self) -> str:
        """The answer to the last that was said."""
        while True:
            await self.fetches(self.state)
            by = [message["by"] for message in self.messages]
            if by.count("visitor") == self.said and by[-1] != "visitor":
                return str(self.sees["text"])

    async def fetches(self, known: str = "") -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.site.server.url}/chat/messages"
        async with self.site.http.get(url, params={"known": known}, headers=headers) as answer:
            news = await answer.json()
        self.state, self.messages = news["state"], news["messages"]

    async def books_until_the_code(self) -> str:
        await self.says("Buonasera, vorrei prenotare una prima visita")
        await self.says("Anna Rossi")
        await self.says(PHONE)
        while "codice" not in self.sees["text"]:
            await self.taps()
        return str(self.sees["text"])


@pytest.fixture
async def site(tmp_path: Path, nlu_cache: Path) -> AsyncIterator[Site]:
    provider = Provider()
    app = web.Application()
    app.router.add_post("/2010-04-01/Accounts/AC1/Messages.json", provider.take)
    async with TestServer(app) as sms:
        practice = tmp_path / "practice.yml"
        practice.write_text(
            PRACTICE.read_text(encoding="utf-8")
            + f"""
sms:
  - number: "+390200000000"
    account_sid: AC1
    auth_token: env:SMS_TOKEN
    webhook_url: https://desk.example.org/webhooks/sms
    api_url: "{sms.make_url("")}"
""",
            encoding="utf-8",
        )
        given = {"CHAIRSIDE_PRACTICE": str(practice), "SMS_TOKEN": "sms-secret"}
        async with (
            a_demo(tmp_path, nlu_cache, gather_seconds=0, **given) as server,
            aiohttp.ClientSession() as http,
        ):
            yield Site(server, http, provider)


async def test_a_visitor_books_with_the_code_that_came_to_the_phone(site: Site) -> None:
    visitor = await site.visitor()
    asked = await visitor.books_until_the_code()
    nothing_yet = await site.booked()
    wrong = await visitor.says("000 000" if site.provider.code != "000000" else "111 111")
    booked = await visitor.says(f"ecco: {site.provider.code}")

    assert "+393337654321" in asked
    assert nothing_yet == []
    assert site.provider.sent[0]["To"] == "+393337654321"
    assert wrong.startswith("Non è il codice")
    assert "prenotata" in booked
    assert await site.booked() == ["Anna Rossi"]


async def test_who_has_no_code_books_nothing_and_reaches_a_person(site: Site) -> None:
    visitor = await site.visitor()
    await visitor.books_until_the_code()
    first = site.provider.code
    await visitor.taps()  # send it again
    again = site.provider.code
    answers = [await visitor.says(code) for code in (first, "123 457", "123 458", "123 459", "123 460")]

    assert first != again
    assert "persona" in answers[-1]
    assert await site.booked() == []


async def test_the_same_message_again_is_one_and_nobody_reads_anothers_chat(site: Site) -> None:
    anna, eve = await site.visitor(), await site.visitor()
    await anna.says("Buonasera, sono Anna Rossi")
    same = {"id": "00000001", "text": "Buonasera, sono Anna Rossi"}
    again, _ = await site.post("/chat/messages", same, Authorization=f"Bearer {anna.token}")
    await anna.fetches()
    await eve.fetches()
    visit = anna.token.partition(".")[0]
    forged = [f"Bearer {visit}.{eve.token.partition('.')[2]}", f"Bearer {visit}.", f"Basic {anna.token}", ""]
    refused = [(await site.post("/chat/messages", same, Authorization=one))[0] for one in forged]

    assert again == 202
    assert [message["by"] for message in anna.messages].count("visitor") == 1
    assert eve.messages == []
    assert refused == [401] * len(forged)


async def test_few_chats_begin_from_one_address_and_none_from_a_strangers_page(site: Site) -> None:
    foreign = (await site.post("/chat/visits", {}, Origin="https://eve.example.org"))[0]
    begun = [(await site.post("/chat/visits", {}))[0] for _ in range(MOST_AN_HOUR + 1)]

    assert foreign == 403
    assert begun == [200] * MOST_AN_HOUR + [429]


async def test_what_is_no_message_is_told_so(site: Site) -> None:
    visitor = await site.visitor()
    bodies: list[Any] = [
        {},
        {"id": "00000001"},
        {"id": "x", "text": "ciao"},
        {"id": "00000001", "text": ""},
        {"id": "00000001", "text": "a" * 4097},
        {"id": "00000001", "text": "ciao", "more": 1},
        {"id": "00000001", "text": ["ciao"]},
        {"id": "00000001", "text": "ciao", "tap": "x" * 257},
        [],
        "ciao",
        None,
    ]
    told = [
        await site.post("/chat/messages", body, Authorization=f"Bearer {visitor.token}") for body in bodies
    ]

    assert told == [(400, {"error": "unreadable"})] * len(bodies)


async def test_only_the_practices_site_may_show_it(site: Site) -> None:
    async with site.http.get(f"{site.server.url}/chat") as page:
        policy, opener = page.headers["Content-Security-Policy"], "Cross-Origin-Opener-Policy" in page.headers
    async with site.http.get(f"{site.server.url}/chat/widget.js") as script:
        shared = script.headers["Cross-Origin-Resource-Policy"]
    async with site.http.get(f"{site.server.url}/inbox") as inbox:
        inside = inbox.headers["Content-Security-Policy"]

    assert "frame-ancestors 'self' http://127.0.0.1:8080;" in policy
    assert not opener
    assert shared == "cross-origin"
    assert "frame-ancestors 'none'" in inside

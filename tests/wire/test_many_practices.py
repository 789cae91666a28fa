"""Two practices in one process and one database: neither hears of the other, whoever asks, and however."""

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import bootstrap
from bot.errors import SetupError
from bot.service.inbox.desk import UnknownConversation
from bot.source import content
from tests.wire.conftest import free_port

CANARY = "Canarino Segretissimo"
NUMBERS = {"rossi": "100000000000001", "verdi": "100000000000002"}
SECRETS = {"rossi": b"secret-of-rossi", "verdi": b"secret-of-verdi"}


def write_practices(folder: Path, *, number_of_verdi: str = NUMBERS["verdi"]) -> None:
    """The demo's, under two names, each with an app of its own."""
    folder.mkdir()
    demo = content("practice.yml").read_text()
    whole = demo[: demo.index("# Your Page on Messenger")] + demo[demo.index("# A chat on your own site") :]
    for name in NUMBERS:
        number = NUMBERS[name] if name == "rossi" else number_of_verdi
        own = whole.replace("studio-demo", name).replace('"100000000000001"', f'"{number}"')
        for secret in ("APP_SECRET", "VERIFY_TOKEN", "ACCESS_TOKEN"):
            own = own.replace(f"env:WHATSAPP_{secret}", f"env:{name.upper()}_{secret}")
        (folder / f"{name}.yml").write_text(own)


@dataclass
class Meta:
    """What Graph is asked to send, by the number that it is sent from."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, port: int) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/{version}/{number}/messages", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner

    async def _take(self, request: web.Request) -> web.Response:
        given = await request.json()
        number = request.match_info["number"]
        if given.get("type"):
            said = given.get("text", {}).get("body") or given["interactive"]["body"]["text"]
            self.sent.append((number, str(given["to"]).lstrip("+"), said))
            self.news.set()
        return web.json_response({"messages": [{"id": f"wamid.{len(self.sent)}"}]})

    async def until(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.sent) < count:
                self.news.clear()
                await self.news.wait()


@dataclass
class House:
    deployment: bootstrap.Deployment
    http: aiohttp.ClientSession
    meta: Meta
    _messages: int = 0

    def desk(self, practice: str) -> bootstrap.FrontDesk:
        desk = self.deployment.practices[practice].desk
        assert desk is not None
        return desk

    async def hear(
        self, practice: str, wa_id: str, words: str, *, host: str = "", secret: bytes = b""
    ) -> int:
        self._messages += 1
        at = int(self.desk(practice).clock.now().timestamp())
        message = {"from": wa_id, "id": f"wamid.in.{self._messages}", "timestamp": str(at), "type": "text"}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "39", "phone_number_id": NUMBERS[practice]},
            "contacts": [{"profile": {"name": CANARY if practice == "verdi" else "P"}, "wa_id": wa_id}],
            "messages": [message | {"text": {"body": words}}],
        }
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = hmac.new(secret or SECRETS[practice], body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Host": f"{host or practice}.desk.test"}
        url = f"{self.deployment.url}/webhooks/whatsapp"
        async with self.http.post(url, data=body, headers=headers) as answer:
            return answer.status


@pytest.fixture
async def house(tmp_path: Path, nlu_cache: Path) -> AsyncIterator[House]:
    write_practices(tmp_path / "practices")
    meta, port = Meta(), free_port()
    runner = await meta.serve(port)
    deployment = bootstrap.Deployment(
        _configuration(tmp_path, nlu_cache, port), host="127.0.0.1", port=free_port()
    )
    await deployment.start()
    for server in deployment.practices.values():
        assert server.desk is not None
        await server.desk.reader.be_ready()
    async with aiohttp.ClientSession() as http:
        yield House(deployment, http, meta)
    await deployment.stop()
    await runner.cleanup()


def _configuration(folder: Path, nlu_cache: Path, graph: int) -> bootstrap.Configuration:
    secrets = {f"{name.upper()}_APP_SECRET": secret.decode() for name, secret in SECRETS.items()}
    tokens = {
        f"{name.upper()}_{what}": f"{name}-{what}"
        for name in NUMBERS
        for what in ("VERIFY_TOKEN", "ACCESS_TOKEN")
    }
    return bootstrap.Configuration(
        data=folder / "data",
        environment={
            **secrets,
            **tokens,
            "CHAIRSIDE_PRACTICE": str(folder / "practices"),
            "CHAIRSIDE_DOMAIN": "desk.test",
            "CHAIRSIDE_MASTER_KEY": bytes(range(32)).hex(),
            "CHAIRSIDE_GRAPH_URL": f"http://127.0.0.1:{graph}",
            "CHAIRSIDE_GATHER_SECONDS": "0.01",
            "CHAIRSIDE_NLU_CACHE": str(nlu_cache),
        },
    )


async def everything_that(desk: bootstrap.FrontDesk, *, conversation: str) -> str:
    """Whatever staff of a practice can see, asked for in every way, also by another's id."""
    seen: list[Any] = [
        await desk.staff.desk.handoffs(),
        await desk.staff.desk.page("all", who="Giulia", limit=300),
        await desk.staff.desk.page("settled", who="Giulia", limit=300),
        await desk.staff.desk.turns(conversation),
        await desk.staff.desk.turns("393470000009"),
        await desk.staff.desk.diary(),
        await desk.audit.trail(),
        desk.staff.set_aside.all(),
    ]
    for ask in (
        desk.staff.desk.conversation(conversation),
        desk.staff.cards.card(conversation),
        desk.staff.desk.take(conversation, "Giulia"),
        desk.staff.desk.give_back(conversation, "Giulia"),
        desk.staff.desk.reply(conversation, "ciao", who="Giulia", client_message_id="1"),
        desk.staff.set_aside.try_again(conversation, by="Giulia"),
    ):
        try:
            seen.append(await ask)
        except UnknownConversation:
            seen.append("unknown")
    return repr(seen)


async def test_neither_practice_hears_of_the_other(house: House) -> None:
    """The same telephone writes to both; what it said to one is nowhere to be seen at the other."""
    await house.hear("verdi", "393470000009", f"Buongiorno, sono {CANARY}, operatore")
    await house.hear("rossi", "393470000009", "Buongiorno")
    await house.meta.until(2)
    (waiting,) = await house.desk("verdi").staff.desk.handoffs()
    seen = await everything_that(house.desk("rossi"), conversation=waiting.id)
    still = await house.desk("verdi").staff.desk.conversation(waiting.id)
    at_home = repr(await everything_that(house.desk("verdi"), conversation=str(uuid.UUID(int=0))))

    assert sorted({(number, to) for number, to, _ in house.meta.sent}) == [
        (NUMBERS["rossi"], "393470000009"),
        (NUMBERS["verdi"], "393470000009"),
    ]
    assert "Canarino" not in seen and waiting.id not in seen
    assert seen.count("'unknown'") >= 5
    assert (str(still.owner), CANARY in at_home) == ("queue", True)


async def test_the_app_of_one_practice_does_not_speak_for_the_other(house: House) -> None:
    """A webhook for Verdi's number at Rossi's host counts only when Verdi's own secret signed it, too."""
    by_rossi = await house.hear("verdi", "393470000009", "Buongiorno", host="rossi", secret=SECRETS["rossi"])
    by_verdi = await house.hear("verdi", "393470000009", "Buongiorno", host="rossi", secret=SECRETS["verdi"])
    elsewhere = await house.hear("verdi", "393470000009", "Buongiorno", host="nobody")
    page = await house.desk("verdi").staff.desk.page("all", who="Giulia", limit=10)

    assert (by_rossi, by_verdi, elsewhere) == (200, 401, 404)
    assert (page.rows, house.meta.sent) == ((), [])


async def test_each_inbox_is_behind_its_own_name(house: House) -> None:
    found = []
    for host in ("rossi.desk.test", "verdi.desk.test", "desk.test", "bianchi.desk.test"):
        url = f"{house.deployment.url}/inbox/sign-in"
        async with house.http.get(url, headers={"Host": host}) as answer:
            found.append(answer.status)
    async with house.http.get(f"{house.deployment.url}/readyz") as answer:
        ready = answer.status

    assert (found, ready) == ([401, 401, 404, 404], 200)  # the doors of two, and nothing


async def test_a_number_that_two_practices_name_stops_the_start(tmp_path: Path, nlu_cache: Path) -> None:
    write_practices(tmp_path / "practices", number_of_verdi=NUMBERS["rossi"])
    deployment = bootstrap.Deployment(
        _configuration(tmp_path, nlu_cache, 1), host="127.0.0.1", port=free_port()
    )
    with pytest.raises(SetupError, match="more than one practice has whatsapp 100000000000001"):
        await deployment.start()
    await deployment.stop()

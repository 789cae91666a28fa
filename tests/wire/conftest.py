"""A whole practice online: real HTTP on loopback, real SQLite, a Graph API stand-in as Meta."""

import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bench.robot import Robot
from bot import bootstrap
from bot.commands.shared import moment

MONDAY_EIGHT = "2026-03-02T08:00+01:00"
SECRET = b"demo-app-secret"
NUMBER = "100000000000001"


@dataclass
class Online:
    """A demo that runs, and what Meta and a patient can do to it."""

    server: bootstrap.Server
    http: aiohttp.ClientSession
    data: Path

    @property
    def webhook(self) -> str:
        return f"{self.server.url}/webhooks/whatsapp"

    def robot(self, wa_id: str, language: str, **options: Any) -> Robot:
        assert self.server.stand_in_url is not None
        return Robot(wa_id, language, self.server.stand_in_url, self.http, patience=20, **options)

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        sent = {"Content-Type": "application/json", **(signed(body) if headers is None else headers)}
        async with self.http.post(self.webhook, data=body, headers=sent) as answer:
            return answer.status

    async def sent_to(self, wa_id: str) -> list[dict[str, Any]]:
        url = f"{self.server.stand_in_url}/stand-in/messages"
        async with self.http.get(url, params={"to": wa_id}) as answer:
            found: list[dict[str, Any]] = (await answer.json())["messages"]
        return found

    async def diary(self) -> list[Mapping[str, Any]]:
        assert self.server.desk is not None
        return await self.server.desk.staff.desk.diary()


def signed(body: bytes, secret: bytes = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}


def message(wa_id: str, id: str, **content: Any) -> dict[str, Any]:
    return {"from": wa_id, "id": id, "timestamp": "1772434800", **content}


def text(wa_id: str, id: str, words: str) -> dict[str, Any]:
    return message(wa_id, id, type="text", text={"body": words})


def tap(wa_id: str, id: str, token: str, title: str = "Sì") -> dict[str, Any]:
    reply = {"type": "button_reply", "button_reply": {"id": token, "title": title}}
    return message(wa_id, id, type="interactive", interactive=reply)


def body(*messages: Mapping[str, Any]) -> bytes:
    """One webhook with all of these."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "390200000000", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "P"}, "wa_id": wa_id} for wa_id in {m["from"] for m in messages}],
        "messages": list(messages),
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def nlu_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nlu")


@asynccontextmanager
async def a_demo(
    data: Path, nlu_cache: Path, *, gather_seconds: float, **environment: str
) -> AsyncIterator[bootstrap.Server]:
    """One that runs and understands, on a free port."""
    configuration = bootstrap.Configuration(
        data=data,
        environment={
            "CHAIRSIDE_GATHER_SECONDS": str(gather_seconds),
            "CHAIRSIDE_NLU_CACHE": str(nlu_cache),
            **environment,
        },
        demo=True,
        now=moment(MONDAY_EIGHT),
    )
    server = bootstrap.Server(configuration, host="127.0.0.1", port=free_port())
    await server.start()
    assert server.desk is not None
    await server.desk.reader.be_ready()
    yield server
    await server.stop()


@pytest.fixture
async def online(tmp_path: Path, nlu_cache: Path) -> AsyncIterator[Online]:
    async with a_demo(tmp_path, nlu_cache, gather_seconds=0.1) as server, aiohttp.ClientSession() as http:
        yield Online(server, http, tmp_path)

"""A practice system that calls: by its secret, signed where that is known, and twice is once."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.domain.outside import SystemSettings
from bot.errors import SetupError
from bot.practice_systems.dentally import open_dentally
from bot.web.system_webhooks import LARGEST, add_system_webhook
from tests.studio import NOW, STUDIO
from tests.web.fakes import FakeClock
from tests.web.serving import Serve

SECRET = "0123456789abcdef0123456789abcdef"
KEY = "a-webhook-key"
SETTINGS = SystemSettings(
    kind="dentally",
    options={"contact": "desk@example.org"},
    secrets={"api_key": "k", "webhook": SECRET},
    practitioners={"rossi": "11", "verdi": "12"},
)
SIGNED = replace(
    SETTINGS,
    options={**SETTINGS.options, "webhook_header": "X-Signature"},
    secrets={**SETTINGS.secrets, "webhook_key": KEY},
)


def call(id: int) -> bytes:
    return json.dumps({"event": "appointment.updated", "appointment": {"id": id, "start_time": "x"}}).encode()


class Called:
    """The address of a practice system's calls, and what was heard there."""

    def __init__(self, http: aiohttp.ClientSession, serve: Serve, clock: FakeClock) -> None:
        self.http, self.serve, self.clock = http, serve, clock
        self.refs: list[list[str]] = []
        self.url = ""

    async def by(self, settings: SystemSettings, secret: str = SECRET) -> "Called":
        app = web.Application()
        system = open_dentally(settings, practice=STUDIO, http=self.http, now=lambda: NOW)
        add_system_webhook(app, system, secret=secret, heard=self._hear, clock=self.clock)
        self.url = await self.serve(app)
        return self

    def _hear(self, refs: Collection[str]) -> None:
        self.refs.append(list(refs))

    async def post(self, body: bytes, secret: str = SECRET, **headers: str) -> int:
        address = f"{self.url}/webhooks/practice-system/{secret}"
        async with self.http.post(address, data=body, headers=headers) as answer:
            return answer.status


@pytest.fixture
async def called(serve: Serve, clock: FakeClock) -> AsyncIterator[Called]:
    async with aiohttp.ClientSession() as http:
        yield Called(http, serve, clock)


async def test_only_who_knows_the_address_is_heard_and_nonsense_does_nothing(called: Called) -> None:
    await called.by(SETTINGS)
    answers = [
        await called.post(call(7)),
        await called.post(call(8), secret=SECRET[::-1]),
        await called.post(b"\xff no JSON"),
        await called.post(b"x" * (LARGEST + 1)),
    ]

    assert answers == [200, 404, 200, 413]
    assert called.refs == [["7"]]


async def test_a_call_that_is_repeated_is_looked_at_once_in_ten_minutes(called: Called) -> None:
    await called.by(SETTINGS)
    for _ in range(3):
        await called.post(call(7))
    called.clock.pass_by(timedelta(minutes=11))
    await called.post(call(7))

    assert called.refs == [["7"], ["7"]]


async def test_where_the_signature_is_known_it_has_to_match(called: Called) -> None:
    await called.by(SIGNED)
    right = hmac.new(KEY.encode(), call(7), hashlib.sha256).digest()
    for number, given in enumerate((right.hex(), f"sha256={right.hex()}", base64.b64encode(right).decode())):
        called.clock.pass_by(timedelta(minutes=11))
        assert (number, await called.post(call(7), **{"X-Signature": given})) == (number, 200)
    refused = [
        await called.post(call(8), **{"X-Signature": right.hex()}),
        await called.post(call(8), **{"X-Signature": "é"}),
        await called.post(call(8)),
    ]

    assert refused == [401, 401, 401]
    assert called.refs == [["7"]] * 3


async def test_a_secret_that_is_none_does_not_start(called: Called) -> None:
    with pytest.raises(SetupError, match="openssl rand"):
        await called.by(SETTINGS, secret="short")
    with pytest.raises(SetupError, match="belong together"):
        await called.by(replace(SIGNED, secrets=SETTINGS.secrets))

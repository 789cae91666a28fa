"""The two ways in which practices really are connected: behind a provider, and with the phone they kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.connecting import Account, Connection
from bot.channels.media import Fetcher, MetaFiles
from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.inbound import parse
from bot.domain.conversation import Address, InboundEvent, InboundKind, Refused, Reply, Sent
from bot.domain.media import AS_USUAL
from bot.domain.practice import WhatsAppAccount
from bot.domain.providers import PROFILES
from bot.errors import SignatureMismatch
from bot.service.clock import SystemClock
from bot.settings.load import load_practice
from bot.source import content
from bot.stand_in import GraphStandIn, StandInOptions
from bot.stand_in.control_account import Said

NUMBER = "100000000000001"
TO = Address(channel="whatsapp", account=NUMBER, recipient="393331234567", phone="+393331234567")


@dataclass
class Number:
    """A stand-in, and a receiver that reads only what is proved to be the account's."""

    stand_in: GraphStandIn
    http: aiohttp.ClientSession
    account: WhatsAppAccount
    url: str
    events: list[InboundEvent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def channel(self) -> WhatsAppChannel:
        return WhatsAppChannel([self.account], self.http, graph_url=self.url)

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            self.channel.verify(request.headers, raw)
        except SignatureMismatch as mismatch:
            self.refused.append(str(mismatch))
            return web.Response(status=403)
        self.events += parse(raw)
        return web.Response()

    async def send(self, text: str = "Buongiorno") -> object:
        channel = self.channel
        return await channel.send(channel.render(Reply(text=text), TO, outbox_id="o1"), TO)


Start = Callable[..., Awaitable[Number]]


@pytest.fixture
async def start(aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]) -> AsyncIterator[Start]:
    async with aiohttp.ClientSession() as http:

        async def start(**options: Any) -> Number:
            stand_in = GraphStandIn(
                webhook_url="",
                app_secret="a secret",
                access_token="a key",
                phone_number_id=NUMBER,
                display_number="+390200000000",
                now=SystemClock().now,
                options=StandInOptions(status_delay=(0, 0), retry_delays=(), pair_interval=0, **options),
            )
            url = str((await aiohttp_server(stand_in.application())).make_url("")).rstrip("/")
            behind = options.get("is_behind_provider", False)
            account = WhatsAppAccount(
                phone_number_id=NUMBER,
                app_secret="a secret",
                verify_token="verify",
                access_token="a key",
                business_app=options.get("is_coexistent", False),
                provider=replace(PROFILES["360dialog"], api_url=url, media_host=None) if behind else None,
            )
            number = Number(stand_in, http, account, url)
            ours = web.Application()
            ours.router.add_post("/webhooks/whatsapp", number.take)
            stand_in.webhook_url = str((await aiohttp_server(ours)).make_url("/webhooks/whatsapp"))
            return number

        yield start


async def test_behind_a_provider_messages_go_and_come(start: Start) -> None:
    number = await start(is_behind_provider=True)
    number.stand_in.says("393331234567", "Buongiorno")
    outcome = await number.send()
    await number.stand_in.settled()

    assert isinstance(outcome, Sent)
    assert [event.kind for event in number.events] == [
        InboundKind.TEXT,
        InboundKind.STATUS,
        InboundKind.STATUS,
    ]
    assert number.refused == []


async def test_what_does_not_carry_the_secret_is_not_the_providers(start: Start) -> None:
    number = await start(is_behind_provider=True)
    raw = b'{"object": "whatsapp_business_account", "entry": []}'
    answers = [await number.stand_in.deliver(raw, signature=each) for each in ("right", "wrong", "missing")]

    assert (answers, len(number.refused)) == ([403, 403, 403], 3)  # signed as Meta signs, and that is not it


async def test_a_wrong_key_stops_sending_and_says_so_in_the_check(start: Start) -> None:
    number = await start(is_behind_provider=True)
    number.stand_in.access_token = "another key"
    outcome = await number.send()
    account = Account(
        channel="whatsapp",
        id=NUMBER,
        app_secret="a secret",
        verify_token="verify",
        access_token="a key",
        provider=number.account.provider,
    )
    connection = Connection(account, number.http, graph_url=number.url)
    found = [finding async for finding in connection.check(at=SystemClock().now(), url=None)]

    assert isinstance(outcome, Refused) and outcome.code == 190
    assert [each.level for each in found] == ["broken", "warning"]


async def test_files_come_through_the_provider(start: Start) -> None:
    number = await start(is_behind_provider=True)
    number.stand_in.sends("393331234567", {"kind": "image"})
    await number.stand_in.settled()
    [event] = number.events
    practice = load_practice(content("practice.yml"), environment={}, with_secrets=False)
    fetcher = Fetcher(AS_USUAL, loopback=number.url)
    files = MetaFiles(
        replace(practice, whatsapp=(number.account,)), number.http, fetcher, graph_url=number.url
    )
    fetched = await files.fetch(
        channel="whatsapp", account=NUMBER, message=event.id, place=0, attachment=event.attachments[0]
    )
    await fetcher.close()

    assert fetched.startswith(b"\x89PNG")


async def test_what_is_written_on_the_phone_is_an_echo_and_its_history_is_no_message(start: Start) -> None:
    number = await start(is_coexistent=True)
    number.stand_in.staff_says("393331234567", "Sono Anna, dallo studio")
    past = [Said("Buongiorno"), Said("Buongiorno a Lei", is_ours=True), Said("")]
    number.stand_in.tell_history([("393337654321", past)])
    number.stand_in.tell_phone_book([("393337654321", "Anna Prova")])
    await number.stand_in.settled()
    [echo, *others] = number.events

    assert (echo.kind, echo.text) == (InboundKind.ECHO, "Sono Anna, dallo studio")
    assert "393331234567" in (echo.sender, *echo.aliases)
    assert {(event.kind, event.sender) for event in others} == {(InboundKind.SYSTEM, "393337654321")}
    assert [(each.details.get("from"), each.text, each.profile_name) for each in others] == [
        ("patient", "Buongiorno", None),
        ("practice", "Buongiorno a Lei", None),
        ("patient", None, None),
        (None, None, "Anna Prova"),
    ]


async def test_a_number_on_the_phone_sends_twenty_a_second_and_then_has_to_wait(start: Start) -> None:
    number = await start(is_coexistent=True)
    outcomes = await asyncio.gather(*(number.send(str(each)) for each in range(25)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]

    assert {outcome.code for outcome in refused} <= {130429} and len(outcomes) - len(refused) >= 20

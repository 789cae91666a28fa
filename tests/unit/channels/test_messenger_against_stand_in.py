"""The channel and the stand-in, written apart from each other, agree on what travels between them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.messenger import MessengerChannel
from bot.domain.conversation import (
    Address,
    Choice,
    FateUnknown,
    InboundEvent,
    InboundKind,
    Refused,
    Reply,
    SendAction,
    SendOutcome,
    SendStatus,
    Sent,
)
from bot.domain.practice import MessengerAccount
from bot.stand_in import Fault, FaultKind, GraphStandIn, PageAccount, PageSide

PAGE = MessengerAccount(page_id="200000000000001", app_secret="app", verify_token="v", access_token="EAAJB")
ADA = Address(channel="messenger", account=PAGE.page_id, recipient="7000000000000001")
OUTBOX = "6f0d7c1e-7a0f-5c53-9c51-3a4f8d1f4b60"


@dataclass
class Page:
    """A practice's Page: its channel, Meta's side of it, and every event that came in."""

    meta: PageSide
    channel: MessengerChannel
    events: list[InboundEvent] = field(default_factory=list)

    async def replies(self, text: str, *titles: str) -> SendOutcome:
        choices = tuple(Choice(title=title, payload=f"tok_{title}") for title in titles)
        rendered = self.channel.render(Reply(text=text, choices=choices), ADA, outbox_id=OUTBOX)
        return await self.channel.send(rendered, ADA)

    async def hears(self) -> list[InboundEvent]:
        """What came in since the last time."""
        await self.meta.settled()
        heard, self.events[:] = list(self.events), []
        return heard


@pytest.fixture
async def page(session: aiohttp.ClientSession) -> AsyncIterator[Page]:
    """Ada has written."""

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        found.channel.verify(request.headers, body)
        found.events += found.channel.parse(body)
        return web.Response()

    webhook = web.Application()
    webhook.router.add_post("/", receive)
    async with TestServer(webhook, host="127.0.0.1") as server:
        stand_in = GraphStandIn(
            webhook_url="http://127.0.0.1:1/",
            app_secret="another",
            access_token="another",
            phone_number_id="1",
            display_number="+390200000000",
            now=lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
            page=PageAccount(
                page_id=PAGE.page_id,
                app_secret=PAGE.app_secret,
                access_token=PAGE.access_token,
                webhook_url=str(server.make_url("/")),
            ),
            sleep=lambda _: asyncio.sleep(0),
        )
        async with TestServer(stand_in.application(), host="127.0.0.1") as graph:
            assert stand_in.messenger is not None
            channel = MessengerChannel([PAGE], session, graph_url=str(graph.make_url("")))
            found = Page(stand_in.messenger, channel)
            found.meta.says(ADA.recipient, "Good morning")
            yield found


def told(events: list[InboundEvent]) -> list[tuple[str, str | None, str | None]]:
    return [(event.kind.value, event.text, event.payload) for event in events]


async def test_what_a_patient_writes_and_taps_is_heard(page: Page) -> None:
    few = await page.replies("Shall I book it?", "Yes", "No")
    many = await page.replies("When?", "09:00", "10:00", "11:00", "12:00")
    assert isinstance(few, Sent) and isinstance(many, Sent)
    page.meta.taps(ADA.recipient, many.message_id, "tok_10:00")
    page.meta.taps(ADA.recipient, few.message_id, "tok_Yes")
    page.meta.sends(ADA.recipient, {"kind": "audio"})
    page.meta.staff_says(ADA.recipient, "Anna here")
    heard = await page.hears()

    assert told([event for event in heard if event.kind is not InboundKind.STATUS]) == [
        ("text", "Good morning", None),
        ("choice", "10:00", "tok_10:00"),
        ("choice", "Yes", "tok_Yes"),
        ("audio", None, None),
        ("echo", "Anna here", None),
    ]
    assert {(event.sender, event.account) for event in heard} == {(ADA.recipient, PAGE.page_id)}


async def test_a_message_whose_answer_got_lost_is_proved_by_its_echo(page: Page) -> None:
    await page.hears()
    page.meta.set_fault(Fault(kind=FaultKind.DROP))
    outcome = await page.replies("See you on Monday")
    (sent,) = page.meta.messages()
    heard = await page.hears()

    assert isinstance(outcome, FateUnknown)
    assert [event.status for event in heard] == [
        SendStatus(state="sent", message_id=sent["message_id"], outbox_id=OUTBOX),
        SendStatus(state="delivered", message_id=sent["message_id"]),
    ]


@pytest.mark.parametrize(
    ("code", "subcode", "action"),
    [
        (10, 2018278, SendAction.WINDOW_CLOSED),
        (551, 1545041, SendAction.UNREACHABLE),
        (100, 2018001, SendAction.UNREACHABLE),
        (613, None, SendAction.SLOW_DOWN),
        (1200, None, SendAction.RETRY),
        (190, None, SendAction.STOP),
        (368, None, SendAction.STOP),
    ],
)
async def test_a_refusal_is_understood(
    page: Page, code: int, subcode: int | None, action: SendAction
) -> None:
    page.meta.set_fault(Fault(kind=FaultKind.REFUSE, code=code, subcode=subcode))

    assert await page.replies("Hello") == Refused(action=action, code=code, subcode=subcode)

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from stand_in_bench import APP_SECRET, NUMBER_ID, PAGES, TOKEN, Bench, Clock, Receiver, StartBench

from bot.stand_in import GraphStandIn, PageAccount, StandInOptions


@pytest.fixture
async def receiver(aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]) -> Receiver:
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/webhooks/whatsapp", receiver.take)
    application.router.add_get("/webhooks/whatsapp", receiver.challenge)
    server = await aiohttp_server(application)
    receiver.url = str(server.make_url("/webhooks/whatsapp"))
    return receiver


@pytest.fixture
def start(receiver: Receiver, aiohttp_client: Any) -> StartBench:
    """Starts a stand-in. All its pauses pass at once; only the first lasts until `held` is set."""

    async def start(*, held: asyncio.Event | None = None, **options: Any) -> Bench:
        clock = Clock()
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            if held is not None and len(slept) == 1:
                await held.wait()
            await asyncio.sleep(0)

        stand_in = GraphStandIn(
            webhook_url=receiver.url,
            app_secret=APP_SECRET,
            access_token=TOKEN,
            phone_number_id=NUMBER_ID,
            display_number="+390255501000",
            now=clock.now,
            options=StandInOptions(**options),
            page=page_account("messenger", receiver.url),
            instagram=page_account("instagram", receiver.url),
            sleep=sleep,
        )
        client = await aiohttp_client(stand_in.application())
        return Bench(stand_in, client, receiver, clock, slept)

    return start


def page_account(channel: str, url: str) -> PageAccount:
    return PageAccount(page_id=PAGES[channel], app_secret=APP_SECRET, access_token=TOKEN, webhook_url=url)


@pytest.fixture
async def bench(start: StartBench) -> Bench:
    return await start()

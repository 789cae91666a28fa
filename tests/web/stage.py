"""The sandbox on its feet: our pages, the Graph API stand-in, and a practice that says what it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot import bootstrap
from bot.dialogue import Assistant
from bot.domain.practice import MessengerAccount, WhatsAppAccount
from bot.stand_in import GraphStandIn, PageAccount, StandInOptions
from bot.web.sandbox.page import add_sandbox
from tests.web.fakes import FakeClock, FakeObserver, demo_practice
from tests.web.serving import Serve

NUMBER_ID = "106540352242922"
PAGE_ID = "206540352242922"
TOKEN = "a token of nobody"
SECRET = "a secret of nobody"


@dataclass(kw_only=True)
class Stage:
    url: str
    observer: FakeObserver
    stand_in: GraphStandIn
    graph_url: str
    http: aiohttp.ClientSession
    webhooks: list[Mapping[str, Any]] = field(default_factory=list)

    async def sends(self, **message: Any) -> str:
        """The practice sends; the id that Graph gave."""
        async with self.http.post(
            f"{self.graph_url}/v23.0/{NUMBER_ID}/messages",
            json={"messaging_product": "whatsapp", **message},
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return str(answer.get("messages", [{"id": ""}])[0]["id"])

    async def says(self, to: str, text: str) -> str:
        return await self.sends(to=f"+{to}", type="text", text={"body": text})

    async def offers(self, to: str, text: str, **titles: str) -> str:
        """Up to three buttons, by id."""
        buttons = [{"type": "reply", "reply": {"id": id, "title": title}} for id, title in titles.items()]
        interactive = {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}
        return await self.sends(to=f"+{to}", type="interactive", interactive=interactive)

    async def lists(self, to: str, text: str, label: str, **rows: tuple[str, str]) -> str:
        """A list of (title, description), by id."""
        entries = [{"id": id, "title": title, "description": more} for id, (title, more) in rows.items()]
        action = {"button": label, "sections": [{"rows": entries}]}
        interactive = {"type": "list", "body": {"text": text}, "action": action}
        return await self.sends(to=f"+{to}", type="interactive", interactive=interactive)

    async def page_sends(self, to: str, **message: Any) -> str:
        """The practice's Page sends on Messenger; the id that Graph gave."""
        async with self.http.post(
            f"{self.graph_url}/v23.0/{PAGE_ID}/messages",
            json={"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": message},
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return str(answer["message_id"])

    async def reads(self, message: str, *, typing: bool = False) -> None:
        mark: dict[str, Any] = {"status": "read", "message_id": message}
        if typing:
            mark["typing_indicator"] = {"type": "text"}
        await self.sends(**mark)


@cache
def demo_assistant() -> Assistant:
    """The flows that Chairside brings along."""
    demo = bootstrap.Configuration(data=Path(), environment={}, demo=True)
    return bootstrap.read_assistant(demo, bootstrap.read_practice(demo))


def _accounts() -> dict[str, Any]:
    secrets = {"app_secret": SECRET, "verify_token": "", "access_token": TOKEN}
    return {
        "whatsapp": (WhatsAppAccount(phone_number_id=NUMBER_ID, **secrets),),
        "messenger": (MessengerAccount(page_id=PAGE_ID, **secrets),),
    }


async def set_up(serve: Serve, http: aiohttp.ClientSession, *, clock: FakeClock | None = None) -> Stage:
    clock = clock or FakeClock()
    webhooks: list[Mapping[str, Any]] = []

    async def take_in(request: web.Request) -> web.Response:
        webhooks.append(await request.json())
        return web.Response()

    practice = web.Application()
    practice.router.add_post("/webhooks/whatsapp", take_in)
    practice.router.add_post("/webhooks/messenger", take_in)
    doors = await serve(practice)
    stand_in = GraphStandIn(
        webhook_url=f"{doors}/webhooks/whatsapp",
        app_secret=SECRET,
        access_token=TOKEN,
        phone_number_id=NUMBER_ID,
        display_number="390255501230",
        now=clock.now,
        options=StandInOptions(pair_interval=0, throughput=0, status_delay=(0.0, 0.0)),
        page=PageAccount(
            page_id=PAGE_ID,
            app_secret=SECRET,
            access_token=TOKEN,
            webhook_url=f"{doors}/webhooks/messenger",
        ),
    )
    graph_url = await serve(stand_in.application())
    observer = FakeObserver()
    app = web.Application()
    add_sandbox(
        app,
        observer=observer,
        practice=replace(demo_practice(), **_accounts()),
        assistant=demo_assistant(),
        stand_in_url=graph_url,
        http=http,
        clock=clock,
    )
    return Stage(
        url=await serve(app),
        observer=observer,
        stand_in=stand_in,
        graph_url=graph_url,
        http=http,
        webhooks=webhooks,
    )

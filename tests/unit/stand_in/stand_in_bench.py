"""A stand-in on loopback, the webhook it posts to, and messages to send through it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from bot.stand_in import GraphStandIn

APP_SECRET = "an app secret"
TOKEN = "an access token"
NUMBER_ID = "106540352242922"
PAGES = {"messenger": "200000000000001", "instagram": "300000000000001"}
PATIENT = "393331234567"
PSID = "7000000000000001"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> datetime:
        return self.at

    def advance(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


@dataclass
class Receiver:
    """The practice's webhook: keeps what comes in, and answers as told (200 when nothing is left to tell)."""

    url: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.posts.append((dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def challenge(self, request: web.Request) -> web.Response:
        if request.query["hub.verify_token"] != "a verify token":
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    @property
    def values(self) -> list[dict[str, Any]]:
        return [json.loads(raw)["entry"][0]["changes"][0]["value"] for _, raw in self.posts]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values for message in value.get("messages", [])]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values for status in value.get("statuses", [])]


@dataclass
class Bench:
    """A stand-in behind HTTP on loopback, with a frozen clock and delays that pass at once."""

    stand_in: GraphStandIn
    client: TestClient[web.Request, web.Application]
    receiver: Receiver
    clock: Clock
    slept: list[float]

    async def send(self, payload: object, *, token: str = TOKEN, number: str = NUMBER_ID) -> ClientResponse:
        return await self.client.post(
            f"/v25.0/{number}/messages", json=payload, headers={"Authorization": f"Bearer {token}"}
        )

    async def open_thread(self, channel: str) -> None:
        """The patient writes first, so that the practice may."""
        side = {"messenger": self.stand_in.messenger, "instagram": self.stand_in.instagram}.get(channel)
        if side is None:
            self.stand_in.says(PATIENT, "Buongiorno")
        else:
            side.says(PSID, "Buongiorno")

    async def reply_on(self, channel: str, words: str = "Ecco") -> ClientResponse:
        if channel == "whatsapp":
            return await self.send(text(words))
        return await self.page_send(channel, {"text": words})

    async def page_send(
        self, channel: str, message: dict[str, object], *, to: str = "", **more: object
    ) -> ClientResponse:
        body = {"recipient": {"id": to or PSID}, "messaging_type": "RESPONSE", "message": message, **more}
        return await self.client.post(
            f"/v25.0/{PAGES[channel]}/messages", json=body, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    async def manage(self, method: str, path: str, *, token: str = TOKEN, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.client.request(method, f"/v25.0/{path}", headers=headers, **more)
        return answer.status, await answer.json()

    async def control(self, path: str, body: object) -> tuple[int, Any]:
        answer = await self.client.post(f"/stand-in/{path}", json=body)
        return answer.status, await answer.json()

    async def show(self, path: str) -> Any:
        answer = await self.client.get(f"/stand-in/{path}")
        return await answer.json()


StartBench = Callable[..., Awaitable[Bench]]


def text(body: object = "Buongiorno", *, to: str = "+393331234567", **more: object) -> dict[str, object]:
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}, **more}


def buttons(*titles: str, **changes: object) -> dict[str, object]:
    replies = [{"type": "reply", "reply": {"id": f"id-{title}", "title": title}} for title in titles]
    return interactive(type="button", action={"buttons": replies}, **changes)


def rows(count: int, *, section: str | None = None, first: int = 0) -> dict[str, object]:
    titled = {"title": section} if section else {}
    return {**titled, "rows": [{"id": f"row-{n}", "title": f"Ore {n}"} for n in range(first, first + count)]}


def listing(*sections: dict[str, object], button: str = "Orari", **changes: object) -> dict[str, object]:
    return interactive(type="list", action={"button": button, "sections": list(sections)}, **changes)


def interactive(**content: object) -> dict[str, object]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+393331234567",
        "type": "interactive",
        "interactive": {"body": {"text": "Quando?"}, **content},
    }

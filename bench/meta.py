"""Meta at its plainest: takes every send of both channels at once, and remembers to whom it went.

For benches that ask how much the front desk bears, not how it bears Meta: no pacing, no windows, no statuses.
"""

import asyncio
import json
from collections import Counter, defaultdict
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from bench.doors import Door, signed
from bench.robot import Shown


class Meta:
    """An HTTP server on loopback, and a client that posts signed webhooks. Use with `async with`."""

    def __init__(self) -> None:
        self.url = ""
        self.received: dict[str, list[Shown]] = defaultdict(list)
        self.outbox_ids: Counter[str] = Counter()
        self._news = asyncio.Condition()
        self._runner = web.AppRunner(self._application(), access_log=None)
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        # A test that posts a thousand times at once wants a thousand connections.
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._http is not None
        await self._http.close()
        await self._runner.cleanup()

    @property
    def http(self) -> aiohttp.ClientSession:
        assert self._http is not None
        return self._http

    async def post(self, desk_url: str, door: Door, body: bytes, **options: Any) -> int:
        """One signed webhook; the status it was answered with."""
        headers = {**signed(body), **options.pop("headers", {})}
        async with self.http.post(desk_url + door.path, data=body, headers=headers, **options) as answer:
            await answer.read()
            return answer.status

    async def until(self, who: str, count: int, *, within: float = 60.0) -> list[Shown]:
        """What this patient was sent, once it is at least so many. Raises TimeoutError."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: len(self.received[who]) >= count)
        return self.received[who]

    async def until_all(self, expected: dict[str, int], *, within: float = 120.0) -> None:
        """Everybody of `expected` was sent so many messages at least. Raises TimeoutError."""
        missing = dict(expected)

        def nobody_waits() -> bool:
            for who in [who for who in missing if len(self.received[who]) >= missing[who]]:
                del missing[who]
            return not missing

        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(nobody_waits)

    @property
    def doubled(self) -> int:
        """Sends of one outbox message beyond the first."""
        return sum(times - 1 for times in self.outbox_ids.values())

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/{version}/{account}/messages", self._take)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        payload = json.loads(await request.read())
        if "status" in payload or "sender_action" in payload:  # read, and typing
            return web.json_response({"success": True})
        id = f"mid.{self.outbox_ids.total()}"
        if "messaging_product" in payload:
            who = (payload.get("to") or payload["recipient"]).lstrip("+")
            outbox_id = payload["biz_opaque_callback_data"]
            answer: dict[str, Any] = {"messaging_product": "whatsapp", "messages": [{"id": id}]}
        else:
            who, outbox_id = payload["recipient"]["id"], payload["message"]["metadata"]
            answer = {"recipient_id": who, "message_id": id}
        self.outbox_ids[outbox_id] += 1
        async with self._news:
            self.received[who].append(Shown.of(id, payload))
            self._news.notify_all()
        return web.json_response(answer)

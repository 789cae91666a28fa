"""The software, played from its documentation: strict with us, kind to nobody. It accepts overlapping visits.

Make it answer as your software's documentation says, and unkindly where that leaves room: short pages,
limits, answers that are lost. Import nothing of the adapter, so that a misunderstanding is not in both.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from aiohttp import web

TOKEN = "a-token-for-tests"


class ExampleStandIn:
    """An application for aiohttp. `visits` is the truth, for tests and for what staff do."""

    def __init__(self, practitioners: tuple[str, ...]) -> None:
        self.visits: dict[str, dict[str, Any]] = {}
        self.drops = 0  # so many of the next writes are carried out, and not answered
        self._practitioners = practitioners
        self._ticks = count(1)

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/practitioners", self._people),
                web.get("/visits", self._list),
                web.post("/visits", self._create),
                web.get("/visits/{id}", self._get),
                web.patch("/visits/{id}", self._change),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        response: web.StreamResponse = await handler(request)
        if self.drops and request.method != "GET":
            self.drops -= 1
            assert request.transport is not None
            request.transport.close()
        return response

    async def _people(self, request: web.Request) -> web.Response:
        return web.json_response([{"id": one, "name": one} for one in self._practitioners])

    async def _list(self, request: web.Request) -> web.Response:
        start, end = (datetime.fromisoformat(request.query[name]) for name in ("from", "to"))
        wanted = request.query.get("practitioner")
        found = [
            one
            for one in self.visits.values()
            if datetime.fromisoformat(one["start"]) < end
            and datetime.fromisoformat(one["end"]) > start
            and wanted in (None, one["practitioner"])
        ]
        return web.json_response(found)

    async def _create(self, request: web.Request) -> web.Response:
        now = self._now()
        record = {"id": f"v{len(self.visits) + 1}", "state": "booked", "created": now, "version": now}
        return self._kept(record | await request.json())

    async def _get(self, request: web.Request) -> web.Response:
        there = self.visits.get(request.match_info["id"])
        return web.json_response(there) if there else web.Response(status=404)

    async def _change(self, request: web.Request) -> web.Response:
        there = self.visits.get(request.match_info["id"])
        if there is None:
            return web.Response(status=404)
        if request.headers.get("If-Match") != there["version"]:
            return web.Response(status=412)
        return self._kept(there | await request.json() | {"version": self._now()})

    def _kept(self, record: dict[str, Any]) -> web.Response:
        self.visits[record["id"]] = record
        return web.json_response(record)

    def _now(self) -> str:
        return (datetime(2027, 3, 1, tzinfo=UTC) + timedelta(milliseconds=next(self._ticks))).isoformat()

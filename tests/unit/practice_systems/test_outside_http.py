"""HTTP to an outside system: whether anything was written is never guessed, and secrets stay at home."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import AuthFailed, BookingError, OutcomeUnknown, ProtocolDrift, RateLimited, Unavailable
from bot.practice_systems.outside_http import OutsideHttp


async def answers(request: web.Request) -> web.StreamResponse:
    kind = request.match_info["kind"]
    if kind == "drop":
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if kind == "redirect":
        raise web.HTTPFound("https://elsewhere.example/steal")
    if kind.startswith("wait"):
        return web.Response(status=int(kind[4:]), headers={"Retry-After": "7"})
    return web.json_response({"seen": request.headers.get("Authorization")}, status=int(kind))


@pytest.fixture
async def system() -> AsyncIterator[OutsideHttp]:
    app = web.Application()
    app.router.add_route("*", "/api/{kind}", answers)
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as http:
        yield OutsideHttp(http, str(server.make_url("/api")), name="it", headers={"Authorization": "secret"})
    await server.close()


@pytest.mark.parametrize(
    ("kind", "of_a_read", "of_a_write"),
    [
        ("drop", Unavailable, OutcomeUnknown),
        ("500", Unavailable, OutcomeUnknown),
        ("503", Unavailable, OutcomeUnknown),
        ("wait503", RateLimited, RateLimited),
        ("wait429", RateLimited, RateLimited),
        ("401", AuthFailed, AuthFailed),
        ("403", AuthFailed, AuthFailed),
    ],
)
async def test_what_is_no_answer_says_whether_anything_was_written(
    system: OutsideHttp, kind: str, of_a_read: type[BookingError], of_a_write: type[BookingError]
) -> None:
    for writes, error in ((False, of_a_read), (True, of_a_write)):
        with pytest.raises(error) as raised:
            await system.request("POST", kind, writes=writes)
        assert type(raised.value) is error
        if isinstance(raised.value, RateLimited):
            assert raised.value.retry_after == 7.0


async def test_every_answer_is_the_adapters_to_read(system: OutsideHttp) -> None:
    for status in (200, 404, 409, 412, 422):
        answer = await system.request("GET", str(status), writes=False)
        assert (answer.status, answer.json()) == (status, {"seen": "secret"})


async def test_nothing_is_sent_where_nobody_listens() -> None:
    async with aiohttp.ClientSession() as http:
        nowhere = OutsideHttp(http, "http://127.0.0.1:9", name="it")
        with pytest.raises(Unavailable):
            await nowhere.request("POST", "x", writes=True)


async def test_credentials_do_not_follow_a_link_to_another_host(system: OutsideHttp) -> None:
    assert (await system.request("GET", "redirect", writes=False)).status == 302
    with pytest.raises(ProtocolDrift):
        await system.request("GET", "https://elsewhere.example/steal", writes=False)

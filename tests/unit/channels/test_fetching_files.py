"""Downloads lead to the channel's own hosts and nowhere else, and end in time."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.media.fetching import Fetcher, is_outside
from bot.domain.media import AS_USUAL, FileRefused, FileUnavailable, NotKept

PICTURE = b"a picture"
TOKEN = {"Authorization": "Bearer a token"}


@dataclass
class Host:
    """A server on loopback that plays a channel's host."""

    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    answers: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("Authorization")))
        return await self.answers[request.path](request)

    def gives(self, path: str, response: Callable[[], web.StreamResponse]) -> None:
        async def answer(_: web.Request) -> web.StreamResponse:
            return response()

        self.answers[path] = answer


@pytest.fixture
async def host(aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]) -> Host:
    host = Host()
    application = web.Application()
    application.router.add_get("/{path:.*}", host.take)
    server = await aiohttp_server(application)
    host.url = str(server.make_url("")).rstrip("/")
    return host


@pytest.fixture
async def fetcher(host: Host) -> AsyncIterator[Fetcher]:
    rules = replace(AS_USUAL, largest=1000, longest=timedelta(seconds=2))
    fetcher = Fetcher(rules, loopback=host.url)
    yield fetcher
    await fetcher.close()


async def why(fetcher: Fetcher, url: str) -> NotKept:
    with pytest.raises(FileRefused) as refused:
        await fetcher.fetch(url, headers=TOKEN)
    return refused.value.why


async def test_a_file_comes_with_the_token(host: Host, fetcher: Fetcher) -> None:
    host.gives("/a", lambda: web.Response(body=PICTURE, content_type="image/jpeg"))

    assert await fetcher.fetch(f"{host.url}/a", headers=TOKEN) == (PICTURE, "image/jpeg")
    assert host.asked == [("/a", "Bearer a token")]


ELSEWHERE = (
    "http://lookaside.fbsbx.com/a",  # not over TLS
    "https://lookaside.fbsbx.com.evil.example/a",
    "https://evil-fbcdn.net/a",
    "https://fbcdn.net.evil.example/a",
    "https://example.org/a",
    "https://user@lookaside.fbsbx.com/a",
    "https://lookaside.fbsbx.com:8443/a",
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:169.254.169.254]/",
    "https://127.0.0.1/a",
    "https://2130706433/a",
    "file:///etc/passwd",
    "gopher://lookaside.fbsbx.com/a",
    "//lookaside.fbsbx.com/a",
    "a picture",
    "",
)


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_no_other_place_is_asked(fetcher: Fetcher, url: str) -> None:
    assert await why(fetcher, url) is NotKept.NOT_META


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "http://127.0.0.1:1/", "https://example.org/", "/a"]
)
async def test_a_redirect_leads_nowhere_else(host: Host, fetcher: Fetcher, target: str) -> None:
    host.gives("/a", lambda: web.Response(status=302, headers={"Location": target}))

    assert await why(fetcher, f"{host.url}/a") is NotKept.NOT_META


async def test_a_redirect_within_the_host_is_followed(host: Host, fetcher: Fetcher) -> None:
    host.gives("/a", lambda: web.Response(status=302, headers={"Location": "/b"}))
    host.gives("/b", lambda: web.Response(body=PICTURE))

    assert (await fetcher.fetch(f"{host.url}/a"))[0] == PICTURE


@pytest.mark.parametrize(
    "addresses",
    [["169.254.169.254"], ["10.0.0.7"], ["127.0.0.1"], ["::1"], ["93.184.216.34", "192.168.1.1"], []],
    ids=str,
)
async def test_a_name_that_points_inside_leads_nowhere(addresses: list[str]) -> None:
    async def resolve(name: str, port: int) -> Sequence[str]:
        return addresses

    fetcher = Fetcher(AS_USUAL, resolve=resolve)
    refused = await why(fetcher, "https://lookaside.fbsbx.com/a")
    await fetcher.close()

    assert refused is NotKept.NOT_META


async def test_a_name_is_looked_up_once_and_that_address_is_used() -> None:
    looked_up: list[str] = []

    async def resolve(name: str, port: int) -> Sequence[str]:
        looked_up.append(name)
        return ["203.0.113.7"] if len(looked_up) > 1 else ["127.0.0.2"]

    fetcher = Fetcher(AS_USUAL, resolve=resolve)
    refused = await why(fetcher, "https://scontent.xx.fbcdn.net/a")
    await fetcher.close()

    assert (refused, looked_up) == (NotKept.NOT_META, ["scontent.xx.fbcdn.net"])


INSIDE = (
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1"),
    *("192.0.2.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
    *("::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "not an address", ""),
)


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["157.240.203.35", "2a03:2880:f0fc:c:face:b00c:0:35de"])
def test_addresses_outside(address: str) -> None:
    assert is_outside(address)


async def test_what_says_that_it_is_too_large_is_not_read(host: Host, fetcher: Fetcher) -> None:
    host.gives("/a", lambda: web.Response(body=bytes(1001)))

    assert await why(fetcher, f"{host.url}/a") is NotKept.TOO_LARGE


async def test_what_does_not_say_how_large_it_is_is_counted(host: Host, fetcher: Fetcher) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        try:
            while True:
                await stream.write(bytes(500))
        except ConnectionError:
            return stream

    host.answers["/a"] = endless

    assert await why(fetcher, f"{host.url}/a") is NotKept.TOO_LARGE


async def test_what_is_packed_is_not_unpacked(host: Host, fetcher: Fetcher) -> None:
    packed = gzip.compress(bytes(10_000_000))[:900]
    host.gives("/a", lambda: web.Response(body=packed, headers={"Content-Encoding": "gzip"}))

    assert await why(fetcher, f"{host.url}/a") is NotKept.NOT_SAFE


async def test_a_drip_ends_with_the_deadline(host: Host) -> None:
    may_end = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        await stream.write(b"a")
        await may_end.wait()
        return stream

    host.answers["/a"] = drip
    fetcher = Fetcher(replace(AS_USUAL, longest=timedelta(seconds=0.2)), loopback=host.url)
    with pytest.raises(FileUnavailable):
        await fetcher.fetch(f"{host.url}/a")
    may_end.set()
    await fetcher.close()


async def test_fewer_bytes_than_announced_are_no_file(host: Host, fetcher: Fetcher) -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        stream.content_length = 500
        await stream.prepare(request)
        await stream.write(PICTURE)
        assert request.transport is not None
        request.transport.close()
        return stream

    host.answers["/a"] = short
    with pytest.raises(FileUnavailable):
        await fetcher.fetch(f"{host.url}/a")


@pytest.mark.parametrize("status", [500, 503, 401, 429])
async def test_what_fails_may_come_later(host: Host, fetcher: Fetcher, status: int) -> None:
    host.gives("/a", lambda: web.Response(status=status))
    with pytest.raises(FileUnavailable):
        await fetcher.fetch(f"{host.url}/a")


async def test_what_is_gone_is_gone(host: Host, fetcher: Fetcher) -> None:
    host.gives("/a", lambda: web.Response(status=404))

    assert await why(fetcher, f"{host.url}/a") is NotKept.GONE


async def test_without_a_stand_in_loopback_is_inside(host: Host) -> None:
    fetcher = Fetcher(AS_USUAL)

    assert await why(fetcher, f"{host.url}/a") is NotKept.NOT_META
    assert host.asked == []
    await fetcher.close()

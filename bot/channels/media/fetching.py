"""One download from a host of a list, and from nowhere inside our own house.

A URL is fetched over https, by name, from hosts of the list. Names are resolved once, by us, and the
connection goes to exactly the address that was judged: a name that points to a private, loopback or
link-local address leads nowhere, whatever it answers the next time. Redirects are followed by hand, a few,
under the same rules. Bodies are counted while they come, and everything together has a deadline. The stand-in
of a demo or a test is one named origin on loopback, over plain http.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.domain.media import FileRefused, FileUnavailable, MediaRules, NotKept

#: (name, port) -> addresses as text.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)


NOTHING: Mapping[str, str] = MappingProxyType({})


class _Inside(OSError):
    """The name points into our own house."""


class Fetcher:
    """Owns a session of its own, so that nothing of it (cookies, addresses) is shared with anything else."""

    def __init__(
        self, rules: MediaRules, *, loopback: str | None = None, resolve: Resolve | None = None
    ) -> None:
        """`loopback`: the origin of a stand-in, such as http://127.0.0.1:8090. Only in demos and tests."""
        self._rules = rules
        self._loopback = URL(loopback).origin() if loopback else None
        self._resolver = _Judged(resolve or _system)
        self._session: aiohttp.ClientSession | None = None

    def may_ask(self, url: URL) -> bool:
        """Whether this is a place that files are fetched from."""
        if self._loopback is not None and url.is_absolute() and url.origin() == self._loopback:
            return True
        if url.scheme != "https" or url.explicit_port not in (None, 443) or url.user is not None:
            return False
        host = (url.host or "").casefold().rstrip(".")
        return any(
            host == each or (each.startswith(".") and host.endswith(each)) for each in self._rules.hosts
        )

    async def fetch(self, url: str, *, headers: Mapping[str, str] = NOTHING) -> tuple[bytes, str]:
        """The bytes, and the type that the server says they are. `headers` (the token's) go to the first
        host alone. Raises FileRefused, FileUnavailable."""
        try:
            async with asyncio.timeout(self._rules.longest.total_seconds()):
                return await self._follow(URL(url), headers)
        except _Inside:
            raise FileRefused(NotKept.NOT_META) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            if isinstance(error.__cause__, _Inside) or isinstance(getattr(error, "os_error", None), _Inside):
                raise FileRefused(NotKept.NOT_META) from None
            raise FileUnavailable(f"download failed: {type(error).__name__}") from None
        except ValueError:
            raise FileRefused(NotKept.NOT_META) from None  # no URL at all

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(self, url: URL, given: Mapping[str, str]) -> tuple[bytes, str]:
        first = url
        for _ in range(_MOST_REDIRECTS + 1):
            if not self.may_ask(url):
                raise FileRefused(NotKept.NOT_META)
            headers = {"Accept-Encoding": "identity"}
            if url.origin() == first.origin():
                headers |= given
            async with self._open().get(url, headers=headers, allow_redirects=False) as response:
                if response.status in _REDIRECTS:
                    url = url.join(URL(response.headers.get("Location", "")))
                    continue
                return await self._read(response)
        raise FileRefused(NotKept.NOT_META)

    async def _read(self, response: aiohttp.ClientResponse) -> tuple[bytes, str]:
        if response.status in (404, 410):
            raise FileRefused(NotKept.GONE)
        if response.status != 200:
            raise FileUnavailable(f"download failed: HTTP {response.status}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise FileRefused(NotKept.NOT_SAFE)  # a few bytes that unpack to gigabytes
        largest = self._rules.largest
        if (response.content_length or 0) > largest:
            raise FileRefused(NotKept.TOO_LARGE)
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.content.iter_chunked(2**16):
            size += len(chunk)
            if size > largest:
                raise FileRefused(NotKept.TOO_LARGE)
            chunks.append(chunk)
        return b"".join(chunks), response.content_type

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=self._resolver, use_dns_cache=False, limit=4)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=self._rules.longest.total_seconds(), sock_read=20),
            )
        return self._session


class _Judged(AbstractResolver):
    """Resolves a name once and hands on only addresses of the outside. aiohttp connects to what it is handed,
    so there is no second look-up that could answer otherwise."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = await self._resolve(host, port)
        if not addresses or not all(is_outside(address) for address in addresses):
            raise _Inside("the name leads inside")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


def is_outside(address: str) -> bool:
    """A public address; v4 within v6 counts as the v4 that it is."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    inner = None
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


async def _system(host: str, port: int) -> Sequence[str]:
    found: Sequence[Any] = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]

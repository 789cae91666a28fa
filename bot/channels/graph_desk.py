"""Graph's other side: what an account is, what it is subscribed to, what patients see of it. For people at a
command line: every refusal is told with what to do."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.channels.graph_client import GRAPH_URL, GRAPH_VERSION, authorization
from bot.channels.lenient import error_code, mapping, read_object, whole_number, words
from bot.domain.providers import Provider
from bot.errors import ChairsideError

_TIMEOUT = aiohttp.ClientTimeout(total=30)

_REMEDIES: Mapping[int, str] = {
    190: "the access token is not good (any more); make a new one for a system user, without an end",
    10: "the token may not do this; give it the permission in the app's dashboard",
    200: "the token may not do this; give it the permission in the app's dashboard",
    15: "this needs the app's own token: check the app secret",
    2200: "Meta asked the webhook and got no challenge back: is it reachable, with this verify token?",
    4: "too many calls; wait an hour",
    80008: "too many calls; wait an hour",
}


class GraphRefusal(ChairsideError):
    """Graph said no. `message` is Meta's own, and names nobody."""

    def __init__(self, code: int | None, subcode: int | None, message: str) -> None:
        self.code = code
        self.subcode = subcode
        remedy = _REMEDIES.get(code or -1, "")
        number = f"{code}/{subcode}" if subcode else f"{code}"
        super().__init__(f"Meta refused ({number}): {message}" + (f"; {remedy}" if remedy else ""))


class GraphUnreachable(ChairsideError):
    """No answer that could be read."""


class GraphDesk:
    """Calls of one token. Raises GraphRefusal, GraphUnreachable."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        token: str,
        *,
        base: str = GRAPH_URL,
        version: str = GRAPH_VERSION,
        provider: Provider | None = None,
    ) -> None:
        self._http = http
        self._headers = authorization(token, provider)
        self._root = provider.api_url.rstrip("/") if provider else f"{base.rstrip('/')}/{version}"

    async def get(self, *path: str, **query: str) -> Mapping[str, Any]:
        return await self._call("GET", path, query, None)

    async def post(
        self, *path: str, body: Mapping[str, Any] | None = None, **query: str
    ) -> Mapping[str, Any]:
        return await self._call("POST", path, query, body)

    async def delete(self, *path: str, **query: str) -> Mapping[str, Any]:
        return await self._call("DELETE", path, query, None)

    async def _call(
        self, method: str, path: tuple[str, ...], query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Mapping[str, Any]:
        named = "/".join(quote(part, safe="") for part in path)
        url = URL(f"{self._root}/{named}", encoded=True).update_query(dict(query))
        try:
            async with self._http.request(
                method,
                url,
                json=body,
                headers=self._headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as response:
                answer = read_object(await response.content.read(2**21))
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            raise GraphUnreachable(f"Graph does not answer ({type(problem).__name__}); try again") from None
        error = mapping(answer.get("error"))
        if error or response.status >= 400:
            raise GraphRefusal(
                error_code(error),
                whole_number(error.get("error_subcode")),
                words(error.get("message")) or f"HTTP {response.status}",
            )
        return answer

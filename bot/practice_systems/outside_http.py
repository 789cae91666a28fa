"""HTTP to an outside system, with the one question that matters answered: was anything written?

An adapter asks `OutsideHttp` and translates what comes back. What is no answer at all is classified here:

    no connection                        Unavailable: nothing was sent
    connection lost, time-out            reads Unavailable, writes OutcomeUnknown
    401, 403                             AuthFailed
    429                                  RateLimited, with Retry-After
    500 and more                         reads Unavailable, writes OutcomeUnknown
    503 with Retry-After                 RateLimited: it says that it did nothing

Everything else is an answer and returned, whatever its status.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from bot.errors import AuthFailed, OutcomeUnknown, ProtocolDrift, RateLimited, Unavailable

LARGEST = 32 * 1024 * 1024  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Raises ProtocolDrift for what is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ProtocolDrift(f"an answer with status {self.status} is not JSON") from error


class OutsideHttp:
    """Requests to one system. Sends to its own origin only: a link or redirect elsewhere is a ProtocolDrift,
    so that credentials never leave for another host."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        base_url: str,
        *,
        name: str,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        auth_statuses: Collection[int] = (401, 403),
    ) -> None:
        self._http = http
        self._base = URL(base_url)
        self._name = name
        self._headers = dict(headers or {})
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout, 5.0))
        self._auth_statuses = frozenset(auth_statuses)

    def url(self, path: str) -> URL:
        """A path below the base, or a link of the system's own. Raises ProtocolDrift for another host's."""
        url = URL(path, encoded=True) if "://" in path else self._below(path)
        if url.origin() != self._base.origin():
            raise ProtocolDrift(f"{self._name} points to another host; its address in practice.yml is wrong?")
        return url

    async def request(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        json_body: object = None,
    ) -> Answer:
        """One request, never repeated. `writes` says whether it may change anything there."""
        sent = self._headers | dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            sent.setdefault("Content-Type", "application/json")
        try:
            async with self._http.request(
                method,
                self.url(path),
                headers=sent,
                params=query,
                data=body,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                content = await response.content.read(LARGEST + 1)
                while len(content) <= LARGEST and (more := await response.content.read(LARGEST)):
                    content += more
                answer = Answer(
                    response.status, {k.lower(): v for k, v in response.headers.items()}, content[:LARGEST]
                )
        except aiohttp.ClientConnectorError as error:
            raise Unavailable(f"{self._name} cannot be reached") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._lost("gave no answer", writes) from error
        if len(content) > LARGEST:
            raise ProtocolDrift(f"{self._name} answers with more than {LARGEST} bytes")
        return self._classified(answer, writes)

    def _below(self, path: str) -> URL:
        base = str(self._base).rstrip("/")
        return URL(f"{base}/{path.lstrip('/')}", encoded=True) if path else self._base

    def _classified(self, answer: Answer, writes: bool) -> Answer:
        if answer.status in self._auth_statuses:
            raise AuthFailed(
                f"{self._name} refuses our credentials (status {answer.status}); renew them in its settings"
            )
        wait = _retry_after(answer.headers.get("retry-after"), answer.headers.get("date"))
        if answer.status == 429 or (answer.status == 503 and wait is not None):
            raise RateLimited(f"{self._name} asks us to wait", wait)
        if answer.status >= 500:
            raise self._lost(f"failed with status {answer.status}", writes)
        return answer

    def _lost(self, what: str, writes: bool) -> Unavailable | OutcomeUnknown:
        if writes:
            return OutcomeUnknown(f"{self._name} {what} to a write; look there before doing it again")
        return Unavailable(f"{self._name} {what}")


def _retry_after(value: str | None, date: str | None) -> float | None:
    """Seconds; from a moment, too, by the system's own clock."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        there = parsedate_to_datetime(date).astimezone(UTC) if date else None
        until: datetime = parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        return None
    return max((until - there).total_seconds(), 0.0) if there else None

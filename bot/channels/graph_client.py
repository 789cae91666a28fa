"""One POST to Meta's Graph API, and what its answer (or its absence) proves.

Sending has no idempotency key there, so the question is never "did it fail" but "is it certain that nothing
was delivered":

- no connection came about: certain, RETRY;
- 2xx with a message id: accepted; 2xx without one: unknown;
- 4xx: certain, and the error code says what to do, else the HTTP status;
- 5xx: unknown, unless one of the channel's error codes says that this message was not accepted (throttling,
  token, parameters, "failed to send"): then that code decides; Graph's own catch-alls say no such thing;
- anything else after the connection stood (time-out, reset, no answer): unknown.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesPayload
from yarl import URL

from bot.channels.lenient import error_code, mapping, read_object, whole_number
from bot.domain.conversation import FateUnknown, Refused, SendAction, SendOutcome, Sent
from bot.domain.providers import Provider
from bot.domain.send_errors import action_of
from bot.errors import SetupError

GRAPH_URL = "https://graph.facebook.com"
GRAPH_VERSION = "v25.0"  # of 18 February 2026; Meta keeps a version for about two years
_LONGEST_RETRY_AFTER = 3600.0

_BY_STATUS: Mapping[int, SendAction] = {
    401: SendAction.STOP,
    403: SendAction.STOP,
    404: SendAction.STOP,  # no such number or version
    408: SendAction.RETRY,
    425: SendAction.RETRY,
    429: SendAction.SLOW_DOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """A channel whose error codes `bot.domain.send_errors` has. Codes in `inconclusive` prove nothing when
    they come with a 5xx."""

    channel: str
    inconclusive: frozenset[int]

    def action(self, error: Mapping[str, Any]) -> SendAction | None:
        """What one of Meta's error objects asks for; None when it says nothing that we know."""
        return action_of(self.channel, error_code(error), whole_number(error.get("error_subcode")))


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAnswer:
    """An HTTP answer; `body` is {} when it was no JSON object or broke off. `retry_after` in seconds."""

    status: int
    body: Mapping[str, Any]
    retry_after: float | None = None

    @property
    def error(self) -> dict[str, Any]:
        return mapping(self.body.get("error"))


def outcome_of(
    answer: GraphAnswer, *, refusals: Refusals, message_id: Callable[[Mapping[str, Any]], str | None]
) -> SendOutcome:
    """What an answer proves; `message_id` finds a channel's id in the body of a success."""
    if 200 <= answer.status < 300:
        sent = message_id(answer.body)
        return (
            Sent(message_id=sent)
            if sent
            else FateUnknown(reason=f"HTTP {answer.status} without a message id")
        )
    code = error_code(answer.error)
    action = refusals.action(answer.error)
    if answer.status >= 500 and (action is None or code in refusals.inconclusive):
        return FateUnknown(reason=f"HTTP {answer.status}" + (f", code {code}" if code is not None else ""))
    return Refused(
        action=action or _by_status(answer),
        code=code,
        subcode=whole_number(answer.error.get("error_subcode")),
        retry_after=answer.retry_after,
    )


def _by_status(answer: GraphAnswer) -> SendAction:
    if answer.status < 400:
        return SendAction.STOP  # a redirect: this is not the Graph API
    if answer.error.get("is_transient") is True:
        return SendAction.RETRY
    return _BY_STATUS.get(answer.status, SendAction.OUR_BUG)


class _Punctual(BytesPayload):
    """A body that does not leave too late, whatever held it up: a process that was frozen in the middle of a
    request goes on with it when it wakes, and looks at no clock."""

    def __init__(self, value: bytes, leaves_before: float | None) -> None:
        super().__init__(value)
        self._leaves_before = leaves_before

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        if self._leaves_before is not None and time.monotonic() > self._leaves_before:
            raise TimeoutError("too late: somebody else may be sending this")
        await super().write_with_length(writer, content_length)


class GraphClient:
    """Posts JSON with a bearer token. Retries nothing, follows no redirect, logs nothing, raises nothing."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base: str = GRAPH_URL,
        version: str = GRAPH_VERSION,
        timeout: float = 15.0,
        provider: Provider | None = None,
    ) -> None:
        """A `provider` stands before Meta: its own address, its own header for the token."""
        if not re.match(r"https?://[^/\s]", base):
            raise SetupError(f"CHAIRSIDE_GRAPH_URL must be an http or https URL, such as {GRAPH_URL}")
        self._session = session
        self._provider = provider
        self._root = f"{base.rstrip('/')}/{version}"
        # Waiting for a connection has its own, shorter limit: when that one passes, nothing was sent.
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=timeout * 2 / 3)

    async def post(
        self,
        node: str,
        edge: str,
        body: Mapping[str, Any],
        *,
        token: str,
        leaves_before: float | None = None,
    ) -> GraphAnswer | Refused | FateUnknown:
        """POST /{version}/{node}/{edge}: the answer, or what its absence proves. Late, it does not leave."""
        if self._session.closed:
            return Refused(action=SendAction.RETRY)
        try:
            async with self._session.post(
                URL(self._address(node, edge), encoded=True),
                data=_Punctual(json.dumps(dict(body)).encode(), leaves_before),
                headers={**authorization(token, self._provider), "Content-Type": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return GraphAnswer(
                    status=response.status,
                    body=await _read(response),
                    retry_after=_retry_after(response.headers),
                )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Refused(action=SendAction.RETRY)
        except TimeoutError:
            return FateUnknown(reason="time-out")
        except (aiohttp.ClientError, OSError) as error:
            return FateUnknown(reason=type(error).__name__)

    def _address(self, node: str, edge: str) -> str:
        named = quote(node, safe="")
        if self._provider is None:
            return f"{self._root}/{named}/{edge}"
        return f"{self._provider.api_url.rstrip('/')}/{self._provider.path.replace('{number}', named)}{edge}"


def authorization(token: str, provider: Provider | None = None) -> dict[str, str]:
    if provider is None:
        return {"Authorization": f"Bearer {token}"}
    return {provider.auth_header: f"{provider.auth_prefix}{token}"}


async def _read(response: aiohttp.ClientResponse) -> Mapping[str, Any]:
    """The status has arrived and stands, whatever becomes of the body."""
    try:
        return read_object(await response.read())
    except (TimeoutError, aiohttp.ClientError, OSError):
        return {}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; a date counts from the answer's own Date header, so that no clock of ours is needed."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), _LONGEST_RETRY_AFTER)
    until, answered = _http_date(value), _http_date(headers.get("Date", ""))
    if until is None or answered is None:
        return None
    return min(max((until - answered).total_seconds(), 0.0), _LONGEST_RETRY_AFTER)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

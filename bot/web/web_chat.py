"""The chat on the practice's own site: one script tag there, a page of ours in a frame, and its messages.

    <script src="https://desk.example.org/chat/widget.js" async></script>

Visitors are nobody: a visit has a random id, and a token that only its own page knows. No cookie is set, so
nothing depends on whether a browser lets a frame have any. What a visitor writes goes the way of every other
message (stored before it is acknowledged, answered in order, once); what we answer is fetched.
"""

import asyncio
import base64
import hashlib
import hmac
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic
import structlog
from aiohttp import web

from bot.domain.channels import SITE, WEB
from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.changes import Changes
from bot.service.intake import Intake
from bot.service.visitors import TooManyVisits, Visitors, network_of
from bot.web.live import to_json
from bot.web.pages import add_pages, show
from bot.web.security import SHOWN_ON, address_of, is_same_origin
from bot.web.wording import preferred_language

log = structlog.get_logger(__name__)

_WIDGET = Path(__file__).parent / "static" / "widget.js"
_WAIT_SECONDS = 25.0
_MOST_CHARACTERS = 4096
_MOST_BYTES = 32 * 1024
#: Messages of one address within a minute; whoever writes more is told to wait.
_MOST_A_MINUTE = 40
_ADDRESSES_KEPT = 10_000
_MOST_WAITING = 2_000  # pages that wait for news at once, on this server


@dataclass(frozen=True, kw_only=True)
class WebChatParts:
    practice: Practice
    visitors: Visitors
    intake: Intake
    changes: Changes
    clock: Clock
    key: bytes  # signs the tokens of visits


def add_web_chat(app: web.Application, parts: WebChatParts) -> None:
    """Register /chat. Call it for a practice that has `web_chat`."""
    add_pages(app)
    chat = _WebChat(parts)
    app.router.add_routes(
        [
            web.get("/chat", chat.show),
            web.get("/chat/widget.js", chat.widget),
            web.post("/chat/visits", chat.begin),
            web.post("/chat/messages", chat.write),
            web.get("/chat/messages", chat.read),
        ]
    )


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)


class _Written(_Strict):
    """Words, or a tap on what was offered. `id` is the page's own: the same again is one message."""

    id: str = pydantic.Field(pattern=r"^[0-9a-f-]{8,64}$")
    text: str = pydantic.Field(min_length=1, max_length=_MOST_CHARACTERS)
    tap: str | None = pydantic.Field(default=None, min_length=1, max_length=256)


class _WebChat:
    def __init__(self, parts: WebChatParts) -> None:
        self._parts = parts
        self._sites = parts.practice.web_chat.sites if parts.practice.web_chat else ()
        self._pace = _Pace(_MOST_A_MINUTE)
        self._waiting = 0

    async def show(self, request: web.Request) -> web.Response:
        request[SHOWN_ON] = ("'self'", *self._sites)
        practice = self._parts.practice
        language = preferred_language(request, default=practice.languages[0])
        facts = {"phone": practice.phone, "privacy": practice.privacy_url}
        return show(request, "chat.html", language=language, practice=practice.name, facts=facts)

    async def widget(self, request: web.Request) -> web.FileResponse:
        """The script that a page of the practice loads: it puts a button there, and the chat behind it."""
        request[SHOWN_ON] = ()
        return web.FileResponse(_WIDGET)

    async def begin(self, request: web.Request) -> web.Response:
        _from_our_page(request)
        try:
            visitor = await self._parts.visitors.begin(address_of(request), at=self._parts.clock.now())
        except TooManyVisits as refusal:
            raise _refused(web.HTTPTooManyRequests, "too_many_chats") from refusal
        return _json({"token": self._token(visitor)})

    async def write(self, request: web.Request) -> web.Response:
        """Answers when the message is stored; the reply comes by `read`."""
        _from_our_page(request)
        visitor = self._visitor(request)
        written = await _body(request)
        if not self._pace.lets(network_of(address_of(request)), time.monotonic()):
            raise _refused(web.HTTPTooManyRequests, "too_fast")
        event = InboundEvent(
            kind=InboundKind.CHOICE if written.tap else InboundKind.TEXT,
            channel=WEB,
            account=SITE,
            id=f"{visitor}:{written.id}",
            sender=visitor,
            at=self._parts.clock.now(),
            text=written.text,
            payload=written.tap,
        )
        await self._parts.intake.accept([event])
        return _json({"stored": True}, status=202)

    async def read(self, request: web.Request) -> web.Response:
        """The messages of a visit. With `known`, waits a while for something that differs from it."""
        visitor = self._visitor(request)
        known = request.query.get("known", "")
        until = time.monotonic() + _WAIT_SECONDS
        if self._waiting >= _MOST_WAITING:
            until = 0.0
        self._waiting += 1
        try:
            while True:
                ring = asyncio.ensure_future(self._parts.changes.next_ring())
                try:
                    messages = await self._parts.visitors.messages(visitor)
                    state = hashlib.sha256(to_json(messages).encode()).hexdigest()[:16]
                    left = until - time.monotonic()
                    if state != known or left <= 0:
                        return _json({"state": state, "messages": messages})
                    await asyncio.wait({ring}, timeout=left)
                finally:
                    ring.cancel()
        finally:
            self._waiting -= 1

    def _token(self, visitor: str) -> str:
        signed = hmac.new(self._parts.key, visitor.encode(), hashlib.sha256).digest()
        return f"{visitor}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"

    def _visitor(self, request: web.Request) -> str:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        visitor, _, _ = token.partition(".")
        if kind != "Bearer" or not hmac.compare_digest(
            self._token(visitor).encode(), token.encode("utf-8", "surrogatepass")
        ):
            raise _refused(web.HTTPUnauthorized, "no_visit")
        return visitor


class _Pace:
    """So many a minute from one address, counted in a sliding window; addresses not heard of are let in."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def lets(self, address: str, now: float) -> bool:
        seen = self._seen.setdefault(address, deque())
        self._seen.move_to_end(address)
        if len(self._seen) > _ADDRESSES_KEPT:
            self._seen.popitem(last=False)
        while seen and seen[0] <= now - 60:
            seen.popleft()
        if len(seen) >= self._most:
            return False
        seen.append(now)
        return True


def _from_our_page(request: web.Request) -> None:
    if not is_same_origin(request):
        raise _refused(web.HTTPForbidden, "foreign")


async def _body(request: web.Request) -> _Written:
    try:
        if (request.content_length or 0) > _MOST_BYTES:
            raise ValueError
        return _Written.model_validate_json(await request.read())
    except ValueError as error:  # pydantic's too
        raise _refused(web.HTTPBadRequest, "unreadable") from error


def _json(value: Any, *, status: int = 200) -> web.Response:
    return web.Response(text=to_json(value), content_type="application/json", status=status)


def _refused(kind: type[web.HTTPError], word: str) -> web.HTTPError:
    return kind(text=to_json({"error": word}), content_type="application/json")

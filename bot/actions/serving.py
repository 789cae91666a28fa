"""Our actions for a Rasa deployment, as rasa-sdk's server has them: POST /webhook, GET /actions, GET /health.

There is no turn here: what an action decided is committed before the answer goes out, together with the
answer. A call that comes again gets that answer, and nothing is done: one with the same `Idempotency-Key`, or
without any, one of the same conversation with the same events.
"""

import asyncio
import hmac
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from aiohttp import web

from bot.actions.executor import InProcessActions
from bot.dialogue.model import Assistant
from bot.domain.diary import DiaryWrite
from bot.errors import BookingError
from bot.ports import ActionCall, Clock
from bot.settings import is_loopback

log = structlog.get_logger(__name__)

MAX_REQUEST = 4 * 1024 * 1024  # a tracker carries all of its conversation
_CALLS = uuid.UUID("0b0d4d0e-5f6c-4a53-8f0e-6f1f0a1f5b0c")
_LONGEST_ID = 512

Answer = dict[str, Any]


class AnswerBook(Protocol):
    """Answers that were given, durable."""

    def contact(self, sender: str) -> str:
        """Our own name for somebody's conversation; the sender's id, which may be a number, stays outside."""

    async def known(self, contact: str, key: str) -> Mapping[str, Any] | None:
        """What was answered to this key."""

    async def keep(self, call: ActionCall, answer: Mapping[str, Any], writes: Sequence[DiaryWrite]) -> None:
        """The writes and the answer, both or neither. Raises BookingError when a write is refused."""


def actions_application(
    actions: InProcessActions,
    *,
    assistant: Assistant,
    book: AnswerBook,
    clock: Clock,
    token: str | None,
) -> web.Application:
    """Ready to be served. Without a token it answers nobody but this machine's own programs."""
    app = web.Application(client_max_size=MAX_REQUEST, middlewares=[_guarded(token)])
    endpoint = _Endpoint(actions, assistant=assistant, book=book, clock=clock)
    app.router.add_post("/webhook", endpoint.run)
    app.router.add_get("/actions", endpoint.names)
    app.router.add_get("/health", _healthy)
    return app


@dataclass(frozen=True, slots=True)
class _BadCall(Exception):
    why: str


class _Endpoint:
    def __init__(
        self, actions: InProcessActions, *, assistant: Assistant, book: AnswerBook, clock: Clock
    ) -> None:
        self._actions = actions
        self._assistant = assistant
        self._book = book
        self._clock = clock
        self._running: dict[str, asyncio.Task[web.Response]] = {}

    async def names(self, _: web.Request) -> web.Response:
        return web.json_response([{"name": name} for name in sorted(self._actions.names)])

    async def run(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # a page in a browser cannot send that unasked
            return _error(415, "the body must be application/json")
        try:
            asked = json.loads(await request.read())
            name = asked.get("next_action") if isinstance(asked, dict) else None
            if not isinstance(asked, dict) or not isinstance(name, str | None):
                raise _BadCall("Invalid body request")
            if not name:
                return web.json_response(None)  # as rasa-sdk
            if name not in self._actions.names:
                return _error(404, f"No registered action found for name '{name[:100]}'.", name)
            call = self._call(name, asked, request.headers.get("Idempotency-Key"))
        except _BadCall as mistake:
            return _error(400, mistake.why)
        except (ValueError, RecursionError):
            return _error(400, "Invalid body request")
        return await self._once(call)

    def _call(self, name: str, asked: Mapping[str, Any], given_key: str | None) -> ActionCall:
        tracker = asked.get("tracker")
        if not isinstance(tracker, dict):
            raise _BadCall("the call has no tracker")
        sender, slots, events = (
            asked.get("sender_id") or tracker.get("sender_id"),
            tracker.get("slots") or {},
            tracker.get("events") or [],
        )
        if not isinstance(sender, str) or not 0 < len(sender) <= _LONGEST_ID:
            raise _BadCall("the call has no sender_id")
        if not isinstance(slots, dict) or not isinstance(events, list):
            raise _BadCall("slots are a mapping, events a list")
        contact = self._book.contact(sender)
        languages = self._assistant.languages
        language = slots.get("language")
        return ActionCall(
            name=name,
            tracker={**tracker, "sender_id": contact, "slots": slots, "events": events},
            key=_key(contact, name, given_key, events),
            contact=contact,
            channel=_channel(events),
            phone=None,  # nobody vouches for one
            language=language if language in languages else languages[0],
            at=self._clock.now(),
        )

    async def _once(self, call: ActionCall) -> web.Response:
        """A second call with the key of one that is still running waits for that one."""
        task = self._running.get(call.key)
        if task is None:
            task = self._running[call.key] = asyncio.create_task(self._answer(call))
            task.add_done_callback(lambda _: self._running.pop(call.key))
        response = await asyncio.shield(task)
        return web.Response(
            status=response.status, body=response.body, content_type="application/json", charset="utf-8"
        )

    async def _answer(self, call: ActionCall) -> web.Response:
        known = await self._book.known(call.contact, call.key)
        if known is not None:
            return web.json_response(known)
        result = await self._actions.run(call)
        if result.failed == "rejected":
            return _error(400, f"Custom action '{call.name}' rejected execution.", call.name)
        if result.failed is not None:
            return _error(500, result.failed, call.name)
        answer: Answer = {"events": list(result.events), "responses": list(result.responses)}
        try:
            await self._book.keep(call, answer, result.writes)
        except BookingError as refusal:
            return await self._refused(call, refusal)
        return web.json_response(answer)

    async def _refused(self, call: ActionCall, refusal: BookingError) -> web.Response:
        """The diary said no at the last moment: that is what the action came to."""
        declared = self._assistant.actions.get(call.name)
        if declared is None or declared.outcome is None:
            return _error(500, "exception", call.name)
        event = {
            "event": "slot",
            "timestamp": None,
            "name": declared.outcome.slot,
            "value": refusal.outcome if refusal.outcome in declared.outcome.values else "error",
        }
        answer: Answer = {"events": [event], "responses": []}
        await self._book.keep(call, answer, ())
        return web.json_response(answer)


def _key(contact: str, name: str, given: str | None, events: Sequence[Any]) -> str:
    """The same for the same call. Without a key and without events every call is a new one."""
    if given:
        told = f"key {given[:_LONGEST_ID]}"
    elif events:
        last = events[-1].get("timestamp") if isinstance(events[-1], dict) else None
        told = f"events {len(events)} {last}"
    else:
        told = f"once {uuid.uuid4()}"
    return uuid.uuid5(_CALLS, f"{contact} {name} {told}").hex


def _channel(events: Sequence[Any]) -> str:
    """Where the patient wrote last."""
    for event in reversed(events):
        if isinstance(event, dict) and event.get("event") == "user":
            channel = event.get("input_channel")
            return channel if isinstance(channel, str) else "rasa"
    return "rasa"


def _guarded(token: str | None) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Rasa sends its endpoint's token as `?token=`; `Authorization: Bearer` does as well."""
    expected = token.encode() if token else None

    @web.middleware
    async def guard(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.path == "/health":
            return await handler(request)
        if expected is None:
            # A page that points a name of its own at this machine is not one of its programs.
            if not is_loopback(request.url.host or ""):
                return _error(403, "only programs on this machine are answered without a token")
            return await handler(request)
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        given = bearer.strip() if scheme.lower() == "bearer" else request.query.get("token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), expected):
            log.warning("actions_refused", why="the token is missing or is not ours")
            return _error(401, "the token is missing or is not ours")
        return await handler(request)

    return guard


async def _healthy(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def _error(status: int, why: str, action: str | None = None) -> web.Response:
    named = {"action_name": action} if action else {}
    return web.json_response({"error": why} | named, status=status)

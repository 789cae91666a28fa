"""Where Meta knocks: verify the raw bytes, parse, store, answer 200. No dialogue happens in here."""

import asyncio
import time
from collections.abc import Mapping
from typing import Protocol

import structlog
from aiohttp import web

from bot.channels.lenient import read_object
from bot.domain.conversation import InboundEvent
from bot.errors import SignatureMismatch
from bot.ports import AddressedChannel, Channel
from bot.service.hearing.pressure import Pressure
from bot.service.intake import Intake
from bot.service.upkeep.measures import Measures

log = structlog.get_logger(__name__)

#: Meta sends at most 3 MB; what is larger is refused before a byte of it is read.
MAX_BODY = 4 * 1024 * 1024
#: From this size on, a body is read in a thread: that may take seconds, for which nobody else has to wait.
LARGE_BODY = 64 * 1024
#: Seconds after which to come again.
_LATER = "5"


class Neighbours(Protocol):
    """The other practices of this process."""

    def find(self, channel: str, account: str) -> tuple[Channel, Intake] | None:
        """Who answers on this account."""


def add_webhooks(
    app: web.Application,
    *,
    channels: Mapping[str, Channel],
    intake: Intake,
    pressure: Pressure | None = None,
    measures: Measures | None = None,
    neighbours: Neighbours | None = None,
) -> None:
    """GET and POST /webhooks/{name} for each channel."""
    pressure, measures = pressure or Pressure(), measures or Measures("")
    for name, channel in channels.items():
        endpoint = _Endpoint(channel, intake, pressure, measures, neighbours)
        app.router.add_get(f"/webhooks/{name}", endpoint.subscribe, allow_head=False)
        app.router.add_post(f"/webhooks/{name}", endpoint.receive)


class _Endpoint:
    def __init__(
        self,
        channel: Channel,
        intake: Intake,
        pressure: Pressure,
        measures: Measures,
        neighbours: Neighbours | None,
    ) -> None:
        self._channel = channel
        self._neighbours = neighbours
        self._pressure = pressure
        # Asked once: looking whether a protocol is kept takes longer than reading most webhooks.
        self._addressed = channel if isinstance(channel, AddressedChannel) else None
        self._measures = measures
        self._intake = intake
        # One at a time: what is read from a large body takes many times its room.
        self._reading_large = asyncio.Lock()

    async def subscribe(self, request: web.Request) -> web.Response:
        """Meta's verification: the challenge comes back as plain text, never as markup."""
        challenge = self._channel.challenge(request.query)
        if challenge is None:
            raise web.HTTPForbidden(text="verify token or challenge is not right\n")
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: web.Request) -> web.Response:
        started, outcome = time.perf_counter(), "not_stored"
        size = request.content_length or 0
        try:
            if not self._pressure.has_room_for(size):
                outcome = "shed"
                return _again("too much at once", after=_LATER)
            with self._pressure.holding(size):
                outcome, answered = await self._taken(request, started)
            return answered
        finally:
            self._measures.webhook(self._channel.name, outcome, time.perf_counter() - started)

    async def _taken(self, request: web.Request, started: float) -> tuple[str, web.Response]:
        """What became of it, and the answer. Nothing is raised where much comes in: what is raised keeps the
        frames that it went through, and with them hundreds of events, until somebody looks for garbage."""
        body = await _read(request)
        channel = self._addressed.at(request.raw_path) if self._addressed else self._channel
        try:
            channel.verify(request.headers, body)
        except SignatureMismatch as error:
            log.warning("webhook_refused", channel=self._channel.name, why=str(error))
            return "refused", web.Response(status=401, text="the signature does not match\n")
        events = await self._events(channel, body)
        if not self._pressure.takes(events):
            return "shed", _again("too much at once", after=_LATER)
        try:
            with self._pressure.storing(events):
                ours = await self._hand_over(request, body, events) if self._neighbours else events
                accepted = await self._intake.accept(ours)
                if not events and _is_unread(body):
                    await self._intake.keep_unread(self._channel.name, body)
        except Exception as error:  # nothing is stored: Meta must send it again
            log.error("webhook_not_stored", channel=self._channel.name, error=type(error).__name__)
            return "not_stored", _again("not stored")
        log.info(
            "webhook",
            channel=self._channel.name,
            events=len(events),
            messages=len(accepted.conversations),
            repeats=accepted.repeats,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        # A provider of SMS would send any words of ours to the patient.
        return "stored", web.Response(text="" if channel is not self._channel else "ok\n")

    async def _hand_over(
        self, request: web.Request, body: bytes, events: tuple[InboundEvent, ...]
    ) -> tuple[InboundEvent, ...]:
        """What is for other practices goes to them, if the secret of their app signed the body, too."""
        assert self._neighbours is not None
        ours: list[InboundEvent] = []
        theirs: dict[int, tuple[Channel, Intake, list[InboundEvent]]] = {}
        for event in events:
            found = self._neighbours.find(self._channel.name, event.account or "")
            if found is None or found[1] is self._intake:
                ours.append(event)
            else:
                theirs.setdefault(id(found[1]), (*found, []))[2].append(event)
        for channel, intake, some in theirs.values():
            try:
                channel.verify(request.headers, body)
            except SignatureMismatch:
                log.warning("foreign_account", events=len(some), remedy="its own app has to sign for it")
                continue
            await intake.accept(some)
        return tuple(ours)

    async def _events(self, channel: Channel, body: bytes) -> tuple[InboundEvent, ...]:
        if len(body) < LARGE_BODY:
            return channel.parse(body)
        async with self._reading_large:
            return await asyncio.to_thread(channel.parse, body)


def _again(why: str, *, after: str | None = None) -> web.Response:
    """Meta sends it again."""
    headers = {"Retry-After": after} if after else None
    return web.Response(status=503, text=f"{why}, send it again\n", headers=headers)


def _is_unread(body: bytes) -> bool:
    """Whether a body without events is worth keeping: no JSON object, or too large to be empty."""
    said = body.strip()
    return bool(said) and (len(said) >= LARGE_BODY or (said != b"{}" and not read_object(said)))


async def _read(request: web.Request) -> bytes:
    if request.content_length is not None and request.content_length >= MAX_BODY:
        raise _too_large(request.content_length)
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size >= MAX_BODY:
                chunks.clear()  # what is raised keeps this frame
                raise _too_large(size)
            chunks.append(chunk)
    except (web.RequestPayloadError, ConnectionError) as error:
        chunks.clear()
        raise web.HTTPBadRequest(text="the body broke off\n") from error
    return b"".join(chunks)


def _too_large(size: int) -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(
        MAX_BODY, size, text=f"a webhook body has less than {MAX_BODY} bytes\n"
    )

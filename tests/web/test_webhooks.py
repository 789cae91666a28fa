"""The door that Meta knocks at, when somebody brings a great deal at once."""

import asyncio
import gc
import threading
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from bot.domain.conversation import Address, InboundEvent, InboundKind, Rendered, Reply, SendOutcome
from bot.domain.pipeline import Accepted
from bot.errors import SignatureMismatch
from bot.service.changes import Changes
from bot.service.hearing.pressure import Pressure
from bot.service.intake import Intake
from bot.service.upkeep.probe import Probe
from bot.web.webhooks import LARGE_BODY, add_webhooks
from tests.web.serving import Serve


@dataclass
class SlowReader:
    """A channel whose bodies take until somebody else was let in."""

    name: str = "slow"
    has_begun: threading.Event = field(default_factory=threading.Event)
    is_let_in: threading.Event = field(default_factory=threading.Event)
    reading: int = 0
    most_at_once: int = 0

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        return None

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return None

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        self.reading += 1
        self.has_begun.set()
        self.most_at_once = max(self.most_at_once, self.reading)
        assert self.is_let_in.wait(30), "nobody was let in while a large body was read"
        self.reading -= 1
        return ()

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        raise NotImplementedError

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        raise NotImplementedError


class EmptyStore:
    async def accept(
        self, events: Sequence[InboundEvent], *, accounts: frozenset[tuple[str, str]]
    ) -> Accepted:
        return Accepted()

    async def keep_body(self, channel: str, body: bytes) -> None:
        return None


class Nobody:
    def wake(self, conversation: str, kind: object = None) -> None:
        raise AssertionError("nobody wrote")


class Crowd(SlowReader):
    """A channel whose every body holds a hundred messages."""

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return tuple(
            InboundEvent(
                kind=InboundKind.TEXT, channel="slow", account="1", id=str(n), sender="b", text=f"message {n}"
            )
            for n in range(100)
        )


@pytest.fixture
def slow() -> SlowReader:
    return SlowReader()


def intake_of_nothing() -> Intake:
    return Intake(
        store=EmptyStore(),  # type: ignore[arg-type]
        turns=Nobody(),
        delivery=Nobody(),
        accounts=frozenset(),
        changes=Changes(),
        probe=Probe(None),
    )


async def test_others_are_let_in_while_large_bodies_are_read_one_at_a_time(
    slow: SlowReader, serve: Serve
) -> None:
    app = web.Application()
    add_webhooks(app, channels={"slow": slow}, intake=intake_of_nothing())

    async def let_in(_: web.Request) -> web.Response:
        slow.is_let_in.set()
        return web.Response()

    app.router.add_get("/somebody-else", let_in)
    url = await serve(app)
    body = b"x" * LARGE_BODY
    async with aiohttp.ClientSession() as http:

        async def post() -> int:
            async with http.post(f"{url}/webhooks/slow", data=body) as answer:
                return answer.status

        posts = [asyncio.create_task(post()) for _ in range(3)]
        assert await asyncio.to_thread(slow.has_begun.wait, 30)
        async with http.get(f"{url}/somebody-else") as answer:
            assert answer.status == 200
        statuses = await asyncio.gather(*posts)

    assert statuses == [200, 200, 200]
    assert slow.most_at_once == 1


def all_events() -> list[InboundEvent]:
    return [each for each in gc.get_objects() if isinstance(each, InboundEvent)]


async def test_what_is_refused_as_too_much_leaves_nothing_behind(serve: Serve) -> None:
    """Under a flood hundreds of bodies a second are refused, long before anybody looks for garbage."""
    app, pressure = web.Application(), Pressure(messages=10)
    add_webhooks(app, channels={"slow": Crowd()}, intake=intake_of_nothing(), pressure=pressure)
    url = await serve(app)
    before = {id(each) for each in all_events()}
    gc.disable()
    try:
        async with aiohttp.ClientSession() as http:
            with pressure.storing(Crowd().parse(b"")[:10]):
                for _ in range(5):
                    async with http.post(f"{url}/webhooks/slow", data=b"x") as answer:
                        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        left = [each for each in all_events() if id(each) not in before]
    finally:
        gc.enable()

    assert left == []
    assert pressure.refused_messages == 500


class Stranger(SlowReader):
    """A channel that knows no signature."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        raise SignatureMismatch("it is of nobody's")


async def test_what_strangers_send_is_not_kept(serve: Serve) -> None:
    """Anybody can post three megabytes."""
    app = web.Application()
    add_webhooks(app, channels={"slow": Stranger()}, intake=intake_of_nothing())
    url = await serve(app)
    tracemalloc.start()
    gc.disable()
    try:
        async with aiohttp.ClientSession() as http:
            for _ in range(10):
                async with http.post(f"{url}/webhooks/slow", data=bytes(3_000_000)) as answer:
                    assert answer.status == 401
        left = tracemalloc.get_traced_memory()[0]
    finally:
        gc.enable()
        tracemalloc.stop()

    assert left < 10_000_000

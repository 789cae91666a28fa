"""How an outside system is called: reads again, writes never, nobody while it is down, and not too often."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.domain.outside import Rate
from bot.errors import (
    AuthFailed,
    BookingError,
    OpeningTaken,
    OutcomeUnknown,
    ProtocolDrift,
    RateLimited,
    Unavailable,
)
from bot.practice_systems.calling import PAUSE, Caller
from tests.studio import NOW


class World:
    """A system that answers as it is told, and a clock that moves when somebody sleeps."""

    def __init__(self, *answers: BookingError | str) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    async def ask(self) -> str:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, BookingError):
            raise answer
        return answer

    def caller(self, rate: Rate | None = None) -> Caller:
        return Caller(name="it", now=self.now, timeout=timedelta(seconds=0.2), rate=rate, sleep=self.sleep)


async def test_a_question_without_an_answer_is_asked_twice_more() -> None:
    world = World(Unavailable("x"), Unavailable("x"), "here")

    assert await world.caller().read(world.ask) == "here"
    assert world.asked == 3


@pytest.mark.parametrize("failure", [Unavailable("x"), RateLimited("x", 1.0), OutcomeUnknown("x")])
async def test_a_write_is_made_once_whatever_comes_of_it(failure: BookingError) -> None:
    world = World(failure, "here")
    with pytest.raises(type(failure)):
        await world.caller().write(world.ask)

    assert world.asked == 1


@pytest.mark.parametrize("refusal", [AuthFailed("x"), ProtocolDrift("x"), OpeningTaken("x")])
async def test_a_no_is_not_asked_for_again(refusal: BookingError) -> None:
    world = World(refusal, "here")
    with pytest.raises(type(refusal)):
        await world.caller().read(world.ask)

    assert world.asked == 1


async def hangs() -> str:

    await asyncio.Event().wait()
    return ""


@pytest.mark.parametrize(
    ("how", "error"), [(Caller.write, OutcomeUnknown), (Caller.read, Unavailable)], ids=["write", "read"]
)
async def test_silence_after_a_write_is_doubt_and_after_a_question_an_outage(
    how: Callable[[Caller, Callable[[], Awaitable[str]]], Awaitable[str]], error: type[BookingError]
) -> None:
    with pytest.raises(error):
        await how(World().caller(), hangs)


async def test_a_system_that_is_down_is_left_alone_and_then_asked_by_one() -> None:
    world = World(*[Unavailable("x")] * 4, "here", "here")
    caller = world.caller()
    for _ in range(2):
        with pytest.raises(Unavailable):
            await caller.read(world.ask)
    assert world.asked == 3  # the second reader was told without asking
    world.at += PAUSE
    with pytest.raises(Unavailable):
        await caller.write(world.ask)
    with pytest.raises(Unavailable):
        await caller.write(world.ask)
    assert world.asked == 4
    world.at += PAUSE

    assert [await caller.read(world.ask), await caller.read(world.ask)] == ["here", "here"]


async def test_nobody_asks_before_the_system_wants_to_be_asked_again() -> None:
    world = World(RateLimited("x", 60.0), "here")
    caller = world.caller()
    for _ in range(2):
        with pytest.raises(RateLimited):
            await caller.read(world.ask)
    assert world.asked == 1
    world.at += timedelta(seconds=60)

    assert await caller.read(world.ask) == "here"


async def test_a_short_wait_is_waited_for() -> None:
    world = World(RateLimited("x", 2.0), "here")

    assert await world.caller().read(world.ask) == "here"
    assert world.at == NOW + timedelta(seconds=2)

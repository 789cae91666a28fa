"""Too much at once: statuses give way, messages never; a noisy practice does not keep the others waiting."""

import asyncio

import pytest

from bot.domain.conversation import InboundEvent, InboundKind, SendStatus
from bot.service.hearing.pressure import Pressure
from bot.service.turns.gathering import Gathering
from bot.service.turns.turnstile import Turnstile


def message() -> InboundEvent:
    return InboundEvent(kind=InboundKind.TEXT, channel="whatsapp", account="1", id="a", sender="b", text="c")


def status() -> InboundEvent:
    told = SendStatus(state="read", message_id="m")
    return InboundEvent(
        kind=InboundKind.STATUS, channel="whatsapp", account="1", id=None, sender=None, status=told
    )


def test_statuses_give_way_long_before_messages_do() -> None:
    pressure = Pressure(statuses=10, messages=50)
    taken = []
    with pressure.storing([message()] * 9):
        taken.append((pressure.takes([status()]), pressure.takes([message()])))
        with pressure.storing([message()] * 40):
            taken.append((pressure.takes([status()]), pressure.takes([message()])))
            with pressure.storing([message()]):
                taken.append((pressure.takes([status()]), pressure.takes([message(), status()])))

    assert taken == [(True, True), (False, True), (False, False)]
    assert (pressure.shed_statuses, pressure.refused_messages, pressure.waiting) == (2, 2, 0)


def test_a_batch_larger_than_all_the_room_is_taken_when_nothing_else_waits() -> None:
    assert Pressure(messages=50).takes([message()] * 1_000)


def test_bodies_in_memory_are_bounded() -> None:
    pressure = Pressure(bytes_=1_000)
    with pressure.holding(900):
        room = (pressure.has_room_for(100), pressure.has_room_for(101), pressure.is_high)

    assert room == (True, False, True)
    assert not pressure.is_high


async def order_of(turnstile: Turnstile, callers: list[str]) -> list[str]:
    """Who came through, in that order; each leaves at once."""
    came: list[str] = []

    async def go(practice: str) -> None:
        async with turnstile.through(practice):
            came.append(practice)
            await asyncio.sleep(0)

    await asyncio.gather(*map(go, callers))
    return came


async def test_a_noisy_practice_takes_turns_with_the_quiet_ones() -> None:
    came = await order_of(Turnstile(2), ["noisy"] * 100 + ["quiet"] * 5 + ["calm"] * 5)

    assert came.index("quiet") < 10
    assert [came[:40].count(practice) for practice in ("quiet", "calm")] == [5, 5]
    assert len(came) == 110


async def test_without_going_round_the_quiet_ones_would_wait_for_all_of_the_noise() -> None:
    came = await order_of(Turnstile(2), ["everybody"] * 100 + ["everybody"] * 10)

    assert came == ["everybody"] * 110


async def test_a_practice_whose_turns_hang_keeps_half_of_the_places_free() -> None:
    turnstile = Turnstile(4)
    never = asyncio.Event()

    async def hang() -> None:
        async with turnstile.through("hanging"):
            await never.wait()

    async with turnstile.through("quiet"):
        pass
    hanging = [asyncio.create_task(hang()) for _ in range(10)]
    await asyncio.sleep(0)
    came = await order_of(turnstile, ["quiet"] * 3)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)

    assert came == ["quiet"] * 3
    assert await order_of(turnstile, ["hanging"]) == ["hanging"]
    assert turnstile.waiting == 0


async def test_who_is_not_in_memory_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two stand for the hundreds that a conversation may have in memory; what lies beyond is real.
    monkeypatch.setattr("bot.service.turns.gathering.MOST_IN_MEMORY", 2)
    answered: list[str] = []

    async def answer(conversation: str) -> None:
        answered.append(conversation)

    idle = asyncio.Event()
    gathering = Gathering(answer, pause=0.0, finished=lambda: None if gathering.is_busy else idle.set())
    for conversation in "abc":
        gathering.wake(conversation)
    known = [gathering.knows(conversation) for conversation in "abc"]
    await idle.wait()
    idle.clear()
    gathering.wake("c")  # as the backlog does
    await idle.wait()

    assert known == [True, True, False]
    assert answered == ["a", "b", "c"]

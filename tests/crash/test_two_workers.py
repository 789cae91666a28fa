"""Several processes on one PostgreSQL: who freezes is fenced, who dies is replaced, nobody answers twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from bot.domain.conversation import Refused, SendAction
from bot.domain.pipeline import OutboxMessage, OutboxState
from bot.ports import Store
from tests.contracts.test_stores import NOW, House, said, turn_of
from tests.crash.worker import PATIENCE
from tests.postgresql import fresh_database


@pytest.fixture
def url() -> str:
    return fresh_database()


@asynccontextmanager
async def house(url: str, worker: str) -> AsyncIterator[House]:
    house = House(url, worker=worker, patience=PATIENCE)
    await house.store.claims.show_life()
    yield house
    await asyncio.to_thread(house.database.close)


@asynccontextmanager
async def process(url: str, name: str, conversation: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "tests.crash.worker", url, name, conversation]
    pipe = asyncio.subprocess.PIPE
    worker = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        yield worker
    finally:
        if worker.returncode is None:
            worker.kill()
        await worker.wait()


async def line(worker: asyncio.subprocess.Process) -> str:
    assert worker.stdout is not None
    return (await asyncio.wait_for(worker.stdout.readline(), 60)).decode().strip()


async def go_on(worker: asyncio.subprocess.Process) -> None:
    assert worker.stdin is not None
    worker.stdin.write(b"\n")
    await worker.stdin.drain()


async def taken_over(by: House, conversation: str) -> None:
    """Rounds go on until the conversation is ours."""
    by.clock.move(minutes=1)  # no message is new any more
    async with asyncio.timeout(30):
        while conversation not in await by.store.claims.adopt(decide_at=NOW + timedelta(seconds=10)):
            await by.store.claims.show_life()


def _lives_of_sleepy(connection: Connection) -> object:
    now = "extract(epoch FROM clock_timestamp()) * 1000000"
    limit = PATIENCE // timedelta(microseconds=1)
    sleepy = text(f"SELECT id FROM worker WHERE id = 'sleepy' AND seen_at > {now} - {limit}")
    return connection.execute(sleepy).scalar()


def _only_message(connection: Connection) -> object:
    return connection.execute(text("SELECT state FROM outbox")).scalar_one()


async def test_a_worker_that_froze_finds_its_turn_taken(url: str) -> None:
    async with house(url, "other") as other:
        anna = await other.hear()
        async with process(url, "frozen", anna) as frozen:
            assert await line(frozen) == "loaded"
            os.kill(frozen.pid, signal.SIGSTOP)
            await taken_over(other, anna)
            snapshot = await other.store.load(anna, worker="other")
            assert snapshot is not None
            head = await other.store.commit(turn_of(snapshot, "from other"))
            os.kill(frozen.pid, signal.SIGCONT)
            await go_on(frozen)

            assert await line(frozen) == "stale"
            assert head is not None and head.reply.text == "from other"


async def test_a_worker_that_slept_does_not_post_what_it_had_in_its_hands(url: str) -> None:
    """Nobody took its turn, so it may commit; but by now somebody might be sending the same."""
    async with house(url, "other") as other:
        anna = await other.hear()
        async with process(url, "sleepy", anna) as sleepy:
            assert await line(sleepy) == "loaded"
            async with asyncio.timeout(30):
                while await other.database.read(_lives_of_sleepy):
                    pass
            await go_on(sleepy)

            assert await line(sleepy) == "has slept"


async def test_what_a_killed_worker_was_sending_is_in_doubt_for_the_next(url: str) -> None:
    async with house(url, "other") as other:
        anna = await other.hear()
        async with process(url, "killed", anna) as killed:
            assert await line(killed) == "loaded"
            await go_on(killed)
            assert await line(killed) == "may post"
            killed.kill()
            await killed.wait()
        await taken_over(other, anna)
        head = await other.store.next_to_send(anna)

        assert head is not None
        assert (head.state, head.reply.text, head.attempts) == (OutboxState.UNCERTAIN, "from killed", 0)


@pytest.mark.parametrize(
    "deed",
    [
        lambda store, message: store.take_back(message),
        lambda store, message: store.hold_back(message),
        lambda store, message: store.give_up(message),
        lambda store, message: store.settle(message, state=OutboxState.UNCERTAIN, not_before=NOW),
        lambda store, message: store.refused(message, Refused(action=SendAction.RETRY)),
    ],
    ids=["takes it back", "holds it back", "gives it up", "doubts it", "was refused"],
)
async def test_who_slept_leaves_alone_what_another_worker_is_sending(
    url: str, deed: Callable[[Store, OutboxMessage], Awaitable[object]]
) -> None:
    """It would stand in the queue again, whatever the other stores, and go out twice."""
    async with house(url, "sleepy") as sleepy, house(url, "other") as other:
        anna = await sleepy.hear()
        snapshot = await sleepy.store.load(anna, worker="sleepy")
        assert snapshot is not None
        in_its_hands = await sleepy.store.commit(turn_of(snapshot, "buonasera"))
        assert in_its_hands is not None
        await taken_over(other, anna)
        doubtful = await other.store.next_to_send(anna)
        assert doubtful is not None
        again = await other.store.resend(doubtful)
        assert again is not None

        await deed(sleepy.store, in_its_hands)
        await other.store.settle(again, state=OutboxState.SENT, message_id="wamid.1")

        assert await other.store.next_to_send(anna) is None
        assert await other.database.read(_only_message) == OutboxState.SENT


async def test_who_slept_and_has_shown_life_since_does_not_post_either(url: str) -> None:
    async with house(url, "sleepy") as sleepy:
        anna = await sleepy.hear()
        snapshot = await sleepy.store.load(anna, worker="sleepy")
        assert snapshot is not None
        in_its_hands = await sleepy.store.commit(turn_of(snapshot, "buonasera"))
        assert in_its_hands is not None
        assert not sleepy.store.has_moved(in_its_hands)

        sleepy.store.claims._seen -= PATIENCE.total_seconds()
        await sleepy.store.claims.show_life()

        assert sleepy.store.has_moved(in_its_hands)


async def test_a_message_that_another_worker_stores_calls_the_one_who_has_the_conversation(url: str) -> None:
    async with house(url, "one") as one, house(url, "two") as two:
        anna = await one.hear()
        assert await one.store.load(anna, worker="one") is not None
        calls = one.store.claims.calls()
        called = asyncio.ensure_future(anext(calls))
        async with asyncio.timeout(30):
            while not called.done():  # until the line is up
                await two.store.accept(
                    [said("wamid.2", "c'è qualcuno?")], accounts=frozenset({("whatsapp", "100")})
                )
                assert await two.store.load(anna, worker="two") is None
                await asyncio.wait({called}, timeout=0.05)
        await calls.aclose()

        assert called.result() == anna


async def test_of_two_workers_one_sees_to_what_falls_due(url: str) -> None:
    async with house(url, "one") as one, house(url, "two") as two:
        both = (one.store.claims.leads, two.store.claims.leads)
        await one.store.claims.leave()
        await two.store.claims.show_life()

        assert both == (True, False)
        assert two.store.claims.leads


async def test_two_who_want_a_conversation_at_once_do_not_both_get_it(url: str) -> None:
    async with house(url, "one") as one, house(url, "two") as two:
        everybody = [
            await one.hear(said(f"wamid.{number}", "ciao", sender=f"39347000{number:04}"))
            for number in range(20)
        ]
        taken = await asyncio.gather(
            *(store.load(who, worker="") for who in everybody for store in (one.store, two.store))
        )

        assert [
            (first is None) + (second is None) for first, second in zip(taken[::2], taken[1::2], strict=True)
        ] == [1] * 20

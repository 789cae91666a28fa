"""How fast an account sends, and what one person is sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.service.clock import FrozenClock
from bot.service.sending.lines import Line
from bot.service.sending.pacing import Pacing

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
NUMBER, PAGE = ("whatsapp", "1"), ("messenger", "2")


@dataclass
class Budget:
    """An account's time, and what was sent of it, as every worker sees them."""

    clock: FrozenClock
    is_shared: bool = True
    taken_until: datetime = NOW
    sent: dict[str, list[datetime]] = field(default_factory=dict)

    async def lease(self, line: Line, span: timedelta) -> timedelta:
        begins = max(self.taken_until, self.clock.now())
        self.taken_until = begins + span
        return begins - self.clock.now()

    async def went_out(self, conversation: str, *, since: datetime) -> Sequence[datetime]:
        return [at for at in self.sent.get(conversation, []) if at >= since]


def pacing(clock: FrozenClock, budget: Budget, *, a_second: float) -> Pacing:
    async def sleep(seconds: float) -> None:
        clock.move(seconds=seconds)

    return Pacing(clock, budget=budget, a_second=lambda line: a_second, sleep=sleep)


def held_up(clock: FrozenClock, opens: asyncio.Event) -> Pacing:
    """Ten a second; who is let in waits until it opens."""

    async def sleep(seconds: float) -> None:
        await opens.wait()

    return Pacing(clock, budget=Budget(clock), a_second=lambda line: 10, sleep=sleep)


def most_in_a_second(moments: Sequence[datetime]) -> int:
    second = timedelta(seconds=1)
    return max(sum(at <= other < at + second for other in moments) for at in moments)


@pytest.mark.parametrize("limit", [80, 20], ids=["a number", "a number in the Business app"])
@pytest.mark.parametrize("number_of_workers", [1, 2])
async def test_all_workers_together_keep_below_what_a_number_may_send(
    limit: int, number_of_workers: int
) -> None:
    clock = FrozenClock(NOW)
    budget = Budget(clock)
    workers = [pacing(clock, budget, a_second=limit) for _ in range(number_of_workers)]
    moments = []
    for number in range(3 * limit):
        assert await workers[number % number_of_workers].admit(NUMBER, f"patient {number}") == 0
        moments.append(clock.now())

    assert most_in_a_second(moments) <= limit
    if number_of_workers == 1:  # alone it has all of it
        assert len([at for at in moments if at < NOW + timedelta(seconds=1)]) >= 0.85 * limit


async def test_one_patient_gets_a_burst_on_credit_and_then_waits_until_it_is_paid() -> None:
    clock = FrozenClock(NOW)
    paces = pacing(clock, Budget(clock, is_shared=False), a_second=1000)
    burst = [await paces.admit(NUMBER, "anna") for _ in range(45)]
    over = round(270 - (clock.now() - NOW).total_seconds(), 2)
    refused = round(await paces.admit(NUMBER, "anna"), 2)
    other = await paces.admit(NUMBER, "bruno")
    clock.move(seconds=270)
    free = await paces.admit(NUMBER, "anna")

    assert (burst, refused, other, free) == ([0] * 45, over, 0, 0)


async def test_who_goes_on_with_a_conversation_knows_what_the_patient_was_sent() -> None:
    clock = FrozenClock(NOW)
    budget = Budget(clock, sent={"anna": [NOW - timedelta(seconds=8)] * 3})
    wait = await pacing(clock, budget, a_second=1000).admit(NUMBER, "anna")

    assert wait == 10  # three messages of six seconds, eight of which have passed


async def test_a_worker_asks_again_what_others_may_have_sent_meanwhile() -> None:
    clock = FrozenClock(NOW)
    budget = Budget(clock)
    paces = pacing(clock, budget, a_second=1000)
    first = await paces.admit(NUMBER, "anna")
    clock.move(seconds=60)
    budget.sent["anna"] = [clock.now() - timedelta(seconds=7)] * 2
    again = await paces.admit(NUMBER, "anna")

    assert (first, again) == (0, 5)


async def test_a_page_knows_no_pause_between_messages_to_one_person() -> None:
    clock = FrozenClock(NOW)
    paces = pacing(clock, Budget(clock), a_second=250)

    assert [await paces.admit(PAGE, "anna") for _ in range(200)] == [0] * 200


async def test_with_many_ahead_a_message_stays_in_the_queue_instead_of_standing_at_the_door() -> None:
    clock, opens = FrozenClock(NOW), asyncio.Event()
    paces = held_up(clock, opens)
    waiting = [asyncio.create_task(paces.admit(NUMBER, f"patient {number}")) for number in range(40)]
    for _ in range(5):
        await asyncio.sleep(0)
    late = await paces.admit(NUMBER, "zoe")
    opens.set()
    admitted = [pause for pause in await asyncio.gather(*waiting) if pause == 0]

    assert late > 3
    assert len(admitted) == 29  # the first needed no wait, and 28 are 3.1 seconds


async def test_who_comes_too_late_gets_a_moment_of_their_own_in_the_order_of_coming_and_keeps_it() -> None:
    clock, opens = FrozenClock(NOW), asyncio.Event()
    paces = held_up(clock, opens)
    inside = [asyncio.create_task(paces.admit(NUMBER, f"patient {number}")) for number in range(29)]
    for _ in range(5):
        await asyncio.sleep(0)
    told = [await paces.admit(NUMBER, f"late {number}") for number in range(20)]
    asked_again = await paces.admit(NUMBER, "late 7")
    opens.set()
    await asyncio.gather(*inside)
    newcomer = await paces.admit(NUMBER, "newcomer")
    clock.move(seconds=told[7])
    at_their_moment = await paces.admit(NUMBER, "late 7")
    too_early = await paces.admit(NUMBER, "late 8")

    gaps = [round(later - earlier, 3) for earlier, later in pairwise(told)]
    assert gaps == [round(1 / 9, 3)] * 19  # nine tenths of what the account may send
    assert asked_again == told[7]
    assert newcomer > told[-1]  # nobody overtakes those who were told to come back
    assert (at_their_moment, round(too_early, 3)) == (0, gaps[0])

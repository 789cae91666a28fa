"""The call list, as staff see it: who is to be telephoned, what to say, and what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.domain.deeds import Deed
from bot.service.outreach.ports import CallTask
from bot.web.sign_in.session import SignIn
from tests.web.backstage import FakeTrail
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook
from tests.web.serving import NoCalls, Receptionist, Serve, whole_inbox


class TwoCalls(NoCalls):
    """One patient to be called before a visit, and one whose visit has begun."""

    def __init__(self, at: datetime) -> None:
        anna = CallTask(
            id="call_1",
            rule="visit_tomorrow",
            reason="silent",
            conversation="c-anna",
            patient="pat_1",
            name="<script>alert(1)</script>",
            phone="+390200000001",
            language="it",
            visits={"app_1": at + timedelta(hours=5)},
            until=at + timedelta(hours=5),
            created_at=at - timedelta(hours=1),
        )
        late = replace(anna, id="call_2", name="Bruno Prova", until=at - timedelta(minutes=1))
        self.tasks = {task.id: task for task in (anna, late)}
        self.settled: list[tuple[str, str, str]] = []

    async def call_tasks(self, *, at: datetime, settled_since: datetime | None = None) -> Sequence[CallTask]:
        return tuple(self.tasks.values())

    async def settle_call_task(self, task: str, *, outcome: str, who: str, at: datetime) -> bool:
        if task not in self.tasks:
            return False
        self.settled.append((task, outcome, who))
        if outcome != "not_reached":
            del self.tasks[task]
        return True


@pytest.fixture
def calls(clock: FakeClock) -> TwoCalls:
    return TwoCalls(clock.now())


@pytest.fixture
def trail(clock: FakeClock) -> FakeTrail:
    return FakeTrail(clock=clock)


@pytest.fixture
async def marta(
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    calls: TwoCalls,
    trail: FakeTrail,
) -> Receptionist:
    app = whole_inbox(desk, sign_in, staff, calls=calls, trail=trail)
    door = Receptionist(http, await serve(app))
    assert await door.signs_in(sign_in.issue()) == 200
    await door.is_in()
    return door


async def test_the_list_says_whom_to_call_until_when_and_who_is_too_late(marta: Receptionist) -> None:
    async with marta.http.get(f"{marta.url}/inbox/calls") as response:
        shown = await response.text()
    still, _, over = shown.partition('id="calls-over"')

    assert response.status == 200
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in still
    assert 'href="tel:+390200000001"' in still
    assert 'href="/inbox/c-anna"' in still
    assert "Bruno Prova" in over
    assert "Bruno Prova" not in still


async def test_what_a_call_came_to_is_one_tap_and_in_the_trail(
    marta: Receptionist, calls: TwoCalls, trail: FakeTrail
) -> None:
    tried = await marta.posts("/inbox/calls", {"task": "call_1", "outcome": "not_reached"})
    comes = await marta.posts("/inbox/calls", {"task": "call_1", "outcome": "comes"})
    again = await marta.posts("/inbox/calls", {"task": "call_1", "outcome": "cancelled"})

    assert (tried, comes) == ((200, {"stays": True}), (200, {"stays": False}))
    assert again == (409, {"error": "call_gone"})
    assert [(task, outcome) for task, outcome, _ in calls.settled] == [
        ("call_1", "not_reached"),
        ("call_1", "comes"),
    ]
    assert [row.detail for row in trail.rows if row.deed is Deed.CALLED] == ["not_reached", "comes"]


@pytest.mark.parametrize(
    "body", [{}, {"task": "call_1"}, {"task": "call_1", "outcome": "laughed"}, {"task": 1}]
)
async def test_what_is_no_outcome_is_refused(
    marta: Receptionist, calls: TwoCalls, body: dict[str, object]
) -> None:
    assert await marta.posts("/inbox/calls", body) == (400, {"error": "malformed"})
    assert calls.settled == []

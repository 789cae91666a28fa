"""Several workers send from one account: together they keep its limits, on a real PostgreSQL.

Whether they do is for the stand-in to say: it refuses what comes too fast, as Meta does.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.pipeline import OutboxState
from bot.service.clock import SystemClock
from bot.service.sending.pacing import Pacing
from bot.stand_in.pacing import Throughput
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import upgrade
from bot.storage.sending.pacing import SqlPace
from tests.contracts.test_stores import House, said, turn_of
from tests.postgresql import fresh_database

NUMBER = ("whatsapp", "100")
LIMIT = 40
CLOCK = SystemClock()


@pytest.fixture
def databases() -> Iterator[list[Database]]:
    url = fresh_database()
    databases = [Database(url) for _ in range(3)]
    upgrade(databases[0].engine)
    yield databases
    for database in databases:
        database.close()


async def refused(budgets: list[SqlPace], *, each: int) -> int:
    """How many messages Meta would refuse of those that these workers send as fast as they may."""
    meta = Throughput(per_second=LIMIT)

    async def work(name: int, budget: SqlPace) -> int:
        pacing = Pacing(CLOCK, budget=budget, a_second=lambda line: LIMIT)
        bad = 0
        for number in range(each):
            assert await pacing.admit(NUMBER, f"patient {name} {number}") == 0
            bad += not meta.allows(CLOCK.now())
        return bad

    return sum(await asyncio.gather(*[work(name, budget) for name, budget in enumerate(budgets)]))


async def test_three_workers_never_send_faster_than_their_number_may(databases: list[Database]) -> None:
    shared = [SqlPace(database, practice="studio", clock=CLOCK) for database in databases]

    assert await refused(shared, each=20) == 0


async def test_without_a_common_budget_they_would(databases: list[Database], tmp_path: Path) -> None:
    """The twin: what the budget is for."""
    own = [Database(sqlite_url(tmp_path / f"{number}.db")) for number in range(3)]
    for database in own:
        upgrade(database.engine)
    alone = [SqlPace(database, practice="studio", clock=CLOCK) for database in own]
    bad = await refused(alone, each=20)
    for database in own:
        database.close()

    assert bad > 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_burst_is_on_credit_with_the_worker_who_takes_over(kind: str, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "store.db") if kind == "sqlite" else fresh_database()
    house = House(url)
    anna = await house.hear(said("wamid.1", "Buongiorno"))
    message = await house.store.commit(turn_of(await house.loaded(anna), "uno", "due", "tre"))
    while message is not None:
        await house.store.settle(message, state=OutboxState.SENT, message_id=message.id)
        message = await house.store.next_to_send(anna)
    house.clock.move(seconds=7)
    next_worker = Pacing(
        house.clock,
        budget=SqlPace(house.database, practice="studio", clock=house.clock),
        a_second=lambda line: 1000,
    )
    wait = await next_worker.admit(NUMBER, anna)
    house.database.close()

    assert wait == 11  # three messages of six seconds, seven of which have passed

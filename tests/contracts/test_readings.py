"""What the metrics say of the database, on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.conversation import Reply
from bot.domain.handoff import Promise
from bot.domain.pipeline import QUEUE, OutboxState, StagedHandoff, StagedReply
from bot.storage.engine.database import sqlite_url
from bot.storage.readings import SqlReading, SqlReadings
from tests.contracts.test_stores import ACCOUNTS, NOW, House, said, status, turn_of
from tests.postgresql import fresh_database
from tests.studio import STUDIO


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    house = House(sqlite_url(tmp_path / "store.db") if request.param == "sqlite" else fresh_database())
    yield house
    house.database.close()


async def read(house: House) -> SqlReading:
    return await SqlReadings(house.database, practice=STUDIO.id, clock=house.clock, told={"whatsapp"}).read()


async def test_what_waits_is_counted_and_dated(house: House) -> None:
    anna = await house.loaded(await house.hear())
    waits = StagedHandoff(reason="asked", urgent=True, promise=Promise(due_at=NOW, reminders=()))
    await house.store.commit(turn_of(anna, "uno", "due", owner=QUEUE, handoff=waits))
    await house.hear(said("wamid.2", "ci siete?"))
    house.clock.move(seconds=7)

    assert await read(house) == SqlReading(
        queue_age=7.0,
        queued=1,
        outbox_age=7.0,
        outbox={"queued": 1, "sending": 1, "uncertain": 0},
        handoffs=1,
        urgent_handoffs=1,
        set_aside=0,
        lost={"whatsapp": False},
    )


async def test_messages_of_which_nobody_tells_anything_mean_a_lost_subscription(house: House) -> None:
    for number in range(3):
        patient = await house.hear(said(f"wamid.{number}", "ciao", sender=f"39347000000{number}"))
        snapshot = await house.loaded(patient)
        reply = StagedReply(id=f"reply-{number}", reply=Reply(text="uno"))
        turn = replace(turn_of(snapshot), turn=f"turn-{number}", replies=(reply,))
        head = await house.store.commit(turn)
        assert head is not None
        await house.store.settle(head, state=OutboxState.SENT, message_id=f"wamid.out.{number}")
    at_once = (await read(house)).lost
    house.clock.move(minutes=10)
    in_vain = (await read(house)).lost
    await house.store.accept([status("delivered", outbox="reply-1")], accounts=ACCOUNTS)

    assert (at_once, in_vain) == ({"whatsapp": False}, {"whatsapp": True})
    assert (await read(house)).lost == {"whatsapp": False}

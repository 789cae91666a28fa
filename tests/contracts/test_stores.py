"""What every store of the pipeline promises (`bot.ports.Store`), on SQLite and on a real PostgreSQL."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.conversation import Choice, InboundEvent, InboundKind, Reply, SendStatus
from bot.domain.diary import Hold
from bot.domain.pipeline import BOT, LedgerEntry, OutboxState, Snapshot, StagedReply, TurnCommit
from bot.errors import OpeningTaken, StaleConversation
from bot.service.clock import FrozenClock
from bot.storage.diary.book import SqlDiary
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.inbox.ownership import Ownership
from bot.storage.migrations import upgrade
from bot.storage.sealing.seal import Keyring
from bot.storage.store import SqlStore
from bot.storage.turns.claims import PATIENCE
from tests.postgresql import fresh_database
from tests.studio import STUDIO, opening

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
ACCOUNTS = frozenset({("whatsapp", "100")})
TURN = "3b0f7c1e-7a0f-4c53-9c51-3a4f8d1f4b60"


class House:
    """A database with a store and a diary on it."""

    def __init__(self, url: str, *, worker: str = "one", patience: timedelta = PATIENCE) -> None:
        self.database = Database(url)
        upgrade(self.database.engine)
        self.clock = FrozenClock(NOW)
        keyring = Keyring(bytes(range(32)), STUDIO.id)
        self.diary = SqlDiary(self.database, STUDIO.id, keyring)
        self.store = SqlStore(
            self.database,
            practice=STUDIO.id,
            keyring=keyring,
            clock=self.clock,
            apply_write=self.diary.apply_write,
            worker=worker,
            patience=patience,
        )

    async def hear(self, *events: InboundEvent) -> str:
        accepted = await self.store.accept(events or (said("wamid.1", "Buongiorno"),), accounts=ACCOUNTS)
        return accepted.conversations[0][0]

    async def loaded(self, conversation: str) -> Snapshot:
        await self.store.claims.show_life()
        snapshot = await self.store.load(conversation, worker="one")
        assert snapshot is not None
        return snapshot


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "store.db") if request.param == "sqlite" else fresh_database()


@pytest.fixture
def house(url: str) -> Iterator[House]:
    house = House(url)
    yield house
    house.database.close()


def said(id: str, words: str, *, sender: str = "393470000001") -> InboundEvent:
    return InboundEvent(
        channel="whatsapp",
        account="100",
        kind=InboundKind.TEXT,
        id=id,
        sender=sender,
        text=words,
        at=NOW,
        profile_name="Anna",
    )


def status(state: str, *, outbox: str) -> InboundEvent:
    told = SendStatus(message_id="wamid.out", state=state, outbox_id=outbox)
    return InboundEvent(
        channel="whatsapp", account="100", kind=InboundKind.STATUS, status=told, id=None, sender=None
    )


def turn_of(snapshot: Snapshot, *replies: str, **more: Any) -> TurnCommit:
    return TurnCommit(
        turn=TURN,
        conversation=snapshot.contact.id,
        version=snapshot.version,
        epoch=snapshot.epoch,
        at=NOW,
        finished_at=NOW,
        members=tuple(message.id for message in snapshot.pending),
        state={"turn_number": 1},
        journal={"turn": 1},
        replies=tuple(
            StagedReply(
                id=f"{TURN}-{index}", reply=Reply(text=words, choices=(Choice(title="Sì", payload="s"),))
            )
            for index, words in enumerate(replies)
        ),
        **more,
    )


async def test_an_event_that_comes_again_is_one_event(house: House) -> None:
    anna = await house.hear(said("wamid.1", "Buongiorno"), said("wamid.2", "vorrei prenotare"))
    again = await house.store.accept([said("wamid.2", "vorrei prenotare")], accounts=ACCOUNTS)
    snapshot = await house.loaded(anna)

    assert again.repeats == 1 and again.conversations == ()
    assert [message.text for message in snapshot.pending] == ["Buongiorno", "vorrei prenotare"]
    assert snapshot.contact.profile_name == "Anna"


async def test_a_turn_comes_to_all_of_it_and_the_next_finds_its_state(house: House) -> None:
    anna = await house.hear()
    head = await house.store.commit(turn_of(await house.loaded(anna), "Buongiorno, sono l'assistente"))
    after = await house.loaded(anna)

    assert head is not None
    assert (head.state, head.reply.text, head.attempts) == (
        OutboxState.SENDING,
        "Buongiorno, sono l'assistente",
        1,
    )
    assert (after.version, after.state, after.pending, after.owner) == (1, {"turn_number": 1}, (), BOT)


async def test_a_result_that_was_recorded_is_there_for_the_next_run(house: House) -> None:
    snapshot = await house.loaded(await house.hear())
    entry = LedgerEntry(number=1, action="look", key="k", arguments={"a": 1}, result={"events": []})
    members = [message.id for message in snapshot.pending]
    await house.store.record(snapshot, turn=TURN, at=NOW, members=members, entry=entry)
    again = await house.loaded(snapshot.contact.id)

    assert again.begun is not None
    assert (again.begun.id, again.begun.at, again.begun.entries) == (TURN, NOW, (entry,))


async def test_a_turn_on_an_old_state_stores_nothing(house: House) -> None:
    snapshot = await house.loaded(await house.hear())
    await house.store.commit(turn_of(snapshot, "uno"))
    with pytest.raises(StaleConversation):
        await house.store.commit(turn_of(snapshot, "due"))

    assert (await house.loaded(snapshot.contact.id)).version == 1


async def test_one_stale_turn_takes_no_neighbour_along(house: House) -> None:
    anna = await house.loaded(await house.hear())
    marco = await house.loaded(await house.hear(said("wamid.9", "ciao", sender="393470000009")))
    await house.store.commit(turn_of(anna))
    outcomes = await asyncio.gather(
        house.store.commit(turn_of(anna)), house.store.commit(turn_of(marco)), return_exceptions=True
    )

    assert isinstance(outcomes[0], StaleConversation)
    assert (await house.loaded(marco.contact.id)).version == 1


async def test_replies_go_out_one_after_the_other(house: House) -> None:
    anna = await house.hear()
    first = await house.store.commit(turn_of(await house.loaded(anna), "uno", "due"))
    assert first is not None
    waiting = await house.store.next_to_send(anna)
    await house.store.settle(first, state=OutboxState.SENT, message_id="wamid.out")
    second = await house.store.next_to_send(anna)
    assert second is not None
    await house.store.settle(second, state=OutboxState.SENT)

    assert waiting is not None and waiting.id == first.id
    assert (second.reply.text, second.state) == ("due", OutboxState.SENDING)
    assert await house.store.next_to_send(anna) is None


async def test_a_status_proves_what_no_answer_told(house: House) -> None:
    anna = await house.hear()
    head = await house.store.commit(turn_of(await house.loaded(anna), "uno"))
    assert head is not None
    await house.store.settle(head, state=OutboxState.UNCERTAIN, not_before=NOW + timedelta(seconds=10))
    accepted = await house.store.accept([status("delivered", outbox=head.id)], accounts=ACCOUNTS)

    assert accepted.settled == (anna,)
    assert await house.store.resend(head) is None
    assert await house.store.next_to_send(anna) is None


async def test_a_status_of_another_practice_proves_nothing(house: House) -> None:
    anna = await house.hear()
    head = await house.store.commit(turn_of(await house.loaded(anna), "uno"))
    assert head is not None
    neighbour = SqlStore(
        house.database,
        practice="neighbour",
        keyring=Keyring(bytes(range(32)), "neighbour"),
        clock=house.clock,
        apply_write=house.diary.apply_write,
    )
    accepted = await neighbour.accept([status("failed", outbox=head.id)], accounts=ACCOUNTS)

    assert accepted.settled == ()
    assert await neighbour.waiting() == ()


async def test_what_was_being_sent_when_the_process_died_is_uncertain(house: House, url: str) -> None:
    anna = await house.hear()
    await house.store.commit(turn_of(await house.loaded(anna), "uno"))
    await house.store.claims.leave()
    next_start = House(url, worker="two")
    unfinished = await next_start.store.unfinished(decide_at=NOW + timedelta(seconds=10))
    head = await next_start.store.next_to_send(anna)
    next_start.database.close()

    assert unfinished.to_send == (anna,)
    assert head is not None
    assert (head.state, head.not_before) == (OutboxState.UNCERTAIN, NOW + timedelta(seconds=10))


async def test_of_many_who_want_one_time_one_gets_it(house: House) -> None:
    wanted = opening("2027-03-02 10:00")

    async def want(number: int) -> bool:
        hold = Hold(id=f"h{number}", opening=wanted, contact=f"c{number}", until=NOW + timedelta(minutes=5))
        try:
            await house.diary.hold(
                hold, blocked=(wanted.start, wanted.end), key=f"k{number}", limit=1, at=NOW
            )
        except OpeningTaken:
            return False
        return True

    assert sum(await asyncio.gather(*(want(number) for number in range(20)))) == 1


async def test_the_trail_of_staff_only_grows(house: House) -> None:
    row = (
        "INSERT INTO audit (practice, number, at, by, deed, detail, seal)"
        " VALUES ('p', 1, 0, 'a', 'took', '', 's')"
    )
    await house.database.write(lambda connection: connection.execute(text(row)).rowcount)
    with pytest.raises(DBAPIError, match="the audit trail only grows"):
        await house.database.write(lambda connection: connection.execute(text("DELETE FROM audit")).rowcount)


async def test_an_owner_moves_and_the_turn_under_way_is_stale(house: House) -> None:
    snapshot = await house.loaded(await house.hear())
    owners: Ownership = house.store.ownership
    await house.database.write(
        lambda connection: owners.take(connection, snapshot.contact.id, "rossi", at=1_900_000_000_000_000)
    )
    with pytest.raises(StaleConversation):
        await house.store.commit(turn_of(snapshot, "uno"))

    assert (await house.loaded(snapshot.contact.id)).owner == "staff:rossi"

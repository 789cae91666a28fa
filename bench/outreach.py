"""Messages that the practice begins: what they cost, how they are paced; none is sent twice, none is stale.

Four measurements on a database of their own, each with its seed and sizes:

    python -m bench.outreach                     # all of them, small
    python -m bench.outreach --rows 100000 --paced 10000 --kills 200 --changes 2000

Cost: batches of twenty, with so many other rows due in the table. Paced: so many reminders that fall due at
once, on a clock that only the pacing moves. Kills: a process that sweeps is killed (-9) at random moments;
afterwards every reminder is in the outbox exactly once, and its twin, which marks in a second transaction,
has doubled some. Changes: visits are moved and cancelled at random moments between planning, sweeping and
posting. What is posted is compared, by its words, with the diary of that moment; the twin that does not look
again is stale.
"""

import argparse
import asyncio
import logging
import os
import random
import signal
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, func, insert, select, update

from bot import bootstrap
from bot.bootstrap.outreach import OutreachDesk
from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.diary import PatientDetails
from bot.domain.outreach import Rule
from bot.domain.pipeline import OutboxState
from bot.domain.practice_time import PracticeTime
from bot.practice_systems.embedded import EmbeddedDiary
from bot.service.clock import FrozenClock
from bot.service.outreach.ports import Decide, Decided, Due, Send
from bot.service.sending.tokens import TapTokens
from bot.service.turns.facts import day_in_words
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.outreach.planner import SqlOutreach
from bot.storage.outreach.tables import OUTREACH
from bot.storage.store import SqlStore
from bot.storage.tables import OutboxRow, to_stamp

ACCOUNT = "100000000000001"
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)  # nine in Rome
BATCH = 20
_ENOUGH = 50  # kills or changes, after which a twin must have failed
_A, _O = APPOINTMENT.c, OUTREACH.c
_outbox = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it


@cache
def _reminders() -> bootstrap.OutreachContent:
    """The shipped reminder of the day before."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = bootstrap.Configuration(data=Path(folder), environment={}, demo=True)
        practice = bootstrap.read_practice(configuration)
        assistant = bootstrap.read_assistant(configuration, practice)
        content = bootstrap.read_outreach(configuration, practice, assistant)
    return replace(content, rules=tuple(rule for rule in content.rules if rule.id == "visit_tomorrow"))


class TwoTransactions(SqlOutreach):
    """The twin: the messages of a batch first, their marks afterwards."""

    async def decide(
        self, due: Sequence[Due], decide: Decide, *, rules: Mapping[str, Rule], at: datetime
    ) -> Decided:
        def messages(connection: Connection) -> None:
            for one in due:
                facts = self._facts.of(connection, one, rules[one.rule], at=at, sent_since=at)
                made = decide(one, facts)
                if isinstance(made, Send):
                    contact = made.recipient.contact
                    self._add_message(connection, contact, str(uuid.uuid4()), made.reply, to_stamp(at))

        await self._database.write(messages)
        await asyncio.sleep(0.02)  # as long as a request takes
        for one in due:
            mark = update(OUTREACH).where(_O.id == one.id).values(state="sent", sent_at=to_stamp(at))
            await self._database.write(lambda connection, mark=mark: connection.execute(mark).rowcount)
        return Decided(sent=len(due))


@dataclass
class World:
    """A practice with patients who have visits, and nothing else that runs."""

    books: bootstrap.Books
    store: SqlStore
    desk: OutreachDesk
    clock: FrozenClock
    woken: set[str]

    @classmethod
    def open(cls, data: Path, *, looks_again: bool = True, one_transaction: bool = True) -> "World":
        configuration = bootstrap.Configuration(data=data, environment={}, demo=True, now=MONDAY)
        books = bootstrap.Books.open(configuration)
        books = replace(books, practice=replace(books.practice, languages=("en", "it", "ru")))
        clock, woken = FrozenClock(MONDAY), set[str]()
        store = SqlStore(
            books.database,
            practice=books.practice.id,
            keyring=books.keyring,
            clock=clock,
            apply_write=books.diary.apply_write,
        )
        desk = OutreachDesk(
            books,
            _reminders(),
            clock=clock,
            store=store,
            system=EmbeddedDiary(books.practice, books.diary),
            tokens=TapTokens(bytes(64)),
            is_paused=lambda channel: False,
            wake_delivery=woken.add,
            looks_again=looks_again,
        )
        if not one_transaction:
            desk.book.__class__ = TwoTransactions
        return cls(books=books, store=store, desk=desk, clock=clock, woken=woken)

    async def people(self, starts: Sequence[datetime]) -> None:
        """One patient on WhatsApp for each start, each with a practitioner of their own."""
        for begin in range(0, len(starts), 200):
            numbers = range(begin, min(begin + 200, len(starts)))
            events = [_hello(number, self.clock.now()) for number in numbers]
            await self.store.accept(events, accounts=frozenset({("whatsapp", ACCOUNT)}))
            await self.books.database.write(
                lambda connection, numbers=numbers: self._add(connection, numbers, starts)
            )

    def _add(self, connection: Connection, numbers: Sequence[int], starts: Sequence[datetime]) -> None:
        patients = self.books.diary.patients
        at = int((MONDAY - timedelta(days=7)).timestamp())  # long known
        rows = []
        for number in numbers:
            patient = f"pat_{number}"
            details = PatientDetails(name=f"Anna{number} Verdi", phone=f"+{_phone(number)}")
            patients.add(connection, patient, None, details)
            start = int(starts[number].timestamp())
            rows.append(
                {
                    "id": f"app_{number}",
                    "practice": self.books.practice.id,
                    "practitioner": f"p{number}",
                    "visit_type": "check_up",
                    "starts_at": start,
                    "ends_at": start + 1800,
                    "blocked_from": start,
                    "blocked_to": start + 1800,
                    "status": "booked",
                    "patient_id": patient,
                    "created_at": at,
                    "updated_at": at,
                }
            )
        connection.execute(insert(APPOINTMENT), rows)

    async def count(self, statement: Any) -> int:
        return int(await self.books.database.read(lambda c: c.execute(statement).scalar()) or 0)

    def close(self) -> None:
        self.books.database.close()


def _phone(number: int) -> str:
    return f"39333{number:07}"


def _hello(number: int, at: datetime) -> InboundEvent:
    return InboundEvent(
        kind=InboundKind.TEXT,
        channel="whatsapp",
        account=ACCOUNT,
        id=f"wamid.{number}",
        sender=_phone(number),
        at=at,
        text="Good morning",
        phone=f"+{_phone(number)}",
    )


# -- what a sweep costs ------------------------------------------------------------------------------------


async def cost(rows: int, *, batches: int) -> None:
    """Milliseconds a message, with 1 %, 10 % and all of the rows due."""
    for due in sorted({max(rows // 100, 100), max(rows // 10, 100), rows}):
        with tempfile.TemporaryDirectory() as folder:
            world = World.open(Path(folder))
            number = batches * BATCH
            await world.people([MONDAY + timedelta(days=1)] * number)
            await world.desk.service.plan()
            await world.books.database.write(lambda connection, due=due: _fill(connection, due))
            world.clock.move(minutes=1)
            took, used = [], time.process_time()
            for _ in range(batches):
                began = time.perf_counter()
                decided = await world.desk.service.sweep(limit=BATCH)
                took.append((time.perf_counter() - began) * 1000 / BATCH)
                assert decided.sent == BATCH, decided
            used = (time.process_time() - used) * 1000 / number
            print(
                f"cost: {due:>7} rows due, {number} swept by {BATCH}: {used:.2f} ms of processor time a"
                f" message; {statistics.median(took):.2f} ms by the clock (worst batch {max(took):.2f})"
            )
            world.close()


def _fill(connection: Connection, number: int) -> None:
    """Rows that are due as well, a moment later."""
    known = connection.execute(select(OUTREACH).limit(1)).mappings().one()
    for begin in range(0, number, 5000):
        rows = [
            {**known, "id": uuid.uuid4().hex, "subject": f"filler {n}", "due_at": known["due_at"] + 1}
            for n in range(begin, min(begin + 5000, number))
        ]
        connection.execute(insert(OUTREACH), rows)


# -- pacing ------------------------------------------------------------------------------------------------


async def paced(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World.open(Path(folder))
        await world.people([MONDAY + timedelta(days=1, minutes=n % 60) for n in range(number)])
        await world.desk.service.plan()
        world.clock.move(hours=1)
        began, seconds, sent, worst = time.perf_counter(), 0.0, 0, 0
        in_second: Counter[int] = Counter()
        while sent < number:
            before = await world.count(select(func.count()).where(_O.state == "sent"))
            pause = await world.desk.service.round()
            after = await world.count(select(func.count()).where(_O.state == "sent"))
            in_second[int(seconds)] += after - before
            sent, seconds = after, seconds + max(pause, 0.001)
            world.clock.move(seconds=max(pause, 0.001))
            worst = max(in_second.values())
        print(
            f"paced: {number} reminders due at once went out in {seconds / 60:.1f} minutes of the clock,"
            f" {number / seconds:.1f} a second on average and {worst} in the fullest second"
            f" ({time.perf_counter() - began:.1f} s here)"
        )
        world.close()


# -- kills -------------------------------------------------------------------------------------------------


def kills(number: int, *, seed: int, one_transaction: bool) -> tuple[int, int, int]:
    """(messages, doubled, lost) after so many kills."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        people = 20 * number
        world = World.open(data)
        asyncio.run(_prepare(world, people))
        world.close()
        died = alive = 0
        while died < number:
            began, begins = os.pipe()
            child = os.fork()
            if child == 0:
                _sweep_until_killed(data, one_transaction, begins)
            os.read(began, 1)
            time.sleep(dice.uniform(0.0, 0.08))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            os.close(began)
            os.close(begins)
            died += os.WIFSIGNALED(status)
            alive += not os.WIFSIGNALED(status)
            if alive > number:
                raise RuntimeError("the process that sweeps ends by itself")
        world = World.open(data)
        world.clock.move(hours=3)
        asyncio.run(_drain(world))
        found = asyncio.run(_tally(world, people))
        world.close()
        return found


async def _prepare(world: World, people: int) -> None:
    await world.people([MONDAY + timedelta(days=1)] * people)
    await world.desk.service.plan()


def _sweep_until_killed(data: Path, one_transaction: bool, begins: int) -> None:
    try:
        world = World.open(data, one_transaction=one_transaction)
        world.clock.move(minutes=1)
        asyncio.run(_sweep_for_ever(world, begins))
    finally:
        os._exit(0)


async def _sweep_for_ever(world: World, begins: int) -> None:
    """Kills fall only after the first batch: what is killed before has done nothing."""
    while True:
        await world.desk.service.sweep(limit=5)
        os.write(begins, b".")
        world.clock.move(seconds=61)  # whoever died is waited for no longer


async def _drain(world: World) -> None:
    while (await world.desk.service.sweep(limit=200)).sent:
        pass


async def _tally(world: World, people: int) -> tuple[int, int, int]:
    rows = await world.books.database.read(
        lambda c: c.execute(
            select(_outbox.c.conversation, func.count()).group_by(_outbox.c.conversation)
        ).all()
    )
    return sum(n for _, n in rows), sum(n > 1 for _, n in rows), people - len(rows)


# -- moves and cancellations -------------------------------------------------------------------------------


async def changes(number: int, *, seed: int, looks_again: bool) -> tuple[int, int, int]:
    """(posted, stale, doubled): visits that change at any moment between planning and posting."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        world = World.open(Path(folder), looks_again=looks_again)
        if not looks_again:
            world.store.outbox.still_stands = lambda connection, message, at: True
        people = max(number // 2, 20)
        await world.people([_some_start(dice) for _ in range(people)])
        posted: Counter[tuple[str, str]] = Counter()
        stale = changed = 0
        while changed < number:
            await world.desk.service.plan()
            for _ in range(dice.randrange(1, 4)):
                changed += await _change(world, dice, people)
            world.clock.move(minutes=dice.randrange(5, 40))
            changed += await _change(world, dice, people)
            await world.desk.service.sweep(limit=BATCH)
            changed += await _change(world, dice, people)
            for conversation in sorted(world.woken):
                while (message := await world.store.next_to_send(conversation)) is not None:
                    if message.state != "sending":
                        break
                    words = message.reply.text
                    stale += not await _is_true(world, words)
                    posted[(conversation, words)] += 1
                    await world.store.settle(message, state=OutboxState.SENT, message_id=f"w.{message.id}")
                world.woken.discard(conversation)
        doubled = sum(n > 1 for n in posted.values())
        world.close()
        return posted.total(), stale, doubled


async def _change(world: World, dice: random.Random, people: int) -> int:
    """Staff move a visit, or cancel it, or book it again; likelier one that a message is about."""
    row = f"app_{dice.randrange(people)}"
    if dice.random() < 0.7:
        near = await world.books.database.read(
            lambda c: (
                c.execute(
                    select(_A.id)
                    .where(_A.starts_at > int(world.clock.now().timestamp()) + 79_200)
                    .order_by(_A.starts_at)
                    .limit(5)
                )
                .scalars()
                .all()
            )
        )
        row = dice.choice(near) if near else row
    start = int(_some_start(dice, world.clock.now()).timestamp())
    at = int((world.clock.now() - timedelta(days=2)).timestamp())  # as if long known: it may be reminded of
    values: dict[str, Any] = {"status": "cancelled", "updated_at": at}
    if dice.random() < 0.7:
        values = {"status": "booked", "updated_at": at, "starts_at": start, "ends_at": start + 1800}
        values |= {"blocked_from": start, "blocked_to": start + 1800}
    await world.books.database.write(
        lambda c: c.execute(update(APPOINTMENT).where(_A.id == row).values(values)).rowcount
    )
    return 1


def _some_start(dice: random.Random, now: datetime = MONDAY) -> datetime:
    day = now.date() + timedelta(days=dice.randrange(1, 6))
    return datetime(
        day.year, day.month, day.day, dice.randrange(8, 17), dice.choice((0, 15, 30, 45)), tzinfo=UTC
    )


async def _is_true(world: World, words: str) -> bool:
    """By the words alone: somebody of this name is expected on that day at that hour."""
    clock = PracticeTime(world.books.practice.time_zone)
    number = words.split("Anna", 1)[1].split(",", 1)[0].split(" ", 1)[0]
    row = await world.books.database.read(
        lambda c: c.execute(select(_A.starts_at, _A.status).where(_A.id == f"app_{number}")).one()
    )
    start = clock.wall(datetime.fromtimestamp(row.starts_at, UTC))
    said = f"{day_in_words(start.date(), 'en')} at {start:%H:%M}"
    return bool(row.status == "booked" and said in words)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--paced", type=int, default=300)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(f"seed {given.seed}", flush=True)
    failed = []
    if given.kills:  # first: a child is forked before any thread is begun
        messages, doubled, lost = kills(given.kills, seed=given.seed, one_transaction=True)
        print(f"kills: {given.kills}; {messages} messages, doubled {doubled}, lost {lost}")
        twin = kills(given.kills, seed=given.seed, one_transaction=False)
        print(f"kills, the twin with two transactions: {twin[0]} messages, doubled {twin[1]}, lost {twin[2]}")
        failed += ["kills"] if doubled or lost else []
        failed += ["the twin of kills doubled nothing"] if not twin[1] and given.kills >= _ENOUGH else []
    if given.changes:
        posted, stale, doubled = asyncio.run(changes(given.changes, seed=given.seed, looks_again=True))
        print(f"changes: {given.changes}; {posted} reminders posted, stale {stale}, doubled {doubled}")
        blind = asyncio.run(changes(given.changes, seed=given.seed, looks_again=False))
        print(f"changes, the twin that does not look again: {blind[0]} posted, stale {blind[1]}")
        failed += ["changes"] if stale or doubled or not posted else []
        failed += ["the twin of changes was never stale"] if not blind[1] and given.changes >= _ENOUGH else []
    if given.rows:
        asyncio.run(cost(given.rows, batches=10))
    if given.paced:
        asyncio.run(paced(given.paced))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()

"""What every outside system comes to once `OutsideDiary` stands before it, as tests.

An adapter's test class inherits from OutsideSystemContract and gives `outside`: a World with an adapter to an
empty system (of the practice `tests.studio.STUDIO`), and hands that play the practice's staff. All of
`PracticeSystemContract` then runs against it, and what follows here: races, staff who are faster, lost
answers, faults at every call.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Connection
from sqlmodel import SQLModel

from bot.domain.diary import Opening, PatientDetails
from bot.domain.outside import Deed, DeedState, OutsideVisit, SystemSettings
from bot.errors import BookingError, OpeningTaken, VisitChanged
from bot.ports import Booking, OutsideSystem, PracticeSystem
from bot.practice_systems.outside_diary import OutsideDiary
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.outside import SqlOutsideBook
from bot.storage.diary.tables import OUTSIDE_CURSOR, OUTSIDE_DEED
from bot.storage.engine.database import Database
from tests.contracts.practice_system import (
    ADA,
    HALF_PAST_TEN,
    TEN,
    Commit,
    PracticeSystemContract,
)
from tests.studio import NOW, STUDIO, OpenSeal, diary_database, opening

AT_ELEVEN = opening("2027-03-02 11:00")
RACERS = 20
#: Nobody of them shares a name with another; all of them share a phone (`books`).
PEOPLE = (
    *("ada", "bruno", "carla", "dario", "elena", "fabio", "gaia", "hector", "irene", "jacopo"),
    *("katia", "lorenzo", "mirella", "nicola", "olga", "pietro", "quirino", "rosanna", "silvio", "teresa"),
)


class World(Protocol):
    """A system of its own for one test, seen from the inside."""

    @property
    def system(self) -> OutsideSystem: ...

    @property
    def settings(self) -> SystemSettings: ...

    async def staff_enters(self, start: datetime, end: datetime) -> str:
        """Straight into the system, with practitioner rossi; returns the ref."""

    async def staff_cancels(self, ref: str) -> None: ...

    async def staff_moves(self, ref: str, start: datetime, end: datetime) -> None: ...

    async def active(self) -> Sequence[OutsideVisit]:
        """Every visit that blocks time, by start, read from the system itself."""

    def at_call(self, number: int, fault: str) -> None:
        """From now on the `number`-th call (from 1) to the system fails once: "refused" (nothing was done),
        "lost" (it was done, and no answer comes), "late" (it was done, and the answer comes too late).
        0 is never."""

    def was_hit(self) -> bool:
        """Whether the fault that was asked for last has happened."""


@dataclass
class TestClock:
    """Stands still until it is told otherwise."""

    __test__ = False
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Front:
    """One Chairside before a system: its own database, its own OutsideDiary."""

    diary: OutsideDiary
    store: SqlDiary
    book: SqlOutsideBook
    database: Database
    clock: TestClock
    waited: list[float] = field(default_factory=list)

    async def aclose(self) -> None:
        await self.diary.close()
        self.database.close()


def front_of(folder: Path, world: World, *, patience: float = 30.0) -> Front:
    folder.mkdir(parents=True, exist_ok=True)
    database = diary_database(folder / "diary.db")

    def create(connection: Connection) -> None:
        SQLModel.metadata.create_all(connection, tables=[OUTSIDE_DEED, OUTSIDE_CURSOR])

    database.write_now(create)
    store = SqlDiary(database, STUDIO.id, OpenSeal())
    book = SqlOutsideBook(database, STUDIO.id, store, system=world.system.name)
    clock = TestClock()
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(0)

    diary = OutsideDiary(
        STUDIO,
        world.system,
        settings=world.settings,
        store=store,
        book=book,
        now=clock.now,
        sleep=sleep,
        patience=timedelta(seconds=patience),
    )
    return Front(diary, store, book, database, clock, waited)


async def books(front: Front, one: Opening, who: str = "ada", *, key: str = "b1") -> Booking:
    hold = await front.diary.hold(one, contact=who, key=f"hold {who} {one.ref} {key}", at=front.clock.at)
    patient = PatientDetails(name=f"{who.title()} Prova", phone="+390200000009")
    return await front.diary.book(hold, patient, key=key, at=front.clock.at)


async def outcome(deed: Awaitable[object]) -> str:
    """ "done", or the word of the error."""
    try:
        await deed
    except BookingError as error:
        return error.outcome
    return "done"


class OutsideSystemContract(PracticeSystemContract):
    fault_kinds: tuple[str, ...] = ("refused", "lost")

    @pytest.fixture
    async def world(self) -> World:
        raise NotImplementedError

    @pytest.fixture
    async def front(self, world: World, tmp_path: Path) -> AsyncIterator[Front]:
        front = front_of(tmp_path / "one", world)
        yield front
        await front.aclose()

    @pytest.fixture
    def system(self, front: Front) -> OutsideDiary:
        return front.diary

    @pytest.fixture
    def commit(self) -> Commit:
        async def commit(booking: Booking) -> None:
            assert booking.write is None

        return commit

    # The same promises where each write is made at once, not with a turn's commit

    async def test_what_is_cancelled_is_neither_moved_nor_cancelled_again(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        hold = await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        await system.cancel(visit, None, key="c1", at=NOW)

        with pytest.raises(VisitChanged):
            await system.cancel(visit, None, key="c3", at=NOW)
        with pytest.raises(VisitChanged):
            await system.reschedule(visit, hold, key="m2", at=NOW)

    async def test_what_moved_meanwhile_is_not_cancelled_as_it_was(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        hold = await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        await system.reschedule(visit, hold, key="m1", at=NOW)

        with pytest.raises(VisitChanged):
            await system.cancel(visit, None, key="c1", at=NOW)
        [after] = await system.appointments_of(contact="ada", at=NOW)
        assert after.opening == HALF_PAST_TEN

    async def test_people_are_found_by_phone_name_and_date_of_birth(
        self, system: PracticeSystem, commit: Commit, world: World
    ) -> None:
        """Ada and her daughter Bice share a phone. Whoever is on both files is one person."""
        phone, born = "+390200000001", date(1988, 4, 25)
        people = [
            PatientDetails(name="Ada Prova", phone=phone, birth_date=born),
            PatientDetails(name="Bice Prova", phone=phone, birth_date=date(2015, 1, 2)),
        ]
        for number, (one, who) in enumerate(zip((TEN, HALF_PAST_TEN), people, strict=True)):
            hold = await system.hold(one, contact="ada", key=f"k{number}", at=NOW)
            await system.book(hold, who, key=f"b{number}", at=NOW)
        ada, bice = [a.patient for a in await system.appointments_of(contact="ada", at=NOW)]

        async def found(**known: Any) -> list[str]:
            return [person.references[0] for person in await system.find_patients(**known)]

        assert sorted(await found(phone=phone)) == sorted(await found(contact="ada")) == sorted([ada, bice])
        assert await found(phone=phone, birth_date=born) == [ada]
        assert await found(phone=phone, first_name="bice") == [bice]
        assert await found(phone=phone, birth_date=born, first_name="Bice") == []
        assert await found(phone="+390200000002") == []
        [person] = await system.find_patients(phone=phone, first_name="ADA")
        assert len(person.references) == (2 if world.system.capabilities.patients else 1)

    async def test_one_person_is_entered_once(self, front: Front, world: World) -> None:
        for number, one in enumerate((TEN, HALF_PAST_TEN)):
            await books(front, one, key=f"b{number}")
        here, there = await world.active()

        assert here.patient == there.patient

    # Races

    async def test_twenty_patients_of_one_desk_get_one_visit(self, front: Front, world: World) -> None:
        outcomes = await asyncio.gather(*[outcome(books(front, TEN, who, key=f"b {who}")) for who in PEOPLE])

        assert sorted(outcomes) == ["done"] + ["taken"] * (RACERS - 1)
        assert [v.start for v in await world.active()] == [TEN.start]

    async def test_two_desks_that_know_nothing_of_each_other_never_share_a_time(
        self, front: Front, world: World, tmp_path: Path
    ) -> None:
        other = front_of(tmp_path / "other", world)
        outcomes = await asyncio.gather(
            outcome(books(front, TEN, "ada", key="here")), outcome(books(other, TEN, "bruno", key="there"))
        )
        await other.aclose()

        assert sorted(outcomes) == ["done", "taken"]
        assert len(await world.active()) == 1

    async def test_visits_that_overlap_in_part_never_both_win(
        self, front: Front, world: World, tmp_path: Path
    ) -> None:
        other = front_of(tmp_path / "other", world)
        later = opening("2027-03-02 10:15")
        outcomes = await asyncio.gather(
            outcome(books(front, TEN, "ada", key="here")), outcome(books(other, later, "bruno", key="there"))
        )
        await other.aclose()

        assert sorted(outcomes) == ["done", "taken"]
        assert len(await world.active()) == 1

    async def test_visits_that_follow_each_other_both_win(
        self, front: Front, world: World, tmp_path: Path
    ) -> None:
        other = front_of(tmp_path / "other", world)
        outcomes = await asyncio.gather(
            outcome(books(front, TEN, "ada", key="here")),
            outcome(books(other, HALF_PAST_TEN, "bruno", key="there")),
        )
        await other.aclose()

        assert outcomes == ["done", "done"]
        assert [v.start for v in await world.active()] == [TEN.start, HALF_PAST_TEN.start]

    # Staff are faster

    async def test_a_time_that_staff_took_before_the_yes_is_not_booked_twice(
        self, front: Front, world: World
    ) -> None:
        hold = await front.diary.hold(TEN, contact="ada", key="k1", at=NOW)
        await world.staff_enters(TEN.start, TEN.end)

        with pytest.raises(OpeningTaken):
            await front.diary.book(hold, ADA, key="b1", at=NOW)
        assert len(await world.active()) == 1

    async def test_a_visit_that_staff_cancelled_is_not_moved_any_more(
        self, front: Front, world: World
    ) -> None:
        await books(front, TEN)
        [visit] = await front.diary.appointments_of(contact="ada", at=NOW)
        [there] = await world.active()
        await world.staff_cancels(there.ref)
        hold = await front.diary.hold(AT_ELEVEN, contact="ada", key="k2", at=NOW)

        with pytest.raises(VisitChanged):
            await front.diary.reschedule(visit, hold, key="m1", at=NOW)
        assert await front.diary.appointments_of(contact="ada", at=NOW) == ()
        assert list(await world.active()) == []

    async def test_a_visit_that_staff_moved_is_told_as_it_is_now_and_its_old_time_is_free(
        self, front: Front, world: World
    ) -> None:
        await books(front, TEN)
        [there] = await world.active()
        await world.staff_moves(there.ref, AT_ELEVEN.start, AT_ELEVEN.end)
        front.clock.at += timedelta(minutes=2)
        [visit] = await front.diary.appointments_of(contact="ada", at=front.clock.at)

        assert visit.opening.start == AT_ELEVEN.start
        assert (await books(front, TEN, "bruno", key="b2")).appointment.opening == TEN

    # Answers that do not come

    async def test_a_time_whose_booking_nobody_answered_is_kept_and_given_to_nobody_else(
        self, front: Front, world: World
    ) -> None:
        hold = await front.diary.hold(TEN, contact="ada", key="k1", at=NOW)
        await front.book.begin(
            Deed(key="b1", what="book", state=DeedState.BEGUN, at=NOW, about=TEN.ref),
            hold=hold,
            keep_until=NOW + timedelta(days=1),
        )
        await front.diary.release(contact="ada", at=NOW)
        after = NOW + STUDIO.hold_for

        with pytest.raises(OpeningTaken):
            await front.diary.hold(TEN, contact="bruno", key="k2", at=after)
        await front.diary.settle(at=after)
        assert (await front.diary.hold(TEN, contact="bruno", key="k3", at=after)).opening == TEN

    @pytest.mark.parametrize("deed", ["book", "move", "cancel"])
    async def test_whatever_call_fails_system_and_desk_agree_in_the_end(
        self, deed: str, world: World, tmp_path: Path
    ) -> None:
        """A fault at the 1st, 2nd, ... n-th call, until none is hit."""
        for fault in self.fault_kinds:
            number = 0
            while True:
                number += 1
                front = front_of(tmp_path / f"{deed} {fault} {number}", world)
                try:
                    if not await self.with_fault(front, world, deed, fault, number):
                        break
                finally:
                    await front.aclose()
                await self.clear(world)
            await self.clear(world)
            assert number > 2  # so that something was hit

    async def with_fault(self, front: Front, world: World, deed: str, fault: str, number: int) -> bool:
        run = f"{deed} {fault} {number}"
        if deed != "book":
            await books(front, TEN, key=f"before {run}")
        visits = await front.diary.appointments_of(contact="ada", at=NOW)
        at = TEN if deed == "book" else AT_ELEVEN
        hold = await front.diary.hold(at, contact="ada", key=f"hold {run}", at=NOW)

        async def attempt() -> object:
            if deed == "book":
                return await front.diary.book(hold, ADA, key=run, at=NOW)
            if deed == "move":
                return await front.diary.reschedule(visits[0], hold, key=run, at=NOW)
            return await front.diary.cancel(visits[0], None, key=run, at=NOW)

        world.at_call(number, fault)
        told = await outcome(attempt())
        was_hit = world.was_hit()
        world.at_call(0, fault)
        active = await world.active()
        # Where visits cannot be moved, a move that is cut off leaves the old one to be cancelled later.
        assert len(active) <= (2 if deed == "move" and not world.system.capabilities.move else 1), run
        if told == "done" and len(active) < 2:
            self.must_agree(deed, active, run)
        # The same turn again, as after a crash: what was told stays true, and nothing happens twice.
        again = await outcome(attempt())
        front.clock.at = NOW + timedelta(minutes=5)
        await front.diary.settle(at=front.clock.at)
        active = await world.active()
        assert len(active) <= 1, run
        if "done" in (told, again):
            self.must_agree(deed, active, run)
        seen = await front.diary.appointments_of(contact="ada", at=NOW)
        assert [v.opening.start for v in seen] == [v.start for v in active], (run, told, again)
        assert await front.book.unsettled() == (), run
        return was_hit

    def must_agree(self, deed: str, active: Sequence[OutsideVisit], run: str) -> None:
        expected = {"book": [TEN.start], "move": [AT_ELEVEN.start], "cancel": []}[deed]
        assert [v.start for v in active] == expected, run

    async def clear(self, world: World) -> None:
        world.at_call(0, "lost")
        for visit in await world.active():
            await world.staff_cancels(visit.ref)

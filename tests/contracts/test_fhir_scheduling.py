"""A server with IHE's $find, $hold and $book, written from the profile: no real one is to be had."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.diary import Wish
from bot.errors import OpeningTaken, ProtocolDrift
from tests.contracts.outside_system import Front, OutsideSystemContract, books, front_of
from tests.contracts.practice_system import ADA, HALF_PAST_TEN, TEN, PracticeSystemContract
from tests.contracts.test_careless_servers import CarelessFhirWorld, listening
from tests.stand_ins.careless_fhir import CarelessFhir
from tests.stand_ins.scheduling_fhir import SchedulingFhir
from tests.studio import NOW

A_QUARTER_FROM_TEN = (datetime(2027, 3, 2, 10), datetime(2027, 3, 2, 10, 15))


class SchedulingWorld(CarelessFhirWorld):
    def __init__(self, url: str, server: SchedulingFhir) -> None:
        super().__init__(url, server, openings="operations")
        self.scheduling = server

    def at_call(self, number: int, fault: str) -> None:
        super().at_call(number, fault)
        self.scheduling.let_holds_run_out()


class TestFhirByOperations(OutsideSystemContract):
    fault_kinds = ("lost", "refused")

    @pytest.fixture
    async def world(self) -> AsyncIterator[SchedulingWorld]:
        server = SchedulingFhir()
        async with listening(server.application()) as url:
            world = SchedulingWorld(url, server)
            await world.open()
            yield world
            await world.close()

    async def test_a_visit_is_known_as_ours_though_the_server_drops_what_it_does_not_know(
        self, front: Front, world: SchedulingWorld
    ) -> None:
        await books(front, TEN, key="b1")
        near = (TEN.start - timedelta(hours=1), TEN.end)
        marked = await world.system.by_key("b1", near=near)
        [ref] = [ref for ref in world.server.resources if ref.startswith("Appointment/")]
        del world.server.resources[ref]["identifier"]
        found_by_comment = await world.system.by_key("b1", near=near)

        assert marked is not None and found_by_comment is not None
        assert (marked.ref, marked.key) == (found_by_comment.ref, found_by_comment.key) == (ref[12:], "b1")
        assert world.server.resources[ref]["identifier"][0]["value"] == "b1"


class TestTimesThatTheServerKeeps:
    @pytest.fixture
    async def world(self) -> AsyncIterator[SchedulingWorld]:
        server = SchedulingFhir()
        async with listening(server.application()) as url:
            world = SchedulingWorld(url, server)
            await world.open()
            yield world
            await world.close()

    @pytest.fixture
    async def front(self, world: SchedulingWorld, tmp_path: Path) -> AsyncIterator[Front]:
        front = front_of(tmp_path / "one", world)
        yield front
        await front.aclose()

    async def offered_elsewhere(self, world: SchedulingWorld, folder: Path) -> bool:
        """Whether another desk, which knows nothing of this one, offers the time."""
        other = front_of(folder / "other", world)
        wish = Wish(visit_type="check_up", windows=(A_QUARTER_FROM_TEN,))
        found = await other.diary.find_openings(wish, at=NOW, limit=50)
        await other.aclose()
        return TEN in found

    async def test_while_a_patient_thinks_no_other_program_offers_the_time(
        self, front: Front, world: SchedulingWorld, tmp_path: Path
    ) -> None:
        before = await self.offered_elsewhere(world, tmp_path / "before")
        hold = await front.diary.hold(TEN, contact="ada", key="k1", at=NOW)
        meanwhile = await self.offered_elsewhere(world, tmp_path / "meanwhile")
        await front.diary.book(hold, ADA, key="b1", at=NOW)

        assert (before, meanwhile) == (True, False)
        assert [visit.start for visit in await world.active()] == [TEN.start]
        assert world.scheduling.held == set()

    async def test_what_a_patient_lets_go_of_is_free_there_again(
        self, front: Front, world: SchedulingWorld, tmp_path: Path
    ) -> None:
        await front.diary.hold(TEN, contact="ada", key="k1", at=NOW)
        await front.diary.release(contact="ada", at=NOW)

        assert world.scheduling.held == set()
        assert await self.offered_elsewhere(world, tmp_path)

    async def test_a_patient_comes_back_to_the_time_that_is_kept_for_them(
        self, front: Front, world: SchedulingWorld
    ) -> None:
        await front.diary.hold(TEN, contact="ada", key="k1", at=NOW)
        await front.diary.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        again = await front.diary.hold(TEN, contact="ada", key="k3", at=NOW)
        with pytest.raises(OpeningTaken):
            await front.diary.hold(TEN, contact="bruno", key="k4", at=NOW)
        await front.diary.book(again, ADA, key="b1", at=NOW)

        assert [visit.start for visit in await world.active()] == [TEN.start]

    async def test_a_hold_that_ran_out_there_is_taken_again_or_the_time_is_gone(
        self, front: Front, world: SchedulingWorld
    ) -> None:
        first = await front.diary.hold(TEN, contact="ada", key="k1", at=NOW)
        second = await front.diary.hold(HALF_PAST_TEN, contact="bruno", key="k2", at=NOW)
        world.scheduling.let_holds_run_out()
        await world.staff_enters(HALF_PAST_TEN.start, HALF_PAST_TEN.end)
        booked = await front.diary.book(first, ADA, key="b1", at=NOW)
        with pytest.raises(OpeningTaken):
            await front.diary.book(second, replace(ADA, name="Bruno Prova"), key="b2", at=NOW)

        assert booked.appointment.opening == TEN
        assert [visit.start for visit in await world.active()] == [TEN.start, HALF_PAST_TEN.start]

    async def test_a_visit_moves_onto_the_time_that_is_kept_for_it(
        self, front: Front, world: SchedulingWorld
    ) -> None:
        await books(front, TEN)
        [visit] = await front.diary.appointments_of(contact="ada", at=NOW)
        hold = await front.diary.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        await front.diary.reschedule(visit, hold, key="m1", at=NOW)

        assert [visit.start for visit in await world.active()] == [HALF_PAST_TEN.start]

    async def test_where_the_server_does_not_answer_our_own_hold_stands(
        self, front: Front, world: SchedulingWorld
    ) -> None:
        await front.diary.find_openings(Wish(visit_type="check_up"), at=NOW, limit=1)
        world.scheduling.refuses_holds = True
        hold = await front.diary.hold(TEN, contact="ada", key="k1", at=NOW)
        world.scheduling.refuses_holds = False
        await front.diary.book(hold, ADA, key="b1", at=NOW)

        assert [visit.start for visit in await world.active()] == [TEN.start]


async def test_a_server_without_the_operations_says_what_to_write_instead() -> None:
    server = CarelessFhir()
    async with listening(server.application()) as url:
        world = CarelessFhirWorld(url, server, openings="operations")
        with pytest.raises(ProtocolDrift, match=r"\$book, \$find, \$hold; write openings: slots"):
            await world.system.check()
        await world.close()


for _name in set(vars(PracticeSystemContract)) - set(vars(OutsideSystemContract)):
    if _name.startswith("test_"):
        setattr(TestFhirByOperations, _name, None)

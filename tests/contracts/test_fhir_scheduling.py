"""A server with IHE's $find, $hold and $book, written from the profile: no real one is to be had."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import ProtocolDrift
from tests.contracts.outside_system import Front, OutsideSystemContract, books
from tests.contracts.practice_system import TEN, PracticeSystemContract
from tests.contracts.test_careless_servers import CarelessFhirWorld, listening
from tests.stand_ins.careless_fhir import CarelessFhir
from tests.stand_ins.scheduling_fhir import SchedulingFhir


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

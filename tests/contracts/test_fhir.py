"""A real FHIR R4 server (SEKMET): everything that a practice system promises."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta

import pytest

from bot.domain.diary import AppointmentStatus
from tests.contracts.fhir_world import FhirWorld, bundle_of
from tests.contracts.outside_system import Front, OutsideSystemContract, books
from tests.contracts.practice_system import HALF_PAST_TEN, TEN, PracticeSystemContract
from tests.contracts.servers import sekmet


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sekmet(tmp_path_factory.mktemp("sekmet"), settings="simulator: {enabled: false}\n") as url:
        yield url


class TestFhirByHours(OutsideSystemContract):
    """The times are those of practice.yml, less what the server has."""

    fault_kinds = ("lost",)  # others: test_careless_servers

    @pytest.fixture
    async def world(self, server: str) -> AsyncIterator[FhirWorld]:
        world = FhirWorld(server, openings="hours")
        await world.open()
        yield world
        await world.close()

    async def test_a_visit_that_staff_deleted_is_told_like_one_that_they_cancelled(
        self, front: Front, world: FhirWorld
    ) -> None:
        """A search does not find what is gone, so what we know is compared with what is there."""
        await books(front, TEN)
        await books(front, HALF_PAST_TEN, "bruno", key="b2")
        await front.diary.catch_up(at=front.clock.at)
        [gone, stays] = await world.active()
        await world.asks("POST", world.url, bundle_of([("DELETE", f"Appointment/{gone.ref}", None)]))
        front.clock.at += timedelta(minutes=1)
        soon = await front.diary.catch_up(at=front.clock.at)
        front.clock.at += timedelta(minutes=1)
        told = await front.diary.catch_up(at=front.clock.at)
        again = await front.diary.catch_up(at=front.clock.at + timedelta(minutes=5))

        assert [(ours.ref, now.status) for ours, now in (*soon, *told)] == [
            (gone.ref, AppointmentStatus.CANCELLED)
        ]
        assert (again, [one.ref for one in await world.active()]) == ((), [stays.ref])


class TestFhirBySlots(OutsideSystemContract):
    """The server has a slot for every quarter of an hour of one morning. What does not depend on the server's
    slots is shown above, and the whole contract on a careless server (test_careless_servers)."""

    fault_kinds = ("lost",)

    @pytest.fixture
    async def world(self, server: str) -> AsyncIterator[FhirWorld]:
        world = FhirWorld(server, openings="slots")
        await world.open(slots_on=date(2027, 3, 2))
        yield world
        await world.close()


for _name in set(vars(PracticeSystemContract)) - set(vars(OutsideSystemContract)):
    if _name.startswith("test_"):
        setattr(TestFhirBySlots, _name, None)

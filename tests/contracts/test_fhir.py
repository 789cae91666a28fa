"""A real FHIR R4 server (SEKMET): everything that a practice system promises."""

from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest

from tests.contracts.fhir_world import FhirWorld
from tests.contracts.outside_system import OutsideSystemContract
from tests.contracts.practice_system import PracticeSystemContract
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

"""Calendars on a real CalDAV server (Radicale): everything that a practice system promises."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contracts.calendar_world import CalendarWorld
from tests.contracts.outside_system import OutsideSystemContract
from tests.contracts.servers import radicale


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(tmp_path_factory.mktemp("radicale")) as url:
        yield url


@pytest.fixture
async def world(server: str) -> AsyncIterator[CalendarWorld]:
    world = CalendarWorld(server)
    await world.open()
    yield world
    await world.close()


class TestCalDav(OutsideSystemContract):
    fault_kinds = ("lost",)  # others: test_careless_servers

    @pytest.fixture
    async def world(self, server: str) -> AsyncIterator[CalendarWorld]:
        world = CalendarWorld(server)
        await world.open()
        yield world
        await world.close()

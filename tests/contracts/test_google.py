"""Google Calendar, played by its stand-in: everything that a practice system promises."""

from collections.abc import AsyncIterator

import pytest

from tests.contracts.google_world import GoogleWorld
from tests.contracts.outside_system import OutsideSystemContract


class TestGoogle(OutsideSystemContract):
    @pytest.fixture
    async def world(self) -> AsyncIterator[GoogleWorld]:
        world = GoogleWorld()
        await world.open()
        yield world
        await world.close()


class TestGoogleThatPromisesNothing(OutsideSystemContract):
    """Conditions are ignored, and ids used twice."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[GoogleWorld]:
        world = GoogleWorld(lax=True)
        await world.open()
        yield world
        await world.close()

"""Google Calendar, played by its stand-in: everything that a practice system promises."""

from collections.abc import AsyncIterator

import pytest

from tests.contracts.google_world import GoogleWorld
from tests.contracts.outside_system import OutsideSystemContract
from tests.contracts.practice_system import PracticeSystemContract


class TestGoogle(OutsideSystemContract):
    @pytest.fixture
    async def world(self) -> AsyncIterator[GoogleWorld]:
        world = GoogleWorld()
        await world.open()
        yield world
        await world.close()


class TestGoogleThatPromisesNothing(OutsideSystemContract):
    """Conditions are ignored, ids used twice, what is answered with 500 is done, what is lost comes later.
    What a desk promises besides is shown above."""

    fault_kinds = ("failed", "late")

    for _name in set(vars(PracticeSystemContract)) - set(vars(OutsideSystemContract)):
        if _name.startswith("test_"):
            locals()[_name] = None

    @pytest.fixture
    async def world(self) -> AsyncIterator[GoogleWorld]:
        world = GoogleWorld(lax=True, troubled=True)
        await world.open()
        yield world
        await world.close()

"""Dentally, played by its stand-in: everything that a practice system promises."""

from collections.abc import AsyncIterator

import pytest

from tests.contracts.dentally_world import DentallyWorld
from tests.contracts.outside_system import OutsideSystemContract
from tests.contracts.practice_system import PracticeSystemContract
from tests.stand_ins.dentally import Habits


class TestDentally(OutsideSystemContract):
    @pytest.fixture
    async def world(self) -> AsyncIterator[DentallyWorld]:
        world = DentallyWorld()
        await world.open()
        yield world
        await world.close()


class TestDentallyWithOtherHabits(OutsideSystemContract):
    """Where nobody knows how it is, it may be this way; what is answered with 500 is done, what is lost
    comes later. What a desk promises besides is shown above."""

    fault_kinds = ("failed", "late")

    for _name in set(vars(PracticeSystemContract)) - set(vars(OutsideSystemContract)):
        if _name.startswith("test_"):
            locals()[_name] = None

    @pytest.fixture
    async def world(self) -> AsyncIterator[DentallyWorld]:
        habits = Habits(
            updates_by="PUT", searches_by="search", counts_as="total_count", lists_cancelled=False, page=40
        )
        world = DentallyWorld(habits, troubled=True)
        await world.open()
        yield world
        await world.close()

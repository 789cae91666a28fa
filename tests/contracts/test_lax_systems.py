"""The contract over a system that is kind to nobody, in every shape of availability."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.diary import AppointmentStatus
from bot.domain.outside import Availability, OutsideVisit, SystemSettings
from tests.contracts.lax_system import LaxSystem, loses, unavailable
from tests.contracts.outside_system import OutsideSystemContract, World
from tests.studio import NOW


class LaxWorld:
    """A World (`tests.contracts.outside_system`) around a LaxSystem."""

    settings = SystemSettings(kind="lax")

    def __init__(self, shape: Availability, *, keyed: bool = False, move: bool = True) -> None:
        self._ticks = 0
        self.system = LaxSystem(shape, now=self.tick, keyed=keyed, move=move)
        self._left = 0

    def tick(self) -> datetime:
        self._ticks += 1
        return NOW + timedelta(microseconds=self._ticks)

    async def staff_enters(self, start: datetime, end: datetime) -> str:
        return self.system.staff_enters(start, end).ref

    async def staff_cancels(self, ref: str) -> None:
        self.system.staff_changes(ref, status=AppointmentStatus.CANCELLED)

    async def staff_moves(self, ref: str, start: datetime, end: datetime) -> None:
        self.system.staff_changes(ref, start=start, end=end)

    async def active(self) -> Sequence[OutsideVisit]:
        return self.system.active()

    def at_call(self, number: int, fault: str) -> None:
        self._left = number
        kind = {"refused": unavailable, "lost": loses}[fault]

        def count_down(operation: str) -> None:
            self._left -= 1
            if self._left == 0:
                kind(operation)

        self.system.trouble_before = self.system.trouble_after = lambda operation: None
        if fault == "refused":
            self.system.trouble_before = count_down
        else:
            self.system.trouble_after = count_down

    def was_hit(self) -> bool:
        return self._left <= 0


class TestBusyOnly(OutsideSystemContract):
    @pytest.fixture
    async def world(self) -> World:
        return LaxWorld(Availability.BUSY)


class TestFreeBlocks(OutsideSystemContract):
    @pytest.fixture
    async def world(self) -> World:
        return LaxWorld(Availability.FREE, keyed=True)


class TestSlots(OutsideSystemContract):
    """And one that cannot move visits."""

    # A slot that the visit itself has is not free until it has moved.
    test_a_visit_moves_onto_a_time_that_overlaps_its_own = None  # type: ignore[assignment]

    @pytest.fixture
    async def world(self) -> World:
        return LaxWorld(Availability.SLOTS, move=False)

"""Keeps up with a diary kept elsewhere: writes of unknown fate, visits that staff move or cancel there.

One loop for a practice. What it learns of a visit is told to its patient, where the channel lets us write;
where it does not, staff see the visit in their own system.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.diary import Appointment, AppointmentStatus
from bot.domain.outside import Deed, DeedState, Linked
from bot.errors import AuthFailed, BookingError
from bot.ports import Clock
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

LOOK_EVERY = 20.0
GATHERED = 1.0  # seconds in which several calls of the system become one question
MOST_HINTS = 500  # what is beyond is seen when everything new is asked for
CHECK_EVERY = timedelta(hours=12)  # credentials of some systems die when they are not used

#: Tells a contact what became of a visit: as it was, as it is (cancelled, or at another time).
Tell = Callable[[str, Appointment, Appointment], Awaitable[None]]


class Outside(Protocol):
    """The part of `OutsideDiary` that goes on by itself."""

    name: str

    async def settle(self, *, at: datetime) -> tuple[tuple[Deed, DeedState], ...]: ...

    async def catch_up(self, *, at: datetime) -> tuple[tuple[Linked, Appointment], ...]: ...

    async def reread(
        self, refs: Collection[str], *, at: datetime
    ) -> tuple[tuple[Linked, Appointment], ...]: ...

    async def check(self) -> None: ...


class Following:
    def __init__(self, diary: Outside, *, clock: Clock, tell: Tell) -> None:
        self._diary = diary
        self._clock = clock
        self._tell = tell
        self._checked: datetime | None = None
        self._hints: set[str] = set()
        self._called = asyncio.Event()
        self.is_well = True

    def hear(self, refs: Collection[str]) -> None:
        """The system says that these visits may have changed: they are read again in a moment."""
        self._hints |= set(list(refs)[: max(MOST_HINTS - len(self._hints), 0)])
        self._called.set()

    async def run(self) -> None:
        while True:
            await self.look()
            beat()
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._called.wait()
                    await asyncio.sleep(GATHERED)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Once. Raises nothing for what the system does."""
        at = self._clock.now()
        try:
            if self._checked is None or at - self._checked > CHECK_EVERY:
                await self._diary.check()
                self._checked = at
            for deed, state in await self._diary.settle(at=at):
                log.warning("write_settled_late", system=self._diary.name, what=deed.what, state=str(state))
            self._called.clear()
            hinted, self._hints = self._hints, set()
            if hinted:
                for ours, now in await self._diary.reread(hinted, at=at):
                    await self._told(ours, now, at)
            for ours, now in await self._diary.catch_up(at=at):
                await self._told(ours, now, at)
        except BookingError as error:
            if self.is_well:
                log.error(
                    "practice_system_fails",
                    system=self._diary.name,
                    error=type(error).__name__,
                    remedy="renew its credentials"
                    if isinstance(error, AuthFailed)
                    else "see its status page",
                )
            self.is_well = False
            return
        if not self.is_well:
            log.info("practice_system_is_back", system=self._diary.name)
        self.is_well = True

    async def _told(self, ours: Linked, now: Appointment, at: datetime) -> None:
        is_over = ours.appointment.opening.start <= at
        is_moved = now.opening != ours.appointment.opening and now.status in (
            AppointmentStatus.BOOKED,
            AppointmentStatus.REQUESTED,
        )
        is_confirmed = ours.appointment.status is AppointmentStatus.REQUESTED and (
            now.status is AppointmentStatus.BOOKED
        )
        is_news = now.status is AppointmentStatus.CANCELLED or is_moved or is_confirmed
        if ours.contact is None or is_over or not is_news:
            return
        log.info(
            "visit_changed_elsewhere", system=self._diary.name, appointment=now.id, status=str(now.status)
        )
        await self._tell(ours.contact, ours.appointment, now)

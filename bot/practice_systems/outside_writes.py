"""Writes to an outside system: remembered before they are made, looked for when no answer came.

              begin (durable)          settle (durable)
    nothing ----------------> BEGUN ------------------> DONE      the system has it, and so have we
                                |   ------------------> REFUSED   it said no, or never had it
                                |   ------------------> UNKNOWN   no answer, and nothing to be found
                                +-- a crash leaves it BEGUN: whoever comes back looks before doing anything

A write is never made twice on the strength of not having heard: it is looked for by its key (`by_key`), or by
what it would have changed. Only `keyed_create`, where the same key again is the same visit, may be repeated.

Most systems accept two visits at one time. So what was created is looked at again: who shares our time, and
who gives way. Somebody without a key of ours never does. Among ours the earlier stays, by the system's clock,
then by key; `settling` is waited for first, so that of two who look, both see the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from bot.domain.outside import Deed, DeedState, OutsideVisit, Stretch, VisitRequest
from bot.errors import (
    BookingError,
    HoldExpired,
    OpeningTaken,
    OutcomeUnknown,
    PatientInvalid,
    PolicyRefused,
    ProtocolDrift,
    VisitChanged,
)
from bot.ports import OutsideBook, OutsideSystem
from bot.practice_systems.calling import Caller

LOOKS = (0.0, 0.5, 2.0)  # seconds before each look for a write that was not answered
KEPT = timedelta(days=1)  # for a write whose fate nobody knows, its time is kept so long at most
_MARGIN = timedelta(hours=12)  # about a visit, when it is looked for by key

_REFUSALS: dict[str, type[BookingError]] = {
    kind.outcome: kind for kind in (OpeningTaken, HoldExpired, VisitChanged, PolicyRefused, PatientInvalid)
}
#: Nobody knows whether anything was written.
_UNCLEAR = (OutcomeUnknown, ProtocolDrift)


class Writes:
    """Makes each write once, by its key."""

    def __init__(
        self,
        system: OutsideSystem,
        book: OutsideBook,
        *,
        caller: Caller,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._system = system
        self._book = book
        self._caller = caller
        self._now = now
        self._sleep = sleep

    async def create(self, request: VisitRequest, *, key: str, hold: str | None) -> OutsideVisit:
        """Of a deed that is BEGUN. Raises OpeningTaken and other refusals, having settled nothing yet;
        OutcomeUnknown when it may or may not have been made."""
        near = (request.stretch.start - _MARGIN, request.stretch.start + _MARGIN)
        tries = 2 if self._system.capabilities.keyed_create else 1
        for number in range(tries):
            try:
                return await self._caller.write(lambda: self._system.create(request, key=key, hold=hold))
            except _UNCLEAR as unclear:
                found = await self._look(key, near)
                if found is not None:
                    return found
                if number == tries - 1:
                    raise OutcomeUnknown(
                        "no answer whether the visit was booked, and it is not to be found; look there"
                    ) from unclear
        raise AssertionError("the last try returns or raises")

    async def found(self, key: str, near: datetime) -> OutsideVisit | None:
        """What an earlier try under this key made. Raises Unavailable and the like."""
        span = (near - _MARGIN, near + _MARGIN)
        return await self._caller.read(lambda: self._system.by_key(key, near=span))

    async def stays(self, visit: OutsideVisit, *, moved: bool = False) -> bool:
        """Whether it may keep its time, now that it is there. Raises Unavailable when that cannot be seen.

        What was `moved` there gives way to anybody: when it was created says nothing about who came first.
        """
        capabilities = self._system.capabilities
        if capabilities.atomic_claim or not capabilities.conflict_probe:
            return True
        if capabilities.settling:
            await self._sleep(capabilities.settling.total_seconds())
        there = await self._caller.read(
            lambda: self._system.visits(start=visit.start, end=visit.end, practitioner=visit.practitioner)
        )
        return not any(moved or gives_way(visit, other) for other in _others(visit, there))

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        """Raises as `OutsideSystem.move`; OutcomeUnknown only when looking did not settle it."""
        try:
            return await self._caller.write(lambda: self._system.move(visit, to, key=key))
        except _UNCLEAR as unclear:
            for pause in LOOKS:
                await self._sleep(pause)
                now = await self._glance(visit.ref)
                if now is not None and is_at(now, to):
                    return now
            raise OutcomeUnknown("no answer whether the visit was moved; look there") from unclear

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        """Cancelling is idempotent by nature, so one without an answer is made once more."""
        try:
            return await self._caller.write(lambda: self._system.cancel(visit, reason, key=key))
        except _UNCLEAR:
            now = await self._glance(visit.ref)
            if now is not None and not now.blocks:
                return now
        try:
            return await self._caller.write(lambda: self._system.cancel(visit, reason, key=key))
        except (*_UNCLEAR, VisitChanged) as unclear:
            now = await self._glance(visit.ref)
            if now is not None and not now.blocks:
                return now
            raise OutcomeUnknown("no answer whether the visit was cancelled; look there") from unclear

    async def take_back(self, visit: OutsideVisit, *, key: str) -> None:
        """Cancels a visit of ours that lost its time. What does not succeed now stays on the list of what is
        unsettled, and is tried again until it does."""
        undo = f"{key}:undo"
        deed = Deed(key=undo, what="undo", state=DeedState.BEGUN, at=self._now(), ref=visit.ref)
        await self._book.begin(deed, hold=None, keep_until=self._now())
        try:
            await self.cancel(visit, None, key=undo)
        except BookingError:
            return
        await self._book.settle(undo, DeedState.DONE, at=self._now())

    async def _look(self, key: str, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        for pause in LOOKS:
            await self._sleep(pause)
            try:
                found = await self._caller.read(lambda: self._system.by_key(key, near=near))
            except BookingError:
                continue
            if found is not None:
                return found
        return None

    async def _glance(self, ref: str) -> OutsideVisit | None:
        try:
            return await self._caller.read(lambda: self._system.get(ref))
        except BookingError:
            return None


def gives_way(mine: OutsideVisit, other: OutsideVisit) -> bool:
    """Whether mine gives way to the other, which overlaps it."""
    if other.key is None or mine.key is None:
        return other.key is None
    first, second = (other.created, other.key), (mine.created, mine.key)
    if first[0] is None or second[0] is None:
        return first[1] < second[1]
    return (first[0], first[1]) < (second[0], second[1])


def is_at(visit: OutsideVisit, stretch: Stretch) -> bool:
    at = (visit.practitioner, visit.start, visit.end)
    return visit.blocks and at == (stretch.practitioner, stretch.start, stretch.end)


def refusal_of(deed: Deed) -> BookingError:
    """The error that a deed was refused with, again."""
    kind = _REFUSALS.get(deed.refusal or "")
    return (
        kind("this write was refused before") if kind else BookingError("this write came to nothing before")
    )


def _others(visit: OutsideVisit, there: Iterable[OutsideVisit]) -> Iterable[OutsideVisit]:
    return (
        other
        for other in there
        if other.blocks
        and other.ref != visit.ref
        and other.practitioner == visit.practitioner
        and other.start < visit.end
        and other.end > visit.start
    )

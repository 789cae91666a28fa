"""Booking, moving and cancelling in an outside system: each step remembered before the next is made.

What goes wrong at any step leaves one of these: nothing was written; or it was, and is found by its key; or
nobody knows yet, and the time is kept, the patient told so, and `settle` looks again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.diary import Appointment, AppointmentStatus, BookHeld, Hold, Opening, PatientDetails
from bot.domain.outside import Deed, DeedState, OutsideVisit, Stretch, VisitRequest
from bot.domain.practice import Practice
from bot.errors import (
    BookingError,
    HoldExpired,
    OpeningTaken,
    OutcomeUnknown,
    VisitChanged,
)
from bot.ports import Booking, DiaryStore, OutsideBook, OutsideSystem
from bot.practice_systems.calling import Caller
from bot.practice_systems.free_time import FreeTime, Ids
from bot.practice_systems.outside_holds import OutsideHolds
from bot.practice_systems.outside_patients import OutsidePatients
from bot.practice_systems.outside_visits import TO_COME, OutsideVisits
from bot.practice_systems.outside_writes import KEPT, Writes, is_at, refusal_of


class OutsideBookings:
    """The changes that patients and staff make through us."""

    def __init__(
        self,
        system: OutsideSystem,
        practice: Practice,
        ids: Ids,
        *,
        caller: Caller,
        free: FreeTime,
        visits: OutsideVisits,
        patients: OutsidePatients,
        holds: OutsideHolds,
        writes: Writes,
        store: DiaryStore,
        book: OutsideBook,
        now: Callable[[], datetime],
    ) -> None:
        self._system = system
        self._practice = practice
        self._ids = ids
        self._caller = caller
        self._free = free
        self._visits = visits
        self._patients = patients
        self._holds = holds
        self._writes = writes
        self._store = store
        self._book = book
        self._now = now

    async def create(self, hold: Hold, patient: PatientDetails, key: str, at: datetime) -> Booking:
        opening = hold.opening
        deed = await self._book.deed(key)
        if deed is not None and deed.state is DeedState.DONE:
            return await self._booked_before(hold, deed)
        if deed is not None and deed.state is DeedState.REFUSED and deed.refusal is not None:
            raise refusal_of(deed)
        if deed is None or deed.state is DeedState.REFUSED:
            await self._must_hold(hold, at)
            theirs = await self._holds.ref_of(hold)
            request = await self._request(opening, patient, key, at, is_kept=theirs is not None)
            deed = Deed(key=key, what="book", state=DeedState.BEGUN, at=at, about=opening.ref)
            await self._book.begin(deed, hold=hold, keep_until=at + KEPT)
            visit = await self._attempt(deed, self._writes.create(request, key=key, hold=theirs))
            self._holds.used(hold)
        else:
            visit = await self._found_again(deed, hold, patient, at)
        await self._keep_or_give_way(deed, visit)
        self._free.forget(opening.practitioner)
        status = visit.status if visit.status in TO_COME else AppointmentStatus.BOOKED
        write = BookHeld(hold=hold, patient=patient, key=key, at=at, status=status)
        await self._book.settle(key, DeedState.DONE, at=at, ref=visit.ref, write=write)
        return Booking(appointment=Appointment(id=hold.id, opening=opening, status=status, patient=None))

    async def move(self, visit: Appointment, hold: Hold, key: str, at: datetime) -> Booking:
        to = hold.opening
        moved = replace(visit, opening=to)
        deed = await self._book.deed(key)
        if deed is not None and deed.state is DeedState.DONE:
            return Booking(appointment=moved)
        if deed is not None and deed.state is DeedState.REFUSED and deed.refusal is not None:
            raise refusal_of(deed)
        ours, theirs = await self._visits.as_seen(visit, at, unless_at=to if deed else None)
        stretch = self._visits.stretch_of(to)
        if deed is None or deed.state is DeedState.REFUSED:
            await self._must_hold(hold, at)
            visit_type = self._practice.visit_type(to.visit_type)
            found = visit_type and await self._free.stretch(to, visit_type, at=at, besides=theirs)
            if not found and await self._holds.ref_of(hold) is not None:
                found = stretch
            if not found:
                raise OpeningTaken("this time is taken")
            deed = Deed(key=key, what="move", state=DeedState.BEGUN, at=at, ref=theirs.ref, about=to.ref)
            await self._book.begin(deed, hold=hold, keep_until=at + KEPT)
            stretch = found
        if is_at(theirs, stretch):
            after = theirs
        else:
            kept = await self._holds.ref_of(hold)
            after = await self._attempt(deed, self._relocate(visit, theirs, stretch, key, hold=kept))
        self._holds.used(hold)
        if not await self._may_stay(deed, after, moved=True):
            await self._move_back(deed, visit, after, theirs)
        self._free.forget()
        await self._book.settle(key, DeedState.DONE, at=at, ref=after.ref)
        if ours is not None:
            await self._book.follow(replace(ours, appointment=moved, ref=after.ref), at=at)
        return Booking(appointment=moved)

    async def cancel(self, visit: Appointment, reason: str | None, key: str, at: datetime) -> Booking:
        cancelled = replace(visit, status=AppointmentStatus.CANCELLED)
        deed = await self._book.deed(key)
        if deed is not None and deed.state is DeedState.DONE:
            return Booking(appointment=cancelled)
        ours, theirs = await self._visits.as_seen(visit, at, unless_gone=deed is not None)
        if deed is None:
            deed = Deed(key=key, what="cancel", state=DeedState.BEGUN, at=at, ref=theirs.ref)
        await self._book.begin(deed, hold=None, keep_until=at)
        if theirs.blocks or reason is not None:
            await self._attempt(deed, self._writes.cancel(theirs, reason, key=key))
        self._free.forget(visit.opening.practitioner)
        await self._book.settle(key, DeedState.DONE, at=at)
        if ours is not None:
            await self._book.follow(replace(ours, appointment=cancelled), at=at)
        return Booking(appointment=cancelled)

    async def settle(self, *, at: datetime) -> tuple[tuple[Deed, DeedState], ...]:
        """Looks again for writes that nobody knows the fate of. What came of them, as far as that is certain
        now. To be called every minute or so; raises nothing for a system that is down."""
        settled = []
        surely_over = 2 * self._system.capabilities.timeout + self._system.capabilities.settling
        for deed in await self._book.unsettled():
            if deed.at + surely_over > at:
                continue
            try:
                state = await self._settled(deed, at)
            except BookingError:
                continue
            if state is not None:
                settled.append((deed, state))
        return tuple(settled)

    async def _attempt(self, deed: Deed, write: Awaitable[OutsideVisit]) -> OutsideVisit:
        """Makes a write that is BEGUN; what it did not come to is settled before the error goes on."""
        try:
            return await write
        except OutcomeUnknown:
            await self._book.settle(deed.key, DeedState.UNKNOWN, at=self._now())
            raise
        except BookingError as error:
            # What may be different the next time ("error") can be tried again under the same key.
            refusal = None if error.outcome == "error" else error.outcome
            if isinstance(error, OpeningTaken | VisitChanged):
                self._free.forget()
            await self._book.settle(deed.key, DeedState.REFUSED, at=self._now(), refusal=refusal)
            raise

    async def _keep_or_give_way(self, deed: Deed, visit: OutsideVisit) -> None:
        if await self._may_stay(deed, visit):
            return
        await self._writes.take_back(visit, key=deed.key)
        self._free.forget()
        await self._book.settle(deed.key, DeedState.REFUSED, at=self._now(), refusal=OpeningTaken.outcome)
        raise OpeningTaken("somebody else has this time in the practice's system")

    async def _may_stay(self, deed: Deed, visit: OutsideVisit, *, moved: bool = False) -> bool:
        """Where nobody can see who else has this time, nothing is promised: it is looked at again later."""
        try:
            return await self._writes.stays(visit, moved=moved)
        except BookingError as error:
            await self._book.settle(deed.key, DeedState.UNKNOWN, at=self._now(), ref=visit.ref)
            raise OutcomeUnknown("it is written, but not to be seen whether the time is ours") from error

    async def _move_back(
        self, deed: Deed, seen: Appointment, visit: OutsideVisit, before: OutsideVisit
    ) -> None:
        """Somebody else has the new time: the visit goes back to the time it had, if that is still free."""
        old = Stretch(practitioner=before.practitioner, start=before.start, end=before.end)
        try:
            back = await self._relocate(seen, visit, old, f"{deed.key}:back")
            if not await self._writes.stays(back, moved=True):
                raise OpeningTaken("the old time is taken, too")
        except BookingError as error:
            await self._book.settle(deed.key, DeedState.UNKNOWN, at=self._now())
            raise OutcomeUnknown("two visits share a time, and the old one is not free any more") from error
        self._free.forget()
        await self._book.settle(deed.key, DeedState.REFUSED, at=self._now(), refusal=OpeningTaken.outcome)
        raise OpeningTaken("somebody else has this time in the practice's system")

    async def _relocate(
        self, seen: Appointment, visit: OutsideVisit, to: Stretch, key: str, *, hold: str | None = None
    ) -> OutsideVisit:
        """Where a visit cannot be moved, another is booked first, then the old one cancelled: never neither.
        A cancellation that fails stays on the list of what is unsettled."""
        if self._system.capabilities.move:
            return await self._writes.move(visit, to, key=key)
        details = await self._store.details(seen.patient) if seen.patient else None
        request = VisitRequest(
            stretch=to,
            visit_type=self._ids.their_visit_type(seen.opening.visit_type),
            details=details or PatientDetails(name=""),
            patient=visit.patient,
        )
        anew = await self._writes.create(request, key=key, hold=hold)
        await self._writes.take_back(visit, key=key)
        return anew

    async def _found_again(
        self, deed: Deed, hold: Hold, patient: PatientDetails, at: datetime
    ) -> OutsideVisit:
        """After a crash, or when the patient says yes again: what the first try made, or the second try."""
        opening = hold.opening
        found = await self._writes.found(deed.key, opening.start)
        if found is not None and found.blocks:
            return found
        over = 2 * self._system.capabilities.timeout + self._system.capabilities.settling
        is_over = self._now() - deed.at > over
        if not self._system.capabilities.keyed_create and not is_over:
            raise OutcomeUnknown("no answer yet whether the visit was booked; it is looked for")
        theirs = await self._holds.ref_of(hold)
        request = await self._request(opening, patient, deed.key, at, is_kept=theirs is not None)
        return await self._attempt(deed, self._writes.create(request, key=deed.key, hold=theirs))

    async def _booked_before(self, hold: Hold, deed: Deed) -> Booking:
        linked = await self._book.linked(appointment=hold.id)
        status = linked[0].appointment.status if linked else AppointmentStatus.BOOKED
        appointment = Appointment(id=hold.id, opening=hold.opening, status=status, patient=None)
        return Booking(appointment=appointment)

    async def _request(
        self, opening: Opening, patient: PatientDetails, key: str, at: datetime, *, is_kept: bool = False
    ) -> VisitRequest:
        """Looked up anew, whatever was offered: staff may have been faster. What the
        system keeps for us it does not name; it says at the booking whether it still does."""
        visit_type = self._practice.visit_type(opening.visit_type)
        stretch = visit_type and await self._free.stretch(opening, visit_type, at=at)
        if is_kept and not stretch:
            stretch = self._visits.stretch_of(opening)
        if not stretch:
            raise OpeningTaken("this time is taken")
        return VisitRequest(
            stretch=stretch,
            visit_type=self._ids.their_visit_type(opening.visit_type),
            details=patient,
            patient=await self._patients.ref_of(patient, key=key),
        )

    async def _must_hold(self, hold: Hold, at: datetime) -> None:
        current = await self._store.current_hold(contact=hold.contact, opening=hold.opening, at=at)
        if current is None or current.id != hold.id:
            raise HoldExpired("the hold has run out or was let go; offer the openings again")

    async def _settled(self, deed: Deed, at: datetime) -> DeedState | None:
        """What came of a write, long after it was made; None while that cannot be said."""
        if deed.what == "book":
            near = Opening.parse_ref(deed.about or "").start
            found = await self._writes.found(deed.key, near)
            if found is None or not found.blocks:
                return await self._close_deed(deed, DeedState.REFUSED, at)
            if not await self._writes.stays(found):
                await self._writes.take_back(found, key=deed.key)
                return await self._close_deed(deed, DeedState.REFUSED, at, refusal=OpeningTaken.outcome)
            return await self._close_deed(deed, DeedState.DONE, at, ref=found.ref)
        theirs = await self._caller.read(lambda: self._system.get(deed.ref or ""))
        if deed.what == "move":
            to = Opening.parse_ref(deed.about or "")
            is_done = theirs is not None and is_at(theirs, self._visits.stretch_of(to))
            return await self._close_deed(deed, DeedState.DONE if is_done else DeedState.REFUSED, at)
        if theirs is not None and theirs.blocks:
            if deed.what == "cancel" and deed.state is DeedState.UNKNOWN:
                return await self._close_deed(deed, DeedState.REFUSED, at)
            await self._writes.cancel(theirs, None, key=deed.key)
        return await self._close_deed(deed, DeedState.DONE, at)

    async def _close_deed(
        self,
        deed: Deed,
        state: DeedState,
        at: datetime,
        *,
        ref: str | None = None,
        refusal: str | None = None,
    ) -> DeedState:
        await self._book.settle(deed.key, state, at=at, ref=ref, refusal=refusal)
        self._free.forget()
        if deed.ref or ref:
            await self._visits.reread([deed.ref or ref or ""], at=at)
        return state

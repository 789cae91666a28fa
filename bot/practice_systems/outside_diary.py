"""A practice whose diary is another system: `PracticeSystem` for the desk, over any `OutsideSystem`.

Our own database keeps what the other system cannot be trusted with: holds, exclusive between our patients,
and each write by its key. What is true of a visit is read from the system; our copy only keeps its time
excluded.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from bot.domain.diary import Appointment, Hold, KnownPatient, Opening, PatientDetails, Wish
from bot.domain.offer import offer
from bot.domain.openings import is_opening
from bot.domain.outside import Deed, DeedState, Expected, Linked, OutsideVisit, SystemSettings
from bot.domain.practice import Practice, VisitType
from bot.domain.practice_time import DAY, PracticeTime
from bot.domain.search import around, bookable_days
from bot.errors import OpeningTaken, OutcomeUnknown, PolicyRefused
from bot.ports import Booking, DiaryStore, OutsideBook, OutsideSystem
from bot.practice_systems.calling import Caller
from bot.practice_systems.crowd import Crowd
from bot.practice_systems.free_time import FreeTime, Ids
from bot.practice_systems.holding import hold_id, hold_rules
from bot.practice_systems.outside_bookings import OutsideBookings
from bot.practice_systems.outside_expected import Expecting
from bot.practice_systems.outside_holds import OutsideHolds
from bot.practice_systems.outside_patients import OutsidePatients
from bot.practice_systems.outside_visits import OutsideVisits
from bot.practice_systems.outside_writes import Writes

PATIENCE = timedelta(seconds=9)  # for which a patient waits for a write; it goes on behind their back
COMPARE_EVERY = timedelta(minutes=2)  # what we know with what is there, where deletions are not told
SEEN_SOON = timedelta(minutes=1)  # after that a system shows what we booked, or has moved it since

Result = TypeVar("Result")


class OutsideDiary:
    """A PracticeSystem (`bot.ports`; contract: tests/contracts/practice_system.py) over an OutsideSystem."""

    def __init__(
        self,
        practice: Practice,
        system: OutsideSystem,
        *,
        settings: SystemSettings,
        store: DiaryStore,
        book: OutsideBook,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience: timedelta = PATIENCE,
    ) -> None:
        self.name = system.name
        self.system = system
        self._practice = practice
        self._store = store
        self._book = book
        self._now = now
        self._patience = patience.total_seconds()
        self._clock = PracticeTime(practice.time_zone)
        self._crowd = Crowd()
        ids = Ids(settings)
        capabilities = system.capabilities
        self._caller = Caller(
            name=system.name, now=now, timeout=capabilities.timeout, rate=capabilities.rate, sleep=sleep
        )
        self._patients = OutsidePatients(system, caller=self._caller, store=store)
        self._free = FreeTime(system, practice, ids, caller=self._caller, now=now)
        self._visits = OutsideVisits(system, practice, ids, caller=self._caller, store=store, book=book)
        self._expecting = Expecting(
            system, practice, visits=self._visits, caller=self._caller, book=book, now=now
        )
        self._holds = OutsideHolds(system, caller=self._caller, book=book, now=now)
        self._bookings = OutsideBookings(
            system,
            practice,
            ids,
            caller=self._caller,
            free=self._free,
            visits=self._visits,
            patients=self._patients,
            holds=self._holds,
            writes=Writes(system, book, caller=self._caller, now=now, sleep=sleep),
            store=store,
            book=book,
            now=now,
        )
        self._compared = datetime.min.replace(tzinfo=UTC)
        self._under_way: set[asyncio.Task[Any]] = set()

    # Looking for a time, and keeping it

    async def find_openings(self, wish: Wish, *, at: datetime, limit: int) -> tuple[Opening, ...]:
        far = bookable_days(self._practice, at)
        found = await self._openings(wish, around(self._practice, wish, at), at)
        if len(found) < limit:
            found = await self._openings(wish, far, at)
        if not found and wish.practitioner is not None:
            found = await self._openings(replace(wish, practitioner=None), far, at)
        return self._crowd.offer(
            wish, found, limit, at=at, rank=lambda most: offer(found, wish, clock=self._clock, limit=most)
        )

    async def hold(
        self, opening: Opening, *, contact: str, key: str, at: datetime, instead_of: str | None = None
    ) -> Hold:
        visit_type = self._practice.visit_type(opening.visit_type)
        besides = await self._visits.theirs(instead_of)
        is_free = self._holds.keeps(contact, opening) or (
            visit_type is not None and await self._is_offered(opening, visit_type, at, besides)
        )
        if not is_free:
            raise self._why_not(opening, at)
        hold = Hold(
            id=hold_id(self._practice.id, contact, key),
            opening=opening,
            contact=contact,
            until=(at + self._practice.hold_for).replace(microsecond=0),
        )
        rules = hold_rules(self._practice, opening) | {"key": key, "at": at, "replaces": instead_of}
        try:
            kept = await self._store.hold(hold, **rules)
        except OpeningTaken:
            # The system says that it is free: a copy of ours may not have followed staff who moved a visit.
            self._crowd.lost(at)
            if not await self._visits.catch_up_on(opening, at):
                raise
            kept = await self._store.hold(hold, **rules)
        try:
            await self._holds.take(kept, self._visits.stretch_of(opening))
        except OpeningTaken:
            self._free.forget(opening.practitioner)
            await self._store.release(contact=contact, at=at)
            raise
        return kept

    async def release(self, *, contact: str, at: datetime) -> None:
        await self._store.release(contact=contact, at=at)
        await self._holds.give_back(contact)

    async def current_hold(self, *, contact: str, opening: Opening, at: datetime) -> Hold | None:
        return await self._store.current_hold(contact=contact, opening=opening, at=at)

    # Booking, moving, cancelling

    async def book(self, hold: Hold, patient: PatientDetails, *, key: str, at: datetime) -> Booking:
        return await self._patiently(self._bookings.create(hold, patient, key, at))

    async def reschedule(self, visit: Appointment, hold: Hold, *, key: str, at: datetime) -> Booking:
        return await self._patiently(self._bookings.move(visit, hold, key, at))

    async def cancel(self, visit: Appointment, reason: str | None, *, key: str, at: datetime) -> Booking:
        return await self._patiently(self._bookings.cancel(visit, reason, key, at))

    # Reading the diary

    async def appointments_of(
        self, *, contact: str, patients: Collection[str] = (), at: datetime
    ) -> tuple[Appointment, ...]:
        """As the system has them now, not as we remember them."""
        return await self._visits.of(contact=contact, patients=patients, at=at)

    async def find_patients(
        self,
        *,
        contact: str | None = None,
        phone: str | None = None,
        first_name: str | None = None,
        birth_date: date | None = None,
    ) -> tuple[KnownPatient, ...]:
        ours = await self._store.find_patients(
            contact=contact, phone=phone, first_name=first_name, birth_date=birth_date
        )
        if phone is None or not self.system.capabilities.patients:
            return ours
        theirs = await self._patients.of_phone(phone, first_name=first_name, birth_date=birth_date)
        return await self._patients.together(ours, theirs)

    async def booked_for(self, *, contact: str, since: datetime) -> tuple[PatientDetails, ...]:
        return await self._store.booked_for(contact=contact, since=since)

    async def appointments(self, *, start: datetime, end: datetime, at: datetime) -> tuple[Appointment, ...]:
        return await self._visits.between(start=start, end=end, at=at)

    async def expected(self, *, start: datetime, end: datetime) -> tuple[Expected, ...]:
        """Visits that only staff entered there, of patients with a phone. Raises Unavailable and the like."""
        return await self._expecting.between(start=start, end=end)

    # What goes on by itself

    async def check(self) -> None:
        """Whether we are let in and answered. Raises AuthFailed, Unavailable and the like."""
        await self._caller.read(self.system.check)

    async def settle(self, *, at: datetime) -> tuple[tuple[Deed, DeedState], ...]:
        """Looks again for writes that nobody knows the fate of. What came of them, as far as that is certain
        now. To be called every minute or so; raises nothing for a system that is down."""
        return await self._bookings.settle(at=at)

    async def reread(self, refs: Collection[str], *, at: datetime) -> tuple[tuple[Linked, Appointment], ...]:
        """Follows these visits, such as those that a webhook names; what has changed, as `catch_up`."""
        changed = await self._visits.reread(refs, at=at)
        self._free.forget()
        return changed

    async def catch_up(self, *, at: datetime) -> tuple[tuple[Linked, Appointment], ...]:
        """Visits of ours that staff have moved or cancelled there since the last time: as we knew them, and
        as they are. Raises Unavailable and the like."""
        if not self.system.capabilities.changes:
            return ()
        cursor = await self._book.cursor()
        changes = await self._caller.read(lambda: self.system.changes(cursor))
        refs = [visit.ref for visit in changes.visits]
        if not self.system.capabilities.tells_deletions and at - self._compared >= COMPARE_EVERY:
            refs += await self._visits.missing(at=at)
            self._compared = at
        changed = await self.reread(refs, at=at)
        await self._book.keep_cursor(changes.cursor)
        return changed

    async def close(self) -> None:
        """Waits for the writes that are under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self.system.close()

    # How it is done

    async def _openings(self, wish: Wish, days: tuple[date, date], at: datetime) -> list[Opening]:
        visit_type = self._practice.visit_type(wish.visit_type)
        if visit_type is None:
            return []
        return await self._free.openings(
            visit_type,
            days=days,
            practitioner=wish.practitioner,
            ours=await self._kept_by_us(days, at, wish.instead_of),
            at=at,
            besides=await self._visits.theirs(wish.instead_of),
            site=wish.site,
        )

    async def _kept_by_us(
        self, days: tuple[date, date], at: datetime, besides: str | None
    ) -> list[tuple[str, datetime, datetime]]:
        """Our holds, and what we booked just now: the system may not show it yet."""
        start, end = self._clock.day(days[0])[0] - DAY, self._clock.day(days[1])[1] + DAY
        recent = max(SEEN_SOON, 2 * self.system.capabilities.freshness)
        return list(await self._book.kept(start=start, end=end, at=at, since=at - recent, besides=besides))

    async def _is_offered(
        self, opening: Opening, visit_type: VisitType, at: datetime, besides: OutsideVisit | None
    ) -> bool:
        if opening.end - opening.start != visit_type.duration:
            return False
        day = self._clock.today(opening.start)
        free = await self._free.openings(
            visit_type,
            days=(day, day),
            practitioner=opening.practitioner,
            ours=(),
            at=at,
            besides=besides,
        )
        return opening in free

    def _why_not(self, opening: Opening, at: datetime) -> PolicyRefused | OpeningTaken:
        """Taken, where it would be an opening if nobody else came; else it never was one."""
        if is_opening(self._practice, opening, at=at):
            return OpeningTaken("this time is taken")
        return PolicyRefused("this is not, or no longer, an opening of this practice; offer others")

    async def _patiently(self, deed: Coroutine[Any, Any, Result]) -> Result:
        """A write is never broken off in the middle: it goes on when nobody waits for it any more."""
        task = asyncio.create_task(deed)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if done:
            return task.result()
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise OutcomeUnknown(f"{self.name} takes its time; what came of it is looked for, do not do it again")

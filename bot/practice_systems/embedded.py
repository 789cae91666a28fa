"""The diary that comes with the house: openings from practice.yml, rows in the practice's own database."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.diary import (
    Appointment,
    AppointmentStatus,
    BookHeld,
    CancelBooked,
    Hold,
    KnownPatient,
    MoveBooked,
    Opening,
    PatientDetails,
    Wish,
)
from bot.domain.offer import offer
from bot.domain.openings import Taken, is_opening, needs_rules, openings, public_holidays
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY, PracticeTime
from bot.domain.search import around, bookable_days
from bot.errors import HoldExpired, OpeningTaken, PolicyRefused, VisitChanged
from bot.ports import Booking, DiaryStore
from bot.practice_systems.crowd import Crowd
from bot.practice_systems.holding import hold_id, hold_rules
from bot.practice_systems.joined import Joined


class EmbeddedDiary:
    """A PracticeSystem (`bot.ports`; contract: tests/contracts/practice_system.py) over a DiaryStore."""

    name = "embedded"

    def __init__(self, practice: Practice, store: DiaryStore) -> None:
        self._practice = practice
        self._store = store
        self._clock = PracticeTime(practice.time_zone)
        self._crowd = Crowd()
        self._searches: Joined[list[Opening]] = Joined()
        if practice.holidays:
            public_holidays(
                practice.country, 2000
            )  # loads the calendar before the first patient waits for it

    async def find_openings(self, wish: Wish, *, at: datetime, limit: int) -> tuple[Opening, ...]:
        """Looks around the wish first, then as far as the practice books, then at other practitioners."""
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
        if not is_opening(self._practice, opening, at=at):
            raise PolicyRefused("this is not, or no longer, an opening of this practice; offer others")
        hold = Hold(
            id=hold_id(self._practice.id, contact, key),
            opening=opening,
            contact=contact,
            until=(at + self._practice.hold_for).replace(microsecond=0),  # the diary counts seconds
        )
        try:
            rules = hold_rules(self._practice, opening)
            return await self._store.hold(hold, key=key, at=at, replaces=instead_of, **rules)
        except OpeningTaken:
            self._crowd.lost(at)
            raise

    async def release(self, *, contact: str, at: datetime) -> None:
        await self._store.release(contact=contact, at=at)

    async def current_hold(self, *, contact: str, opening: Opening, at: datetime) -> Hold | None:
        return await self._store.current_hold(contact=contact, opening=opening, at=at)

    async def book(self, hold: Hold, patient: PatientDetails, *, key: str, at: datetime) -> Booking:
        """Decides nothing for good: the write that it returns does, when the turn commits."""
        current = await self._store.current_hold(contact=hold.contact, opening=hold.opening, at=at)
        if (current is None or current.id != hold.id) and not await self._is_booked(hold, at):
            raise HoldExpired("the hold has run out or was let go; offer the openings again")
        appointment = Appointment(
            id=hold.id, opening=hold.opening, status=AppointmentStatus.BOOKED, patient=None
        )
        return Booking(appointment=appointment, write=BookHeld(hold=hold, patient=patient, key=key, at=at))

    async def reschedule(self, visit: Appointment, hold: Hold, *, key: str, at: datetime) -> Booking:
        if not await self._is_as_seen(visit, key):
            current = await self._store.current_hold(contact=hold.contact, opening=hold.opening, at=at)
            if current is None or current.id != hold.id:
                raise HoldExpired("the hold has run out or was let go; offer the openings again")
        moved = replace(visit, opening=hold.opening)
        return Booking(appointment=moved, write=MoveBooked(visit=visit, hold=hold, key=key, at=at))

    async def cancel(self, visit: Appointment, reason: str | None, *, key: str, at: datetime) -> Booking:
        await self._is_as_seen(visit, key)
        cancelled = replace(visit, status=AppointmentStatus.CANCELLED)
        write = CancelBooked(visit=visit, reason=reason, key=key, at=at)
        return Booking(appointment=cancelled, write=write)

    async def appointments_of(
        self, *, contact: str, patients: Collection[str] = (), at: datetime
    ) -> tuple[Appointment, ...]:
        return await self._store.appointments_of(contact=contact, patients=patients, at=at)

    async def booked_for(self, *, contact: str, since: datetime) -> tuple[PatientDetails, ...]:
        return await self._store.booked_for(contact=contact, since=since)

    async def find_patients(
        self,
        *,
        contact: str | None = None,
        phone: str | None = None,
        first_name: str | None = None,
        birth_date: date | None = None,
    ) -> tuple[KnownPatient, ...]:
        return await self._store.find_patients(
            contact=contact, phone=phone, first_name=first_name, birth_date=birth_date
        )

    async def appointments(self, *, start: datetime, end: datetime, at: datetime) -> tuple[Appointment, ...]:
        return await self._store.appointments(start=start, end=end, at=at)

    async def _openings(self, wish: Wish, days: tuple[date, date], at: datetime) -> list[Opening]:
        """All there are, the same list for whoever asks the same within the same second."""
        second = at.replace(microsecond=0)
        question = (wish.visit_type, wish.practitioner, wish.site, wish.instead_of, days, second)
        return await self._searches.ask(question, lambda: self._search(wish, days, at))

    async def _search(self, wish: Wish, days: tuple[date, date], at: datetime) -> list[Opening]:
        visit_type = self._practice.visit_type(wish.visit_type)
        if visit_type is None:
            return []
        # Buffers reach over midnight, so the neighbouring days count too.
        start, end = self._clock.day(days[0])[0] - DAY, self._clock.day(days[1])[1] + DAY
        if needs_rules(self._practice):
            there = await self._store.taken(start=start, end=end, at=at, besides=wish.instead_of)
        else:
            busy = await self._store.busy(start=start, end=end, at=at, besides=wish.instead_of)
            there = Taken(busy=busy)
        return openings(
            self._practice,
            visit_type,
            busy=[*there.busy, *await self._elsewhere(start, end, at)],
            rooms=there.rooms,
            visits=there.visits,
            at=at,
            first_day=days[0],
            last_day=days[1],
            practitioner=wish.practitioner,
            site=wish.site,
        )

    async def _elsewhere(
        self, start: datetime, end: datetime, at: datetime
    ) -> Sequence[tuple[str, datetime, datetime]]:
        """What takes time besides the diary's own rows."""
        return ()

    async def _is_as_seen(self, visit: Appointment, key: str) -> bool:
        """True when this key has changed it already. Raises VisitChanged when somebody else has."""
        found = await self._store.appointment(visit.id)
        if found is not None and found[1] == key:
            return True
        if found is None or (found[0].opening, found[0].status) != (visit.opening, visit.status):
            raise VisitChanged("the visit was moved or cancelled meanwhile; look it up again")
        return False

    async def _is_booked(self, hold: Hold, at: datetime) -> bool:
        """Whether this hold is an appointment by now: the answer to a repeated booking."""
        there = await self._store.appointments(start=hold.opening.start, end=hold.opening.end, at=at)
        return any(a.id == hold.id and a.status is AppointmentStatus.BOOKED for a in there)

"""Whom the practice expects besides those who booked here: visits that only staff entered in their system.

They are reminded like everybody else where the system says who comes: by its own patients, or, in a calendar
that keeps none, by a line of the event that says so (`event_text.who_comes`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import Expected, OutsideVisit
from bot.domain.practice import Practice
from bot.outside_ports import KnowsPatients, OutsideBook, OutsideSystem
from bot.practice_systems.calling import Caller
from bot.practice_systems.outside_visits import OutsideVisits
from nlu.contacts import find_phones

_EXPECTED = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.DONE})
_KEPT = timedelta(hours=12)  # for which we need not ask again who somebody is
_MOST = 5000


class Expecting:
    """Of one practice."""

    def __init__(
        self,
        system: OutsideSystem,
        practice: Practice,
        *,
        visits: OutsideVisits,
        caller: Caller,
        book: OutsideBook,
        now: Callable[[], datetime],
    ) -> None:
        self._system = system
        self._country = practice.country
        self._visits = visits
        self._caller = caller
        self._book = book
        self._now = now
        self._people: dict[str, tuple[datetime, PatientDetails | None]] = {}

    async def between(self, *, start: datetime, end: datetime) -> tuple[Expected, ...]:
        """Visits that stand there, that we did not book, and whose patient has a phone; by start. Raises
        Unavailable and the like."""
        there = await self._caller.read(lambda: self._system.visits(start=start, end=end))
        ours = {one.ref for one in await self._book.linked(refs=[visit.ref for visit in there])}
        found = [
            await self._expected(visit)
            for visit in there
            if visit.ref not in ours and visit.key is None and visit.status in _EXPECTED
        ]
        return tuple(one for one in found if one is not None)

    async def _expected(self, visit: OutsideVisit) -> Expected | None:
        details = visit.details or await self._patient(visit.patient)
        if details is None or not details.phone:
            return None
        phones = find_phones(details.phone, country=self._country, asked=True)
        phone = str(phones[0].value) if phones else ""
        if not phone.startswith("+"):
            return None
        mark, who = f"{self._system.name}:", visit.patient or visit.ref
        return Expected(
            appointment=self._visits.appointment(visit, mark + visit.ref, mark + who),
            details=replace(details, phone=phone),
            known_since=visit.created,
        )

    async def _patient(self, ref: str | None) -> PatientDetails | None:
        if ref is None or not isinstance(self._system, KnowsPatients):
            return None
        known = self._people.get(ref)
        if known is not None and self._now() - known[0] < _KEPT:
            return known[1]
        system = self._system
        found = await self._caller.read(lambda: system.patient(ref))
        if len(self._people) >= _MOST:
            self._people.pop(next(iter(self._people)))
        self._people[ref] = (self._now(), found.details if found is not None else None)
        return self._people[ref][1]

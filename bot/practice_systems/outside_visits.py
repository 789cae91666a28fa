"""Visits of an outside system as the desk sees them: translated, linked to our copies, which follow."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.domain.diary import Appointment, AppointmentStatus, Opening
from bot.domain.outside import Linked, OutsideVisit, Stretch
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY
from bot.errors import VisitChanged
from bot.ports import DiaryStore, OutsideBook, OutsideSystem
from bot.practice_systems.calling import Caller
from bot.practice_systems.free_time import Ids

TO_COME = (AppointmentStatus.REQUESTED, AppointmentStatus.BOOKED)


class OutsideVisits:
    """Reads visits; what our copies say is never told to anybody, only corrected."""

    def __init__(
        self,
        system: OutsideSystem,
        practice: Practice,
        ids: Ids,
        *,
        caller: Caller,
        store: DiaryStore,
        book: OutsideBook,
    ) -> None:
        self._system = system
        self._practice = practice
        self._ids = ids
        self._caller = caller
        self._store = store
        self._book = book

    async def of(self, *, contact: str, patients: Collection[str], at: datetime) -> tuple[Appointment, ...]:
        """As the system has them now, not as we remember them."""
        ours = await self._book.linked(contact=contact, patients=patients)
        ours = tuple(one for one in ours if one.appointment.opening.end > at - DAY)
        found = await asyncio.gather(*[self.follow(one, at) for one in ours])
        visits = {one.id: one for one in found if one is not None}
        known = {one.ref for one in ours}
        horizon = at + self._practice.horizon + DAY
        for patient in patients:
            ref = self._their_patient(patient)
            if ref is None:
                continue
            there = await self._caller.read(
                lambda ref=ref: self._system.visits(start=at, end=horizon, patient=ref)  # type: ignore[misc]
            )
            for visit in there:
                if visit.ref not in known and visit.status in TO_COME:
                    one = self.appointment(visit, f"{self._system.name}:{visit.ref}", patient)
                    visits.setdefault(one.id, one)
        to_come = [v for v in visits.values() if v.status in TO_COME and v.opening.start > at]
        return tuple(sorted(to_come, key=lambda v: (v.opening.start, v.opening.practitioner, v.id)))

    async def between(self, *, start: datetime, end: datetime, at: datetime) -> tuple[Appointment, ...]:
        there = await self._caller.read(lambda: self._system.visits(start=start, end=end))
        linked = {one.ref: one for one in await self._book.linked(refs=[visit.ref for visit in there])}
        held = await self._store.appointments(start=start, end=end, at=at)
        rows = [one for one in held if one.status is AppointmentStatus.HELD]
        for visit in there:
            ours = linked.get(visit.ref)
            own = ours.appointment if ours else None
            rows.append(
                self.appointment(
                    visit,
                    own.id if own else f"{self._system.name}:{visit.ref}",
                    own.patient if own else visit.patient and f"{self._system.name}:{visit.patient}",
                    visit_type=own.opening.visit_type if own else None,
                )
            )
        return tuple(sorted(rows, key=lambda a: (a.opening.start, a.opening.practitioner, a.id)))

    async def reread(self, refs: Collection[str], *, at: datetime) -> tuple[tuple[Linked, Appointment], ...]:
        """Follows these visits, such as those that a webhook names; what has changed, as `catch_up`."""
        changed = []
        for ours in await self._book.linked(refs=refs):
            now = await self.follow(ours, at)
            after = now or replace(ours.appointment, status=AppointmentStatus.CANCELLED)
            if (after.opening, after.status) != (ours.appointment.opening, ours.appointment.status):
                changed.append((ours, after))
        return tuple(changed)

    async def theirs(self, visit: str | None) -> OutsideVisit | None:
        """A visit of that id of ours as the system has it now; None for none, or where it is gone."""
        if visit is None:
            return None
        linked = await self._book.linked(appointment=visit)
        ref = linked[0].ref if linked else visit.removeprefix(f"{self._system.name}:")
        return await self._caller.read(lambda: self._system.get(ref))

    async def missing(self, *, at: datetime) -> tuple[str, ...]:
        """Refs of visits to come that the system does not show any more, whatever became of them."""
        ours = await self._book.to_come(after=at)
        if not ours:
            return ()
        last = max(one.appointment.opening.end for one in ours)
        there = await self._caller.read(lambda: self._system.visits(start=at, end=last + DAY))
        shown = {visit.ref for visit in there}
        return tuple(one.ref for one in ours if one.ref not in shown)

    async def as_seen(
        self,
        visit: Appointment,
        at: datetime,
        *,
        unless_at: Opening | None = None,
        unless_gone: bool = False,
    ) -> tuple[Linked | None, OutsideVisit]:
        """The visit in the system, with our copy. Raises VisitChanged when it is not as the patient saw it
        (or, after an earlier try of ours, as that would have left it)."""
        linked = await self._book.linked(appointment=visit.id)
        ours = linked[0] if linked else None
        ref = ours.ref if ours else visit.id.removeprefix(f"{self._system.name}:")
        theirs = await self._caller.read(lambda: self._system.get(ref))
        if theirs is None and (unless_gone or visit.status is AppointmentStatus.CANCELLED):
            return ours, self._gone(visit, ref)
        if theirs is None:
            raise VisitChanged("the visit is gone; look up what there is")
        seen = self.appointment(theirs, visit.id, visit.patient, visit_type=visit.opening.visit_type)
        is_cancelled = visit.status is AppointmentStatus.CANCELLED and not theirs.blocks
        is_same = (seen.opening, seen.status) == (visit.opening, visit.status) or is_cancelled
        is_there = unless_at is not None and seen.opening == unless_at and theirs.blocks
        if is_same or is_there or (unless_gone and not theirs.blocks):
            return ours, theirs
        if ours is not None:
            await self._book.follow(replace(ours, appointment=seen), at=at)
        raise VisitChanged("the visit was moved or cancelled meanwhile; look it up again")

    async def catch_up_on(self, opening: Opening, at: datetime) -> bool:
        """Follows our copies that are in the way; whether any of them has changed."""
        there = await self._store.appointments(start=opening.start - DAY, end=opening.end + DAY, at=at)
        changed = False
        for one in there:
            if one.opening.practitioner == opening.practitioner and one.status in TO_COME:
                for ours in await self._book.linked(appointment=one.id):
                    now = await self.follow(ours, at)
                    changed |= now is None or (now.opening, now.status) != (one.opening, one.status)
        return changed

    async def follow(self, ours: Linked, at: datetime) -> Appointment | None:
        """The visit as the system has it; our copy becomes the same. None when it is gone."""
        theirs = await self._caller.read(lambda: self._system.get(ours.ref))
        known = ours.appointment
        if theirs is None:
            gone = replace(known, status=AppointmentStatus.CANCELLED)
            await self._book.follow(replace(ours, appointment=gone), at=at)
            return None
        now = self.appointment(theirs, known.id, known.patient, visit_type=known.opening.visit_type)
        if (now.opening, now.status) != (known.opening, known.status):
            await self._book.follow(replace(ours, appointment=now), at=at)
        return now

    def stretch_of(self, opening: Opening) -> Stretch:
        return Stretch(
            practitioner=self._ids.their_practitioner(opening.practitioner),
            start=opening.start,
            end=opening.end,
        )

    def appointment(
        self, visit: OutsideVisit, id_: str, patient: str | None, *, visit_type: str | None = None
    ) -> Appointment:
        opening = Opening(
            start=visit.start,
            end=visit.end,
            practitioner=self._ids.our_practitioner(visit.practitioner),
            visit_type=visit_type or self._ids.our_visit_type(visit.visit_type) or "",
        )
        return Appointment(id=id_, opening=opening, status=visit.status, patient=patient)

    def _gone(self, visit: Appointment, ref: str) -> OutsideVisit:
        """Of what the system has deleted, as somebody knows it who has seen that."""
        at = self.stretch_of(visit.opening)
        return OutsideVisit(
            ref=ref,
            practitioner=at.practitioner,
            start=at.start,
            end=at.end,
            status=AppointmentStatus.CANCELLED,
        )

    def _their_patient(self, reference: str) -> str | None:
        mark = f"{self._system.name}:"
        return reference.removeprefix(mark) if reference.startswith(mark) else None

"""A FHIR R4 server as a practice's diary (`bot.ports.OutsideSystem`).

Servers agree on what a Slot and an Appointment look like, not on what protects them: some refuse a stale
If-Match, some write over it; some undo a transaction, some leave half of it. So a slot is taken with a
condition, which spares most patients a race; and who gets the time is settled by claims on it
(`bot.practice_systems.claims`), which no server has to help with.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import (
    Availability,
    Capabilities,
    Catalogue,
    Changes,
    Named,
    OutsideHold,
    OutsidePatient,
    OutsideVisit,
    PatientQuery,
    Stretch,
    VisitRequest,
)
from bot.domain.practice_time import DAY
from bot.errors import (
    BookingError,
    OpeningTaken,
    OutcomeUnknown,
    ProtocolDrift,
    Unsupported,
    VisitChanged,
)
from bot.practice_systems.claims import STALE_AFTER, Sleep, contest
from bot.practice_systems.fhir import reading
from bot.practice_systems.fhir.claiming import AppointmentClaim, with_key
from bot.practice_systems.fhir.patients import Patients
from bot.practice_systems.fhir.reading import BUSY, FREE, Slot, claimed_until
from bot.practice_systems.fhir.rest import Changed, FhirRest, Json, Resource
from bot.practice_systems.fhir.slots import Slots, chains, covering
from bot.practice_systems.fhir.writing import cancelled, claim, instant, moved, never_was, settled

_AGAIN = timedelta(seconds=5)  # servers commit out of order: so much of what was told is told again
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class FhirSystem:
    """See `bot.ports.OutsideSystem`. Refs are ids of Appointments, patients and practitioners those of
    theirs."""

    name = "fhir"

    def __init__(
        self,
        rest: FhirRest,
        *,
        by_slots: bool,
        moves: bool = True,
        practitioners: Sequence[str],
        kinds: Mapping[str, str],
        titles: Mapping[str, str],
        now: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`kinds`: the system's visit type -> code that a slot has to carry, where it carries any."""
        self.capabilities = Capabilities(
            availability=Availability.SLOTS if by_slots else Availability.BUSY,
            keyed_create=True,
            move=moves,
            patients=True,
            changes=True,
            tells_deletions=False,  # a search finds nothing that is not there any more
            freshness=timedelta(seconds=15),
            timeout=timedelta(seconds=20),
        )
        self._rest = rest
        self._by_slots = by_slots
        self._practitioners = tuple(practitioners)
        self._kinds, self._titles = kinds, titles
        self._now, self._sleep = now, sleep
        self._slots = Slots(rest, now=now)
        self._patients = Patients(rest)

    async def close(self) -> None: ...

    async def check(self) -> None:
        self._slots.forget()
        version = str((await self._rest.capabilities()).get("fhirVersion"))
        if not version.startswith("4."):
            raise ProtocolDrift(f"the server speaks FHIR {version[:10]}; this adapter speaks R4 (4.0)")

    async def catalogue(self) -> Catalogue:
        people = [
            reading.patient(one) for one in await self._rest.search("Practitioner", [("active", "true")])
        ]
        return Catalogue(practitioners=tuple(Named(id=one.ref, name=one.details.name) for one in people))

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        visits = [one for one in await self._time_taken(practitioner, start, end) if one.blocks]
        slots = await self._slots.of(practitioner, start, end)
        if self._by_slots:
            free = [
                one for one in slots if self._slots.is_free(one, visits) and self._is_for(one, visit_type)
            ]
            found = [(run[0].start, run[-1].end) for run in chains(free, duration)]
        else:
            found = [(one.start, one.end) for one in visits]
            found += [(s.start, s.end) for s in slots if s.status.startswith(BUSY) and s.key is None]
        return tuple(Stretch(practitioner=practitioner, start=s, end=e) for s, e in sorted(found))

    async def find_patients(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        return await self._patients.find(query)

    async def patient(self, ref: str) -> OutsidePatient | None:
        return await self._patients.get(ref)

    async def create_patient(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        return await self._patients.create(details, key=key)

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        raise Unsupported("holds are kept in the practice's own database")

    async def release(self, ref: str, *, key: str) -> None:
        raise Unsupported("holds are kept in the practice's own database")

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        there = await self._visit_with(key)
        if there is not None:
            return there

        async def settle(mine: Resource) -> Resource:
            try:
                return await self._rest.update(mine, settled(mine))
            except Changed as error:
                done = await self._unless_done(mine.ref, lambda now: now.status is AppointmentStatus.BOOKED)
                if done is None:
                    raise OpeningTaken("our claim was removed; it took too long") from error
                return done

        stretch, until = request.stretch, self._now() + STALE_AFTER
        slots = await self._take_slots(stretch, key=key, until=until, besides=None)
        content = claim(
            stretch,
            key=key,
            until=until,
            patient=request.patient,
            visit_type=request.visit_type,
            title=self._titles.get(request.visit_type, request.visit_type),
            slots=[one.resource.ref for one in slots],
        )
        booked = await self._claimed(stretch, key, content, slots, settle, besides=None)
        await self._slots.fill(slots)
        return _visit(booked)

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        there = await self._as_seen(visit)

        async def relocate(_: Resource) -> Resource:
            return await self._rewritten(there, moved(there, to, refs), lambda now: _is_at(now, to))

        old = await self._slots.of_visit(there)
        until = self._now() + STALE_AFTER
        slots = await self._take_slots(to, key=key, until=until, besides=visit.ref)
        refs = [one.resource.ref for one in slots]
        content = claim(to, key=key, until=until, patient=None, visit_type="", title="...", slots=refs)
        after = await self._claimed(to, key, content, slots, relocate, besides=visit.ref)
        await self._slots.fill(slots)
        await self._slots.give_back(one for one in old if one.resource.ref not in refs)
        return _visit(after)

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        there = await self._rest.read(f"Appointment/{visit.ref}")
        now = reading.visit(there) if there is not None else None
        if there is None or now is None:
            return replace(visit, status=AppointmentStatus.CANCELLED)
        if now.blocks and now.version != visit.version:
            raise VisitChanged("the appointment has a newer version; look it up again")
        if now.blocks or reason is not None:
            there = await self._rewritten(there, cancelled(there, reason), lambda now: not now.blocks)
        await self._slots.give_back(await self._slots_of(there))
        return _visit(there)

    async def get(self, ref: str) -> OutsideVisit | None:
        there = await self._rest.read(f"Appointment/{ref}")
        return reading.visit(there) if there is not None and claimed_until(there) is None else None

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        found = [reading.visit(one) for one in await with_key(self._rest, key) if claimed_until(one) is None]
        visits = sorted((one for one in found if one), key=lambda one: (not one.blocks, one.ref))
        return next(iter(visits), None)

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        wanted = (practitioner,) if practitioner is not None else self._practitioners
        actors = [f"Practitioner/{one}" for one in wanted] if patient is None else [f"Patient/{patient}"]
        found = [
            one
            for there in await self._appointments(actors, start, end)
            if claimed_until(there) is None and (one := reading.visit(there)) is not None
        ]
        kept = (
            one
            for one in found
            if one.start < end
            and one.end > start
            and (one.practitioner in wanted if patient is None else one.patient == patient)
        )
        return tuple(sorted(kept, key=lambda one: (one.start, one.ref)))

    async def changes(self, cursor: str | None) -> Changes:
        """The cursor is the latest moment, by the server's clock, of what was told."""
        if cursor is None:
            at = self._now()
            everything = await self.visits(start=at - DAY, end=at + timedelta(days=400))
            latest = max((one.created for one in everything if one.created), default=None)
            return Changes(visits=everything, cursor=instant(latest or _BEGINNING), everything=True)
        since = reading.moment(cursor)
        actors = ",".join(f"Practitioner/{one}" for one in self._practitioners)
        query = [("actor", actors), ("_lastUpdated", f"ge{instant(since - _AGAIN)}")]
        found = [
            one
            for there in await self._rest.search("Appointment", query)
            if claimed_until(there) is None
            and (one := reading.visit(there)) is not None
            and (one.created is None or one.created >= since - _AGAIN)
        ]
        latest = max((one.created for one in found if one.created), default=since)
        return Changes(visits=tuple(found), cursor=instant(max(latest, since)))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
        raise Unsupported("the server is asked what is new; it does not call us")

    async def _claimed(
        self,
        stretch: Stretch,
        key: str,
        content: Json,
        slots: Sequence[Slot],
        becoming: Callable[[Resource], Awaitable[Resource]],
        *,
        besides: str | None,
    ) -> Resource:
        """What becomes of the claim. Its slots are given back unless it is a visit, or nobody knows."""
        claim = AppointmentClaim(
            self._rest,
            stretch,
            key=key,
            becoming=becoming,
            appointments=self._overlapping,
            besides=besides,
            now=self._now,
        )
        try:
            await claim.write(content)
            result = await contest(claim, sleep=self._sleep)
        except BookingError as error:
            if error.outcome != "unknown":
                await self._slots.give_back(slots)
            raise
        if besides is not None:
            with suppress(BookingError):  # what is left of it is stale soon
                await claim.withdraw()
        return result

    async def _take_slots(
        self, stretch: Stretch, *, key: str, until: datetime, besides: str | None
    ) -> tuple[Slot, ...]:
        """The slots that cover the time, marked as ours. Raises OpeningTaken."""
        slots = await self._slots.of(stretch.practitioner, stretch.start, stretch.start + DAY)
        if not self._by_slots:
            # The time is not the server's to offer; slots that lie in it are marked for whoever goes by them.
            within = [one for one in slots if one.end <= stretch.end and one.status == FREE]
            return await self._slots.take(within, key=key, until=until)
        visits = await self._time_taken(stretch.practitioner, stretch.start, stretch.end, claims=False)
        others = [one for one in visits if one.ref != besides]
        free = [one for one in slots if self._slots.is_free(one, others, key=key)]
        run = covering(free, stretch.start, stretch.end)
        if not run:
            raise OpeningTaken("the server has no free slot there any more")
        return await self._slots.take(run, key=key, until=until)

    async def _slots_of(self, there: Resource) -> tuple[Slot, ...]:
        try:
            return await self._slots.of_visit(there)
        except BookingError:  # they are free by themselves once no visit overlaps them
            return ()

    async def _time_taken(
        self, practitioner: str, start: datetime, end: datetime, *, claims: bool = True
    ) -> list[OutsideVisit]:
        """Visits, and claims that are alive."""
        found: list[OutsideVisit] = []
        for there in await self._appointments([f"Practitioner/{practitioner}"], start, end):
            until, one = claimed_until(there), reading.visit(there)
            if until is not None and until < self._now():
                with suppress(BookingError, Changed):  # whose owner has died
                    await self._rest.update(there, never_was(there))
                continue
            is_live = until is None or claims
            if one is not None and is_live and one.practitioner == practitioner:
                found.append(one)
        return found

    async def _overlapping(self, stretch: Stretch) -> Sequence[Resource]:
        return await self._appointments([f"Practitioner/{stretch.practitioner}"], stretch.start, stretch.end)

    async def _appointments(
        self, actors: Sequence[str], start: datetime, end: datetime
    ) -> tuple[Resource, ...]:
        """A day more before: `date` is when a visit begins, and an earlier one may still go on."""
        query = [
            ("actor", ",".join(actors)),
            ("date", f"ge{instant(start - DAY)}"),
            ("date", f"lt{instant(end)}"),
        ]
        return await self._rest.search("Appointment", query)

    async def _visit_with(self, key: str) -> OutsideVisit | None:
        return await self.by_key(key, near=(self._now(), self._now()))

    async def _as_seen(self, visit: OutsideVisit) -> Resource:
        there = await self._rest.read(f"Appointment/{visit.ref}")
        now = reading.visit(there) if there is not None else None
        if there is None or now is None or not now.blocks or now.version != visit.version:
            raise VisitChanged("the appointment has a newer version, or is gone; look it up again")
        return there

    async def _rewritten(
        self, there: Resource, content: Json, is_done: Callable[[OutsideVisit], bool]
    ) -> Resource:
        try:
            return await self._rest.update(there, content)
        except Changed as error:
            done = await self._unless_done(there.ref, is_done)
            if done is None:
                raise VisitChanged("the appointment has a newer version; look it up again") from error
            return done

    async def _unless_done(self, ref: str, is_done: Callable[[OutsideVisit], bool]) -> Resource | None:
        """A connection that breaks may make the same request twice: then the second is refused, and the
        first has done what we wanted. The resource if so."""
        there = await self._rest.read(ref)
        now = reading.visit(there) if there is not None and claimed_until(there) is None else None
        return there if now is not None and is_done(now) else None

    def _is_for(self, slot: Slot, visit_type: str) -> bool:
        code = self._kinds.get(visit_type)
        return code is None or not slot.kinds or code in slot.kinds


def _visit(resource: Resource) -> OutsideVisit:
    found = reading.visit(resource)
    if found is None:
        raise OutcomeUnknown("an appointment was written, and the server shows it without a time")
    return found


def _is_at(visit: OutsideVisit, stretch: Stretch) -> bool:
    return (visit.practitioner, visit.start, visit.end) == (stretch.practitioner, stretch.start, stretch.end)

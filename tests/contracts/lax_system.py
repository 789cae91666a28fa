"""A practice system that is kind to nobody: it accepts overlaps, forgets keys, answers late or not at all.

In memory, in three shapes of availability. What goes wrong is asked for: `loses` drops the answer of a call
that was carried out, `fails` refuses it before.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.openings import openings
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
    Site,
    Stretch,
    VisitRequest,
)
from bot.domain.practice_time import DAY, PracticeTime
from bot.errors import OutcomeUnknown, Unavailable, Unsupported, VisitChanged
from tests.studio import NOW, STUDIO

Trouble = Callable[[str], None]


class LaxSystem:
    """An OutsideSystem. `trouble_before` and `trouble_after` are called with the operation's name around
    every call, and may raise."""

    name = "lax"

    def __init__(
        self, shape: Availability, *, now: Callable[[], datetime], keyed: bool = False, move: bool = True
    ) -> None:
        self.capabilities = Capabilities(
            availability=shape,
            keyed_create=keyed,
            move=move,
            patients=True,
            changes=True,
            max_window=timedelta(days=7),
            freshness=timedelta(0),
        )
        self._now = now
        self._numbers = count(1)
        self.stored: dict[str, OutsideVisit] = {}
        self.people: dict[str, OutsidePatient] = {}
        self.changed: list[str] = []
        self.calls = 0
        self.booking_takes = 0.0  # seconds, in which others look and find the time free
        self.trouble_before: Trouble = lambda operation: None
        self.trouble_after: Trouble = lambda operation: None

    # The truth, for tests and for staff

    def staff_enters(self, start: datetime, end: datetime, practitioner: str = "rossi") -> OutsideVisit:
        return self._store(
            OutsideVisit(
                ref=f"v{next(self._numbers)}",
                practitioner=practitioner,
                start=start,
                end=end,
                status=AppointmentStatus.BOOKED,
                created=self._now(),
                version="1",
            )
        )

    def staff_changes(self, ref: str, **changes: object) -> None:
        visit = self.stored[ref]
        self._store(replace(visit, version=_next(visit), **changes))  # type: ignore[arg-type]

    def active(self) -> list[OutsideVisit]:
        return sorted((v for v in self.stored.values() if v.blocks), key=lambda v: (v.start, v.ref))

    # The port

    async def close(self) -> None: ...

    async def check(self) -> None:
        await self._call("check")

    async def catalogue(self) -> Catalogue:
        await self._call("catalogue")
        return Catalogue(
            sites=(Site(id="main", name=STUDIO.name, time_zone=STUDIO.time_zone),),
            practitioners=tuple(Named(id=p.id, name=p.name) for p in STUDIO.practitioners),
            visit_types=tuple(Named(id=v.id, name=v.id, duration=v.duration) for v in STUDIO.visit_types),
        )

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        assert end - start <= timedelta(days=7)
        await self._call("availability")
        busy = [
            (v.practitioner, v.start, v.end)
            for v in self.active()
            if v.practitioner == practitioner and v.start < end and v.end > start
        ]
        match self.capabilities.availability:
            case Availability.BUSY:
                found = [Stretch(practitioner=who, start=s, end=e) for who, s, e in busy]
            case Availability.SLOTS:
                kind = STUDIO.visit_type(visit_type)
                assert kind is not None
                found = [
                    Stretch(practitioner=o.practitioner, start=o.start, end=o.end, token=f"slot {o.ref}")
                    for o in openings(
                        STUDIO,
                        replace(kind, lead=timedelta(0)),
                        busy=busy,
                        at=NOW - 2 * DAY,
                        first_day=start.date(),
                        last_day=end.date(),
                        practitioner=practitioner,
                    )
                ]
            case Availability.FREE:
                found = list(self._blocks(practitioner, busy, start, end, duration))
        return tuple(s for s in found if s.start < end and s.end > start)

    def _blocks(
        self,
        practitioner: str,
        busy: list[tuple[str, datetime, datetime]],
        start: datetime,
        end: datetime,
        duration: timedelta,
    ) -> list[Stretch]:
        clock = PracticeTime(STUDIO.time_zone)
        person = STUDIO.practitioner(practitioner)
        assert person is not None
        blocks = []
        day = clock.today(start)
        while day <= clock.today(end):
            for shift in person.shifts:
                if shift.weekday == day.weekday():
                    begin = clock.instant(datetime.combine(day, shift.start))
                    until = clock.instant(datetime.combine(day, shift.end))
                    for _, s, e in busy:
                        if s < until and e > begin:
                            blocks.append((begin, min(s, until)))
                            begin = max(begin, e)
                    blocks.append((begin, until))
            day += DAY
        return [Stretch(practitioner=practitioner, start=s, end=e) for s, e in blocks if e - s >= duration]

    async def find_patients(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        await self._call("find_patients")
        asked = [("phone", query.phone), ("name", query.name), ("birth_date", query.birth_date)]
        return tuple(
            person
            for person in self.people.values()
            if all(value is None or getattr(person.details, name) == value for name, value in asked)
        )

    async def create_patient(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        await self._before("create_patient")
        person = OutsidePatient(ref=f"p{next(self._numbers)}", details=details)
        self.people[person.ref] = person
        self._after("create_patient")
        return person

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        raise Unsupported("no holds here")

    async def release(self, ref: str, *, key: str) -> None: ...

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        await self._before("create")
        known = next((v for v in self.stored.values() if v.key == key), None)
        if known is None or not self.capabilities.keyed_create:
            known = self._store(
                OutsideVisit(
                    ref=f"v{next(self._numbers)}",
                    practitioner=request.stretch.practitioner,
                    start=request.stretch.start,
                    end=request.stretch.end,
                    status=AppointmentStatus.BOOKED,
                    key=key,
                    visit_type=request.visit_type,
                    patient=request.patient,
                    created=self._now(),
                    version="1",
                )
            )
        self._after("create")
        return known

    async def move(self, visit: OutsideVisit, to: Stretch, *, key: str) -> OutsideVisit:
        await self._before("move")
        now = self._current(visit)
        moved = self._store(
            replace(now, practitioner=to.practitioner, start=to.start, end=to.end, version=_next(now))
        )
        self._after("move")
        return moved

    async def cancel(self, visit: OutsideVisit, reason: str | None, *, key: str) -> OutsideVisit:
        await self._before("cancel")
        now = self.stored[visit.ref]
        if now.blocks:
            now = self._store(replace(self._current(visit), status=AppointmentStatus.CANCELLED))
        self._after("cancel")
        return now

    async def get(self, ref: str) -> OutsideVisit | None:
        await self._call("get")
        return self.stored.get(ref)

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        await self._call("by_key")
        return next((v for v in self.stored.values() if v.key == key), None)

    async def visits(
        self, *, start: datetime, end: datetime, practitioner: str | None = None, patient: str | None = None
    ) -> tuple[OutsideVisit, ...]:
        await self._call("visits")
        found = [
            v
            for v in self.stored.values()
            if v.start < end
            and v.end > start
            and practitioner in (None, v.practitioner)
            and patient in (None, v.patient)
        ]
        return tuple(sorted(found, key=lambda v: (v.start, v.ref)))

    async def changes(self, cursor: str | None) -> Changes:
        await self._call("changes")
        refs = dict.fromkeys(self.changed[int(cursor or 0) :])
        return Changes(visits=tuple(self.stored[ref] for ref in refs), cursor=str(len(self.changed)))

    def read_webhook(self, headers: object, body: bytes) -> tuple[str, ...]:
        raise Unsupported("no webhooks here")

    def _current(self, visit: OutsideVisit) -> OutsideVisit:
        now = self.stored[visit.ref]
        if now.version != visit.version:
            raise VisitChanged("there is a newer version")
        return now

    def _store(self, visit: OutsideVisit) -> OutsideVisit:
        self.stored[visit.ref] = visit
        self.changed.append(visit.ref)
        return visit

    async def _call(self, operation: str) -> None:
        await self._before(operation)
        self._after(operation)

    async def _before(self, operation: str) -> None:
        self.calls += 1
        await asyncio.sleep(0)  # others come between
        self.trouble_before(operation)
        await asyncio.sleep(self.booking_takes if operation == "create" else 0)

    def _after(self, operation: str) -> None:
        self.trouble_after(operation)


def _next(visit: OutsideVisit) -> str:
    return str(int(visit.version or "0") + 1)


WRITES = frozenset({"create_patient", "create", "move", "cancel"})


def unavailable(operation: str) -> None:
    """Refuses before anything is done."""
    raise Unavailable("it is down")


def loses(operation: str) -> None:
    """Loses the answer of what was done."""
    raise OutcomeUnknown("no answer") if operation in WRITES else Unavailable("no answer")

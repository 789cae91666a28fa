"""Whom rules are about: from our own diary's rows, which follow a diary that is kept elsewhere.

Before anything is sent the practice system itself is asked whether the visit still is as it was planned.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, select

from bot.domain.diary import Appointment, PatientDetails
from bot.domain.outreach import (
    HAPPENED,
    LOOKS_AHEAD,
    STANDS,
    Rule,
    Subject,
    VisitEntry,
    Who,
    birthday_in,
    version_of,
)
from bot.domain.outreach_moments import horizon, of_visits
from bot.domain.outside import Expected
from bot.domain.people import name_words
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY, PracticeTime
from bot.ports import PracticeSystem
from bot.service.outreach.ports import Due
from bot.storage.diary.expected_visits import SqlExpected
from bot.storage.diary.patients import SqlPatients
from bot.storage.diary.rows import appointment_of
from bot.storage.diary.tables import APPOINTMENT, PATIENT
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared
from bot.storage.outreach.tables import FACT
from bot.storage.sealing.seal import Forgotten
from bot.storage.tables import from_stamp

_A, _P = APPOINTMENT.c, PATIENT.c
_VISITS = Prepared(
    select(APPOINTMENT)
    .where(_A.practice == bindparam("practice"))
    .where(_A.starts_at >= bindparam("start"), _A.starts_at < bindparam("end"))
    .where(_A.patient_id.is_not(None))
    .order_by(_A.starts_at, _A.id)
)


class Expects(Protocol):
    """A diary that is kept elsewhere: `bot.practice_systems.outside_diary`."""

    async def expected(self, *, start: datetime, end: datetime) -> tuple[Expected, ...]:
        """Raises Unavailable and the like."""
        ...


class SqlSubjects:
    """Subjects (`bot.service.outreach.ports`) of one practice."""

    def __init__(
        self,
        database: Database,
        practice: Practice,
        *,
        patients: SqlPatients,
        system: PracticeSystem,
        expected: SqlExpected,
        outside: Expects | None = None,
    ) -> None:
        self._database = database
        self._practice = practice
        self._patients = patients
        self.system = system
        self.outside = outside
        self._expected = expected
        self._time = PracticeTime(practice.time_zone)
        self._people: dict[str, str] = {}  # patient -> person

    async def of(self, rule: Rule, *, at: datetime) -> Sequence[Subject]:
        match rule.who:
            case Who.UPCOMING_VISIT | Who.PAST_VISIT:
                start, end = self.window(rule, at)
                entries = await self._database.read(lambda c: self._entries(c, rule, start, end))
                if self.outside is not None:
                    entries += await self._database.read(lambda c: self._expected_by(c, rule, start, end))
                return of_visits(rule, entries, self._practice)
            case Who.RECALL | Who.LOST:
                return await self._database.read(lambda c: self._without_a_visit(c, rule, at))
            case Who.BIRTHDAY:
                return await self._database.read(lambda c: self._birthdays(c, at))
            case Who.BALANCE | Who.TOPIC:
                kind = "balance" if rule.who is Who.BALANCE else f"topic:{rule.topic}"
                return await self._database.read(lambda c: self._noted(c, kind))

    def window(self, rule: Rule, at: datetime) -> tuple[datetime, datetime]:
        """The anchors of everything that `of` returns lie within."""
        back, ahead = horizon([rule])
        if rule.who is Who.BIRTHDAY:
            return at - DAY - DAY, at + 3 * DAY
        if rule.who in (Who.BALANCE, Who.TOPIC):
            return from_stamp(0), at + DAY
        return (at, at + ahead) if rule.who in LOOKS_AHEAD else (at - back, at)

    # -- visits -------------------------------------------------------------------------------------------

    def _entries(
        self, connection: Connection, rule: Rule, start: datetime, end: datetime
    ) -> list[VisitEntry]:
        right = STANDS if rule.who in LOOKS_AHEAD else HAPPENED
        found = []
        for row in _VISITS.all(
            connection,
            practice=self._practice.id,
            start=int(start.timestamp()),
            end=int(end.timestamp()),
        ):
            entry = self._entry(connection, row) if row.status in right else None
            if entry is not None and (rule.who in LOOKS_AHEAD or entry.visit.opening.end <= end):
                found.append(entry)
        return found

    async def refresh(self, rules: Collection[Rule], *, at: datetime) -> None:
        """Notes visits that only staff entered, in a diary that is kept elsewhere. Raises BookingError."""
        if self.outside is None:
            return
        back, ahead = horizon([rule for rule in rules if rule.who in (Who.UPCOMING_VISIT, Who.PAST_VISIT)])
        window = (at - back, at + ahead)
        found = await self.outside.expected(start=window[0], end=window[1])
        await self._expected.keep(found, window=window, at=at)

    def _expected_by(
        self, connection: Connection, rule: Rule, start: datetime, end: datetime
    ) -> list[VisitEntry]:
        ahead = rule.who in LOOKS_AHEAD
        right = STANDS if ahead else HAPPENED
        return [
            entry
            for entry in self._expected.entries(connection, start, end)
            if entry.visit.status in right
            and (entry.visit.opening.start >= start if ahead else entry.visit.opening.end <= end)
        ]

    def _entry(self, connection: Connection, row: Any) -> VisitEntry | None:
        person = self._person(connection, row.patient_id)
        if person is None:
            return None
        return VisitEntry(
            visit=appointment_of(row),
            person=person,
            known_since=from_stamp(row.updated_at * 1_000_000),
            contact=row.contact,
        )

    def _person(self, connection: Connection, patient: str) -> str | None:
        """The same for every row of one person: same phone or contact, same name. Tells nobody anything."""
        known = self._people.get(patient)
        if known is not None:
            return known
        with suppress(Forgotten):
            details = self._patients.details(connection, patient)
            if details is None:
                return None
            row = connection.execute(select(_P.contact, _P.phone_handle).where(_P.id == patient)).first()
            place = (row.phone_handle or row.contact or patient) if row else patient
            self._people[patient] = version_of(place, *sorted(name_words(details.name)))
            return self._people[patient]
        return None

    def _without_a_visit(self, connection: Connection, rule: Rule, at: datetime) -> list[Subject]:
        """Whose last visit is long ago, and who has no other booked. Staff enter a patient anew with each
        visit: it is people that count, not their rows."""
        start, _ = self.window(rule, at)
        newest = int(self._time.earliest(rule.when.offset.before(self._time.wall(at + 2 * DAY))).timestamp())
        rows = connection.execute(
            select(_A.patient_id, func.max(_A.ends_at).label("last"))
            .where(_A.practice == self._practice.id, _A.patient_id.is_not(None))
            .where(_A.status.in_(("booked", "arrived", "done", "requested")))
            .where(_A.starts_at >= int(start.timestamp()))
            .group_by(_A.patient_id)
        ).all()
        last: dict[str, tuple[int, str]] = {}
        for row in rows:
            person = self._person(connection, row.patient_id)
            if person is not None:
                last[person] = max(last.get(person, (0, "")), (row.last, row.patient_id))
        long_ago = sorted(
            (ends, person, patient) for person, (ends, patient) in last.items() if ends <= newest
        )
        found = (self._last_visit(connection, rule, *one) for one in long_ago)
        return [subject for subject in found if subject is not None]

    def _last_visit(
        self, connection: Connection, rule: Rule, ends: int, person: str, patient: str
    ) -> Subject | None:
        row = connection.execute(
            select(APPOINTMENT)
            .where(_A.practice == self._practice.id, _A.ends_at == ends, _A.patient_id == patient)
            .limit(1)
        ).first()
        if row is None or not rule.is_about(row.visit_type):
            return None
        visit: Appointment = appointment_of(row)
        return Subject(
            id=person,
            version=version_of(ends),
            anchor=visit.opening.end,
            known_since=visit.opening.end,
            contact=row.contact,
            patient=patient,
            visits=(visit,),
        )

    # -- days and facts -----------------------------------------------------------------------------------

    def _birthdays(self, connection: Connection, at: datetime) -> list[Subject]:
        """Of yesterday to the day after tomorrow, each person once a year."""
        today = self._time.today(at)
        days = [today + timedelta(days=n) for n in range(-1, 3)]
        found: dict[str, Subject] = {}
        for row in connection.execute(select(_P.id, _P.contact).where(_P.practice == self._practice.id)):
            with suppress(Forgotten):
                details = self._patients.details(connection, row.id)
                day = next((d for d in days if details and _is_birthday(details, d)), None)
                person = self._person(connection, row.id)
                if day is not None and person is not None:
                    found.setdefault(person, self._on(day, row, person))
        return list(found.values())

    def _on(self, day: date, row: Any, person: str) -> Subject:
        midnight = self._time.earliest(datetime.combine(day, time()))
        return Subject(
            id=person,
            version=f"{day.year}",
            anchor=midnight,
            known_since=midnight,
            contact=row.contact,
            patient=row.id,
        )

    def _noted(self, connection: Connection, kind: str) -> list[Subject]:
        rows = connection.execute(
            select(FACT.c.patient, FACT.c.since, _P.id.label("on_file"), _P.contact)
            .outerjoin(PATIENT, (_P.id == FACT.c.patient) & (_P.practice == FACT.c.practice))
            .where(FACT.c.practice == self._practice.id, FACT.c.kind == kind)
        ).all()
        return [
            Subject(
                id=row.patient,
                version=version_of(row.since),
                anchor=from_stamp(row.since),
                known_since=from_stamp(row.since),
                contact=row.contact if row.on_file else row.patient,
                patient=row.on_file,
            )
            for row in rows
        ]

    # -- asked again --------------------------------------------------------------------------------------

    async def standing(
        self, due: Sequence[Due], *, rules: Mapping[str, Rule], at: datetime
    ) -> frozenset[str]:
        """The days that they are on are read once each."""
        starts = {start for one in due for start in one.visits.values()}
        days = {self._time.today(start) for start in starts}
        now: dict[str, Appointment] = {}
        for day in sorted(days):
            begin, end = self._time.day(day)
            for visit in await self.system.appointments(start=begin, end=end, at=at):
                now[visit.id] = visit
        return frozenset(one.id for one in due if self._is_as_planned(one, rules[one.rule], now))

    def _is_as_planned(self, due: Due, rule: Rule, now: Mapping[str, Appointment]) -> bool:
        right = STANDS if rule.who in LOOKS_AHEAD else HAPPENED
        return all(
            (visit := now.get(id)) is not None and visit.opening.start == start and visit.status in right
            for id, start in due.visits.items()
        )


def _is_birthday(details: PatientDetails, day: date) -> bool:
    return details.birth_date is not None and birthday_in(details.birth_date, day.year) == day

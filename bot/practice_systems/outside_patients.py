"""Who comes, where the system keeps patients itself: found there, or entered there once."""

from collections.abc import Sequence
from datetime import date

from bot.domain.diary import KnownPatient, PatientDetails
from bot.domain.outside import OutsidePatient, PatientQuery
from bot.domain.people import fits, same_person
from bot.errors import OutcomeUnknown, PatientAmbiguous, Unavailable
from bot.ports import DiaryStore, OutsideSystem
from bot.practice_systems.calling import Caller


class OutsidePatients:
    """The system is asked for a phone number or a date of birth; who of those it is, is decided here, as
    systems differ in what they think a name is."""

    def __init__(self, system: OutsideSystem, *, caller: Caller, store: DiaryStore) -> None:
        self._system = system
        self._caller = caller
        self._store = store

    async def of_phone(
        self, phone: str, *, first_name: str | None, birth_date: date | None
    ) -> tuple[OutsidePatient, ...]:
        found = await self._find(PatientQuery(phone=phone))
        return tuple(one for one in found if fits([one.details], first_name, birth_date))

    async def together(
        self, ours: Sequence[KnownPatient], theirs: Sequence[OutsidePatient]
    ) -> tuple[KnownPatient, ...]:
        """Each person once: whoever is on both files has both references."""
        left = list(theirs)
        people = []
        for person in ours:
            known = [await self._store.details(reference) for reference in person.references]
            same = [one for one in left if any(who and same_person(who, one.details) for who in known)]
            left = [one for one in left if one not in same]
            people.append(KnownPatient(references=(*person.references, *map(self._reference, same))))
        return (*people, *(KnownPatient(references=(self._reference(one),)) for one in left))

    async def ref_of(self, patient: PatientDetails, *, key: str) -> str | None:
        """The system's reference, of somebody entered anew when nobody is on file; None where
        it keeps nobody.

        Raises PatientAmbiguous, PatientInvalid; whatever it raises, no visit has been written.
        """
        if not self._system.capabilities.patients:
            return None
        found = await self._same(patient)
        if entered := _entered_twice(found, patient):
            return entered.ref
        if len(found) > 1:
            raise PatientAmbiguous("several people on file fit; a person has to say which one it is")
        if found:
            return found[0].ref
        try:
            created = await self._caller.write(
                lambda: self._system.create_patient(patient, key=f"{key}:patient")
            )
        except OutcomeUnknown as lost:
            again = await self._same(patient)
            if len(again) != 1:
                # This can be tried again: whoever is on file then is found.
                raise Unavailable("no answer whether the patient was entered; nothing was booked") from lost
            return again[0].ref
        return created.ref

    async def _same(self, patient: PatientDetails) -> list[OutsidePatient]:
        if patient.phone is not None:
            query = PatientQuery(phone=patient.phone)
        else:
            query = PatientQuery(name=patient.name, birth_date=patient.birth_date)
        return [one for one in await self._find(query) if same_person(one.details, patient)]

    async def _find(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        return await self._caller.read(lambda: self._system.find_patients(query))

    def _reference(self, patient: OutsidePatient) -> str:
        return f"{self._system.name}:{patient.ref}"


def _entered_twice(found: Sequence[OutsidePatient], patient: PatientDetails) -> OutsidePatient | None:
    """Of entries with one name, one phone and one date of birth the first: two desks have entered one person
    at once. Where a date is missing, it may be a father and his son."""
    births = {one.details.birth_date for one in found}
    if patient.birth_date is None or births != {patient.birth_date}:
        return None
    return min(found, key=lambda one: (len(one.ref), one.ref))

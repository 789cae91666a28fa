"""Who is on the server's file. Numbers are compared by their digits, however they were typed."""

import re

from bot.domain.diary import PatientDetails
from bot.domain.outside import OutsidePatient, PatientQuery
from bot.errors import OutcomeUnknown, PatientInvalid
from bot.practice_systems.fhir.reading import KEY, patient, phones
from bot.practice_systems.fhir.rest import Changed, FhirRest, Invalid, Resource
from bot.practice_systems.fhir.writing import new_patient

_DIGITS = 9  # of the end of a number: without country, trunk zero and whatever stands in front


class Patients:
    def __init__(self, rest: FhirRest) -> None:
        self._rest = rest

    async def find(self, query: PatientQuery) -> tuple[OutsidePatient, ...]:
        """Asked for in more than one way, as servers find numbers only as they were typed; sifted here."""
        asked: list[list[tuple[str, str]]] = []
        if query.phone:
            asked.append([("phone", query.phone)])
        if query.birth_date:
            asked.append([("birthdate", query.birth_date.isoformat())])
        elif query.name:
            asked.append([("name", query.name.split()[-1])])
        there: dict[str, Resource] = {}
        for params in asked:
            there |= {one.id: one for one in await self._rest.search("Patient", params)}
        return tuple(
            patient(one)
            for one in sorted(there.values(), key=lambda one: one.id)
            if one.content.get("active") is not False and _fits(one, query)
        )

    async def get(self, ref: str) -> OutsidePatient | None:
        """Nobody, too, for who is on file no more, or has died."""
        there = await self._rest.read(f"Patient/{ref}")
        if there is None or there.content.get("active") is False:
            return None
        is_dead = there.content.get("deceasedBoolean") is True or "deceasedDateTime" in there.content
        return None if is_dead else patient(there)

    async def create(self, details: PatientDetails, *, key: str) -> OutsidePatient:
        try:
            created = await self._rest.create(new_patient(details, key=key), unless=(KEY, key))
        except Changed as error:
            raise OutcomeUnknown("the server has this new patient more than once; look there") from error
        except Invalid as error:
            raise PatientInvalid("the server does not take these details", ("patient",)) from error
        return patient(created)


def _fits(resource: Resource, query: PatientQuery) -> bool:
    known = patient(resource).details
    if query.birth_date is not None and known.birth_date != query.birth_date:
        return False
    if query.name is not None and not _is_called(known.name, query.name):
        return False
    return query.phone is None or _digits(query.phone) in map(_digits, phones(resource.content))


def _is_called(name: str, asked: str) -> bool:
    """Every word that was asked for is one of the name's, in any order and spelling of capitals."""
    return set(asked.casefold().split()) <= set(name.casefold().split())


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-_DIGITS:]

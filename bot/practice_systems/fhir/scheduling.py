"""Servers with the operations of IHE's Scheduling profile (ITI Scheduling 1.0): $find, $hold, $book.

The server says what is free, and keeps it while a patient thinks and while we book. What it keeps of a
booking is not certain, so our key travels twice, as an identifier and in the comment, and is written into the
visit again where both were lost. Visits are not moved by an operation: the house books the new time, then
cancels the old.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.outside import OutsideHold, OutsideVisit, Stretch, VisitRequest
from bot.errors import OpeningTaken, OutcomeUnknown, ProtocolDrift
from bot.practice_systems.fhir import reading
from bot.practice_systems.fhir.reading import KEY
from bot.practice_systems.fhir.rest import Changed, Json, Resource
from bot.practice_systems.fhir.system import FhirSystem
from bot.practice_systems.fhir.writing import booked_as, cancelled, instant
from bot.practice_systems.outside_http import Answer

NEEDED = {"find", "hold", "book"}


class SchedulingSystem(FhirSystem):
    """A FhirSystem whose times are found and booked by operations."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.capabilities = replace(self.capabilities, hold=True)

    async def check(self) -> None:
        await super().check()
        told = await self._rest.capabilities()
        offered = {
            str(operation.get("name"))
            for rest in told.get("rest") or ()
            for resource in rest.get("resource") or ()
            if resource.get("type") == "Appointment"
            for operation in resource.get("operation") or ()
        }
        if not offered >= NEEDED:
            missing = ", ".join(f"${name}" for name in sorted(NEEDED - offered))
            raise ProtocolDrift(
                f"the server does not offer {missing}; write openings: slots in practice_system.options"
            )

    async def availability(
        self, *, practitioner: str, visit_type: str, duration: timedelta, start: datetime, end: datetime
    ) -> tuple[Stretch, ...]:
        visits = [one for one in await self._time_taken(practitioner, start, end) if one.blocks]
        found = {
            (one.start, one.end)
            for one in map(reading.visit, await self._proposed(practitioner, start, end))
            if one is not None and one.end - one.start >= duration
        }
        return tuple(
            Stretch(practitioner=practitioner, start=begin, end=until)
            for begin, until in sorted(found)
            if not any(one.start < until and one.end > begin for one in visits)
        )

    async def hold(self, stretch: Stretch, *, until: datetime, key: str) -> OutsideHold:
        """How long the server keeps it, the profile leaves open: as long as we ask for, if we are to believe
        it, and `create` notices."""
        held = await self._keep(stretch)
        return OutsideHold(ref=held.ref, until=until)

    async def release(self, ref: str, *, key: str) -> None:
        """The profile has no operation for that: what is there to be read and still pending is cancelled."""
        there = await self._rest.read(ref)
        if there is not None and there.content.get("status") == "pending":
            with suppress(Changed):
                await self._rest.update(there, cancelled(there, None))

    async def create(self, request: VisitRequest, *, key: str, hold: str | None = None) -> OutsideVisit:
        stretch = request.stretch
        there = await self.by_key(key, near=(stretch.start, stretch.end))
        if there is not None:
            return there
        if hold is not None:
            with suppress(OpeningTaken):  # it has run out; perhaps the time is still there
                return await self._book(_held(hold, stretch), request, key)
        return await self._book(await self._keep(stretch), request, key)

    async def _keep(self, stretch: Stretch) -> Resource:
        proposed = [
            resource
            for resource in await self._proposed(stretch.practitioner, stretch.start, stretch.end)
            if (one := reading.visit(resource)) is not None
            and (one.start, one.end) == (stretch.start, stretch.end)
        ]
        if not proposed:
            raise OpeningTaken("the server does not offer this time any more")
        reference = {"name": "appointment-reference", "valueReference": {"reference": proposed[0].ref}}
        return _appointment(await self._rest.operate("Appointment/$hold", _parameters(reference)))

    async def _book(self, held: Resource, request: VisitRequest, key: str) -> OutsideVisit:
        wanted = booked_as(held, key=key, patient=request.patient, visit_type=request.visit_type)
        booking: list[Json] = [
            {"name": "appointment-reference", "valueReference": {"reference": held.ref}},
            {"name": "appointment-resource", "resource": wanted},
            {"name": "comment", "valueString": wanted["comment"]},
        ]
        booked = _appointment(await self._rest.operate("Appointment/$book", _parameters(*booking)))
        return await self._marked(booked, key)

    async def by_key(self, key: str, *, near: tuple[datetime, datetime]) -> OutsideVisit | None:
        found = await super().by_key(key, near=near)
        if found is not None:
            return found
        actors = [f"Practitioner/{one}" for one in self._practitioners]
        for there in await self._appointments(actors, near[0], near[1]):
            is_booked = there.content.get("status") in ("booked", "arrived")
            if is_booked and key_in_comment(there) == key:
                return await self._marked(there, key)
        return None

    async def _proposed(self, practitioner: str, start: datetime, end: datetime) -> list[Resource]:
        question: list[Json] = [
            {"name": "start", "valueDateTime": instant(start)},
            {"name": "end", "valueDateTime": instant(end)},
            {"name": "practitioner", "valueReference": {"reference": f"Practitioner/{practitioner}"}},
        ]
        answer = await self._rest.ask("Appointment/$find", _parameters(*question))
        return [one for one in _appointments(answer) if one.content.get("status") == "proposed"]

    async def _marked(self, booked: Resource, key: str) -> OutsideVisit:
        """With our key in it, whatever the server kept of what we sent."""
        if booked.identifier(KEY) != key:
            try:
                booked = await self._rest.update(booked, booked_as(booked, key=key))
            except Changed as error:
                raise OutcomeUnknown("it is booked, and could not be marked as ours; look there") from error
        found = reading.visit(booked)
        if found is None:
            raise OutcomeUnknown("it is booked, and the server shows it without a time; look there")
        return found


def _held(ref: str, stretch: Stretch) -> Resource:
    """What the server keeps for us, as far as a booking has to say it again."""
    return Resource(
        {
            "resourceType": "Appointment",
            "id": ref.rsplit("/", 1)[-1],
            "status": "pending",
            "start": instant(stretch.start),
            "end": instant(stretch.end),
            "participant": [
                {"actor": {"reference": f"Practitioner/{stretch.practitioner}"}, "status": "accepted"}
            ],
        }
    )


def key_in_comment(resource: Resource) -> str | None:
    """As `booked_as` writes it there."""
    comment = str(resource.content.get("comment") or "")
    _, mark, key = comment.rpartition("[chairside:")
    return key.split("]")[0] if mark else None


def _parameters(*parameters: Json) -> Json:
    return {"resourceType": "Parameters", "parameter": list(parameters)}


def _appointment(answer: Answer) -> Resource:
    """What an operation made. A refusal, with whatever status, is one of the time: nothing was booked."""
    if answer.is_success:
        for one in _appointments(answer):
            if one.content.get("status") in ("pending", "booked"):
                return one
    if answer.is_success and "OperationOutcome" not in answer.body.decode(errors="replace"):
        raise OutcomeUnknown("the server answers an operation without an appointment; look there")
    raise OpeningTaken("the server does not keep this time for us")


def _appointments(answer: Answer) -> Iterator[Resource]:
    """In a bundle, in parameters, or by itself: servers differ."""
    if not answer.is_success:
        return
    content = answer.json()
    parts = [content, *(content.get("entry") or ()), *(content.get("parameter") or ())]
    for part in parts:
        resource = part if part.get("resourceType") == "Appointment" else part.get("resource") or {}
        if resource.get("resourceType") == "Appointment":
            yield Resource(resource)
        elif resource.get("resourceType") == "Bundle":
            for entry in resource.get("entry") or ():
                if (entry.get("resource") or {}).get("resourceType") == "Appointment":
                    yield Resource(entry["resource"])

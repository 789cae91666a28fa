"""Visits, claims and patients -> FHIR resources. What others have put into a resource stays in it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.diary import PatientDetails
from bot.domain.outside import Stretch
from bot.practice_systems.fhir.reading import BUSY, CLAIMED_UNTIL, FREE, KEY, TENTATIVE, VISIT_TYPE, Slot
from bot.practice_systems.fhir.rest import Json, Resource


def claim(
    stretch: Stretch,
    *,
    key: str,
    until: datetime,
    patient: str | None,
    visit_type: str,
    title: str,
    slots: Sequence[str],
) -> Json:
    """An Appointment that is only proposed yet (`bot.practice_systems.claims`)."""
    marks = {KEY: key, CLAIMED_UNTIL: instant(until), VISIT_TYPE: visit_type}
    content: Json = {
        "resourceType": "Appointment",
        "status": "proposed",
        "identifier": [{"system": system, "value": value} for system, value in marks.items() if value],
        "description": title,
        "start": instant(stretch.start),
        "end": instant(stretch.end),
        "minutesDuration": (stretch.end - stretch.start) // timedelta(minutes=1),
        "participant": _participants(stretch.practitioner, patient),
    }
    if slots:
        content["slot"] = [{"reference": ref} for ref in slots]
    return content


def settled(claimed: Resource) -> Json:
    """The claim as a visit."""
    return {
        **claimed.content,
        "status": "booked",
        "identifier": _without(claimed, CLAIMED_UNTIL),
        "participant": [
            {**participant, "status": "accepted"} for participant in claimed.content["participant"]
        ],
    }


def booked_as(
    offered: Resource, *, key: str, patient: str | None = None, visit_type: str | None = None
) -> Json:
    """What a server offered, with who comes, and our key in two places (`fhir.scheduling`)."""
    marks = {KEY: key, VISIT_TYPE: visit_type}
    identifiers = [{"system": system, "value": value} for system, value in marks.items() if value]
    content = {
        **offered.content,
        "identifier": [*_without(offered, KEY), *identifiers],
        "comment": f"[chairside:{key}]",
    }
    if patient:
        who: Json = {"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"}
        content["participant"] = [*content.get("participant", ()), who]
    return content


def moved(visit: Resource, to: Stretch, slots: Sequence[str]) -> Json:
    content = {
        **visit.content,
        "start": instant(to.start),
        "end": instant(to.end),
        "minutesDuration": (to.end - to.start) // timedelta(minutes=1),
        "participant": [_with(one, to.practitioner) for one in visit.content.get("participant") or ()],
    }
    content.pop("slot", None)
    if slots:
        content["slot"] = [{"reference": ref} for ref in slots]
    return content


def cancelled(visit: Resource, reason: str | None) -> Json:
    because = {"cancelationReason": {"text": reason}} if reason else {}
    return {**visit.content, "status": "cancelled", **because}


def never_was(claimed: Resource) -> Json:
    """A claim that was given up, for servers that delete nothing."""
    return {**claimed.content, "status": "entered-in-error"}


def taken(slot: Slot, *, key: str, until: datetime, status: str = TENTATIVE) -> Json:
    marks = [
        *_without(slot.resource, KEY, CLAIMED_UNTIL),
        {"system": KEY, "value": key},
        {"system": CLAIMED_UNTIL, "value": instant(until)},
    ]
    return {**slot.resource.content, "status": status, "identifier": marks}


def busy(slot: Slot) -> Json:
    return {**slot.resource.content, "status": BUSY}


def free(slot: Slot) -> Json:
    content = {
        **slot.resource.content,
        "status": FREE,
        "identifier": _without(slot.resource, KEY, CLAIMED_UNTIL),
    }
    if not content["identifier"]:
        del content["identifier"]  # FHIR has no empty lists
    return content


def new_patient(details: PatientDetails, *, key: str) -> Json:
    *given, family = details.name.split() or [""]
    name = {"use": "usual", "text": details.name, "given": given, "family": family}
    content: Json = {
        "resourceType": "Patient",
        "identifier": [{"system": KEY, "value": key}],
        "active": True,
        "name": [{part: value for part, value in name.items() if value}],
    }
    if details.phone:
        content["telecom"] = [{"system": "phone", "value": details.phone, "use": "mobile"}]
    if details.birth_date:
        content["birthDate"] = details.birth_date.isoformat()
    return content


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _participants(practitioner: str, patient: str | None) -> list[Json]:
    actors = [f"Practitioner/{practitioner}", *([f"Patient/{patient}"] if patient else [])]
    return [{"actor": {"reference": ref}, "status": "needs-action"} for ref in actors]


def _with(participant: Json, practitioner: str) -> Json:
    reference = str((participant.get("actor") or {}).get("reference") or "")
    if "Practitioner/" not in reference:
        return participant
    return {**participant, "actor": {"reference": f"Practitioner/{practitioner}"}}


def _without(resource: Resource, *systems: str) -> list[Json]:
    return [one for one in resource.content.get("identifier") or () if one.get("system") not in systems]

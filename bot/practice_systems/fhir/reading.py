"""FHIR resources -> visits, slots and patients. One table of states; a state that is not in it is a drift."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import OutsidePatient, OutsideVisit
from bot.errors import ProtocolDrift
from bot.practice_systems.fhir.rest import Json, Resource

KEY = "urn:chairside:key"
CLAIMED_UNTIL = "urn:chairside:claimed-until"
VISIT_TYPE = "urn:chairside:visit-type"

_UNKNOWN_LENGTH = timedelta(hours=1)
_STATUS: Mapping[str, AppointmentStatus | None] = {
    "proposed": AppointmentStatus.REQUESTED,
    "pending": AppointmentStatus.REQUESTED,
    "booked": AppointmentStatus.BOOKED,
    "arrived": AppointmentStatus.ARRIVED,
    "checked-in": AppointmentStatus.ARRIVED,
    "fulfilled": AppointmentStatus.DONE,
    "cancelled": AppointmentStatus.CANCELLED,
    "entered-in-error": AppointmentStatus.CANCELLED,
    "noshow": AppointmentStatus.NO_SHOW,
    "waitlist": None,  # takes no time
}
FREE, BUSY, TENTATIVE = "free", "busy", "busy-tentative"
_SLOT_STATUS = {FREE, BUSY, TENTATIVE, "busy-unavailable", "entered-in-error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot as the server has it. `key`: of the visit of ours that took it, or was about to."""

    resource: Resource
    start: datetime
    end: datetime
    status: str
    key: str | None
    claimed_until: datetime | None
    kinds: frozenset[str]  # codes of its service and appointment types; none is any


def slot(resource: Resource) -> Slot:
    content = resource.content
    status = str(content.get("status"))
    if status not in _SLOT_STATUS:
        raise ProtocolDrift(f'a Slot has the status "{status[:40]}", which FHIR R4 does not know')
    until = resource.identifier(CLAIMED_UNTIL)
    return Slot(
        resource=resource,
        start=moment(content.get("start")),
        end=moment(content.get("end")),
        status=status,
        key=resource.identifier(KEY),
        claimed_until=moment(until) if until else None,
        kinds=frozenset(_codes([*(content.get("serviceType") or ()), content.get("appointmentType") or {}])),
    )


def visit(resource: Resource) -> OutsideVisit | None:
    """None for what takes no time: a wish for one, somebody on a waiting list."""
    content = resource.content
    word = str(content.get("status"))
    if word not in _STATUS:
        raise ProtocolDrift(f'an Appointment has the status "{word[:40]}", which FHIR R4 does not know')
    status = _STATUS[word]
    practitioner = actor(content, "Practitioner")
    if status is None or practitioner is None or not content.get("start"):
        return None
    start = moment(content["start"])
    return OutsideVisit(
        ref=resource.id,
        practitioner=practitioner,
        start=start,
        end=_end(content, start),
        status=status,
        key=resource.identifier(KEY),
        visit_type=resource.identifier(VISIT_TYPE),
        patient=actor(content, "Patient"),
        version=resource.version,
        created=written(resource),
    )


def claimed_until(resource: Resource) -> datetime | None:
    """Of a claim (`bot.practice_systems.claims`); None for a visit."""
    until = resource.identifier(CLAIMED_UNTIL)
    return moment(until) if until and resource.content.get("status") == "proposed" else None


def written(resource: Resource) -> datetime | None:
    """When it last changed, by the server's clock."""
    at = (resource.content.get("meta") or {}).get("lastUpdated")
    return moment(at) if at else None


def patient(resource: Resource) -> OutsidePatient:
    content = resource.content
    names: Sequence[Json] = content.get("name") or ()
    official = min(names, key=lambda name: name.get("use") not in ("official", "usual"), default={})
    born = str(content.get("birthDate") or "")
    return OutsidePatient(
        ref=resource.id,
        details=PatientDetails(
            name=official.get("text") or " ".join([*official.get("given", ()), official.get("family", "")]),
            phone=next(iter(phones(content)), None),
            birth_date=date.fromisoformat(born) if len(born) == len("2000-01-01") else None,
        ),
    )


def phones(content: Json) -> tuple[str, ...]:
    return tuple(
        str(one["value"])
        for one in content.get("telecom") or ()
        if one.get("system") in ("phone", "sms") and one.get("value")
    )


def actor(content: Json, type_: str) -> str | None:
    """The id of who takes part; servers write references short or as whole addresses."""
    for participant in content.get("participant") or ():
        reference = str((participant.get("actor") or {}).get("reference") or "")
        parts = reference.split("/_history/")[0].split("/")
        if parts[-2:-1] == [type_]:
            return parts[-1]
    return None


def last_id(reference: str) -> str:
    return reference.split("/_history/")[0].rstrip("/").rsplit("/", 1)[-1]


def moment(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ProtocolDrift("an instant of the server is no date and time") from error
    if at.tzinfo is None:
        raise ProtocolDrift("an instant of the server has no offset, which FHIR demands")
    return at.astimezone(UTC)


def _end(content: Json, start: datetime) -> datetime:
    if content.get("end"):
        return max(moment(content["end"]), start)
    minutes = content.get("minutesDuration")
    return start + (timedelta(minutes=float(minutes)) if minutes else _UNKNOWN_LENGTH)


def _codes(concepts: Iterable[Json]) -> Iterable[str]:
    for concept in concepts:
        for coding in concept.get("coding") or ():
            if coding.get("code"):
                yield str(coding["code"])

"""Dentally's records -> visits and patients. One table of states; a state that is not in it is a drift."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import OutsidePatient, OutsideVisit
from bot.errors import ProtocolDrift
from bot.practice_systems.dentally.rest import Json

#: In the record's metadata, which Dentally shows to nobody; three pairs are allowed.
KEY, VISIT_TYPE = "chairside_key", "chairside_visit_type"

_STATUS: Mapping[str, AppointmentStatus] = {
    "Pending": AppointmentStatus.BOOKED,  # in the book; the patient has not confirmed it yet
    "Confirmed": AppointmentStatus.BOOKED,
    "Arrived": AppointmentStatus.ARRIVED,
    "In surgery": AppointmentStatus.ARRIVED,
    "Completed": AppointmentStatus.DONE,
    "Cancelled": AppointmentStatus.CANCELLED,
    "Did not attend": AppointmentStatus.NO_SHOW,
}
CANCELLED = "Cancelled"
_DIGITS = 9  # of the end of a number: without country, trunk zero and whatever stands in front
_PHONES = (
    *("mobile_phone_normalized", "mobile_phone", "home_phone_normalized", "home_phone"),
    *("work_phone_normalized", "work_phone"),
)


def visit(record: Json) -> OutsideVisit:
    state = str(record.get("state"))
    if state not in _STATUS:
        raise ProtocolDrift(f'an appointment has the state "{state[:40]}", which this adapter does not know')
    metadata = record.get("metadata") if isinstance(record.get("metadata"), dict) else {}
    created = record.get("created_at")
    return OutsideVisit(
        ref=str(record["id"]),
        practitioner=str(record.get("practitioner_id")),
        start=moment(record.get("start_time")),
        end=moment(record.get("finish_time")),
        status=_STATUS[state],
        key=_text(metadata, KEY),
        visit_type=_text(metadata, VISIT_TYPE),
        patient=str(record["patient_id"]) if record.get("patient_id") is not None else None,
        site=str(record["practitioner_site_id"]) if record.get("practitioner_site_id") else None,
        version=str(record["updated_at"]) if record.get("updated_at") else None,
        created=moment(created) if created else None,
    )


def updated(record: Json) -> datetime | None:
    return moment(record["updated_at"]) if record.get("updated_at") else None


def patient(record: Json, *, phone: str | None = None) -> OutsidePatient:
    """`phone`: the number that it was found by, as it was asked for."""
    names = (str(record.get(name) or "") for name in ("first_name", "last_name"))
    born = record.get("date_of_birth")
    try:
        birth_date = date.fromisoformat(str(born)[:10]) if born else None
    except ValueError as error:
        raise ProtocolDrift("a patient has a date of birth that is none") from error
    mobile = record.get("mobile_phone")
    details = PatientDetails(
        name=" ".join(" ".join(names).split()),
        phone=phone or (str(mobile) if mobile else None),
        birth_date=birth_date,
    )
    return OutsidePatient(ref=str(record["id"]), details=details)


def has_phone(record: Json, phone: str) -> bool:
    return ending(phone) in {ending(str(record[name])) for name in _PHONES if record.get(name)}


def ending(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-_DIGITS:]


def moment(told: Any) -> datetime:
    """Dentally's times have an offset; one without would be a guess."""
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError as error:
        raise ProtocolDrift("a time of Dentally's is none") from error
    if at.tzinfo is None:
        raise ProtocolDrift("a time of Dentally's has no offset")
    return at.astimezone(UTC)


def _text(metadata: Any, name: str) -> str | None:
    value = metadata.get(name) if metadata else None
    return None if value is None else str(value)

"""Rows of the diary as the domain knows them."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.diary import Appointment, AppointmentStatus, Opening


def appointment_of(row: Any) -> Appointment:
    opening = Opening(
        start=_instant(row.starts_at),
        end=_instant(row.ends_at),
        practitioner=row.practitioner,
        visit_type=row.visit_type,
    )
    confirmed = getattr(row, "confirmed_at", None)  # not every question is for it
    return Appointment(
        id=row.id,
        opening=opening,
        status=AppointmentStatus(row.status),
        patient=row.patient_id,
        confirmed_at=_instant(confirmed) if confirmed is not None else None,
    )


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)

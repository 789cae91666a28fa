"""The diary: openings, holds, appointments. Instants are aware UTC; intervals are half-open [start, end)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache


class AppointmentStatus(StrEnum):
    HELD = "held"
    REQUESTED = "requested"
    BOOKED = "booked"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Opening:
    """Free time with one practitioner that fits one visit."""

    start: datetime
    end: datetime
    practitioner: str  # id
    visit_type: str  # id
    #: It takes the whole of a stretch of free time between others. Said of an offer; no part of what it is.
    fills_a_gap: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if moment.tzinfo is not UTC:
                raise ValueError("an opening is in UTC")

    @property
    def ref(self) -> str:
        """A name that fits into a button payload; `parse_ref` reads it back."""
        return f"{self.practitioner}~{self.visit_type}~{_stamp(self.start)}~{_stamp(self.end)}"

    @classmethod
    def parse_ref(cls, ref: str) -> "Opening":
        """Raises ValueError on anything that `ref` never made. What it names must be looked up again."""
        practitioner, visit_type, start, end = ref.split("~")
        return cls(start=_moment(start), end=_moment(end), practitioner=practitioner, visit_type=visit_type)


# An offer is named and read back several times a turn, and the same openings are offered to many.
@lru_cache(maxsize=8192)
def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%MZ}"


@lru_cache(maxsize=8192)
def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """When a patient would like to come, in the practice's wall clock; empty means as soon as possible.

    `windows` are naive local half-open intervals, the likeliest first (as `nlu` returns them).
    """

    visit_type: str
    windows: tuple[tuple[datetime, datetime], ...] = ()
    part: tuple[time, time] | None = None  # "in the afternoon", any day
    practitioner: str | None = None
    not_before: date | None = None  # "other days": the offer begins here
    site: str | None = None  # where, in a practice of several places
    instead_of: str | None = None  # id of the visit that is to be moved: the time that it has counts as free
    moved_from: datetime | None = None  # when that visit begins (UTC): no new time for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An opening kept for one contact until a moment passes."""

    id: str
    opening: Opening
    contact: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetails:
    """Who comes. Sealed at rest."""

    name: str
    phone: str | None = None  # E.164
    birth_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A row of the diary. `patient` is an opaque reference, never a name."""

    id: str
    opening: Opening
    status: AppointmentStatus
    patient: str | None
    #: When the patient said, in answer to a reminder, that they come. No part of what the visit is.
    confirmed_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPatient:
    """Somebody on file, without a name: opaque references, several where one person was entered twice."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookHeld:
    """A diary write that commits together with the turn that decided it.

    Turns the hold into a booked appointment with the same id. The same `key` twice is one booking.
    """

    hold: Hold
    patient: PatientDetails
    key: str
    at: datetime
    status: AppointmentStatus = AppointmentStatus.BOOKED  # or REQUESTED, until somebody has confirmed it
    replaces: str | None = None  # id of the visit that it takes the place of, once confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBooked:
    """Takes the held time for a visit and frees the one it had, both or neither. The visit keeps its id.

    `visit` is as the patient saw it: one that was moved or cancelled meanwhile is not moved any more.
    """

    visit: Appointment
    hold: Hold
    key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBooked:
    """Frees the time of a visit. With a `visit` seen as cancelled already, it only notes the reason."""

    visit: Appointment
    reason: str | None  # a word of ours, never the patient's
    key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRequested:
    """A request becomes a visit, and the visit that it replaces is cancelled: both or neither."""

    visit: Appointment  # as staff saw it
    key: str
    at: datetime


DiaryWrite = BookHeld | MoveBooked | CancelBooked | ConfirmRequested

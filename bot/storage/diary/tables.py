"""The embedded diary's tables: appointments that cannot overlap, and the patients who come.

A hold is an appointment with status `held` and a moment at which it runs out. For one practitioner, and for
one room, the blocked times of active rows never overlap, whoever writes and however many processes do:
triggers see to it, on insert and on update. A row that takes the place of a visit (`replaces`) may overlap
that visit, and nobody else's: who moves by a quarter of an hour is not in their own way. Times are UTC epoch
seconds, intervals half-open.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

ACTIVE = ("held", "requested", "booked", "arrived")
_ACTIVE_SQL = "'held', 'requested', 'booked', 'arrived'"
OVERLAP = "opening_taken"  # what the database says when a visit would overlap another
DAY_SECONDS = 86_400  # no visit blocks more, so that overlaps are looked for within an index range


class AppointmentRow(SQLModel, table=True):
    """One row a visit, from hold to done. `blocked_*` is the visit with its buffers."""

    __tablename__: ClassVar[Any] = "appointment"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("practice", "booking_key"),
        UniqueConstraint("practice", "hold_key"),
        CheckConstraint("starts_at < ends_at", name="visit_has_length"),
        CheckConstraint("blocked_from <= starts_at AND blocked_to >= ends_at", name="buffers_surround"),
        CheckConstraint(f"blocked_to - blocked_from <= {DAY_SECONDS}", name="visit_fits_a_day"),
        CheckConstraint("status <> 'held' OR hold_until IS NOT NULL", name="hold_runs_out"),
        CheckConstraint(
            "status IN ('held', 'requested', 'booked', 'arrived', 'done', 'cancelled', 'no_show')",
            name="status_is_known",
        ),
        Index("appointment_blocked", "practice", "practitioner", "blocked_from"),
        Index("appointment_starts", "practice", "starts_at"),
        Index("appointment_contact", "practice", "contact"),
        Index("appointment_outside", "practice", "outside_ref"),
        Index("appointment_room", "practice", "room", "blocked_from"),
        Index(
            "appointment_holds",
            "practice",
            "hold_until",
            sqlite_where=text("status = 'held'"),
            postgresql_where=text("status = 'held'"),
        ),
    )

    id: str = Field(primary_key=True)
    practice: str
    practitioner: str
    visit_type: str
    starts_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)
    blocked_from: int = Field(sa_type=BigInteger)
    blocked_to: int = Field(sa_type=BigInteger)
    status: str
    hold_until: int | None = Field(default=None, sa_type=BigInteger)
    hold_key: str | None = None
    contact: str | None = None
    patient_id: str | None = None
    booking_key: str | None = None
    change_key: str | None = None  # of the last move or cancellation by its patient
    cancel_reason: str | None = None  # a word of ours, such as "unwell"
    outside_ref: str | None = None  # what another system calls it, where that one keeps the diary
    room: str | None = None  # where it takes one: two visits never share it
    replaces: str | None = None  # id of the visit whose place it takes: it may overlap that one alone
    confirmed_at: int | None = Field(default=None, sa_type=BigInteger)  # when its patient said: I come
    pinned_by: str | None = None  # key of a write to that system that is under way: not to be let go
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int = Field(sa_type=BigInteger)


class PatientRow(SQLModel, table=True):
    """Who comes. `sealed` is JSON of name, phone and birth_date, sealed for the contact, or for the row's own
    id where staff booked somebody without one. `phone_handle` is a keyed hash, to find people by."""

    __tablename__: ClassVar[Any] = "patient"
    __table_args__: ClassVar[Any] = (
        Index("patient_contact", "practice", "contact"),
        Index("patient_phone", "practice", "phone_handle"),
    )

    id: str = Field(primary_key=True)
    practice: str
    contact: str | None = None
    sealed: bytes
    phone_handle: str | None = None


class OutsideDeedRow(SQLModel, table=True):
    """A write to another system, by its key, before it is made and what it came to."""

    __tablename__: ClassVar[Any] = "outside_deed"

    practice: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    what: str
    state: str
    ref: str | None = None
    about: str | None = None
    hold: str | None = None  # the appointment row that keeps the time meanwhile
    refusal: str | None = None
    begun_at: int = Field(sa_type=BigInteger)
    settled_at: int | None = Field(default=None, sa_type=BigInteger)


class OutsideCursorRow(SQLModel, table=True):
    """Up to where another system's changes have been read."""

    __tablename__: ClassVar[Any] = "outside_cursor"

    practice: str = Field(primary_key=True)
    system: str = Field(primary_key=True)
    cursor: str


def _overlap_trigger(name: str, event: str, *, of: str = "practitioner") -> str:
    only = "" if of == "practitioner" else f" AND NEW.{of} IS NOT NULL"
    return f"""
CREATE TRIGGER {name} BEFORE {event} ON appointment
WHEN NEW.status IN ({_ACTIVE_SQL}){only}
BEGIN
  SELECT RAISE(ABORT, '{OVERLAP}') WHERE EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.practice = NEW.practice AND other.{of} = NEW.{of}
      AND other.id <> NEW.id AND coalesce(other.replaces, other.id) <> coalesce(NEW.replaces, NEW.id)
      AND other.status IN ({_ACTIVE_SQL})
      AND other.blocked_from < NEW.blocked_to AND other.blocked_from > NEW.blocked_from - {DAY_SECONDS}
      AND other.blocked_to > NEW.blocked_from
  );
END"""


#: The triggers, for the migration; the tables come from the models.
DIARY_DDL_SQLITE = (
    _overlap_trigger("appointment_overlap_insert", "INSERT"),
    _overlap_trigger(
        "appointment_overlap_update",
        "UPDATE OF id, practice, practitioner, blocked_from, blocked_to, status, replaces",
    ),
    _overlap_trigger("appointment_overlap_room_insert", "INSERT", of="room"),
    _overlap_trigger(
        "appointment_overlap_room_update",
        "UPDATE OF id, practice, room, blocked_from, blocked_to, status, replaces",
        of="room",
    ),
)
DIARY_DDL_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS appointment_overlap_insert",
    "DROP TRIGGER IF EXISTS appointment_overlap_update",
    "DROP TRIGGER IF EXISTS appointment_overlap_room_insert",
    "DROP TRIGGER IF EXISTS appointment_overlap_room_update",
)

APPOINTMENT: Any = AppointmentRow.__table__  # type: ignore[attr-defined]
PATIENT: Any = PatientRow.__table__  # type: ignore[attr-defined]
OUTSIDE_DEED: Any = OutsideDeedRow.__table__  # type: ignore[attr-defined]
OUTSIDE_CURSOR: Any = OutsideCursorRow.__table__  # type: ignore[attr-defined]

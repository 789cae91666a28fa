"""Practice-management systems elsewhere: what an adapter (`bot.ports.OutsideSystem`) says and is told.

All ids here are the system's own; `bot.practice_systems.outside_diary` translates. Instants are aware UTC,
intervals half-open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bot.domain.diary import Appointment, AppointmentStatus, PatientDetails


class Availability(StrEnum):
    """What a system can tell about free time: exactly one."""

    BUSY = "busy"  # only what is taken: openings are computed from the hours in practice.yml
    FREE = "free"  # free blocks: they take the place of the hours, and are split into openings
    SLOTS = "slots"  # the very times that can be booked, whatever practice.yml says


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many requests in any such period."""

    requests: int
    period: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What one system does and does not promise. The defaults promise nothing."""

    availability: Availability
    #: It keeps time for us for a while, seen by its other users (`hold`, `release`).
    hold: bool = False
    #: Of several who create on the same opening one gets it and the others a clean refusal.
    atomic_claim: bool = False
    #: `create` with the same key again returns the same visit, also when the first answer was lost.
    keyed_create: bool = False
    #: A visit keeps its identity when it moves (`move`); else a new one is created and the old one cancelled.
    move: bool = True
    #: `visits` shows whatever overlaps, so that a double booking is seen after the fact.
    conflict_probe: bool = True
    #: Accepted is not booked: `create` may return a visit that is only REQUESTED.
    asynchronous: bool = False
    patients: bool = False  # it keeps patients: `find_patients`, `create_patient`
    changes: bool = False  # `changes` says what is new since a cursor
    #: ... also of what was deleted; else what we know is compared with what is there, every now and then.
    tells_deletions: bool = True
    webhooks: bool = False
    #: The longest stretch that one question for free time may span.
    max_window: timedelta | None = None
    #: For so long an answer about free time may be used again.
    freshness: timedelta = timedelta(seconds=30)
    #: After a write, so long until a read shows every write that counts as no later: the tick of the clock
    #: behind `created`, lagging replicas. Waited for before the read-back where there is no atomic claim.
    settling: timedelta = timedelta(0)
    rate: Rate | None = None
    timeout: timedelta = timedelta(seconds=10)  # of one operation


def _utc(*moments: datetime | None) -> None:
    for moment in moments:
        if moment is not None and moment.tzinfo is not UTC:
            raise ValueError("no time leaves an adapter that is not in UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Time of one practitioner: free or busy, as the question was. `token` is whatever `create` needs to
    claim just this slot (such as its id and version)."""

    practitioner: str
    start: datetime
    end: datetime
    visit_type: str | None = None  # of a slot that is for one kind of visit only
    site: str | None = None
    room: str | None = None
    token: str = ""

    def __post_init__(self) -> None:
        _utc(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideVisit:
    """A visit, or whatever else blocks time, as the system has it now.

    `status` is one of ours; what the system says that fits none is a ProtocolDrift. `key` is the key of
    our write that made it, read back from the system; None for what others entered.
    """

    ref: str
    practitioner: str
    start: datetime
    end: datetime
    status: AppointmentStatus
    key: str | None = None
    visit_type: str | None = None
    patient: str | None = None
    site: str | None = None
    version: str | None = None  # what a write has to name so that it changes nothing newer
    created: datetime | None = None  # by the system's clock
    details: PatientDetails | None = None  # who comes, where the visit itself says so

    def __post_init__(self) -> None:
        _utc(self.start, self.end, self.created)

    @property
    def blocks(self) -> bool:
        return self.status in _BLOCKING


_BLOCKING = frozenset(
    {
        AppointmentStatus.HELD,
        AppointmentStatus.REQUESTED,
        AppointmentStatus.BOOKED,
        AppointmentStatus.ARRIVED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRequest:
    """What is to be booked. `patient` is the system's reference where it keeps patients; `details` are given
    besides, for a system that wants a name in the diary."""

    stretch: Stretch  # exactly the visit's time, with the token of the slot that it was found in
    visit_type: str
    details: PatientDetails
    patient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidePatient:
    """Somebody on the system's file."""

    ref: str
    details: PatientDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A practitioner, room, kind of visit or reason for cancelling: the system's id, and how it calls it."""

    id: str
    name: str
    duration: timedelta | None = None  # of a kind of visit
    sites: tuple[str, ...] = ()  # of a practitioner or a room; () is everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of the practice, with its own clock (IANA)."""

    id: str
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What the system knows that practice.yml names by id."""

    sites: tuple[Site, ...] = ()
    practitioners: tuple[Named, ...] = ()
    rooms: tuple[Named, ...] = ()
    visit_types: tuple[Named, ...] = ()
    cancel_reasons: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed since a cursor, and the next cursor. `everything` says that the cursor was too old: forget
    what was known, `visits` are all there are."""

    visits: tuple[OutsideVisit, ...]
    cursor: str
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideHold:
    """Time that the system itself keeps for us."""

    ref: str
    until: datetime

    def __post_init__(self) -> None:
        _utc(self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSettings:
    """`practice_system` in practice.yml: which adapter, what it needs to know, and what it calls whom.

    The mappings lead from our ids to the system's; an id that is not in them is the same on both sides.
    """

    kind: str
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    practitioners: Mapping[str, str] = field(default_factory=dict)
    visit_types: Mapping[str, str] = field(default_factory=dict)


class DeedState(StrEnum):
    """What became of a write under one key."""

    BEGUN = "begun"  # about to be made, or being made: after a crash nobody knows
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer, and reading back proved nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A write to an outside system, remembered by its key before it is made."""

    key: str
    what: str  # "book", "move", "cancel", "patient", "hold"
    state: DeedState
    at: datetime
    ref: str | None = None  # the system's name for what came of it
    about: str | None = None  # the opening that it is about, as `Opening.ref`
    refusal: str | None = None  # outcome of the error that refused it


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Our copy of a visit, and what the system calls it."""

    appointment: Appointment
    ref: str
    contact: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A visit that the system has and we did not book, and who comes. `known_since`: None where the system
    does not say when it was entered."""

    appointment: Appointment
    details: PatientDetails
    known_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientQuery:
    """Whoever all of this fits; None asks for nothing."""

    phone: str | None = None  # E.164
    name: str | None = None
    birth_date: date | None = None

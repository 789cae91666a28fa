"""A small practice and a diary in memory, to run booking actions against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.actions.booking import booking_actions
from bot.actions.executor import InProcessActions
from bot.domain.diary import (
    Appointment,
    AppointmentStatus,
    BookHeld,
    Hold,
    KnownPatient,
    Opening,
    PatientDetails,
    Wish,
)
from bot.domain.practice import Practice, Practitioner, Shift, VisitType
from bot.errors import BookingError, HoldExpired
from bot.ports import ActionCall, ActionResult, Booking

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday, 09:00 in Rome
MINUTES = timedelta(minutes=1)


def wall(iso: str) -> datetime:
    """A time on the practice's wall clock, naive."""
    return datetime.fromisoformat(iso)


def opening(
    day: int, hour: int, minute: int = 0, *, who: str = "rossi", what: str = "first_visit", month: int = 3
) -> Opening:
    """An opening of half an hour, in UTC (an hour behind Rome in early March)."""
    start = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    return Opening(start=start, end=start + 30 * MINUTES, practitioner=who, visit_type=what)


@dataclass
class FakeDiary:
    """Offers what it is given; refuses with `refusal` when that is set."""

    name: str = "fake"
    free: list[Opening] = field(default_factory=list)
    holds: dict[Opening, Hold] = field(default_factory=dict)
    refusal: dict[str, BookingError] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)

    async def find_openings(self, wish: Wish, *, at: datetime, limit: int) -> tuple[Opening, ...]:
        self._refuse("find")
        self.wishes.append(wish)
        return tuple(o for o in self.free if o.visit_type == wish.visit_type)[:limit]

    async def hold(
        self, opening: Opening, *, contact: str, key: str, at: datetime, instead_of: str | None = None
    ) -> Hold:
        self._refuse("hold")
        self.holds[opening] = Hold(id=key, opening=opening, contact=contact, until=at + 10 * MINUTES)
        return self.holds[opening]

    async def release(self, *, contact: str, at: datetime) -> None:
        self._refuse("release")
        self.holds = {o: h for o, h in self.holds.items() if h.contact != contact}

    async def current_hold(self, *, contact: str, opening: Opening, at: datetime) -> Hold | None:
        hold = self.holds.get(opening)
        return hold if hold and hold.contact == contact and at < hold.until else None

    async def book(self, hold: Hold, patient: PatientDetails, *, key: str, at: datetime) -> Booking:
        self._refuse("book")
        if self.holds.get(hold.opening) != hold:
            raise HoldExpired("expired")
        write = BookHeld(hold=hold, patient=patient, key=key, at=at)
        return Booking(appointment=_appointment(hold), write=write)

    async def find_patients(self, **known: Any) -> tuple[KnownPatient, ...]:
        return ()

    async def booked_for(self, *, contact: str, since: datetime) -> tuple[PatientDetails, ...]:
        return ()

    async def appointments(self, *, start: datetime, end: datetime, at: datetime) -> tuple[Appointment, ...]:
        return ()

    def _refuse(self, what: str) -> None:
        if what in self.refusal:
            raise self.refusal[what]


def _appointment(hold: Hold) -> Appointment:
    return Appointment(id=hold.id, opening=hold.opening, status=AppointmentStatus.BOOKED, patient=None)


@dataclass
class Desk:
    """Runs one action after another, keeping the slots as the engine would."""

    practice: Practice
    diary: FakeDiary
    slots: dict[str, Any] = field(default_factory=dict)
    language: str = "it"
    phone: str | None = "+393331234567"
    at: datetime = NOW
    calls: int = 0

    async def run(self, name: str, **slots: Any) -> ActionResult:
        self.calls += 1
        self.slots |= slots
        call = ActionCall(
            name=name,
            tracker={"sender_id": "anna", "slots": self.slots},
            key=f"key {self.calls}",
            contact="anna",
            channel="whatsapp",
            phone=self.phone,
            language=self.language,
            at=self.at,
        )
        result = await InProcessActions(booking_actions(self.practice, self.diary)).run(call)
        self.slots |= {event["name"]: event["value"] for event in result.events}
        return result


def titles(result: ActionResult) -> list[str]:
    return [button["title"] for button in result.responses[0]["buttons"]]


def weekdays(start: time, end: time, days: Sequence[int] = range(5)) -> tuple[Shift, ...]:
    return tuple(Shift(weekday=day, start=start, end=end) for day in days)


def practice() -> Practice:
    return Practice(
        id="studio-lucciola",
        name="Studio Lucciola",
        time_zone="Europe/Rome",
        country="IT",
        languages=("it", "en", "ru"),
        phone="+39 06 555 0100",
        address="via dei Platani 5, Roma",
        privacy_url="https://example.org/privacy",
        emergency_number="112",
        practitioners=(
            Practitioner(
                id="rossi",
                name="dott. Marco Rossi",
                shifts=weekdays(time(9), time(13)) + weekdays(time(14), time(18)),
                visit_types=("first_visit", "cleaning"),
            ),
            Practitioner(
                id="bianchi",
                name="dott.ssa Livia Bianchi",
                shifts=weekdays(time(9), time(12), days=[5]),
                visit_types=("first_visit",),
            ),
        ),
        visit_types=(
            VisitType(
                id="first_visit",
                names={"it": "prima visita", "en": "first visit", "ru": "первичный приём"},
                words={},
                duration=30 * MINUTES,
            ),
            VisitType(
                id="cleaning",
                names={"it": "igiene orale professionale", "en": "cleaning", "ru": "чистка"},
                words={},
                duration=45 * MINUTES,
            ),
        ),
        holidays=True,
    )

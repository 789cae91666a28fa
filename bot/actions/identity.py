"""Who is writing, and which visits they may therefore see, move and cancel.

A contact may see what was booked from it. What is on file otherwise takes two things: the phone that the
channel itself vouches for, and the date of birth; with several people under one phone, the first name too.
A number that is typed proves nothing. Nobody learns whether it was the person or the date that is unknown,
and after three wrong answers only a person helps, for a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.desk import DeskAction, Event, set_slots
from bot.actions.turn import current_call
from bot.domain.diary import Appointment, KnownPatient
from bot.errors import BookingError

GUESSES = 3
COOL_DOWN = timedelta(hours=24)
TRUSTED_FOR = timedelta(days=90)  # of silence; then the phone may be somebody else's
#: Where a phone is shared, the proof is good for what was just shown: moving or cancelling it.
TRUSTED_FOR_SHARED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a contact has proved: the slot `identity`. `answers` are the name and the date that proved it."""

    patients: tuple[str, ...]
    phone: str | None
    shared: bool
    answers: tuple[str | None, str | None]
    at: datetime

    def to_slot(self) -> dict[str, Any]:
        return {
            "patients": list(self.patients),
            "phone": self.phone,
            "shared": self.shared,
            "answers": list(self.answers),
            "at": self.at.isoformat(),
        }

    @classmethod
    def from_slot(cls, slot: object) -> "Proof | None":
        if not isinstance(slot, Mapping):
            return None
        name, born = slot["answers"]
        return cls(
            patients=tuple(slot["patients"]),
            phone=slot["phone"],
            shared=slot["shared"],
            answers=(name, born),
            at=datetime.fromisoformat(slot["at"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What somebody may see. Without `visits`, `lacking` says what is missing: "name" (whose visit is it?),
    "proof", "person" (nothing can be proved here), "nothing" (known, but nothing is booked)."""

    visits: tuple[Appointment, ...] = ()
    lacking: str = "nothing"
    proof: Proof | None = None


class OwnVisits(DeskAction):
    """Actions on visits of whoever is writing. Whose they are is looked up again each time."""

    async def seen(self, tracker: Tracker) -> Seen:
        """Raises BookingError when the diary does not answer."""
        proof = self._standing_proof(tracker)
        if proof is not None:
            visits = await self._of(proof)
            named = _named(visits, tracker)
            is_same = tracker.get_slot("visitor_name") in (None, proof.answers[0])
            if not proof.shared or _answers(tracker) == proof.answers or (named and is_same):
                return Seen(visits=named if proof.shared and named else visits, proof=proof)
        if not tracker.get_slot("visit_elsewhere"):
            booked_here = await self._booked_here(tracker)
            if booked_here is not None:
                return booked_here
        if current_call().phone is None or is_locked(tracker):
            return Seen(lacking="person")
        return Seen(lacking="proof")

    async def visit(self, tracker: Tracker) -> Appointment | None:
        """The visit that the slot `visit` names, if it is one of whoever writes."""
        return next(iter(_named((await self.seen(tracker)).visits, tracker)), None)

    async def people(self, **known: Any) -> tuple[KnownPatient, ...]:
        return await self.diary.find_patients(**known)

    async def _of(self, proof: Proof) -> tuple[Appointment, ...]:
        """The proved person's visits, those too that were entered since under another reference."""
        call = current_call()
        patients = set(proof.patients)
        source = {"phone": proof.phone} if proof.phone else {"contact": call.contact}
        for person in await self.people(**source):
            if patients & set(person.references):
                patients |= set(person.references)
        visits = await self.diary.appointments_of(contact=call.contact, patients=tuple(patients), at=call.at)
        return tuple(v for v in visits if not proof.shared or v.patient in patients)

    async def _booked_here(self, tracker: Tracker) -> Seen | None:
        """None when this contact has not booked for whoever is meant."""
        call, name = current_call(), tracker.get_slot("visitor_name")
        meant = await self.people(contact=call.contact, first_name=name)
        if not meant:
            return None
        visits = await self.diary.appointments_of(contact=call.contact, at=call.at)
        references = {reference for person in meant for reference in person.references}
        theirs = tuple(visit for visit in visits if visit.patient in references)
        if named := _named(theirs, tracker):
            return Seen(visits=named)
        if not theirs:
            return Seen(lacking="nothing")
        if name is None and await self.is_shared():
            return Seen(lacking="name")
        return Seen(visits=theirs) if len(meant) == 1 else None

    async def is_shared(self) -> bool:
        """Whether more than one person is known to come from this contact or its phone."""
        call = current_call()
        if len(await self.people(contact=call.contact)) > 1:
            return True
        return call.phone is not None and len(await self.people(phone=call.phone)) > 1

    def _standing_proof(self, tracker: Tracker) -> Proof | None:
        proof, call = Proof.from_slot(tracker.get_slot("identity")), current_call()
        if proof is None or proof.phone != call.phone:
            return None
        lasts = TRUSTED_FOR_SHARED if proof.shared else TRUSTED_FOR
        if call.at - proof.at >= lasts:
            return None
        name = tracker.get_slot("visitor_name")
        return proof if proof.shared or name is None or _answers(tracker) == proof.answers else None


class ProveIdentity(OwnVisits):
    """Compares the patient's answers with what is on file under the phone that the channel vouches for."""

    called = "action_prove_identity"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        if call.phone is None or is_locked(tracker):
            return set_slots(proof_result="person")
        name, born = _answers(tracker)
        try:
            on_file = await self.people(phone=call.phone)
            found = await self.people(phone=call.phone, first_name=name, birth_date=_date(born))
        except BookingError:
            return set_slots(proof_result="error")
        if born is None or len(found) != 1:
            return self._wrong(tracker)
        proof = Proof(
            patients=found[0].references,
            phone=call.phone,
            shared=len(on_file) > 1,
            answers=(name, born),
            at=call.at,
        )
        return set_slots(proof_result="proven", identity=proof.to_slot(), identity_failures=None)

    def _wrong(self, tracker: Tracker) -> list[Event]:
        failures = tracker.get_slot("identity_failures") or {}
        at = current_call().at
        recent = [f for f in failures.get("at", ()) if at - datetime.fromisoformat(f) < COOL_DOWN]
        result = "wrong" if len(recent) + 1 < GUESSES else "person"
        return set_slots(proof_result=result, identity_failures={"at": [*recent, at.isoformat()]})


def is_locked(tracker: Tracker) -> bool:
    """Whether there were so many wrong answers that only a person helps, for now."""
    failures = (tracker.get_slot("identity_failures") or {}).get("at", ())
    at = current_call().at
    return len([f for f in failures if at - datetime.fromisoformat(f) < COOL_DOWN]) >= GUESSES


def _answers(tracker: Tracker) -> tuple[str | None, str | None]:
    return tracker.get_slot("visitor_name"), tracker.get_slot("visitor_birth_date")


def _named(visits: Sequence[Appointment], tracker: Tracker) -> tuple[Appointment, ...]:
    """Who only asks to see names none: the slot is that of a flow which waits beneath, maybe for another."""
    wanted = None if tracker.get_slot("visit_purpose") == "see" else tracker.get_slot("visit")
    return tuple(visit for visit in visits if visit.id == wanted)


def _date(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        return None

"""Patients whom this contact has booked before: nobody is asked twice for what they have told.

Only first names are ever said back, only of this contact's own bookings, and not after a long silence: a
phone number may belong to somebody else by then.
"""

import re
from datetime import timedelta
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.companions import named_next
from bot.actions.desk import DeskAction, Event, set_slots
from bot.actions.turn import current_call
from bot.domain.diary import PatientDetails
from bot.errors import BookingError

REMEMBERED_FOR = timedelta(days=90)
_ON_A_BUTTON = 20


class ReturningPatients(DeskAction):
    """Actions that know whom this contact has booked."""

    async def known(self) -> tuple[PatientDetails, ...]:
        """The last booked first; () when the diary does not answer: then everything is asked."""
        call = current_call()
        try:
            return await self.diary.booked_for(contact=call.contact, since=call.at - REMEMBERED_FOR)
        except BookingError:
            return ()

    async def offered(self) -> dict[str, str | None]:
        """The slots that the question for a name shows: a first name, and whose it is. Where several people
        come from this contact or its phone, nobody is named: whoever reads may be another of them."""
        known = await self.known()
        fits = [who for who in known if _first(who) and not re.search(r"[,()=]", who.name)]
        who = fits[0] if len(known) == len(fits) == 1 and not await self._is_shared() else None
        return {"known_first": _first(who) if who else None, "known_first_name": who.name if who else None}

    async def _is_shared(self) -> bool:
        phone = current_call().phone
        try:
            return phone is not None and len(await self.diary.find_patients(phone=phone)) > 1
        except BookingError:
            return True


class RecallPatient(ReturningPatients):
    """With the name answered: what is known of that patient, and what remains to be asked."""

    called = "action_recall_patient"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        name = str(tracker.get_slot("patient_name") or "")
        known = await self.known()
        born = tracker.get_slot("birth_date")
        if born in {_birth(who) for who in known if who.name == tracker.get_slot("recalled") != name}:
            born = None  # that of whoever was named before
        for_another = bool(tracker.get_slot("for_somebody_else"))
        after = set_slots(**named_next(dispatcher, tracker, name))
        who = _named(name, known, whole=for_another)
        if who is None:
            return after + set_slots(
                own_name=None if for_another else name,
                must_ask_phone=current_call().phone is None,
                must_ask_birth_date=self.practice.wants_birth_date,
                birth_date=born,
                recalled=None,
            )
        phone = tracker.get_slot("phone") or who.phone
        events = set_slots(
            must_ask_phone=current_call().phone is None and phone is None,
            must_ask_birth_date=self.practice.wants_birth_date and (born or _birth(who)) is None,
            birth_date=born or _birth(who),
            recalled=who.name,
            patient_name=who.name,
            own_name=None if for_another else who.name,
        )
        return after + events + (set_slots(phone=phone) if phone and current_call().phone is None else [])


def _named(name: str, known: tuple[PatientDetails, ...], *, whole: bool) -> PatientDetails | None:
    """The one of that name; of a first name alone only where it can be nobody else."""
    spoken = _words(name)
    exact = [who for who in known if _words(who.name) == spoken]
    if exact or whole or not spoken:
        return exact[0] if exact else None
    fitting = [who for who in known if spoken < _words(who.name)]
    return fitting[0] if len(fitting) == 1 else None


def _birth(who: PatientDetails) -> str | None:
    return who.birth_date.isoformat() if who.birth_date else None


def _first(who: PatientDetails) -> str:
    """What somebody is called by, short enough for a button; "" when it is not."""
    first = who.name.split()[0] if who.name.split() else ""
    return first if 1 < len(first) <= _ON_A_BUTTON else ""


def _words(name: str) -> frozenset[str]:
    return frozenset(name.casefold().split())

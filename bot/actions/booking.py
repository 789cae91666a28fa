"""Keeping an opening for a patient, and booking it: no promise that the diary has not made first."""

from contextlib import suppress
from datetime import date
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from bot.actions.appointments import AskVisit, FindVisits, LineUpVisits, ReadVisit, TellVisits
from bot.actions.cancelling import (
    AskConfirmCancel,
    CancelVisit,
    HandVisitOn,
    NoteCancelReason,
    PassVisitOver,
)
from bot.actions.companions import NoteBooked
from bot.actions.delays import FindTodaysVisit
from bot.actions.desk import DeskAction, Event, read_opening, set_slots
from bot.actions.identity import ProveIdentity
from bot.actions.keeping import WithOpening
from bot.actions.moving import AskConfirmMove, AskNewTime, FindNewTimes, HoldNewTime, MoveVisit
from bot.actions.openings import AskOpening, FindOpenings
from bot.actions.outreach import outreach_action_names
from bot.actions.places import AskSite, PrepareSite
from bot.actions.preparing import AskVisitType, PrepareBooking, PrepareHandoff
from bot.actions.proving_contact import CheckContactCode, Codes, SendContactCode
from bot.actions.reaching import reaching_action_names
from bot.actions.returning import RecallPatient
from bot.actions.turn import current_call, stage
from bot.domain.diary import Appointment, AppointmentStatus, Opening, PatientDetails
from bot.domain.practice import Practice
from bot.errors import (
    BookingError,
    HoldExpired,
    OpeningTaken,
    OutcomeUnknown,
    PolicyRefused,
)
from bot.ports import PracticeSystem

_PROVING: tuple[type[SendContactCode] | type[CheckContactCode], ...] = (SendContactCode, CheckContactCode)


def booking_actions(practice: Practice, diary: PracticeSystem, codes: Codes | None = None) -> list[Action]:
    """Every action that flows may declare. Without `codes` nobody can prove a phone, and a person helps."""
    proving: list[Action] = [kind(practice, diary, codes) for kind in _PROVING]
    return [kind(practice, diary) for kind in _kinds()] + proving


def booking_action_names() -> frozenset[str]:
    """What content may declare."""
    return (
        frozenset(kind.called for kind in (*_kinds(), *_PROVING))
        | outreach_action_names()
        | reaching_action_names()
    )


def _kinds() -> tuple[type[DeskAction], ...]:
    return (
        PrepareBooking,
        AskVisitType,
        PrepareSite,
        AskSite,
        FindOpenings,
        AskOpening,
        HoldOpening,
        AskConfirmBooking,
        Book,
        NoteBooked,
        ReleaseHolds,
        PrepareHandoff,
        FindTodaysVisit,
        RecallPatient,
        FindVisits,
        ProveIdentity,
        AskVisit,
        LineUpVisits,
        TellVisits,
        ReadVisit,
        FindNewTimes,
        AskNewTime,
        HoldNewTime,
        AskConfirmMove,
        MoveVisit,
        AskConfirmCancel,
        CancelVisit,
        HandVisitOn,
        PassVisitOver,
        NoteCancelReason,
    )


class HoldOpening(WithOpening):
    """Keeps the chosen opening for a while, so that nobody else can take it between question and answer."""

    called = "action_hold_opening"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        opening = read_opening(tracker.get_slot("opening"))
        if opening is None or opening.visit_type != tracker.get_slot("visit_type"):
            return set_slots(hold_result="refused")
        try:
            await self.keep(opening, key=current_call().key)
        except OpeningTaken:
            return set_slots(hold_result="taken")
        except PolicyRefused:
            return set_slots(hold_result="refused")
        except BookingError:
            return set_slots(hold_result="error")
        return set_slots(hold_result="held", **self.described(opening))


class AskConfirmBooking(WithOpening):
    """Asks for the final yes: the summary in the language that the patient speaks by now."""

    called = "action_ask_confirm_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        opening = read_opening(tracker.get_slot("opening"))
        dispatcher.utter_message(
            response="utter_confirm_booking", **(self.described(opening) if opening else {})
        )
        return []


class Book(WithOpening):
    """Makes the appointment. A hold that ran out is taken again first, so a late yes still counts."""

    called = "action_book"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        opening = read_opening(tracker.get_slot("opening"))
        if opening is None:
            return set_slots(booking_result="expired")
        try:
            booked = await self._book(opening, self._patient(tracker))
        except OpeningTaken:
            return set_slots(booking_result="taken")
        except (HoldExpired, PolicyRefused):
            return set_slots(booking_result="expired")
        except OutcomeUnknown:
            return set_slots(booking_result="unknown")
        except BookingError:
            return set_slots(booking_result="error")
        done = "requested" if booked.status is AppointmentStatus.REQUESTED else "booked"
        return set_slots(booking_result=done, **self.described(opening))

    async def _book(self, opening: Opening, patient: PatientDetails) -> Appointment:
        call = current_call()
        hold = await self.keep(opening, key=f"{call.key}:again")
        booking = await self.diary.book(hold, patient, key=call.key, at=call.at)
        if booking.write is not None:
            stage(booking.write)
        return booking.appointment

    def _patient(self, tracker: Tracker) -> PatientDetails:
        born = tracker.get_slot("birth_date")
        return PatientDetails(
            name=tracker.get_slot("patient_name") or "",
            phone=tracker.get_slot("phone") or current_call().phone,
            birth_date=date.fromisoformat(born) if born else None,
        )


class ReleaseHolds(DeskAction):
    """Gives back what was kept for this patient."""

    called = "action_release_holds"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        with suppress(BookingError):  # holds run out by themselves
            await self.diary.release(contact=current_call().contact, at=current_call().at)
        return set_slots(hold_result=None)

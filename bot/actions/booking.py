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
    TakeBack,
)
from bot.actions.companions import NoteBooked
from bot.actions.delays import FindTodaysVisit
from bot.actions.desk import DeskAction, Event, read_opening, set_slots
from bot.actions.identity import ProveIdentity
from bot.actions.keeping import WithOpening
from bot.actions.moving import (
    AskConfirmMove,
    AskNewTime,
    FindNewTimes,
    HoldNewTime,
    LookForSooner,
    MoveVisit,
)
from bot.actions.openings import AskOpening, FindOpenings
from bot.actions.outreach import outreach_action_names
from bot.actions.places import AskSite, PrepareSite
from bot.actions.preparing import AskVisitType, PrepareBooking, PrepareHandoff
from bot.actions.proving_contact import CheckContactCode, Codes, SendContactCode
from bot.actions.reaching import reaching_action_names
from bot.actions.returning import RecallPatient
from bot.actions.standing import FindStandingVisit
from bot.actions.turn import current_call, stage
from bot.actions.wording import reached_on
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
        FindStandingVisit,
        RecallPatient,
        FindVisits,
        ProveIdentity,
        AskVisit,
        LineUpVisits,
        TellVisits,
        ReadVisit,
        FindNewTimes,
        LookForSooner,
        AskNewTime,
        HoldNewTime,
        AskConfirmMove,
        MoveVisit,
        AskConfirmCancel,
        CancelVisit,
        HandVisitOn,
        PassVisitOver,
        NoteCancelReason,
        TakeBack,
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


class _ForPatient(WithOpening):
    """Actions that say for whom a visit is, and where they are reached."""

    def for_patient(self, opening: Opening, tracker: Tracker) -> dict[str, str]:
        """As `described`, with a number that is not the one that this chat comes from."""
        words, call, phone = self.described(opening), current_call(), tracker.get_slot("phone")
        if phone and call.phone and phone != call.phone:
            words["visit_place"] += f"\n{reached_on(phone, call.language)}"
        return words


class AskConfirmBooking(_ForPatient):
    """Asks for the final yes: the summary in the language that the patient speaks by now. A time that has
    passed while the patient was silent is offered to nobody."""

    called = "action_ask_confirm_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        opening = read_opening(tracker.get_slot("opening"))
        is_past = opening is not None and opening.start < current_call().at
        dispatcher.utter_message(
            response="utter_time_has_passed" if is_past else "utter_confirm_booking",
            **(self.for_patient(opening, tracker) if opening else {}),
        )
        return []


class Book(_ForPatient):
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
        return set_slots(booking_result=done, **self.for_patient(opening, tracker))

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

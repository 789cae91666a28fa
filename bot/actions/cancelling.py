"""Cancelling a visit: its time is free at once, and why is nobody's duty to tell."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.appointments import AskAboutVisit, DescribedVisits
from bot.actions.companions import named_in_message
from bot.actions.desk import DeskAction, Event, read_opening, set_slots
from bot.actions.keeping import WithOpening
from bot.actions.returning import ReturningPatients
from bot.actions.turn import current_call, stage
from bot.domain.diary import Appointment, AppointmentStatus
from bot.domain.openings import site_of
from bot.errors import BookingError, OutcomeUnknown, VisitChanged

REASONS = ("unwell", "busy", "not_needed")


class AskConfirmCancel(AskAboutVisit):
    called = "action_ask_confirm_cancel"
    question = "utter_confirm_cancel"


class CancelVisit(DescribedVisits, ReturningPatients):
    """Cancels the visit; its time is free at once. Remembers which one, should a reason or regret follow."""

    called = "action_cancel_visit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        try:
            visit = await self.visit(tracker)
            if visit is None:
                return set_slots(cancel_result="changed")
            whose = await self._whose(visit)
            cancelled = await self.diary.cancel(visit, None, key=call.key, at=call.at)
        except VisitChanged:
            return set_slots(cancel_result="changed")
        except OutcomeUnknown:
            return set_slots(cancel_result="unknown")
        except BookingError:
            return set_slots(cancel_result="error")
        if cancelled.write is not None:
            stage(cancelled.write)
        return set_slots(
            cancel_result="cancelled",
            cancelled_visit=f"{visit.id} {visit.opening.ref}",
            freed_time={"opening": visit.opening.ref, "for": whose},
            **self.in_slots(visit),
        )

    async def _whose(self, visit: Appointment) -> str | None:
        """The name that this contact booked the visit under; None where it was booked some other way.

        Only regret asks for it, so a look-up that fails cancels no less."""
        with suppress(BookingError):
            for who in await self.known():
                first = who.name.split()[0] if who.name.split() else None
                people = await self.people(contact=current_call().contact, first_name=first)
                if any(visit.patient in person.references for person in people):
                    return who.name
        return None


class TakeBack(WithOpening):
    """What a booking needs to offer the time again that was just cancelled, or one that is named now.

    Only the search can tell whether it is still free: a cancelled visit never comes back by itself.
    """

    called = "action_take_back"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        freed = tracker.get_slot("freed_time")
        opening = read_opening(freed.get("opening")) if isinstance(freed, Mapping) else None
        if opening is None or not isinstance(freed, Mapping):
            return set_slots(take_back_result="error", freed_time=None)
        done = {"freed_time": None, "visit_type": opening.visit_type, "patient_name": freed.get("for")}
        start = f"{self.clock.wall(opening.start):%Y-%m-%dT%H:%M}"
        another = named_in_message(tracker, "wish")
        if isinstance(another, Mapping) and not _is_within(start, another):
            return set_slots(take_back_result="another_time", wish=another, **done)
        return set_slots(
            take_back_result="taken_back",
            practitioner=opening.practitioner,
            site=site_of(self.practice, opening),
            wish={"windows": [[start, None]], "part": None, "exact": True},
            visit_when=self.described(opening)["opening_words"],
            **done,
        )


class HandVisitOn(DeskAction):
    """The visit that another flow is to go on with, which links to it."""

    called = "action_hand_visit_on"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return set_slots(visit_handed_on=tracker.get_slot("visit"))


def _is_within(start: str, wish: Mapping[str, Any]) -> bool:
    """ "No wait, keep Thursday" names the time that was cancelled."""
    return any(begin <= start < (end or f"{begin}+") for begin, end in wish.get("windows") or () if begin)


class PassVisitOver(DescribedVisits):
    """ "Not this one": another of theirs is meant, if there is any."""

    called = "action_pass_visit_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        wanted = tracker.get_slot("visit")
        if not named_in_message(tracker, "not_this_one"):
            return set_slots(pass_result="this")
        tracker.slots["visit"] = None
        try:
            others = [visit for visit in (await self.seen(tracker)).visits if visit.id != wanted]
        except BookingError:
            return set_slots(pass_result="error")
        if not others:
            return set_slots(pass_result="this")
        return set_slots(pass_result="another", visit_passed_over=wanted)


class NoteCancelReason(DeskAction):
    """Notes why the visit was cancelled that was cancelled last, once."""

    called = "action_note_cancel_reason"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call, reason = current_call(), tracker.get_slot("cancel_reason")
        visit_id, _, ref = str(tracker.get_slot("cancelled_visit") or "").partition(" ")
        opening = read_opening(ref)
        if opening is None or reason not in REASONS:
            return set_slots(reason_result="unknown", cancelled_visit=None)
        visit = Appointment(id=visit_id, opening=opening, status=AppointmentStatus.CANCELLED, patient=None)
        try:
            noted = await self.diary.cancel(visit, reason, key=call.key, at=call.at)
        except VisitChanged:
            return set_slots(reason_result="changed", cancelled_visit=None)
        except BookingError:
            return set_slots(reason_result="error")
        if noted.write is not None:
            stage(noted.write)
        return set_slots(reason_result="noted", cancelled_visit=None)

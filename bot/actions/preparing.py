"""What a flow needs to know before it asks: what the channel already tells, what the practice wants."""

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.companions import expected
from bot.actions.desk import DeskAction, Event, set_slots
from bot.actions.returning import ReturningPatients
from bot.actions.turn import current_call
from bot.actions.wording import visit_type_row
from bot.domain.channels import WEB
from bot.domain.practice import VisitType
from bot.service.turns.facts import when_staff_answer


class PrepareBooking(ReturningPatients):
    """Which questions a booking has to ask here, and whom it may be for.

    Where there is one kind of visit, that is answered already.
    """

    called = "action_prepare_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        only = bookable(self.practice.visit_types)
        events = set_slots(
            must_ask_phone=current_call().phone is None,
            must_ask_birth_date=self.practice.wants_birth_date,
            must_prove_contact=current_call().channel == WEB,
            contact_check_result=None,  # of an earlier booking, maybe with another number
            searched_for=None,  # what was searched for an earlier booking is no part of this one
            hold_result=None,
            recalled=None,
            **await self.offered(),
            **expected(dispatcher, tracker),
        )
        if len(only) == 1 and not tracker.get_slot("visit_type"):
            events += set_slots(visit_type=only[0].id)
        return events


class AskVisitType(DeskAction):
    """Asks what the visit is for: one choice for each kind that can be booked."""

    called = "action_ask_visit_type"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        buttons = []
        for visit_type in bookable(self.practice.visit_types):
            title, description = visit_type_row(visit_type, current_call().language)
            payload = f"/SetSlots(visit_type={visit_type.id})"
            buttons.append({"title": title, "payload": payload, "description": description})
        dispatcher.utter_message(response="utter_which_visit", buttons=buttons)
        return []


class PrepareHandoff(DeskAction):
    """When somebody answers, in words, for the texts that hand a patient over."""

    called = "action_prepare_handoff"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        words = when_staff_answer(self.practice, current_call().language, self.wall_now())
        return set_slots(staff_when=words)


def bookable(visit_types: tuple[VisitType, ...]) -> tuple[VisitType, ...]:
    """What somebody who writes for the first time may choose from."""
    return tuple(v for v in visit_types if v.for_new_patients) or visit_types

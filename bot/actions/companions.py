"""Visits of several people, one after the other: whoever comes next wants the same kind of visit, near the first."""

from datetime import timedelta
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.desk import DeskAction, Event, read_opening, set_slots

NOBODY = "nobody"
_NEAR = timedelta(hours=3)


class NoteBooked(DeskAction):
    """Notes what was booked, for somebody who is to come as well."""

    called = "action_note_booked"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        opening = read_opening(tracker.get_slot("opening"))
        if opening is None:
            return []
        start = self.clock.wall(opening.start)
        midnight = (start + timedelta(days=1)).replace(hour=0, minute=0)
        until = min(start + _NEAR, midnight)
        wish = {"windows": [[f"{start:%Y-%m-%dT%H:%M}", f"{until:%Y-%m-%dT%H:%M}"]], "part": None}
        companion = tracker.get_slot("companion")
        return set_slots(
            booked_before={"visit_type": opening.visit_type, "wish": wish},
            next_patient=companion if companion != NOBODY else None,
        )


class RecallBooked(DeskAction):
    """Kind and time of the visit before, where nothing else was told: "and for my husband, on Friday?"."""

    called = "action_recall_booked"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        before = tracker.get_slot("booked_before") or {}
        return set_slots(**{slot: tracker.get_slot(slot) or before.get(slot) for slot in ("visit_type", "wish")})


class TakeNextPatient(DeskAction):
    """Whoever was named beside the first becomes the patient of a booking like the one before."""

    called = "action_take_next_patient"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return set_slots(
            patient_name=tracker.get_slot("next_patient"),
            for_somebody_else=True,
            one_more=True,
            next_patient=None,
        )

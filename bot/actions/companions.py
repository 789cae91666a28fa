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
        return set_slots(booked_before={"visit_type": opening.visit_type, "wish": wish})


class TakeCompanion(DeskAction):
    """The next patient, if the name is known; kind and time as noted, unless they were told otherwise."""

    called = "action_take_companion"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        before = tracker.get_slot("booked_before") or {}
        if tracker.get_slot("one_more"):  # a booking of its own: "and for my husband, on Friday?"
            told = {slot: tracker.get_slot(slot) or before.get(slot) for slot in ("visit_type", "wish")}
            return set_slots(**told, booked_before=None)
        companion = tracker.get_slot("companion")
        return set_slots(
            patient_name=companion if companion != NOBODY else None,
            companion=None,
            **({"wish": before["wish"]} if before else {}),
            searched_for=None,
            hold_result=None,
        )

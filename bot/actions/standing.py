"""Who has a visit already: what is told of their teeth then is about that one, before it is about another."""

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.appointments import DescribedVisits
from bot.actions.desk import Event, set_slots
from bot.actions.turn import current_call
from bot.errors import BookingError

#: Named beside it, another visit than the one that stands is meant.
_OF_ANOTHER = frozenset({"relative", "companion", "several_people", "one_more", "visit_type", "person"})


class FindStandingVisit(DescribedVisits):
    """The next visit that was booked from here, in words, where it is certain whose. Asks for no proof.

    What is named is of another visit, unless `names_the_change`: what this one is to become.
    A slot of its own: a move that waits beneath tells its visit in others.
    """

    called = "action_find_standing_visit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        nothing = set_slots(standing_visit=None)
        named = {e.get("entity") for e in (tracker.latest_message or {}).get("entities") or ()}
        try:
            if (named & _OF_ANOTHER and not tracker.get_slot("names_the_change")) or await self.is_shared():
                return nothing
            visits = await self.diary.appointments_of(contact=call.contact, at=call.at)
        except BookingError:
            return nothing
        if len({visit.patient for visit in visits}) != 1:
            return nothing
        first = min(visits, key=lambda visit: visit.opening.start)
        told = self.in_slots(first)
        return set_slots(standing_visit=f"{told['visit_when']}, {told['visit_what']} ({told['visit_whom']})")

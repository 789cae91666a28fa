"""Who is late today: the visit of whoever is writing."""

from datetime import timedelta
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.desk import Event, set_slots
from bot.actions.identity import OwnVisits
from bot.actions.turn import current_call
from bot.errors import BookingError

#: A visit that should have begun by now is the one somebody is late for.
_BEGAN = timedelta(hours=2)


class FindTodaysVisit(OwnVisits):
    """Today's visit that was booked from here: when and with whom. Nobody else's is ever named."""

    called = "action_find_todays_visit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        today = self.wall_now().date()
        try:
            if await self.is_shared():
                return set_slots(todays_visit=None)
            visits = await self.diary.appointments_of(contact=call.contact, at=call.at - _BEGAN)
        except BookingError:
            return set_slots(todays_visit=None)
        starts = [(self.clock.wall(visit.opening.start), visit.opening) for visit in visits]
        todays = [(start, opening) for start, opening in starts if start.date() == today]
        if len(todays) != 1:
            return set_slots(todays_visit=None)
        start, opening = todays[0]
        practitioner = self.practice.practitioner(opening.practitioner)
        who = f", {practitioner.name}" if practitioner else ""
        return set_slots(todays_visit=f"{start:%H:%M}{who}")

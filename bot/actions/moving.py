"""Moving a visit to another time: it keeps its old time until the new one is certain."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.appointments import AskAboutVisit, DescribedVisits
from bot.actions.desk import Event, read_opening, set_slots
from bot.actions.identity import OwnVisits
from bot.actions.openings import AskOpening, FindOpenings, Searching
from bot.actions.turn import current_call, stage
from bot.domain.diary import Appointment, AppointmentStatus, Opening, Wish
from bot.domain.openings import site_of
from bot.errors import (
    BookingError,
    HoldExpired,
    OpeningTaken,
    OutcomeUnknown,
    PolicyRefused,
    VisitChanged,
)

#: The search for a new time is that for a first one, in slots of its own: a booking may wait beneath.
_NEW: Mapping[str, str] = {
    "wish": "new_wish",
    "opening": "new_opening",
    "openings_result": "new_times_result",
    "openings_on_offer": "new_times_on_offer",
    "openings_shown": "new_times_shown",
    "searched_for": "new_times_searched",
    "offer_kind": "new_times_kind",
    "nearest_because": "new_times_because",
    "search_reason": "new_times_reason",
    "hold_result": "new_hold_result",
}


def _as_for_booking(tracker: Tracker, opening: Opening) -> Tracker:
    """What the search for a first time reads: the visit's kind and practitioner stay."""
    other = copy.copy(tracker)
    other.slots = {booked: tracker.get_slot(moved) for booked, moved in _NEW.items()}
    other.slots |= {"visit_type": opening.visit_type, "practitioner": opening.practitioner}
    other.slots |= {"instead_of": tracker.get_slot("visit")}
    return other


def _as_for_moving(events: list[Event]) -> list[Event]:
    return [{**event, "name": _NEW[event["name"]]} for event in events]


class _WithTheSame(Searching):
    """However far a wish is widened, the practitioner stays."""

    async def find(
        self, wish: Wish, passed_over: tuple[str, ...] = (), *, refused: str | None = None
    ) -> tuple[Opening, ...]:
        found = await super().find(wish, passed_over, refused=refused)
        return tuple(opening for opening in found if opening.practitioner == wish.practitioner)

    def wider_and_wider(self, wish: Wish) -> Iterator[Wish]:
        for widened in super().wider_and_wider(wish):
            yield replace(widened, practitioner=wish.practitioner)


class FindNewTimes(_WithTheSame, FindOpenings, OwnVisits):
    """Looks for other times of the same kind with the same practitioner."""

    called = "action_find_new_times"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            visit = await self.visit(tracker)
        except BookingError:
            return set_slots(new_times_result="error")
        if visit is None:
            return set_slots(new_times_result="unknown_visit")
        search = _as_for_booking(tracker, visit.opening)
        search.slots["moved_opening"] = visit.opening.ref
        return _as_for_moving(await FindOpenings.run(self, dispatcher, search, domain))

    def about_whom(self, kind: str, found: tuple[Opening, ...], wish: Wish, refused: str | None) -> str:
        return kind  # whose visit it is, its question tells


class LookForSooner(_WithTheSame, DescribedVisits):
    """Whether the same practitioner is free before the visit: then that is the wish to move it by."""

    called = "action_look_for_sooner"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            visit = await self.visit(tracker)
            if visit is None:
                return set_slots(sooner_result="error")
            stands = self.clock.wall(visit.opening.start)
            wish = Wish(
                visit_type=visit.opening.visit_type,
                windows=((self.wall_now().replace(tzinfo=None), stands),),
                practitioner=visit.opening.practitioner,
                site=site_of(self.practice, visit.opening),
                instead_of=visit.id,
            )
            found = await self.find(wish)
        except BookingError:
            return set_slots(sooner_result="error")
        if not any(opening.start < visit.opening.start for opening in found):
            return set_slots(sooner_result="none", **self.in_slots(visit))
        window = [f"{moment:%Y-%m-%dT%H:%M}" for moment in wish.windows[0]]
        return set_slots(
            sooner_result="found",
            new_wish={"windows": [window], "part": None},
            visit_handed_on=visit.id,
        )


class AskNewTime(_WithTheSame, AskOpening, OwnVisits):
    """Asks which of the new times suits."""

    called = "action_ask_new_opening"
    fills = "new_opening"
    question = "utter_new_times_on_offer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        noted = [o for o in map(read_opening, tracker.get_slot("new_times_on_offer") or ()) if o]
        search = _as_for_booking(tracker, noted[0])
        with suppress(BookingError):
            visit = await self.visit(tracker)
            search.slots["moved_opening"] = visit.opening.ref if visit else None
        return _as_for_moving(await AskOpening.run(self, dispatcher, search, domain))


class HoldNewTime(DescribedVisits):
    """Keeps the new time while the patient answers; the visit keeps its old one until it has moved."""

    called = "action_hold_new_time"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            visit = await self.visit(tracker)
            opening = _new_opening(tracker, visit)
            if visit is None or opening is None:
                return set_slots(new_hold_result="refused")
            await self.keep(opening, key=current_call().key, instead_of=visit.id)
        except OpeningTaken:
            return set_slots(new_hold_result="taken")
        except PolicyRefused:
            return set_slots(new_hold_result="refused")
        except BookingError:
            return set_slots(new_hold_result="error")
        return set_slots(new_hold_result="held", **self.anew(opening), **self.in_slots(visit))


class AskConfirmMove(AskAboutVisit):
    called = "action_ask_confirm_move"
    question = "utter_confirm_move"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """A time that has passed while the patient was silent is offered to nobody."""
        opening = read_opening(tracker.get_slot("new_opening"))
        if opening is None or opening.start >= current_call().at:
            return await super().run(dispatcher, tracker, domain)
        new_when = self.described(opening)["opening_words"]
        dispatcher.utter_message(response="utter_new_time_has_passed", new_when=new_when)
        return []


class MoveVisit(DescribedVisits):
    """Moves the visit to the new time. A hold that ran out is taken again first, so a late yes counts."""

    called = "action_move_visit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            visit = await self.visit(tracker)
            opening = _new_opening(tracker, visit)
            if visit is None:
                return set_slots(move_result="changed")
            if opening is None:
                return set_slots(move_result="expired")
            moved = await self._move(visit, opening)
        except VisitChanged:
            return set_slots(move_result="changed")
        except OpeningTaken:
            return set_slots(move_result="taken")
        except HoldExpired:
            return set_slots(move_result="expired")
        except OutcomeUnknown:
            return set_slots(move_result="unknown")
        except BookingError:
            return set_slots(move_result="error")
        is_requested = moved.status is AppointmentStatus.REQUESTED and visit.id != moved.id
        result = "requested" if is_requested else "moved"
        return set_slots(move_result=result, **self.anew(opening), **self.in_slots(visit))

    async def _move(self, visit: Appointment, opening: Opening) -> Appointment:
        call = current_call()
        try:
            hold = await self.keep(opening, key=f"{call.key}:again", instead_of=visit.id)
        except PolicyRefused as gone:  # no opening any more, such as one that is too near by now
            raise HoldExpired("this is no opening any more; offer others") from gone
        moved = await self.diary.reschedule(visit, hold, key=call.key, at=call.at)
        if moved.write is not None:
            stage(moved.write)
        return moved.appointment


def _new_opening(tracker: Tracker, visit: Appointment | None) -> Opening | None:
    """The new time, where it fits the visit: its kind, its practitioner."""
    opening = read_opening(tracker.get_slot("new_opening"))
    if opening is None or visit is None:
        return None
    kept = (visit.opening.visit_type, visit.opening.practitioner)
    return opening if (opening.visit_type, opening.practitioner) == kept else None

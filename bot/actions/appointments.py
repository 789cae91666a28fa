"""Finding, telling, moving and cancelling visits of whoever is writing (see `bot.actions.identity`).

An action believes no slot: the visit that one names is looked up again among those that may be seen, and the
diary refuses what is no longer as the patient saw it.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.desk import DeskAction, Event, read_opening, set_slots
from bot.actions.identity import OwnVisits, ProveIdentity
from bot.actions.keeping import WithOpening
from bot.actions.openings import AskOpening, FindOpenings, Searching
from bot.actions.turn import current_call, stage
from bot.actions.wording import opening_title, other_visit, visit_title, visits_in_lines
from bot.domain.diary import Appointment, AppointmentStatus, Opening, Wish
from bot.errors import BookingError, HoldExpired, OpeningTaken, PolicyRefused, VisitChanged

CHOICES = 9  # visits to choose from; a tenth choice is "another visit"
_MEANT = 0.35  # confidence below which understanding says: the time that is moved away from
_REASONS = ("unwell", "busy", "not_needed")


def appointment_action_kinds() -> tuple[type[DeskAction], ...]:
    return (
        FindVisits,
        ProveIdentity,
        AskVisit,
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
        NoteCancelReason,
    )


class _Described(OwnVisits, WithOpening):
    """Actions that say which visit they mean."""

    def in_slots(self, visit: Appointment) -> dict[str, str]:
        words = self.described(visit.opening)
        return {
            "visit_when": words["opening_words"],
            "visit_what": words["visit_name"],
            "visit_whom": words["practitioner_name"],
        }


class FindVisits(_Described):
    """Which visits whoever writes may see, or what is lacking to know. A visit that is named stands alone.

    `visit_purpose` is what for: "move", "cancel" or "see".
    """

    called = "action_find_visits"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        handed_on = tracker.get_slot("visit_handed_on")
        if handed_on and not tracker.get_slot("visit"):
            tracker.slots["visit"] = handed_on
        try:
            seen = await self.seen(tracker)
            shared = seen.lacking == "proof" and len(await self.people(phone=current_call().phone)) > 1
        except BookingError:
            return set_slots(visits_result="error", visit=None)
        done = {"visit_handed_on": None, "must_ask_visitor_name": shared}
        if not seen.visits:
            return set_slots(visits_result=seen.lacking, visit=None, **done)
        meant = [visit for visit in seen.visits if visit.id == tracker.get_slot("visit")] or self._spoken_of(
            seen.visits, tracker
        )
        if len(meant) == 1:
            return set_slots(visits_result="one", visit=meant[0].id, **done)
        return set_slots(visits_result="several", visit=None, **done)

    def _spoken_of(self, visits: Sequence[Appointment], tracker: Tracker) -> list[Appointment]:
        """Those that the message tells by day, kind or practitioner; all of them when it tells none."""
        entities = (tracker.latest_message or {}).get("entities") or []
        times = [e for e in entities if e.get("entity") in ("time", "part_of_day")]
        left = [e for e in times if e.get("confidence_entity", 1.0) < _MEANT]
        if not left and tracker.get_slot("visit_purpose") != "move":
            left = times
        found = list(visits)
        for entity in left:
            found = [v for v in found if _lies_in(self.clock.wall(v.opening.start), entity)] or found
        for kind, attribute in (("visit_type", "visit_type"), ("practitioner", "practitioner")):
            named = {e.get("value") for e in entities if e.get("entity") == kind}
            found = [v for v in found if getattr(v.opening, attribute) in named] or found
        return found


class AskVisit(_Described):
    """Asks which visit is meant: days without hours, no names, nothing of what is done."""

    called = "action_ask_visit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        seen = await self.seen(tracker)
        buttons = self._buttons(seen.visits[:CHOICES])
        if seen.proof is None:
            buttons.append(
                {"title": other_visit(current_call().language), "payload": "/SetSlots(visit=other)"}
            )
        dispatcher.utter_message(response="utter_which_appointment", buttons=buttons)
        return []

    def _buttons(self, visits: Sequence[Appointment]) -> list[dict[str, str]]:
        language = current_call().language
        starts = [self.clock.wall(visit.opening.start) for visit in visits]
        titles = [visit_title(start, language) for start in starts]
        return [
            {
                "title": title if titles.count(title) == 1 else opening_title(start, language),
                "payload": f"/SetSlots(visit={visit.id})",
                "start": f"{start:%Y-%m-%dT%H:%M}",
                "practitioner": visit.opening.practitioner,
            }
            for visit, start, title in zip(visits, starts, titles, strict=True)
        ]


class TellVisits(_Described):
    """Says when which visits are."""

    called = "action_tell_visits"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            visits = (await self.seen(tracker)).visits
        except BookingError:
            return set_slots(tell_result="error")
        named = [visit for visit in visits if visit.id == tracker.get_slot("visit")]
        if named:
            dispatcher.utter_message(
                response="utter_your_visit", visit_id=named[0].id, **self.in_slots(named[0])
            )
            return set_slots(tell_result="told")
        lines = []
        for visit in visits[:CHOICES]:
            words = self.in_slots(visit)
            lines.append(f"{words['visit_when']}: {words['visit_what']}, {words['visit_whom']}")
        dispatcher.utter_message(response="utter_your_visits", visit_lines=visits_in_lines(lines))
        return set_slots(tell_result="told")


class ReadVisit(_Described):
    """Makes sure that the chosen visit is theirs and still stands, and puts it into words."""

    called = "action_read_visit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            visit = await self.visit(tracker)
        except BookingError:
            return set_slots(visit_result="error")
        if visit is None:
            return set_slots(visit_result="gone", visit=None)
        return set_slots(visit_result="found", **self.in_slots(visit))


#: The search for a new time is that for a first one, in slots of its own: a booking may wait beneath.
_NEW: Mapping[str, str] = {
    "wish": "new_wish",
    "opening": "new_opening",
    "openings_result": "new_times_result",
    "openings_on_offer": "new_times_on_offer",
    "openings_shown": "new_times_shown",
    "searched_for": "new_times_searched",
    "offer_kind": "new_times_kind",
    "search_reason": "new_times_reason",
    "hold_result": "new_hold_result",
}


def _as_for_booking(tracker: Tracker, opening: Opening) -> Tracker:
    """What the search for a first time reads: the visit's kind and practitioner stay."""
    other = copy.copy(tracker)
    other.slots = {booked: tracker.get_slot(moved) for booked, moved in _NEW.items()}
    other.slots |= {"visit_type": opening.visit_type, "practitioner": opening.practitioner}
    return other


def _as_for_moving(events: list[Event]) -> list[Event]:
    return [{**event, "name": _NEW[event["name"]]} for event in events]


class _WithTheSame(Searching):
    """However far a wish is widened, the practitioner stays."""

    async def find(self, wish: Wish, passed_over: tuple[str, ...] = ()) -> tuple[Opening, ...]:
        found = await super().find(wish, passed_over)
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
        return _as_for_moving(await FindOpenings.run(self, dispatcher, search, domain))


class AskNewTime(_WithTheSame, AskOpening):
    """Asks which of the new times suits."""

    called = "action_ask_new_opening"
    fills = "new_opening"
    question = "utter_new_times_on_offer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        noted = [o for o in map(read_opening, tracker.get_slot("new_times_on_offer") or ()) if o]
        search = _as_for_booking(tracker, noted[0])
        return _as_for_moving(await AskOpening.run(self, dispatcher, search, domain))


class HoldNewTime(_Described):
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
            await self.keep(opening, key=current_call().key)
        except OpeningTaken:
            return set_slots(new_hold_result="taken")
        except PolicyRefused:
            return set_slots(new_hold_result="refused")
        except BookingError:
            return set_slots(new_hold_result="error")
        new_when = self.described(opening)["opening_words"]
        return set_slots(new_hold_result="held", new_when=new_when, **self.in_slots(visit))


class _AskAboutVisit(_Described):
    """Asks for a final yes, in the language that the patient speaks by now."""

    question: str

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        visit = await self.visit(tracker)
        words = self.in_slots(visit) if visit else {}
        opening = read_opening(tracker.get_slot("new_opening"))
        if opening:
            words["new_when"] = self.described(opening)["opening_words"]
        dispatcher.utter_message(response=self.question, **words)
        return []


class AskConfirmMove(_AskAboutVisit):
    called = "action_ask_confirm_move"
    question = "utter_confirm_move"


class AskConfirmCancel(_AskAboutVisit):
    called = "action_ask_confirm_cancel"
    question = "utter_confirm_cancel"


class MoveVisit(_Described):
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
            await self._move(visit, opening)
        except VisitChanged:
            return set_slots(move_result="changed")
        except OpeningTaken:
            return set_slots(move_result="taken")
        except (HoldExpired, PolicyRefused):
            return set_slots(move_result="expired")
        except BookingError:
            return set_slots(move_result="error")
        new_when = self.described(opening)["opening_words"]
        return set_slots(move_result="moved", new_when=new_when, **self.in_slots(visit))

    async def _move(self, visit: Appointment, opening: Opening) -> None:
        call = current_call()
        hold = await self.keep(opening, key=f"{call.key}:again")
        moved = await self.diary.reschedule(visit, hold, key=call.key, at=call.at)
        if moved.write is not None:
            stage(moved.write)


class CancelVisit(_Described):
    """Cancels the visit; its time is free at once. Remembers which one, should a reason follow."""

    called = "action_cancel_visit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        try:
            visit = await self.visit(tracker)
            if visit is None:
                return set_slots(cancel_result="changed")
            cancelled = await self.diary.cancel(visit, None, key=call.key, at=call.at)
        except VisitChanged:
            return set_slots(cancel_result="changed")
        except BookingError:
            return set_slots(cancel_result="error")
        if cancelled.write is not None:
            stage(cancelled.write)
        remembered = f"{visit.id} {visit.opening.ref}"
        return set_slots(cancel_result="cancelled", cancelled_visit=remembered, **self.in_slots(visit))


class HandVisitOn(DeskAction):
    """The visit that another flow is to go on with, which links to it."""

    called = "action_hand_visit_on"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return set_slots(visit_handed_on=tracker.get_slot("visit"))


class NoteCancelReason(DeskAction):
    """Notes why the visit was cancelled that was cancelled last, once."""

    called = "action_note_cancel_reason"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call, reason = current_call(), tracker.get_slot("cancel_reason")
        visit_id, _, ref = str(tracker.get_slot("cancelled_visit") or "").partition(" ")
        opening = read_opening(ref)
        if opening is None or reason not in _REASONS:
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


def _new_opening(tracker: Tracker, visit: Appointment | None) -> Opening | None:
    """The new time, where it fits the visit: its kind, its practitioner."""
    opening = read_opening(tracker.get_slot("new_opening"))
    if opening is None or visit is None:
        return None
    kept = (visit.opening.visit_type, visit.opening.practitioner)
    return opening if (opening.visit_type, opening.practitioner) == kept else None


def _lies_in(start: datetime, entity: Mapping[str, Any]) -> bool:
    """Whether a visit begins within a time that the patient named; an hour named is that hour."""
    value = entity.get("value") or {}
    since, until = value.get("from"), value.get("to")
    if entity.get("entity") == "part_of_day":
        return str(since) <= f"{start:%H:%M}" < str(until)
    if since and not until:
        return f"{start:%Y-%m-%dT%H:%M}" == str(since)
    moment = f"{start:%Y-%m-%dT%H:%M}"
    return (not since or moment >= str(since)) and (not until or moment < str(until))

"""Finding, telling, moving and cancelling visits of whoever is writing (see `bot.actions.identity`).

An action believes no slot: the visit that one names is looked up again among those that may be seen, and the
diary refuses what is no longer as the patient saw it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.companions import named_in_message
from bot.actions.desk import Event, read_opening, set_slots
from bot.actions.identity import OwnVisits, Proof
from bot.actions.keeping import WithOpening
from bot.actions.turn import current_call
from bot.actions.whose import told_by
from bot.actions.wording import (
    not_confirmed_yet,
    opening_title,
    other_visit,
    visit_title,
    visits_in_lines,
)
from bot.domain.diary import Appointment, AppointmentStatus
from bot.errors import BookingError

ALL = "all"  # "both": one after the other
CHOICES = 9  # visits to choose from; a tenth choice is "another visit"
_MEANT = 0.35  # confidence below which understanding says: the time that is moved away from


class DescribedVisits(OwnVisits, WithOpening):
    """Actions that say which visit they mean."""

    def in_slots(self, visit: Appointment) -> dict[str, str]:
        words = self.described(visit.opening)
        return {
            "visit_when": words["opening_words"],
            "visit_what": self._as_it_stands(visit, words["visit_name"]),
            "visit_whom": words["practitioner_name"],
        }

    def _as_it_stands(self, visit: Appointment, what: str) -> str:
        if visit.status is not AppointmentStatus.REQUESTED:
            return what
        return f"{what} ({not_confirmed_yet(current_call().language)})"

    def meant(self, visits: Sequence[Appointment], tracker: Tracker) -> list[Appointment]:
        """The one that a tap or a flow before has named, else those that the message speaks of."""
        wanted = None if tracker.get_slot("visit_purpose") == "see" else tracker.get_slot("visit")
        return [visit for visit in visits if visit.id == wanted] or self._spoken_of(visits, tracker)

    def _spoken_of(self, visits: Sequence[Appointment], tracker: Tracker) -> list[Appointment]:
        """Those that the message tells by day, kind or practitioner; all of them when it tells none."""
        entities = (tracker.latest_message or {}).get("entities") or []
        times = [e for e in entities if e.get("entity") in ("time", "part_of_day")]
        left = [e for e in times if e.get("confidence_entity", 1.0) < _MEANT]
        if not left and tracker.get_slot("visit_purpose") != "move":
            left = times
        found = list(visits)
        for entity in left:
            found = self._at(found, entity) or found
        for kind, attribute in (("visit_type", "visit_type"), ("practitioner", "practitioner")):
            named = {e.get("value") for e in entities if e.get("entity") == kind}
            found = [v for v in found if getattr(v.opening, attribute) in named] or found
        return found

    def _at(self, visits: Sequence[Appointment], entity: Mapping[str, Any]) -> list[Appointment]:
        """Within the time named, on its first day ("from Thursday to Monday"), else at any hour of it."""
        value = entity.get("value") or {}
        since, until = str(value.get("from") or ""), str(value.get("to") or "")
        starts = [(visit, f"{self.clock.wall(visit.opening.start):%Y-%m-%dT%H:%M}") for visit in visits]
        if entity.get("entity") == "part_of_day":
            return [visit for visit, start in starts if since <= start[11:] < until]
        day = [(visit, start) for visit, start in starts if start[:10] == since[:10]]
        exact = [v for v, start in day if (since <= start < until if until else start == since)]
        return exact or [v for v, _ in day] or [v for v, start in starts if since <= start < until]


class FindVisits(DescribedVisits):
    """Which visits whoever writes may see, or what is lacking to know. A visit that is named stands alone.

    `visit_purpose` is what for: "move", "cancel" or "see".
    """

    called = "action_find_visits"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        every, handed_on = tracker.get_slot("visit") == ALL, tracker.get_slot("visit_handed_on")
        to_see = tracker.get_slot("visit_purpose") == "see"
        if handed_on and not tracker.get_slot("visit"):
            tracker.slots["visit"] = handed_on
        try:
            seen = await self.seen(tracker)
            told = told_by(tracker) if seen.lacking == "name" and not seen.visits else {}
            if told:
                tracker.slots.update(told)
                seen = await self.seen(tracker)
            shared = seen.lacking == "proof" and len(await self.people(phone=current_call().phone)) > 1
        except BookingError:
            return set_slots(visits_result="error")
        done: dict[str, Any] = {"visit_handed_on": None, "must_ask_visitor_name": shared, "told_visit": None}
        if "visitor_name" in told:
            done["visitor_name"] = told["visitor_name"]
        if seen.proof is not None and not seen.proof.shared:
            done["identity"] = replace(seen.proof, at=current_call().at).to_slot()  # silence begins anew
        if seen.lacking == "proof" and self._of_another(tracker):
            done["visitor_birth_date"] = None
        # Whose it is was mentioned: no proof, but no need to ask for it either, before the proof.
        if shared and tracker.get_slot("visitor_name") is None:
            done["visitor_name"] = named_in_message(tracker, "whose_visit")
        meant = self.meant(seen.visits, tracker)
        if not to_see and not handed_on:
            meant, told = self._chosen(meant, tracker, every=every)
            done |= told
        if not to_see:  # else the slot is that of a flow which waits beneath
            undecided = ALL if every and not meant else None
            done["visit"] = meant[0].id if len(meant) == 1 else undecided
        found = "several" if len(meant) > 1 else "one" if meant else seen.lacking
        return set_slots(visits_result=found, **done)

    def _chosen(
        self, meant: list[Appointment], tracker: Tracker, *, every: bool
    ) -> tuple[list[Appointment], dict[str, Any]]:
        """Those that remain after "both", "the second one", "not this one"; and the slots that say so."""
        place = named_in_message(tracker, "which_one") or tracker.get_slot("which_one")
        if not meant:
            return meant, {"which_one": place}
        left = tracker.get_slot("visits_left") or ()
        waiting = [visit for visit in meant if visit.id in left]
        if waiting or (every and len(meant) > 1):
            first, *others = waiting or meant
            return [first], {"visits_left": [visit.id for visit in others] or None}
        if len(meant) > 1 and place is not None and -1 <= place <= len(meant):
            meant = [meant[-1] if place < 0 else meant[place - 1]]
        rest = [visit for visit in meant if visit.id != tracker.get_slot("visit_passed_over")]
        return rest or meant, {"visits_left": None, "which_one": None, "visit_passed_over": None}

    def _of_another(self, tracker: Tracker) -> bool:
        """Whether the date of birth was told of somebody else, in a flow that waits beneath."""
        proof = Proof.from_slot(tracker.get_slot("identity"))
        name, born = tracker.get_slot("visitor_name"), tracker.get_slot("visitor_birth_date")
        return proof is not None and born == proof.answers[1] and name != proof.answers[0]


class LineUpVisits(DescribedVisits):
    """ "Both": the first of them now, the others after it."""

    called = "action_line_up_visits"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        tracker.slots["visit"] = None
        try:
            visits = [visit.id for visit in (await self.seen(tracker)).visits]
        except BookingError:
            visits = []
        return set_slots(visit=visits[0] if visits else None, visits_left=visits[1:] or None)


class AskVisit(DescribedVisits):
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


class TellVisits(DescribedVisits):
    """Says when which visits are."""

    called = "action_tell_visits"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            seen = await self.seen(tracker)
        except BookingError:
            return set_slots(tell_result="error")
        meant = self.meant(seen.visits, tracker)
        if len(meant) == 1:
            dispatcher.utter_message(
                response="utter_your_visit" if seen.proof else "utter_your_visit_from_here",
                visit_id=meant[0].id,
                **self.in_slots(meant[0]),
            )
            return set_slots(tell_result="told", told_visit=meant[0].id)
        lines = []
        for visit in meant[:CHOICES]:
            words = self.in_slots(visit)
            lines.append(f"{words['visit_when']}: {words['visit_what']}, {words['visit_whom']}")
        dispatcher.utter_message(
            response="utter_your_visits" if seen.proof else "utter_your_visits_from_here",
            visit_lines=visits_in_lines(lines),
        )
        return set_slots(tell_result="told")


class ReadVisit(DescribedVisits):
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
        start = f"{self.clock.wall(visit.opening.start):%Y-%m-%dT%H:%M}"
        return set_slots(visit_result="found", visit_start=start, **self.in_slots(visit))


class AskAboutVisit(DescribedVisits):
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

"""Visits of several people, one after the other.

Whoever comes next wants the same kind of visit, near the first. What the message names is read here, and not
into slots that flows ask for: hardly any booking is for two.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.desk import DeskAction, Event, read_opening, set_slots
from bot.actions.identity import TRUSTED_FOR_SHARED
from bot.actions.turn import current_call
from bot.domain.practice import Practice, VisitType

#: "Right after me", "subito dopo il controllo", "в то же утро": told by the visit that was just booked.
_RIGHT_AFTER = re.compile(
    r"\b((right|straight|just|directly|immediately|soon) after|after (me|him|her|it|that|the|mine)\b"
    r"|same (morning|afternoon|day)"
    r"|(subito|appena|proprio) dopo|dopo (di )?(me|lui|lei)\b|stess[ao] (mattina|giorno|pomeriggio"
    r"|mattinata)"
    r"|(сразу|следом|тут же)( за| после)?|после (меня|него|не[её]|этого)|(то же|одно) утро|(тот же"
    r"|один) день)",
    re.I,
)
_AND = re.compile(r"\b(and|plus|with|then|e|ed|poi|più|con|и|с|плюс|потом|также)\b|[+&]", re.I)
_OR = re.compile(
    r"\b(or|no|not|but|actually|instead|o|oppure|non|ma|anzi|invece|или|нет|не|но|вместо)\b|\?", re.I
)
SOMEBODY = "+"  # somebody comes next, whose name is not known yet
_NEAR = timedelta(hours=3)


def named_in_message(tracker: Tracker, kind: str) -> Any:
    """The value of an entity of the message; None without one."""
    return next(iter(all_in_message(tracker, kind)), None)


def _text(tracker: Tracker) -> str:
    return str((tracker.latest_message or {}).get("text") or "")


def all_in_message(tracker: Tracker, kind: str) -> list[Any]:
    entities = (tracker.latest_message or {}).get("entities") or []
    return [e.get("value") for e in entities if e.get("entity") == kind]


def expected(dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
    """Slots at the start of a booking: whether somebody comes after the first; and, where this is that
    somebody, or "and for my husband?", what was left unsaid."""
    several = named_in_message(tracker, "several_people") is not None
    if several and named_in_message(tracker, "companion") is None:
        dispatcher.utter_message(response="utter_several_one_by_one")
    found: dict[str, Any] = {"next_patient": SOMEBODY if several else None}
    if tracker.get_slot("patients_after") is not None:
        found["patients_after"] = None
    another = one_more_kind(tracker)
    if another != tracker.get_slot("next_visit"):
        found["next_visit"] = another
    before, pending = tracker.get_slot("booked_before"), tracker.get_slot("next_patient")
    if not isinstance(before, Mapping) or not _is_recent(before["at"]):
        return found
    added = tracker.get_slot("next_visit")
    follows = added is not None and added == tracker.get_slot("visit_type")
    if tracker.get_slot("wish") is None and (follows or _RIGHT_AFTER.search(_text(tracker))):
        found["wish"] = before["wish"]
    one_more = bool(named_in_message(tracker, "one_more"))
    tapped = bool(tracker.get_slot("for_somebody_else")) and not named_in_message(tracker, "relative")
    if not one_more and not (pending and tapped):
        return found
    for slot in ("visit_type", "wish"):
        if tracker.get_slot(slot) is None:
            found[slot] = before[slot]
    if pending not in (None, SOMEBODY) and tracker.get_slot("patient_name") is None:
        found["patient_name"] = pending
        next_one, *after = tracker.get_slot("patients_after") or (found["next_patient"],)
        found |= {"next_patient": next_one, "patients_after": after or None}
    return found


def one_more_kind(tracker: Tracker) -> str | None:
    """ "A cleaning for me and a check-up for my son": of two kinds of visit the one that has to wait."""
    entities = (tracker.latest_message or {}).get("entities") or []
    kinds = [e for e in entities if e.get("entity") == "visit_type"]
    first = tracker.get_slot("visit_type")
    if len(kinds) != 2 or first not in {e.get("value") for e in kinds}:
        return None
    others = [str(e.get("value")) for e in kinds if e.get("value") != first]
    ends, begins = kinds[0].get("end", 0), kinds[1].get("start", 0)
    between = _text(tracker)[ends:begins]
    in_a_word = begins < ends  # "both"
    both = in_a_word or (_AND.search(between) is not None and _OR.search(between) is None)
    return others[0] if others and both else None


def visit_that_follows(
    dispatcher: CollectingDispatcher, tracker: Tracker, practice: Practice
) -> dict[str, Any]:
    """ "Cleaning and check-up together": one is looked for now, and what becomes of the other is said."""
    another = practice.visit_type(one_more_kind(tracker) or "")
    first = practice.visit_type(str(tracker.get_slot("visit_type")))
    if another is None or first is None:
        return {}
    language = current_call().language
    dispatcher.utter_message(
        response="utter_one_visit_at_a_time",
        this_visit_name=first.name(language),
        next_visit_name=another.name(language),
    )
    return {"next_visit": another.id}


def named_next(dispatcher: CollectingDispatcher, tracker: Tracker, name: str) -> dict[str, Any]:
    """Slots once the first has a name: all others that the same message names, each in turn."""
    companions = all_in_message(tracker, "companion")
    if not companions or companions[0] == tracker.get_slot("next_patient"):
        return {}
    everybody = ", ".join(companions)
    dispatcher.utter_message(response="utter_one_after_the_other", first_patient=name, next_patient=everybody)
    return {"next_patient": companions[0], "patients_after": companions[1:] or None}


class NoteBooked(DeskAction):
    """Notes what was booked and for whom, and whether somebody is to come as well."""

    called = "action_note_booked"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        at, opening = current_call().at.isoformat(), read_opening(tracker.get_slot("opening"))
        if opening is None:
            return []
        added, who = self._added(tracker, opening.visit_type), tracker.get_slot("next_patient")
        if added is not None:
            words = added.name(current_call().language)
            dispatcher.utter_message(
                response="utter_book_next_visit", next_visit=added.id, next_visit_name=words
            )
        else:
            if not who and named_in_message(tracker, "several_people"):  # "yes, and for my son, too"
                who = SOMEBODY
            self._ask(dispatcher, who)
        ends = self.clock.wall(opening.end)  # one parent cannot be in two rooms
        midnight = (self.clock.wall(opening.start) + timedelta(days=1)).replace(hour=0, minute=0)
        window = [f"{moment:%Y-%m-%dT%H:%M}" for moment in (ends, min(ends + _NEAR, midnight))]
        first = str(tracker.get_slot("patient_name") or "").split()[:1]
        lately = [[name, then] for name, then in tracker.get_slot("booked_lately") or () if _is_recent(then)]
        return set_slots(
            next_patient=who,
            next_visit=added.id if added else None,
            booked_before={
                "visit_type": opening.visit_type,
                "wish": {"windows": [window], "part": None},
                "at": at,
            },
            booked_lately=[*lately, *([name, at] for name in first)],
        )

    def _added(self, tracker: Tracker, booked: str) -> VisitType | None:
        """Another kind of visit that was wished for, too, at the beginning or with the yes."""
        kind = tracker.get_slot("next_visit") or named_in_message(tracker, "visit_type")
        return self.practice.visit_type(str(kind)) if kind not in (None, booked) else None

    def _ask(self, dispatcher: CollectingDispatcher, who: str | None) -> None:
        """Whether the next person is to be booked, by name where it is known."""
        if who == SOMEBODY:
            dispatcher.utter_message(response="utter_book_next_person")
        elif who:
            dispatcher.utter_message(response="utter_book_next_patient", next_patient=who)


def booked_lately(tracker: Tracker) -> tuple[str, ...]:
    """First names of whom the writer has booked just now: long ago, the phone may have changed hands."""
    return tuple(name for name, at in tracker.get_slot("booked_lately") or () if _is_recent(at))


def _is_recent(at: str) -> bool:
    return current_call().at - datetime.fromisoformat(at) < TRUSTED_FOR_SHARED

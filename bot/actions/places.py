"""Where a visit is: asked only of a practice that receives patients in several places."""

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.companions import visit_that_follows
from bot.actions.desk import DeskAction, Event, set_slots
from bot.actions.turn import current_call
from bot.actions.wording import anywhere
from bot.domain.practice import Practice

ANYWHERE = "anywhere"


def sites_for(practice: Practice, visit_type: str | None) -> tuple[str, ...]:
    """Ids of the places in which somebody does this kind of visit, as practice.yml orders them."""
    people = [one for one in practice.practitioners if visit_type in one.visit_types]
    theirs = {shift.site for one in people for shift in one.shifts}
    theirs |= {days.site for one in people for days in one.exceptions}
    return tuple(site.id for site in practice.sites if site.id in theirs)


def read_site(slot: object) -> str | None:
    """Of the slot `site`: None for wherever it may be."""
    return slot if isinstance(slot, str) and slot != ANYWHERE else None


class PrepareSite(DeskAction):
    """Whether there is anything to ask; a place that does not do this kind of visit is forgotten."""

    called = "action_prepare_site"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        there = sites_for(self.practice, tracker.get_slot("visit_type"))
        follows = visit_that_follows(dispatcher, tracker, self.practice)
        if len(there) < 2:
            return set_slots(must_ask_site=False, site=None, **follows)
        site = tracker.get_slot("site")
        site = site if site in (*there, ANYWHERE) else None
        return set_slots(must_ask_site=True, site=site, **follows)


class AskSite(DeskAction):
    """One choice for each place, its address beneath, and one for wherever there is time first."""

    called = "action_ask_site"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        there = sites_for(self.practice, tracker.get_slot("visit_type"))
        buttons = [
            {"title": site.name, "payload": f"/SetSlots(site={site.id})", "description": site.address}
            for site in self.practice.sites
            if site.id in there
        ]
        buttons.append({"title": anywhere(current_call().language), "payload": f"/SetSlots(site={ANYWHERE})"})
        dispatcher.utter_message(response="utter_which_site", buttons=buttons)
        return []

"""Looking for openings, and showing them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.desk import (
    DeskAction,
    Event,
    read_opening,
    read_practitioner,
    read_refused,
    read_wish,
    set_slots,
)
from bot.actions.places import read_site
from bot.actions.turn import current_call
from bot.actions.wording import diary_open_until, opening_title, other_times, why_offered
from bot.domain.diary import Opening, Wish
from bot.domain.not_then import last_bookable_day, why_not_then
from bot.domain.offer_reasons import reason_of
from bot.domain.openings import site_of
from bot.domain.relative_wish import is_relative, resolved
from bot.domain.standing_wish import days_of, standing
from bot.errors import BookingError

ON_OFFER = 6
ENOUGH = 2 * ON_OFFER  # openings of one day that are shown before other days are
REMEMBERED = 60  # openings that a patient has seen and passed over
_NEAR = timedelta(hours=2)  # what is still close to an hour that is not free


class Searching(DeskAction):
    """Actions that look for openings in the diary."""

    async def find(
        self, wish: Wish, passed_over: tuple[str, ...] = (), *, refused: str | None = None
    ) -> tuple[Opening, ...]:
        """The best openings not passed over yet: as wished, else near it, else any at all.

        `refused` is a practitioner whom the patient does not want.
        """
        for widened in self.wider_and_wider(wish):
            limit = ON_OFFER + len(passed_over) + (wish.moved_from is not None)
            found = await self._look(widened, refused, limit=limit)
            other = (o for o in reversed(found) if o.start != wish.moved_from)
            fresh = {o.start: o for o in other if o.ref not in passed_over}
            if fresh:
                return tuple(sorted(fresh.values())[:ON_OFFER])
        return ()

    async def _look(self, wish: Wish, refused: str | None, *, limit: int) -> tuple[Opening, ...]:
        at = current_call().at
        if refused is None:
            return await self.diary.find_openings(wish, at=at, limit=limit)
        found: list[Opening] = []
        for person in self.practice.practitioners:
            if person.id != refused and wish.visit_type in person.visit_types:
                theirs = replace(wish, practitioner=person.id)
                found += await self.diary.find_openings(theirs, at=at, limit=limit)
        found = [opening for opening in found if opening.practitioner != refused]
        exact = [o for o in found if not why_offered(reason_of(self.practice, o, wish), "en")]
        return tuple(exact or found)

    def wider_and_wider(self, wish: Wish) -> Iterator[Wish]:
        yield wish
        if wish.windows:
            yield replace(wish, windows=(), not_before=wish.windows[0][0].date())
        any_at_all = replace(Wish(visit_type=wish.visit_type, site=wish.site), **_moving(wish))
        if wish != any_at_all:
            yield any_at_all
        if wish.site is not None:  # nothing at all is free there: another place is better than none
            yield replace(any_at_all, site=None)


class FindOpenings(Searching):
    """Searches for what the patient wishes and notes the offer.

    `search_reason` says why it is asked again: "more" (show others), "taken" (the chosen one is gone); it
    is used up here. With nothing changed since the last search, the chosen opening and the offer stay.
    """

    called = "action_find_openings"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        visit_type = self.practice.visit_type(tracker.get_slot("visit_type") or "")
        if visit_type is None:
            return set_slots(openings_result="unknown_visit")
        reason = tracker.get_slot("search_reason")
        told = self._told(tracker)
        days = days_of(_merged(told, tracker.get_slot("searched_for")))
        elsewhen = reason == "more" and len(days) == 1 and _has_seen_enough(tracker)
        if elsewhen:
            told = resolved({"other_day": True}, refused=days)
        slot = _merged(told, tracker.get_slot("searched_for"))
        whom = _with_whom(tracker)
        practitioner, refused = read_practitioner(whom), read_refused(whom)
        site = read_site(tracker.get_slot("site"))
        asked = [visit_type.id, slot, whom if refused else practitioner, *([site] if site else [])]
        searched_for = json.dumps(asked, sort_keys=True)
        is_same = searched_for == tracker.get_slot("searched_for")
        chosen = read_opening(tracker.get_slot("opening"))
        if is_same and reason is None and chosen:
            return set_slots(openings_result="found")
        if reason is None and chosen and _is_with_them(chosen, asked, tracker.get_slot("searched_for")):
            return set_slots(openings_result="found", searched_for=searched_for)
        wish = read_wish(slot, visit_type=visit_type.id, practitioner=practitioner)
        wish = replace(wish, site=site, **_of_what_is_moved(tracker))
        shown = tuple(tracker.get_slot("openings_shown") or ()) if is_same else ()
        passed_over = shown if reason == "more" else ()
        try:
            if tracker.get_slot("hold_result") == "held":
                await self.diary.release(contact=current_call().contact, at=current_call().at)
            found = await self.find(wish, passed_over, refused=refused)
            doubted = isinstance(slot, Mapping) and bool(slot.get("in_doubt")) and reason is None
            misses = _is_exact(slot) and reason is None and not any(self._on_the_dot(o, wish) for o in found)
            if misses:
                found = await self.find(_around(wish), refused=refused)
            if not found and refused is not None:  # there is nobody else
                found = await self.find(wish, passed_over)
        except BookingError:
            return set_slots(openings_result="error")
        if not found:
            return set_slots(openings_result="none", search_reason=None)
        refs = [opening.ref for opening in found]
        kind = self._kind_of_offer(found, wish, reason, doubted=doubted, misses=misses)
        because = why_not_then(self.practice, wish, current_call().at) if kind == "nearest" else None
        if elsewhen and kind in ("wished", "more"):
            kind = "other_days"
        # What was told by another time, or turned down, is a wish of its own from here on.
        settled = {"wish": slot} if elsewhen or is_relative(tracker.get_slot("wish")) else {}
        return set_slots(
            openings_result="found",
            openings_on_offer=refs,
            openings_shown=[*shown, *(ref for ref in refs if ref not in shown)][-REMEMBERED:],
            searched_for=searched_for,
            # Closed, or too far ahead, is said as what it is, whoever was wished for.
            offer_kind=kind if because else self.about_whom(kind, found, wish, refused),
            nearest_because=because,
            opening=None
            if doubted or (refused and _has(found, refused))
            else self._exactly(found, wish, reason),
            search_reason=None,
            hold_result=None,
            **settled,
        )

    def _told(self, tracker: Tracker) -> Any:
        """The wish in days and hours, also where it was told by an opening, or by the visit that is moved."""
        wish = tracker.get_slot("wish")
        if not is_relative(wish):
            return wish
        chosen = read_opening(tracker.get_slot("opening"))
        offered = [o for o in map(read_opening, tracker.get_slot("openings_on_offer") or ()) if o]
        moved = read_opening(tracker.get_slot("moved_opening"))
        days = days_of(_searched(tracker.get_slot("searched_for")))
        return resolved(
            wish,
            stands=self.clock.wall(chosen.start) if chosen else None,
            began=self.clock.wall(moved.start) if moved else None,
            of_day=days[0] if len(days) == 1 else None,
            refused=[self.clock.wall(o.start).date() for o in ([chosen] if chosen else offered)],
        )

    def _kind_of_offer(
        self, found: tuple[Opening, ...], wish: Wish, reason: str | None, *, doubted: bool, misses: bool
    ) -> str:
        kind = "nearest" if misses else self._kind(found, wish, reason)
        # That nothing is free then has to be said first: it shows what was understood, too.
        return "in_doubt" if doubted and kind == "wished" else kind

    def about_whom(self, kind: str, found: tuple[Opening, ...], wish: Wish, refused: str | None) -> str:
        """Whoever was named, wished for or not, hears with whom these times are."""
        if refused is not None:
            without = {"wished": "not_with", "nearest": "nearest_without"}
            return "only_with" if _has(found, refused) else without.get(kind, kind)
        if wish.practitioner is None or kind in ("in_doubt", "taken"):
            return kind
        if not _has(found, wish.practitioner):
            return "somebody_else"
        return "nearest_with" if kind == "nearest" else kind

    def _kind(self, found: tuple[Opening, ...], wish: Wish, reason: str | None) -> str:
        if reason in ("more", "taken"):
            return reason
        return "wished" if any(self._is_wished(opening, wish) for opening in found) else "nearest"

    def _is_wished(self, opening: Opening, wish: Wish) -> bool:
        start = self.clock.wall(opening.start)
        return (
            wish.practitioner in (None, opening.practitioner)
            and (wish.site is None or site_of(self.practice, opening) == wish.site)
            and (wish.part is None or wish.part[0] <= start.time() < wish.part[1])
            and (not wish.windows or any(begin <= start < end for begin, end in wish.windows))
        )

    def _on_the_dot(self, opening: Opening, wish: Wish) -> bool:
        """ "At three" is three o'clock, and not half past."""
        clocks = [wish.part[0]] if wish.part else [begin.time() for begin, _ in wish.windows]
        return self._is_wished(opening, wish) and self.clock.wall(opening.start).time() in clocks

    def _exactly(self, found: tuple[Opening, ...], wish: Wish, reason: str | None) -> str | None:
        """The opening at the very time that was asked for: nothing is left to choose."""
        begin = _moment(wish)
        if reason is not None or begin is None:
            return None
        exact = (o for o in found if self.clock.wall(o.start) == begin and self._is_wished(o, wish))
        return next((opening.ref for opening in exact), None)


class AskOpening(Searching):
    """Asks which of the openings on offer suits, one choice each, and a last one for other times.

    An offer that has grown old while the patient was silent, or a person had the conversation, is looked
    up again first.

    An opening's button also carries `start` (local wall time, ISO) and `practitioner`, for understanding.
    """

    called = "action_ask_opening"
    fills: ClassVar[str] = "opening"
    question: ClassVar[str] = "utter_openings_on_offer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        language = current_call().language
        visit_type = self.practice.visit_type(tracker.get_slot("visit_type") or "")
        refs = tracker.get_slot("openings_on_offer") or ()
        noted = [opening for opening in map(read_opening, refs) if opening]
        offered = await self._still_to_come(noted, tracker)
        wish = self._wished(tracker)
        buttons = [self._button(opening, language, wish) for opening in offered]
        buttons.append({"title": other_times(language), "payload": f"/SetSlots({self.fills}=other)"})
        dispatcher.utter_message(
            response=self.question,
            buttons=buttons,
            visit_name=visit_type.name(language) if visit_type else "",
            practitioner_name=self._named(tracker),
            diary_open_until=diary_open_until(last_bookable_day(self.practice, current_call().at), language),
        )
        # Why these are offered is told once, not each time the question comes back.
        told = tracker.get_slot("offer_kind") in (None, "wished")
        events = [] if told else set_slots(offer_kind="wished")
        return events + ([] if offered == noted else set_slots(openings_on_offer=[o.ref for o in offered]))

    async def _still_to_come(self, noted: list[Opening], tracker: Tracker) -> list[Opening]:
        still = [opening for opening in noted if await self._still_holds(opening)]
        if still == noted:
            return noted
        slot = _merged(tracker.get_slot("wish"), tracker.get_slot("searched_for"))
        wish = read_wish(
            slot,
            visit_type=noted[0].visit_type,
            practitioner=read_practitioner(_with_whom(tracker)),
        )
        try:
            site = read_site(tracker.get_slot("site"))
            wish = replace(wish, site=site, **_of_what_is_moved(tracker))
            refused = read_refused(_with_whom(tracker))
            return list(await self.find(wish, refused=refused)) or still
        except BookingError:
            return still

    async def _still_holds(self, opening: Opening) -> bool:
        """Not past; and after a person had the conversation, still free."""
        at = current_call().at
        if opening.start <= at or not current_call().handed_back:
            return opening.start > at
        start = self.clock.wall(opening.start)
        wish = Wish(
            visit_type=opening.visit_type,
            windows=((start, start + timedelta(minutes=1)),),
            practitioner=opening.practitioner,
        )
        try:
            return opening in await self.diary.find_openings(wish, at=at, limit=1)
        except BookingError:
            return True  # whatever is chosen is held first, and that says whether it is free

    def _wished(self, tracker: Tracker) -> Wish | None:
        """What was searched for, as long as it is this kind of visit's."""
        visit_type = tracker.get_slot("visit_type")
        if not visit_type:
            return None
        slot = _merged(tracker.get_slot("wish"), tracker.get_slot("searched_for"))
        practitioner = read_practitioner(_with_whom(tracker))
        wish = read_wish(slot, visit_type=visit_type, practitioner=practitioner)
        return replace(wish, site=read_site(tracker.get_slot("site")))

    def _named(self, tracker: Tracker) -> str:
        """Whom the patient wished for, or not; "" where nobody was named."""
        whom = _with_whom(tracker)
        practitioner = self.practice.practitioner(read_practitioner(whom) or read_refused(whom) or "")
        return practitioner.name if practitioner else ""

    def _button(self, opening: Opening, language: str, wish: Wish | None) -> dict[str, str]:
        start = self.clock.wall(opening.start)
        practitioner = self.practice.practitioner(opening.practitioner)
        who = practitioner.name if practitioner else ""
        why = why_offered(reason_of(self.practice, opening, wish), language) if wish else ""
        return {
            "title": opening_title(start, language),
            "payload": f"/SetSlots({self.fills}={opening.ref})",
            "description": ", ".join(part for part in (who, self._site_name(opening), why) if part),
            "start": f"{start:%Y-%m-%dT%H:%M}",
            "practitioner": opening.practitioner,
        }

    def _site_name(self, opening: Opening) -> str:
        """Only where there are several."""
        where = site_of(self.practice, opening) if len(self.practice.sites) > 1 else None
        return next((site.name for site in self.practice.sites if site.id == where), "")


def _of_what_is_moved(tracker: Tracker) -> dict[str, Any]:
    """What a wish knows of the visit that is moved; nothing where a first time is looked for."""
    moved = read_opening(tracker.get_slot("moved_opening"))
    return {"instead_of": tracker.get_slot("instead_of"), "moved_from": moved.start if moved else None}


def _moving(wish: Wish) -> dict[str, Any]:
    return {"instead_of": wish.instead_of, "moved_from": wish.moved_from}


def _with_whom(tracker: Tracker) -> object:
    """The slot `practitioner`. "Not with Rossi", after Bianchi was wished for, still means Bianchi."""
    slot, searched_for = tracker.get_slot("practitioner"), tracker.get_slot("searched_for")
    refused, before = read_refused(slot), json.loads(searched_for)[2] if searched_for else None
    return before if refused and read_practitioner(before) not in (None, refused) else slot


def _is_with_them(chosen: Opening, asked: list[Any], searched_for: str | None) -> bool:
    """ "With Bianchi, please", of a time that is with her: nothing but whom was said, and it stays."""
    before = json.loads(searched_for) if searched_for else None
    if before is None or [*before[:2], *before[3:]] != [*asked[:2], *asked[3:]]:
        return False
    wished, refused = read_practitioner(asked[2]), read_refused(asked[2])
    return chosen.practitioner == wished if wished else refused not in (None, chosen.practitioner)


def _has(openings: tuple[Opening, ...], practitioner: str) -> bool:
    return any(opening.practitioner == practitioner for opening in openings)


def _merged(wish: Any, searched_for: str | None) -> Any:
    """What stands of the wish that was searched for last, and of what was told since."""
    return standing(_searched(searched_for), wish)


def _searched(searched_for: str | None) -> Any:
    """The wish of a search."""
    return json.loads(searched_for)[1] if searched_for else None


def _has_seen_enough(tracker: Tracker) -> bool:
    """Whether two offers of a day were turned down: another list of it is no help."""
    return len(tracker.get_slot("openings_shown") or ()) >= ENOUGH


def _is_exact(slot: Any) -> bool:
    return isinstance(slot, Mapping) and bool(slot.get("exact"))


def _around(wish: Wish) -> Wish:
    """Some hours before and after, on the same days."""
    windows = tuple(
        (max(begin - _NEAR, _midnight(begin)), min(end + _NEAR, _midnight(begin) + timedelta(days=1)))
        if end - begin < timedelta(days=1)
        else (begin, end)
        for begin, end in wish.windows
    )
    if wish.part is None:
        return replace(wish, windows=windows)
    day = datetime.combine(date(2000, 1, 1), time())  # any: only its clock counts
    first, last = (datetime.combine(day, clock) for clock in wish.part)
    early, late = max(first - _NEAR, day), min(last + _NEAR, day + timedelta(hours=23, minutes=59))
    return replace(wish, windows=windows, part=(early.time(), late.time()))


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _moment(wish: Wish) -> datetime | None:
    """The time that was asked for, on one day: "at ten" is understood as from ten to eleven."""
    if len(wish.windows) != 1:
        return None
    begin, end = wish.windows[0]
    if wish.part is not None and end - begin <= timedelta(days=1):
        begin, end = (datetime.combine(begin.date(), clock) for clock in wish.part)
    return begin if end - begin <= timedelta(hours=1) else None

"""Slots of a practitioner: which can be offered, taking them, giving them back.

A slot is only as good as whoever keeps it. Some servers book without marking it, and a crash of ours may
leave one marked. So a slot counts as free when no appointment overlaps it and it is either free, or was
marked by us for something that never came about.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain.outside import OutsideVisit
from bot.domain.practice_time import DAY
from bot.errors import BookingError, OpeningTaken
from bot.practice_systems.fhir.reading import BUSY, FREE, TENTATIVE, Slot, last_id, slot
from bot.practice_systems.fhir.rest import Changed, FhirRest, Resource
from bot.practice_systems.fhir.writing import busy, free, instant, taken


class Slots:
    def __init__(self, rest: FhirRest, *, now: Callable[[], datetime]) -> None:
        self._rest = rest
        self._now = now
        self._schedules: dict[str, tuple[str, ...]] = {}  # practitioner -> ids; they hardly ever change

    def forget(self) -> None:
        self._schedules.clear()

    async def of(self, practitioner: str, start: datetime, end: datetime) -> tuple[Slot, ...]:
        """Every slot that lies within [start, end), whatever its state, by start."""
        schedules = await self._schedules_of(practitioner)
        if not schedules:
            return ()
        query = [
            ("schedule", ",".join(f"Schedule/{id_}" for id_ in schedules)),
            ("start", f"ge{instant(start)}"),
            ("start", f"lt{instant(end)}"),
        ]
        found = (slot(resource) for resource in await self._rest.search("Slot", query))
        kept = [
            one
            for one in found
            if start <= one.start < one.end <= end
            and last_id(str((one.resource.content.get("schedule") or {}).get("reference"))) in schedules
        ]
        return tuple(sorted(kept, key=lambda one: (one.start, one.end, one.resource.id)))

    def is_free(self, one: Slot, visits: Iterable[OutsideVisit], *, key: str | None = None) -> bool:
        """`visits`: whatever is known to overlap; `key`: what we ourselves are booking."""
        if any(other.blocks and other.start < one.end and other.end > one.start for other in visits):
            return False
        is_left_over = one.claimed_until is not None and one.claimed_until < self._now()
        is_ours = one.key is not None and one.status in (BUSY, TENTATIVE)
        return one.status == FREE or (is_ours and (is_left_over or one.key == key))

    async def take(self, slots: Sequence[Slot], *, key: str, until: datetime) -> tuple[Slot, ...]:
        """Each as it is now marked, all or none. Raises OpeningTaken, OutcomeUnknown."""
        marked: list[Slot] = []
        for one in slots:
            try:
                content = taken(one, key=key, until=until)
                marked.append(slot(await self._rest.update(one.resource, content)))
            except Changed as error:
                again = await self._rest.read(one.resource.ref)
                # A connection that breaks may make one request twice: then it was us.
                if again is not None and slot(again).key == key and slot(again).status == TENTATIVE:
                    marked.append(slot(again))
                    continue
                await self.give_back(marked)
                raise OpeningTaken("somebody else has just taken this slot") from error
        return tuple(marked)

    async def fill(self, slots: Iterable[Slot]) -> None:
        """A visit has come of it. One that stays tentative is not free either."""
        for one in slots:
            with suppress(BookingError, Changed):
                await self._rest.update(one.resource, busy(one))

    async def give_back(self, slots: Iterable[Slot]) -> None:
        """What does not succeed is free by itself as soon as the mark has run out."""
        for one in slots:
            with suppress(BookingError, Changed):
                await self._rest.update(one.resource, free(one))

    async def of_visit(self, visit: Resource) -> tuple[Slot, ...]:
        """Those that the visit itself names, and has."""
        found: list[Slot] = []
        for reference in visit.content.get("slot") or ():
            there = await self._rest.read(f"Slot/{last_id(str(reference.get('reference')))}")
            if there is not None and slot(there).status in (BUSY, TENTATIVE):
                found.append(slot(there))
        return tuple(found)

    async def _schedules_of(self, practitioner: str) -> tuple[str, ...]:
        if practitioner not in self._schedules:
            found = await self._rest.search("Schedule", [("actor", f"Practitioner/{practitioner}")])
            self._schedules[practitioner] = tuple(
                sorted(
                    one.id
                    for one in found
                    if one.content.get("active") is not False and _is_of(one, practitioner)
                )
            )
        return self._schedules[practitioner]


def chains(slots: Sequence[Slot], duration: timedelta) -> Iterable[tuple[Slot, ...]]:
    """Runs of slots without a gap that are long enough, one for each slot that such a run begins with."""
    by_start: dict[datetime, Slot] = {}
    for one in slots:
        by_start.setdefault(one.start, one)
    for first in by_start.values():
        run = [first]
        while run[-1].end - first.start < duration and run[-1].end in by_start:
            run.append(by_start[run[-1].end])
        if run[-1].end - first.start >= duration:
            yield tuple(run)


def covering(slots: Iterable[Slot], start: datetime, end: datetime) -> tuple[Slot, ...]:
    """Of these the run that begins with the visit and reaches its end; () when there is none."""
    ordered = sorted((one for one in slots if one.end <= start + DAY), key=lambda one: one.start)
    for run in chains(ordered, end - start):
        if run[0].start == start:
            return run
    return ()


def _is_of(schedule: Resource, practitioner: str) -> bool:
    references = [str(actor.get("reference")) for actor in schedule.content.get("actor") or ()]
    return any(last_id(ref) == practitioner and "Practitioner/" in ref for ref in references)

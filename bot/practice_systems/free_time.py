"""Free time of an outside system, as openings: its answers cut, cached, translated and split.

One question to the system is for one practitioner and at most `max_window`, on windows that begin on fixed
days, so that every patient's search asks the same questions and the cache answers most of them.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.diary import Opening
from bot.domain.openings import Busy, openings, openings_in_slots, site_of
from bot.domain.outside import Availability, OutsideVisit, Stretch, SystemSettings
from bot.domain.practice import Practice, VisitType
from bot.domain.practice_time import DAY, PracticeTime
from bot.ports import OutsideSystem
from bot.practice_systems.calling import Caller

WINDOW = timedelta(days=14)  # asked for at once where the system sets no limit
HOUR = timedelta(hours=1)
AT_ONCE = 4  # questions under way
_EPOCH = date(2020, 1, 6)  # windows begin a whole number of them after this Monday


class Ids:
    """Our ids and the system's, both ways."""

    def __init__(self, settings: SystemSettings) -> None:
        self._settings = settings
        self._practitioners = {theirs: ours for ours, theirs in settings.practitioners.items()}
        self._visit_types = {theirs: ours for ours, theirs in settings.visit_types.items()}

    def their_practitioner(self, ours: str) -> str:
        return self._settings.practitioners.get(ours, ours)

    def our_practitioner(self, theirs: str) -> str:
        return self._practitioners.get(theirs, theirs)

    def their_visit_type(self, ours: str) -> str:
        return self._settings.visit_types.get(ours, ours)

    def our_visit_type(self, theirs: str | None) -> str | None:
        return None if theirs is None else self._visit_types.get(theirs, theirs)


@dataclass(frozen=True, slots=True)
class _Question:
    practitioner: str
    visit_type: str
    duration: timedelta
    start: datetime
    end: datetime


class FreeTime:
    """What an outside system has free, for one practice."""

    def __init__(
        self,
        system: OutsideSystem,
        practice: Practice,
        ids: Ids,
        *,
        caller: Caller,
        now: Callable[[], datetime],
    ) -> None:
        self._system = system
        self._practice = practice
        self._ids = ids
        self._caller = caller
        self._now = now
        self._clock = PracticeTime(practice.time_zone)
        self._known: dict[_Question, tuple[datetime, tuple[Stretch, ...]]] = {}
        self._asked: dict[_Question, asyncio.Task[tuple[Stretch, ...]]] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def openings(
        self,
        visit_type: VisitType,
        *,
        days: tuple[date, date],
        practitioner: str | None,
        ours: Busy,
        at: datetime,
        fresh: bool = False,
        besides: OutsideVisit | None = None,
        site: str | None = None,
    ) -> list[Opening]:
        """Every opening on these local days, both included. `ours` is what our own holds keep; the time of
        the visit `besides` counts as free. Raises Unavailable and the like."""
        people = [
            person.id
            for person in self._practice.practitioners
            if visit_type.id in person.visit_types and practitioner in (None, person.id)
        ]
        # Buffers reach over midnight, so for busy time the neighbouring days count, too.
        shape = self._system.capabilities.availability
        around = DAY if shape is Availability.BUSY else timedelta(0)
        start, end = self._clock.day(days[0])[0] - around, self._clock.day(days[1])[1] + around
        answers = await asyncio.gather(
            *[self._stretches(person, visit_type, start, end, fresh=fresh) for person in people]
        )
        told = [stretch for answer in answers for stretch in answer]
        found = self._split(told, visit_type, days, practitioner, list(ours), at, besides)
        return [one for one in found if site is None or site_of(self._practice, one) == site]

    async def stretch(
        self, opening: Opening, visit_type: VisitType, *, at: datetime, besides: OutsideVisit | None = None
    ) -> Stretch | None:
        """The opening as the system has it this moment, with its token; None when it is not free there."""
        day = self._clock.today(opening.start)
        found = await self.openings(
            visit_type,
            days=(day, day),
            practitioner=opening.practitioner,
            ours=(),
            at=at,
            fresh=True,
            besides=besides,
        )
        if opening not in found:
            return None
        claimed = Stretch(
            practitioner=self._ids.their_practitioner(opening.practitioner),
            start=opening.start,
            end=opening.end,
        )
        return self._slot_of(claimed) or claimed

    def forget(self, practitioner: str | None = None) -> None:
        """Whatever is remembered about them (or anybody) is asked for again."""
        theirs = None if practitioner is None else self._ids.their_practitioner(practitioner)
        for question in [q for q in self._known if theirs in (None, q.practitioner)]:
            del self._known[question]

    def _split(
        self,
        told: Collection[Stretch],
        visit_type: VisitType,
        days: tuple[date, date],
        practitioner: str | None,
        ours: list[tuple[str, datetime, datetime]],
        at: datetime,
        besides: OutsideVisit | None,
    ) -> list[Opening]:
        shape = self._system.capabilities.availability
        own = None if besides is None else (besides.practitioner, besides.start, besides.end)
        if shape is Availability.BUSY:
            told = [s for s in told if (s.practitioner, s.start, s.end) != own]
        elif shape is Availability.FREE and own is not None:
            told = [*told, Stretch(practitioner=own[0], start=own[1], end=own[2])]
        spans = [(self._ids.our_practitioner(s.practitioner), s.start, s.end) for s in told]
        common = {"at": at, "first_day": days[0], "last_day": days[1], "practitioner": practitioner}
        if shape is Availability.SLOTS:
            return openings_in_slots(self._practice, visit_type, slots=spans, busy=ours, **common)  # type: ignore[arg-type]
        if shape is Availability.FREE:
            return openings(self._practice, visit_type, busy=ours, free=spans, **common)  # type: ignore[arg-type]
        return openings(self._practice, visit_type, busy=[*ours, *spans], **common)  # type: ignore[arg-type]

    async def _stretches(
        self, practitioner: str, visit_type: VisitType, start: datetime, end: datetime, *, fresh: bool
    ) -> tuple[Stretch, ...]:
        """Each once, by start, cut to [start, end) in whole windows."""
        questions = list(self._questions(practitioner, visit_type, start, end))
        if fresh:
            for question in questions:
                self._known.pop(question, None)
        answers = await asyncio.gather(*[self._ask(question) for question in questions])
        return tuple(dict.fromkeys(stretch for answer in answers for stretch in answer))

    def _questions(
        self, practitioner: str, visit_type: VisitType, start: datetime, end: datetime
    ) -> Iterable[_Question]:
        capabilities = self._system.capabilities
        # An hour less than a limit, as a local day may have 25.
        window = min(WINDOW, (capabilities.max_window or WINDOW + HOUR) - HOUR)
        step = max(window // DAY, 1)
        is_busy = capabilities.availability is Availability.BUSY
        day = self._clock.today(start)
        day -= (day - _EPOCH).days % step * DAY
        while self._clock.day(day)[0] < end:
            yield _Question(
                practitioner=self._ids.their_practitioner(practitioner),
                visit_type="" if is_busy else self._ids.their_visit_type(visit_type.id),
                duration=timedelta(0) if is_busy else visit_type.duration,
                start=self._clock.day(day)[0],
                end=self._clock.day(day + (step - 1) * DAY)[1],
            )
            day += step * DAY

    async def _ask(self, question: _Question) -> tuple[Stretch, ...]:
        """From memory while that is fresh. Two who ask at the same time share one question."""
        known = self._known.get(question)
        if known is not None and self._now() - known[0] < self._system.capabilities.freshness:
            return known[1]
        task = self._asked.get(question)
        if task is None:
            task = self._asked[question] = asyncio.create_task(self._fetch(question))
            task.add_done_callback(lambda done: self._asked.pop(question, None))
        return await asyncio.shield(task)

    async def _fetch(self, question: _Question) -> tuple[Stretch, ...]:
        async with self._gate:
            asked = self._now()
            told = await self._caller.read(
                lambda: self._system.availability(
                    practitioner=question.practitioner,
                    visit_type=question.visit_type,
                    duration=question.duration,
                    start=question.start,
                    end=question.end,
                )
            )
        told = tuple(s for s in told if s.start < question.end and s.end > question.start)
        self._known = {q: known for q, known in self._known.items() if q.end > asked - DAY}
        self._known[question] = (asked, told)
        return told

    def _slot_of(self, claimed: Stretch) -> Stretch | None:
        """The slot that this time was found in: what the system wants to hear of when it is claimed."""
        slots = (
            slot
            for _, told in self._known.values()
            for slot in told
            if (slot.practitioner, slot.start) == (claimed.practitioner, claimed.start)
            and slot.end >= claimed.end
            and self._system.capabilities.availability is Availability.SLOTS
        )
        slot = min(slots, key=lambda s: s.end, default=None)
        return None if slot is None else replace(slot, end=claimed.end)

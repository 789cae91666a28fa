"""The weeks themselves: a queue of what happens, a clock that jumps from one to the next, a real front desk.

Everything between a channel's event and its reply is what patients meet: understanding, dialogue, diary,
outbox, outreach, inbox. Only the channel records instead of sending, and nobody sleeps.
"""

import heapq
import itertools
import random
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from bot.domain.channels import MESSENGER, WHATSAPP
from bot.domain.diary import Appointment
from bot.domain.handoff import Outcome
from bot.domain.hours import working
from bot.domain.practice_time import PracticeTime
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import AlreadyTaken, NothingAnswered, WindowClosed
from bot.service.outreach.call_tasks import CallOutcome
from bot.testing import Patient, Seen, Surgery
from bot.workshop.simulation import people
from bot.workshop.simulation.figures import Figures
from bot.workshop.simulation.people import Habits
from bot.workshop.simulation.promises import is_true, look_at_promises

_DONE = re.compile(r"booked|prenotata|записаны", re.IGNORECASE)
_TIME = re.compile(r"(?<![0-9])[0-2][0-9]:[0-5][0-9](?![0-9])")
_DAYTIME = time_of_day(7, 30), time_of_day(20, 30)  # looked at every half hour
_STEPS = 14  # messages after which a patient gives up
_LOOK = timedelta(minutes=30)
_WINDOW = timedelta(hours=24)


@dataclass(slots=True)
class Person:
    """A patient, and what the simulation remembers of them."""

    phone: Patient
    language: str
    full_name: str
    wrote_at: datetime
    seen: int = 0  # messages on the screen that this patient has looked at
    reminded: set[str] = field(default_factory=set)  # visits
    confirmed: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)


class World:
    def __init__(
        self, surgery: Surgery, clock: FrozenClock, *, habits: Habits, seed: int, figures: Figures
    ) -> None:
        self._surgery = surgery
        self._desk = surgery.desk
        self._practice = surgery.desk.practice
        self._time = PracticeTime(self._practice.time_zone)
        self._clock = clock
        self._habits = habits
        self._random = random.Random(seed)
        self._figures = figures
        self._queue: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._order = itertools.count()
        self._people: dict[str, Person] = {}  # by contact
        self._freed: set[tuple[str, datetime]] = set()
        self._over: set[str] = set()
        self._untrue: list[str] = []
        self._at_night: list[str] = []
        self._stale_calls: list[str] = []

    async def run(self, days: int) -> None:
        begin = self._clock.now()
        for number in range(days):
            self._at(begin + timedelta(days=number), self._day)
        end = begin + timedelta(days=days)
        self._at(begin, lambda: self._look(end))
        while self._queue and self._queue[0][0] < end:
            due, _, happens = heapq.heappop(self._queue)
            if due > self._clock.now():
                self._clock.move(seconds=(due - self._clock.now()).total_seconds())
            await happens()
        await self._surgery.settled()
        screens = {person.phone.wa_id: person.phone.screen for person in self._people.values()}
        await look_at_promises(
            self._desk,
            self._figures,
            screens,
            untrue=self._untrue,
            at_night=self._at_night,
            stale_calls=self._stale_calls,
            at=self._clock.now(),
        )

    def _at(self, moment: datetime, happens: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._queue, (max(moment, self._clock.now()), next(self._order), happens))

    def _in(self, delay: timedelta, happens: Callable[[], Awaitable[None]]) -> None:
        self._at(self._clock.now() + delay, happens)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    @property
    def _today(self) -> datetime:
        return self._time.wall(self._clock.now())

    # -- patients -----------------------------------------------------------------------------------------

    async def _day(self) -> None:
        """Chats of a day: most in the evening, some at night, fewer on Sundays."""
        day = self._figures.day(self._today.date())
        for practitioner in self._practice.practitioners:
            for start, end, _ in working(self._practice, practitioner, self._today.date()):
                day.open_minutes += (end.hour - start.hour) * 60 + end.minute - start.minute
        rate = self._habits.patients_a_day * (0.4 if self._today.weekday() == 6 else 1.0)
        for _ in range(int(rate) + self._chance(rate % 1)):
            hour = min(max(self._random.gauss(18, 4.5), 0.0), 23.5)
            self._in(timedelta(hours=hour), self._begins)

    async def _begins(self) -> None:
        language = self._random.choice(self._practice.languages)
        number = len(self._people)
        on_messenger = self._chance(self._habits.on_messenger)
        wa_id = f"55500000{number:05d}" if on_messenger else f"3933300{number:05d}"
        first, last = (
            self._random.choice(names.get(language, names["en"]))
            for names in (people.FIRST_NAMES, people.LAST_NAMES)
        )
        channel = MESSENGER if on_messenger else WHATSAPP
        phone = self._surgery.patient(wa_id, name=first, channel=channel)
        person = Person(
            phone=phone, language=language, full_name=f"{first} {last}", wrote_at=self._clock.now()
        )
        self._people[self._surgery.contact(phone)] = person
        self._figures.counts["chats"] += 1
        await self._says(
            person, self._random.choice(people.FIRST_WORDS.get(language, people.FIRST_WORDS["en"]))
        )
        if self._chance(self._habits.asks_for_a_person):
            await self._asks_for_a_person(person)
            return
        await self._goes_on(person)

    async def _goes_on(self, person: Person) -> None:
        """Answers whatever is asked, until there is nothing more to answer."""
        before = await self._visits(person)
        for _ in range(_STEPS):
            shown = person.phone.screen[-1] if person.phone.screen else Seen("")
            if not await self._answers(person, shown):
                break
        else:
            self._figures.counts["gave up"] += 1
        await self._notices(person, before)

    async def _answers(self, person: Person, shown: Seen) -> bool:
        """Whether there was something to answer."""
        if shown.choices:
            openings = [choice for choice in shown.choices if ":" in choice.title]
            choice = self._random.choice(openings or list(shown.choices[:1]))
            await self._taps(person, choice.payload, choice.title)
            return True
        if _DONE.search(shown.text):
            return False
        question = shown.text.rsplit("\n", 1)[-1].casefold()
        if any(word in question for word in ("number", "numero", "номер", "telefono")):
            await self._says(person, "+39 333 444 5566")
        elif any(word in question for word in ("name", "nome", "имя", "зовут", "chiam")):
            if self._chance(self._habits.corrects_the_name):
                await self._says(person, person.full_name.split()[0])
            await self._says(person, person.full_name)
        else:
            return False
        return True

    async def _says(self, person: Person, text: str) -> None:
        await self._acts(person, lambda: person.phone.says(text))

    async def _taps(self, person: Person, payload: str, title: str) -> None:
        await self._acts(person, lambda: person.phone.brings(payload, title=title))

    async def _acts(self, person: Person, act: Callable[[], Awaitable[object]]) -> None:
        self._clock.move(seconds=self._random.uniform(4, 40))
        person.wrote_at = self._clock.now()
        day = self._figures.day(self._today.date())
        day.messages_in += 1
        before = len(person.phone.screen)
        await act()
        day.messages_out += len(person.phone.screen) - before
        person.seen = len(person.phone.screen)

    async def _asks_for_a_person(self, person: Person) -> None:
        await self._says(person, people.A_PERSON.get(person.language, "human"))
        self._figures.day(self._today.date()).handoffs += 1
        self._in(timedelta(minutes=self._random.expovariate(1 / self._habits.minutes_to_answer)), self._staff)

    # -- visits -------------------------------------------------------------------------------------------

    async def _visits(self, person: Person) -> dict[str, Appointment]:
        contact = self._surgery.contact(person.phone)
        visits = await self._desk.diary.appointments_of(contact=contact, patients=(), at=self._clock.now())
        return {visit.id: visit for visit in visits}

    async def _notices(self, person: Person, before: dict[str, Appointment]) -> None:
        """What a chat has changed in the diary. A visit that is moved may keep its id."""
        after, counts = await self._visits(person), self._figures.counts
        gone = [visit for visit in before.values() if _place(after.get(visit.id)) != _place(visit)]
        come = [visit for visit in after.values() if _place(before.get(visit.id)) != _place(visit)]
        for visit in gone:
            self._freed.add((visit.opening.practitioner, visit.opening.start))
        for visit in come:
            place = (visit.opening.practitioner, visit.opening.start)
            if place in self._freed:
                self._freed.discard(place)
                counts["refilled"] += 1
            for told in (person.reminded, person.confirmed, person.called):
                told.discard(visit.id)  # of its old time
            self._at(visit.opening.start, lambda visit=visit: self._happens(person, visit))  # type: ignore[misc]
        counts["freed"] += len(gone)
        if gone and come:
            counts["moved"] += len(gone)
        else:
            counts["booked"] += len(come)
            counts["cancelled"] += len(gone)

    async def _happens(self, person: Person, visit: Appointment) -> None:
        """A visit begins, if it is still in the diary at this time."""
        rows = await self._desk.diary.appointments(
            start=visit.opening.start, end=visit.opening.end, at=self._clock.now()
        )
        if visit.id in self._over or not any(
            row.id == visit.id and row.opening == visit.opening for row in rows
        ):
            return
        self._over.add(visit.id)
        day = self._figures.day(self._time.wall(visit.opening.start).date())
        minutes = int((visit.opening.end - visit.opening.start).total_seconds() // 60)
        day.visits += 1
        day.booked_minutes += minutes
        if self._chance(self._misses(person, visit.id)):
            day.missed += 1
        else:
            day.attended_minutes += minutes

    def _misses(self, person: Person, visit: str) -> float:
        if visit in person.confirmed:
            return self._habits.misses_confirmed
        if visit in person.called:
            return self._habits.misses_called
        return self._habits.misses_reminded if visit in person.reminded else self._habits.misses_unreminded

    # -- what the practice begins -------------------------------------------------------------------------

    async def _look(self, end: datetime) -> None:
        """What a front desk does by itself every half minute, here every half hour; at night every two."""
        if self._figures.with_reminders:
            await self._desk.outreach.service.plan_now_and_then()
            await self._desk.outreach.service.round()
        await self._surgery.settled()
        for contact, person in list(self._people.items()):
            await self._reads(contact, person)
        if self._figures.with_reminders and self._today.hour in (9, 15) and self._today.minute < 30:
            await self._telephone()
        await self._staff()
        is_night = not _DAYTIME[0] <= self._today.time() < _DAYTIME[1]
        self._in(4 * _LOOK if is_night and self._today.hour < 5 else _LOOK, lambda: self._look(end))

    async def _reads(self, contact: str, person: Person) -> None:
        """Messages that came by themselves."""
        new = person.phone.screen[person.seen :]
        person.seen = len(person.phone.screen)
        if not new:
            return
        day = self._figures.day(self._today.date())
        day.reminders += len(new)
        day.messages_out += len(new)
        if self._clock.now() - person.wrote_at >= _WINDOW:
            self._figures.counts["paid messages"] += len(new)
        visits = await self._visits(person)
        for message in new:
            self._check_it_is_true(message, visits)
        person.reminded |= visits.keys()
        last = new[-1]
        if last.choices and self._chance(self._habits.answers_a_reminder):
            starts = [visit.opening.start for visit in visits.values()]
            late = bool(starts) and self._chance(self._habits.answers_late)
            delay = (min(starts) - self._clock.now() + timedelta(hours=3)) if late else self._soon()
            self._in(delay, lambda: self._replies(person, last))

    def _check_it_is_true(self, message: Seen, visits: dict[str, Appointment]) -> None:
        times = {f"{self._time.wall(visit.opening.start):%H:%M}" for visit in visits.values()}
        if not is_true(message, times):
            self._untrue.append(f"a reminder of another time than the diary's {sorted(times)}")
        if not _DAYTIME[0] <= self._today.time() < _DAYTIME[1]:
            self._at_night.append(f"a message at {self._today:%H:%M}")

    def _soon(self) -> timedelta:
        return timedelta(minutes=self._random.expovariate(1 / 90))

    async def _replies(self, person: Person, message: Seen) -> None:
        before, drawn = await self._visits(person), self._random.random()
        if self._chance(self._habits.asks_who_this_is):
            await self._says(person, people.WHO.get(person.language, people.WHO["en"]))
        moving, cancelling = self._habits.moves, self._habits.moves + self._habits.cancels
        if len(message.choices) < 3 or drawn >= cancelling:
            if self._chance(self._habits.answers_in_words):
                await self._says(person, people.YES.get(person.language, people.YES["en"]))
            else:
                await self._taps(person, message.choices[0].payload, message.choices[0].title)
            person.confirmed |= before.keys()
            return
        choice = message.choices[1] if drawn < moving else message.choices[2]
        await self._taps(person, choice.payload, choice.title)
        for _ in range(_STEPS):
            if not await self._answers(person, person.phone.screen[-1]):
                break
        await self._notices(person, before)

    async def _stand(self, visits: Mapping[str, datetime]) -> bool:
        """Whether the diary has them at these times."""
        now = self._clock.now()
        for visit, start in visits.items():
            rows = await self._desk.diary.appointments(start=start, end=start + _LOOK, at=now)
            if not any(row.id == visit and row.opening.start == start for row in rows):
                return False
        return True

    # -- staff --------------------------------------------------------------------------------------------

    async def _staff(self) -> None:
        """Whoever waits is answered while the practice is open, and given back to the assistant."""
        if not any(
            start <= self._today.time() < end
            for practitioner in self._practice.practitioners
            for start, end, _ in working(self._practice, practitioner, self._today.date())
        ):
            return
        for row in await self._desk.staff.desk.handoffs():
            person = self._people.get(row.id)
            words = people.STAFF_SAYS.get(person.language if person else "en", people.STAFF_SAYS["en"])
            try:
                await self._desk.staff.desk.take(row.id, "marta")
                key = f"simulated-{next(self._order):012d}"
                outcome = Outcome.ANSWERED
                try:
                    await self._desk.staff.desk.reply(row.id, words, who="marta", client_message_id=key)
                except WindowClosed:  # the weekend was longer than the channel's window
                    outcome = Outcome.PHONED
                    self._figures.counts["phoned"] += 1
                await self._surgery.settled()
                await self._desk.staff.desk.close(row.id, "marta", outcome=outcome)
            except (AlreadyTaken, NothingAnswered):
                continue
            if person:
                person.seen = len(person.phone.screen)

    async def _telephone(self) -> None:
        """The call list, from its top."""
        for view in await self._desk.outreach.call_list.call_tasks():
            if view.is_over:
                continue
            reached = self._chance(self._habits.reached_by_phone)
            outcome = CallOutcome.COMES if reached else CallOutcome.NOT_REACHED
            if not await self._desk.outreach.call_list.settle_call_task(
                view.task.id, outcome=outcome, who="marta"
            ):
                self._figures.counts["call gone"] += 1
                continue
            self._figures.counts["called"] += 1
            if not await self._stand(view.task.visits):
                self._stale_calls.append(f"a call about a visit that is gone ({view.task.reason})")
            person = self._people.get(view.task.conversation or "")
            if reached and person:
                person.called |= view.task.visits.keys()


def _place(visit: Appointment | None) -> tuple[str, datetime] | None:
    return (visit.opening.practitioner, visit.opening.start) if visit is not None else None


async def simulate(
    *,
    days: int,
    seed: int,
    habits: Habits | None = None,
    with_reminders: bool = True,
    at: str = "2026-03-02T00:00+01:00",
) -> Figures:
    """The real front desk over so many days. The same seed gives the same patients."""
    began = time.perf_counter()
    figures = Figures(seed=seed, with_reminders=with_reminders)
    clock = FrozenClock(datetime.fromisoformat(at).astimezone(UTC))
    with tempfile.TemporaryDirectory(prefix="chairside-weeks-") as folder:
        async with Surgery.open(Path(folder), at=at, clock=clock) as surgery:
            world = World(surgery, clock, habits=habits or Habits(), seed=seed, figures=figures)
            await world.run(days)
    figures.seconds = time.perf_counter() - began
    figures.days = {day: replace(found) for day, found in sorted(figures.days.items())}
    return figures

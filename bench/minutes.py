"""Openings counted minute by minute: what `bot.domain.openings` has to agree with.

It shares no code with it: its time zones are dateutil's, and it asks every minute of a visit whether it
exists once, whether somebody works there and then, whether person and room are free. Practices are random:
hours that differ in odd and even weeks and by site, exceptions, closed days, time kept free, rooms, so many
visits a day.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from dateutil.zoneinfo import get_zonefile_instance

from bot.domain.diary import Opening
from bot.domain.openings import openings
from bot.domain.practice import Exceptional, Practice, Practitioner, Room, Shift, Site, VisitType, Weeks

MINUTE = timedelta(minutes=1)
CHANGES = [
    ("Europe/Rome", date(2027, 3, 28)),
    ("Europe/Rome", date(2027, 10, 31)),
    ("Europe/London", date(2027, 3, 28)),
    ("Europe/London", date(2027, 10, 31)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2027, 11, 7)),
    ("Europe/Moscow", date(2011, 3, 27)),
    ("Europe/Moscow", date(2014, 10, 26)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
]
Span = tuple[str, datetime, datetime]


@dataclass(frozen=True)
class Case:
    practice: Practice
    visit_type: VisitType
    busy: list[Span]
    rooms: list[Span]
    visits: list[tuple[str, datetime]]
    at: datetime
    days: tuple[date, date]

    def found(self) -> list[Opening]:
        return openings(
            self.practice,
            self.visit_type,
            busy=self.busy,
            rooms=self.rooms,
            visits=self.visits,
            at=self.at,
            first_day=self.days[0],
            last_day=self.days[1],
        )


def random_case(seed: str, zone: str, change: date) -> Case:
    rng = random.Random(seed)
    is_rich = rng.random() < 0.6
    visit_type = VisitType(
        id="visit",
        names={"en": "visit"},
        words={},
        duration=timedelta(minutes=rng.choice((5, 20, 30, 45, 60, 90))),
        buffer_before=timedelta(minutes=rng.choice((0, 0, 10, 45))),
        buffer_after=timedelta(minutes=rng.choice((0, 0, 15, 60))),
        lead=timedelta(minutes=rng.choice((0, 1, 60, 600))),
    )
    if is_rich:
        visit_type = replace(
            visit_type,
            rooms=rng.choice(((), ("a",), ("a", "b"))),
            per_day=rng.choice((None, None, 1, 2)),
            urgent=rng.random() < 0.2,
        )
    noon = datetime.combine(change, time(12), UTC)
    practice = Practice(
        id="p",
        name="p",
        time_zone=zone,
        country="IT",
        languages=("en",),
        phone="+39 02 0000 0000",
        address="",
        privacy_url="",
        emergency_number="112",
        practitioners=tuple(_person(rng, name, change, is_rich) for name in ("one", "two")),
        visit_types=(visit_type,),
        holidays=False,
        closed_days=frozenset(rng.sample([change, change + timedelta(days=1)], rng.choice((0, 0, 0, 1)))),
        sites=tuple(
            Site(id=s, name=s, address="", closed_days=frozenset([change] if rng.random() < 0.2 else []))
            for s in ("north", "south")
        ),
        rooms=(Room(id="a", name="a", site=rng.choice((None, "north"))), Room(id="b", name="b")),
        kept_free_until=timedelta(hours=rng.choice((0, 6, 24, 48))),
        horizon=timedelta(hours=rng.choice((24, 30, 72, 2000))),
    )
    return Case(
        practice=practice,
        visit_type=visit_type,
        busy=_spans(rng, noon, ("one", "two"), 12),
        rooms=_spans(rng, noon, ("a", "b"), 12 if is_rich else 0),
        visits=[
            (rng.choice(("visit", "visit", "other")), start) for _, start, _ in _spans(rng, noon, ("",), 3)
        ],
        at=noon + rng.randint(-4000, 600) * MINUTE + rng.randint(0, 59) * timedelta(seconds=1),
        days=(change - timedelta(days=rng.randint(0, 1)), change + timedelta(days=rng.randint(0, 1))),
    )


def _person(rng: random.Random, name: str, change: date, is_rich: bool) -> Practitioner:
    shifts = tuple(shift for day in range(7) for shift in _shifts(rng, day, is_rich))
    person = Practitioner(
        id=name,
        name=name,
        shifts=shifts,
        visit_types=rng.choice((("visit",), ("visit",), ())),
    )
    if not is_rich:
        return person
    exceptions = tuple(
        Exceptional(
            first=day,
            last=day + timedelta(days=rng.randint(0, 1)),
            spans=rng.choice(((), ((time(1), time(4)), (time(9), time(12, 20))))),
            site=rng.choice((None, "north")),
        )
        for day in (change - timedelta(days=1), change)
        if rng.random() < 0.25
    )
    kept = tuple(Shift(weekday=day, start=time(1, 30), end=time(10, 5)) for day in range(7))
    return replace(person, exceptions=exceptions, kept_free=rng.choice(((), kept)))


def _shifts(rng: random.Random, weekday: int, is_rich: bool) -> list[Shift]:
    """Up to two, any hours, often at night when the clocks change."""
    ends = sorted(rng.sample(range(0, 24 * 60, 5) if rng.random() < 0.5 else range(0, 300, 5), 4))
    times = [time(minute // 60, minute % 60) for minute in ends]
    shifts = [(times[0], times[1]), (times[2], times[3])]
    return [
        Shift(
            weekday=weekday,
            start=start,
            end=end,
            site=rng.choice((None, "north", "south")) if is_rich else None,
            weeks=rng.choice(list(Weeks)) if is_rich else Weeks.EVERY,
        )
        for start, end in rng.sample(shifts, rng.randint(0, 2))
    ]


def _spans(rng: random.Random, noon: datetime, who: tuple[str, ...], most: int) -> list[Span]:
    spans = []
    for _ in range(rng.randint(0, most)):
        start = noon + rng.randint(-2500, 2500) * MINUTE
        spans.append((rng.choice(who), start, start + rng.randint(0, 200) * MINUTE))
    return spans


def oracle(case: Case) -> list[Opening]:
    return sorted(_Counted(case).openings())


class _Counted:
    """Every minute from two days before to three days after, as the wall shows it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        zone = get_zonefile_instance().get(case.practice.time_zone)
        first = datetime.combine(case.days[0], time(), UTC) - timedelta(days=2)
        last = datetime.combine(case.days[1], time(), UTC) + timedelta(days=3)
        self.minutes = [first + count * MINUTE for count in range((last - first) // MINUTE)]
        self.wall = {minute: minute.astimezone(zone).replace(tzinfo=None) for minute in self.minutes}
        self.shown: dict[datetime, int] = defaultdict(int)
        for wall in self.wall.values():
            self.shown[wall] += 1
        self.furthest = (case.at.astimezone(zone).replace(tzinfo=None) + case.practice.horizon).date()
        self.taken = _minutes_of(case.busy)
        self.rooms = _minutes_of(case.rooms)
        self.today = [
            start.astimezone(zone).date() for kind, start in case.visits if kind == case.visit_type.id
        ]

    def openings(self) -> list[Opening]:
        case, kind = self.case, self.case.visit_type
        before, length, after = (
            span // MINUTE for span in (kind.buffer_before, kind.duration, kind.buffer_after)
        )
        found = []
        for start in self.minutes:
            wall = self.wall[start]
            day = wall.date()
            if wall.minute % 15 or not case.days[0] <= day <= min(case.days[1], self.furthest):
                continue
            if start < case.at + kind.lead or self.is_full(day):
                continue
            visit = [start + count * MINUTE for count in range(length)]
            blocked = [start + count * MINUTE for count in range(-before, length + after)]
            if not self.is_one_piece(visit):
                continue
            for person in case.practice.practitioners:
                if kind.id not in person.visit_types or any(m in self.taken[person.id] for m in blocked):
                    continue
                if self.is_kept(person, visit):
                    continue
                places = self.places(person, visit)
                if any(self.has_room(place, blocked) for place in places):
                    end = start + length * MINUTE
                    found.append(Opening(start=start, end=end, practitioner=person.id, visit_type=kind.id))
        return found

    def is_full(self, day: date) -> bool:
        most = self.case.visit_type.per_day
        return most is not None and self.today.count(day) >= most

    def is_one_piece(self, visit: list[datetime]) -> bool:
        first = self.wall[visit[0]]
        return all(
            self.wall[m] == first + n * MINUTE and self.shown[self.wall[m]] == 1 for n, m in enumerate(visit)
        )

    def is_kept(self, person: Practitioner, visit: list[datetime]) -> bool:
        if self.case.visit_type.urgent or visit[0] - self.case.at <= self.case.practice.kept_free_until:
            return False
        return any(
            shift.weekday == self.wall[m].weekday() and shift.start <= self.wall[m].time() < shift.end
            for shift in person.kept_free
            for m in visit
        )

    def places(self, person: Practitioner, visit: list[datetime]) -> list[str | None]:
        """Where they work during all of the visit: one place for each shift that covers it."""
        practice, day = self.case.practice, self.wall[visit[0]].date()
        if day in practice.closed_days:
            return []
        hours: list[tuple[time, time, str | None]] = []
        special = [e for e in person.exceptions if e.first <= day <= e.last]
        if special:
            hours = [(start, end, special[-1].site) for start, end in special[-1].spans]
        else:
            is_odd = int(day.strftime("%V")) % 2 == 1
            for shift in person.shifts:
                fits = {Weeks.EVERY: True, Weeks.ODD: is_odd, Weeks.EVEN: not is_odd}[shift.weeks]
                if fits and shift.weekday == day.weekday():
                    hours.append((shift.start, shift.end, shift.site))
        shut = {site.id for site in practice.sites if day in site.closed_days}
        return [
            place
            for start, end, place in hours
            if place not in shut
            and all(self.wall[m].date() == day and start <= self.wall[m].time() < end for m in visit)
        ]

    def has_room(self, place: str | None, blocked: list[datetime]) -> bool:
        wanted = self.case.visit_type.rooms
        if not wanted:
            return True
        for room in self.case.practice.rooms:
            is_here = place is None or room.site is None or room.site == place
            if room.id in wanted and is_here and not any(m in self.rooms[room.id] for m in blocked):
                return True
        return False


def _minutes_of(spans: list[Span]) -> dict[str, set[datetime]]:
    taken: dict[str, set[datetime]] = defaultdict(set)
    for who, start, end in spans:
        taken[who].update(start + count * MINUTE for count in range((end - start) // MINUTE))
    return taken

"""Openings against an independent computation, minute by minute, around the days when clocks change.

The oracle shares no code with `bot.domain.openings`: its time zones are dateutil's, and it asks every minute
of a visit whether it exists once, lies in a shift and is free.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.zoneinfo import get_zonefile_instance

from bot.domain.diary import Opening
from bot.domain.openings import openings
from bot.domain.practice import Practice, Practitioner, Shift, VisitType
from tests.studio import STUDIO

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
SEEDS = range(30)


@dataclass(frozen=True)
class Case:
    practice: Practice
    visit_type: VisitType
    busy: list[tuple[str, datetime, datetime]]
    at: datetime
    days: tuple[date, date]


def random_case(rng: random.Random, zone: str, change: date) -> Case:
    visit_type = VisitType(
        id="visit",
        names={"en": "visit"},
        words={},
        duration=timedelta(minutes=rng.choice((5, 20, 30, 45, 60, 90))),
        buffer_before=timedelta(minutes=rng.choice((0, 0, 10, 45))),
        buffer_after=timedelta(minutes=rng.choice((0, 0, 15, 60))),
        lead=timedelta(minutes=rng.choice((0, 1, 60, 600))),
    )
    people = tuple(
        Practitioner(
            id=name,
            name=name,
            shifts=tuple(shift for day in range(7) for shift in random_shifts(rng, day)),
            visit_types=rng.choice((("visit",), ("visit",), ())),
        )
        for name in ("one", "two")
    )
    noon = datetime.combine(change, time(12), UTC)
    busy = []
    for _ in range(rng.randint(0, 12)):
        start = noon + rng.randint(-2500, 2500) * MINUTE
        busy.append((rng.choice(("one", "two")), start, start + rng.randint(0, 200) * MINUTE))
    practice = Practice(
        id="p",
        name="p",
        time_zone=zone,
        country="IT",
        languages=("en",),
        phone=STUDIO.phone,
        address="",
        privacy_url="",
        emergency_number="112",
        practitioners=people,
        visit_types=(visit_type,),
        holidays=False,
        closed_days=frozenset(rng.sample([change, change + timedelta(days=1)], rng.choice((0, 0, 0, 1)))),
        horizon=timedelta(hours=rng.choice((24, 30, 72, 2000))),
    )
    return Case(
        practice=practice,
        visit_type=visit_type,
        busy=busy,
        at=noon + rng.randint(-4000, 600) * MINUTE + rng.randint(0, 59) * timedelta(seconds=1),
        days=(change - timedelta(days=rng.randint(0, 1)), change + timedelta(days=rng.randint(0, 1))),
    )


def random_shifts(rng: random.Random, weekday: int) -> list[Shift]:
    """Up to two, any hours, often at night when the clocks change."""
    ends = sorted(rng.sample(range(0, 24 * 60, 5) if rng.random() < 0.5 else range(0, 300, 5), 4))
    times = [time(minute // 60, minute % 60) for minute in ends]
    shifts = [(times[0], times[1]), (times[2], times[3])]
    return [Shift(weekday=weekday, start=s, end=e) for s, e in rng.sample(shifts, rng.randint(0, 2))]


def oracle(case: Case) -> list[Opening]:
    zone = get_zonefile_instance().get(case.practice.time_zone)
    first = datetime.combine(case.days[0], time(), UTC) - timedelta(days=2)
    last = datetime.combine(case.days[1], time(), UTC) + timedelta(days=3)
    minutes = [first + count * MINUTE for count in range((last - first) // MINUTE)]
    wall = {minute: minute.astimezone(zone).replace(tzinfo=None) for minute in minutes}
    times_shown: dict[datetime, int] = defaultdict(int)
    for shown in wall.values():
        times_shown[shown] += 1
    furthest = (case.at.astimezone(zone).replace(tzinfo=None) + case.practice.horizon).date()
    before, length, after = (
        span // MINUTE
        for span in (
            case.visit_type.buffer_before,
            case.visit_type.duration,
            case.visit_type.buffer_after,
        )
    )
    found = []
    for person in case.practice.practitioners:
        if case.visit_type.id not in person.visit_types:
            continue
        taken = {
            start + count * MINUTE
            for who, start, end in case.busy
            if who == person.id
            for count in range((end - start) // MINUTE)
        }
        for start in minutes:
            if start not in wall or wall[start].minute % 15 or not case.days[0] <= wall[start].date():
                continue
            day = wall[start].date()
            if day > min(case.days[1], furthest) or day in case.practice.closed_days:
                continue
            if start < case.at + case.visit_type.lead:
                continue
            visit = [start + count * MINUTE for count in range(length)]
            if any(
                wall[m] != wall[start] + n * MINUTE or times_shown[wall[m]] != 1 for n, m in enumerate(visit)
            ):
                continue
            if not any(
                shift.weekday == day.weekday()
                and all(wall[m].date() == day and shift.start <= wall[m].time() < shift.end for m in visit)
                for shift in person.shifts
            ):
                continue
            if any(start + count * MINUTE in taken for count in range(-before, length + after)):
                continue
            found.append(
                Opening(start=start, end=start + length * MINUTE, practitioner=person.id, visit_type="visit")
            )
    return sorted(found)


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=lambda value: str(value))
def test_openings_are_those_that_counting_minutes_finds(zone: str, change: date) -> None:
    seen = 0
    for seed in SEEDS:
        case = random_case(random.Random(f"{zone} {change} {seed}"), zone, change)
        found = openings(
            case.practice,
            case.visit_type,
            busy=case.busy,
            at=case.at,
            first_day=case.days[0],
            last_day=case.days[1],
        )
        seen += len(found)

        assert found == oracle(case), f"seed {seed}"
    assert seen > 200  # so that agreeing means something

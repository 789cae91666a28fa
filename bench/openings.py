"""How long a search for openings takes: a process's first, and every later one; small and large practices.

Rows are real, in a SQLite file: visits of half an hour on so many per cent of the grid. Measured is the whole
of `find_openings`, from the wish to six openings, and the engine alone over all days.

    python -m bench.openings --searches 30
    python -m bench.openings --large  # 100 practitioners, 100,000 appointments
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time as clock
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.domain.diary import Wish
from bot.domain.openings import openings
from bot.domain.practice import Practice, Practitioner, Shift, VisitType
from bot.practice_systems.embedded import EmbeddedDiary
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import upgrade

NOW = datetime(2027, 3, 1, 6, tzinfo=UTC)
DAYS = 90
HALF_HOUR = timedelta(minutes=30)


def practice_of(people: int) -> Practice:
    shifts = tuple(
        Shift(weekday=day, start=start, end=end)
        for day in range(5)
        for start, end in ((time(9), time(13)), (time(14), time(18)))
    )
    return Practice(
        id="bench",
        name="Bench",
        time_zone="Europe/Rome",
        country="IT",
        languages=("it",),
        phone="+39 02 0000 0000",
        address="",
        privacy_url="",
        emergency_number="112",
        practitioners=tuple(
            Practitioner(id=f"p{n}", name=f"P {n}", shifts=shifts, visit_types=("check_up",))
            for n in range(people)
        ),
        visit_types=(VisitType(id="check_up", names={"it": "controllo"}, words={}, duration=HALF_HOUR),),
        holidays=True,
        horizon=timedelta(days=DAYS),
    )


def fill(database: Database, practice: Practice, *, percent: int, past: int, seed: int) -> int:
    """So full for the days to come, and `past` visits before; returns how many rows there are."""
    chance = random.Random(seed)
    empty = replace(practice, practitioners=practice.practitioners[:1], holidays=True)
    grid = [
        one.start
        for one in openings(
            empty,
            practice.visit_types[0],
            busy=(),
            at=NOW,
            first_day=date(2027, 3, 1),
            last_day=date(2027, 3, 1) + timedelta(days=DAYS),
        )
        if one.start.minute in (0, 30)
    ]
    starts = [(p.id, start) for p in practice.practitioners for start in grid]
    taken = [pair for pair in starts if chance.random() * 100 < percent]
    shift = timedelta(weeks=DAYS // 7 + 2)
    before = [(who, start - shift * (1 + n // len(starts))) for n, (who, start) in _cycle(starts, past)]
    rows = [_row(practice, number, who, start) for number, (who, start) in enumerate([*taken, *before])]
    for begin in range(0, len(rows), 5000):
        part = rows[begin : begin + 5000]
        database.write_now(
            lambda connection, part=part: connection.execute(insert(APPOINTMENT), part) and None
        )  # type: ignore[misc]  # one of many shapes
    return len(rows)


def _cycle(starts: list[tuple[str, datetime]], most: int) -> list[tuple[int, tuple[str, datetime]]]:
    return [(n, starts[n % len(starts)]) for n in range(most)]


def _row(practice: Practice, number: int, who: str, start: datetime) -> dict[str, object]:
    begin, end = int(start.timestamp()), int((start + HALF_HOUR).timestamp())
    return {
        "id": f"app_{number}",
        "practice": practice.id,
        "practitioner": who,
        "visit_type": "check_up",
        "starts_at": begin,
        "ends_at": end,
        "blocked_from": begin,
        "blocked_to": end,
        "status": "booked",
        "created_at": begin,
        "updated_at": begin,
    }


async def measure(folder: Path, *, people: int, percent: int, past: int, searches: int) -> None:
    practice = practice_of(people)
    database = Database(sqlite_url(folder / f"{people}-{past}.db"))
    upgrade(database.engine)
    rows = fill(database, practice, percent=percent, past=past, seed=1)
    store = SqlDiary(database, practice.id, None)  # type: ignore[arg-type]  # seals nothing
    diary = EmbeddedDiary(practice, store)
    wish = Wish(visit_type="check_up")
    far = replace(wish, part=(time(6), time(7)))  # nothing fits: everything is looked at
    print(f"{people} practitioners, {DAYS} days, {percent} % full, {rows} appointments", flush=True)
    for name, asked in (("as soon as possible", wish), ("nothing fits", far)):
        times = []
        for _ in range(searches):
            begun = clock.perf_counter()
            await diary.find_openings(asked, at=NOW, limit=6)
            times.append((clock.perf_counter() - begun) * 1000)
        rest = sorted(times[1:])
        print(
            f"  {name}: first {times[0]:.0f} ms, then {statistics.median(rest):.0f} ms"
            f" (p95 {rest[int(len(rest) * 0.95)]:.0f} ms)",
            flush=True,
        )
    start, end = NOW - timedelta(days=1), NOW + timedelta(days=DAYS + 2)
    busy = await store.busy(start=start, end=end, at=NOW)
    times, found = [], 0
    for _ in range(3):
        begun = clock.perf_counter()
        found = len(
            openings(
                practice,
                practice.visit_types[0],
                busy=busy,
                at=NOW,
                first_day=date(2027, 3, 1),
                last_day=date(2027, 3, 1) + timedelta(days=DAYS),
            )
        )
        times.append((clock.perf_counter() - begun) * 1000)
    print(f"  the engine alone, all {DAYS} days: {min(times):.0f} ms for {found} openings", flush=True)
    database.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--searches", type=int, default=20)
    arguments.add_argument("--large", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="chairside-openings-") as folder:
        sizes = [(10, 0), *([(100, 60_000)] if given.large else [])]
        for people, past in sizes:
            asyncio.run(measure(Path(folder), people=people, percent=60, past=past, searches=given.searches))


if __name__ == "__main__":
    main()

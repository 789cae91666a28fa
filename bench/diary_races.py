"""Races for times in the diary itself, several processes on one database; and the twin that must fail.

Two hundred patients want one opening, twenty openings, openings that overlap in part; one patient says yes
twenty times. Whoever is too late is offered others and keeps one: how long that takes is measured, from the
tap on. What counts is read from the database afterwards, not what anybody was told.

    python -m bench.diary_races --rounds 50                      # SQLite
    python -m bench.diary_races --rounds 50 --postgresql --processes 4
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import tempfile
import time as clock
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select, text

from bot.domain.diary import Opening, PatientDetails, Wish
from bot.errors import BookingError
from bot.practice_systems.embedded import EmbeddedDiary
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.tables import APPOINTMENT, DIARY_DDL_SQLITE_DROP, PATIENT
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import upgrade
from tests.studio import NOW, STUDIO, OpenSeal, opening

TEN = opening("2027-03-02 10:00")
TWENTY = [
    opening(f"2027-03-{day:02} {hour:02}:{minute:02}")
    for day in (3, 4)
    for hour in (9, 10, 11, 14, 15)
    for minute in (0, 30)
]
OVERLAPPING = [opening(f"2027-03-05 {hour:02}:{minute:02}") for hour in (9, 10) for minute in (0, 15, 30, 45)]
SHAPES = {"one": [TEN], "twenty": TWENTY, "overlapping": OVERLAPPING, "same": [TEN]}
ON_OFFER = 6  # as patients see it
_TRIES = 30
GIVEN_UP = 10.0  # seconds: slower than that is a fault on any machine


@dataclass(frozen=True)
class Share:
    """One process's part of a race."""

    url: str
    shape: str
    patients: range
    round: int


class Waited(NamedTuple):
    """How long it took a loser to keep another time, and how many offers."""

    seconds: float
    offers: int


def contest(share: Share, start: Barrier) -> list[Waited]:
    return asyncio.run(_contest(share, start))


async def _contest(share: Share, start: Barrier) -> list[Waited]:
    """Of each loser."""
    database = Database(share.url)
    store = SqlDiary(database, STUDIO.id, OpenSeal())
    diary = EmbeddedDiary(STUDIO, store)
    wanted = SHAPES[share.shape]
    await diary.find_openings(Wish(visit_type="check_up"), at=NOW, limit=6)  # calendars and caches are there
    await asyncio.to_thread(start.wait, 120)
    waits = await asyncio.gather(
        *[_patient(diary, store, database, share, n, wanted) for n in share.patients]
    )
    database.close()
    return [wait for wait in waits if wait is not None]


async def _patient(
    diary: EmbeddedDiary,
    store: SqlDiary,
    database: Database,
    share: Share,
    number: int,
    wanted: Sequence[Opening],
) -> Waited | None:
    """Books, or keeps another time; None for who has what they wanted."""
    begun = clock.perf_counter()
    is_same = share.shape == "same"
    contact = "the same" if is_same else f"p{number}"
    key = "yes" if is_same else f"book {number}"
    one = wanted[number % len(wanted)]
    try:
        hold = await diary.hold(one, contact=contact, key=f"hold {key}", at=NOW)
        booking = await diary.book(hold, PatientDetails(name=f"Racer {number}"), key=key, at=NOW)
        write = booking.write
        assert write is not None
        await database.write(lambda connection: store.apply_write(connection, write))
        return None
    except BookingError:
        pass
    chance = random.Random(f"{share.round} {number}")
    for again in range(_TRIES):
        offered = await diary.find_openings(Wish(visit_type="check_up"), at=NOW, limit=ON_OFFER)
        if not offered:
            return None
        try:
            await diary.hold(chance.choice(offered), contact=contact, key=f"{key} other {again}", at=NOW)
            return Waited(clock.perf_counter() - begun, again + 1)
        except BookingError:
            continue
    return Waited(float("inf"), _TRIES)


def booked(url: str) -> list[tuple[str, int, int]]:
    database = Database(url)
    a = APPOINTMENT.c
    statement = select(a.practitioner, a.blocked_from, a.blocked_to).where(a.status == "booked")
    rows = database.read_now(lambda connection: connection.execute(statement).all())
    database.close()
    return sorted((who, start, end) for who, start, end in rows)


def overlaps(visits: Sequence[tuple[str, int, int]]) -> int:
    return sum(one[0] == other[0] and other[1] < one[2] for one, other in pairwise(visits))


def fresh(folder: Path, *, postgresql: bool, protected: bool, name: str) -> str:
    if postgresql:
        from tests.postgresql import fresh_database

        url = fresh_database()
    else:
        url = sqlite_url(folder / f"{name}.db")
    database = Database(url)
    upgrade(database.engine)
    if not protected:
        constraint = ("ALTER TABLE appointment DROP CONSTRAINT opening_taken",)
        drops = constraint if postgresql else DIARY_DDL_SQLITE_DROP

        def drop(connection: Connection) -> None:
            for statement in drops:
                connection.execute(text(statement))

        database.write_now(drop)
    database.close()
    return url


def emptied(url: str) -> None:
    """As before the first round; migrating anew for each would take longer than racing."""
    database = Database(url)

    def empty(connection: Connection) -> None:
        for table in (APPOINTMENT, PATIENT):
            connection.execute(delete(table))

    database.write_now(empty)
    database.close()


def race(
    pool: Any, manager: Any, url: str, shape: str, *, patients: int, processes: int, number: int
) -> list[Waited]:
    count = 20 if shape == "same" else patients
    each = count // processes
    start = manager.Barrier(processes)
    shares = [Share(url, shape, range(n * each, (n + 1) * each), number) for n in range(processes)]
    results = pool.starmap(contest, [(share, start) for share in shares])
    return [wait for waits in results for wait in waits]


def right(shape: str, visits: Sequence[tuple[str, int, int]]) -> bool:
    if overlaps(visits):
        return False
    expected = {"one": 1, "twenty": 20, "same": 1}.get(shape)
    return len(visits) == expected if expected else 0 < len(visits) <= len(OVERLAPPING)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--patients", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--processes", type=int, default=1)
    arguments.add_argument("--postgresql", action="store_true")
    arguments.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    given = arguments.parse_args()
    spawning = multiprocessing.get_context("spawn")
    passed = True
    with (
        tempfile.TemporaryDirectory(prefix="chairside-diary-races-") as name,
        spawning.Manager() as manager,
        spawning.Pool(given.processes) as pool,
    ):
        url = fresh(Path(name), postgresql=given.postgresql, protected=True, name="protected")
        for shape in given.shapes:
            waits: list[Waited] = []
            ends: Counter[int] = Counter()
            for number in range(given.rounds):
                emptied(url)
                waits += race(
                    pool,
                    manager,
                    url,
                    shape,
                    patients=given.patients,
                    processes=given.processes,
                    number=number,
                )
                visits = booked(url)
                ends[len(visits)] += 1
                passed &= right(shape, visits)
            seconds = sorted(waited.seconds for waited in waits) or [0.0]
            offers = sum(waited.offers for waited in waits) / max(len(waits), 1)
            passed &= seconds[-1] <= GIVEN_UP
            print(
                f"{shape}: {given.rounds} rounds, visits booked {dict(ends)};"
                f" another time kept: p99 {seconds[int(len(seconds) * 0.99)]:.2f} s,"
                f" slowest {seconds[-1]:.2f} s, with {offers:.1f} offers each;"
                f" load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        url = fresh(Path(name), postgresql=given.postgresql, protected=False, name="twin")
        race(pool, manager, url, "one", patients=given.patients, processes=given.processes, number=0)
        visits = booked(url)
        print(f"twin without exclusion: {len(visits)} visits at one time", flush=True)
        passed &= len(visits) > 1
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

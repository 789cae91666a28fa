"""Forty patients, one opening, one SQLite file: threads in several processes, each with its own connection.

The twin drops the triggers: without them more than one patient must win, or the race proves nothing.
"""

import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.diary import Hold
from bot.errors import OpeningTaken
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.engine.database import Database, sqlite_url
from tests.studio import NOW, STUDIO, OpenSeal, diary_database, opening

PROCESSES = 2
THREADS = 20
PATIENTS = PROCESSES * THREADS


def try_to_hold(path: Path, patient: int, start: Barrier, walls: tuple[str, ...]) -> bool:
    database = Database(sqlite_url(path))
    diary = SqlDiary(database, STUDIO.id, OpenSeal())
    one = opening(walls[patient % len(walls)])
    hold = Hold(id=f"h{patient}", opening=one, contact=f"p{patient}", until=NOW + timedelta(minutes=10))
    database.read_now(lambda connection: connection.execute(select(APPOINTMENT)).all())
    start.wait(60)
    try:
        asyncio.run(diary.hold(hold, blocked=(one.start, one.end), key=hold.id, limit=2, at=NOW))
    except OpeningTaken:
        return False
    finally:
        database.close()
    return True


def _race(path: Path, number: int, start: Barrier, walls: tuple[str, ...]) -> int:
    """One process: how many of its patients won."""
    patients = range(number * THREADS, (number + 1) * THREADS)
    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(lambda patient: try_to_hold(path, patient, start, walls), patients))


def winners(path: Path, walls: tuple[str, ...]) -> int:
    spawning = multiprocessing.get_context("spawn")
    with spawning.Manager() as manager, spawning.Pool(PROCESSES) as pool:
        start = manager.Barrier(PATIENTS)
        return sum(pool.starmap(_race, [(path, number, start, walls) for number in range(PROCESSES)]))


@pytest.mark.parametrize(
    ("walls", "protected", "won"),
    [
        (("2027-03-02 10:00",), True, 1),
        (("2027-03-02 10:00", "2027-03-02 10:15"), True, 1),
        (("2027-03-02 10:00",), False, PATIENTS),
    ],
    ids=["the same time", "times that overlap in part", "the same time without the triggers"],
)
def test_of_forty_patients_who_want_one_opening_one_gets_it(
    tmp_path: Path, walls: tuple[str, ...], protected: bool, won: int
) -> None:
    path = tmp_path / "diary.db"
    database = diary_database(path, protected=protected)
    won_by_answer = winners(path, walls)
    rows = database.read_now(lambda connection: connection.execute(select(APPOINTMENT.c.id)).all())
    database.close()

    assert (won_by_answer, len(rows)) == (won, won)

"""Many who want to keep a time at once: whoever is refused costs the others nothing."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.diary import Hold, Opening
from bot.errors import OpeningTaken
from bot.storage.diary.book import SqlDiary
from bot.storage.engine.database import Database
from bot.storage.migrations import upgrade
from tests.postgresql import fresh_database
from tests.studio import NOW, STUDIO, OpenSeal, diary_database, opening

TEN = opening("2027-03-02 10:00")
QUARTER_PAST = opening("2027-03-02 10:15")
VERDI_AT_TEN = opening("2027-03-02 10:00", "verdi")
AFTERNOON = [opening(f"2027-03-02 {hour}:{minute:02}") for hour in (14, 15, 16) for minute in (0, 30)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = diary_database(tmp_path / "diary.db")
    else:
        database = Database(fresh_database())
        upgrade(database.engine)
    yield database
    database.close()


@pytest.fixture
def diary(database: Database) -> SqlDiary:
    return SqlDiary(database, STUDIO.id, OpenSeal())


async def keeps(diary: SqlDiary, one: Opening, who: str, *, key: str | None = None, limit: int = 2) -> str:
    """ "kept", or the word of the error."""
    hold = Hold(id=f"h {who} {one.ref}", opening=one, contact=who, until=NOW + timedelta(minutes=10))
    try:
        await diary.hold(
            hold, blocked=(one.start, one.end), key=key or f"k {who} {one.ref}", limit=limit, at=NOW
        )
    except OpeningTaken as error:
        return error.outcome
    return "kept"


async def held(diary: SqlDiary) -> list[Opening]:
    rows = await diary.appointments(start=None, end=None, at=NOW)
    return [row.opening for row in rows]


async def test_of_sixty_who_want_times_that_overlap_one_keeps_it_and_the_refusals_share_a_commit(
    diary: SqlDiary, database: Database
) -> None:
    before = database.commits
    outcomes = await asyncio.gather(
        *[keeps(diary, QUARTER_PAST if number % 2 else TEN, f"p{number}") for number in range(60)]
    )

    assert sorted(outcomes) == ["kept"] + ["taken"] * 59
    assert len(await held(diary)) == 1
    assert database.commits - before <= 4


async def test_among_many_refusals_whoever_wants_something_free_keeps_it(diary: SqlDiary) -> None:
    await keeps(diary, TEN, "first")
    wanted = [TEN, *AFTERNOON, TEN, VERDI_AT_TEN, TEN]
    outcomes = await asyncio.gather(*[keeps(diary, one, f"p{n}") for n, one in enumerate(wanted)])

    assert outcomes == ["taken" if one == TEN else "kept" for one in wanted]
    assert await held(diary) == sorted([TEN, VERDI_AT_TEN, *AFTERNOON])


async def test_one_patient_who_taps_twenty_times_keeps_one_time(diary: SqlDiary) -> None:
    outcomes = await asyncio.gather(*[keeps(diary, TEN, "ada", key="tap") for _ in range(20)])

    assert outcomes == ["kept"] * 20
    assert await held(diary) == [TEN]


async def test_whoever_is_refused_what_overlaps_their_own_hold_still_has_that(diary: SqlDiary) -> None:
    half_past = opening("2027-03-02 10:30")
    await keeps(diary, TEN, "ada")
    await keeps(diary, half_past, "bruno")
    outcomes = await asyncio.gather(
        keeps(diary, QUARTER_PAST, "ada"),
        keeps(diary, AFTERNOON[0], "carla"),
        keeps(diary, half_past, "dario"),
    )

    assert list(outcomes) == ["taken", "kept", "taken"]
    assert await held(diary) == [TEN, half_past, AFTERNOON[0]]


async def test_the_oldest_hold_beyond_the_limit_goes_among_many_as_alone(diary: SqlDiary) -> None:
    for one in (TEN, AFTERNOON[0]):
        await keeps(diary, one, "ada")
    outcomes = await asyncio.gather(
        keeps(diary, AFTERNOON[2], "ada"), keeps(diary, AFTERNOON[4], "bruno"), keeps(diary, TEN, "carla")
    )
    there = set(await held(diary))

    assert list(outcomes[:2]) == ["kept", "kept"]
    assert {AFTERNOON[2], AFTERNOON[4]} < there
    assert len([one for one in (TEN, AFTERNOON[0]) if one in there]) == 1 + (outcomes[2] == "kept")

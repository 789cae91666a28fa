"""Patients who lost a race for one time are spread over the others."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.diary import Wish
from bot.errors import OpeningTaken
from bot.practice_systems.embedded import EmbeddedDiary
from bot.storage.diary.book import SqlDiary
from tests.studio import NOW, STUDIO, OpenSeal, diary_database, opening

TEN = opening("2027-03-02 10:00")
WISH = Wish(visit_type="check_up")


async def test_a_crowd_is_offered_different_times_and_later_everybody_the_best(tmp_path: Path) -> None:
    database = diary_database(tmp_path / "diary.db")
    store = SqlDiary(database, STUDIO.id, OpenSeal())
    diary = EmbeddedDiary(STUDIO, store)
    await diary.hold(TEN, contact="first", key="first", at=NOW)
    for number in range(20):
        with pytest.raises(OpeningTaken):
            await diary.hold(TEN, contact=f"p{number}", key=f"p{number}", at=NOW)
    offers = [await diary.find_openings(WISH, at=NOW, limit=6) for _ in range(5)]
    later = NOW + timedelta(seconds=10)
    afterwards = await diary.find_openings(WISH, at=later, limit=6)
    best = await EmbeddedDiary(STUDIO, store).find_openings(WISH, at=later, limit=6)
    database.close()

    assert len({one for offer in offers for one in offer}) == 30
    assert all(list(offer) == sorted(offer) for offer in offers)
    assert afterwards == best

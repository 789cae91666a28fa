"""From `practice_system.kind` to a diary."""

from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.diaries import open_diaries
from bot.domain.outside import SystemSettings
from bot.errors import SetupError
from bot.practice_systems.embedded import EmbeddedDiary
from bot.practice_systems.registry import ADAPTERS, known_kinds, opener_of
from bot.practice_systems.requests import RequestsDiary
from bot.storage.diary.book import SqlDiary
from tests.studio import NOW, STUDIO, OpenSeal, diary_database


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
def test_every_adapter_that_is_named_is_there(kind: str) -> None:
    assert callable(opener_of(kind))


def test_a_kind_that_nobody_installed_is_refused_with_those_there_are() -> None:
    with pytest.raises(SetupError, match=f'"cliniko".*{", ".join(known_kinds())}'):
        opener_of("cliniko")


@pytest.mark.parametrize(
    ("kind", "of_patients", "takes_requests"),
    [(None, EmbeddedDiary, False), ("embedded", EmbeddedDiary, False), ("requests", RequestsDiary, True)],
)
async def test_a_practice_gets_the_diary_that_it_names(
    tmp_path: Path, kind: str | None, of_patients: type, takes_requests: bool
) -> None:
    practice = replace(STUDIO, system=SystemSettings(kind=kind) if kind else None)
    database = diary_database(tmp_path / "diary.db")
    store = SqlDiary(database, practice.id, OpenSeal())
    diaries = open_diaries(practice, database=database, store=store, http=None, now=lambda: NOW)
    database.close()

    assert type(diaries.of_patients) is of_patients
    assert type(diaries.of_staff) is EmbeddedDiary  # what staff enter needs nobody's confirmation
    assert diaries.takes_requests is takes_requests


async def test_what_an_adapter_lacks_is_said_before_anything_starts(tmp_path: Path) -> None:
    practice = replace(STUDIO, system=SystemSettings(kind="caldav"))
    database = diary_database(tmp_path / "diary.db")
    store = SqlDiary(database, practice.id, OpenSeal())
    async with aiohttp.ClientSession() as http:
        with pytest.raises(SetupError, match=r"practice_system\.options\.url"):
            open_diaries(practice, database=database, store=store, http=http, now=lambda: NOW)
    database.close()

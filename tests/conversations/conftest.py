from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conversation_kit import CONTENT, House, Patient, PlainSeal, studio_lucciola
from phrases import WORDS

from bot.dialogue import Assistant, load_assistant
from bot.practice_systems.embedded import EmbeddedDiary
from bot.storage.diary.book import SqlDiary
from bot.storage.engine.database import Database, sqlite_url
from bot.testing import Surgery, begin_empty
from nlu.understanding import Interpreter


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    return load_assistant([CONTENT], languages=("en", "it", "ru"))


@pytest.fixture(params=["it", "en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def words(language: str) -> dict[str, str]:
    return WORDS[language]


@pytest.fixture
def house(tmp_path: Path, assistant: Assistant, interpreter: Interpreter, language: str) -> Iterator[House]:
    """A practice whose house language is the test's; the others are spoken too."""
    practice = studio_lucciola()
    others = tuple(other for other in practice.languages if other != language)
    practice = replace(practice, languages=(language, *others))
    begin_empty(tmp_path / "diary.db")
    database = Database(sqlite_url(tmp_path / "diary.db"))
    rows = SqlDiary(database, practice.id, PlainSeal())
    yield House(
        practice=practice,
        assistant=assistant,
        interpreter=interpreter,
        diary=EmbeddedDiary(practice, rows),
        rows=rows,
        database=database,
    )
    database.close()


@pytest.fixture
def anna(house: House) -> Patient:
    return house.patient("anna")


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        yield surgery

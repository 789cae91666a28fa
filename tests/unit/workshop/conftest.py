"""A pizzeria to test conversations with, and a patient who booked, for those who look at it afterwards."""

import asyncio
import shutil
from pathlib import Path

import pytest
from kitchen import opened
from stored_bench import FIRST_WORDS, NAME, PHONE, Bench

from bot.bootstrap import Configuration
from bot.source import content
from bot.testing import Surgery
from bot.workshop.content import OpenedContent
from nlu.interpreter import load_interpreter


@pytest.fixture(scope="session")
def pizzeria(tmp_path_factory: pytest.TempPathFactory) -> OpenedContent:
    """Learns once for all tests."""
    return opened(tmp_path_factory.mktemp("pizzeria"))


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna booked a first visit, in Italian, in five turns."""
    data = tmp_path_factory.mktemp("stored")
    cache = Configuration(data=data, environment={}).nlu_cache
    interpreter = load_interpreter(("it", "en", "ru"), cache=cache)

    async def book() -> None:
        async with Surgery.open(data, interpreter=interpreter) as surgery:
            anna = surgery.patient(PHONE, name=NAME)
            await anna.says(FIRST_WORDS)
            await anna.says(NAME)
            await anna.taps("Prima possibile")
            await anna.brings(anna.sees.choices[0].payload)
            await anna.taps("Sì")
            assert "prenotat" in anna.sees.text

    asyncio.run(book())
    return data


@pytest.fixture
def bench(stored: Path, tmp_path: Path) -> Bench:
    shutil.copytree(content("flows"), tmp_path / "flows")
    shutil.copytree(stored, tmp_path / "data")
    return Bench(data=tmp_path / "data", flows=tmp_path / "flows")

"""A pizzeria to test conversations with, and a patient who booked, for those who look at it afterwards."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from kitchen import opened
from stored_bench import FIRST_WORDS, NAME, PHONE, Bench

from bot.source import content
from bot.testing import Patient, Surgery
from bot.workshop.content import OpenedContent
from nlu.understanding import Interpreter


@pytest.fixture(scope="session")
def pizzeria(tmp_path_factory: pytest.TempPathFactory) -> OpenedContent:
    """Learns once for all tests."""
    return opened(tmp_path_factory.mktemp("pizzeria"))


def kept(data: Path, interpreter: Interpreter, talk: Callable[[Surgery, Patient], Awaitable[None]]) -> Path:
    """What Anna and the practice said, stored."""

    async def run() -> None:
        async with Surgery.open(data, interpreter=interpreter) as surgery:
            await talk(surgery, surgery.patient(PHONE, name=NAME))

    asyncio.run(run())
    return data


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory, interpreter: Interpreter) -> Path:
    """Anna booked a first visit, in Italian, in five turns."""

    async def book(surgery: Surgery, anna: Patient) -> None:
        await anna.says(FIRST_WORDS)
        await anna.says(NAME)
        await anna.taps("Prima possibile")
        await anna.brings(anna.sees.choices[0].payload)
        await anna.taps("Sì")
        assert "prenotat" in anna.sees.text

    return kept(tmp_path_factory.mktemp("stored"), interpreter, book)


@pytest.fixture
def bench(stored: Path, tmp_path: Path) -> Bench:
    shutil.copytree(content("flows"), tmp_path / "flows")
    shutil.copytree(stored, tmp_path / "data")
    return Bench(data=tmp_path / "data", flows=tmp_path / "flows")


@pytest.fixture
def with_a_person(tmp_path: Path, interpreter: Interpreter) -> Bench:
    """Anna asked for a person, wrote to her, and was given back to the assistant."""

    async def ask(surgery: Surgery, anna: Patient) -> None:
        await anna.says("Vorrei parlare con una persona")
        await anna.says("Ci siete?")
        conversation = surgery.contact(anna)
        await surgery.desk.staff.desk.take(conversation, "Marta")
        await surgery.desk.staff.desk.give_back(conversation, "Marta")
        await surgery.settled()
        await anna.says("Siete aperti il sabato?")

    return Bench(data=kept(tmp_path / "data", interpreter, ask), flows=content("flows"))

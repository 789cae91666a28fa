"""The conversations written in YAML beside this file, as `chairside test tests/conversations` runs them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.bootstrap import Configuration
from bot.service.clock import FrozenClock
from bot.workshop.cases import Case, read_cases
from bot.workshop.report import failure_text
from bot.workshop.running import run_cases
from bot.workshop.venues import MONDAY_MORNING, Practice

HERE = Path(__file__).parent
LANGUAGES = ("en", "it", "ru")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def practice(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    configuration = Configuration(
        data=tmp_path_factory.mktemp("written"), environment=dict(os.environ), demo=True
    )
    async with Practice.open(configuration, clock=FrozenClock(MONDAY_MORNING)) as opened:
        yield opened


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_written_conversation_goes_as_it_is_written(practice: Practice, language: str) -> None:
    cases: tuple[Case, ...] = read_cases([HERE / language], practice.assistant).cases

    results = [result async for result in run_cases(cases, practice.opened)]

    assert [failure_text(result.failure) for result in results if result.failure] == []
    assert len(results) >= 4


async def test_the_example_of_the_guide_goes_as_it_is_written(practice: Practice, tmp_path: Path) -> None:
    guide = (HERE.parents[1] / "docs" / "test-a-flow.md").read_text(encoding="utf-8")
    (tmp_path / "guide.yml").write_text(guide.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    cases = read_cases([tmp_path / "guide.yml"], practice.assistant).cases

    results = [result async for result in run_cases(cases, practice.opened)]

    assert [result.failure and failure_text(result.failure) for result in results] == [None]

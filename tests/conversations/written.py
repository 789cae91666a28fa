"""Runs the conversations written in YAML beside this file, as `chairside test tests/conversations` does.

Each language has a test file of its own, so that they can run side by side.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.bootstrap import Configuration
from bot.service.clock import FrozenClock
from bot.workshop.cases import read_cases
from bot.workshop.report import failure_text
from bot.workshop.running import run_cases
from bot.workshop.venues import MONDAY_MORNING, Practice

HERE = Path(__file__).parent
LEAST = 150  # conversations in each language


@asynccontextmanager
async def open_practice(folder: Path) -> AsyncIterator[Practice]:
    configuration = Configuration(data=folder, environment=dict(os.environ), demo=True)
    async with Practice.open(configuration, clock=FrozenClock(MONDAY_MORNING)) as opened:
        yield opened


async def otherwise(path: Path, folder: Path) -> tuple[int, list[str]]:
    """How many conversations there are, and what went otherwise than written. `folder` is for diaries."""
    async with open_practice(folder) as practice:
        cases = read_cases([path], practice.assistant).cases
        results = [result async for result in run_cases(cases, practice.opened)]
    return len(results), [failure_text(result.failure) for result in results if result.failure]

"""A front desk whose messages go out when a test says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.testing import Surgery
from nlu.interpreter import load_interpreter
from nlu.understanding import Interpreter


@pytest.fixture(scope="session")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    return load_interpreter(("it", "en", "ru"), cache=tmp_path_factory.mktemp("nlu"))


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """Monday 2 March 2026, eight in the morning."""
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        yield surgery

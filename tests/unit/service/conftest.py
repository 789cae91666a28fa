"""A whole front desk in this process, with a channel that records."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.testing import Surgery
from nlu.understanding import Interpreter


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        yield surgery

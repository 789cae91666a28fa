"""A front desk on either database."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.testing import Surgery
from nlu.understanding import Interpreter
from tests.postgresql import fresh_database
from tests.two_patients import Practice


@pytest.fixture(params=["sqlite", "postgresql"])
async def practice(
    request: pytest.FixtureRequest, tmp_path: Path, interpreter: Interpreter
) -> AsyncIterator[Practice]:
    environment = dict(os.environ)
    if request.param == "postgresql":
        environment["CHAIRSIDE_DATABASE_URL"] = fresh_database()
    folder = tmp_path / "data"
    async with Surgery.open(folder, interpreter=interpreter, environment=environment) as surgery:
        yield Practice(surgery=surgery, folder=folder)

"""A file that is locked for a moment, and a removed log, while patients book. Longer: `make locked`."""

import pytest

from bench.locked import run


@pytest.mark.parametrize("fault", ["locked-1", "log-removed"])
async def test_patients_are_answered_once_when_the_database_is_itself_again(fault: str) -> None:
    told = await run(fault, 7)

    assert told.shown() and told.is_clean, told.shown()

"""Openings against an independent computation, minute by minute, around the days when clocks change.

A few practices of each kind; `make oracle` compares thousands.
"""

from datetime import date

import pytest

from bench.minutes import CHANGES, oracle, random_case

SEEDS = range(8)


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=lambda value: str(value))
def test_openings_are_those_that_counting_minutes_finds(zone: str, change: date) -> None:
    seen = 0
    for seed in SEEDS:
        case = random_case(f"{zone} {change} {seed}", zone, change)
        found = case.found()
        seen += len(found)

        assert found == oracle(case), f"seed {seed}"
    assert seen  # so that agreeing means something

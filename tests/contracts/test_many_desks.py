"""Desks that know nothing of each other want one time, before systems of every kind; and the twin."""

from pathlib import Path

import pytest

from bench.outside_races import race_at
from tests.contracts.outside_system import RACERS
from tests.contracts.worlds import TWIN, WORLDS

DESKS = 10


@pytest.mark.parametrize("name", WORLDS)
async def test_of_twenty_patients_of_ten_desks_one_books_and_the_others_offer_something_else(
    name: str, tmp_path: Path
) -> None:
    """Every second one wants a quarter of an hour later, which overlaps."""
    result = await race_at(name, tmp_path, shape="times that overlap", racers=RACERS, desks=DESKS)

    assert (dict(result.outcomes), len(result.there)) == ({"done": 1, "taken": RACERS - 1}, 1)


async def test_desks_that_do_not_look_who_else_is_there_book_one_time_for_several(tmp_path: Path) -> None:
    result = await race_at(TWIN, tmp_path, shape="one time", racers=DESKS, desks=DESKS)

    assert result.outcomes["done"] == len(result.there) > 1

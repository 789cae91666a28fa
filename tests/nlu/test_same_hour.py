"""A visit that is moved to another day at its own hour."""

import pytest

from tests.nlu.conftest import Read, value


@pytest.mark.parametrize(
    "text", ["same time on Wednesday", "stessa ora ma mercoledì", "в то же время, но в среду"]
)
def test_a_day_at_the_same_hour_says_so(read: Read, text: str) -> None:
    assert value(read(text), "wish") == {
        "windows": [["2026-11-25T00:00", "2026-11-26T00:00"]],
        "part": None,
        "asap": False,
        "same_hour": True,
    }


def test_a_day_alone_does_not(read: Read) -> None:
    wish = value(read("mercoledì"), "wish")

    assert isinstance(wish, dict) and "same_hour" not in wish

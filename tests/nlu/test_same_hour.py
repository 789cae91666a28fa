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


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("an hour later on Wednesday", 60),
        ("half an hour earlier on Wednesday", -30),
        ("un'ora più tardi mercoledì", 60),
        ("mezz'ora prima, ma mercoledì", -30),
        ("на час позже в среду", 60),
        ("на полчаса раньше, в среду", -30),
    ],
)
def test_an_hour_later_on_another_day_keeps_the_day(read: Read, text: str, off: int) -> None:
    assert value(read(text, asking="time"), "wish") == {
        "windows": [["2026-11-25T00:00", "2026-11-26T00:00"]],
        "part": None,
        "asap": False,
        "weekdays": True,
        "hour_off": off,
    }


@pytest.mark.parametrize("text", ["the week after, same hour", "la settimana dopo, stessa ora"])
def test_the_week_after_is_that_after_the_visit(read: Read, text: str) -> None:
    wish = value(read(text, asking="time"), "wish")

    assert isinstance(wish, dict)
    assert (wish["windows"], wish["weeks_on"], wish["same_hour"]) == ([], 1, True)


def test_two_hours_after_lunch_is_an_hour_of_the_day(read: Read) -> None:
    wish = value(read("в среду в два часа после обеда", asking="time"), "wish")

    assert isinstance(wish, dict) and "hour_off" not in wish
    assert wish["part"] or wish["windows"] == [["2026-11-25T14:00", "2026-11-25T15:00"]]

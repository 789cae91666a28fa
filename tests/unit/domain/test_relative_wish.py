"""Wishes that are told by the visit that is moved, or by the opening that was chosen."""

from datetime import date, datetime
from typing import Any

import pytest

from bot.domain.relative_wish import is_relative, resolved

THURSDAY_NINE = datetime(2026, 3, 5, 9)


def wish(**told: Any) -> dict[str, Any]:
    return {"windows": [], "part": None, "asap": False, **told}


def day(first: str, after: str) -> list[list[str]]:
    return [[f"{first}T00:00", f"{after}T00:00"]]


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (
            {"far": 7 * 24 * 60},
            {"windows": day("2026-03-12", "2026-03-13"), "part": ["09:00", "10:00"], "exact": True},
        ),
        (
            {"far": -24 * 60},
            {"windows": day("2026-03-04", "2026-03-05"), "part": ["09:00", "10:00"], "exact": True},
        ),
        (
            {"far": 60},
            {"windows": day("2026-03-05", "2026-03-06"), "part": ["10:00", "11:00"], "exact": True},
        ),
        ({"same_hour": True}, {"part": ["09:00", "10:00"], "exact": True}),
        (
            {"same_day": True, "part": ["13:00", "19:00"]},
            {"windows": day("2026-03-05", "2026-03-06"), "part": ["13:00", "19:00"]},
        ),
        (
            {"same_day": True, "side": "later"},
            {"windows": day("2026-03-05", "2026-03-06"), "part": ["09:01", "23:59"]},
        ),
        (
            {"same_day": True, "side": "earlier"},
            {"windows": day("2026-03-05", "2026-03-06"), "part": ["00:00", "09:00"]},
        ),
        (
            {"weeks_on": 1, "same_hour": True},
            {"windows": day("2026-03-09", "2026-03-16"), "part": ["09:00", "10:00"], "exact": True},
        ),
    ],
)
def test_a_visit_is_moved_by_what_is_said_of_it(told: dict[str, Any], meant: dict[str, Any]) -> None:
    assert is_relative(wish(**told))
    assert resolved(wish(**told), began=THURSDAY_NINE) == wish(**meant)


def test_the_same_time_is_that_of_the_visit_though_another_was_chosen() -> None:
    found = resolved(wish(same_hour=True, far=24 * 60), stands=datetime(2026, 3, 10, 15), began=THURSDAY_NINE)
    plain = resolved(wish(same_hour=True), stands=datetime(2026, 3, 10, 15), began=THURSDAY_NINE)

    assert (found["windows"], found["part"]) == (day("2026-03-11", "2026-03-12"), ["15:00", "16:00"])
    assert plain["part"] == ["09:00", "10:00"]


def test_a_day_later_than_a_day_that_was_searched_tells_no_hour() -> None:
    found = resolved(wish(far=24 * 60), of_day=date(2026, 3, 5))

    assert found == wish(windows=day("2026-03-06", "2026-03-07"))


def test_another_day_is_any_but_those_that_did_not_suit() -> None:
    found = resolved(wish(other_day=True), refused=[date(2026, 3, 3), date(2026, 3, 3)])

    assert found == wish(
        windows=day("2026-03-04", "2026-03-18"), without=[["2026-03-03", "2026-03-04", False]]
    )


def test_without_a_time_to_tell_it_by_nothing_is_left() -> None:
    assert resolved(wish(far=60, same_day=True)) == wish()
    assert not is_relative(wish()) and not is_relative("asap") and not is_relative(None)


def test_an_hour_later_on_another_day_is_that_day_an_hour_after_the_visits_own() -> None:
    tuesday = day("2026-03-10", "2026-03-11")
    found = resolved(wish(windows=tuesday, hour_off=60), began=THURSDAY_NINE)

    assert is_relative(wish(hour_off=60))
    assert found == wish(windows=tuesday, part=["10:00", "11:00"], exact=True)


def test_the_same_time_in_the_week_of_the_visit_is_never_the_visits_own_day() -> None:
    found = resolved(wish(windows=day("2026-03-02", "2026-03-09"), same_hour=True), began=THURSDAY_NINE)

    assert found["windows"] == day("2026-03-12", "2026-03-13")

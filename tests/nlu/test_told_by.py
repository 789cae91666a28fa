"""Wishes that hang on something told before: a refusal, a day beside another, a visit that is moved."""

from typing import Any

import pytest

from tests.nlu.conftest import Read, value

# A Monday: the coming Friday is the 27th.
FRIDAYS = ["2026-11-27T00:00", "2026-11-28T00:00", True]
THIS_WEEK = ["2026-11-23T00:00", "2026-11-30T00:00", False]
WEEK = 7 * 24 * 60


def marks(read: Read, text: str, asking: str | None = "opening") -> dict[str, Any]:
    """What is said of the wish beside its own times."""
    wish = value(read(text, asking=asking), "wish")
    assert isinstance(wish, dict), text
    return {key: told for key, told in wish.items() if key not in ("windows", "part", "asap", "in_doubt")}


@pytest.mark.parametrize(
    "text", ["not on Fridays", "non di venerdì", "по пятницам не могу", "not friday either"]
)
def test_a_weekday_that_is_refused_is_refused_every_week(read: Read, text: str) -> None:
    assert marks(read, text) == {"without": [FRIDAYS]}


@pytest.mark.parametrize("text", ["not this week", "non questa settimana", "не на этой неделе"])
def test_a_week_that_is_refused_is_that_week_alone(read: Read, text: str) -> None:
    assert marks(read, text) == {"without": [THIS_WEEK]}


@pytest.mark.parametrize(
    "text",
    [
        "mornings don't work either",
        "neanche di mattina posso",
        "утром тоже не могу",
        "утром тоже не получится",
    ],
)
def test_hours_that_are_refused_leave_the_others(read: Read, text: str) -> None:
    [[start, end]] = marks(read, text)["left_hours"]

    assert start >= "12:00" and end == "19:00"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("11:30 is too late for me", ["09:00", "11:30"]),
        ("le 11:30 è troppo tardi", ["09:00", "11:30"]),
        ("11:30 слишком поздно", ["09:00", "11:30"]),
        ("10:30 is too early", ["11:30", "19:00"]),
        ("le 10:30 è troppo presto", ["11:30", "19:00"]),
        ("10:30 слишком рано", ["11:30", "19:00"]),
    ],
)
def test_too_late_leaves_what_is_before_and_too_early_what_is_after(
    read: Read, text: str, left: list[str]
) -> None:
    wish = value(read(text, asking="opening"), "wish")

    assert isinstance(wish, dict)
    assert (wish["windows"], wish["part"], wish["left_hours"]) == ([], left, [left])


@pytest.mark.parametrize(
    "text",
    [
        "friday would work too",
        "or friday",
        "anche venerdì va bene",
        "oppure venerdì",
        "можно и в пятницу",
        "или в пятницу",
    ],
)
def test_a_day_that_would_do_too_says_so(read: Read, text: str) -> None:
    assert marks(read, text) == {"weekdays": True, "besides": True}


@pytest.mark.parametrize("text", ["friday", "meglio venerdì", "лучше в пятницу"])
def test_a_day_that_is_wished_for_instead_is_not_beside_another(read: Read, text: str) -> None:
    assert marks(read, text) == {"weekdays": True}


@pytest.mark.parametrize("text", ["tomorrow", "on the 27th of November", "domani", "27 ноября"])
def test_only_a_plain_weekday_may_be_of_another_week(read: Read, text: str) -> None:
    assert marks(read, text) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("can you push it back a week", {"far": WEEK}),
        ("could we move my appointment by two weeks", {"far": 2 * WEEK}),
        ("si può rimandare di una settimana?", {"far": WEEK}),
        ("posso anticipare di un giorno?", {"far": -24 * 60}),
        ("можно перенести на неделю позже?", {"far": WEEK}),
        ("перенесите на день раньше", {"far": -24 * 60}),
        ("can I come an hour later?", {"far": 60}),
        ("posso venire un'ora dopo?", {"far": 60}),
        ("можно на час позже?", {"far": 60}),
        ("can I come a bit later that day?", {"same_day": True, "side": "later"}),
        ("posso venire più tardi quel giorno?", {"same_day": True, "side": "later"}),
        ("можно пораньше в тот же день?", {"same_day": True, "side": "earlier"}),
    ],
)
def test_a_move_is_told_by_the_visit(read: Read, text: str, told: dict[str, Any]) -> None:
    assert marks(read, text, asking=None) == told


@pytest.mark.parametrize("text", ["same time", "stessa ora", "в то же время"])
def test_the_same_time_is_an_answer_by_itself(read: Read, text: str) -> None:
    assert marks(read, text, asking="time") == {"same_hour": True}


@pytest.mark.parametrize(
    "text", ["I'd rather come another day", "meglio un altro giorno", "лучше в другой день"]
)
def test_another_day_is_a_wish_where_one_is_on_offer(read: Read, text: str) -> None:
    assert marks(read, text, asking="yes_no") == {"other_day": True}
    assert value(read(text), "wish") is None


@pytest.mark.parametrize(
    "text",
    [
        "how long does it take, a week?",
        "I moved here a week ago",
        "ho dolore da una settimana",
        "болит уже неделю",
    ],
)
def test_how_long_something_lasts_moves_nothing(read: Read, text: str) -> None:
    wish = value(read(text), "wish")

    assert wish is None or (isinstance(wish, dict) and "far" not in wish)

"""Whether nothing can be free at a time because nobody works then, or because it is too far ahead."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.domain.diary import Wish
from bot.domain.not_then import NotThen, last_bookable_day, why_not_then
from bot.domain.practice import DeskRules, Practice
from tests.studio import AFTERNOON, NOW, STUDIO, weekly

Window = tuple[datetime, datetime]
SUNDAY = (datetime(2027, 3, 7), datetime(2027, 3, 8))
TUESDAY = (datetime(2027, 3, 2), datetime(2027, 3, 3))
LUNCH = (datetime(2027, 3, 2, 13), datetime(2027, 3, 2, 14))
SEPTEMBER = (datetime(2027, 9, 1), datetime(2027, 10, 1))
LAST_DAY = (datetime(2027, 4, 30), datetime(2027, 5, 1))
THE_DAY_AFTER = (datetime(2027, 5, 1), datetime(2027, 5, 2))
EVENING = (time(19), time(22))


def wish(*windows: Window, part: tuple[time, time] | None = None) -> Wish:
    return Wish(visit_type="check_up", windows=windows, part=part)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (wish(SUNDAY), NotThen.CLOSED),
        (wish(LUNCH), NotThen.CLOSED),
        (wish(TUESDAY, part=EVENING), NotThen.CLOSED),
        (wish(part=EVENING), NotThen.CLOSED),
        (wish(part=(time(22), time(6))), NotThen.CLOSED),
        (wish(SEPTEMBER), NotThen.TOO_FAR),
        (wish(THE_DAY_AFTER), NotThen.TOO_FAR),
        (wish(LAST_DAY), None),
        (wish(SUNDAY, TUESDAY), None),
        (wish(TUESDAY, SEPTEMBER), None),
        (wish(TUESDAY), None),
        (wish(part=(time(8), time(9, 30))), None),
        (wish(), None),
    ],
)
def test_why_nothing_can_be_free_then(asked: Wish, why: NotThen | None) -> None:
    assert why_not_then(STUDIO, asked, NOW) is why


def test_a_day_on_which_the_practice_is_closed_is_told_as_such() -> None:
    on_leave = replace(STUDIO, closed_days=frozenset({date(2027, 3, 2)}))

    assert why_not_then(on_leave, wish(TUESDAY), NOW) is NotThen.CLOSED


def test_a_desk_that_is_staffed_is_not_closed() -> None:
    staffed = replace(STUDIO, desk=DeskRules(shifts=weekly(range(7), AFTERNOON)))

    assert why_not_then(staffed, wish(SUNDAY), NOW) is None


def test_without_hours_nobody_knows() -> None:
    nobody = tuple(replace(person, shifts=()) for person in STUDIO.practitioners)
    practice: Practice = replace(STUDIO, practitioners=nobody)

    assert why_not_then(practice, wish(SUNDAY), NOW) is None


def test_the_last_day_is_the_end_of_the_horizon() -> None:
    assert last_bookable_day(STUDIO, NOW) == date(2027, 4, 30)

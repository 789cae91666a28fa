"""What is different about an opening that is not quite what was asked for is said."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.actions.wording import why_offered
from bot.domain.diary import Wish
from bot.domain.offer_reasons import Reason, reason_of
from tests.studio import STUDIO, opening

TUESDAY_TEN = (datetime(2027, 3, 2, 10), datetime(2027, 3, 2, 11))
ALL_TUESDAY = (datetime(2027, 3, 2), datetime(2027, 3, 3))


def wish(**more: object) -> Wish:
    return Wish(visit_type="check_up", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "asked", "reason"),
    [
        ("2027-03-02 10:30", wish(windows=(TUESDAY_TEN,)), None),
        ("2027-03-02 15:00", wish(windows=(TUESDAY_TEN,)), Reason.OTHER_HOUR),
        ("2027-03-01 10:00", wish(windows=(TUESDAY_TEN,)), Reason.EARLIER_DAY),
        ("2027-03-03 10:00", wish(windows=(ALL_TUESDAY,)), Reason.LATER_DAY),
        ("2027-03-02 15:00", wish(windows=(ALL_TUESDAY,), part=(time(9), time(12))), Reason.OTHER_HOUR),
        ("2027-03-02 15:00", wish(part=(time(9), time(12))), Reason.OTHER_HOUR),
        ("2027-03-02 10:00", wish(practitioner="verdi"), Reason.OTHER_PERSON),
        ("2027-03-02 10:00", wish(not_before=date(2027, 3, 3)), Reason.EARLIER_DAY),
        ("2027-03-02 10:00", wish(site="elsewhere"), Reason.OTHER_PLACE),
        ("2027-03-02 10:00", wish(), Reason.SOONEST),
    ],
)
def test_why_an_opening_is_offered(at: str, asked: Wish, reason: Reason | None) -> None:
    assert reason_of(STUDIO, opening(at), asked, is_first=True) is reason


def test_what_speaks_for_an_opening_that_is_as_wished_is_told_to_staff() -> None:
    ten = opening("2027-03-02 10:00")
    gap = replace(ten, fills_a_gap=True)

    assert [reason_of(STUDIO, one, wish()) for one in (ten, gap)] == [Reason.FOR_CHOICE, Reason.FILLS_A_GAP]
    assert [reason_of(STUDIO, one, wish(windows=(TUESDAY_TEN,))) for one in (ten, gap)] == [
        None,
        Reason.FILLS_A_GAP,
    ]
    assert reason_of(STUDIO, gap, wish(practitioner="verdi")) is Reason.OTHER_PERSON


def test_a_patient_reads_it_only_where_it_is_not_as_wished() -> None:
    for_staff = {Reason.SOONEST, Reason.FILLS_A_GAP, Reason.FOR_CHOICE}

    assert {why_offered(reason, "en") for reason in (None, *for_staff)} == {""}
    assert why_offered(Reason.LATER_DAY, "en") == "a later day"
    assert all(
        why_offered(reason, language) for reason in set(Reason) - for_staff for language in ("it", "ru")
    )

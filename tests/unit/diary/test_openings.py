from dataclasses import replace
from datetime import date, datetime, timedelta

import holidays
import pytest

from bot.domain.diary import Opening
from bot.domain.openings import is_opening, openings
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime, known_countries
from tests.studio import CHECK_UP, HYGIENE, NOW, STUDIO, only, opening

TUESDAY = date(2027, 3, 2)


def walls(found: list[Opening], practice: Practice = STUDIO) -> list[str]:
    clock = PracticeTime(practice.time_zone)
    return [f"{clock.wall(o.start):%d %H:%M}" for o in found]


def on(day: date, practice: Practice, visit_type: str = "check_up", **options: object) -> list[str]:
    kind = practice.visit_type(visit_type)
    assert kind is not None
    given = {"busy": (), "at": NOW, "first_day": day, "last_day": day} | options
    return walls(openings(practice, kind, **given), practice)  # type: ignore[arg-type]


def test_a_visit_begins_every_quarter_of_an_hour_and_ends_within_the_shift() -> None:
    verdi = only("verdi")

    assert on(TUESDAY, verdi) == [
        f"02 {hour:02}:{minute:02}"
        for hour in range(9, 13)
        for minute in (0, 15, 30, 45)
        if (hour, minute) != (12, 45)
    ]


def test_what_is_busy_is_not_offered_but_its_neighbours_are() -> None:
    taken = opening("2027-03-02 10:00", "verdi")
    busy = [("verdi", taken.start, taken.end), ("rossi", taken.start, taken.end + timedelta(hours=3))]
    found = on(TUESDAY, only("verdi"), busy=busy)

    assert [wall for wall in found if "09:15" < wall[3:] < "10:45"] == ["02 09:30", "02 10:30"]


def test_the_time_to_clean_the_chair_is_kept_free_too() -> None:
    taken = opening("2027-03-02 11:00")
    found = on(TUESDAY, only("rossi"), "hygiene", busy=[("rossi", taken.start, taken.end)])

    assert [wall for wall in found if "09:00" <= wall[3:] <= "12:15"] == [
        "02 09:00",
        "02 09:15",
        "02 09:30",
        "02 09:45",
        "02 10:00",
        "02 11:30",
        "02 11:45",
        "02 12:00",
        "02 12:15",
    ]


def test_cleaning_may_go_on_after_hours_but_the_visit_may_not() -> None:
    assert on(TUESDAY, only("rossi"), "hygiene")[-1] == "02 17:15"


def test_a_patient_cannot_come_sooner_than_the_practice_wants() -> None:
    at = PracticeTime("Europe/Rome").instant(datetime(2027, 3, 2, 10, 20))

    assert on(TUESDAY, only("verdi"), at=at)[:2] == ["02 11:30", "02 11:45"]


def test_a_visit_can_begin_exactly_when_the_lead_has_passed() -> None:
    at = PracticeTime("Europe/Rome").instant(datetime(2027, 3, 2, 10, 15))

    assert on(TUESDAY, only("verdi"), at=at)[0] == "02 11:15"


def test_the_last_bookable_day_is_open_until_the_evening() -> None:
    near = only("rossi", horizon=timedelta(days=2))
    found = on(TUESDAY, near, last_day=date(2027, 4, 1))

    assert (found[0], found[-1]) == ("02 09:00", "03 17:30")


def test_nobody_is_booked_on_closed_days_and_public_holidays() -> None:
    closed = only("rossi", holidays=True, closed_days=frozenset({date(2027, 3, 30)}))
    found = on(date(2027, 3, 26), closed, last_day=date(2027, 3, 31))  # Easter Monday is the 29th

    assert sorted({wall[:2] for wall in found}) == ["26", "31"]


def test_only_who_does_a_visit_is_offered_for_it() -> None:
    found = openings(STUDIO, HYGIENE, busy=(), at=NOW, first_day=TUESDAY, last_day=TUESDAY)

    assert {o.practitioner for o in found} == {"rossi"}
    assert (
        openings(STUDIO, HYGIENE, busy=(), at=NOW, first_day=TUESDAY, last_day=TUESDAY, practitioner="verdi")
        == []
    )


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Rome", date(2027, 3, 28)),
        ("Europe/Rome", date(2027, 10, 31)),
        ("America/New_York", date(2027, 3, 14)),
        ("America/New_York", date(2027, 11, 7)),
    ],
)
def test_working_hours_stay_on_the_wall_when_the_clocks_change(zone: str, day: date) -> None:
    rossi = replace(
        STUDIO.practitioners[0],
        shifts=tuple(replace(shift, weekday=6) for shift in STUDIO.practitioners[0].shifts[:2]),
    )
    practice = replace(STUDIO, time_zone=zone, practitioners=(rossi,), horizon=timedelta(days=300))
    found = on(day, practice)

    assert (found[0][3:], found[-1][3:], len(found)) == ("09:00", "17:30", 30)


def test_a_day_beyond_the_calendar_is_no_mistake() -> None:
    assert openings(STUDIO, CHECK_UP, busy=(), at=NOW, first_day=date.max, last_day=date.max) == []
    assert openings(STUDIO, CHECK_UP, busy=(), at=NOW, first_day=TUESDAY, last_day=date.min) == []


@pytest.mark.parametrize(
    "refused",
    [
        opening("2027-03-02 10:05"),
        opening("2027-03-02 13:00"),
        opening("2027-03-02 12:45"),
        opening("2027-03-07 10:00"),
        opening("2027-03-01 08:45"),
        opening("2027-02-23 10:00"),
        opening("2027-06-01 10:00"),
        opening("2027-03-04 10:00", "verdi"),
        opening("2027-03-02 10:00", "verdi", "hygiene"),
        opening("2027-03-02 10:00", "bianchi"),
        opening("2027-03-02 10:00", "rossi", "surgery"),
        replace(opening("2027-03-02 10:00"), end=opening("2027-03-02 11:00").end),
    ],
    ids=lambda o: o.ref,
)
def test_what_the_practice_would_not_offer_is_no_opening(refused: Opening) -> None:
    assert not is_opening(STUDIO, refused, at=NOW)


def test_what_the_practice_offers_is_an_opening() -> None:
    offered = openings(
        STUDIO, CHECK_UP, busy=(), at=NOW, first_day=date(2027, 3, 1), last_day=date(2027, 3, 7)
    )

    assert all(is_opening(STUDIO, one, at=NOW) for one in offered)
    assert len(offered) == 195


def test_the_public_holidays_of_every_country_are_known() -> None:
    assert known_countries() <= set(holidays.list_supported_countries())

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.domain.practice_time import PracticeTime, known_countries, known_zones, zones_of
from bot.errors import WallTimeError

ROME = PracticeTime("Europe/Rome")


def test_the_wall_shows_local_time_and_gives_the_instant_back() -> None:
    instant = datetime(2027, 7, 1, 8, 30, tzinfo=UTC)

    assert ROME.wall(instant) == datetime(2027, 7, 1, 10, 30)
    assert ROME.local(instant) == instant
    assert ROME.local(instant).tzinfo == timezone(timedelta(hours=2))
    assert ROME.instant(datetime(2027, 7, 1, 10, 30)) == instant
    assert ROME.instant(datetime(2027, 7, 1, 10, 30)).tzinfo is UTC


def test_a_time_that_the_clocks_skip_is_no_time() -> None:
    with pytest.raises(WallTimeError) as refused:
        ROME.instant(datetime(2027, 3, 28, 2, 30))

    assert str(refused.value) == (
        "2027-03-28 02:30 does not exist in Europe/Rome: the clocks go forward over it; "
        "take a time before or after the change"
    )


def test_a_time_that_comes_twice_is_no_time() -> None:
    with pytest.raises(WallTimeError) as refused:
        ROME.instant(datetime(2027, 10, 31, 2, 30))

    assert str(refused.value) == (
        "2027-10-31 02:30 exists twice in Europe/Rome: the clocks go back over it; "
        "take a time before or after the change"
    )


def test_a_change_without_summer_time_is_seen_too() -> None:
    with pytest.raises(WallTimeError, match="exists twice"):
        PracticeTime("Europe/Moscow").instant(datetime(2014, 10, 26, 1, 30))


def test_today_is_the_day_on_the_wall_and_not_in_greenwich() -> None:
    late = datetime(2027, 7, 1, 22, 30, tzinfo=UTC)

    assert ROME.today(late) == date(2027, 7, 2)
    assert PracticeTime("America/New_York").today(late) == date(2027, 7, 1)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 27), 24), (date(2027, 3, 28), 23), (date(2027, 10, 31), 25)]
)
def test_days_of_change_are_shorter_or_longer(day: date, hours: int) -> None:
    begin, end = ROME.day(day)

    assert end - begin == timedelta(hours=hours)
    assert ROME.wall(begin) == datetime.combine(day, datetime.min.time())


def test_a_day_without_midnight_begins_when_the_clocks_change() -> None:
    begin, end = PracticeTime("Africa/Cairo").day(date(2027, 4, 30))  # 00:00 becomes 01:00

    assert (begin, end) == (
        datetime(2027, 4, 29, 22, 0, tzinfo=UTC),
        datetime(2027, 4, 30, 21, 0, tzinfo=UTC),
    )


def test_the_next_day_has_the_same_time_on_the_wall() -> None:
    saturday = ROME.instant(datetime(2027, 3, 27, 10, 0))

    assert ROME.wall(ROME.days_later(saturday)) == datetime(2027, 3, 28, 10, 0)
    assert ROME.days_later(saturday) - saturday == timedelta(hours=23)
    assert ROME.wall(ROME.days_later(saturday, -1)) == datetime(2027, 3, 26, 10, 0)


def test_arithmetic_finds_a_time_even_where_none_or_two_exist() -> None:
    skipped, twice = datetime(2027, 3, 28, 2, 30), datetime(2027, 10, 31, 2, 30)

    assert ROME.earliest(skipped) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert ROME.wall(ROME.earliest(skipped)) == datetime(2027, 3, 28, 3, 30)
    assert ROME.earliest(twice) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("wall", [datetime(2027, 3, 28, 1, 45), datetime(2027, 3, 28, 2, 0)])
def test_nothing_lies_across_the_skipped_hour(wall: datetime) -> None:
    assert ROME.unbroken(wall, timedelta(minutes=30)) is None


def test_a_visit_may_end_at_the_change() -> None:
    assert ROME.unbroken(datetime(2027, 3, 28, 1, 30), timedelta(minutes=30)) == datetime(
        2027, 3, 28, 0, 30, tzinfo=UTC
    )


def test_a_day_that_is_shorter_by_half_an_hour_is_not_steady() -> None:
    lord_howe = PracticeTime("Australia/Lord_Howe")

    assert lord_howe.steady_offset(date(2027, 10, 3)) is None
    assert lord_howe.steady_offset(date(2027, 10, 4)) == timedelta(hours=11)


def test_times_without_a_zone_and_instants_are_never_mixed_up() -> None:
    with pytest.raises(ValueError, match="naive time is a wall time"):
        ROME.wall(datetime(2027, 7, 1, 8, 30))
    with pytest.raises(ValueError, match="a wall time is naive"):
        ROME.instant(datetime(2027, 7, 1, 8, 30, tzinfo=UTC))


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="write it as the IANA does"):
        PracticeTime("Rome")


def test_zones_and_countries_are_known() -> None:
    assert "Europe/Rome" in known_zones()
    assert {"IT", "GB", "RU"} <= known_countries()
    assert zones_of("IT") == ("Europe/Rome",)
    assert zones_of("Atlantis") == ()

import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.diary import Opening, Wish
from bot.domain.offer import offer
from bot.domain.openings import GRID, Busy, openings
from bot.domain.practice_time import PracticeTime
from tests.studio import CHECK_UP, NOW, STUDIO, opening

ROME = PracticeTime("Europe/Rome")
Window = tuple[datetime, datetime]


def free(busy: Busy = (), days: int = 12) -> list[Opening]:
    last = date(2027, 3, 1) + timedelta(days=days)
    return openings(STUDIO, CHECK_UP, busy=busy, at=NOW, first_day=date(2027, 3, 1), last_day=last)


def busy(start: str, end: str, *people: str) -> Busy:
    begin, finish = (ROME.instant(datetime.fromisoformat(moment)) for moment in (start, end))
    return [(person, begin, finish) for person in people or ("rossi", "verdi")]


def all_morning_but_half_past_eleven(day: str) -> Busy:
    return [*busy(f"{day} 09:00", f"{day} 11:30"), *busy(f"{day} 12:00", f"{day} 13:00")]


def window(start: str, end: str) -> Window:
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def wish(*windows: Window, **more: object) -> Wish:
    return Wish(visit_type="check_up", windows=windows, **more)  # type: ignore[arg-type]


def shown(offered: tuple[Opening, ...]) -> list[str]:
    return [f"{ROME.wall(o.start):%d %H:%M} {o.practitioner}" for o in offered]


def test_who_wants_to_come_soon_chooses_between_days_and_times_of_day() -> None:
    offered = offer(free(), wish(), clock=ROME, limit=6)

    assert shown(offered) == [
        "01 09:00 rossi",
        "01 14:00 rossi",
        "01 17:00 rossi",
        "02 09:00 verdi",
        "02 14:00 rossi",
        "03 09:00 verdi",
    ]


def test_the_soonest_of_all_is_among_them() -> None:
    assert offer(free(), wish(), clock=ROME, limit=3)[0] == free()[0]


def test_one_free_morning_is_not_offered_minute_by_minute() -> None:
    morning = window("2027-03-02 09:00", "2027-03-02 13:00")
    offered = offer(free(), wish(morning, practitioner="rossi"), clock=ROME, limit=4)

    assert shown(offered) == ["02 09:00 rossi", "02 10:00 rossi", "02 11:00 rossi", "02 12:00 rossi"]


def test_the_very_minute_that_was_asked_for_is_all_the_answer() -> None:
    at_three = window("2027-03-02 15:00", "2027-03-02 15:01")

    assert shown(offer(free(), wish(at_three), clock=ROME, limit=6)) == ["02 15:00 rossi"]


def test_a_moment_may_be_given_without_a_length() -> None:
    at_ten = window("2027-03-02 10:00", "2027-03-02 10:00")

    assert shown(offer(free(), wish(at_ten), clock=ROME, limit=6)) == ["02 10:00 rossi", "02 10:00 verdi"]


def test_when_that_time_is_taken_the_times_around_it_are_offered() -> None:
    at_three = window("2027-03-02 15:00", "2027-03-02 15:01")
    left = free(busy("2027-03-02 15:00", "2027-03-02 15:30"))

    assert shown(offer(left, wish(at_three), clock=ROME, limit=4)) == [
        "01 15:00 rossi",
        "02 14:30 rossi",
        "02 15:30 rossi",
        "03 15:00 rossi",
    ]


def test_when_that_day_is_full_the_days_around_it_are_offered_at_that_time_of_day() -> None:
    tuesday_afternoon = window("2027-03-02 14:00", "2027-03-02 18:00")
    left = free(busy("2027-03-02 00:00", "2027-03-03 00:00"))
    offered = offer(left, wish(tuesday_afternoon), clock=ROME, limit=4)

    assert {wall[:2] for wall in shown(offered)} == {"01", "03"}
    assert all(time(14) <= ROME.wall(o.start).time() < time(18) for o in offered)


def test_an_evening_that_does_not_exist_gives_the_latest_afternoons() -> None:
    offered = offer(free(), wish(part=(time(18), time(22))), clock=ROME, limit=3)

    assert shown(offered) == ["01 17:30 rossi", "02 17:30 rossi", "03 17:30 rossi"]


def test_the_part_of_the_day_narrows_the_days() -> None:
    this_week = window("2027-03-01 00:00", "2027-03-06 00:00")
    offered = offer(free(), wish(this_week, part=(time(14), time(16))), clock=ROME, limit=5)

    assert len({o.start.date() for o in offered}) > 1
    assert all(time(14) <= ROME.wall(o.start).time() < time(16) for o in offered)


def test_a_practitioner_asked_for_by_name_is_kept_even_when_the_day_is_not_theirs() -> None:
    thursday = window("2027-03-04 00:00", "2027-03-05 00:00")
    offered = offer(free(), wish(thursday, practitioner="verdi"), clock=ROME, limit=4)

    assert {o.practitioner for o in offered} == {"verdi"}
    assert ROME.wall(offered[-1].start).date() == date(2027, 3, 3)


def test_who_asks_for_somebody_without_free_time_is_offered_the_others() -> None:
    left = free(busy("2027-03-01 00:00", "2027-04-01 00:00", "verdi"))

    assert {o.practitioner for o in offer(left, wish(practitioner="verdi"), clock=ROME, limit=4)} == {"rossi"}


def test_other_days_begin_where_the_patient_says() -> None:
    offered = offer(free(), wish(not_before=date(2027, 3, 5)), clock=ROME, limit=4)

    assert shown(offered)[0] == "05 09:00 rossi"


def test_the_likelier_reading_of_an_hour_comes_first() -> None:
    three_or_ten = (
        window("2027-03-02 15:00", "2027-03-02 15:01"),
        window("2027-03-02 10:00", "2027-03-02 10:01"),
    )

    assert shown(offer(free(), wish(*three_or_ten), clock=ROME, limit=1)) == ["02 15:00 rossi"]


def test_a_time_that_leaves_no_useless_gap_is_preferred() -> None:
    around_ten = window("2027-03-04 10:00", "2027-03-04 10:31")
    left = free(busy("2027-03-04 09:00", "2027-03-04 10:15"))

    assert shown(offer(left, wish(around_ten), clock=ROME, limit=1)) == ["04 10:15 rossi"]
    assert shown(offer(free(), wish(around_ten), clock=ROME, limit=1)) == ["04 10:00 rossi"]


def test_a_gap_between_two_visits_is_filled_before_an_empty_morning_is_broken_into() -> None:
    """Tuesday morning is full but for half past eleven; Wednesday's is empty."""
    left = free(all_morning_but_half_past_eleven("2027-03-02"))
    mornings = wish(window("2027-03-02 09:00", "2027-03-04 13:00"), part=(time(9), time(13)))
    offered = offer(left, mornings, clock=ROME, limit=3)

    assert (shown(offered)[0], offered[0].fills_a_gap) == ("02 11:30 rossi", True)
    assert not any(one.fills_a_gap for one in offered[1:])


def test_of_one_morning_the_time_that_fills_a_gap_is_named_first_and_its_empty_part_is_left_whole() -> None:
    """Rossi is free from nine to eleven, and for half an hour between two visits."""
    tuesday = window("2027-03-02 09:00", "2027-03-02 13:00")
    taken = [
        *busy("2027-03-02 11:00", "2027-03-02 11:30"),
        *busy("2027-03-02 12:00", "2027-03-02 13:00"),
        *busy("2027-03-02 09:00", "2027-03-02 13:00", "verdi"),
    ]
    offered = offer(free(taken), wish(tuesday), clock=ROME, limit=3)

    assert shown(offer(free(taken), wish(tuesday), clock=ROME, limit=1)) == ["02 11:30 rossi"]
    assert shown(offered) == ["02 09:00 rossi", "02 10:00 rossi", "02 11:30 rossi"]


def test_a_day_sooner_outweighs_a_gap() -> None:
    left = free(all_morning_but_half_past_eleven("2027-03-03"))
    mornings = wish(window("2027-03-02 09:00", "2027-03-04 13:00"), part=(time(9), time(13)))

    assert shown(offer(left, mornings, clock=ROME, limit=1)) == ["02 09:00 rossi"]


def test_single_times_that_a_system_names_are_no_gaps() -> None:
    half_hours = [one for one in free() if ROME.wall(one.start).minute in (0, 30)]

    assert not any(one.fills_a_gap for one in offer(half_hours, wish(), clock=ROME, limit=6))


def test_two_practitioners_at_the_same_minute_are_not_two_choices() -> None:
    mornings = wish(part=(time(9), time(13)))
    starts = Counter(o.start for o in offer(free(days=1), mornings, clock=ROME, limit=6))

    assert max(starts.values()) == 1


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_wished_the_answer_is_never_empty_and_always_the_same(seed: int) -> None:
    rng = random.Random(seed)
    left = rng.sample(free(), rng.randint(1, 40))
    starts = [datetime(2027, 3, 1) + rng.randint(0, 28 * 96) * GRID for _ in range(2)]
    lengths = [timedelta(minutes=rng.choice((0, 1, 60, 240, 3000))) for _ in starts]
    wanted = Wish(
        visit_type="check_up",
        windows=tuple((start, start + length) for start, length in zip(starts, lengths, strict=True)),
        part=rng.choice((None, (time(14), time(18)), (time(22), time(6)))),
        practitioner=rng.choice((None, "rossi", "verdi", "nobody")),
        not_before=rng.choice((None, date(2027, 3, 9), date(2028, 1, 1))),
    )
    limit = rng.randint(1, 10)
    offered = offer(left, wanted, clock=ROME, limit=limit)

    assert 0 < len(offered) <= limit
    assert list(offered) == sorted(set(offered))
    assert set(offered) <= set(left)
    assert offer(rng.sample(left, len(left)), wanted, clock=ROME, limit=limit) == offered


@pytest.mark.parametrize("far", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)])
def test_a_wish_at_the_end_of_the_calendar_gets_the_nearest_days(far: datetime) -> None:
    offered = offer(free(), wish((far, far)), clock=ROME, limit=2)

    assert {o.start.date() for o in offered} <= {free()[0].start.date(), free()[-1].start.date()}


def test_without_openings_there_is_nothing_to_offer() -> None:
    assert offer([], wish(), clock=ROME, limit=6) == ()


def test_an_opening_is_told_apart_from_another_by_its_ref() -> None:
    one = opening("2027-03-02 10:00", "verdi")

    assert Opening.parse_ref(one.ref) == one


def test_an_hour_that_was_told_roughly_comes_before_those_around_it() -> None:
    around_eleven = wish(part=(time(10, 30), time(12)))

    offered = offer(free(), around_eleven, clock=ROME, limit=4)

    assert [f"{ROME.wall(o.start):%d %H:%M}" for o in offered] == [
        "01 11:00",
        "02 11:00",
        "03 11:00",
        "04 11:00",
    ]


def test_hours_told_from_and_to_begin_with_the_first() -> None:
    offered = offer(free(), wish(part=(time(10), time(12))), clock=ROME, limit=1)

    assert [f"{ROME.wall(o.start):%d %H:%M}" for o in offered] == ["01 10:00"]

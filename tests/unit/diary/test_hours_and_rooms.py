"""Who works when and where, and what else a visit needs: read as a receptionist would."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain.diary import Hold, Opening
from bot.domain.hours import working
from bot.domain.openings import openings, openings_in_slots, rooms_for, site_of
from bot.domain.practice import Exceptional, Practice, Room, Shift, Site, Weeks
from bot.errors import OpeningTaken
from bot.practice_systems.embedded import EmbeddedDiary
from bot.storage.diary.book import SqlDiary
from tests.studio import CHECK_UP, NOW, STUDIO, OpenSeal, diary_database, opening

TUESDAY = date(2027, 3, 2)  # in week 9
NEXT_TUESDAY = date(2027, 3, 9)
ROSSI = STUDIO.practitioners[0]


def studio(**rossi: object) -> Practice:
    return replace(STUDIO, practitioners=(replace(ROSSI, **rossi),))  # type: ignore[arg-type]


def offered(practice: Practice, day: date = TUESDAY, at: datetime = NOW, **more: object) -> list[str]:
    found = openings(
        practice,
        practice.visit_types[0],
        busy=(),
        at=at,
        first_day=day,
        last_day=day,
        **more,  # type: ignore[arg-type]
    )
    return [f"{one.start.astimezone(UTC) + timedelta(hours=1):%H:%M}" for one in found]


def test_a_saturday_every_other_week_is_worked_every_other_week() -> None:
    shift = Shift(weekday=1, start=time(9), end=time(10), weeks=Weeks.ODD)
    practice = studio(shifts=(shift,))

    assert offered(practice, TUESDAY) == ["09:00", "09:15", "09:30"]
    assert offered(practice, NEXT_TUESDAY) == []


def test_a_holiday_of_the_practitioner_is_no_day_to_come() -> None:
    away = Exceptional(first=date(2027, 3, 1), last=TUESDAY)

    assert offered(studio(exceptions=(away,)), TUESDAY) == []
    assert offered(studio(exceptions=(away,)), NEXT_TUESDAY)


def test_somebody_may_work_on_a_public_holiday_but_not_when_the_practice_is_closed() -> None:
    day = date(2027, 6, 2)  # the Republic's
    works = Exceptional(first=day, last=day, spans=((time(9), time(10)),))
    practice = replace(studio(exceptions=(works,)), holidays=True)

    assert working(practice, practice.practitioners[0], day) == ((time(9), time(10), None),)
    assert working(replace(practice, closed_days=frozenset({day})), practice.practitioners[0], day) == ()
    assert working(replace(STUDIO, holidays=True), ROSSI, day) == ()


def test_a_holiday_of_the_region_counts_where_it_is_one() -> None:
    epiphany = date(2027, 1, 6)
    munich = replace(STUDIO, country="DE", holidays=True, holidays_region="BY")

    assert working(munich, ROSSI, epiphany) == ()
    assert working(replace(munich, holidays_region="HH"), ROSSI, epiphany) != ()


def test_time_kept_for_emergencies_is_offered_when_it_is_near_and_to_who_is_in_pain() -> None:
    kept = (Shift(weekday=1, start=time(9), end=time(10)),)
    shifts = (Shift(weekday=1, start=time(9), end=time(10, 30)),)
    practice = studio(kept_free=kept, shifts=shifts)
    urgent = replace(practice, visit_types=(replace(CHECK_UP, urgent=True),))

    assert offered(practice) == ["10:00"]
    assert offered(practice, at=NOW + timedelta(hours=12)) == ["09:00", "09:15", "09:30", "09:45", "10:00"]
    assert offered(urgent) == ["09:00", "09:15", "09:30", "09:45", "10:00"]


def test_a_practice_that_has_its_new_patients_for_the_day_offers_another_day() -> None:
    practice = replace(studio(), visit_types=(replace(CHECK_UP, per_day=2),))
    there = [("check_up", opening("2027-03-02 09:00").start), ("check_up", opening("2027-03-02 17:00").start)]

    assert offered(practice, visits=there) == []
    assert offered(practice, visits=there[:1])
    assert offered(practice, NEXT_TUESDAY, visits=there)


def test_a_visit_that_takes_a_chair_waits_for_a_chair() -> None:
    practice = replace(
        studio(shifts=(Shift(weekday=1, start=time(9), end=time(10)),)),
        visit_types=(replace(CHECK_UP, rooms=("a", "b")),),
        rooms=(Room(id="a", name="A"), Room(id="b", name="B")),
    )
    nine, half_past = opening("2027-03-02 09:00"), opening("2027-03-02 09:30")
    first = [("a", nine.start, nine.end)]

    assert offered(practice, rooms=first) == ["09:00", "09:15", "09:30"]
    assert offered(practice, rooms=[*first, ("b", nine.start, half_past.start)]) == ["09:30"]


def test_a_chair_in_the_other_place_is_of_no_use() -> None:
    practice = replace(
        studio(
            shifts=(
                Shift(weekday=1, start=time(9), end=time(10), site="north"),
                Shift(weekday=1, start=time(15), end=time(16), site="south"),
            )
        ),
        visit_types=(replace(CHECK_UP, rooms=("a", "b")),),
        sites=(Site(id="north", name="N", address=""), Site(id="south", name="S", address="")),
        rooms=(Room(id="a", name="A", site="north"), Room(id="b", name="B")),
    )
    afternoon = opening("2027-03-02 15:00")

    assert (site_of(practice, afternoon), rooms_for(practice, afternoon)) == ("south", ("b",))
    assert offered(practice, rooms=[("b", afternoon.start, afternoon.end)]) == [
        *("09:00", "09:15", "09:30"),
        "15:30",
    ]
    assert offered(practice, site="south") == ["15:00", "15:15", "15:30"]


def test_a_free_block_is_used_from_its_first_minute() -> None:
    """Such as after a visit that ran until five past nine."""
    start = opening("2027-03-02 09:05").start
    free = [("rossi", start, start + timedelta(minutes=60))]

    assert offered(STUDIO, free=free) == ["09:05", "09:15", "09:30"]
    assert offered(replace(STUDIO, closed_days=frozenset({TUESDAY})), free=free)  # the system knows better


def test_free_blocks_that_touch_are_one() -> None:
    nine = opening("2027-03-02 09:00")
    free = [("rossi", nine.start, nine.start + timedelta(minutes=20))]
    free += [("rossi", free[0][2], nine.end)]

    assert offered(STUDIO, free=free) == ["09:00"]


def test_of_the_times_that_a_system_names_those_are_offered_that_fit() -> None:
    nine, ten = opening("2027-03-02 09:05"), opening("2027-03-02 10:00")
    too_short = ("rossi", ten.start, ten.start + timedelta(minutes=20))
    slots = [("rossi", nine.start, nine.end), too_short, ("nobody", nine.start, nine.end)]
    found = openings_in_slots(
        STUDIO, CHECK_UP, slots=slots, busy=(), at=NOW, first_day=TUESDAY, last_day=TUESDAY
    )

    assert found == [nine]


@pytest.mark.parametrize(("rooms", "won"), [(("a", "b"), 2), ((), 5)])
async def test_as_many_patients_at_one_time_as_there_are_chairs(
    tmp_path: Path, rooms: tuple[str, ...], won: int
) -> None:
    """Five practitioners are free, and there are two chairs; without chairs to count, all five are booked."""
    people = tuple(replace(ROSSI, id=f"p{n}") for n in range(5))
    practice = replace(
        STUDIO,
        practitioners=people,
        visit_types=(replace(CHECK_UP, rooms=rooms),),
        rooms=tuple(Room(id=room, name=room) for room in rooms),
    )
    database = diary_database(tmp_path / "diary.db")
    diary = EmbeddedDiary(practice, SqlDiary(database, practice.id, OpenSeal()))
    wanted: list[Opening] = [opening("2027-03-02 10:00", person.id) for person in people]
    ends = await asyncio.gather(
        *[diary.hold(one, contact=one.practitioner, key=one.ref, at=NOW) for one in wanted],
        return_exceptions=True,
    )
    database.close()

    assert [type(end) for end in ends].count(Hold) == won
    assert [type(end) for end in ends].count(OpeningTaken) == len(people) - won


async def test_no_more_new_patients_are_booked_on_a_day_than_the_practice_takes(tmp_path: Path) -> None:
    practice = replace(STUDIO, visit_types=(replace(CHECK_UP, per_day=2),))
    database = diary_database(tmp_path / "diary.db")
    diary = EmbeddedDiary(practice, SqlDiary(database, practice.id, OpenSeal()))
    walls = ("09:00", "10:00", "11:00")
    ends = await asyncio.gather(
        *[diary.hold(opening(f"2027-03-02 {wall}"), contact=wall, key=wall, at=NOW) for wall in walls],
        return_exceptions=True,
    )
    database.close()

    assert [type(end) for end in ends] == [Hold, Hold, OpeningTaken]

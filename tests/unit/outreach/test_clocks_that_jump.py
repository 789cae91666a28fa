"""Clocks that go back, jump ahead, and change twice a year: nothing twice, nothing lost, nothing at night."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from outreach_kit import MOBILE, goes_on, known, rows, told, with_surgery
from sqlalchemy import Connection, update

from bot.domain.practice_time import PracticeTime
from bot.service.clock import FrozenClock
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.tables import from_stamp
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

ROME = PracticeTime("Europe/Rome")


@asynccontextmanager
async def treating_from(
    folder: Path, interpreter: Interpreter, at: str, visit: str, kind: str = "check_up"
) -> AsyncIterator[tuple[Surgery, Patient]]:
    """Somebody who has written, and has one visit."""
    async with Surgery.open(folder, interpreter=interpreter, at=at, change=with_surgery) as surgery:
        anna = await known(surgery)
        await surgery.staff_book(visit, name="Anna Verdi", phone=MOBILE, visit_type=kind)
        yield surgery, anna


async def sent(surgery: Surgery) -> list[tuple[str, str]]:
    """(rule, when on the wall) of what went out."""
    return sorted(
        (row.rule, f"{ROME.wall(from_stamp(row.sent_at)):%Y-%m-%d %H:%M}")
        for row in await rows(surgery)
        if row.state == "sent"
    )


async def on_and_on(surgery: Surgery, *, hours: int, by: float = 0.5) -> None:
    for _ in range(int(hours / by)):
        await goes_on(surgery, hours=by)


def moved(surgery: Surgery, **by: float) -> None:
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(**by)


@pytest.mark.parametrize("back", [0.5, 1, 3, 26])
async def test_a_clock_that_goes_back_sends_nothing_twice(surgery: Surgery, back: float) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await on_and_on(surgery, hours=51, by=3)
    once, screen = await sent(surgery), len(anna.screen)

    moved(surgery, hours=-back)
    await on_and_on(surgery, hours=int(back) + 4, by=1)

    assert once == [("visit_tomorrow", "2026-03-04 11:00")]
    assert await sent(surgery) == once
    assert len(anna.screen) == screen


async def test_what_was_taken_when_the_clock_went_back_is_not_left_lying(surgery: Surgery) -> None:
    """Its lease ends an hour from now; whoever took it has died."""
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await surgery.desk.outreach.service.plan()
    moved(surgery, days=2, hours=5)
    await surgery.desk.outreach.book.take(limit=20, at=surgery.clock.now())
    before = len(anna.screen)

    moved(surgery, hours=-1)
    await goes_on(surgery, minutes=1)

    assert len(anna.screen) == before + 1
    assert [rule for rule, _ in await sent(surgery)] == ["visit_tomorrow"]


async def test_a_clock_that_jumps_ahead_a_day_loses_nothing(surgery: Surgery) -> None:
    """A machine that slept: what still makes sense goes out, for what does not somebody calls."""
    anna = await known(surgery)
    carla = await known(surgery, wa_id="393339999999")
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await surgery.staff_book("2026-03-06T10:00", name="Carla Neri", phone="+393339999999")
    await on_and_on(surgery, hours=48, by=6)  # Wednesday, eight o'clock
    screens = len(anna.screen), len(carla.screen)

    await goes_on(surgery, hours=25, minutes=30)  # Thursday, half past nine
    await goes_on(surgery, minutes=45)

    assert [one for one in await told(surgery) if one[1] == "missed"] == [
        ("visit_tomorrow", "missed", "too_late")
    ]
    assert [view.task.name for view in await surgery.desk.outreach.call_list.call_tasks()] == ["Anna Verdi"]
    assert len(anna.screen) == screens[0]
    assert len(carla.screen) == screens[1] + 1


async def test_a_clock_that_jumps_into_the_night_wakes_nobody(surgery: Surgery) -> None:
    await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=1)

    await goes_on(surgery, hours=15, minutes=30)  # Tuesday, half past eleven in the evening
    await on_and_on(surgery, hours=12)

    assert ("visit_tomorrow", "2026-03-04 10:00") in await sent(surgery)


@pytest.mark.parametrize(
    ("friday", "visit", "expected"),
    [
        (
            "2026-03-27T08:00+01:00",
            "2026-03-30T10:00",  # the clocks go ahead on Sunday 29
            [("visit_in_three_days", "2026-03-27 10:00"), ("visit_tomorrow", "2026-03-29 10:00")],
        ),
        (
            "2026-10-23T08:00+02:00",
            "2026-10-26T10:00",  # the clocks go back on Sunday 25
            [("visit_in_three_days", "2026-10-23 10:00"), ("visit_tomorrow", "2026-10-25 10:00")],
        ),
    ],
)
async def test_on_the_days_when_the_clocks_change_every_reminder_comes_once_at_its_hour(
    tmp_path: Path, interpreter: Interpreter, friday: str, visit: str, expected: list[tuple[str, str]]
) -> None:
    async with treating_from(tmp_path, interpreter, friday, visit) as (surgery, anna):
        # Long known: who has just booked is not reminded.
        await surgery.desk.books.database.write(_long_known)
        until = ROME.instant(datetime.fromisoformat(visit)) - timedelta(hours=21)
        while surgery.clock.now() < until:
            await goes_on(surgery, hours=1)

        assert await sent(surgery) == expected
        assert len([seen for seen in anna.screen if visit[11:] in seen.text]) == 2


@pytest.mark.parametrize(
    ("start", "visit"),
    [("2026-03-27T08:00+01:00", "2026-03-27T10:00"), ("2026-10-23T08:00+02:00", "2026-10-23T10:00")],
)
async def test_a_series_through_the_change_of_clocks_is_one_message_a_day(
    tmp_path: Path, interpreter: Interpreter, start: str, visit: str
) -> None:
    """Due at half past nine; looked at every two hours."""
    async with treating_from(tmp_path, interpreter, start, visit, "splint") as (surgery, _):
        await on_and_on(surgery, hours=4 * 24, by=2)

        first = datetime.fromisoformat(visit).date()
        series = [when.split() for rule, when in await sent(surgery) if rule == "therapy_day"]
        assert [day for day, _ in series] == [str(first + timedelta(days=n)) for n in (1, 2, 3)]
        assert all("09:30" <= hour <= "12:00" for _, hour in series)


def _long_known(connection: Connection) -> int:
    long_ago = APPOINTMENT.c.updated_at - 14 * 86_400
    return connection.execute(update(APPOINTMENT).values(updated_at=long_ago)).rowcount

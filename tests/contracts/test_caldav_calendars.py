"""Calendars that staff use besides, on a real server: what they do by hand is seen, and theirs to do."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.domain.diary import AppointmentStatus
from bot.domain.outside import Stretch, SystemSettings, VisitRequest
from bot.errors import AuthFailed, OpeningTaken, ProtocolDrift, SetupError
from bot.practice_systems.caldav import open_caldav
from bot.practice_systems.caldav.reading import uid_of
from bot.practice_systems.caldav.writing import claim
from tests.contracts.calendar_world import CalendarWorld, event
from tests.contracts.outside_system import Front, books, front_of
from tests.contracts.practice_system import ADA, HALF_PAST_TEN, TEN, at_ten
from tests.contracts.servers import PASSWORD, radicale
from tests.contracts.test_careless_servers import CarelessCalendarWorld, listening
from tests.stand_ins.careless_caldav import CarelessCalDav
from tests.studio import NOW, STUDIO, opening
from tests.unit.practice_systems.test_calendar_objects import (
    ONLY_WINTER,
    ROME_BY_DATES,
    ROME_BY_RULES,
    WEEKLY_LUNCH,
    calendar,
)

AT_ELEVEN = opening("2027-03-02 11:00")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(tmp_path_factory.mktemp("radicale")) as url:
        yield url


@pytest.fixture
async def world(server: str) -> AsyncIterator[CalendarWorld]:
    world = CalendarWorld(server)
    await world.open()
    yield world
    await world.close()


@pytest.fixture
async def front(world: CalendarWorld, tmp_path: Path) -> AsyncIterator[Front]:
    front = front_of(tmp_path / "one", world)
    yield front
    await front.aclose()


async def test_what_staff_do_in_their_calendar_program_is_noticed(front: Front, world: CalendarWorld) -> None:
    for number, one in enumerate((TEN, HALF_PAST_TEN, AT_ELEVEN)):
        await books(front, one, key=f"b{number}")
    await front.diary.catch_up(at=NOW)
    nothing_new = await front.diary.catch_up(at=NOW)
    first, second, _ = [visit.ref for visit in await world.active()]
    later = opening("2027-03-02 12:00")
    await world.staff_cancels(first)
    await world.staff_moves(second, later.start, later.end)
    await world.staff_enters(TEN.start, TEN.end)
    changed = await front.diary.catch_up(at=NOW)

    assert nothing_new == ()
    assert {(known.appointment.opening.start, now.opening.start, now.status) for known, now in changed} == {
        (TEN.start, TEN.start, AppointmentStatus.CANCELLED),
        (HALF_PAST_TEN.start, later.start, AppointmentStatus.BOOKED),
    }


async def test_a_visit_that_staff_drag_to_a_colleague_s_calendar_is_still_that_visit(
    front: Front, world: CalendarWorld
) -> None:
    await books(front, TEN)
    await front.diary.catch_up(at=NOW)
    [there] = await world.active()
    data = await world.asks("GET", world.file(there.ref))
    await world.asks("DELETE", world.file(there.ref))
    await world.asks("PUT", world.file("dragged-there", "verdi"), data)
    [(_, changed)] = await front.diary.catch_up(at=NOW)
    [visit] = await front.diary.appointments_of(contact="ada", at=NOW)

    assert (visit.opening.practitioner, visit.opening.start) == ("verdi", TEN.start)
    assert changed.opening == visit.opening


async def test_a_cursor_that_the_server_has_forgotten_begins_anew(world: CalendarWorld) -> None:
    await world.staff_enters(TEN.start, TEN.end)
    cursor = (await world.system.changes(None)).cursor
    changes = await world.system.changes(cursor.replace("ns/sync/", "ns/sync/0"))

    assert (changes.everything, [visit.start for visit in changes.visits]) == (True, [TEN.start])


@pytest.mark.parametrize("zone", [ROME_BY_RULES, ROME_BY_DATES, ONLY_WINTER, ""])
async def test_a_weekly_lunch_is_kept_at_one_o_clock_when_the_clocks_change(
    world: CalendarWorld, zone: str
) -> None:
    """By the server's own expansion it is an hour off in two of these."""
    parts = (zone, WEEKLY_LUNCH) if zone else (WEEKLY_LUNCH,)
    await world.asks("PUT", world.file("lunch"), calendar(*parts))
    busy = await world.system.availability(
        practitioner=world.calendars["rossi"],
        visit_type="",
        duration=timedelta(0),
        start=datetime(2027, 3, 1, tzinfo=UTC),
        end=datetime(2027, 4, 30, tzinfo=UTC),
    )

    assert [f"{one.start:%m-%d %H:%M}" for one in busy] == ["03-17 12:00", "03-24 12:00", "03-31 11:00"]


async def test_a_claim_that_nobody_comes_back_for_is_cleared_away(world: CalendarWorld, front: Front) -> None:
    left = claim(
        key="k1",
        start=TEN.start,
        end=TEN.end,
        title="...",
        at=NOW,
        until=NOW + timedelta(minutes=2),
    )
    await world.asks("PUT", world.file(uid_of("k1")), left)

    async def is_free() -> bool:
        return TEN in await front.diary.find_openings(at_ten(), at=NOW, limit=3)

    at_once = await is_free()
    world.at_call(0, "")
    front.clock.at += timedelta(minutes=5)
    later = await is_free()
    whole = await world.asks("GET", f"{world.url}/{world.calendars['rossi']}/")

    assert (at_once, later, b"VEVENT" in whole) == (False, True, False)


async def test_an_event_that_nobody_can_read_keeps_its_day_and_breaks_nothing(front: Front) -> None:
    server = CarelessCalDav()
    async with listening(server.application()) as url:
        careless = CalendarWorld(url)
        await careless.open()
        broken = event("broken", TEN.start, TEN.end).replace(b"T090000Z", b"T990000Z")
        server.files[f"/desk/{careless.calendars['rossi']}/broken.ics"] = (broken, 1)
        [busy] = await careless.system.availability(
            practitioner=careless.calendars["rossi"],
            visit_type="",
            duration=timedelta(0),
            start=NOW,
            end=NOW + timedelta(days=7),
        )
        await careless.close()

    assert (f"{busy.start:%m-%d %H:%M}", f"{busy.end:%m-%d %H:%M}") == ("03-01 23:00", "03-02 23:00")


async def test_a_server_that_does_not_show_what_it_was_just_given_is_not_trusted_with_a_visit() -> None:
    """It may hide somebody else's as well."""
    server = CarelessCalDav(hides_the_newest=True)
    async with listening(server.application()) as url:
        world = CarelessCalendarWorld(url, server)
        await world.open()
        stretch = Stretch(practitioner=world.calendars["rossi"], start=TEN.start, end=TEN.end)
        request = VisitRequest(stretch=stretch, visit_type="check_up", details=ADA)
        with pytest.raises(OpeningTaken):
            await world.system.create(request, key="k1")
        await world.close()

    assert server.files == {}


@pytest.mark.parametrize("shown", [False, True])
async def test_who_comes_stands_in_the_calendar_only_where_the_practice_wants_it(
    front: Front, world: CalendarWorld, tmp_path: Path, shown: bool
) -> None:
    options = {**world.settings.options, "show_patients": shown}
    world.settings = replace(world.settings, options=options)
    async with aiohttp.ClientSession() as http:
        world.system = open_caldav(world.settings, practice=STUDIO, http=http, now=world.now)
        desk = front_of(tmp_path / "two", world)
        await books(desk, TEN)
        await desk.aclose()
        [there] = await world.active()
        data = await world.asks("GET", world.file(there.ref))

    assert (b"Ada Prova" in data, b"+390200000009" in data) == (shown, shown)


async def test_a_visit_goes_to_a_colleague_and_stays_one(world: CalendarWorld, front: Front) -> None:
    await books(front, TEN)
    [visit] = await world.system.visits(start=TEN.start, end=TEN.end)
    to = Stretch(practitioner=world.calendars["verdi"], start=AT_ELEVEN.start, end=AT_ELEVEN.end)
    moved = await world.system.move(visit, to, key="m1")

    assert (moved.ref, moved.practitioner, moved.start) == (visit.ref, to.practitioner, to.start)
    assert [(v.practitioner, v.start) for v in await world.active()] == [("verdi", AT_ELEVEN.start)]


async def test_a_server_that_wants_a_digest_gets_one() -> None:
    server = CarelessCalDav(digest=("desk", PASSWORD))
    async with listening(server.application()) as url, aiohttp.ClientSession() as http:
        server.calendars |= {"/rossi/", "/verdi/"}
        told = []
        for password in (PASSWORD, "wrong"):
            settings = SystemSettings(
                kind="caldav",
                options={"url": url, "user": "desk", "login": "digest"},
                secrets={"password": password},
            )
            system = open_caldav(settings, practice=STUDIO, http=http, now=lambda: NOW)
            try:
                await system.check()
                told.append("let in")
            except AuthFailed:
                told.append("refused")
            await system.close()

    assert told == ["let in", "refused"]


async def test_a_calendar_that_is_not_there_is_named_with_those_that_are(world: CalendarWorld) -> None:
    settings = replace(world.settings, practitioners={**world.calendars, "verdi": "holidays"})
    async with aiohttp.ClientSession() as http:
        system = open_caldav(settings, practice=STUDIO, http=http, now=world.now)
        with pytest.raises(ProtocolDrift, match=r'"holidays"; there is .*"rossi-'):
            await system.check()


@pytest.mark.parametrize(
    ("options", "secrets", "remedy"),
    [
        ({}, {}, "options.url is the address"),
        ({"url": "http://cloud.example.org"}, {}, "begins with https"),
        ({"url": "https://cloud.example.org"}, {}, "env:CALDAV_PASSWORD"),
        ({"url": "https://cloud.example.org", "login": "magic"}, {}, "basic, digest, bearer"),
        ({"url": "https://cloud.example.org", "colour": "blue"}, {}, 'does not know "colour"'),
        ({"url": "https://cloud.example.org", "login": "bearer"}, {}, "env:CALDAV_TOKEN"),
    ],
)
async def test_settings_that_cannot_work_say_what_to_do(
    options: dict[str, str], secrets: dict[str, str], remedy: str
) -> None:
    settings = SystemSettings(kind="caldav", options=options, secrets=secrets)
    async with aiohttp.ClientSession() as http:
        with pytest.raises(SetupError, match=remedy):
            open_caldav(settings, practice=STUDIO, http=http, now=lambda: NOW)

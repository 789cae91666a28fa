"""What is Google's own: sign-in, limits, sync tokens, whole days, series, several calendars."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from bot.commands.practice_systems import keep
from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import OutsideVisit, Stretch, SystemSettings, VisitRequest
from bot.errors import AuthFailed, OpeningTaken, OutcomeUnknown, RateLimited, SetupError, VisitChanged
from bot.practice_systems.google import open_google
from bot.practice_systems.google.consent import Program, consent
from tests.contracts.google_world import GoogleWorld
from tests.contracts.outside_system import outcome
from tests.stand_ins.google_calendar import Refused
from tests.stand_ins.google_sign_in import CLIENT_ID, CLIENT_SECRET
from tests.studio import NOW, STUDIO

ADA = PatientDetails(name="Ada Prova", phone="+390200000001")
TEN = datetime(2027, 3, 2, 9, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
RACERS = 20


@pytest.fixture
async def world() -> AsyncIterator[GoogleWorld]:
    world = GoogleWorld()
    await world.open()
    yield world
    await world.close()


def at(world: GoogleWorld, start: datetime = TEN, name: str = "rossi") -> Stretch:
    return Stretch(practitioner=world.calendars[name], start=start, end=start + HALF_AN_HOUR)


def request(stretch: Stretch) -> VisitRequest:
    return VisitRequest(stretch=stretch, visit_type="check_up", details=ADA)


async def booked(world: GoogleWorld, key: str = "b1", start: datetime = TEN) -> OutsideVisit:
    return await world.system.create(request(at(world, start)), key=key)


async def taken(world: GoogleWorld, day: datetime) -> list[str]:
    """Of Rossi's day, as UTC."""
    told = await world.system.availability(
        practitioner=world.calendars["rossi"],
        visit_type="",
        duration=timedelta(0),
        start=day,
        end=day + timedelta(days=1),
    )
    return [f"{one.start:%d %H:%M}-{one.end:%d %H:%M}" for one in told]


# Races between programs that share nothing but Google


@pytest.mark.parametrize("lax", [False, True])
async def test_of_twenty_desks_one_gets_the_time(lax: bool) -> None:
    world = GoogleWorld(lax=lax)
    await world.open()
    desks = [world.another() for _ in range(RACERS)]
    outcomes = await asyncio.gather(
        *[outcome(desk.create(request(at(world)), key=f"b{n}")) for n, desk in enumerate(desks)]
    )
    there = [(v.start, v.end) for v in await world.active()]
    await world.close()

    assert sorted(outcomes) == ["done"] + ["taken"] * (RACERS - 1)
    assert there == [(TEN, TEN + HALF_AN_HOUR)]


async def test_of_desks_whose_times_overlap_in_part_no_two_get_theirs(world: GoogleWorld) -> None:
    starts = [TEN + timedelta(minutes=10 * n) for n in range(9)]
    outcomes = await asyncio.gather(
        *[
            outcome(world.another().create(request(at(world, start)), key=f"b{n}"))
            for n, start in enumerate(starts)
        ]
    )
    there = await world.active()

    assert set(outcomes) == {"done", "taken"}
    assert outcomes.count("done") == len(there)
    assert all(one.end <= other.start for one, other in pairwise(there))


async def test_google_itself_keeps_nobody_from_a_time_that_is_taken(world: GoogleWorld) -> None:
    """The twin of the races: whoever just writes gets everything."""
    await booked(world)
    await world.staff_enters(TEN, TEN + HALF_AN_HOUR)

    assert [v.start for v in await world.active()] == [TEN, TEN]


# Writes whose answers are lost


async def test_a_booking_whose_answer_is_lost_is_found_by_its_key(world: GoogleWorld) -> None:
    await world.system.check()
    world.google.drops = 1
    with pytest.raises(OutcomeUnknown):
        await booked(world)
    assert await world.system.by_key("b1", near=(TEN, TEN)) is None  # only claimed yet
    visit = await booked(world)
    again = await booked(world)

    assert again == visit
    assert await world.system.by_key("b1", near=(TEN, TEN)) == visit
    assert len(await world.active()) == 1


async def test_a_key_can_be_used_again_after_its_event_was_deleted(world: GoogleWorld) -> None:
    """The id of a deleted event stays taken."""
    first = await booked(world)
    await world.system.cancel(first, None, key="c1")
    second = await booked(world)

    assert second.ref != first.ref
    assert await world.system.by_key("b1", near=(TEN, TEN)) == second


async def test_the_claim_of_a_program_that_died_is_in_nobodys_way_for_long(world: GoogleWorld) -> None:
    await world.system.check()
    world.google.drops = 1
    with pytest.raises(OutcomeUnknown):
        await booked(world, "dead")
    assert await taken(world, TEN - timedelta(hours=9)) == ["02 09:00-02 09:30"]
    world.at_call(0, "")  # five minutes go by

    assert await taken(world, TEN - timedelta(hours=9)) == []
    assert (await booked(world, "alive")).key == "alive"
    assert len(world.google.active()) == 1


async def test_a_visit_moves_to_another_practitioner_and_keeps_its_name(world: GoogleWorld) -> None:
    visit = await booked(world)
    moved = await world.system.move(visit, at(world, TEN + HALF_AN_HOUR, "verdi"), key="m1")

    assert (moved.ref, moved.practitioner, moved.start) == (
        visit.ref,
        world.calendars["verdi"],
        TEN + HALF_AN_HOUR,
    )
    assert await world.system.get(visit.ref) == moved
    assert [v.practitioner for v in await world.active()] == [world.calendars["verdi"]]


async def test_a_visit_may_move_within_its_own_time_but_not_onto_another(world: GoogleWorld) -> None:
    visit = await booked(world)
    await world.staff_enters(TEN + HALF_AN_HOUR, TEN + 2 * HALF_AN_HOUR)

    with pytest.raises(OpeningTaken):
        await world.system.move(visit, at(world, TEN + timedelta(minutes=15)), key="m1")
    moved = await world.system.move(visit, at(world, TEN - timedelta(minutes=15)), key="m2")
    assert (moved.ref, moved.start) == (visit.ref, TEN - timedelta(minutes=15))


async def test_what_staff_have_changed_is_neither_moved_nor_cancelled_as_it_was(world: GoogleWorld) -> None:
    visit = await booked(world)
    await world.staff_moves(visit.ref, TEN + 4 * HALF_AN_HOUR, TEN + 5 * HALF_AN_HOUR)

    with pytest.raises(VisitChanged):
        await world.system.cancel(visit, None, key="c1")
    with pytest.raises(VisitChanged):
        await world.system.move(visit, at(world, TEN + HALF_AN_HOUR), key="m1")
    assert [v.start for v in await world.active()] == [TEN + 4 * HALF_AN_HOUR]


async def test_what_staff_wrote_into_a_visit_survives_our_moving_it(world: GoogleWorld) -> None:
    visit = await booked(world)
    event = world.google.calendars[world.calendars["rossi"]][visit.ref]
    event |= {"colorId": "7", "description": "Brings X-rays", "attachments": [{"title": "x"}]}
    now = await world.system.get(visit.ref)
    assert now is not None
    await world.system.move(now, at(world, TEN + HALF_AN_HOUR), key="m1")
    after = world.google.calendars[world.calendars["rossi"]][visit.ref]

    assert [after[name] for name in ("colorId", "description", "attachments")] == [
        "7",
        "Brings X-rays",
        [{"title": "x"}],
    ]


# What is in an event


@pytest.mark.parametrize("shows", [False, True])
async def test_who_comes_is_in_the_calendar_only_where_the_practice_wants_it(shows: bool) -> None:
    options: dict[str, Any] = {"show_patients": True} if shows else {}
    world = GoogleWorld(**options)
    await world.open()
    await booked(world)
    written = json.dumps(world.google.calendars)
    await world.close()

    assert ("Ada" in written, "0200000001" in written) == (shows, shows)


# What takes time


async def test_time_is_taken_by_what_google_counts_as_busy(world: GoogleWorld) -> None:
    rossi, enters = world.calendars["rossi"], world.google.enters
    day = datetime(2027, 3, 1, 23, tzinfo=UTC)  # 2 March in Rome
    hours = [TEN + timedelta(hours=n) for n in range(8)]
    enters(rossi, hours[0], hours[1], eventType="outOfOffice")
    enters(rossi, hours[1], hours[2], transparency="transparent")
    enters(rossi, hours[2], hours[3], status="tentative")
    enters(rossi, hours[3], hours[4], eventType="workingLocation")
    enters(rossi, hours[4], hours[5], attendees=[{"self": True, "responseStatus": "declined"}])
    enters(rossi, hours[5], hours[6], status="cancelled")

    assert await taken(world, day) == ["02 09:00-02 10:00", "02 11:00-02 12:00"]


async def test_a_whole_day_is_one_of_the_calendars_own(world: GoogleWorld) -> None:
    holiday = {"start": {"date": "2027-03-28"}, "end": {"date": "2027-03-29"}}
    world.google.enters(world.calendars["rossi"], TEN, TEN, **holiday)

    assert await taken(world, datetime(2027, 3, 28, tzinfo=UTC)) == ["27 23:00-28 22:00"]


async def test_a_weekly_meeting_keeps_its_wall_time_when_the_clocks_change(world: GoogleWorld) -> None:
    start = datetime(2027, 3, 24, 12, tzinfo=UTC)  # 13:00 in Rome
    world.google.enters(
        world.calendars["rossi"], start, start + HALF_AN_HOUR, recurrence=["RRULE:FREQ=WEEKLY"]
    )

    assert await taken(world, datetime(2027, 3, 24, tzinfo=UTC)) == ["24 12:00-24 12:30"]
    assert await taken(world, datetime(2027, 3, 31, tzinfo=UTC)) == ["31 11:00-31 11:30"]


async def test_a_private_calendar_takes_time_without_being_read() -> None:
    world = GoogleWorld(also_busy="rossi=marco@example.org")
    world.google.calendars["marco@example.org"] = {}
    await world.open()
    world.google.enters("marco@example.org", TEN, TEN + HALF_AN_HOUR, summary="Piano lesson")
    told = await taken(world, TEN - timedelta(hours=9))
    asked = [one for one in world.google.requests if one == "POST freeBusy"]
    del world.google.calendars["marco@example.org"]
    with pytest.raises(AuthFailed, match="also_busy"):
        await taken(world, TEN - timedelta(hours=9))
    await world.close()

    assert (told, len(asked)) == (["02 09:00-02 09:30"], 1)


# What staff do is learnt


async def test_what_staff_move_and_delete_is_told_once(world: GoogleWorld) -> None:
    one, other = await booked(world, "b1"), await booked(world, "b2", TEN + 2 * HALF_AN_HOUR)
    first = await world.system.changes(None)
    await world.staff_moves(one.ref, TEN + HALF_AN_HOUR, TEN + 2 * HALF_AN_HOUR)
    await world.staff_cancels(other.ref)
    told = await world.system.changes(first.cursor)
    after = await world.system.changes(told.cursor)

    assert (first.everything, {v.ref for v in first.visits}) == (True, {one.ref, other.ref})
    assert {v.ref: v.status for v in told.visits} == {
        one.ref: AppointmentStatus.BOOKED,
        other.ref: AppointmentStatus.CANCELLED,
    }
    assert (told.everything, after.visits) == (False, ())


async def test_a_token_that_is_gone_means_looking_at_everything(world: GoogleWorld) -> None:
    """410, fullSyncRequired. Ten events are four pages."""
    for number in range(10):
        await world.staff_enters(TEN + number * HALF_AN_HOUR, TEN + (number + 1) * HALF_AN_HOUR)
    first = await world.system.changes(None)
    world.google.forget_sync_tokens()
    told = await world.system.changes(first.cursor)

    assert (told.everything, len(told.visits)) == (True, 10)
    assert (await world.system.changes(told.cursor)).everything is False


# Signing in, and limits


async def test_one_token_does_for_many_requests_and_is_renewed_when_google_forgets_it(
    world: GoogleWorld,
) -> None:
    await asyncio.gather(*[world.system.check() for _ in range(5)])
    asked = world.google.sign_in.asked
    world.google.sign_in.forget_tokens()
    visit = await booked(world)

    assert (asked, world.google.sign_in.asked) == (1, 2)
    assert [v.ref for v in await world.active()] == [visit.ref]


@pytest.mark.parametrize(
    "answer",
    [
        Refused(403, "rateLimitExceeded"),
        Refused(403, "userRateLimitExceeded"),
        Refused(429, "rateLimitExceeded", headers={"Retry-After": "7"}),
    ],
    ids=lambda one: f"{one.status} {one.reason}",
)
async def test_a_limit_is_no_refusal_of_our_credentials(world: GoogleWorld, answer: Refused) -> None:
    world.google.answers.append(answer)

    with pytest.raises(RateLimited) as limited:
        await world.system.check()
    assert limited.value.retry_after == (7 if answer.headers else None)


async def test_a_calendar_that_we_may_only_read_is_said_to_be_so(world: GoogleWorld) -> None:
    world.google.readers_only.add(world.calendars["rossi"])

    with pytest.raises(AuthFailed, match="right to change events"):
        await booked(world)
    assert await world.active() == []


# Consent by a person


async def test_somebody_says_yes_once_and_takes_it_back(world: GoogleWorld) -> None:
    program = Program(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        asking_url=f"{world.url}/o/oauth2/v2/auth",
        token_url=f"{world.url}/token",
    )
    visits: list[asyncio.Task[None]] = []

    async def browser(url: str) -> None:
        async with aiohttp.ClientSession() as person:
            way_back = URL(url).query["redirect_uri"]
            async with person.get(f"{way_back}?state=somebody+else's&code=theirs") as refused:
                assert refused.status == 400
            async with person.get(url) as page:
                assert page.status == 200

    token = await consent(
        world.http, program, show=lambda url: visits.append(asyncio.create_task(browser(url)))
    )
    settings = SystemSettings(
        kind="google",
        options={**world.settings.options, "client_id": CLIENT_ID},
        secrets={"client_secret": CLIENT_SECRET, "refresh_token": token},
        practitioners=world.calendars,
    )
    system = open_google(settings, practice=STUDIO, http=world.http, now=lambda: NOW)
    await system.check()
    world.google.sign_in.revoke()

    with pytest.raises(AuthFailed, match="practice-system connect google"):
        await system.check()
    await visits[0]


async def test_what_google_gives_is_nobody_elses_to_read(tmp_path: Path) -> None:
    there = tmp_path / "google-refresh-token"
    there.write_text("an older one")
    there.chmod(0o644)
    keep(there, "1//token")

    assert (there.read_text(), there.stat().st_mode & 0o777) == ("1//token\n", 0o600)


# practice.yml


@pytest.mark.parametrize(
    ("options", "secrets", "said"),
    [
        ({}, {}, "service_account"),
        ({"calendar": "x"}, {}, 'does not know "calendar"'),
        ({}, {"service_account": "{}"}, "key file of a service account"),
        (
            {},
            {"service_account": '{"client_email": "x", "private_key": "y"}'},
            "key file of a service account",
        ),
        ({"client_id": "x"}, {"client_secret": "y"}, "connect google"),
        ({"url": "http://example.org"}, None, "https://"),
        ({"also_busy": "bianchi=x@example.org"}, None, '"bianchi"'),
    ],
)
async def test_a_mistake_in_practice_yml_is_told_with_its_remedy(
    world: GoogleWorld, options: dict[str, str], secrets: dict[str, str] | None, said: str
) -> None:
    settings = SystemSettings(
        kind="google",
        options=options,
        secrets=world.settings.secrets if secrets is None else secrets,
    )

    with pytest.raises(SetupError, match=said):
        open_google(settings, practice=STUDIO, http=world.http, now=lambda: NOW)

"""What is Dentally's own: programs need a name, keys die, pages are short, blocks are nobody's, states."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import OutsideVisit, PatientQuery, Stretch, SystemSettings, VisitRequest
from bot.errors import (
    AuthFailed,
    OpeningTaken,
    OutcomeUnknown,
    PatientInvalid,
    PolicyRefused,
    ProtocolDrift,
    RateLimited,
    SetupError,
    VisitChanged,
)
from bot.practice_systems.dentally import open_dentally
from tests.contracts.dentally_world import ROSSI, VERDI, DentallyWorld
from tests.contracts.outside_system import PEOPLE, books, front_of, outcome
from tests.stand_ins.dentally import Habits, Refused
from tests.studio import NOW, STUDIO, opening

ADA = PatientDetails(name="Ada Prova", phone="+390200000001", birth_date=date(1988, 4, 25))
TEN = datetime(2027, 3, 2, 9, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
RACERS = 20


@pytest.fixture
async def world() -> AsyncIterator[DentallyWorld]:
    world = DentallyWorld(Habits(page=2))
    await world.open()
    yield world
    await world.close()


def at(start: datetime = TEN, practitioner: int = ROSSI) -> Stretch:
    return Stretch(practitioner=str(practitioner), start=start, end=start + HALF_AN_HOUR)


async def booked(world: DentallyWorld, key: str = "b1", start: datetime = TEN) -> OutsideVisit:
    ada = await world.system.create_patient(ADA, key=f"{key}:patient")
    request = VisitRequest(stretch=at(start), visit_type="Exam", details=ADA, patient=ada.ref)
    return await world.system.create(request, key=key)


# Races between desks that share nothing but Dentally


async def test_of_twenty_desks_one_keeps_the_time(tmp_path: Path) -> None:
    world = DentallyWorld()
    await world.open()
    desks = [front_of(tmp_path / str(n), world) for n in range(RACERS)]
    ten = opening("2027-03-02 10:00")
    outcomes = await asyncio.gather(
        *[outcome(books(desk, ten, PEOPLE[n], key=f"b{n}")) for n, desk in enumerate(desks)]
    )
    there = [one.start for one in await world.active()]
    for desk in desks:
        await desk.aclose()
    await world.close()

    assert sorted(outcomes) == ["done"] + ["taken"] * (RACERS - 1)
    assert there == [ten.start]


async def test_dentally_itself_keeps_nobody_from_a_time_that_is_taken(world: DentallyWorld) -> None:
    """The twin of the race: whoever just writes gets everything."""
    await booked(world, "b1")
    await booked(world, "b2")

    assert [v.start for v in await world.active()] == [TEN, TEN]


async def test_who_was_entered_twice_by_two_desks_at_once_books_all_the_same(
    world: DentallyWorld, tmp_path: Path
) -> None:
    """One name, phone and date of birth: one person. Without the date it may be two, and a person asks."""
    first = await world.system.create_patient(ADA, key="p1")
    await world.system.create_patient(ADA, key="p2")
    desk = front_of(tmp_path / "desk", world)
    hold = await desk.diary.hold(opening("2027-03-02 10:00"), contact="ada", key="h1", at=NOW)
    await desk.diary.book(hold, ADA, key="b1", at=NOW)
    later = await desk.diary.hold(opening("2027-03-02 11:00"), contact="ada", key="h2", at=NOW)
    undated = replace(ADA, birth_date=None)
    doubt = await outcome(desk.diary.book(later, undated, key="b2", at=NOW))
    there = [one.patient for one in await world.active()]
    await desk.aclose()

    assert (there, doubt) == ([first.ref], "ambiguous")


# Being let in


async def test_a_key_that_nobody_used_for_two_weeks_is_dead_and_one_that_is_checked_lives(
    world: DentallyWorld,
) -> None:
    for _ in range(4):
        world.dentally.at += timedelta(days=7)
        await world.system.check()
    world.dentally.at += timedelta(days=15)

    with pytest.raises(AuthFailed):
        await world.system.check()


async def test_every_request_says_who_is_behind_it(world: DentallyWorld) -> None:
    async with world.http.get(f"{world.settings.options['url']}/v1/user") as nameless:
        assert nameless.status == 403
    await booked(world)

    assert "POST /v1/appointments" in world.dentally.requests


async def test_a_limit_says_how_long_to_wait(world: DentallyWorld) -> None:
    world.dentally.answers.append(Refused(429, headers={"Retry-After": "40"}))

    with pytest.raises(RateLimited) as limited:
        await world.system.check()
    assert limited.value.retry_after == 40


async def test_a_key_without_a_scope_is_said_to_be_so(world: DentallyWorld) -> None:
    world.dentally.answers.append(Refused(403))

    with pytest.raises(AuthFailed, match="appointment:create"):
        await world.system.check()


# Reading


async def test_the_last_page_counts_as_much_as_the_first(world: DentallyWorld) -> None:
    starts = [TEN + n * HALF_AN_HOUR for n in range(5)]
    for start in starts:
        await world.staff_enters(start, start + HALF_AN_HOUR)
    there = await world.system.visits(start=starts[0], end=starts[-1] + HALF_AN_HOUR, practitioner=str(ROSSI))

    assert [v.start for v in there] == starts
    assert world.dentally.requests.count("GET /v1/appointments") == 3


async def test_free_time_is_asked_for_one_practitioner_at_a_time(world: DentallyWorld) -> None:
    await world.staff_enters(TEN, TEN + HALF_AN_HOUR)

    async def free(practitioner: int) -> list[str]:
        told = await world.system.availability(
            practitioner=str(practitioner),
            visit_type="Exam",
            duration=HALF_AN_HOUR,
            start=TEN - timedelta(hours=9),
            end=TEN + timedelta(hours=14),
        )
        return [f"{one.practitioner} {one.start:%H:%M}-{one.end:%H:%M}" for one in told]

    assert await free(ROSSI) == [f"{ROSSI} 08:00-09:00", f"{ROSSI} 09:30-12:00", f"{ROSSI} 13:00-17:00"]
    assert await free(VERDI) == [f"{VERDI} 08:00-12:00"]


@pytest.mark.parametrize(("day", "opens"), [(26, "08:00"), (29, "07:00")])
async def test_the_practice_opens_at_nine_on_the_wall_before_and_after_the_clocks_change(
    world: DentallyWorld, day: int, opens: str
) -> None:
    told = await world.system.availability(
        practitioner=str(ROSSI),
        visit_type="Exam",
        duration=HALF_AN_HOUR,
        start=datetime(2027, 3, day, tzinfo=UTC),
        end=datetime(2027, 3, day, 22, tzinfo=UTC),
    )

    assert [f"{one.start:%H:%M}" for one in told][:1] == [opens]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("Pending", AppointmentStatus.BOOKED),
        ("Confirmed", AppointmentStatus.BOOKED),
        ("Arrived", AppointmentStatus.ARRIVED),
        ("In surgery", AppointmentStatus.ARRIVED),
        ("Completed", AppointmentStatus.DONE),
        ("Cancelled", AppointmentStatus.CANCELLED),
        ("Did not attend", AppointmentStatus.NO_SHOW),
    ],
)
async def test_a_state_means_what_it_says(
    world: DentallyWorld, state: str, status: AppointmentStatus
) -> None:
    visit = await booked(world)
    world.dentally.changes(int(visit.ref), state=state)
    now = await world.system.get(visit.ref)

    assert now is not None and now.status is status


async def test_a_state_that_nobody_knows_is_not_guessed(world: DentallyWorld) -> None:
    visit = await booked(world)
    world.dentally.changes(int(visit.ref), state="Teleported")

    with pytest.raises(ProtocolDrift, match="Teleported"):
        await world.system.get(visit.ref)


async def test_a_time_without_an_offset_is_not_guessed(world: DentallyWorld) -> None:
    visit = await booked(world)
    world.dentally.changes(int(visit.ref), start_time="2027-03-02T10:00:00")

    with pytest.raises(ProtocolDrift, match="offset"):
        await world.system.get(visit.ref)


# Patients


@pytest.mark.parametrize("searches_by", ["query", "search"])
async def test_a_patient_is_found_whichever_way_a_search_is_asked_for(searches_by: str) -> None:
    world = DentallyWorld(Habits(searches_by=searches_by))
    await world.open()
    ada = await world.system.create_patient(ADA, key="p1")
    await world.system.create_patient(PatientDetails(name="Ada Altra", phone="+390200000777"), key="p2")
    by_phone = await world.system.find_patients(PatientQuery(phone=ADA.phone))
    by_name = await world.system.find_patients(PatientQuery(name="Ada Prova", birth_date=ADA.birth_date))
    twin = await world.system.create_patient(ADA, key="p3")
    both = await world.system.find_patients(PatientQuery(phone=ADA.phone))
    nobody = await world.system.find_patients(PatientQuery(phone="+390200000999"))
    await world.close()

    assert (by_phone, by_name, nobody) == ((ada,), (ada,), ())
    assert {one.ref for one in both} == {ada.ref, twin.ref}


async def test_details_that_dentally_refuses_are_named_without_their_content(world: DentallyWorld) -> None:
    with pytest.raises(PatientInvalid) as refused:
        await world.system.create_patient(PatientDetails(name=""), key="p1")

    assert refused.value.fields == ("first_name", "last_name")


# Writing


async def test_a_booking_whose_answer_is_lost_is_found_by_its_key(world: DentallyWorld) -> None:
    ada = await world.system.create_patient(ADA, key="p1")
    request = VisitRequest(stretch=at(), visit_type="Exam", details=ADA, patient=ada.ref)
    world.dentally.drops = 1
    with pytest.raises(OutcomeUnknown):
        await world.system.create(request, key="b1")
    found = await world.system.by_key("b1", near=(TEN, TEN))

    assert found is not None
    assert (found.start, found.key, found.patient, found.visit_type) == (TEN, "b1", ada.ref, "Exam")
    assert await world.system.by_key("b2", near=(TEN, TEN)) is None


@pytest.mark.parametrize("verb", ["PATCH", "PUT"])
async def test_a_visit_moves_and_is_cancelled_whichever_verb_dentally_wants(verb: str) -> None:
    world = DentallyWorld(Habits(updates_by=verb))
    await world.open()
    visit = await booked(world)
    moved = await world.system.move(visit, at(TEN + HALF_AN_HOUR, VERDI), key="m1")
    cancelled = await world.system.cancel(moved, None, key="c1")
    again = await world.system.cancel(moved, None, key="c2")
    kept = world.dentally.appointments[int(visit.ref)]
    await world.close()

    assert (moved.ref, moved.practitioner, moved.start) == (visit.ref, str(VERDI), TEN + HALF_AN_HOUR)
    assert (cancelled.status, again) == (AppointmentStatus.CANCELLED, cancelled)
    assert (kept["state"], kept["metadata"]["chairside_key"]) == ("Cancelled", "b1")


async def test_what_staff_have_changed_is_neither_moved_nor_cancelled_as_it_was(
    world: DentallyWorld,
) -> None:
    visit = await booked(world)
    world.dentally.changes(int(visit.ref), notes="Brings X-rays")

    with pytest.raises(VisitChanged):
        await world.system.move(visit, at(TEN + HALF_AN_HOUR), key="m1")
    with pytest.raises(VisitChanged):
        await world.system.cancel(visit, None, key="c1")
    assert [v.start for v in await world.active()] == [TEN]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Refused(409), OpeningTaken),
        (Refused(422, {"errors": {"start_time": ["overlaps with Ada Prova"]}}), OpeningTaken),
        (Refused(422, {"errors": [{"field": "patient_id"}]}), PatientInvalid),
        (Refused(422, {"message": "no"}), PolicyRefused),
        (Refused(500), OutcomeUnknown),
    ],
    ids=["409", "422 time", "422 patient", "422", "500"],
)
async def test_a_refusal_in_any_shape_is_one_of_ours_and_quotes_nobody(
    world: DentallyWorld, answer: Refused, error: type[Exception]
) -> None:
    ada = await world.system.create_patient(ADA, key="p1")
    world.dentally.answers.append(answer)
    request = VisitRequest(stretch=at(), visit_type="Exam", details=ADA, patient=ada.ref)

    with pytest.raises(error) as raised:
        await world.system.create(request, key="b1")
    assert "Ada" not in str(raised.value)
    assert await world.active() == []


# What staff do is learnt


@pytest.mark.parametrize(("sorts", "pages"), [(True, 2), (False, 3)])
async def test_what_staff_change_is_told(sorts: bool, pages: int) -> None:
    """The newest first, so that not everything is read each time; unless they come in another order."""
    world = DentallyWorld(Habits(page=2, sorts=sorts))
    await world.open()
    visits = [await booked(world, f"b{n}", TEN + n * HALF_AN_HOUR) for n in range(6)]
    first = await world.system.changes(None)
    await world.staff_cancels(visits[0].ref)
    await world.staff_moves(visits[1].ref, TEN, TEN + HALF_AN_HOUR)
    world.dentally.requests.clear()
    told = await world.system.changes(first.cursor)
    asked = world.dentally.requests.count("GET /v1/appointments")
    await world.close()

    assert (first.everything, {v.ref for v in first.visits}) == (True, {v.ref for v in visits})
    assert {v.ref: v.status for v in told.visits if v.ref in (visits[0].ref, visits[1].ref)} == {
        visits[0].ref: AppointmentStatus.CANCELLED,
        visits[1].ref: AppointmentStatus.BOOKED,
    }
    assert asked == pages


@pytest.mark.parametrize(
    ("body", "refs"),
    [
        ({"event": "appointment.updated", "appointment": {"id": 7, "start_time": "x"}}, ("7",)),
        ({"event": "appointment.updated", "data": {"appointment": {"id": 7, "start_time": "x"}}}, ("7",)),
        ({"id": 7, "start_time": "x"}, ("7",)),
        ({"event": "patient.updated", "patient": {"id": 9}, "id": 3}, ()),
        ([], ()),
    ],
)
async def test_a_call_of_dentallys_is_a_hint_of_what_to_read_again(
    world: DentallyWorld, body: object, refs: tuple[str, ...]
) -> None:
    assert world.system.read_webhook({}, json.dumps(body).encode()) == refs
    assert world.system.read_webhook({}, b"not JSON") == ()


async def test_the_catalogue_names_what_practice_yml_needs(world: DentallyWorld) -> None:
    there = await world.system.catalogue()

    assert [one.id for one in there.practitioners] == [str(ROSSI), str(VERDI)]
    assert [(one.id, one.duration) for one in there.visit_types] == [
        ("Exam", HALF_AN_HOUR),
        ("Hygiene", timedelta(minutes=45)),
    ]
    assert [one.id for one in there.cancel_reasons] == ["5"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"secrets": {}}, "api_key"),
        ({"options": {}}, "contact"),
        ({"options": {"contact": "x", "sandbox": True}}, 'does not know "sandbox"'),
        ({"options": {"contact": "x", "url": "http://example.org"}}, "practice_system.options.url"),
        ({"practitioners": {"rossi": "11"}}, "by Dentally's number"),
    ],
)
async def test_a_mistake_in_practice_yml_is_told_with_its_remedy(
    world: DentallyWorld, changes: dict[str, Any], said: str
) -> None:
    known: dict[str, Any] = {"options": world.settings.options, "secrets": world.settings.secrets}
    settings = SystemSettings(
        kind="dentally", **({**known, "practitioners": world.settings.practitioners} | changes)
    )

    with pytest.raises(SetupError, match=said):
        open_dentally(settings, practice=STUDIO, http=world.http, now=lambda: NOW)

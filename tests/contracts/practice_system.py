"""What every practice system promises (`bot.ports.PracticeSystem`), as tests.

An adapter's test class inherits from PracticeSystemContract and gives three fixtures: `system` (empty, of the
practice `tests.studio.STUDIO`), and `commit`, which makes a Booking true as the turn's transaction would.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.domain.diary import Appointment, AppointmentStatus, Hold, Opening, PatientDetails, Wish
from bot.errors import HoldExpired, OpeningTaken, PolicyRefused, VisitChanged
from bot.ports import Booking, PracticeSystem
from tests.studio import NOW, STUDIO, opening

Commit = Callable[[Booking], Awaitable[None]]

TEN = opening("2027-03-02 10:00")
HALF_PAST_TEN = opening("2027-03-02 10:30")
ADA = PatientDetails(name="Ada Prova", phone="+390200000001")
LATER = NOW + STUDIO.hold_for


def at_ten(**more: object) -> Wish:
    window = (datetime(2027, 3, 2, 10), datetime(2027, 3, 2, 10, 1))
    asked = {"windows": (window,), **more}
    return Wish(visit_type="check_up", practitioner="rossi", **asked)  # type: ignore[arg-type]


async def is_offered(system: PracticeSystem, wanted: Opening, at: datetime) -> bool:
    return wanted in await system.find_openings(at_ten(), at=at, limit=3)


async def all_appointments(system: PracticeSystem, at: datetime = NOW) -> list[tuple[str, Opening, str]]:
    there = await system.appointments(start=NOW, end=NOW + timedelta(days=60), at=at)
    return [(a.id, a.opening, a.status) for a in there]


class PracticeSystemContract:
    @pytest.fixture
    def system(self) -> PracticeSystem:
        raise NotImplementedError

    @pytest.fixture
    def commit(self) -> Commit:
        raise NotImplementedError

    # Looking for a time

    async def test_the_time_that_a_patient_names_is_offered(self, system: PracticeSystem) -> None:
        assert await system.find_openings(at_ten(), at=NOW, limit=3) == (TEN,)

    async def test_no_more_is_offered_than_fits_on_the_screen(self, system: PracticeSystem) -> None:
        offered = await system.find_openings(Wish(visit_type="check_up"), at=NOW, limit=4)

        assert len(offered) == 4
        assert list(offered) == sorted(offered)

    async def test_the_offer_spreads_over_days(self, system: PracticeSystem) -> None:
        offered = await system.find_openings(Wish(visit_type="check_up"), at=NOW, limit=6)

        assert len({o.start.date() for o in offered}) > 1

    async def test_what_does_not_exist_as_wished_is_offered_nearby(self, system: PracticeSystem) -> None:
        in_the_evening = Wish(visit_type="check_up", part=(time(21), time(23)))

        assert len(await system.find_openings(in_the_evening, at=NOW, limit=3)) == 3

    @pytest.mark.parametrize(
        "far", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59), datetime(2029, 1, 1, 10)]
    )
    async def test_a_wish_beyond_the_horizon_is_answered_with_what_there_is(
        self, system: PracticeSystem, far: datetime
    ) -> None:
        for wish in (
            Wish(visit_type="check_up", windows=((far, far),)),
            Wish(visit_type="check_up", not_before=far.date()),
        ):
            assert len(await system.find_openings(wish, at=NOW, limit=3)) == 3

    async def test_a_practitioner_nobody_knows_does_not_end_the_search(self, system: PracticeSystem) -> None:
        wish = Wish(visit_type="check_up", practitioner="nobody")

        assert len(await system.find_openings(wish, at=NOW, limit=3)) == 3

    async def test_a_hold_is_the_same_however_finely_time_is_measured(self, system: PracticeSystem) -> None:
        at = NOW + timedelta(microseconds=999_999)
        hold = await system.hold(TEN, contact="ada", key="k1", at=at)

        assert await system.current_hold(contact="ada", opening=TEN, at=at) == hold
        assert await system.hold(TEN, contact="ada", key="k1", at=at) == hold

    async def test_a_visit_that_nobody_does_has_no_openings(self, system: PracticeSystem) -> None:
        assert await system.find_openings(Wish(visit_type="surgery"), at=NOW, limit=3) == ()

    async def test_nothing_is_offered_before_the_lead_has_passed(self, system: PracticeSystem) -> None:
        offered = await system.find_openings(Wish(visit_type="check_up"), at=NOW, limit=50)

        assert min(o.start for o in offered) == NOW + timedelta(minutes=60)

    # Holding it

    async def test_a_held_opening_is_kept_until_the_hold_runs_out(self, system: PracticeSystem) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)

        assert (hold.opening, hold.contact, hold.until) == (TEN, "ada", LATER)
        assert not await is_offered(system, TEN, NOW)
        assert not await is_offered(system, TEN, LATER - timedelta(seconds=1))
        assert await is_offered(system, TEN, LATER)

    async def test_the_same_request_twice_is_one_hold(self, system: PracticeSystem) -> None:
        first = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        again = await system.hold(TEN, contact="ada", key="k1", at=NOW)

        assert again == first
        assert await all_appointments(system) == [(first.id, TEN, AppointmentStatus.HELD)]

    async def test_an_opening_is_held_for_one_patient_only(self, system: PracticeSystem) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)

        with pytest.raises(OpeningTaken):
            await system.hold(TEN, contact="bruno", key="k2", at=NOW)
        assert await all_appointments(system) == [(hold.id, TEN, AppointmentStatus.HELD)]

    @pytest.mark.parametrize("wall", ["2027-03-02 09:45", "2027-03-02 10:15"])
    async def test_visits_do_not_overlap_in_part_either(self, system: PracticeSystem, wall: str) -> None:
        await system.hold(TEN, contact="ada", key="k1", at=NOW)

        with pytest.raises(OpeningTaken):
            await system.hold(opening(wall), contact="bruno", key="k2", at=NOW)

    async def test_visits_may_follow_each_other(self, system: PracticeSystem) -> None:
        await system.hold(HALF_PAST_TEN, contact="ada", key="k1", at=NOW)
        await system.hold(TEN, contact="bruno", key="k2", at=NOW)
        await system.hold(opening("2027-03-02 10:00", "verdi"), contact="carla", key="k3", at=NOW)

        assert len(await all_appointments(system)) == 3

    async def test_a_long_visit_keeps_its_cleaning_time(self, system: PracticeSystem) -> None:
        await system.hold(opening("2027-03-02 10:00", visit_type="hygiene"), contact="ada", key="k1", at=NOW)

        with pytest.raises(OpeningTaken):
            await system.hold(opening("2027-03-02 10:45"), contact="bruno", key="k2", at=NOW)
        assert await system.hold(opening("2027-03-02 11:00"), contact="bruno", key="k3", at=NOW)

    async def test_a_hold_that_ran_out_makes_room(self, system: PracticeSystem) -> None:
        await system.hold(TEN, contact="ada", key="k1", at=NOW)
        hold = await system.hold(TEN, contact="bruno", key="k2", at=LATER)

        assert await all_appointments(system, LATER) == [(hold.id, TEN, AppointmentStatus.HELD)]

    async def test_holds_beyond_the_limit_let_go_of_the_oldest(self, system: PracticeSystem) -> None:
        walls = ("2027-03-02 09:00", "2027-03-03 09:00", "2027-03-04 09:00")
        for number, wall in enumerate(walls):
            at = NOW + timedelta(seconds=number)
            await system.hold(opening(wall), contact="ada", key=f"k{number}", at=at)
        await system.hold(TEN, contact="bruno", key="other", at=NOW)

        assert [held for _, held, _ in await all_appointments(system)] == [
            TEN,
            opening("2027-03-03 09:00"),
            opening("2027-03-04 09:00"),
        ]

    async def test_losing_a_race_costs_a_patient_nothing(self, system: PracticeSystem) -> None:
        await system.hold(TEN, contact="bruno", key="k0", at=NOW)
        kept = [opening("2027-03-03 09:00"), opening("2027-03-04 09:00")]
        for number, one in enumerate(kept):
            await system.hold(one, contact="ada", key=f"k{number + 1}", at=NOW)

        with pytest.raises(OpeningTaken):
            await system.hold(TEN, contact="ada", key="k9", at=NOW)
        assert [held for _, held, _ in await all_appointments(system)] == [TEN, *kept]

    async def test_choosing_the_same_time_again_keeps_it_longer(self, system: PracticeSystem) -> None:
        first = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        again = await system.hold(TEN, contact="ada", key="k2", at=NOW + timedelta(minutes=5))

        assert again == replace(first, until=LATER + timedelta(minutes=5))

    async def test_choosing_a_quarter_later_moves_the_hold(self, system: PracticeSystem) -> None:
        await system.hold(TEN, contact="ada", key="k1", at=NOW)
        moved = await system.hold(opening("2027-03-02 10:15"), contact="ada", key="k2", at=NOW)

        assert await all_appointments(system) == [(moved.id, moved.opening, AppointmentStatus.HELD)]

    async def test_a_hold_is_known_to_its_patient_only(self, system: PracticeSystem) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)

        assert await system.current_hold(contact="ada", opening=TEN, at=NOW) == hold
        assert await system.current_hold(contact="bruno", opening=TEN, at=NOW) is None
        assert await system.current_hold(contact="ada", opening=HALF_PAST_TEN, at=NOW) is None
        assert await system.current_hold(contact="ada", opening=TEN, at=LATER) is None

    async def test_what_is_released_can_be_had_again(self, system: PracticeSystem) -> None:
        await system.hold(TEN, contact="ada", key="k1", at=NOW)
        bruno = await system.hold(HALF_PAST_TEN, contact="bruno", key="k2", at=NOW)
        await system.release(contact="ada", at=NOW)
        await system.release(contact="ada", at=NOW)

        assert await all_appointments(system) == [(bruno.id, HALF_PAST_TEN, AppointmentStatus.HELD)]
        assert await is_offered(system, TEN, NOW)

    @pytest.mark.parametrize(
        "refused",
        [
            opening("2027-03-02 10:05"),
            opening("2027-03-02 12:45"),
            opening("2027-03-07 10:00"),
            opening("2027-03-01 08:30"),
            opening("2027-02-23 10:00"),
            opening("2027-09-01 10:00"),
            opening("2027-03-02 10:00", "verdi", "hygiene"),
            opening("2027-03-02 10:00", "bianchi"),
            opening("2027-03-02 10:00", "rossi", "surgery"),
            replace(TEN, end=TEN.end + timedelta(hours=4)),
        ],
        ids=lambda o: o.ref,
    )
    async def test_a_button_cannot_make_an_opening_that_the_practice_does_not_have(
        self, system: PracticeSystem, refused: Opening
    ) -> None:
        with pytest.raises(PolicyRefused):
            await system.hold(refused, contact="ada", key="k1", at=NOW)
        assert await all_appointments(system) == []

    # Booking it

    async def test_a_held_opening_becomes_an_appointment(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        booking = await system.book(hold, ADA, key="b1", at=NOW)
        await commit(booking)

        assert (booking.appointment.id, booking.appointment.opening) == (hold.id, TEN)
        assert await all_appointments(system, LATER) == [(hold.id, TEN, AppointmentStatus.BOOKED)]
        assert await system.current_hold(contact="ada", opening=TEN, at=NOW) is None
        assert not await is_offered(system, TEN, LATER)

    async def test_confirming_twice_books_once(self, system: PracticeSystem, commit: Commit) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        for _ in range(2):
            booking = await system.book(hold, ADA, key="b1", at=NOW)
            await commit(booking)
            await commit(booking)

        assert await all_appointments(system) == [(hold.id, TEN, AppointmentStatus.BOOKED)]

    async def test_a_hold_that_ran_out_books_nothing(self, system: PracticeSystem) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)

        with pytest.raises(HoldExpired):
            await system.book(hold, ADA, key="b1", at=LATER)
        assert await all_appointments(system, LATER) == []

    async def test_nobody_books_with_the_hold_of_another(self, system: PracticeSystem) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)

        with pytest.raises(HoldExpired):
            await system.book(replace(hold, contact="bruno"), ADA, key="b1", at=NOW)
        assert await all_appointments(system) == [(hold.id, TEN, AppointmentStatus.HELD)]

    async def test_a_hold_that_never_was_books_nothing(self, system: PracticeSystem) -> None:
        invented = Hold(id="invented", opening=TEN, contact="ada", until=LATER)

        with pytest.raises(HoldExpired):
            await system.book(invented, ADA, key="b1", at=NOW)

    async def test_letting_go_does_not_cancel_what_is_booked(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        await commit(await system.book(hold, ADA, key="b1", at=NOW))
        await system.release(contact="ada", at=NOW)

        assert await all_appointments(system) == [(hold.id, TEN, AppointmentStatus.BOOKED)]

    async def test_two_bookings_of_one_patient_are_two(self, system: PracticeSystem, commit: Commit) -> None:
        for number, one in enumerate((TEN, HALF_PAST_TEN)):
            hold = await system.hold(one, contact="ada", key=f"k{number}", at=NOW)
            await commit(await system.book(hold, ADA, key=f"b{number}", at=NOW))

        assert [(held, status) for _, held, status in await all_appointments(system)] == [
            (TEN, AppointmentStatus.BOOKED),
            (HALF_PAST_TEN, AppointmentStatus.BOOKED),
        ]

    # Moving and cancelling it

    async def visit(self, system: PracticeSystem, commit: Commit, one: Opening = TEN) -> Appointment:
        """Ada's, booked for good."""
        hold = await system.hold(one, contact="ada", key=f"hold {one.ref}", at=NOW)
        await commit(await system.book(hold, ADA, key=f"book {one.ref}", at=NOW))
        visits = await system.appointments_of(contact="ada", at=NOW)
        return next(visit for visit in visits if visit.opening == one)

    async def test_a_contact_finds_what_it_booked_and_nobody_else_does(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        later = await self.visit(system, commit, HALF_PAST_TEN)
        visit = await self.visit(system, commit)
        await system.hold(opening("2027-03-03 09:00"), contact="ada", key="only held", at=NOW)

        assert await system.appointments_of(contact="ada", at=NOW) == (visit, later)
        assert await system.appointments_of(contact="ada", at=TEN.start) == (later,)
        assert await system.appointments_of(contact="bruno", at=NOW) == ()
        assert visit.patient is not None
        assert await system.appointments_of(contact="bruno", patients=[visit.patient], at=NOW) == (
            visit,
            later,
        )

    async def test_a_visit_moves_and_its_old_time_is_free(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        hold = await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        moved = await system.reschedule(visit, hold, key="m1", at=NOW)
        await commit(moved)

        assert moved.appointment.opening == HALF_PAST_TEN
        [after] = await system.appointments_of(contact="ada", at=NOW)
        assert (after.opening, after.status, after.patient) == (HALF_PAST_TEN, "booked", visit.patient)
        assert await self.stand(system) == [(HALF_PAST_TEN, AppointmentStatus.BOOKED)]
        assert await is_offered(system, TEN, NOW)

    async def stand(self, system: PracticeSystem) -> list[tuple[Opening, str]]:
        """What takes time. Where visits cannot be moved, the old one stays in the diary as cancelled."""
        there = await all_appointments(system)
        return [(one, status) for _, one, status in there if status != AppointmentStatus.CANCELLED]

    async def test_until_it_has_moved_a_visit_keeps_its_time_and_the_new_one_is_kept(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        await self.visit(system, commit)
        await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)

        for one in (TEN, HALF_PAST_TEN):
            with pytest.raises(OpeningTaken):
                await system.hold(one, contact="bruno", key=f"k {one.ref}", at=NOW)

    async def test_a_visit_moves_onto_a_time_that_overlaps_its_own(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        """By a quarter of an hour: nobody is in their own way. For somebody else that time stays taken."""
        visit = await self.visit(system, commit)
        quarter_past = opening("2027-03-02 10:15")
        with pytest.raises(OpeningTaken):
            await system.hold(quarter_past, contact="bruno", key="k9", at=NOW)
        window = (datetime(2027, 3, 2, 10, 15), datetime(2027, 3, 2, 10, 16))
        wish = at_ten(windows=(window,), instead_of=visit.id)
        offered = await system.find_openings(wish, at=NOW, limit=1)
        hold = await system.hold(quarter_past, contact="ada", key="k2", at=NOW, instead_of=visit.id)
        await commit(await system.reschedule(visit, hold, key="m1", at=NOW))
        [after] = await system.appointments_of(contact="ada", at=NOW)

        assert list(offered) == [quarter_past]
        assert after.opening == quarter_past

    async def test_moving_twice_by_one_key_moves_once(self, system: PracticeSystem, commit: Commit) -> None:
        visit = await self.visit(system, commit)
        hold = await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        for _ in range(2):
            moved = await system.reschedule(visit, hold, key="m1", at=NOW)
            await commit(moved)
            await commit(moved)

        assert await self.stand(system) == [(HALF_PAST_TEN, AppointmentStatus.BOOKED)]

    async def test_a_visit_does_not_move_by_a_hold_that_ran_out(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        hold = await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)

        with pytest.raises(HoldExpired):
            await commit(await system.reschedule(visit, hold, key="m1", at=LATER))
        assert await system.appointments_of(contact="ada", at=LATER) == (visit,)

    async def test_a_cancelled_visit_frees_its_time_at_once(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        cancelled = await system.cancel(visit, None, key="c1", at=NOW)
        await commit(cancelled)

        assert cancelled.appointment.status is AppointmentStatus.CANCELLED
        assert await system.appointments_of(contact="ada", at=NOW) == ()
        assert await is_offered(system, TEN, NOW)
        assert await system.hold(TEN, contact="bruno", key="k9", at=NOW)

    async def test_cancelling_twice_by_one_key_is_no_error(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        for _ in range(2):
            cancelled = await system.cancel(visit, None, key="c1", at=NOW)
            await commit(cancelled)
            await commit(cancelled)

        assert await system.appointments_of(contact="ada", at=NOW) == ()

    async def test_a_reason_may_follow_a_cancellation(self, system: PracticeSystem, commit: Commit) -> None:
        visit = await self.visit(system, commit)
        cancelled = await system.cancel(visit, None, key="c1", at=NOW)
        await commit(cancelled)
        await commit(await system.cancel(cancelled.appointment, "unwell", key="c2", at=NOW))

        assert await system.appointments_of(contact="ada", at=NOW) == ()

    async def test_what_is_cancelled_is_neither_moved_nor_cancelled_again(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        hold = await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        move = await system.reschedule(visit, hold, key="m1", at=NOW)
        again = await system.cancel(visit, None, key="c2", at=NOW)
        await commit(await system.cancel(visit, None, key="c1", at=NOW))

        for late in (move, again):
            with pytest.raises(VisitChanged):
                await commit(late)
        with pytest.raises(VisitChanged):
            await system.cancel(visit, None, key="c3", at=NOW)
        with pytest.raises(VisitChanged):
            await system.reschedule(visit, hold, key="m2", at=NOW)

    async def test_what_moved_meanwhile_is_not_cancelled_as_it_was(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        visit = await self.visit(system, commit)
        cancellation = await system.cancel(visit, None, key="c1", at=NOW)
        hold = await system.hold(HALF_PAST_TEN, contact="ada", key="k2", at=NOW)
        await commit(await system.reschedule(visit, hold, key="m1", at=NOW))

        with pytest.raises(VisitChanged):
            await commit(cancellation)
        [after] = await system.appointments_of(contact="ada", at=NOW)
        assert after.opening == HALF_PAST_TEN

    # Knowing whose it is

    async def test_a_contact_is_told_whom_it_booked_the_last_first(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        phone, born = "+390200000001", date(1988, 4, 25)
        ada = PatientDetails(name="Ada Prova", phone=phone, birth_date=born)
        bice = PatientDetails(name="Bice Prova", phone=phone)
        for number, (one, who) in enumerate(zip((TEN, HALF_PAST_TEN), (ada, bice), strict=True)):
            at = NOW + timedelta(minutes=number)
            hold = await system.hold(one, contact="ada", key=f"k{number}", at=at)
            await commit(await system.book(hold, who, key=f"b{number}", at=at))

        assert await system.booked_for(contact="ada", since=NOW) == (bice, ada)
        assert await system.booked_for(contact="somebody else", since=NOW) == ()
        assert await system.booked_for(contact="ada", since=NOW + timedelta(days=90)) == ()

    async def test_people_are_found_by_phone_name_and_date_of_birth(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        """Ada and her daughter Bice share a phone."""
        phone, born = "+390200000001", date(1988, 4, 25)
        people = [
            PatientDetails(name="Ada Prova", phone=phone, birth_date=born),
            PatientDetails(name="Bice Prova", phone=phone, birth_date=date(2015, 1, 2)),
        ]
        for number, (one, who) in enumerate(zip((TEN, HALF_PAST_TEN), people, strict=True)):
            hold = await system.hold(one, contact="ada", key=f"k{number}", at=NOW)
            await commit(await system.book(hold, who, key=f"b{number}", at=NOW))
        ada, bice = [(a.patient,) for a in await system.appointments_of(contact="ada", at=NOW)]

        async def found(**known: Any) -> list[tuple[str | None, ...]]:
            return sorted(person.references for person in await system.find_patients(**known))

        assert await found(contact="ada") == await found(phone=phone) == sorted([ada, bice])
        assert await found(phone=phone, birth_date=born) == [ada]
        assert await found(phone=phone, birth_date=born, first_name="ADA") == [ada]
        assert await found(contact="ada", first_name="bice prova") == [bice]
        for nobody in (
            {"phone": phone, "birth_date": date(1988, 4, 26)},
            {"phone": phone, "birth_date": born, "first_name": "Bice"},
            {"phone": phone, "first_name": "Carla"},
            {"phone": phone, "first_name": "."},
            {"phone": "+390200000002"},
            {"contact": "bruno"},
            {},
        ):
            assert await found(**nobody) == []

    # Reading the diary

    async def test_appointments_are_read_by_start_within_half_open_bounds(
        self, system: PracticeSystem, commit: Commit
    ) -> None:
        for number, one in enumerate((HALF_PAST_TEN, TEN)):
            hold = await system.hold(one, contact="ada", key=f"k{number}", at=NOW)
            await commit(await system.book(hold, ADA, key=f"b{number}", at=NOW))

        async def between(start: datetime, end: datetime) -> list[Opening]:
            there = await system.appointments(start=start, end=end, at=NOW)
            assert all(isinstance(a, Appointment) for a in there)
            return [a.opening for a in there]

        assert await between(TEN.start, HALF_PAST_TEN.end) == [TEN, HALF_PAST_TEN]
        assert await between(TEN.end, HALF_PAST_TEN.end) == [HALF_PAST_TEN]
        assert await between(TEN.start, HALF_PAST_TEN.start) == [TEN]
        assert await between(TEN.end - timedelta(seconds=1), TEN.end) == [TEN]
        assert await between(HALF_PAST_TEN.end, HALF_PAST_TEN.end + timedelta(days=1)) == []

    async def test_no_patient_is_named_in_the_diary(self, system: PracticeSystem, commit: Commit) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        await commit(await system.book(hold, ADA, key="b1", at=NOW))
        [appointment] = await system.appointments(start=TEN.start, end=TEN.end, at=NOW)

        assert appointment.patient
        assert "Ada" not in repr(appointment)
        assert "0200000001" not in repr(appointment)

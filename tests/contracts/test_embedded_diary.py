from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.domain.diary import PatientDetails, Wish
from bot.errors import HoldExpired
from bot.ports import Booking
from bot.practice_systems.embedded import EmbeddedDiary
from bot.storage.diary.book import SqlDiary
from tests.contracts.practice_system import ADA, LATER, TEN, Commit, PracticeSystemContract, all_appointments
from tests.studio import NOW, STUDIO, OpenSeal, diary_database, opening


class TestEmbeddedDiary(PracticeSystemContract):
    """Over a real SQLite file, with its triggers and its writer."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqlDiary]:
        self.database = diary_database(tmp_path / "diary.db")
        yield SqlDiary(self.database, STUDIO.id, OpenSeal())
        self.database.close()

    @pytest.fixture
    def system(self, store: SqlDiary) -> EmbeddedDiary:
        return EmbeddedDiary(STUDIO, store)

    @pytest.fixture
    def commit(self, store: SqlDiary) -> Commit:
        async def commit(booking: Booking) -> None:
            write = booking.write
            assert write is not None
            await self.database.write(lambda connection: store.apply_write(connection, write))

        return commit

    async def test_a_turn_that_commits_too_late_books_nothing(
        self, system: EmbeddedDiary, commit: Commit
    ) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        booking = await system.book(hold, ADA, key="b1", at=NOW)
        bruno = await system.hold(TEN, contact="bruno", key="k2", at=LATER)

        with pytest.raises(HoldExpired):
            await commit(booking)
        assert await all_appointments(system, LATER) == [(bruno.id, TEN, "held")]

    async def test_who_comes_is_sealed_for_the_contact_who_booked(
        self, system: EmbeddedDiary, store: SqlDiary, commit: Commit
    ) -> None:
        hold = await system.hold(TEN, contact="ada", key="k1", at=NOW)
        await commit(await system.book(hold, ADA, key="b1", at=NOW))
        [appointment] = await system.appointments(start=TEN.start, end=TEN.end, at=NOW)
        assert appointment.patient is not None

        assert await store.details(appointment.patient) == ADA

    async def test_a_full_fortnight_does_not_end_the_search(
        self, system: EmbeddedDiary, store: SqlDiary
    ) -> None:
        busy_until = "2027-03-23"
        rows = [
            (one, PatientDetails(name="Carlo Pieno"))
            for one in await system.find_openings(
                Wish(visit_type="check_up", practitioner="verdi"), at=NOW, limit=1000
            )
            if f"{one.start:%Y-%m-%d}" < busy_until and one.start.minute in (0, 30)
        ]
        await store.add(rows, at=NOW)
        offered = await system.find_openings(
            Wish(visit_type="check_up", practitioner="verdi"), at=NOW, limit=2
        )

        assert [f"{one.start:%Y-%m-%d %H:%M}" for one in offered] == ["2027-03-23 08:00", "2027-03-24 08:00"]

    async def test_the_same_person_entered_twice_is_one_person(
        self, system: EmbeddedDiary, store: SqlDiary
    ) -> None:
        born = date(1988, 4, 25)
        rows = [
            (TEN, PatientDetails(name="Ada Prova", phone="+390200000001", birth_date=born)),
            (opening("2027-03-03 10:00"), PatientDetails(name="prova ADA", phone="+390200000001")),
            (opening("2027-03-04 10:00"), PatientDetails(name="Ada Prova")),
        ]
        first, second, _ = await store.add(rows, at=NOW)

        [person] = await system.find_patients(phone="+390200000001", birth_date=born)
        assert set(person.references) == {first.patient, second.patient}
        visits = await system.appointments_of(contact="ada", patients=person.references, at=NOW)
        assert visits == (first, second)

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.diary import AppointmentStatus, BookHeld, Hold, Opening, PatientDetails
from bot.errors import HoldExpired, OpeningTaken
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.tables import APPOINTMENT, PATIENT
from bot.storage.engine.database import Database
from tests.studio import NOW, STUDIO, OpenSeal, diary_database, opening

TEN = opening("2027-03-02 10:00")
ADA = PatientDetails(name="Ada Prova", phone="+390200000001", birth_date=date(1980, 5, 31))
BRUNO = PatientDetails(name="Bruno Prova")
RUNS_OUT = NOW + timedelta(minutes=10)
A = APPOINTMENT.c


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = diary_database(tmp_path / "diary.db")
    yield database
    database.close()


@pytest.fixture
def diary(database: Database) -> SqlDiary:
    return SqlDiary(database, STUDIO.id, OpenSeal())


async def hold(diary: SqlDiary, one: Opening = TEN, contact: str = "ada", key: str = "k1") -> Hold:
    wanted = Hold(id=f"hold-{key}", opening=one, contact=contact, until=RUNS_OUT)
    return await diary.hold(wanted, blocked=(one.start, one.end), key=key, limit=2, at=NOW)


def row(row_id: str, one: Opening = TEN, **changes: Any) -> dict[str, Any]:
    start, end = int(one.start.timestamp()), int(one.end.timestamp())
    stands = {
        "id": row_id,
        "practice": STUDIO.id,
        "practitioner": one.practitioner,
        "visit_type": one.visit_type,
    }
    times = {"starts_at": start, "ends_at": end, "blocked_from": start, "blocked_to": end}
    return stands | times | {"status": "booked", "created_at": 0, "updated_at": 0} | changes


def put(database: Database, *rows: dict[str, Any]) -> None:
    def unit(connection: Connection) -> None:
        for values in rows:
            connection.execute(insert(APPOINTMENT).values(values))

    database.write_now(unit)


# Staff's own bookings


async def test_staff_book_at_any_hour(diary: SqlDiary) -> None:
    late = opening("2027-03-07 21:10")
    [added] = await diary.add([(late, ADA)], at=NOW)

    assert (added.opening, added.status) == (late, AppointmentStatus.BOOKED)
    assert await diary.appointments(start=None, end=None, at=NOW) == (added,)
    assert added.patient is not None
    assert await diary.details(added.patient) == ADA
    assert await diary.names({added.patient, "nobody"}) == {added.patient: ADA.name}


async def test_one_taken_time_and_nothing_is_added(diary: SqlDiary, database: Database) -> None:
    rows = [(TEN, ADA), (opening("2027-03-02 11:00"), ADA), (opening("2027-03-02 10:29"), BRUNO)]
    with pytest.raises(OpeningTaken) as refused:
        await diary.add(rows, at=NOW)

    assert refused.value.args == ("row 3: this time is taken; nothing was added", 2)
    assert await diary.appointments(start=None, end=None, at=NOW) == ()
    assert database.read_now(lambda connection: connection.execute(select(PATIENT)).all()) == []


async def test_staff_do_not_book_over_a_hold_but_over_one_that_ran_out(diary: SqlDiary) -> None:
    await hold(diary)
    with pytest.raises(OpeningTaken):
        await diary.add([(TEN, BRUNO)], at=NOW)
    [added] = await diary.add([(TEN, BRUNO)], at=RUNS_OUT)

    assert await diary.appointments(start=None, end=None, at=RUNS_OUT) == (added,)


# Booking in the turn's transaction


async def test_a_booking_that_fails_leaves_no_patient_behind(diary: SqlDiary, database: Database) -> None:
    held = await hold(diary)
    late = BookHeld(hold=held, patient=ADA, key="b1", at=RUNS_OUT)
    with pytest.raises(HoldExpired):
        await database.write(lambda connection: diary.apply_write(connection, late))

    assert database.read_now(lambda connection: connection.execute(select(PATIENT)).all()) == []


async def test_a_booking_counts_only_with_the_rest_of_the_turn(diary: SqlDiary, database: Database) -> None:
    held = await hold(diary)
    write = BookHeld(hold=held, patient=ADA, key="b1", at=NOW)

    def turn_that_fails(connection: Connection) -> None:
        diary.apply_write(connection, write)
        raise RuntimeError("the turn broke off")

    with pytest.raises(RuntimeError):
        await database.write(turn_that_fails)
    [appointment] = await diary.appointments(start=None, end=None, at=NOW)

    assert appointment.status is AppointmentStatus.HELD


async def test_one_key_books_once_whatever_else_it_says(diary: SqlDiary, database: Database) -> None:
    first = await hold(diary)
    second = await hold(diary, opening("2027-03-02 11:00"), key="k2")
    for one in (first, second):
        write = BookHeld(hold=one, patient=ADA, key="b1", at=NOW)
        await database.write(lambda connection, write=write: diary.apply_write(connection, write))
    there = await diary.appointments(start=None, end=None, at=NOW)

    assert [a.status for a in there] == [AppointmentStatus.BOOKED, AppointmentStatus.HELD]


async def test_practices_in_one_database_do_not_see_each_other(diary: SqlDiary, database: Database) -> None:
    other = SqlDiary(database, "other-studio", OpenSeal())
    mine = await hold(diary)
    theirs = await other.hold(
        replace(mine, id="theirs"), blocked=(TEN.start, TEN.end), key="k1", limit=2, at=NOW
    )
    await other.release(contact="ada", at=NOW)

    assert theirs.id == "theirs"
    assert [a.id for a in await diary.appointments(start=None, end=None, at=NOW)] == [mine.id]
    assert await other.appointments(start=None, end=None, at=NOW) == ()
    with pytest.raises(HoldExpired):
        write = BookHeld(hold=mine, patient=ADA, key="b1", at=NOW)
        await database.write(lambda connection: other.apply_write(connection, write))


# What is busy


async def test_busy_time_includes_buffers_and_leaves_out_what_ran_out(diary: SqlDiary) -> None:
    blocked = (TEN.start - timedelta(minutes=10), TEN.end + timedelta(minutes=15))
    wanted = Hold(id="h", opening=TEN, contact="ada", until=RUNS_OUT)
    await diary.hold(wanted, blocked=blocked, key="k1", limit=2, at=NOW)
    day = {"start": TEN.end, "end": TEN.end + timedelta(days=1)}

    assert await diary.busy(**day, at=NOW) == [("rossi", *blocked)]
    assert await diary.busy(**day, at=RUNS_OUT) == []
    assert await diary.busy(start=blocked[1], end=day["end"], at=NOW) == []
    assert await diary.busy(start=blocked[0] - timedelta(days=1), end=blocked[0], at=NOW) == []


@pytest.mark.parametrize("status", ["done", "cancelled", "no_show"])
async def test_what_is_over_takes_no_time(diary: SqlDiary, database: Database, status: str) -> None:
    put(database, row("old", status=status))

    assert await diary.busy(start=TEN.start, end=TEN.end, at=NOW) == []
    assert [a.status for a in await diary.appointments(start=None, end=None, at=NOW)] == [status]
    assert await hold(diary)


# The database itself, whoever writes to it


@pytest.mark.parametrize("status", ["held", "requested", "booked", "arrived"])
def test_no_statement_can_put_a_visit_over_another(database: Database, status: str) -> None:
    put(database, row("one", status=status, hold_until=1))

    with pytest.raises(IntegrityError, match="opening_taken"):
        put(database, row("two", opening("2027-03-02 10:29")))


def test_visits_that_touch_or_are_with_somebody_else_are_fine(database: Database) -> None:
    put(
        database,
        row("one"),
        row("before", opening("2027-03-02 09:30")),
        row("after", opening("2027-03-02 10:30")),
        row("elsewhere", opening("2027-03-02 10:00", "verdi")),
    )

    assert database.read_now(lambda connection: len(connection.execute(select(A.id)).all())) == 4


def test_a_visit_cannot_be_moved_over_another(database: Database) -> None:
    eleven = opening("2027-03-02 11:00")
    put(database, row("one"), row("two", eleven))

    with pytest.raises(IntegrityError, match="opening_taken"):
        database.write_now(lambda c: c.execute(update(APPOINTMENT).where(A.id == "two").values(row("two"))))


def test_a_visit_may_be_moved_within_its_own_time(database: Database) -> None:
    put(database, row("one"))
    moved = row("one", opening("2027-03-02 10:15"))
    database.write_now(lambda c: c.execute(update(APPOINTMENT).values(moved)))

    assert database.read_now(lambda c: c.execute(select(A.starts_at)).scalar()) == moved["starts_at"]


def test_a_cancelled_visit_does_not_come_back_over_another(database: Database) -> None:
    put(database, row("one", status="cancelled"), row("two"))

    with pytest.raises(IntegrityError, match="opening_taken"):
        database.write_now(lambda c: c.execute(update(APPOINTMENT).values(status="booked")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": int(TEN.start.timestamp())},
        {"blocked_to": int(TEN.end.timestamp()) - 1},
        {"blocked_from": int(TEN.start.timestamp()) - 90_000},
        {"status": "held"},
        {"status": "maybe"},
    ],
    ids=str,
)
def test_a_row_that_makes_no_sense_is_refused(database: Database, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="CHECK constraint failed"):
        put(database, row("one", **wrong))


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (
            "SELECT 1 FROM appointment WHERE practice = 'p' AND practitioner = 'r' AND blocked_from < 9"
            " AND blocked_from > 1 AND blocked_to > 5",
            "appointment_blocked (practice=? AND practitioner=? AND blocked_from>? AND blocked_from<?)",
        ),
        (
            "DELETE FROM appointment WHERE practice = ? AND status = 'held' AND hold_until <= ?",
            "appointment_holds (practice=? AND hold_until<?)",
        ),
    ],
    ids=["overlaps", "expired holds"],
)
def test_an_old_diary_is_not_read_from_the_beginning(database: Database, statement: str, index: str) -> None:
    values = ("p", 1)[: statement.count("?")]
    plan = database.read_now(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())

    assert plan[0][-1].endswith(f"USING INDEX {index}")


async def test_what_is_busy_is_read_by_its_time(diary: SqlDiary, database: Database) -> None:
    statements: list[str] = []

    def listen(connection: Connection) -> None:
        connection.connection.driver_connection.set_trace_callback(statements.append)  # type: ignore[union-attr]

    await database.read_brief(listen)
    await diary.busy(start=TEN.start, end=TEN.end, at=NOW)
    [statement] = [seen for seen in statements if "FROM appointment" in seen]
    plan = database.read_now(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all())

    assert plan[0][-1].endswith("(practice=? AND starts_at>? AND starts_at<?)")


async def test_patients_from_before_phones_were_indexed_are_found_by_them(
    diary: SqlDiary, database: Database
) -> None:
    await diary.add([(TEN, ADA)], at=NOW)
    await database.write(lambda connection: connection.execute(update(PATIENT).values(phone_handle=None)))
    indexed = [await database.read(diary.patients.are_indexed)]
    await database.write(diary.patients.index)
    indexed.append(await database.read(diary.patients.are_indexed))
    found = await diary.find_patients(contact=None, phone=ADA.phone, first_name=None, birth_date=None)

    assert indexed == [False, True]
    assert len(found) == 1

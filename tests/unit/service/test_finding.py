"""A patient's conversation is found by name or number, whatever the script, and by whoever may look alone."""

from pathlib import Path

from sqlalchemy import text

from bot.domain.deeds import Deed
from bot.domain.diary import PatientDetails
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter
from tests.studio import opening

MONDAY = "2026-03-02T10:00+01:00"


async def _found(surgery: Surgery, words: str) -> list[str]:
    return [row.id for row in await surgery.desk.staff.finder.find(words, who="Marta")]


async def test_patients_are_found_by_parts_of_their_names_in_any_script_and_by_their_numbers(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        people = [
            surgery.patient("393331234567", name="Élise Dupont"),
            surgery.patient("393339999999", name="Анна Иванова"),
        ]
        for person in people:
            await person.says("Buongiorno")
        elise, anna = map(surgery.contact, people)

        assert await _found(surgery, "elis") == [elise]
        assert await _found(surgery, "DUPONT élise") == [elise]
        assert await _found(surgery, "ivanova") == await _found(surgery, "ИВАН") == [anna]
        assert await _found(surgery, "elise ivanova") == []
        assert await _found(surgery, "333 123") == [elise]
        assert await _found(surgery, "39") == []


async def test_a_name_that_is_told_later_is_found_and_one_that_was_forgotten_is_not(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    """The name that a visit was booked under counts as much as the one of the chat."""
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        caller: Patient = surgery.patient("393331234567", name="ciao")
        await caller.says("Buongiorno")
        before = await _found(surgery, "bianchi")
        conversation, books = surgery.contact(caller), surgery.desk.books
        hold = await surgery.desk.diary.hold(
            opening("2026-03-03 10:00"), contact=conversation, key="h1", at=surgery.clock.now()
        )
        booking = await surgery.desk.diary.book(
            hold, PatientDetails(name="Carla Bianchi"), key="b1", at=surgery.clock.now()
        )
        assert booking.write is not None
        write = booking.write
        await books.database.write(lambda connection: books.diary.apply_write(connection, write))
        found = await _found(surgery, "bianchi")
        for table in ("patient", "conversation", "contact", "sealing_key"):
            await books.database.write(lambda c, table=table: c.execute(text(f"DELETE FROM {table}")))  # type: ignore[misc]

        assert (before, found, await _found(surgery, "bianchi")) == ([], [conversation], [])


async def test_who_waits_stands_first_and_each_search_is_in_the_trail_without_its_words(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        waiting = surgery.patient("393331111111", name="Rosa Verdi")
        await waiting.says("operatore")
        later = surgery.patient("393332222222", name="Rosa Neri")
        await later.says("Buongiorno")
        rows = await surgery.desk.staff.finder.find("rosa", who="Marta")
        (done, *_) = await surgery.desk.audit.trail(deed=Deed.SEARCHED)

        assert [row.id for row in rows] == [surgery.contact(waiting), surgery.contact(later)]
        assert [row.reason for row in rows] == ["asked", ""]
        assert (done.by, done.detail) == ("Marta", "2 found")


async def test_conversations_are_narrowed_to_a_tag(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        people = [surgery.patient(f"39333000000{number}") for number in range(3)]
        for person in people:
            await person.says("operatore")
        first, second, _ = map(surgery.contact, people)
        for conversation, tag in ((first, "call back"), (second, "call back"), (second, "invoice")):
            await surgery.desk.staff.notes.tag(conversation, tag, by="Marta")
        page = await surgery.desk.staff.desk.page("all", who="Marta", limit=1, tag="call back")
        rest = await surgery.desk.staff.desk.page(
            "all", who="Marta", limit=5, tag="call back", after=page.after
        )
        mine = await surgery.desk.staff.desk.page("mine", who="Marta", limit=5, tag="call back")

        assert [row.id for row in (*page.rows, *rest.rows)] == [first, second]
        assert (page.tags, mine.rows) == (("call back", "invoice"), ())

"""The book in the database, and the one that tests of pages use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.engine.database import Database, sqlite_url
from bot.storage.inbox.staff import SqlStaffBook
from bot.testing import begin_empty
from tests.contracts.staff_book import AT, StaffBookContract, person
from tests.web.fakes import MemoryStaffBook

KEY = bytes(range(32))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    begin_empty(tmp_path / "staff.db")
    database = Database(sqlite_url(tmp_path / "staff.db"))
    yield database
    database.close()


class TestTheBookInTheDatabase(StaffBookContract):
    @pytest.fixture
    def book(self, database: Database) -> SqlStaffBook:
        return SqlStaffBook(database, practice="studio-rossi", master_key=KEY)


class TestTheBookInMemory(StaffBookContract):
    @pytest.fixture
    def book(self) -> MemoryStaffBook:
        return MemoryStaffBook()


async def test_each_practice_has_people_of_its_own(database: Database) -> None:
    ours = SqlStaffBook(database, practice="studio-rossi", master_key=KEY)
    theirs = SqlStaffBook(database, practice="studio-neri", master_key=KEY)
    marta = person()
    await ours.add(marta, at=AT)
    await theirs.add(person(), at=AT)
    await theirs.disable(marta.id, at=AT)

    assert await theirs.credentials(marta.name) != await ours.credentials(marta.name)
    assert await ours.people() == (marta,)


async def test_the_secret_of_codes_is_sealed(database: Database, tmp_path: Path) -> None:
    book = SqlStaffBook(database, practice="studio-rossi", master_key=KEY)
    marta = person()
    await book.add(marta, at=AT)
    await book.prove_by(marta.id, password="a hash", code_secret="PLAINTEXTSECRET")
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"a hash" in files
    assert b"PLAINTEXTSECRET" not in files

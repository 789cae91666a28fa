"""Words of patients are unreadable without the master key, and gone with the contact's key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.errors import SetupError
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import upgrade
from bot.storage.sealing.seal import Forgotten, Keyring, master_key_from
from bot.storage.tables import SealingKey

MASTER = bytes(range(32))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "test.db"))
    upgrade(database.engine)
    yield database
    database.close()


def test_what_is_sealed_for_a_contact_opens_for_that_contact_only(database: Database) -> None:
    ring = Keyring(MASTER, "studio")
    for owner in ("anna", "marco"):
        database.write_now(lambda c, owner=owner: ring.create(c, owner))
    sealed = database.read_now(lambda c: ring.seal(c, "anna", b"mal di denti"))

    assert b"denti" not in sealed
    assert database.read_now(lambda c: Keyring(MASTER, "studio").open(c, "anna", sealed)) == b"mal di denti"
    with pytest.raises(Forgotten):
        database.read_now(lambda c: ring.open(c, "marco", sealed))


def test_destroying_the_key_forgets_the_person(database: Database) -> None:
    ring = Keyring(MASTER, "studio")
    database.write_now(lambda c: ring.create(c, "anna"))
    sealed = database.read_now(lambda c: ring.seal(c, "anna", b"mal di denti"))
    database.write_now(lambda c: c.execute(delete(SealingKey).where(SealingKey.owner == "anna")))  # type: ignore[arg-type]

    with pytest.raises(Forgotten):
        database.read_now(lambda c: Keyring(MASTER, "studio").open(c, "anna", sealed))


def test_another_master_key_is_refused_before_anything_is_written_under_it(database: Database) -> None:
    database.read_now(Keyring(bytes(32), "studio").prove)
    database.write_now(lambda c: Keyring(MASTER, "studio").create(c, "anna"))

    database.read_now(Keyring(MASTER, "studio").prove)
    with pytest.raises(SetupError, match="does not open this database"):
        database.read_now(Keyring(bytes(32), "studio").prove)


def test_a_look_up_needs_the_master_key_too() -> None:
    own = Keyring(MASTER, "studio").handle("whatsapp", "1", "393331234567")

    assert own == Keyring(MASTER, "studio").handle("whatsapp", "1", "393331234567")
    assert own != Keyring(bytes(32), "studio").handle("whatsapp", "1", "393331234567")
    assert own != Keyring(MASTER, "studio").handle("whatsapp", "13", "93331234567")


def test_a_demo_keeps_its_master_key_beside_the_database_for_its_owner_only(tmp_path: Path) -> None:
    first = master_key_from(None, tmp_path)

    assert master_key_from(None, tmp_path) == first
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("given", [None, "", "not hex", "abcd"])
def test_a_real_practice_does_not_start_without_a_proper_master_key(given: str | None) -> None:
    with pytest.raises(SetupError, match="CHAIRSIDE_MASTER_KEY"):
        Keyring(master_key_from(given, None), "studio")

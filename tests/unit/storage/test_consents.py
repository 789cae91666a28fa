"""What each contact wants to hear: the last word counts, whenever we hear of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.consent import Consent
from bot.storage.engine.database import Database
from bot.storage.events.consents import SqlConsents
from bot.storage.migrations import upgrade
from bot.storage.tables import ContactRow, to_stamp

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)


async def consents(tmp_path: Path, *, opted_out: bool = False) -> SqlConsents:
    database = Database(f"sqlite:///{tmp_path / 'c.db'}")
    upgrade(database.engine)
    row: dict[str, Any] = {"id": "anna", "practice": "studio", "channel": "whatsapp"}
    row |= {"account": "1", "sealed": b"x"}
    row |= {"created_at": to_stamp(NOW), "opted_out_at": to_stamp(NOW) if opted_out else None}
    table = ContactRow.__table__  # type: ignore[attr-defined]
    await database.write(lambda connection: connection.execute(table.insert().values(row)))
    return SqlConsents(database, "studio")


async def test_who_said_nothing_gets_reminders_and_no_promotions(tmp_path: Path) -> None:
    book = await consents(tmp_path)
    said = await book.of("anna")

    assert said == Consent()
    assert (said.allows(promotion=False), said.allows(promotion=True)) == (True, False)


async def test_the_last_word_counts_whatever_arrives_late(tmp_path: Path) -> None:
    book = await consents(tmp_path)
    await book.note("anna", promotions=True, by="patient", at=NOW + timedelta(hours=1))
    await book.note("anna", promotions=False, by="channel", at=NOW)

    assert await book.of("anna") == Consent(promotions=True, promotions_at=NOW + timedelta(hours=1))


async def test_who_opted_out_gets_nothing_that_we_begin(tmp_path: Path) -> None:
    book = await consents(tmp_path, opted_out=True)
    await book.note("anna", promotions=True, by="patient", at=NOW)
    said = await book.of("anna")

    assert said == Consent(opted_out_at=NOW, promotions=True, promotions_at=NOW)
    assert not said.allows(promotion=False)

"""Who did what is kept in a trail that only grows, and shows when it was touched."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.deeds import Deed, Tampering
from bot.domain.handoff import Outcome
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import AlreadyTaken
from bot.testing import Surgery


async def _busy_day(surgery: Surgery) -> str:
    """Six deeds."""
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    conversation = surgery.contact(anna)
    await surgery.desk.audit.note_now(Deed.VIEWED, by="Giulia", conversation=conversation)
    await desk.take(conversation, "Giulia")
    await desk.reply(conversation, "Mi dica, signora Verdi", who="Giulia", client_message_id="m-1")
    await desk.take(conversation, "Marco", instead_of="Giulia")
    await surgery.desk.audit.note_now(Deed.REVEALED, by="Marco", conversation=conversation, detail="phone")
    await desk.close(conversation, "Marco", outcome=Outcome.ANSWERED)
    await surgery.settled()
    return conversation


def _touch(data: Path, *statements: str) -> None:
    """Somebody with the file, who knows how to go around triggers."""
    with sqlite3.connect(data / "chairside.db") as connection:
        for name in ("audit_is_not_changed", "audit_is_not_shortened"):
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


async def test_the_trail_says_who_did_what_and_when(surgery: Surgery) -> None:
    conversation = await _busy_day(surgery)
    trail = await surgery.desk.audit.trail(conversation=conversation)

    assert [(done.by, done.deed, done.detail) for done in reversed(trail)] == [
        ("Giulia", Deed.VIEWED, ""),
        ("Giulia", Deed.TOOK, ""),
        ("Giulia", Deed.SENT, "m-1"),
        ("Marco", Deed.TOOK_OVER, "Giulia"),
        ("Marco", Deed.REVEALED, "phone"),
        ("Marco", Deed.CLOSED, "answered"),
    ]
    assert {done.at for done in trail} == {surgery.clock.now()}
    assert surgery.desk.audit.verify() == ()


async def test_what_did_not_happen_leaves_no_trace(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("operatore")
    await desk.take(surgery.contact(anna), "Giulia")
    await desk.take(surgery.contact(anna), "Giulia")
    with pytest.raises(AlreadyTaken):
        await desk.take(surgery.contact(anna), "Marco")

    assert [(done.by, done.deed) for done in await surgery.desk.audit.trail()] == [("Giulia", Deed.TOOK)]


async def test_the_trail_is_filtered_by_person_and_by_time(surgery: Surgery) -> None:
    await _busy_day(surgery)
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(hours=1)
    await surgery.desk.audit.note_now(Deed.EXPORTED, by="Marco", detail="figures 2026-03")
    audit, now = surgery.desk.audit, surgery.clock.now()

    assert [done.deed for done in await audit.trail(since=now - timedelta(minutes=1))] == [Deed.EXPORTED]
    assert {done.by for done in await audit.trail(by="Giulia")} == {"Giulia"}
    assert [done.number for done in await audit.trail(limit=2)] == [7, 6]
    assert [done.number for done in await audit.trail(before=6, limit=2)] == [5, 4]
    assert [done.by for done in await audit.trail(deed=Deed.REVEALED)] == ["Marco"]
    assert [done.number for done in await audit.trail(until=now, deed=Deed.EXPORTED)] == []
    assert await audit.check() == (7, ())


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET by = 'nobody'", "DELETE FROM audit", "REPLACE INTO audit SELECT * FROM audit"],
)
async def test_the_database_refuses_to_change_what_was_done(
    surgery: Surgery, tmp_path: Path, statement: str
) -> None:
    await _busy_day(surgery)
    with sqlite3.connect(tmp_path / "chairside.db") as connection:
        connection.execute("PRAGMA recursive_triggers = ON")
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(statement)
    connection.close()

    assert surgery.desk.audit.verify() == ()


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit SET by = 'Sara' WHERE number = 3"], [(3, "changed")]),
        (["UPDATE audit SET at = at + 1 WHERE number = 6"], [(6, "changed")]),
        (["UPDATE audit SET conversation = NULL WHERE number = 1"], [(1, "changed")]),
        (["DELETE FROM audit WHERE number = 4"], [(4, "missing")]),
        (["DELETE FROM audit WHERE number = 1"], [(1, "missing")]),
        (["DELETE FROM audit WHERE number >= 5"], [(5, "missing"), (6, "missing")]),
        (["DELETE FROM audit"], [(number, "missing") for number in range(1, 7)]),
        (
            ["DELETE FROM audit WHERE number = 6", "UPDATE audit_end SET number = 5"],
            [(5, "changed")],
        ),
        (
            ["DELETE FROM audit WHERE number = 3", "UPDATE audit SET number = number - 1 WHERE number > 3"],
            [(3, "changed"), (4, "changed"), (5, "changed"), (6, "missing")],
        ),
        (
            ["INSERT INTO audit SELECT practice, 7, at, by, deed, conversation, detail, seal FROM audit"
             " WHERE number = 6"],
            [(7, "changed"), (7, "changed")],
        ),
    ],
)  # fmt: skip
async def test_whoever_goes_around_the_database_is_found(
    surgery: Surgery, tmp_path: Path, statements: list[str], found: list[tuple[int, str]]
) -> None:
    await _busy_day(surgery)
    _touch(tmp_path, *statements)

    assert surgery.desk.audit.verify() == tuple(Tampering(number=n, what=what) for n, what in found)

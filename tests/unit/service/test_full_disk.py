"""A disk without room: what cannot be stored is not acknowledged, and what was stored is answered later."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.conversation import InboundKind
from bot.testing import Surgery

#: More than what is left on the database's pages.
LONG = "Buonasera, vorrei prenotare una prima visita. " + "Scusi se scrivo tanto. " * 200


def room_for(surgery: Surgery) -> Callable[[int], None]:
    """Sets how many more pages the file may grow by; `full` is what SQLite says on a disk without room."""
    writer: Any = surgery.desk.books.database._writer
    driver = writer._open().connection.driver_connection

    def leave(pages: int) -> None:
        [used] = driver.execute("PRAGMA page_count").fetchone()
        driver.execute(f"PRAGMA max_page_count={used + pages}")

    return leave


async def test_what_finds_no_room_is_not_acknowledged_and_is_answered_when_it_comes_again(
    surgery: Surgery,
) -> None:
    anna = surgery.patient()
    event = anna._event(InboundKind.TEXT, text=LONG)
    leave = room_for(surgery)
    leave(0)
    with pytest.raises((OperationalError, sqlite3.OperationalError)):
        await surgery.desk.intake.accept([event])
    await surgery.settled()
    before = len(anna.screen)
    leave(100_000)
    await surgery.desk.intake.accept([event])
    await surgery.settled()

    assert before == 0
    assert len(anna.screen) == 1


async def test_a_turn_that_finds_no_room_is_taken_up_again_and_answers_once(surgery: Surgery) -> None:
    anna = surgery.patient()
    leave, turns = room_for(surgery), surgery.desk.turns
    understand, failed = turns.listening.reader.understand, turns._measures.turn_failed
    failures: list[int] = []

    async def reads(*given: Any, **more: Any) -> Any:
        if not failures:
            leave(0)
        return await understand(*given, **more)

    def notes() -> None:
        failures.append(len(anna.screen))
        failed()

    turns.listening.reader.understand = reads  # type: ignore[method-assign]
    turns._measures.turn_failed = notes  # type: ignore[method-assign]
    await anna.says(LONG)
    await surgery.until(lambda: len(failures) > 1)
    leave(100_000)
    await surgery.until(lambda: bool(anna.screen))
    await surgery.settled()

    assert set(failures) == {0}
    assert len(anna.screen) == 1


async def test_neighbours_of_what_finds_no_room_are_told_the_truth(surgery: Surgery) -> None:
    """In one transaction with it: each is either stored, or its sender hears that it is not."""
    people = [surgery.patient(f"39333000000{number}") for number in range(4)]
    texts = ["Buonasera", LONG, "Buongiorno", LONG]
    events = [one._event(InboundKind.TEXT, text=text) for one, text in zip(people, texts, strict=True)]
    leave = room_for(surgery)
    leave(0)
    accepts = [surgery.desk.intake.accept([event]) for event in events]
    told = [not isinstance(each, Exception) for each in await _all(accepts)]
    leave(100_000)
    await surgery.settled()

    assert [bool(one.screen) for one in people] == told
    assert not all(told)


async def _all(waiting: list[Any]) -> list[Any]:
    return await asyncio.gather(*waiting, return_exceptions=True)

"""The figures page's numbers, from what the pipeline stored."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import bootstrap
from bot.domain.chats import ChatLine
from bot.service.clock import FrozenClock
from bot.service.inbox.figures import WaitingFact
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

MONDAY = date(2026, 3, 2)


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T10:00+01:00") as surgery:
        yield surgery


async def books(anna: Patient) -> int:
    """From the first word to the booking; how many messages that took."""
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    for taken in range(2, 12):
        titles = anna.sees.titles
        first = next((title for title in titles if ":" in title), None)
        await anna.taps("Prima possibile" if "Prima possibile" in titles else first or "Sì")
        if any("prenotata" in seen.text for seen in anna.screen[-2:]):
            return taken
    raise AssertionError(f"no booking: {anna.sees.text}")


async def test_a_booked_visit_and_a_call_for_a_person_are_counted(surgery: Surgery) -> None:
    assert isinstance(surgery.clock, FrozenClock)
    anna, luca = surgery.patient(), surgery.patient("393330000099")
    messages = await books(anna)
    await luca.says("operatore")
    surgery.clock.move(minutes=4)
    await surgery.settled()
    reports = bootstrap.reports(surgery.desk.books)
    waiting = await reports.waiting()
    await surgery.desk.staff.desk.reply(surgery.contact(luca), "Eccomi", who="Giulia", client_message_id="1")
    report = await reports.report(MONDAY, MONDAY)
    before = await reports.report(MONDAY - timedelta(days=7), MONDAY - timedelta(days=1))

    assert waiting == (
        WaitingFact(
            conversation=surgery.contact(luca),
            since=waiting[0].since,
            due_at=waiting[0].since + timedelta(minutes=15),
        ),
    )
    assert report.chats.total == ChatLine(
        chats=2, alone=1, messages=messages + 1, bookings=1, messages_to_book=messages
    )
    assert report.chats.hours[0][10] == messages + 1
    assert report.desk.reasons == (("asked", 1),)
    assert [(who, line.first_answer_p50) for who, line in report.desk.people] == [
        ("Giulia", timedelta(minutes=4))
    ]
    assert before.chats.total == ChatLine(chats=0, alone=0, messages=0, bookings=0, messages_to_book=0)

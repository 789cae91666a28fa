"""On PostgreSQL, with several workers: each message is taken by one, and said once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from outreach_kit import MOBILE, goes_on, known, told

from bot.bootstrap.outreach import OutreachDesk
from bot.domain.conversation import InboundKind
from bot.domain.diary import Appointment, AppointmentStatus, Opening, PatientDetails
from bot.domain.outreach import OutreachState
from bot.domain.outside import Expected
from bot.service.clock import FrozenClock
from bot.storage.engine.database import Database
from bot.storage.events.former_numbers import FormerNumbers
from bot.testing import Surgery
from nlu.understanding import Interpreter
from tests.postgresql import fresh_database


async def test_each_message_is_taken_by_one_worker_and_said_once(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    url = fresh_database()
    async with Surgery.open(
        tmp_path, interpreter=interpreter, environment={"CHAIRSIDE_DATABASE_URL": url}
    ) as surgery:
        people = [f"39333123456{n}" for n in range(6)]
        for number, who in enumerate(people):
            await known(surgery, wa_id=who)
            await surgery.staff_book(f"2026-03-05T1{number}:00", name=f"Anna {number}", phone=f"+{who}")
        await surgery.desk.outreach.service.plan()
        assert isinstance(surgery.clock, FrozenClock)
        surgery.clock.move(days=2, hours=9)
        second = Database(url)
        other = OutreachDesk(
            replace(surgery.desk.books, database=second),
            surgery.desk.outreach.content,
            clock=surgery.clock,
            store=surgery.desk.store,
            system=surgery.desk.diary,
            tokens=surgery.desk.tokens,
            is_paused=lambda channel: False,
            wake_delivery=surgery.desk.delivery.wake,
        )

        await surgery.desk.outreach.service.plan()
        at = surgery.clock.now()
        here, there = await asyncio.gather(
            surgery.desk.outreach.book.take(limit=4, at=at), other.book.take(limit=4, at=at)
        )
        surgery.clock.move(minutes=2)  # whoever took them is not heard of any more
        await asyncio.gather(*(desk.service.sweep() for desk in (surgery.desk.outreach, other) * 2))
        await surgery.settled()
        second.close()

        assert {one.id for one in here} & {one.id for one in there} == set()
        reminders = [sum("promemoria" in seen.text for seen in surgery.patient(who).screen) for who in people]
        assert reminders == [1] * 6


async def test_a_reminder_goes_out_and_is_confirmed(tmp_path: Path, interpreter: Interpreter) -> None:
    environment = {"CHAIRSIDE_DATABASE_URL": fresh_database()}
    async with Surgery.open(tmp_path, interpreter=interpreter, environment=environment) as surgery:
        anna = await known(surgery)
        await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
        await goes_on(surgery, days=2, hours=2)

        await anna.taps("Sì, confermo")
        await goes_on(surgery, hours=21)

        assert "è confermato" in anna.sees.text
        assert ("visit_tomorrow", OutreachState.SENT, None) in await told(surgery)
        assert await surgery.desk.outreach.call_list.call_tasks() == ()


async def test_choices_numbers_and_visits_elsewhere_are_kept_there_too(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    environment = {"CHAIRSIDE_DATABASE_URL": fresh_database()}
    async with Surgery.open(tmp_path, interpreter=interpreter, environment=environment) as surgery:
        anna = await known(surgery)
        contact, outreach, now = surgery.contact(anna), surgery.desk.outreach, surgery.clock.now()
        expected = Expected(
            appointment=Appointment(
                id="elsewhere:7",
                opening=Opening.parse_ref("rossi~check_up~20260305T0900Z~20260305T0930Z"),
                status=AppointmentStatus.BOOKED,
                patient="elsewhere:1",
            ),
            details=PatientDetails(name="Carla Neri", phone="+393339999999"),
        )
        window = (now, now + timedelta(days=9))

        for channel in ("phone", "whatsapp"):
            await outreach.chosen.choose(contact, channel, address=None, at=now)
        for _ in range(2):
            await outreach.expected.keep([expected], window=window, at=now)
        moved = {"type": "user_changed_number", "moved_to": "393337654321"}
        await anna.sends(InboundKind.SYSTEM, details=moved)
        chosen = await outreach.chosen.of(contact)
        former = FormerNumbers(surgery.desk.practice.id, surgery.desk.books.keyring)

        read = surgery.desk.books.database.read
        assert chosen is not None
        assert chosen.channel == "whatsapp"
        assert [one.visit.id for one in await read(lambda c: outreach.expected.entries(c, *window))] == [
            "elsewhere:7"
        ]
        assert await read(lambda c: former.whose(c, MOBILE)) == contact
        await outreach.expected.keep([], window=window, at=now)
        assert await read(lambda c: outreach.expected.entries(c, *window)) == []

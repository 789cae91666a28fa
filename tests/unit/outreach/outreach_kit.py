"""What the tests of messages that we begin share: time that goes on, patients who are known, rows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.domain.diary import CancelBooked
from bot.domain.practice import Practice, VisitType
from bot.service.clock import FrozenClock
from bot.storage.outreach.tables import OUTREACH
from bot.testing import Patient, Surgery

MOBILE = "+393331234567"
EXTRACTION = VisitType(
    id="extraction",
    names={"it": "estrazione", "en": "extraction", "ru": "удаление"},
    words={},
    duration=timedelta(minutes=30),
)
SPLINT = replace(EXTRACTION, id="splint", names={"it": "bite", "en": "splint", "ru": "каппа"})


def with_surgery(practice: Practice) -> Practice:
    """A practice that also takes teeth out."""
    people = tuple(
        replace(who, visit_types=(*who.visit_types, "extraction", "splint")) for who in practice.practitioners
    )
    return replace(practice, visit_types=(*practice.visit_types, EXTRACTION, SPLINT), practitioners=people)


async def goes_on(surgery: Surgery, **by: float) -> None:
    """So much later: what is due goes out."""
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(**by)
    outreach = surgery.desk.outreach
    await outreach.service.plan()
    while (await outreach.service.sweep()).sent:
        pass
    await surgery.settled()
    await outreach.service.look_back()
    await outreach.service.sweep()
    await surgery.settled()


async def rows(surgery: Surgery) -> list[Any]:
    found = await surgery.desk.books.database.read(
        lambda c: c.execute(select(OUTREACH).order_by(OUTREACH.c.due_at, OUTREACH.c.id)).all()
    )
    return list(found)


async def told(surgery: Surgery) -> list[tuple[str, str, str | None]]:
    return [(row.rule, row.state, row.reason) for row in await rows(surgery)]


async def known(surgery: Surgery, *, wa_id: str = "393331234567", greets: str = "Buongiorno") -> Patient:
    """Somebody who has written before."""
    patient = surgery.patient(wa_id)
    await patient.says(greets)
    return patient


async def reminded(surgery: Surgery, *, greets: str = "Buongiorno", name: str = "Anna Verdi") -> Patient:
    """Has a visit on Thursday at ten, and the reminder of the day before on the screen."""
    anna = await known(surgery, greets=greets)
    await surgery.staff_book("2026-03-05T10:00", name=name, phone=MOBILE)
    await goes_on(surgery, days=2, hours=2)
    return anna


async def cancel(surgery: Surgery, visit: str) -> None:
    """Staff cancel a visit in the diary."""
    found = await surgery.desk.books.diary.appointment(visit)
    assert found is not None
    at = surgery.clock.now()
    write = CancelBooked(visit=found[0], reason=None, key=f"cancel {visit}", at=at)
    await surgery.desk.store.write_diary([write])

"""A patient who said that they come: staff see it wherever they see the visit, until it is moved."""

from outreach_kit import MOBILE, goes_on, reminded

from bot.bootstrap import requests_of
from bot.commands.sheet import as_text
from bot.domain.diary import Appointment, PatientDetails
from bot.domain.practice_time import PracticeTime
from bot.service.inbox.requests import morning_sheet
from bot.storage.diary.as_json import diary_rows
from bot.storage.diary.files import to_csv, to_ics
from bot.testing import Surgery


async def visits_of(surgery: Surgery) -> tuple[Appointment, ...]:
    return await surgery.desk.books.diary.appointments(start=None, end=None, at=surgery.clock.now())


async def test_who_confirms_is_marked_in_the_diary_its_exports_and_on_the_morning_sheet(
    surgery: Surgery,
) -> None:
    anna = await reminded(surgery)
    practice = surgery.desk.practice
    before = diary_rows(await visits_of(surgery), practice)

    await anna.taps("Sì, confermo")

    visits = await visits_of(surgery)
    patients = {visits[0].patient or "": PatientDetails(name="Anna Verdi", phone=MOBILE)}
    sheet = await morning_sheet(practice, requests_of(surgery.desk.books), at=surgery.clock.now())
    assert [row["confirmed"] for row in before] == [False]
    assert [row["confirmed"] for row in diary_rows(visits, practice)] == [True]
    assert [row["confirmed"] for row in await surgery.diary()] == [True]
    assert to_csv(visits, patients, practice).splitlines()[1].endswith(",booked,yes")
    assert b"X-CHAIRSIDE-CONFIRMED:YES" in to_ics(visits, patients, practice, at=surgery.clock.now())
    assert "Hanno confermato da ieri sera (1)" in as_text(sheet, practice)
    assert "Anna Verdi" in as_text(sheet, practice)


async def test_a_visit_that_is_moved_is_not_confirmed_any_more(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("vorrei prenotare una visita di controllo giovedì mattina")
    for _ in range(8):
        if "Prenotato" in anna.sees.text or "La aspettiamo" in anna.sees.text:
            break
        if anna.sees.choices:
            await anna.taps(anna.sees.titles[0])
        else:
            await anna.says("Anna Verdi")
    await goes_on(surgery, days=2, hours=8)
    await anna.taps("Sì, confermo")
    confirmed = [visit.confirmed_at is not None for visit in await visits_of(surgery)]
    shown = await surgery.desk.staff.visits.visits(surgery.contact(anna))
    await anna.says("vorrei spostare la visita a venerdì")
    for _ in range(8):
        booked = [v for v in await visits_of(surgery) if str(v.status) == "booked"]
        if PracticeTime("Europe/Rome").wall(booked[0].opening.start).day == 6:
            break
        await anna.taps(anna.sees.titles[0])

    [moved] = [visit for visit in await visits_of(surgery) if str(visit.status) == "booked"]
    assert confirmed == [True]
    assert [visit.confirmed for visit in shown.visits] == [True]
    assert moved.confirmed_at is None

"""Reminders that meet what is rare: new numbers, visits that changed meanwhile, late and odd answers."""

from datetime import datetime

import pytest
from outreach_kit import MOBILE, cancel, goes_on, known, reminded, rows, told
from sqlalchemy import update

from bot.domain.conversation import InboundKind
from bot.domain.practice_time import PracticeTime
from bot.domain.templates import TemplateState, TemplateStatus
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.sending.templates import SqlTemplates
from bot.testing import Surgery

ROME = PracticeTime("Europe/Rome")


async def move(surgery: Surgery, visit: str, to: str) -> None:
    start = int(ROME.instant(datetime.fromisoformat(to)).timestamp())
    times = {"starts_at": start, "ends_at": start + 1800, "blocked_from": start, "blocked_to": start + 1800}
    change = update(APPOINTMENT).where(APPOINTMENT.c.id == visit).values(times)
    await surgery.desk.books.database.write(lambda c: c.execute(change).rowcount)


async def confirmed(surgery: Surgery) -> list[bool]:
    return [row["confirmed"] is True for row in await surgery.diary()]


async def test_who_confirms_a_visit_that_was_moved_meanwhile_hears_so_and_confirms_nothing(
    surgery: Surgery,
) -> None:
    anna = await known(surgery, greets="Good morning")
    visit = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=2, hours=2)
    reminder = anna.sees
    await move(surgery, visit, "2026-03-06T11:30")

    said = await anna.brings(reminder.choices[0].payload, title=reminder.titles[0])

    assert "no longer as it was in our message" in said[0].text
    assert await confirmed(surgery) == [False]


async def test_who_confirms_a_visit_that_was_cancelled_meanwhile_hears_so(surgery: Surgery) -> None:
    anna = await known(surgery, greets="Good morning")
    visit = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=2, hours=2)
    await cancel(surgery, visit)

    said = await anna.says("yes")

    assert "no longer as it was in our message" in said[0].text


async def test_of_two_visits_on_one_day_the_one_that_is_left_is_reminded_of(surgery: Surgery) -> None:
    anna = await known(surgery)
    morning = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await surgery.staff_book("2026-03-05T15:30", name="Anna Verdi", phone=MOBILE, practitioner="rossi")
    await goes_on(surgery, days=1)
    await cancel(surgery, morning)
    before = len(anna.screen)

    await goes_on(surgery, days=1, hours=2)
    await goes_on(surgery, hours=6)

    texts = [seen.text for seen in anna.screen[before:]]
    assert len(texts) == 1
    assert "alle 15:30" in texts[0]
    assert "10:00" not in texts[0]


async def test_a_template_that_stays_rejected_in_every_language_ends_on_the_call_list(
    surgery: Surgery,
) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    templates = SqlTemplates(surgery.desk.books.database, surgery.desk.practice.id)
    for language in ("it", "en", "ru"):
        await templates.note(
            TemplateStatus(
                channel="whatsapp",
                name="visit_tomorrow",
                language=language,
                state=TemplateState.REJECTED,
                at=surgery.clock.now(),
            )
        )
    await goes_on(surgery, days=2)
    before = anna.sees

    for _ in range(6):
        await goes_on(surgery, hours=4)

    assert anna.sees == before
    [view] = await surgery.desk.outreach.call_list.call_tasks()
    assert (view.task.name, view.task.phone) == ("Anna Verdi", MOBILE)


async def test_words_after_the_visit_hear_that_it_is_over(surgery: Surgery) -> None:
    anna = await reminded(surgery, greets="Good morning")
    await goes_on(surgery, days=1, hours=3)  # an hour after it

    await anna.says("yes, I'll be there")

    assert "has passed" in anna.sees.text
    assert await confirmed(surgery) == [False]


async def test_words_of_a_day_later_are_no_answer_to_it_any_more(surgery: Surgery) -> None:
    anna = await reminded(surgery, greets="Good morning")
    await goes_on(surgery, days=2, hours=3)

    await anna.says("yes")

    assert "has passed" not in anna.sees.text
    assert [row.answer for row in await rows(surgery) if row.state == "sent"] == [None]


@pytest.mark.parametrize("words", ["wrong number, sorry", "I don't know any Anna", "maybe", "?", "👀", "🐶"])
async def test_what_is_no_yes_confirms_nothing(surgery: Surgery, words: str) -> None:
    anna = await reminded(surgery, greets="Good morning")

    await anna.says(words)

    assert await confirmed(surgery) == [False]


async def test_a_reminder_follows_a_patient_to_their_new_number(surgery: Surgery) -> None:
    """Meta tells that the number has changed; the visit is still on file under the old one."""
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    moved = {"type": "user_changed_number", "moved_to": "393337654321"}
    await anna.sends(InboundKind.SYSTEM, details=moved)
    before = len(anna.screen)

    await goes_on(surgery, days=2, hours=2)

    assert len(anna.screen) == before
    assert ["10:00" in seen.text for seen in surgery.patient("393337654321").screen] == [True]


async def test_a_booking_within_the_lead_time_of_both_reminders_gets_neither(surgery: Surgery) -> None:
    await known(surgery)
    await surgery.staff_book("2026-03-03T09:00", name="Anna Verdi", phone=MOBILE)

    await goes_on(surgery, hours=2)
    await goes_on(surgery, hours=8)

    assert [state for _, state, _ in await told(surgery)] == ["skipped"] * len(await told(surgery))


async def test_whoever_gets_the_old_number_reads_nothing_of_its_visits(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    moved = {"type": "user_changed_number", "moved_to": "393337654321"}
    await anna.sends(InboundKind.SYSTEM, details=moved)
    stranger = surgery.patient("393331234567")
    await stranger.says("Buongiorno")
    before = len(stranger.screen)

    await goes_on(surgery, days=2, hours=2)

    assert len(stranger.screen) == before
    assert ["10:00" in seen.text for seen in surgery.patient("393337654321").screen] == [True]

"""Reminders through the whole front desk: who gets one, once, and what their answers begin."""

import json
from datetime import datetime

import pytest
from outreach_kit import MOBILE, cancel, goes_on, known, reminded, rows, told
from sqlalchemy import select

from bot.domain.conversation import InboundKind
from bot.domain.diary import Appointment
from bot.errors import Unavailable
from bot.service.clock import FrozenClock
from bot.service.outreach.call_tasks import CallOutcome
from bot.storage.tables import OutboxRow
from bot.testing import Patient, Surgery

_outbox = OutboxRow.__table__  # type: ignore[attr-defined]


async def test_a_patient_is_reminded_the_day_before_and_comes(surgery: Surgery) -> None:
    anna = await reminded(surgery)
    reminder = anna.sees

    await goes_on(surgery, minutes=5)
    assert anna.sees == reminder  # once
    await anna.taps("Sì, confermo")
    await goes_on(surgery, hours=20)

    assert "giovedì 5 marzo alle 10:00" in reminder.text
    assert reminder.titles == ("Sì, confermo", "Un altro orario", "Disdico la visita")
    assert "giovedì 5 marzo, 10:00" in anna.sees.text
    assert await surgery.desk.outreach.call_list.call_tasks() == ()


async def test_everybody_is_reminded_in_their_own_language(surgery: Surgery) -> None:
    anna = await reminded(surgery, greets="Здравствуйте")

    assert "Ждём вас: четверг, 5 марта" in anna.sees.text


async def test_outside_the_window_it_is_the_template_that_was_approved(surgery: Surgery) -> None:
    anna = await reminded(surgery)

    row = (await rows(surgery))[-1]
    sealed = await surgery.desk.books.database.read(
        lambda c: c.execute(select(_outbox.c.sealed).where(_outbox.c.id == row.outbox)).scalar_one()
    )
    kept = await surgery.desk.books.database.read(
        lambda c: json.loads(surgery.desk.books.keyring.open(c, surgery.contact(anna), sealed))
    )
    assert (kept["more"]["template"]["name"], kept["more"]["template"]["language"]) == (
        "visit_tomorrow",
        "it",
    )


async def test_a_cancelled_visit_is_not_reminded_of(surgery: Surgery) -> None:
    anna = await known(surgery)
    visit = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=1)
    before = anna.sees
    await cancel(surgery, visit)

    await goes_on(surgery, days=1, hours=2)

    assert anna.sees == before
    assert ("visit_tomorrow", "void", "changed") in await told(surgery)


async def test_a_visit_that_is_cancelled_between_planning_and_sending_is_not_reminded_of(
    surgery: Surgery,
) -> None:
    anna = await known(surgery)
    visit = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=1)
    before = anna.sees
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(days=1, hours=2)
    await cancel(surgery, visit)

    await surgery.desk.outreach.service.sweep()
    await surgery.settled()

    assert anna.sees == before
    assert ("visit_tomorrow", "void", "changed") in await told(surgery)


async def test_who_cannot_come_is_led_to_another_time(surgery: Surgery) -> None:
    anna = await booked_in_chat(surgery)

    await anna.taps("Un altro orario")

    assert "Resta Sua finché il nuovo orario non è fissato" in anna.sees.text
    assert "giovedì 5 marzo" in anna.sees.text


async def test_who_cancels_is_asked_once_and_the_time_is_free(surgery: Surgery) -> None:
    anna = await booked_in_chat(surgery)

    await anna.taps("Disdico la visita")
    await anna.taps("Sì")

    states = [row["status"] for row in await surgery.diary()]
    assert states == ["cancelled"]


async def test_a_typed_yes_is_one_to_the_reminder(surgery: Surgery) -> None:
    anna = await reminded(surgery)

    await anna.says("sì")

    assert "è confermato: giovedì 5 marzo, 10:00" in anna.sees.text


async def test_a_typed_no_asks_whether_to_move_or_to_cancel(surgery: Surgery) -> None:
    anna = await reminded(surgery, greets="Good morning")

    await anna.says("no")

    assert anna.sees.titles == ("Another time", "Cancel the visit", "I'll come after all")


@pytest.mark.parametrize("asks", ["who is this?", "whose number is this?", "sorry, who am I talking to?"])
async def test_who_asks_who_is_writing_hears_it_and_can_still_say_yes(surgery: Surgery, asks: str) -> None:
    anna = await reminded(surgery, greets="Good morning")

    await anna.says(asks)
    who = anna.sees.text
    await anna.says("yes")

    assert "Studio Dentistico Demo" in who
    assert "it's noted: Thursday 5 March" in anna.sees.text


async def test_who_answers_in_another_language_goes_on_in_it(surgery: Surgery) -> None:
    anna = await reminded(surgery)

    await anna.says("Yes, I will be there, thank you")

    assert "it's noted: Thursday 5 March" in anna.sees.text


async def test_a_voice_note_gets_an_answer_and_is_no_yes(surgery: Surgery) -> None:
    anna = await reminded(surgery)
    before = len(anna.screen)

    await anna.sends(InboundKind.AUDIO)

    assert len(anna.screen) > before
    assert [row.answer for row in await rows(surgery) if row.state == "sent"] == ["wrote"]


async def test_an_answer_after_the_visit_hears_that_it_is_over(surgery: Surgery) -> None:
    anna = await reminded(surgery)
    await goes_on(surgery, days=2)

    await anna.taps("Sì, confermo")

    assert "è già passato" in anna.sees.text


async def test_who_stays_silent_is_put_on_the_call_list(surgery: Surgery) -> None:
    await reminded(surgery)
    calls = surgery.desk.outreach.call_list

    await goes_on(surgery, hours=19)
    assert await calls.call_tasks() == ()
    await goes_on(surgery, hours=2)
    [view] = await calls.call_tasks()
    await calls.settle_call_task(view.task.id, outcome=CallOutcome.NOT_REACHED, who="maria")
    [again] = await calls.call_tasks()
    settled = await calls.settle_call_task(view.task.id, outcome=CallOutcome.COMES, who="maria")

    assert (view.task.reason, view.task.name, view.task.phone) == ("silent", "Anna Verdi", MOBILE)
    assert "Anna Verdi, giovedì 5 marzo alle 10:00" in view.script
    assert (again.task.attempts, settled) == (1, True)
    assert await calls.call_tasks() == ()
    figures = await calls.figures()
    assert (figures.created, figures.settled, figures.not_called_back) == (1, 1, 0)


async def test_a_call_that_nobody_made_is_a_figure(surgery: Surgery) -> None:
    await reminded(surgery)
    await goes_on(surgery, hours=21)
    await goes_on(surgery, days=1)

    figures = await surgery.desk.outreach.call_list.figures()

    assert (figures.created, figures.not_called_back) == (1, 1)


async def test_who_opted_out_is_not_written_to_but_called(surgery: Surgery) -> None:
    anna = await known(surgery)
    await anna.says("stop")
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    before = anna.sees

    await goes_on(surgery, days=2, hours=2)

    assert anna.sees == before
    [view] = await surgery.desk.outreach.call_list.call_tasks()
    assert view.task.reason == "opted_out"


async def test_whom_no_channel_reaches_is_called(surgery: Surgery) -> None:
    await surgery.staff_book("2026-03-05T10:00", name="Carla Neri", phone="+393339999999")

    await goes_on(surgery, days=2, hours=2)

    [view] = await surgery.desk.outreach.call_list.call_tasks()
    assert (view.task.reason, view.task.phone) == ("unreachable", "+393339999999")


async def test_a_family_on_one_phone_reads_initials_and_no_treatment(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await surgery.staff_book("2026-03-05T11:00", name="Luca Verdi", phone=MOBILE)

    await goes_on(surgery, days=2, hours=3)

    texts = [seen.text for seen in anna.screen[-2:]]
    assert ["A. V." in texts[0], "L. V." in texts[1]] == [True, True]
    assert not any(word in "".join(texts) for word in ("Anna", "Luca", "controllo"))
    await anna.says("sì")
    assert "10:00 e 11:00" in anna.sees.text


async def test_two_visits_on_one_day_are_one_reminder(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await surgery.staff_book("2026-03-05T15:30", name="Anna Verdi", phone=MOBILE, practitioner="rossi")

    await goes_on(surgery, days=2, hours=2)

    assert "alle 10:00 e 15:30" in anna.sees.text
    assert len([row for row in await rows(surgery) if row.rule == "visit_tomorrow"]) == 1


async def test_who_booked_an_hour_ago_is_not_reminded(surgery: Surgery) -> None:
    anna = await known(surgery)
    await goes_on(surgery, days=2)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    before = anna.sees

    await goes_on(surgery, hours=4)

    assert anna.sees == before
    assert {state for _, state, _ in await told(surgery)} == {"skipped"}


async def test_nobody_is_interrupted_in_the_middle_of_a_booking(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=2, hours=1, minutes=55)
    await anna.says("vorrei prenotare una pulizia")
    asked = anna.sees

    await goes_on(surgery, minutes=6)
    assert anna.sees == asked
    await goes_on(surgery, minutes=16)

    assert "promemoria" in anna.sees.text


async def test_while_a_person_has_the_conversation_the_reminder_waits(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await surgery.desk.staff.desk.take(surgery.contact(anna), "maria")
    before = anna.sees
    await goes_on(surgery, days=2, hours=2)
    assert anna.sees == before

    await surgery.desk.staff.desk.give_back(surgery.contact(anna), "maria")
    await surgery.settled()
    await goes_on(surgery, minutes=11)

    assert "promemoria" in anna.sees.text


class SilentSystem:
    """A practice system that does not answer."""

    async def appointments(self, *, start: datetime, end: datetime, at: datetime) -> tuple[Appointment, ...]:
        raise Unavailable("down")


async def test_while_the_practice_system_is_down_nothing_is_said_and_in_the_end_staff_hear(
    surgery: Surgery,
) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    before = anna.sees
    surgery.desk.outreach.subjects.system = SilentSystem()  # type: ignore[assignment]

    await goes_on(surgery, days=2, hours=2)
    waiting = await told(surgery)
    for _ in range(24):
        await goes_on(surgery, hours=1)

    assert ("visit_tomorrow", "planned", "practice_system") in waiting
    assert anna.sees == before
    assert ("visit_tomorrow", "missed", "practice_system") in await told(surgery)
    tasks = await surgery.desk.outreach.call_list.call_tasks()
    assert [view.task.reason for view in tasks] == ["practice_system"]


async def booked_in_chat(surgery: Surgery) -> Patient:
    """Booked by the patient here, on Thursday, and reminded of it on Wednesday."""
    anna = await known(surgery)
    await anna.says("vorrei prenotare una visita di controllo giovedì mattina")
    for _ in range(8):
        if "Prenotato" in anna.sees.text or "La aspettiamo" in anna.sees.text:
            break
        if anna.sees.choices:
            await anna.taps(anna.sees.titles[0])
        else:
            await anna.says("Anna Verdi")
    [visit] = await surgery.diary()
    assert visit["status"] == "booked"
    await goes_on(surgery, days=2, hours=8)
    assert "promemoria" in anna.sees.text
    return anna

"""Between planning and posting: visits that move, templates that are taken away, processes that die."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from outreach_kit import MOBILE, goes_on, known, rows, told
from sqlalchemy import update

from bench.outreach import changes
from bot.domain.conversation import Refused, SendAction
from bot.domain.outreach import OutreachState
from bot.domain.practice import Practice, SmsAccount
from bot.domain.practice_time import PracticeTime
from bot.domain.templates import TemplateState, TemplateStatus
from bot.storage.diary.tables import APPOINTMENT
from bot.storage.sending.templates import SqlTemplates
from bot.testing import Surgery
from nlu.understanding import Interpreter

ROME = PracticeTime("Europe/Rome")


async def moved(surgery: Surgery, visit: str, to: str) -> None:
    """Staff move a visit, as if long ago."""
    start = int(ROME.instant(datetime.fromisoformat(to)).timestamp())
    values = {
        "starts_at": start,
        "ends_at": start + 1800,
        "blocked_from": start,
        "blocked_to": start + 1800,
    }
    change = update(APPOINTMENT).where(APPOINTMENT.c.id == visit).values(values)
    await surgery.desk.books.database.write(lambda c: c.execute(change).rowcount)


async def test_a_visit_that_moved_is_reminded_of_at_its_new_time_and_once(surgery: Surgery) -> None:
    anna = await known(surgery)
    visit = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=1)
    await moved(surgery, visit, "2026-03-06T11:30")
    before = len(anna.screen)

    await goes_on(surgery, days=1, hours=2)
    await goes_on(surgery, days=1, hours=2)

    texts = [seen.text for seen in anna.screen[before:]]
    assert ["venerdì 6 marzo alle 11:30" in text for text in texts] == [True, True]  # 72 hours, 24 hours


async def test_a_visit_that_moves_there_and_back_again_is_reminded_of_once(surgery: Surgery) -> None:
    anna = await known(surgery)
    visit = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=1)
    await moved(surgery, visit, "2026-03-06T11:30")
    await goes_on(surgery, minutes=1)
    void = [state for rule, state, _ in await told(surgery) if rule == "visit_tomorrow"]
    await moved(surgery, visit, "2026-03-05T10:00")
    before = len(anna.screen)

    await goes_on(surgery, days=1, hours=2)
    await goes_on(surgery, hours=3)

    assert "void" in void
    assert len(anna.screen) == before + 1
    assert "giovedì 5 marzo alle 10:00" in anna.sees.text


async def test_of_what_was_moved_while_it_was_sent_nobody_is_called(surgery: Surgery) -> None:
    await known(surgery)
    visit = await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=2, hours=2)
    await moved(surgery, visit, "2026-03-12T10:00")

    await goes_on(surgery, hours=21)

    assert await surgery.desk.outreach.call_list.call_tasks() == ()


async def template_is(surgery: Surgery, state: TemplateState, *languages: str) -> None:
    templates = SqlTemplates(surgery.desk.books.database, surgery.desk.practice.id)
    for language in languages:
        await templates.note(
            TemplateStatus(
                channel="whatsapp",
                name="visit_tomorrow",
                language=language,
                state=state,
                at=surgery.clock.now(),
            )
        )


async def test_while_a_template_is_paused_the_reminder_waits_for_it(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await template_is(surgery, TemplateState.PAUSED, "it")
    before = anna.sees
    await goes_on(surgery, days=2, hours=2)
    assert anna.sees == before

    await template_is(surgery, TemplateState.APPROVED, "it")
    await goes_on(surgery, minutes=31)

    assert "promemoria" in anna.sees.text


async def test_where_a_language_is_not_approved_the_house_speaks_its_own(surgery: Surgery) -> None:
    anna = await known(surgery, greets="Good morning")
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await template_is(surgery, TemplateState.REJECTED, "en")

    await goes_on(surgery, days=2, hours=2)

    assert "un promemoria da" in anna.sees.text


async def test_within_the_window_no_template_is_needed(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await template_is(surgery, TemplateState.DISABLED, "it", "en", "ru")
    await goes_on(surgery, days=2)
    await anna.says("grazie")

    await goes_on(surgery, hours=2)

    assert "promemoria" in anna.sees.text


def with_texts(practice: Practice) -> Practice:
    account = SmsAccount(number="+390299999999", account_sid="AC1", auth_token="t", webhook_url="https://x")
    return replace(practice, sms=(account,))


async def test_whom_no_chat_reaches_gets_a_text_message(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=with_texts) as surgery:
        surgery.desk.channels["sms"] = surgery.channel  # type: ignore[index]
        await surgery.staff_book("2026-03-05T10:00", name="Carla Neri", phone="+393339999999")

        await goes_on(surgery, days=2, hours=2)

        [seen] = surgery.channel.outbox["+393339999999"]
        assert "giovedì 5 marzo alle 10:00" in seen.text
        assert [row.channel for row in await rows(surgery) if row.state == OutreachState.SENT] == ["sms"]


async def test_what_whatsapp_cannot_deliver_goes_by_text(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=with_texts) as surgery:
        surgery.desk.channels["sms"] = surgery.channel  # type: ignore[index]
        await known(surgery)
        await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
        surgery.channel.outcomes = [Refused(action=SendAction.UNREACHABLE, code=131026)]

        await goes_on(surgery, days=2, hours=2)
        await goes_on(surgery, minutes=1)

        [seen] = surgery.channel.outbox[MOBILE]
        assert "giovedì 5 marzo alle 10:00" in seen.text


async def test_what_no_channel_delivers_is_for_a_call(surgery: Surgery) -> None:
    await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    surgery.channel.outcomes = [Refused(action=SendAction.UNREACHABLE, code=131026)]

    await goes_on(surgery, days=2, hours=2)
    await goes_on(surgery, minutes=1)

    [view] = await surgery.desk.outreach.call_list.call_tasks()
    assert (view.task.reason, view.task.phone) == ("unreachable", MOBILE)


async def test_a_tap_on_a_reminder_in_the_middle_of_a_booking_loses_neither(surgery: Surgery) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=2, hours=2)
    confirm = next(choice for choice in anna.sees.choices if choice.title == "Sì, confermo")
    await anna.says("vorrei prenotare una pulizia per mia figlia")

    await anna.brings(confirm.payload, title=confirm.title)

    text = "\n".join(seen.text for seen in anna.screen[-2:])
    assert "è confermato: giovedì 5 marzo, 10:00" in text
    assert "prenotazione" in text


async def test_random_moves_and_cancellations_leave_nothing_stale_and_the_twin_is_stale() -> None:
    posted, stale, doubled = await changes(160, seed=1, looks_again=True)
    _, stale_twin, _ = await changes(160, seed=1, looks_again=False)

    assert posted > 0
    assert (stale, doubled) == (0, 0)
    assert stale_twin > 0


def test_a_process_that_is_killed_sends_nothing_twice_and_loses_nothing() -> None:
    sizes = ("--rows", "0", "--paced", "0", "--changes", "0", "--kills", "4")
    root = Path(__file__).parents[3]

    ran = subprocess.run(
        [sys.executable, "-m", "bench.outreach", *sizes],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        timeout=300,
        check=False,
    )

    assert "kills: 4; 80 messages, doubled 0, lost 0" in ran.stdout, ran.stdout + ran.stderr

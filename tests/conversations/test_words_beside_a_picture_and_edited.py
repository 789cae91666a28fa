"""What stands beneath a picture, and what a message says after it was edited, is read like any words."""

import pytest

from bot.domain.conversation import InboundKind
from bot.testing import Patient, Seen, Surgery

BOOKING = {
    "it": "controllo giovedì alle 10, Gina Volpe",
    "en": "check-up thursday at 10, Joe Ash",
    "ru": "осмотр в четверг в 10, Яна Лис",
}
YES = {"it": "sì, confermo", "en": "yes", "ru": "да"}
CANCELS = {
    "it": "disdite la visita, allego certificato",
    "en": "cancel my appointment please, doctor's note attached",
    "ru": "отмените запись, вот справка",
}
DAYS = {
    "it": ("controllo mercoledì, Gina Volpe", "controllo giovedì, Gina Volpe", "gio 5/3"),
    "en": ("check-up wednesday, Joe Ash", "check-up thursday, Joe Ash", "Thu 5 Mar"),
    "ru": ("осмотр в среду, Яна Лис", "осмотр в четверг, Яна Лис", "чт 5.03"),
}
NOTED = {"it": "ha modificato il messaggio", "en": "changed your message", "ru": "изменили сообщение"}


async def edits(patient: Patient, words: str) -> list[Seen]:
    """The last message."""
    about = f"wamid.{patient.wa_id}.{patient._messages}"
    return await patient.sends(InboundKind.EDIT, text=words, about=about)


async def statuses(surgery: Surgery) -> list[str]:
    return [row["status"] for row in await surgery.diary()]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_a_yes_and_a_cancellation_beneath_a_picture_count(surgery: Surgery, language: str) -> None:
    patient = surgery.patient()
    await patient.says(BOOKING[language])
    await patient.sends(InboundKind.IMAGE, text=YES[language])
    booked = await statuses(surgery)
    await patient.sends(InboundKind.IMAGE, text=CANCELS[language])
    await patient.says(YES[language])

    assert booked == ["booked"]
    assert await statuses(surgery) == ["cancelled"]


async def test_a_picture_that_shows_what_it_is_begins_nothing(surgery: Surgery) -> None:
    patient = surgery.patient()
    [seen] = await patient.sends(InboundKind.IMAGE, text="look at this")

    assert "I can't look at it myself" in seen.text
    assert seen.titles == ()


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_a_day_that_was_edited_is_taken_over(surgery: Surgery, language: str) -> None:
    before, after, day = DAYS[language]
    patient = surgery.patient()
    await patient.says(before)
    await edits(patient, after)

    assert patient.sees.titles[0].startswith(day)


async def test_an_alarm_in_an_edit_is_heard(surgery: Surgery) -> None:
    patient = surgery.patient()
    await patient.says("check-up wednesday")
    [seen] = await edits(patient, "my throat is closing and I can't breathe")

    assert "112" in seen.text
    assert [one.urgent for one in await surgery.desk.staff.desk.handoffs()] == [True]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_an_edit_of_what_was_done_changes_nothing_and_is_asked_about(
    surgery: Surgery, language: str
) -> None:
    patient = surgery.patient()
    await patient.says(BOOKING[language])
    await patient.says(YES[language])
    await edits(patient, "no" if language != "ru" else "нет")

    assert NOTED[language] in patient.sees.text
    assert await statuses(surgery) == ["booked"]


async def test_an_edit_into_a_yes_answers_no_question_of_now(surgery: Surgery) -> None:
    patient = surgery.patient()
    await patient.says(BOOKING["en"])
    await edits(patient, "yes")

    assert "booked" not in await statuses(surgery)


async def test_a_comma_that_was_added_is_no_news(surgery: Surgery) -> None:
    patient = surgery.patient()
    await patient.says("where are you?")

    assert await edits(patient, "Where are you ?!") == []

""" "Stop" in the middle of a booking: said to the booking, or to every message of ours."""

import pytest
from sqlalchemy import text

from bot.testing import Patient, Surgery

BOOKING = {
    "it": "controllo giovedì alle 10, Gina Volpe",
    "en": "check-up thursday at 10, Joe Ash",
    "ru": "осмотр в четверг в 10, Яна Лис",
}
#: Said of what is being arranged, asked or shown, and of somebody else.
OF_THE_BOOKING = {
    "it": [
        "basta",
        "stop! intendevo venerdì",
        "non mandatemi la lista",
        "non scrivete a mia madre, scrivete a me",
    ],
    "en": ["stop stop stop not that one", "stop, wrong name", "don't stop", "please stop sending lists"],
    "ru": ["мне хватит", "не надо списков, скажите ближайшее", "не пишите маме, пишите мне"],
}
OF_MESSAGES = {
    "it": ["stop", "non scrivetemi più", "basta messaggi per favore", "Lasciatemi in pace"],
    "en": ["STOP", "don't text me again", "please never write to me again", "Stop bothering me"],
    "ru": ["стоп", "больше не пишите", "отпишите меня от рассылки", "Оставьте меня в покое"],
}
GO_ON = {"it": "sì, confermo", "en": "yes book it", "ru": "да, записывайте"}
NOTED = {"it": "Va bene, grazie", "en": "ok thanks", "ru": "ок, спасибо"}
DROPPED = {
    "it": "non è cambiato nulla",
    "en": "nothing has changed in the diary",
    "ru": "ничего не изменилось",
}
TAKEN_BACK = {"it": "anzi no, scrivete pure", "en": "actually no, do send them", "ru": "хотя нет, присылайте"}
AGAIN = {"it": "di nuovo scriverLe", "en": "write to you here again", "ru": "снова можем вам писать"}


def has_opted_out(surgery: Surgery, patient: Patient) -> bool:
    row = surgery.desk.books.database.read_now(
        lambda connection: connection.execute(
            text("SELECT opted_out_at FROM contact WHERE id = :id"), {"id": surgery.contact(patient)}
        ).scalar()
    )
    return row is not None


@pytest.mark.parametrize(
    ("language", "words"),
    [(language, words) for language, several in OF_THE_BOOKING.items() for words in several],
)
async def test_who_stops_the_booking_is_still_reminded(surgery: Surgery, language: str, words: str) -> None:
    patient = surgery.patient()
    await patient.says(BOOKING[language])
    await patient.says(words)

    assert not has_opted_out(surgery, patient)


@pytest.mark.parametrize(
    ("language", "words"),
    [(language, words) for language, several in OF_MESSAGES.items() for words in several],
)
async def test_who_wants_no_messages_hears_that_the_booking_is_dropped_and_can_go_on(
    surgery: Surgery, language: str, words: str
) -> None:
    patient = surgery.patient()
    await patient.says(BOOKING[language])
    asked = patient.sees
    await patient.says(words)
    dropped = patient.sees
    await patient.says(GO_ON[language])

    assert has_opted_out(surgery, patient)
    assert DROPPED[language] in dropped.text
    assert patient.sees.titles == asked.titles
    await patient.says(GO_ON[language])
    assert [row["status"] for row in await surgery.diary()] == ["booked"]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_who_takes_note_of_it_books_nothing(surgery: Surgery, language: str) -> None:
    patient = surgery.patient()
    await patient.says(BOOKING[language])
    await patient.says(OF_MESSAGES[language][0])
    await patient.says(NOTED[language])
    await patient.says(GO_ON[language])

    assert [row["status"] for row in await surgery.diary() if row["status"] == "booked"] == []


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_an_opt_out_is_taken_back_in_the_next_breath(surgery: Surgery, language: str) -> None:
    patient = surgery.patient()
    await patient.says(OF_MESSAGES[language][1])
    await patient.says(TAKEN_BACK[language])

    assert not has_opted_out(surgery, patient)
    assert AGAIN[language] in patient.sees.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("it", "mi avvisate prima?"), ("ru", "напомните заранее?"), ("en", "will you remind me?")],
)
async def test_who_asks_for_reminders_is_not_told_that_they_come_again(
    surgery: Surgery, language: str, words: str
) -> None:
    patient = surgery.patient()
    await patient.says(BOOKING[language])
    await patient.says(words)

    assert not any(AGAIN[language] in seen.text for seen in patient.screen)

"""Patients with several visits say in words which one they mean, and where to it moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

PHONE = "393331234567"
THURSDAY, TUESDAY = "2026-03-05T09:00", "2026-03-10T10:00"
BORN = {"en": "4 may 1980", "it": "4 maggio 1980", "ru": "4 мая 1980"}
CANCEL = {"en": "cancel my visit", "it": "vorrei disdire la visita", "ru": "отмените мой визит"}
MOVE = {"en": "I need to move my visit", "it": "devo spostare la visita", "ru": "надо перенести визит"}
YES = {"en": "yes", "it": "sì", "ru": "да"}
DAYS = {
    "en": ("Thursday 5 March", "Tuesday 10 March"),
    "it": ("giovedì 5 marzo", "martedì 10 marzo"),
    "ru": ("четверг, 5 марта", "вторник, 10 марта"),
}
LATER = {"en": "the later one", "it": "quella dopo", "ru": "который позже"}
BOTH = {"en": "both", "it": "entrambe", "ru": "оба"}
CANCEL_BOTH = {
    "en": "cancel both my appointments",
    "it": "vorrei disdire entrambe le visite",
    "ru": "отмените оба визита",
}
CANCEL_SECOND = {
    "en": "cancel the second one",
    "it": "disdica la seconda",
    "ru": "отмените второй визит",
}
NOT_THIS = {"en": "no, not this one", "it": "no aspetti, quell'altra", "ru": "нет, не этот"}
SAME_TIME = {
    "en": "same time next week",
    "it": "stessa ora la settimana prossima",
    "ru": "в то же время через неделю",
}
TWO_HOURS_LATER = {
    "en": "two hours later same day",
    "it": "due ore dopo, lo stesso giorno",
    "ru": "на два часа позже в тот же день",
}
ITS_OWN_TIME = {"en": "thursday at 9", "it": "giovedì alle 9", "ru": "в четверг в 9"}


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        await staff_book(surgery, THURSDAY, "Anna Rossi", "1980-05-04")
        yield surgery


async def staff_book(surgery: Surgery, start: str, name: str, born: str) -> None:
    await surgery.staff_book(start, name=name, phone=f"+{PHONE}", birth_date=born)


async def standing(surgery: Surgery) -> list[object]:
    return sorted(str(row["start_local"]) for row in await surgery.diary() if row["status"] == "booked")


async def asked_which(surgery: Surgery, language: str) -> Patient:
    """Anna, who has a second visit and is asked which one is to be cancelled."""
    await staff_book(surgery, TUESDAY, "Anna Rossi", "1980-05-04")
    anna = surgery.patient(PHONE)
    await anna.says(CANCEL[language])
    await anna.says(BORN[language])
    return anna


async def test_the_later_one_of_two_is_the_later_one(surgery: Surgery, language: str) -> None:
    anna = await asked_which(surgery, language)
    await anna.says(LATER[language])
    assert DAYS[language][1] in anna.sees.text
    await anna.says(YES[language])

    assert await standing(surgery) == [THURSDAY]


async def test_both_are_cancelled_one_after_the_other(surgery: Surgery, language: str) -> None:
    anna = await asked_which(surgery, language)
    await anna.says(BOTH[language])
    assert DAYS[language][0] in anna.sees.text
    await anna.says(YES[language])
    assert await standing(surgery) == [TUESDAY]
    await anna.says(YES[language])

    assert await standing(surgery) == []


async def test_both_said_at_once_is_not_asked_again(surgery: Surgery, language: str) -> None:
    await staff_book(surgery, TUESDAY, "Anna Rossi", "1980-05-04")
    anna = surgery.patient(PHONE)
    await anna.says(CANCEL_BOTH[language])
    await anna.says(BORN[language])
    await anna.says(YES[language])
    await anna.says(YES[language])

    assert await standing(surgery) == []


async def test_the_second_one_said_at_once_is_not_asked_again(surgery: Surgery, language: str) -> None:
    await staff_book(surgery, TUESDAY, "Anna Rossi", "1980-05-04")
    anna = surgery.patient(PHONE)
    await anna.says(CANCEL_SECOND[language])
    await anna.says(BORN[language])

    assert DAYS[language][1] in anna.sees.text


async def test_not_this_one_is_the_other_one(surgery: Surgery, language: str) -> None:
    anna = await asked_which(surgery, language)
    await anna.taps(anna.sees.titles[0])
    assert DAYS[language][0] in anna.sees.text
    await anna.says(NOT_THIS[language])
    assert DAYS[language][1] in anna.sees.text

    assert await standing(surgery) == [THURSDAY, TUESDAY]


async def test_a_name_in_either_alphabet_is_the_same_person(surgery: Surgery, language: str) -> None:
    await staff_book(surgery, "2026-03-06T10:00", "Leo Rossi", "2016-02-01")
    words = {
        "en": ("I have to cancel Leo's appointment", "1 february 2016", "Friday 6 March"),
        "it": ("devo disdire l'appuntamento di Leo", "1 febbraio 2016", "venerdì 6 marzo"),
        "ru": ("отмените приём Лео", "1 февраля 2016", "пятница, 6 марта"),
    }[language]
    anna = surgery.patient(PHONE)
    await anna.says(words[0])
    await anna.says(words[1])

    assert words[2] in anna.sees.text


@pytest.mark.parametrize(
    ("wishes", "day", "hour"), [(SAME_TIME, "12", "09:00"), (TWO_HOURS_LATER, "5", "11:00")]
)
async def test_a_move_counts_from_the_visit(
    surgery: Surgery, language: str, wishes: dict[str, str], day: str, hour: str
) -> None:
    anna = surgery.patient(PHONE)
    await anna.says(MOVE[language])
    await anna.says(BORN[language])
    await anna.says(wishes[language])
    await anna.says(YES[language])

    assert await standing(surgery) == [f"2026-03-{int(day):02d}T{hour}"]


async def test_the_time_that_a_visit_has_is_no_new_one(surgery: Surgery, language: str) -> None:
    anna = surgery.patient(PHONE)
    await anna.says(MOVE[language])
    await anna.says(BORN[language])
    await anna.says(ITS_OWN_TIME[language])

    assert len(anna.sees.choices) > 1
    assert not any(title.endswith("09:00") and " 5" in title for title in anna.sees.titles)

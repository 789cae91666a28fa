"""Whoever has a visit already and writes about their teeth, or about that visit: no other one is begun."""

import pytest
from visit_words import ANNA, anna_with_a_visit, openings, words_of_visits

from bot.testing import Patient, Surgery

Words = dict[str, str]

TROUBLE = {
    "it": (
        "mi sanguina un po' la gengiva quando lavo i denti",
        "il dente ora fa più male",
        "mi fa male un dente",
    ),
    "en": ("my gum bleeds a bit when I brush", "the tooth hurts more now", "I've got a toothache"),
    "ru": ("десна немного кровоточит, когда чищу", "зуб стал болеть сильнее", "болит зуб"),
}
OF_ANOTHER = {
    "it": "mia figlia ha mal di denti",
    "en": "my daughter has a toothache",
    "ru": "у дочки болит зуб",
}
OTHERWISE = {
    "it": (
        "può venire mio marito al posto mio?",
        "vorrei un altro dentista per la mia visita",
        "posso cambiare dentista?",
        "fate una pulizia invece del controllo",
    ),
    "en": (
        "can my husband come instead of me",
        "I'd like another dentist for my visit",
        "can I see a different dentist?",
        "make it a cleaning instead of a check-up",
    ),
    "ru": (
        "можно муж придёт вместо меня?",
        "хочу к другому врачу на мой визит",
        "можно поменять врача?",
        "сделайте чистку вместо осмотра",
    ),
}
#: A booking, and what somebody else said.
NOT_OTHERWISE = {
    "it": (
        "vorrei prenotare una pulizia con un altro dentista",
        "un altro dentista mi ha detto che serve un'otturazione",
    ),
    "en": ("I'd like to book a cleaning with another dentist", "another dentist told me I need a filling"),
    "ru": ("запишите меня на чистку к другому врачу", "другой врач сказал, что нужна пломба"),
}
YES = {"it": "sì", "en": "yes please", "ru": "да"}

words = words_of_visits
anna = anna_with_a_visit


async def reasons(surgery: Surgery) -> list[str]:
    return [waiting.reason for waiting in await surgery.desk.staff.desk.handoffs()]


async def booked(surgery: Surgery) -> int:
    return sum(row["status"] == "booked" for row in await surgery.diary())


@pytest.mark.parametrize("number", range(3))
async def test_trouble_before_a_visit_is_told_which_stands_and_offered_sooner(
    surgery: Surgery, anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(TROUBLE[language][number])
    told = anna.sees
    await anna.says(YES[language])

    assert words["thursday at"] in told.text
    assert len(told.titles) == 3
    assert openings(anna.sees) != [] or words["thursday at"] in anna.sees.text
    assert await booked(surgery) == 1


async def test_trouble_of_somebody_else_is_a_booking(anna: Patient, words: Words, language: str) -> None:
    await anna.says(OF_ANOTHER[language])

    assert words["thursday at"] not in anna.sees.text


@pytest.mark.parametrize("number", range(3))
async def test_trouble_without_a_visit_is_booked(
    surgery: Surgery, words: Words, language: str, number: int
) -> None:
    patient = surgery.patient(ANNA)
    await patient.says(TROUBLE[language][number])
    await patient.says(words["name"])

    assert len(patient.sees.titles) > 1  # what the visit is for, or when
    assert words["thursday at"] not in patient.sees.text


@pytest.mark.parametrize("number", range(4))
async def test_who_comes_and_what_for_a_colleague_changes(
    surgery: Surgery, anna: Patient, words: Words, language: str, number: int
) -> None:
    seen = await anna.says(OTHERWISE[language][number])

    assert words["thursday at"] in seen[0].text
    assert await reasons(surgery) == ["visit_otherwise"]
    assert await booked(surgery) == 1


@pytest.mark.parametrize("number", range(2))
async def test_another_dentist_is_no_change_of_a_visit_by_itself(
    surgery: Surgery, anna: Patient, language: str, number: int
) -> None:
    await anna.says(NOT_OTHERWISE[language][number])

    assert await reasons(surgery) == []


@pytest.mark.parametrize("number", range(4))
async def test_a_change_of_a_visit_that_is_not_known_is_passed_on(
    surgery: Surgery, language: str, number: int
) -> None:
    patient = surgery.patient(ANNA)
    await patient.says(OTHERWISE[language][number])

    assert await reasons(surgery) == ["visit_otherwise"]

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
YES = {"it": "sì", "en": "yes please", "ru": "да"}

words = words_of_visits
anna = anna_with_a_visit


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

"""Whoever cannot come says so in the shortest words there are; nobody's name is changed by them."""

import pytest
from visit_words import anna_with_a_visit, words_of_visits

from bot.testing import Patient, Surgery

words = words_of_visits
anna = anna_with_a_visit

NOT_MANAGED = {
    "it": ["giov non ce la faccio", "gio non ce la fo", "purtroppo non ce la facciamo"],
    "en": ["thursday I can't make it", "I won't manage it thursday", "sorry can't make it"],
    "ru": ["в четверг не выберусь", "в четверг не смогу", "к сожалению, не доберусь"],
}
IN_A_WORD = {
    "it": ["disdici", "Disdica", "annulla"],
    "en": ["cancel", "cancel it please"],
    "ru": ["отмена", "отмените пожалуйста"],
}
SHALL_I_CANCEL = {
    "it": "Disdico questa visita?",
    "en": "Shall I cancel this visit?",
    "ru": "Отменить этот визит?",
}


@pytest.mark.parametrize("number", range(3))
async def test_who_will_not_manage_it_is_asked_whether_to_cancel(
    surgery: Surgery, anna: Patient, words: dict[str, str], language: str, number: int
) -> None:
    await anna.says(NOT_MANAGED[language][number])

    assert SHALL_I_CANCEL[language] in anna.sees.text
    assert surgery.staff.told == []


@pytest.mark.parametrize("number", range(2))
async def test_one_word_of_our_own_button_calls_the_visit_off(
    anna: Patient, words: dict[str, str], language: str, number: int
) -> None:
    await anna.says(IN_A_WORD[language][number])

    assert SHALL_I_CANCEL[language] in anna.sees.text

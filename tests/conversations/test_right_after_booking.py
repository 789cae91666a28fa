"""Right after "You're booked": what is called off or put at another hour then is that visit."""

import pytest
from visit_words import ANNA, VISITS, book

from bot.testing import Surgery

CALLS_IT_OFF = {
    "it": ["no niente, annulli pure", "lasci stare", "niente, lasci perdere, non vengo più"],
    "en": ["never mind, cancel it", "scrap that", "forget it, i can't come after all"],
    "ru": ["ладно, забудьте", "ой нет, отменяйте", "не надо, передумала"],
}
AT_ELEVEN = {
    "it": ["anzi facciamo alle 11", "anzi meglio alle 11"],
    "en": ["let's say 11 actually, thanks", "can we make it 11 instead"],
    "ru": ["давайте лучше в 11", "ой, давайте на 11"],
}
GLAD = {
    "it": ["grazie, a giovedì", "perfetto, alle 9", "no grazie"],
    "en": ["thanks, see you thursday", "great, see you at 9", "no thanks"],
    "ru": ["спасибо, до четверга", "отлично, увидимся в 9", "нет спасибо"],
}


@pytest.mark.parametrize("number", range(3))
async def test_who_calls_it_off_at_once_is_asked_whether_to_cancel(
    surgery: Surgery, language: str, number: int
) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    await anna.says(CALLS_IT_OFF[language][number])
    assert words["thursday at"] in anna.sees.text
    await anna.says(words["yes"])

    assert [row["status"] for row in await surgery.diary()] == ["cancelled"]


@pytest.mark.parametrize("number", range(2))
async def test_another_hour_is_of_the_day_of_that_visit(surgery: Surgery, language: str, number: int) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    await anna.says(AT_ELEVEN[language][number])
    await anna.says(words["yes"])

    booked = [row["start_local"] for row in await surgery.diary() if row["status"] == "booked"]
    assert booked == ["2026-03-05T11:00"]


@pytest.mark.parametrize("number", range(3))
async def test_who_is_glad_changes_nothing(surgery: Surgery, language: str, number: int) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    await anna.says(GLAD[language][number])

    assert anna.sees.titles == ()
    assert [(row["status"], row["start_local"]) for row in await surgery.diary()] == [
        ("booked", "2026-03-05T09:00")
    ]

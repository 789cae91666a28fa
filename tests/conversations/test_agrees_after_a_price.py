"""Who hears what a visit costs and agrees to book is booked, and not thanked."""

import pytest

from bot.testing import Surgery

ASKS = {"it": "quanto costa una pulizia?", "en": "How much is a cleaning?", "ru": "сколько стоит чистка?"}
AGREES = {
    "it": ("va bene prenoto", "ok la prenoto"),
    "en": ("ok book me one", "great, book it"),
    "ru": ("хорошо, записывайте", "тогда запишите"),
}
NAME = {"en": "first and last name", "it": "nome e cognome", "ru": "имя и фамилию"}


@pytest.mark.parametrize("number", range(2))
async def test_who_agrees_is_booked(surgery: Surgery, language: str, number: int) -> None:
    patient = surgery.patient()
    await patient.says(ASKS[language])
    await patient.says(AGREES[language][number])

    assert NAME[language] in patient.sees.text

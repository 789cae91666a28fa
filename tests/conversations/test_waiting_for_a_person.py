"""The first words of an emergency, and what patients hear while they wait for a person."""

from pathlib import Path

import pytest
from phrases import WORDS

from bot.testing import Surgery
from nlu.understanding import Interpreter

AUTOMATIC = {"it": "messaggio automatico", "en": "automatic message", "ru": "автоматическое сообщение"}
KNOCKED_OUT = {
    "it": "mi è saltato via un dente per un colpo",
    "en": "my tooth got knocked out",
    "ru": "мне выбили зуб",
}
WHEN_OPEN = {"it": "al più presto", "en": "as soon as possible", "ru": "как можно скорее"}
WHEN_CLOSED = {"it": "domani dalle 9:00", "en": "tomorrow from 9:00", "ru": "завтра с 9:00"}
A_PERSON = {
    "it": "vorrei parlare con una persona",
    "en": "I want to talk to a person",
    "ru": "хочу поговорить с человеком",
}


@pytest.mark.parametrize("language", ["it", "en", "ru"])
@pytest.mark.parametrize("words", ["cannot breathe", "knocked out"])
async def test_the_first_words_of_an_emergency_hear_who_answers_after_what_to_do(
    tmp_path: Path, interpreter: Interpreter, language: str, words: str
) -> None:
    said = {**WORDS[language], "knocked out": KNOCKED_OUT[language]}[words]
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        what_to_do, who_answers = await surgery.patient().says(said)

    assert "112" in what_to_do.text
    assert AUTOMATIC[language] in who_answers.text


@pytest.mark.parametrize("language", ["it", "en", "ru"])
@pytest.mark.parametrize(
    ("at", "when"), [("2026-03-02T10:00+01:00", WHEN_OPEN), ("2026-03-02T20:00+01:00", WHEN_CLOSED)]
)
async def test_who_asks_again_while_waiting_hears_when_somebody_answers(
    tmp_path: Path, interpreter: Interpreter, language: str, at: str, when: dict[str, str]
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=at) as surgery:
        anna = surgery.patient()
        await anna.says(A_PERSON[language])
        [again] = await anna.says(A_PERSON[language])
        after = await anna.says(WORDS[language]["thanks"])

    assert when[language] in again.text
    assert "+39 02 0000 0000" in again.text
    assert after == []

"""Whatever is being asked: questions are answered, a person comes, emergencies are heard."""

from datetime import timedelta

import pytest
from conversation_kit import MONDAY_NINE, House, Patient

Words = dict[str, str]
STEPS = ("name", "visit", "day", "opening", "confirmation")


@pytest.fixture(params=STEPS)
def step(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def bring(anna: Patient, words: Words, step: str) -> None:
    """To the question of that step."""
    await anna.says(words["book"])
    for done in STEPS[: STEPS.index(step)]:
        await (anna.says(words["name"]) if done == "name" else anna.taps(anna.titles[0]))


async def test_a_question_is_answered_and_the_same_is_asked_again(
    anna: Patient, words: Words, step: str
) -> None:
    await bring(anna, words, step)
    asked = (anna.text.split("\n\n")[-1], anna.titles)
    await anna.says(words["opening hours"])

    assert "9:00–13:00" in anna.text
    assert (anna.text.split("\n\n")[-1], anna.titles) == asked
    assert len(anna.sees) == 1


async def test_a_person_is_called_in_one_message(anna: Patient, words: Words, step: str) -> None:
    await bring(anna, words, step)
    await anna.says(words["operator"])

    assert anna.handed_over == ["asked"]
    assert (len(anna.sees), anna.titles) == (1, ())


async def test_back_from_a_person_the_same_is_asked(anna: Patient, words: Words, step: str) -> None:
    await bring(anna, words, step)
    titles = anna.titles
    await anna.says(words["operator"])
    await anna.handed_back()

    assert (len(anna.sees), anna.titles) == (1, titles)


async def test_forget_it_ends_the_booking(house: House, anna: Patient, words: Words, step: str) -> None:
    await bring(anna, words, step)
    await anna.says(words["forget it"])

    assert anna.conversation.stack == ()
    assert (len(anna.sees), anna.titles) == (1, ())
    assert await house.held() == []


async def test_an_emergency_is_heard_first(anna: Patient, words: Words, step: str) -> None:
    await bring(anna, words, step)
    await anna.says(words["cannot breathe"])

    assert "112" in anna.text
    assert anna.titles == ()
    assert anna.handed_over == ["emergency"]


@pytest.mark.parametrize(
    ("later", "it", "en", "ru"),
    [
        (timedelta(), "al più presto", "as soon as possible", "как можно скорее"),
        (timedelta(hours=4, minutes=30), "oggi dalle 14:00", "today from 14:00", "сегодня с 14:00"),
        (timedelta(hours=14), "domani dalle 9:00", "tomorrow from 9:00", "завтра с 9:00"),
        (timedelta(days=5), "lunedì dalle 9:00", "Monday from 9:00", "в понедельник с 9:00"),
    ],
)
async def test_whoever_waits_for_a_person_hears_the_truth_about_when(
    house: House, words: Words, language: str, later: timedelta, it: str, en: str, ru: str
) -> None:
    house.clock.move(seconds=(MONDAY_NINE + later - house.clock.now()).total_seconds())
    anna = house.patient("anna")
    await anna.says(words["operator"])

    assert anna.text.endswith({"it": it, "en": en, "ru": ru}[language] + ".")

"""Second thoughts where a visit is cancelled or was just booked: only a yes cancels, and regret is heard."""

import pytest
from visit_words import THURSDAY, anna_with_a_visit, openings, words_of_visits

from bot.testing import Patient, Surgery

Words = dict[str, str]

ANOTHER_TIME = {
    "it": ["avete venerdì?", "sì e mi prenoti venerdì"],
    "en": ["do you have friday instead?", "yes and book me for friday"],
    "ru": ["а в пятницу есть?", "да и запишите на пятницу"],
}
A_WEEK_LATER = {
    "it": "settimana prossima stessa ora",
    "en": "next week same time",
    "ru": "на следующей неделе в то же время",
}
NO_YES = {
    "it": ["la prima", "e quando potrei venire?"],
    "en": ["the first", "ok and when can I come instead"],
    "ru": ["первую", "ок а когда тогда можно"],
}
BECAUSE = {
    "it": "sì, giovedì sono via",
    "en": "yes please, I'm away on thursday",
    "ru": "да, в четверг я уезжаю",
}
REGRETS = {
    "it": ["anzi no, la tengo", "ho sbagliato tasto", "la rivoglio", "anzi ce la faccio"],
    "en": ["no wait, keep it", "I tapped by mistake", "can I have it back?", "actually I can make it"],
    "ru": ["ой нет, оставьте", "нажала случайно", "верните запись", "я передумала, приду"],
}
FRIDAY_THEN = {
    "it": "mi metta venerdì allora",
    "en": "book me for friday instead",
    "ru": "запишите на пятницу",
}
WRONG_DAY = {
    "it": ["ops giorno sbagliato", "ho sbagliato giorno"],
    "en": ["oops wrong day", "wrong time, sorry"],
    "ru": ["ой, не тот день", "перепутала дату"],
}
NOT_MEANT = {"it": "ho cliccato per sbaglio", "en": "sorry, tapped by mistake", "ru": "нажала случайно"}


words = words_of_visits
anna = anna_with_a_visit


async def diary(surgery: Surgery) -> list[tuple[object, object]]:
    return sorted((str(row["status"]), row["start_local"]) for row in await surgery.diary())


@pytest.mark.parametrize("number", range(2))
async def test_another_time_named_where_a_visit_waits_to_be_cancelled_moves_it(
    surgery: Surgery, anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(words["cancel"])
    await anna.says(ANOTHER_TIME[language][number])
    assert openings(anna.sees) and words["thursday at"] in anna.sees.text
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["yes"])

    [(status, start)] = await diary(surgery)
    assert status == "booked" and start != THURSDAY
    assert words["moved"] in anna.sees.text


async def test_the_same_time_a_week_later_is_one_time_and_asked_for(
    surgery: Surgery, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["cancel"])
    await anna.says(A_WEEK_LATER[language])
    await anna.says(words["yes"])

    assert await diary(surgery) == [("booked", "2026-03-12T09:00")]
    assert words["moved"] in anna.sees.text


@pytest.mark.parametrize("number", range(2))
async def test_a_place_in_a_list_or_a_question_cancels_nothing(
    surgery: Surgery, anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(words["cancel"])
    await anna.says(NO_YES[language][number])

    assert await diary(surgery) == [("booked", THURSDAY)]
    assert words["thursday at"] in anna.sees.text


async def test_a_yes_that_tells_why_cancels(
    surgery: Surgery, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["cancel"])
    await anna.says(BECAUSE[language])

    assert await diary(surgery) == [("cancelled", THURSDAY)]


@pytest.mark.parametrize("number", range(4))
async def test_whoever_regrets_a_cancellation_gets_the_same_time_back(
    surgery: Surgery, anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(words["cancel"])
    await anna.says(words["yes"])
    await anna.says(REGRETS[language][number])
    assert await diary(surgery) == [("cancelled", THURSDAY), ("held", THURSDAY)]
    assert words["thursday at"] in anna.sees.text and words["name"] in anna.sees.text
    await anna.says(words["yes"])

    assert await diary(surgery) == [("booked", THURSDAY), ("cancelled", THURSDAY)]


async def test_a_time_that_somebody_else_has_by_then_is_not_promised(
    surgery: Surgery, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["cancel"])
    await anna.says(words["yes"])
    await surgery.staff_book(THURSDAY, name="Leo Neri", phone="+393339999999")
    await anna.says(REGRETS[language][0])

    assert openings(anna.sees)
    assert "held" not in {status for status, _ in await diary(surgery)}


async def test_another_day_named_after_cancelling_is_for_the_same_visit(
    anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["cancel"])
    await anna.says(words["yes"])
    await anna.says(FRIDAY_THEN[language])

    assert openings(anna.sees)
    assert all(" 6" in title for title in openings(anna.sees))


@pytest.mark.parametrize("number", range(2))
async def test_the_wrong_day_noticed_after_booking_is_moved(
    surgery: Surgery, anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(WRONG_DAY[language][number])

    assert words["thursday at"] in anna.sees.text
    assert len(anna.sees.titles) == 3
    assert await diary(surgery) == [("booked", THURSDAY)]


async def test_a_booking_by_mistake_is_cancelled_on_a_yes_only(
    surgery: Surgery, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(NOT_MEANT[language])
    assert await diary(surgery) == [("booked", THURSDAY)]
    await anna.says(words["yes"])

    assert await diary(surgery) == [("cancelled", THURSDAY)]

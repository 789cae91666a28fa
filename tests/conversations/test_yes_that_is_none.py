"""A yes that is taken back, put off, tied to a condition or not all that was said: nothing is done by it."""

from pathlib import Path

import pytest
from conversation_kit import House, Patient, to_the_confirmation
from visit_words import ANNA, VISITS, book

from bot.testing import Patient as AtTheDesk
from bot.testing import Surgery
from nlu.understanding import Interpreter

Words = dict[str, str]

TAKEN_BACK = {
    "it": ["sì cioè no", "sì anzi no", "ok aspetti no"],
    "en": ["yes actually wait no", "ok no not that one", "yes I changed my mind"],
    "ru": ["да хотя нет", "да нет наверное", "да, я передумала"],
}
PUT_OFF = {
    "it": ["ok un attimo", "sì aspetti", "va bene, prima devo sentire mio marito"],
    "en": ["ok wait", "ok hang on", "ok one sec", "yes, let me check my diary"],
    "ru": ["ок подождите", "да, минутку", "хорошо, сначала спрошу мужа"],
}
TIED = {
    "it": [
        "ok se è con la dottoressa",
        "sì, a patto che possa venire il cane",
        "va bene ma solo se è gratis",
    ],
    "en": ["ok if it's with a woman", "yes as long as I can bring my dog", "yes, unless it costs extra"],
    "ru": ["ок если к женщине", "да, если можно с собакой", "хорошо, только если без боли"],
}
STANDS = {
    "it": ["sì, se possibile", "ok, se cambia qualcosa vi avviso", "sì, non c'è problema"],
    "en": ["yes if that's ok", "yes book it, I'll call if anything changes", "yes no problem, can't wait"],
    "ru": ["да, если можно", "да, если что напишу", "да нет проблем"],
}
IF_FREE = {
    "it": "sì se non si paga, altrimenti la tengo",
    "en": "yes if it's free of charge, otherwise no",
    "ru": "да, если бесплатно, иначе оставьте",
}
MORE_THAN_YES = {
    "it": ["sì e anche per mio figlio piccolo", "va bene, facciamo per due persone", "sì come no ahah"],
    "en": ["ok provisionally", "fine, make it two people", "yeah right lol"],
    "ru": ["ок предварительно", "хорошо, давайте на двоих", "ага конечно ахах"],
}
ONE_MORE = {"it": "sì e anche quella di mio figlio", "en": "yes and my son's too", "ru": "да и сына тоже"}
HOW_TO_COME = {"it": "ok e come ci arrivo", "en": "ok and how do i get there", "ru": "ок а как доехать"}
LATER = {
    "it": "ok grazie, Le faccio sapere",
    "en": "ok thanks, i'll let you know",
    "ru": "ок спасибо, я сообщу",
}
ANOTHER_DAY = {"it": "ok venerdì", "en": "ok friday", "ru": "ок в пятницу"}
THE_FIRST = {"it": "la prima", "en": "the first one", "ru": "первое"}
NOT_SURE = {"it": "Non sono sicuro", "en": "I'm not sure", "ru": "Я не уверен"}


@pytest.mark.parametrize("number", range(3))
async def test_a_yes_that_is_taken_back_lets_go_of_the_time(
    house: House, anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(TAKEN_BACK[language][number])

    assert (await house.booked(), await house.held()) == ([], [])
    assert anna.openings


@pytest.mark.parametrize("number", range(3))
async def test_whoever_says_yes_but_wait_is_given_time(
    house: House, anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    question = anna.text
    await anna.says(PUT_OFF[language][number])
    assert (await house.booked(), await house.held()) == ([], [])
    assert anna.slots["thinking_it_over"] is True
    await anna.says(words["yes"])
    assert anna.text == question
    await anna.says(words["yes"])

    assert len(await house.booked()) == 1


@pytest.mark.parametrize("number", range(3))
async def test_a_yes_with_a_condition_is_asked_for_again(
    house: House, anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    question, titles = anna.text, anna.titles
    await anna.says(TIED[language][number])
    assert await house.booked() == []
    assert anna.titles == titles
    assert anna.text.endswith(question) and anna.text != question
    await anna.says(words["yes"])

    assert len(await house.booked()) == 1


@pytest.mark.parametrize("number", range(3))
async def test_a_polite_if_and_a_promise_leave_the_yes_standing(
    house: House, anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(STANDS[language][number])

    assert len(await house.booked()) == 1


async def test_a_time_named_with_a_condition_is_no_yes_either(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(
        {"it": "ok, le 9 se è con una donna", "en": "ok 9 if it's with a woman"}.get(
            language, "ок, в 9, если к женщине"
        )
    )

    assert await house.booked() == []


@pytest.mark.parametrize("answer", [TAKEN_BACK, PUT_OFF, TIED])
async def test_a_visit_is_not_cancelled_by_half_a_yes(
    surgery: Surgery, language: str, answer: dict[str, list[str]]
) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    await anna.says(words["cancel"])
    await anna.says(answer[language][0])

    assert [row["status"] for row in await surgery.diary()] == ["booked"]


async def test_the_rule_for_cancelling_answers_if_it_is_free(surgery: Surgery, language: str) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    await anna.says(words["cancel"])
    titles = anna.sees.titles
    await anna.says(IF_FREE[language])

    assert [row["status"] for row in await surgery.diary()] == ["booked"]
    assert anna.sees.titles == titles


async def test_who_thinks_about_cancelling_hears_that_the_visit_stays(
    surgery: Surgery, language: str
) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    await anna.says(words["cancel"])
    await anna.says(PUT_OFF[language][0])

    stays = {"it": "resta com'è", "en": "stays as it is", "ru": "остаётся как есть"}
    assert stays[language] in anna.sees.text


async def test_a_visit_is_not_moved_by_half_a_yes(surgery: Surgery, language: str) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    before = [row["start_local"] for row in await surgery.diary()]
    for half in (TAKEN_BACK, PUT_OFF, TIED):
        await _to_the_new_time(anna, words)
        await anna.says(half[language][0])
        assert [r["start_local"] for r in await surgery.diary() if r["status"] == "booked"] == before
        await anna.says(words["forget it"])

    assert [r["start_local"] for r in await surgery.diary() if r["status"] == "booked"] == before


async def _to_the_new_time(anna: AtTheDesk, words: Words) -> None:
    await anna.says(words["move"])
    await anna.says(words["monday afternoon"])
    await anna.brings(anna.sees.choices[0].payload)


@pytest.mark.parametrize("number", range(3))
async def test_a_yes_beside_which_more_is_said_is_asked_for_again(
    house: House, anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    question, titles = anna.text, anna.titles
    await anna.says(MORE_THAN_YES[language][number])
    assert await house.booked() == []
    if number:  # a mention of somebody else may change who comes
        assert anna.text.startswith(NOT_SURE[language]) and anna.text.endswith(question)
        assert anna.titles == titles
        await anna.says(words["yes"])
        assert len(await house.booked()) == 1


async def test_a_question_behind_a_yes_is_answered_before_anything_is_booked(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    question = anna.text
    await anna.says(HOW_TO_COME[language])

    assert await house.booked() == []
    assert anna.text.endswith(question)
    assert house.practice.address in anna.text.removesuffix(question)


async def test_a_yes_with_the_name_on_the_screen_is_one(surgery: Surgery, language: str) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await anna.says(words["book"])
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(f"{words['yes']}, {words['name']}")

    assert [row["status"] for row in await surgery.diary()] == ["booked"]


@pytest.mark.parametrize("answer", [LATER, HOW_TO_COME, ONE_MORE, THE_FIRST, ANOTHER_DAY])
async def test_a_visit_is_not_cancelled_by_more_than_a_yes(
    surgery: Surgery, language: str, answer: Words
) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    await anna.says(words["cancel"])
    await anna.says(answer[language])

    assert [row["status"] for row in await surgery.diary()] == ["booked"]


@pytest.mark.parametrize("answer", [LATER, HOW_TO_COME, ONE_MORE, THE_FIRST])
async def test_a_visit_is_not_moved_by_more_than_a_yes(
    surgery: Surgery, language: str, answer: Words
) -> None:
    words, anna = VISITS[language], surgery.patient(ANNA)
    await book(anna, words["book"])
    before = [row["start_local"] for row in await surgery.diary()]
    await _to_the_new_time(anna, words)
    await anna.says(answer[language])

    assert [r["start_local"] for r in await surgery.diary() if r["status"] == "booked"] == before


SEE_YOU = {
    "it": ("controllo giovedì alle 9, Anna Conti", "ok ci vediamo giovedì", "ok ci vediamo venerdì"),
    "en": ("check-up thursday at 9, Jane Fox", "ok thanks see you thursday", "ok thanks see you friday"),
    "ru": ("осмотр в четверг в 9, Анна Белова", "отлично, до четверга", "отлично, до пятницы"),
}


async def test_see_you_on_the_day_that_is_offered_books_and_on_another_does_not(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    asks, that_day, another = SEE_YOU[language]
    for number, (said, status) in enumerate([(another, "held"), (that_day, "booked")]):
        async with Surgery.open(tmp_path / str(number), interpreter=interpreter) as surgery:
            anna = surgery.patient(ANNA)
            await anna.says(asks)
            await anna.says(said)

            assert (status == "booked") is ([row["status"] for row in await surgery.diary()] == ["booked"])


CANNOT_COME = {"it": "ok ma non posso", "en": "ok I can't make it then", "ru": "да, не могу"}


async def test_who_cannot_come_has_not_agreed(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(CANNOT_COME[language])

    assert await house.booked() == []

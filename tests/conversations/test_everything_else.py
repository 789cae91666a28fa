"""What a front desk is asked besides visits: facts of the practice, delays, complaints, another language."""

from dataclasses import replace
from datetime import time

import pytest
from conversation_kit import House, Patient, offered, to_the_offer
from phrases import WORDS

Words = dict[str, str]

#: A topic, its question in each language, and what is said when practice.yml says nothing.
UNTOLD = {
    "parking": ("dove posso parcheggiare?", "where can I park?", "где припарковаться?"),
    "payment": ("come posso pagare?", "how can I pay?", "как можно оплатить?"),
    "insurance": ("siete convenzionati?", "do you take my insurance?", "вы принимаете страховку?"),
    "accessibility": ("c'è l'ascensore?", "is there a lift?", "есть лифт?"),
    "children": ("visitate anche i bambini?", "do you see children?", "вы принимаете детей?"),
    "cancellation": (
        "cosa succede se disdico tardi?",
        "is there a fee if I cancel late?",
        "есть ли штраф за позднюю отмену?",
    ),
    "languages": ("che lingue parlate?", "what languages do you speak?", "на каких языках вы говорите?"),
}
PLACE = {"it": 0, "en": 1, "ru": 2}
TOLD = {"it": "Lo dice lo studio.", "en": "The practice says so.", "ru": "Так говорит клиника."}
KIND = {
    "fear": ("ho paura del dentista", "I'm scared of the dentist", "я боюсь стоматологов"),
    "hygiene": ("gli strumenti sono sterili?", "are the tools sterile?", "инструменты стерильные?"),
    "duration": ("quanto dura la visita?", "how long does the visit take?", "сколько длится приём?"),
}
STRANGERS = {
    "jobs": ("vorrei mandarvi il curriculum", "I'd like to send you my CV", "хочу отправить вам резюме"),
    "suppliers": (
        "vendiamo materiali dentali, vorrei presentarvi i prodotti",
        "we sell dental materials, I'd like to present our products",
        "мы поставляем стоматологические материалы, хотим показать продукцию",
    ),
    "wrong_number": ("scusi, ho sbagliato numero", "sorry, wrong number", "извините, ошиблась номером"),
}
TO_A_PERSON = {
    "clinical_question": (
        "posso prendere l'ibuprofene?",
        "which antibiotic should I take?",
        "какой антибиотик пить?",
    ),
    "invoices": ("mi mandate la fattura?", "can you send me my invoice?", "пришлите чек, пожалуйста"),
    "complaint": ("vorrei fare un reclamo", "I want to make a complaint", "хочу пожаловаться"),
    "my_data": ("che dati avete su di me?", "what do you know about me?", "какие данные обо мне вы храните?"),
    "practitioner": (
        "voglio parlare con il dottor Rossi",
        "I want to talk to Dr Rossi",
        "хочу поговорить с доктором Росси",
    ),
}
PRICES = ("quanto costa la prima visita?", "how much is the first visit?", "сколько стоит первичный приём?")
LATE = ("sono in ritardo", "I'm running late", "я опаздываю")
LATE_BY_TEN = (
    "arrivo con 10 minuti di ritardo",
    "I'll be 10 minutes late, sorry",
    "опаздываю на 10 минут",
)
CAN_I_COME = ("posso venire venerdì?", "can I come on Friday?", "можно прийти в пятницу?")
PREPARE = (
    "come mi preparo per la prima visita di giovedì?",
    "how do I prepare for my first visit on Thursday?",
    "как подготовиться к первичному приёму в четверг?",
)
AT_THREE = ("alle 15", "at 3pm", "в 15:00")
NOT_THEN = {"it": "non c'è posto", "en": "Nothing is free exactly then", "ru": "свободных мест нет"}
SPEAK = {
    "it": ("can we speak English, please?", "let's go on in English", "en"),
    "en": ("по-русски, пожалуйста", "продолжим по-русски", "ru"),
    "ru": ("parliamo italiano", "continuiamo in italiano", "it"),
}
FRENCH = ("parlate francese?", "do you speak French?", "вы говорите по-французски?")
OFFERED_LANGUAGES = {"it": "italiano", "en": "Italian", "ru": "итальянский"}
WITH_ROSSI = {
    "it": "vorrei una prima visita con il dottor Rossi",
    "en": "I'd like a first visit with Dr Rossi",
    "ru": "хочу на первичный приём к доктору Росси",
}
JOB_TEXT = {"it": "curriculum", "en": "CV", "ru": "резюме"}


@pytest.mark.parametrize("topic", UNTOLD)
async def test_what_the_practice_does_not_say_is_to_be_asked_on_the_phone(
    anna: Patient, house: House, language: str, topic: str
) -> None:
    await anna.says(UNTOLD[topic][PLACE[language]])

    assert house.practice.phone in anna.text
    assert anna.handed_over == []


@pytest.mark.parametrize("topic", [*UNTOLD, *KIND])
async def test_what_the_practice_says_is_said(house: House, language: str, topic: str) -> None:
    house.practice = replace(house.practice, answers={topic: TOLD})
    anna = house.patient("anna")
    await anna.says({**UNTOLD, **KIND}[topic][PLACE[language]])

    assert TOLD[language] in anna.text
    assert anna.handed_over == []


@pytest.mark.parametrize("topic", [*KIND, *STRANGERS])
async def test_nobody_needs_a_person_for_what_can_be_said_kindly(
    anna: Patient, language: str, topic: str
) -> None:
    await anna.says(WORDS[language]["hello"])
    await anna.says({**KIND, **STRANGERS}[topic][PLACE[language]])

    assert len(anna.sees) == 1
    assert (anna.titles, anna.handed_over) == ((), [])


async def test_prices_come_from_the_practice(house: House, language: str) -> None:
    first, cleaning = house.practice.visit_types
    house.practice = replace(house.practice, visit_types=(replace(first, price_from=50), cleaning))
    anna = house.patient("anna")
    await anna.says(PRICES[PLACE[language]])

    assert "50" in anna.text
    assert "€" in anna.text


async def test_an_applicant_is_told_where_to_write(house: House, language: str) -> None:
    house.practice = replace(house.practice, email="desk@example.org")
    anna = house.patient("anna")
    await anna.says(STRANGERS["jobs"][PLACE[language]])

    assert "desk@example.org" in anna.text
    assert JOB_TEXT[language] in anna.text


@pytest.mark.parametrize("reason", TO_A_PERSON)
async def test_what_only_a_person_can_do_goes_to_a_person(anna: Patient, language: str, reason: str) -> None:
    await anna.says(TO_A_PERSON[reason][PLACE[language]])

    assert anna.handed_over == [reason]


async def test_no_advice_is_given_on_medicines_but_a_number_to_call(
    anna: Patient, house: House, language: str
) -> None:
    await anna.says(TO_A_PERSON["clinical_question"][PLACE[language]])

    assert house.practice.phone in anna.text
    assert house.practice.emergency_number in anna.text


async def test_who_is_late_is_asked_by_how_much(anna: Patient, language: str) -> None:
    await anna.says(LATE[PLACE[language]])
    assert len(anna.titles) == 3
    await anna.says("15")

    assert "15" in anna.text
    assert anna.handed_over == ["running_late"]


async def test_who_says_how_late_is_asked_nothing(anna: Patient, language: str) -> None:
    await anna.says(LATE_BY_TEN[PLACE[language]])

    assert "10" in anna.text
    assert anna.handed_over == ["running_late"]


async def test_who_is_late_hears_which_visit_it_is_about(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.taps(anna.openings[0])
    start = offered(anna.slots["opening"])
    await anna.taps(anna.titles[0])
    await anna.says(LATE_BY_TEN[PLACE[language]])

    assert f"{start:%H:%M}" in anna.text


async def test_coming_on_a_day_is_booking(anna: Patient, language: str) -> None:
    await anna.says(CAN_I_COME[PLACE[language]])

    assert anna.slots.get("booking_under_way") is True


async def test_preparing_for_a_visit_on_a_day_is_a_question(anna: Patient, language: str) -> None:
    await anna.says(PREPARE[PLACE[language]])

    assert anna.slots.get("booking_under_way") is None
    assert anna.handed_over == []


async def test_an_hour_that_is_not_free_is_not_taken_for_another(house: House, language: str) -> None:
    """Rossi begins at half past three on this day."""
    rossi = house.practice.practitioners[0]
    late = tuple(
        replace(shift, start=time(15, 30), end=time(18)) for shift in rossi.shifts if shift.start.hour > 12
    )
    house.practice = replace(house.practice, practitioners=(replace(rossi, shifts=late),))
    house.diary = type(house.diary)(house.practice, house.rows)
    anna = house.patient("anna")
    await to_the_offer(anna, WORDS[language])
    await anna.says(AT_THREE[PLACE[language]])
    assert anna.slots["opening"] is None
    assert NOT_THEN[language] in anna.text
    await anna.says(WORDS[language]["opening hours"])

    assert NOT_THEN[language] not in anna.text


async def test_the_language_changes_when_asked_for(anna: Patient, words: Words, language: str) -> None:
    asks, told, chosen = SPEAK[language]
    await anna.says(words["book"])
    await anna.says(asks)

    assert told in anna.text
    assert anna.slots["language"] == chosen
    assert len(anna.sees) == 1


async def test_a_language_that_is_not_ours_is_answered_with_those_that_are(
    anna: Patient, language: str
) -> None:
    await anna.says(FRENCH[PLACE[language]])

    assert OFFERED_LANGUAGES[language] in anna.text


async def test_a_dentist_is_named_in_any_alphabet(anna: Patient, language: str) -> None:
    await anna.says(WITH_ROSSI[language])

    assert anna.slots["practitioner"] == "rossi"

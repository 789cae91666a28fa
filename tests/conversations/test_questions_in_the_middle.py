"""Questions in the middle of a booking are answered, and it stands as it stood."""

from dataclasses import replace

import pytest
from conversation_kit import House, Patient, to_the_confirmation, to_the_offer

Words = dict[str, str]

WITH_WHOM = {
    "it": ["quale di questi è con Rossi?", "chi è libero prima, Rossi o Bianchi?", "con chi sarebbe?"],
    "en": ["which of those is with Rossi?", "who is free first, Rossi or Bianchi?", "who are these with?"],
    "ru": ["какое из них у Росси?", "кто раньше свободен, Росси или Бьянки?", "это к Росси?"],
}
FIRST_FREE = {
    "it": ["la prima è ancora libera?", "la prima è ancora disponibile?"],
    "en": ["is the first still free?", "is the first one still available?"],
    "ru": ["первое ещё свободно?", "первое ещё доступно?"],
}
ALL_FREE = {"it": "sono ancora liberi?", "en": "are these still free?", "ru": "они ещё свободны?"}
FIRST_OF_THEM = {
    "it": ["il primo di questi", "prendo la prima della lista", "basta domande, la prima"],
    "en": ["earliest of those", "the first of these", "enough questions, the first one"],
    "ru": ["самое раннее из них", "ладно, первое", "хватит вопросов, первое"],
}
EASTER_MONDAY = {
    "it": ["siete aperti a Pasquetta?", "siete chiusi a Pasquetta?"],
    "en": ["are you open on Easter Monday?", "is it closed on easter monday?"],
    "ru": ["вы работаете в пасхальный понедельник?", "6 апреля вы работаете?"],
}
CLOSED_THEN = {
    "it": "Lunedì 6 aprile: chiuso.",
    "en": "Monday 6 April: closed.",
    "ru": "Понедельник, 6 апреля: закрыто.",
}
A_TUESDAY = {
    "it": ("martedì 10 marzo siete aperti?", "Martedì 10 marzo: aperto 9:00–13:00 e 14:00–19:00."),
    "en": ("are you open on Tuesday 10 March?", "Tuesday 10 March: open 9:00–13:00 and 14:00–19:00."),
    "ru": ("10 марта вы работаете?", "Вторник, 10 марта: открыто 9:00–13:00 и 14:00–19:00."),
}
AUGUST = {
    "it": ("siete aperti ad agosto?", "Chiuso: sabato 15 agosto"),
    "en": ("are you open in August?", "Closed:"),
    "ru": ("вы работаете в августе?", "Закрыто:"),
}
TWO_QUESTIONS = {
    "it": "quanto dura e quanto costa?",
    "en": "how long does it take, and how much is it?",
    "ru": "сколько длится и сколько стоит?",
}
REMIND_ME = {
    "it": ["mi avvisate prima?", "mi mandate un promemoria?"],
    "en": ["will you remind me?", "you'll send me a reminder, right?"],
    "ru": ["напомните заранее?", "напоминание будет?"],
}
HELP = {"it": ["aiuto", "mi può aiutare?"], "en": ["help", "I need help"], "ru": ["помогите", "нужна помощь"]}
NOT_YET = {
    "it": ["quindi è prenotato?", "perfetto, a giovedì!"],
    "en": ["am I booked now?", "great, see you Thursday!"],
    "ru": ["так я записана?", "супер, до четверга!"],
}
EXCLAIMS = {"it": "scusi qual è questa?", "en": "oh my goodness", "ru": "ой мамочки"}
THIS_IS_A_DENTISTS = {"it": "studio dentistico", "en": "dental practice", "ru": "стоматология"}
STOP_ASKING = {
    "it": "la smetta di farmi domande",
    "en": "stop asking me questions",
    "ru": "хватит вопросов",
}
ANOTHER_LANGUAGE = {
    "it": "can we speak English? my husband doesn't understand",
    "en": "possiamo parlare italiano? mio marito non capisce",
    "ru": "can we speak English? my husband doesn't understand",
}
FIRST_KIND = {"it": "il primo", "en": "the first", "ru": "давайте первое"}
NEVER_BEEN = {
    "it": ["mai stata da voi", "non sono mai venuta prima"],
    "en": ["never been before", "I haven't been here before"],
    "ru": ["никогда у вас не была", "ни разу у вас не была"],
}
NEVER_SO = {
    "it": "non sono mai stata così stanca",
    "en": "I've never been so tired",
    "ru": "никогда не была такой уставшей",
}
SECOND = {"it": "sì, la seconda", "en": "yes, the second one", "ru": "да, второе"}
GONE = {"it": "non sono più validi", "en": "no longer on offer", "ru": "уже неактуально"}
PASSED = {"it": "è passato", "en": "has passed", "ru": "уже прошло"}
FOR_HER = {
    "it": "prima visita per mia madre giovedì alle 9, Rosa Colli, la chiami al 333 999 8887",
    "en": "first visit for my mother on Thursday at 9, Rosa Colli, call her on 333 999 8887",
    "ru": "первичный приём для мамы в четверг в 9, Роза Лис, звоните ей 333 999 8887",
}
TWO_YEARS_OLD = {
    "it": "prima visita giovedì per mio figlio di 2 anni",
    "en": "a first visit on Thursday for my 2-year-old son",
    "ru": "первичный приём в четверг для сына, ему 2 года",
}


async def asked_at_the_offer(anna: Patient, words: Words, question: str) -> tuple[str, ...]:
    """What was on offer before."""
    await to_the_offer(anna, words)
    shown = anna.openings
    await anna.says(question)
    return shown


async def test_who_asks_whose_times_they_are_hears_it_and_chooses_on(
    house: House, words: Words, language: str
) -> None:
    for number, question in enumerate(WITH_WHOM[language]):
        anna = house.patient(f"anna{number}")
        shown = await asked_at_the_offer(anna, words, question)

        assert "dott. Marco Rossi: " in anna.text and anna.openings == shown, question
        assert anna.slots["practitioner"] == "anybody"


async def test_who_asks_whether_a_time_is_free_gets_it_kept(
    house: House, words: Words, language: str
) -> None:
    for number, question in enumerate(FIRST_FREE[language] + FIRST_OF_THEM[language]):
        anna = house.patient(f"anna{number}")
        await asked_at_the_offer(anna, words, question)

        assert anna.slots["hold_result"] == "held", question
        assert anna.slots["opening"] == anna.slots["openings_on_offer"][0]
        await anna.says(words["forget it"])


async def test_who_asks_whether_all_are_free_sees_the_same_times(
    anna: Patient, words: Words, language: str
) -> None:
    shown = await asked_at_the_offer(anna, words, ALL_FREE[language])

    assert len(anna.text.split("\n\n")) == 2 and anna.openings == shown


@pytest.mark.parametrize("step", ["idle", "the offer"])
async def test_a_holiday_is_told_as_closed_and_no_day_is_wished_for(
    house: House, words: Words, language: str, step: str
) -> None:
    for number, question in enumerate(EASTER_MONDAY[language]):
        anna = house.patient(f"anna{number}")
        if step == "the offer":
            await to_the_offer(anna, words)
        wish, shown = anna.slots.get("wish"), anna.openings
        await anna.says(question)

        assert CLOSED_THEN[language] in anna.text, question
        assert anna.slots.get("wish") == wish and anna.openings == shown


async def test_an_open_day_is_told_with_its_hours(anna: Patient, language: str) -> None:
    question, hours = A_TUESDAY[language]
    await anna.says(question)

    assert hours in anna.text


async def test_a_month_is_told_as_usual_but_for_its_holidays(
    house: House, anna: Patient, language: str
) -> None:
    practice = house.practice
    sixth_day = replace(practice.practitioners[0].shifts[0], weekday=5)
    rossi = replace(practice.practitioners[0], shifts=(*practice.practitioners[0].shifts, sixth_day))
    house.practice = replace(practice, practitioners=(rossi, *practice.practitioners[1:]))
    question, closed = AUGUST[language]
    await anna.says(question)

    assert closed in anna.text and "15" in anna.text.split(closed[:6])[1]


async def test_each_of_two_questions_is_answered(anna: Patient, words: Words, language: str) -> None:
    shown = await asked_at_the_offer(anna, words, TWO_QUESTIONS[language])

    assert len(anna.text.split("\n\n")) == 3 and anna.openings == shown


async def test_who_asks_to_be_reminded_has_not_opted_out(house: House, words: Words, language: str) -> None:
    for number, question in enumerate(REMIND_ME[language]):
        anna = house.patient(f"anna{number}")
        shown = await asked_at_the_offer(anna, words, question)

        assert "«stop»" in anna.text or "“stop”" in anna.text or "«стоп»" in anna.text, question
        assert anna.openings == shown
        assert not any(entry["event"] == "opt_in" for entry in anna.journal)


async def test_help_is_no_pain_and_keeps_the_day(house: House, words: Words, language: str) -> None:
    for number, cry in enumerate(HELP[language]):
        anna = house.patient(f"anna{number}")
        await to_the_offer(anna, words)
        wish, shown = anna.slots["wish"], anna.openings
        await anna.says(cry)

        assert "112" in anna.text, cry
        assert anna.slots["wish"] == wish and anna.openings == shown


async def test_nothing_is_booked_by_asking_whether_it_is(house: House, words: Words, language: str) -> None:
    for number, said in enumerate(NOT_YET[language]):
        anna = house.patient(f"anna{number}")
        await to_the_confirmation(anna, words)
        asked = anna.sees[-1].text
        await anna.says(said)

        assert anna.text.endswith(f"\n\n{asked}"), said
        assert await house.booked() == []
        await anna.says(words["forget it"])


async def test_an_exclamation_is_no_wrong_number(anna: Patient, words: Words, language: str) -> None:
    shown = await asked_at_the_offer(anna, words, EXCLAIMS[language])

    assert THIS_IS_A_DENTISTS[language] not in anna.text and anna.openings == shown


async def test_stop_asking_neither_drops_the_visit_nor_opts_out(
    anna: Patient, words: Words, language: str
) -> None:
    shown = await asked_at_the_offer(anna, words, STOP_ASKING[language])

    assert anna.openings == shown


async def test_another_language_is_for_the_same_patient(anna: Patient, words: Words, language: str) -> None:
    await to_the_offer(anna, words)
    name = anna.slots["patient_name"]
    await anna.says(ANOTHER_LANGUAGE[language])

    assert anna.slots["patient_name"] == name and anna.openings


async def test_the_first_kind_of_visit_is_the_first_that_is_listed(
    anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.says(FIRST_KIND[language])

    assert anna.slots["visit_type"] == "first_visit" and anna.slots.get("wish") is None


async def test_who_has_never_been_here_comes_for_a_first_visit(
    house: House, words: Words, language: str
) -> None:
    for number, said in enumerate(NEVER_BEEN[language]):
        anna = house.patient(f"anna{number}")
        await anna.says(words["book"])
        await anna.says(words["name"])
        await anna.says(said)
        newcomer = house.patient(f"newcomer{number}")
        await newcomer.says(said)

        assert anna.slots["visit_type"] == newcomer.slots["visit_type"] == "first_visit", said


async def test_who_has_never_been_so_tired_says_no_kind_of_visit(anna: Patient, language: str) -> None:
    await anna.says(NEVER_SO[language])

    assert anna.slots.get("visit_type") is None


@pytest.mark.parametrize("step", ["the offer", "the confirmation"])
async def test_a_yes_of_ten_days_later_hears_that_those_times_are_gone(
    house: House, anna: Patient, words: Words, language: str, step: str
) -> None:
    await (to_the_offer if step == "the offer" else to_the_confirmation)(anna, words)
    name = anna.slots["patient_name"]
    house.clock.move(days=10)
    await anna.says(SECOND[language] if step == "the offer" else words["yes"])

    assert GONE[language] in anna.text
    assert anna.slots["patient_name"] == name and anna.slots["visit_type"] == "first_visit"
    assert anna.conversation.stack[0].flow_id == "new_patient_consult"
    assert await house.booked() == []


async def test_a_time_that_has_passed_is_not_put_to_the_patient(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    house.clock.move(days=3)
    await anna.says(HELP[language][0])

    assert PASSED[language] in anna.text and len(anna.titles) == 1
    await anna.says(words["yes"])
    assert anna.openings and await house.booked() == []


async def test_anothers_number_is_said_back(house: House, anna: Patient, words: Words, language: str) -> None:
    await anna.says(FOR_HER[language])
    assert "+39 333 999 8887" in anna.text or "+393339998887" in anna.text
    await anna.says(words["yes"])

    assert "3339998887" in anna.text
    assert [patient.phone for _, patient in await house.booked()] == ["+393339998887"]


async def test_ones_own_number_is_not(anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)

    assert "+39" not in anna.text


async def test_how_small_children_may_be_is_told_with_their_age(
    house: House, anna: Patient, language: str
) -> None:
    answers = {"children": {language: "Three and up."}}
    house.practice = replace(house.practice, answers=answers)
    await anna.says(TWO_YEARS_OLD[language])

    assert "Three and up." in anna.text
    assert anna.conversation.stack[0].flow_id == "new_patient_consult"


async def test_a_yes_of_minutes_later_books(house: House, anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    house.clock.move(minutes=5)
    await anna.says(words["yes"])

    assert len(await house.booked()) == 1

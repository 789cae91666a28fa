"""After an alarm nobody waits in silence; and who takes it back is back where they were."""

from pathlib import Path

import pytest
from phrases import WORDS

from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

NIGHT = "2026-03-02T23:40+01:00"
LANGUAGES = ["it", "en", "ru"]
WAITS = {
    "it": ["quale ospedale?", "peggiora", "aiuto", "chiamate voi l'ambulanza?"],
    "en": ["which hospital?", "it's getting worse", "please help", "are you calling an ambulance for me?"],
    "ru": ["в какую больницу?", "становится хуже", "помогите", "вы вызвали скорую?"],
}
NO_AMBULANCE = {
    "it": "non ho chiamato un'ambulanza",
    "en": "have not called an ambulance",
    "ru": "скорую я не вызывал",
}
CLOSED = {"it": "Lo studio è chiuso", "en": "The practice is closed", "ru": "Клиника закрыта"}
NINE, PHONE = "9:00", "+39 02 0000 0000"
FEVER = {
    "it": ("ho la guancia gonfia e la febbre", "devo andare in ospedale?"),
    "en": ("my cheek is swollen and I have a fever", "should I go to hospital?"),
    "ru": ("щека опухла и температура", "мне ехать в больницу?"),
}
HOSPITAL = {"it": "pronto soccorso", "en": "emergency department", "ru": "больницу"}
TAKES_BACK = {
    "it": ["no no respiro benissimo", "basta, sto BENE", "scusi, chat sbagliata"],
    "en": ["no no I'm fine, wrong chat", "I can breathe, stop", "false alarm"],
    "ru": ["нет нет, дышу нормально", "ложная тревога", "это автозамена, извините"],
}
BOOKS = {
    "it": "controllo giovedì mattina, sono Carla Poli",
    "en": "check-up thursday morning, Tom Reed",
    "ru": "осмотр в четверг утром, Ева Котова",
}
SELF_HARM = {"it": "voglio morire", "en": "I want to kill myself", "ru": "не хочу жить"}
ALONE = {"it": "accanto", "en": "alone", "ru": "одиночку"}


async def _is_asked_to_confirm(anna: Patient, language: str) -> str:
    await anna.says(BOOKS[language])
    [question] = await anna.brings(anna.sees.choices[0].payload)
    await anna.says(WORDS[language]["cannot breathe"])
    return question.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_sentence_after_an_alarm_hears_where_help_is(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=NIGHT) as surgery:
        anna = surgery.patient()
        await anna.says(WORDS[language]["cannot breathe"])
        heard = [seen.text for said in WAITS[language] for seen in await anna.says(said)]

    assert len(heard) == len(WAITS[language])
    assert all("112" in text and NO_AMBULANCE[language] in text for text in heard)
    assert all(CLOSED[language] in text for text in heard)
    assert not any(NINE in text or PHONE in text for text in heard)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whether_to_go_to_hospital_is_answered_at_night(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    swollen, asks = FEVER[language]
    async with Surgery.open(tmp_path, interpreter=interpreter, at=NIGHT) as surgery:
        anna = surgery.patient()
        await anna.says(swollen)
        [answer] = await anna.says(asks)

    assert HOSPITAL[language] in answer.text
    assert NINE not in answer.text
    assert PHONE not in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", range(3))
async def test_who_takes_it_back_is_asked_once_and_is_where_they_were(
    tmp_path: Path, interpreter: Interpreter, language: str, which: int
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        question = await _is_asked_to_confirm(anna, language)
        [well] = await anna.says(TAKES_BACK[language][which])
        [back] = await anna.brings(well.choices[0].payload)
        await anna.says(WORDS[language]["yes"])
        booked = [row for row in await surgery.diary() if row["status"] == "booked"]

    assert question in back.text
    assert len(booked) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_yes_in_words_or_saying_it_again_will_do(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        question = await _is_asked_to_confirm(anna, language)
        await anna.says(TAKES_BACK[language][0])
        [back] = await anna.says(WORDS[language]["yes"])

    assert question in back.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_is_not_safe_after_all_hears_where_help_is(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(WORDS[language]["cannot breathe"])
        [well] = await anna.says(TAKES_BACK[language][0])
        [tapped] = await anna.brings(well.choices[1].payload)
        [typed] = await anna.says(WORDS[language]["no"])

    assert NO_AMBULANCE[language] in tapped.text
    assert tapped.text == typed.text


async def test_a_person_who_has_written_is_not_talked_over(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says("I can't breathe")
        desk, contact = surgery.desk.staff.desk, surgery.contact(anna)
        await desk.take(contact, "Giulia")
        [alone] = await anna.says("where are you?")
        await desk.reply(contact, "I'm here, are you alone?", who="Giulia", client_message_id="1")
        await surgery.settled()
        surgery.clock.move(minutes=5)
        with_her = await anna.says("yes I'm alone")
        surgery.clock.move(minutes=30)
        [again] = await anna.says("hello?")

    assert "112" in alone.text
    assert with_her == []
    assert "112" in again.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_wants_to_die_hears_no_word_of_a_swollen_throat(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=NIGHT) as surgery:
        anna = surgery.patient()
        first, _ = await anna.says(SELF_HARM[language])
        [then] = await anna.says("?? …")

    assert "112" in first.text
    assert "112" in then.text
    assert ALONE[language] in first.text
    assert ALONE[language] in then.text


CHECKUP = {
    "it": "scusi, vorrei un controllo",
    "en": "sorry. I'd like a check up",
    "ru": "извините, хочу осмотр",
}
THURSDAY = {
    "it": "giovedì alle 10, Emma Conti",
    "en": "thursday at 10, Emma Clark",
    "ru": "в четверг в 10, Эмма Котова",
}
SAFE = {"it": "Sta bene e non Le serve aiuto?", "en": "Are you safe", "ru": "Вы в безопасности"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_wish_instead_of_an_answer_is_kept_and_all_is_asked_once_more(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient("393331234567")
        await anna.says(WORDS[language]["cannot breathe"])
        await anna.says(TAKES_BACK[language][0])
        asked = [(await anna.says(said))[-1].text for said in (CHECKUP[language], THURSDAY[language])]
        await anna.says(WORDS[language]["yes"])
        await anna.says(WORDS[language]["yes"])
        [visit] = await surgery.diary()

    assert all(SAFE[language] in text for text in asked)
    assert (visit["status"], visit["start_local"]) == ("booked", "2026-03-05T10:00")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_sounds_of_need_is_no_wish(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(WORDS[language]["cannot breathe"])
        await anna.says(TAKES_BACK[language][0])
        heard = [(await anna.says(said))[-1].text for said in WAITS[language]]

    assert all(NO_AMBULANCE[language] in text for text in heard)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_yes_counts_only_to_the_question_whether_all_is_well(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(WORDS[language]["cannot breathe"])
        [well] = await anna.says(TAKES_BACK[language][0])
        yes, no = well.choices
        await anna.brings(no.payload)
        [after_ok] = await anna.says("ok")
        [after_yes] = await anna.says(WORDS[language]["yes"])
        [old_button] = await anna.brings(yes.payload)
        left = [row.owner.value for row in await surgery.desk.staff.desk.handoffs()]

    assert NO_AMBULANCE[language] in after_ok.text
    assert NO_AMBULANCE[language] in after_yes.text
    assert SAFE[language] in old_button.text
    assert left == ["queue"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_older_way_back_leads_past_an_alarm(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    a_person = {
        "it": "vorrei parlare con una persona",
        "en": "a person please",
        "ru": "хочу поговорить с человеком",
    }
    goes_on = {"it": "lasci perdere, andiamo avanti", "en": "never mind, go on", "ru": "не надо, продолжим"}
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(a_person[language])
        [told] = await anna.says(a_person[language])
        surgery.clock.move(hours=13)
        await anna.says(WORDS[language]["cannot breathe"])
        [in_words] = await anna.says(goes_on[language])
        [tapped] = await anna.brings(told.choices[-1].payload)
        left = [row.owner.value for row in await surgery.desk.staff.desk.handoffs()]

    assert NO_AMBULANCE[language] in in_words.text
    assert SAFE[language] in tapped.text
    assert left == ["queue"]

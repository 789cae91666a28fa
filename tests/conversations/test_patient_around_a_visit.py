"""At the door, late perhaps, missed, sooner: what is near to other things is taken for what it is."""

from typing import Any

import pytest
from visit_words import ANNA, THURSDAY, anna_with_a_visit, openings, words_of_visits

from bot.errors import BookingError
from bot.testing import Patient, Surgery

Words = dict[str, str]
PHONE = "+39 02 0000 0000"

AT_THE_DOOR = {
    "it": ["sono fuori, non apre nessuno", "sono in sala d'attesa da 20 minuti", "sono arrivata"],
    "en": ["I'm outside, nobody opens", "I've been in the waiting room for 20 minutes", "we've just arrived"],
    "ru": ["звоню в домофон, не открывают", "сижу в коридоре уже 20 минут, никто не выходит", "я на месте"],
}
ABOUT_THE_DOOR = {
    "it": "che citofono devo suonare?",
    "en": "which bell do I ring?",
    "ru": "какой код домофона?",
}
LATE_PERHAPS = {
    "it": ["se arrivo 15 minuti in ritardo perdo il posto?", "e se faccio tardi?"],
    "en": ["what if I'm 10 minutes late?", "if I'm 15 min late, do I lose my slot?"],
    "ru": ["если опоздаю на 15 минут, примут?", "а если я опоздаю?"],
}
LATE = {
    "it": "va bene se arrivo 10 minuti in ritardo?",
    "en": "is it ok if I'm 10 minutes late?",
    "ru": "ничего, если я опоздаю на 10 минут?",
}
CANCELS_LATE = {
    "it": "cosa succede se disdico tardi?",
    "en": "what if I cancel late?",
    "ru": "что будет, если отменить поздно?",
}
NOTHING_NOTED = {"it": "non segno nulla", "en": "I note nothing", "ru": "ничего не отмечаю"}
MISSED = {
    "it": "ieri non sono venuta, scusate",
    "en": "sorry, I missed my appointment",
    "ru": "я пропустила приём, извините",
}
MISSED_FEE = {
    "it": "ho saltato l'appuntamento ieri, devo pagare?",
    "en": "I missed it yesterday, do I have to pay?",
    "ru": "я вчера пропустила приём, надо платить?",
}
COLLEAGUE = {"it": "un collega", "en": "a colleague", "ru": "сотрудник"}
SOONER = {
    "it": [
        "se si libera qualcosa prima mi avvisi",
        "non c'è niente di più vicino?",
        "mi metta in lista d'attesa",
    ],
    "en": [
        "let me know if anything earlier opens up",
        "any chance of something sooner?",
        "put me on the waiting list",
    ],
    "ru": ["если освободится пораньше, дайте знать", "пораньше ничего нет?", "поставьте в лист ожидания"],
}
IF_TOMORROW = {
    "it": "se domani si libera vengo io",
    "en": "if tomorrow frees up I'll take it",
    "ru": "если завтра освободится, я приду",
}


words = words_of_visits
anna = anna_with_a_visit


async def booked(surgery: Surgery) -> list[object]:
    return [row["start_local"] for row in await surgery.diary() if row["status"] == "booked"]


async def reasons(surgery: Surgery) -> list[str]:
    return [waiting.reason for waiting in await surgery.desk.staff.desk.handoffs()]


@pytest.mark.parametrize("number", range(3))
async def test_whoever_stands_at_the_door_gets_the_phone_and_staff_hear_of_it(
    surgery: Surgery, anna: Patient, language: str, number: int
) -> None:
    seen = await anna.says(AT_THE_DOOR[language][number])

    assert PHONE in " ".join(one.text for one in seen)
    assert await reasons(surgery) == ["at_the_door"]


async def test_a_question_about_the_door_calls_nobody(surgery: Surgery, anna: Patient, language: str) -> None:
    await anna.says(ABOUT_THE_DOOR[language])

    assert await reasons(surgery) == []


@pytest.mark.parametrize("number", range(2))
async def test_what_if_i_am_late_is_a_question(
    surgery: Surgery, anna: Patient, language: str, number: int
) -> None:
    await anna.says(LATE_PERHAPS[language][number])

    assert NOTHING_NOTED[language] in anna.sees.text
    assert await reasons(surgery) == []


async def test_whoever_asks_leave_to_be_late_is_late(surgery: Surgery, anna: Patient, language: str) -> None:
    await anna.says(LATE[language])

    assert await reasons(surgery) == ["running_late"]


async def test_cancelling_late_is_no_delay(anna: Patient, language: str) -> None:
    await anna.says(CANCELS_LATE[language])

    assert NOTHING_NOTED[language] not in anna.sees.text


async def test_a_missed_visit_is_met_with_a_new_time(surgery: Surgery, words: Words, language: str) -> None:
    anna = surgery.patient(ANNA)
    seen = await anna.says(MISSED[language])
    asked_for_less = COLLEAGUE[language] not in seen[-1].text
    assert len(seen[-1].titles) == 2
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["name"])

    assert asked_for_less
    assert anna.sees.titles  # what the visit is for


async def test_what_a_missed_visit_costs_a_colleague_tells(surgery: Surgery, language: str) -> None:
    [*_, answer] = await surgery.patient(ANNA).says(MISSED_FEE[language])

    assert COLLEAGUE[language] in answer.text and PHONE in answer.text
    assert await reasons(surgery) == []


@pytest.mark.parametrize("number", range(3))
async def test_something_sooner_is_looked_for_before_the_visit_that_stands(
    surgery: Surgery, anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(SOONER[language][number])
    assert words["thursday at"] in anna.sees.text and openings(anna.sees)
    assert await booked(surgery) == [THURSDAY]
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["yes"])

    [start] = await booked(surgery)
    assert str(start) < THURSDAY


async def test_where_nothing_is_sooner_the_visit_stands_and_nobody_is_promised_news(
    surgery: Surgery, anna: Patient, words: Words, language: str
) -> None:
    surgery.clock.move(hours=71)  # Thursday, an hour or two before
    await anna.says(SOONER[language][0])

    assert words["thursday at"] in anna.sees.text and not openings(anna.sees)
    assert await booked(surgery) == [THURSDAY]


async def test_a_day_that_may_free_up_cancels_nothing(
    surgery: Surgery, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(IF_TOMORROW[language])

    assert openings(anna.sees) and words["thursday at"] in anna.sees.text
    assert await booked(surgery) == [THURSDAY]


NOT_AT_THE_DOOR = {
    "it": ["Non c'è nessuno che parla inglese?", "Non c'è nessuno di libero prima di venerdì?"],
    "en": ["They open at 9, right?", "I pressed the button twice, sorry", "nobody answered my email"],
    "ru": ["Клиника закрыта в субботу?"],
}
NOT_MISSED = {
    "it": ["non sono venuta in auto"],
    "en": ["Sorry, I forgot to ask: do you take cards"],
    "ru": ["Счёт мне не пришёл", "Мне не пришла ссылка"],
}
NOT_LATE = {
    "it": ["quando siete aperti fino a tardi?"],
    "en": ["When are you open late?", "When can I come in the late afternoon?"],
    "ru": ["когда я узнаю, что опоздали?"],
}
NOT_SOONER = {
    "it": ["Devo fare qualcosa prima della visita?"],
    "en": ["We'll come ten minutes earlier, is that ok?", "What was the time you told me earlier?"],
    "ru": ["Раньше у вас можно было платить картой"],
}


@pytest.mark.parametrize(
    "near", [NOT_AT_THE_DOOR, NOT_MISSED, NOT_LATE, NOT_SOONER], ids=["door", "missed", "late", "sooner"]
)
async def test_what_only_resembles_them_is_none_of_them(
    surgery: Surgery, anna: Patient, language: str, near: dict[str, list[str]]
) -> None:
    for sentence in near[language]:
        seen = " ".join(one.text for one in await anna.says(sentence))

        assert "at_the_door" not in await reasons(surgery) and not openings(anna.sees), sentence
        assert NOTHING_NOTED[language] not in seen, sentence
    assert await booked(surgery) == [THURSDAY]


async def test_a_visit_is_cancelled_though_nobody_can_tell_whose_it_is(
    surgery: Surgery, anna: Patient, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    await anna.says(words["cancel"])
    diary, asked = surgery.desk.diary, []
    real = diary.find_patients

    async def only_at_first(**known: Any) -> Any:
        asked.append(known)
        if known.get("first_name"):
            raise BookingError("down")
        return await real(**known)

    # The diary's own, and down from where a name is looked up: no setting brings that about.
    monkeypatch.setattr(diary, "find_patients", only_at_first)
    await anna.says(words["yes"])

    assert asked and await booked(surgery) == []

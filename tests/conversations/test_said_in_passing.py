"""What is for staff is said in the middle of a visit that is arranged: they hear of it, and it goes on."""

from pathlib import Path

import pytest

from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

MONDAY = "2026-03-02T10:30+01:00"
BOOKS = {
    "it": "controllo giovedì mattina, sono Carla Poli",
    "en": "check-up thursday morning, Tom Reed",
    "ru": "осмотр в четверг утром, Ева Котова",
}
FIRST = {"it": "la prima", "en": "the first one", "ru": "давайте первое"}
YES = {"it": "sì", "en": "yes", "ru": "да"}
#: By what staff are told of, what was said at the times on offer.
IN_PASSING = {
    "clinical_question": {
        "it": "posso prendere l'oki prima?",
        "en": "can I take ibuprofen before?",
        "ru": "можно перед этим нурофен?",
    },
    "health_note": {
        "it": "sono allergica al lattice",
        "en": "I'm allergic to latex",
        "ru": "у меня аллергия на латекс",
    },
    "invoices": {
        "it": "a proposito, la fattura di gennaio",
        "en": "and the invoice of january please",
        "ru": "кстати, счёт за январь",
    },
    "my_data": {
        "it": "che fine fanno i miei dati?",
        "en": "what happens with my data?",
        "ru": "что с моими данными?",
    },
    "call_me": {
        "it": "mi potete chiamare per il preventivo?",
        "en": "can someone call me about the price?",
        "ru": "перезвоните мне по поводу цены",
    },
    "complaint": {"it": "ma che servizio lento", "en": "this is so slow", "ru": "как же у вас медленно"},
    "running_late": {
        "it": "oggi arrivo 10 minuti in ritardo",
        "en": "oh and I'm running 10 min late today",
        "ru": "кстати сегодня опоздаю минут на 10",
    },
}
ASKS_ALONG = {
    "it": "sì e mi mandi la fattura di gennaio",
    "en": "yes and please send me the invoice from january",
    "ru": "да и пришлите счёт за январь",
}
PASSED_ON = {"it": "Intanto qui proseguiamo", "en": "Meanwhile, we go on here", "ru": "А мы пока продолжим"}


async def reasons(surgery: Surgery) -> list[str]:
    return [handoff.reason for handoff in await surgery.desk.staff.desk.handoffs()]


async def to_the_times(surgery: Surgery, language: str) -> Patient:
    anna = surgery.patient("393331234567")
    await anna.says(BOOKS[language])
    return anna


@pytest.mark.parametrize("language", ["it", "en", "ru"])
@pytest.mark.parametrize("reason", IN_PASSING)
async def test_staff_hear_of_it_and_the_same_times_are_on_offer_again(
    tmp_path: Path, interpreter: Interpreter, language: str, reason: str
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna = await to_the_times(surgery, language)
        on_offer = anna.sees.titles
        said = await anna.says(IN_PASSING[reason][language])
        again = anna.sees.titles
        await anna.says(FIRST[language])
        await anna.says(YES[language])
        [visit] = await surgery.diary()
        told = await reasons(surgery)

    assert any(PASSED_ON[language] in seen.text for seen in said)
    assert again == on_offer
    assert (visit["status"], visit["start_local"]) == ("booked", "2026-03-05T09:00")
    assert told == [reason]
    assert [alert.reason for alert in surgery.staff.told][:1] == [reason]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_a_yes_beside_it_books(tmp_path: Path, interpreter: Interpreter, language: str) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna = await to_the_times(surgery, language)
        await anna.taps(anna.sees.titles[0])
        await anna.says(ASKS_ALONG[language])
        [visit] = await surgery.diary()
        told = await reasons(surgery)

    assert (visit["status"], told) == ("booked", ["invoices"])


async def test_another_day_beside_it_is_no_yes(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna = await to_the_times(surgery, "en")
        await anna.taps(anna.sees.titles[0])
        await anna.says("yes but make it friday and send me the invoice of january")
        visits = await surgery.diary()

    assert "booked" not in [visit["status"] for visit in visits]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_while_nothing_is_under_way_a_person_takes_over(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna = surgery.patient("393331234567")
        said = await anna.says(IN_PASSING["clinical_question"][language])
        waits = [row.owner for row in await surgery.desk.staff.desk.handoffs()]

    assert [owner.value for owner in waits] == ["queue"]
    assert not any(PASSED_ON[language] in seen.text for seen in said)


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_who_wants_a_person_in_the_middle_hears_that_nothing_is_booked(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    person = {"it": "vorrei parlare con una persona", "en": "I want a human", "ru": "позовите человека"}
    nothing = {"it": "non è ancora fissata", "en": "No visit is arranged yet", "ru": "пока не назначен"}
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna = await to_the_times(surgery, language)
        [said] = await anna.says(person[language])

    assert nothing[language] in said.text


async def test_a_person_called_for_afterwards_is_told_of_anew(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna = await to_the_times(surgery, "en")
        await anna.says("can I take ibuprofen before?")
        await anna.says("what happens with my data?")
        await anna.says("human")
        await surgery.until(lambda: len(surgery.staff.told) == 3)
        [row] = await surgery.desk.staff.desk.handoffs()

    assert [alert.reason for alert in surgery.staff.told] == ["clinical_question", "my_data", "asked"]
    assert (row.owner.value, row.due_at is not None) == ("queue", True)

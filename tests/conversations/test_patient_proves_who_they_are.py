"""Visits that staff entered are told to whoever has the phone on file and knows the date of birth, to nobody
else; and what is said never tells which of both was wrong."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from visit_words import ANNA, VISITS, book, text, words_of_visits

from bot.service.clock import FrozenClock
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

Words = dict[str, str]
BORN = "1988-04-25"


words = words_of_visits


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """Anna Verdi has a visit on Thursday at nine, entered by staff with her number."""
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        await surgery.staff_book("2026-03-05T09:00", name="Anna Verdi", phone=f"+{ANNA}", birth_date=BORN)
        yield surgery


async def asks(patient: Patient, *said: str) -> str:
    return text([seen for words in said for seen in await patient.says(words)])


async def given_back(surgery: Surgery, patient: Patient) -> None:
    contact = surgery.contact(patient)
    await surgery.desk.staff.desk.take(contact, "Giulia")
    await surgery.desk.staff.desk.give_back(contact, "Giulia")
    await surgery.settled()


async def waiting(surgery: Surgery) -> int:
    return len(await surgery.desk.staff.desk.handoffs())


async def test_phone_and_date_of_birth_together_show_and_move_the_visit(
    surgery: Surgery, words: Words
) -> None:
    anna = surgery.patient(ANNA)
    question = await asks(anna, words["when"])
    assert words["born when"] in question and words["thursday at"] not in question
    assert words["thursday at"] in await asks(anna, words["born"])
    await anna.says(words["move"])
    await anna.says(words["monday afternoon"])
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says(words["yes"])

    assert [row["start_local"] for row in await surgery.diary()] == ["2026-03-09T14:00"]


async def test_a_wrong_date_and_an_unknown_person_are_answered_alike(surgery: Surgery, words: Words) -> None:
    anna, stranger = surgery.patient(ANNA), surgery.patient("393330000009")
    said = [words["when"], words["wrongly"], words["wrongly"], words["wrongly"]]
    for word in said:
        assert text(await anna.says(word)) == text(await stranger.says(word))

    assert len(anna.screen) == len(stranger.screen)
    assert words["colleague"] in text(anna.screen)
    assert words["thursday at"] not in text(anna.screen)
    assert await waiting(surgery) == 2


async def test_after_three_wrong_dates_the_right_one_no_longer_helps_for_a_day(
    surgery: Surgery, words: Words
) -> None:
    anna, clock = surgery.patient(ANNA), surgery.clock
    assert isinstance(clock, FrozenClock)
    await asks(anna, words["when"], words["wrongly"], words["wrongly"], words["wrongly"])
    await given_back(surgery, anna)
    locked = await asks(anna, words["when is"])
    clock.move(hours=24)
    await given_back(surgery, anna)

    assert words["colleague"] in locked and words["born when"] not in locked
    assert words["thursday at"] in await asks(anna, words["when is"], words["born"])


@pytest.mark.parametrize("who", ["393330000009", "messenger"])
async def test_a_number_that_is_typed_proves_nothing(surgery: Surgery, words: Words, who: str) -> None:
    other = (
        surgery.patient("7001", channel="messenger")
        if who == "messenger"
        else surgery.patient("393330000009")
    )
    shown = await asks(other, words["when"], f"+{ANNA}", f"+39 333 000 0001, {words['name']}", words["born"])

    assert words["thursday at"] not in shown


async def test_on_messenger_what_was_not_booked_there_goes_to_a_person(
    surgery: Surgery, words: Words
) -> None:
    anna = surgery.patient("7001", channel="messenger", name="Anna Verdi")
    shown = await asks(anna, words["cancel"])

    assert words["colleague"] in shown and words["thursday at"] not in shown
    assert await waiting(surgery) == 1


async def test_with_several_people_under_a_phone_the_first_name_is_asked_and_no_name_told(
    surgery: Surgery, words: Words
) -> None:
    await surgery.staff_book("2026-03-06T11:00", name="Luca Verdi", phone=f"+{ANNA}", birth_date="2015-01-02")
    phone = surgery.patient(ANNA)
    shown = await asks(phone, words["when"], "Luca")
    assert words["whose"] in shown and words["born when"] in shown
    wrong = await asks(phone, words["born"])  # Anna's
    assert words["not matched"] in wrong and "Anna" not in wrong and "Verdi" not in shown + wrong
    right = await asks(phone, "Luca", "2/1/2015")

    assert "11:00" in right and words["thursday at"] not in right


async def test_the_next_person_at_a_shared_phone_proves_it_anew(surgery: Surgery, words: Words) -> None:
    await surgery.staff_book("2026-03-06T11:00", name="Luca Verdi", phone=f"+{ANNA}", birth_date="2015-01-02")
    phone = surgery.patient(ANNA)
    assert words["thursday at"] in await asks(phone, words["when"], "Anna", words["born"])
    move = phone.sees.choices[0]
    again = await asks(phone, words["when is"])
    assert words["whose"] in again and words["thursday at"] not in again
    await phone.says(words["forget it"])
    at_once = text(await phone.brings(move.payload, title=move.title))

    assert words["thursday at"] in at_once, "moving what was just shown needs no second proof"


async def test_a_change_under_way_for_one_shows_another_nothing(surgery: Surgery, words: Words) -> None:
    await surgery.staff_book("2026-03-06T11:00", name="Luca Verdi", phone=f"+{ANNA}", birth_date="2015-01-02")
    phone = surgery.patient(ANNA)
    assert words["thursday at"] in await asks(phone, words["cancel"], "Anna", words["born"])
    introduced = {
        "it": "Mi chiamo Luca Verdi, {}",
        "en": "My name is Luca Verdi, {}",
        "ru": "Меня зовут Luca Verdi, {}",
    }
    language = next(x for x, known in VISITS.items() if known is words)
    question = await asks(phone, introduced[language].format(words["when is"]))
    assert words["born when"] in question and words["not matched"] not in question
    answer = await asks(phone, "2/1/2015")

    assert "11:00" in answer
    assert words["thursday at"] not in question + answer.split("11:00")[0]


async def test_what_was_booked_here_is_shown_at_once_and_the_rest_after_a_proof(
    surgery: Surgery, words: Words
) -> None:
    anna = surgery.patient(ANNA)
    await anna.says(words["forget it"])
    await book(anna, words["book friday"].replace(words["name"], "Anna Verdi"))
    here = await asks(anna, words["when is"])
    assert words["born when"] not in here and words["thursday at"] not in here
    another = anna.sees.choices[2]
    question = text(await anna.brings(another.payload, title=another.title))
    assert words["born when"] in question
    everything = await asks(anna, words["born"])

    assert words["thursday at"] in everything and everything.count("09:00") == 2


async def test_after_a_season_of_silence_it_is_asked_again(surgery: Surgery, words: Words) -> None:
    await surgery.staff_book("2026-08-06T09:00", name="Anna Verdi", phone=f"+{ANNA}", birth_date=BORN)
    anna, clock = surgery.patient(ANNA), surgery.clock
    assert isinstance(clock, FrozenClock)
    await asks(anna, words["when"], words["born"])
    assert words["born when"] not in await asks(anna, words["when is"])
    clock.move(days=91)

    assert words["born when"] in await asks(anna, words["when is"])

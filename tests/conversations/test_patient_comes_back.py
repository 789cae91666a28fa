"""Who has booked here before is not asked again; who books for somebody else is asked for that one's name."""

from dataclasses import replace
from datetime import date

import pytest
from conversation_kit import House, Patient, to_the_confirmation

Words = dict[str, str]

SOMEBODY_ELSE = {"it": "Un'altra persona", "en": "Somebody else", "ru": "Кто-то другой"}
FOR_MY_SON = {
    "it": "vorrei prenotare per mio figlio",
    "en": "I'd like to book for my son",
    "ru": "хочу записать моего сына",
}
FOR_MY_SON_LUCA = {
    "it": "vorrei prenotare per mio figlio Luca Verdi",
    "en": "I'd like to book for my son Luca Green",
}
LUCA = {"it": "Luca Verdi", "en": "Luca Green", "ru": "Лука Зелёный"}
FOR_ME = {"it": "per me", "en": "for me", "ru": "для меня"}


async def booked_once(anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    await anna.taps(anna.titles[0])


def first_name(words: Words) -> str:
    return words["name"].split()[0]


async def test_a_patient_of_before_taps_their_first_name(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await booked_once(anna, words)
    await anna.says(words["book"])
    assert anna.titles == (first_name(words), SOMEBODY_ELSE[language])
    assert words["name"] not in anna.text
    await anna.taps(anna.titles[0])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])

    assert [who.name for _, who in await house.booked()] == [words["name"]] * 2


@pytest.mark.parametrize("says", ["for me", "yes", "the first name"])
async def test_a_patient_of_before_says_so(
    house: House, anna: Patient, words: Words, language: str, says: str
) -> None:
    await booked_once(anna, words)
    await anna.says(words["book"])
    said = {"for me": FOR_ME[language], "yes": words["yes"], "the first name": first_name(words)}
    await anna.says(said[says])

    assert anna.slots["patient_name"] == words["name"]


async def test_somebody_else_is_asked_for_by_name(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await booked_once(anna, words)
    await anna.says(words["book"])
    await anna.taps(SOMEBODY_ELSE[language])
    assert anna.titles == ()
    await anna.says(LUCA[language])

    assert anna.slots["patient_name"] == LUCA[language]


async def test_a_visit_for_a_child_offers_no_earlier_name(anna: Patient, words: Words, language: str) -> None:
    await booked_once(anna, words)
    await anna.says(FOR_MY_SON[language])

    assert anna.titles == ()
    assert first_name(words) not in anna.text


@pytest.mark.parametrize("language", ["it", "en"])
async def test_a_childs_name_is_not_asked_for_twice(house: House, language: str) -> None:
    anna = house.patient("anna")
    await anna.says(FOR_MY_SON_LUCA[language])

    assert anna.slots["patient_name"] == LUCA[language]


async def test_birth_date_and_phone_are_remembered(house: House, words: Words) -> None:
    house.practice = replace(house.practice, wants_birth_date=True)
    anna = house.patient("anna", channel="messenger", phone=None)
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.says("333 1234567")
    await anna.says("12/05/1980")
    await anna.taps(anna.titles[0])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])
    await anna.says(words["book"])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])

    assert [(who.phone, who.birth_date) for _, who in await house.booked()] == [
        ("+393331234567", date(1980, 5, 12))
    ] * 2


async def test_another_name_takes_nobodys_birth_date_along(house: House, words: Words) -> None:
    house.practice = replace(house.practice, wants_birth_date=True)
    anna = house.patient("anna")
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.says("12/05/1980")
    for _ in range(2):
        await anna.taps(anna.titles[0])
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])
    await anna.says(words["book"])
    await anna.taps(anna.titles[0])
    assert anna.slots["birth_date"] == "1980-05-12"
    await anna.says(words["the name is"])

    assert (anna.slots["patient_name"], anna.slots["birth_date"]) == (words["corrected name"], None)


async def test_nobody_is_named_after_a_long_silence(house: House, words: Words) -> None:
    anna = house.patient("anna")
    await booked_once(anna, words)
    house.clock.move(days=120)
    await anna.says(words["book"])

    assert anna.titles == ()
    assert first_name(words) not in anna.text


async def test_nobody_else_learns_the_name(house: House, anna: Patient, words: Words) -> None:
    await booked_once(anna, words)
    stranger = house.patient("somebody else")
    await stranger.says(words["book"])

    assert stranger.titles == ()
    assert first_name(words) not in stranger.text

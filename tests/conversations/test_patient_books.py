"""Somebody new books a visit: by tapping, in one breath, with plain yeses; in three languages."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from conversation_kit import House, Patient, offered, shifts, to_the_offer

from bot.practice_systems.embedded import EmbeddedDiary

Words = dict[str, str]
YES = {"it": "Sì", "en": "Yes", "ru": "Да"}
BOOKED = {"it": "prenotat", "en": "booked", "ru": "записаны"}
TUESDAY_TEN = {
    "it": "martedì 3 marzo alle 10:00",
    "en": "Tuesday 3 March at 10:00",
    "ru": "вторник, 3 марта, 10:00",
}


async def test_by_tapping_the_first_choice(house: House, anna: Patient, words: Words, language: str) -> None:
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.taps(anna.titles[0])  # which visit
    await anna.taps(anna.titles[0])  # when
    assert len(anna.openings) >= 2
    assert anna.titles[-1] == words["others"]
    await anna.taps(anna.openings[0])
    assert anna.titles[0].startswith(YES[language])
    await anna.taps(anna.titles[0])

    [(visit, who)] = await house.booked()
    assert (who.name, who.phone, visit.opening.visit_type) == (words["name"], "+393331234567", "first_visit")
    assert len(anna.sees) == 1
    assert anna.titles == ()
    assert BOOKED[language] in anna.text
    for said in (words["name"], "dott. Marco Rossi", "Studio Lucciola", "via dei Platani 5, Roma"):
        assert said in anna.text
    assert (anna.sent, anna.received) == (6, 6)
    assert await house.held() == []


async def test_from_hello_to_booked_in_eight_messages(house: House, words: Words) -> None:
    house.practice = replace(house.practice, wants_birth_date=False)
    boris = house.patient("boris", channel="messenger", phone=None)
    await boris.says(words["hello"])
    await boris.taps(boris.titles[0])
    await boris.says(words["name"])
    await boris.says("+39 333 765 4321")
    await boris.taps(boris.titles[0])
    await boris.taps(boris.titles[0])
    await boris.taps(boris.openings[0])
    await boris.taps(boris.titles[0])

    [(_, who)] = await house.booked()
    assert who.phone == "+393337654321"
    assert (boris.sent, boris.received) == (8, 8)


async def test_the_first_reply_says_that_it_is_automated_and_asks_at_once(
    anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["book"])

    automated = {"it": "automatic", "en": "automated", "ru": "автоматическ"}
    assert automated[language] in anna.text
    assert anna.text.endswith(("?", "."))
    assert len(anna.sees) == 1


async def test_a_practice_that_wants_birth_dates_asks_for_them(house: House, words: Words) -> None:
    house.practice = replace(house.practice, wants_birth_date=True)
    anna = house.patient("anna")
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.says("25/04/1988")
    await anna.taps(anna.titles[0])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])

    [(_, who)] = await house.booked()
    assert str(who.birth_date) == "1988-04-25"


async def test_everything_in_one_message_goes_straightto_the_offer(anna: Patient, words: Words) -> None:
    await anna.says(words["everything"])

    assert anna.slots["patient_name"] == words["name"]
    assert anna.slots["visit_type"] == "first_visit"
    assert anna.openings
    assert {offered(o).weekday() for o in anna.slots["openings_on_offer"]} == {1}
    assert all(offered(o).hour >= 12 for o in anna.slots["openings_on_offer"])


async def test_answers_in_words_instead_of_taps(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.says(words["first visit"])
    await anna.says(words["tuesday at ten"])
    assert TUESDAY_TEN[language] in anna.text, "the very minute is free: nothing is left to choose"
    await anna.says(words["yes"])

    [(visit, _)] = await house.booked()
    assert f"{visit.opening.start:%d %H:%M}" == "03 09:00"
    assert TUESDAY_TEN[language] in anna.text


async def test_plain_yes_leads_to_a_booking(house: House, anna: Patient, words: Words) -> None:
    await anna.says(words["hello"])
    await anna.says(words["yes"])  # shall I book?
    await anna.says(words["name"])
    await anna.taps(anna.titles[0])
    await anna.says(words["yes"])  # which day? as soon as possible
    await anna.taps(anna.openings[0])
    await anna.says(words["yes"])

    assert len(await house.booked()) == 1


async def test_plain_yes_to_the_only_opening_takes_it(house: House, words: Words) -> None:
    rossi = replace(house.practice.practitioners[0], shifts=shifts(time(9), time(9, 30), 1))
    house.practice = replace(
        house.practice,
        practitioners=(rossi,),
        visit_types=house.practice.visit_types[:1],
        horizon=timedelta(days=5),
    )
    house.diary = EmbeddedDiary(house.practice, house.rows)
    anna = house.patient("anna")
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.says(words["yes"])
    assert len(anna.openings) == 1
    await anna.says(words["yes"])
    await anna.says(words["yes"])

    assert len(await house.booked()) == 1


async def test_typing_the_time_on_offer_takes_it(house: House, anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    clocks = [title.split()[-1] for title in anna.openings]
    wanted = next(clock for clock in clocks if clocks.count(clock) == 1)
    await anna.says(wanted)
    await anna.says(words["yes"])

    [(visit, _)] = await house.booked()
    assert f"{offered(visit.opening.ref):%H:%M}" == wanted


async def test_typing_a_title_is_as_good_as_tapping_it(house: House, anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    wanted = offered(anna.slots["openings_on_offer"][1])
    await anna.says(anna.openings[1])
    await anna.says(words["yes"])

    [(visit, _)] = await house.booked()
    assert offered(visit.opening.ref) == wanted


async def test_a_named_practitioner_is_the_one_offered(anna: Patient, words: Words) -> None:
    await anna.says(words["with whom"])
    await anna.says(words["name"])

    assert anna.openings
    assert {ref.split("~")[0] for ref in anna.slots["openings_on_offer"]} == {"bianchi"}


async def test_a_second_booking_knows_the_phone_and_asks_the_name(house: House, words: Words) -> None:
    boris = house.patient("boris", channel="messenger", phone=None)
    for _ in range(2):
        await boris.says(words["book"])
        await boris.says(words["name"])
        if not boris.titles:
            await boris.says("+39 333 765 4321")
        await boris.taps(boris.titles[0])
        await boris.taps(boris.titles[0])
        await boris.taps(boris.openings[0])
        await boris.taps(boris.titles[0])

    assert [who.phone for _, who in await house.booked()] == ["+393337654321"] * 2
    assert boris.sent == 7 + 6


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
async def test_every_title_fits_its_button(house: House, words: Words, channel: str) -> None:
    anna = house.patient("anna", channel=channel)
    await anna.says(words["hello"])
    seen = list(anna.titles)
    await anna.taps(anna.titles[0])
    await anna.says(words["name"])
    for _ in range(3):
        seen += anna.titles
        await anna.taps(anna.titles[0])
    seen += anna.titles

    assert {title for title in seen if len(title) > 20} == set()

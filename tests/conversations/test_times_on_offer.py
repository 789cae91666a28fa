"""What is said to times on offer: another date, "later", and days on which nobody can come."""

from datetime import datetime

import pytest
from conversation_kit import House, Patient, offered

Words = dict[str, str]
NAME = {"it": "sono Anna Verdi", "en": "I'm Anna Verdi", "ru": "меня зовут Анна Верди"}
ON_THE_TENTH = {
    "it": "prima visita il 10 marzo verso le 15",
    "en": "first visit on the 10th of March around 3ish",
    "ru": "первичный приём 10 марта около 15",
}
THE_FOURTH_RATHER = {
    "it": ["meglio il 4", "no allora il 4", "no il 4"],
    "en": ["the 4th would be better", "no the 4th then", "no, the 4th"],
    "ru": ["лучше 4-го", "нет, тогда четвёртого", "нет, 4-го"],
}
ON_TUESDAY_MORNING = {
    "it": "prima visita martedì mattina",
    "en": "first visit on Tuesday morning",
    "ru": "первичный приём во вторник утром",
}
LATER = {"it": "più tardi", "en": "later", "ru": "попозже"}
EARLIER = {"it": "qualcosa prima?", "en": "earlier please", "ru": "пораньше"}
ON_SUNDAY = {
    "it": "prima visita domenica",
    "en": "first visit on Sunday",
    "ru": "первичный приём в воскресенье",
}
IN_SEPTEMBER = {
    "it": "prima visita a settembre",
    "en": "first visit in September",
    "ru": "первичный приём в сентябре",
}
WHY_NOT = {"it": "come mai?", "en": "why not?", "ru": "а почему?"}
CLOSED = {"it": "lo studio è chiuso", "en": "We're closed then", "ru": "клиника закрыта"}
UNTIL = {"it": "fino a venerdì 1 maggio", "en": "up to Friday 1 May", "ru": "до 1 мая"}
AROUND_ELEVEN = {
    "it": "prima visita verso le 11",
    "en": "first visit around 11",
    "ru": "первичный приём около 11",
}
ON_THURSDAY = {"it": "giovedì", "en": "thursday", "ru": "в четверг"}


def starts(anna: Patient) -> list[datetime]:
    return [offered(ref) for ref in anna.slots["openings_on_offer"]]


async def asks(house: House, language: str, words: dict[str, str], who: str = "anna") -> Patient:
    return await house.patient(who).says(f"{words[language]}, {NAME[language]}")


async def test_a_day_of_the_month_after_an_offer_is_that_day(house: House, language: str) -> None:
    for number, says in enumerate(THE_FOURTH_RATHER[language]):
        anna = await asks(house, language, ON_THE_TENTH, f"anna{number}")
        await anna.says(says)

        assert (says, {start.day for start in starts(anna)}) == (says, {4})
        assert anna.slots["opening"] is None


async def test_later_shows_what_comes_after_the_offer_on_that_day(house: House, language: str) -> None:
    anna = await asks(house, language, ON_TUESDAY_MORNING)
    before = starts(anna)
    await anna.says(LATER[language])

    assert starts(anna)
    assert all(start.day == 3 and start > max(before) for start in starts(anna))
    await anna.says(EARLIER[language])
    assert all(start.day == 3 and start <= max(before) for start in starts(anna))


async def test_a_day_on_which_nobody_works_is_said_to_be_one(house: House, language: str) -> None:
    anna = await asks(house, language, ON_SUNDAY)

    assert CLOSED[language] in anna.text
    assert anna.openings


async def test_whoever_asks_why_not_is_told_hours_and_horizon(house: House, language: str) -> None:
    anna = await asks(house, language, ON_SUNDAY)
    on_offer = anna.openings
    await anna.says(WHY_NOT[language])

    assert "9:00–13:00" in anna.text
    assert "60" in anna.text
    assert anna.openings == on_offer


async def test_how_far_ahead_can_be_booked_is_told(house: House, language: str) -> None:
    anna = await asks(house, language, IN_SEPTEMBER)

    assert UNTIL[language] in anna.text
    assert anna.openings


async def test_around_eleven_is_eleven_before_it_is_anything_else(house: House, language: str) -> None:
    anna = await asks(house, language, AROUND_ELEVEN)

    assert {f"{start:%H:%M}" for start in starts(anna)} == {"11:00"}
    await anna.says(ON_THURSDAY[language])
    assert offered(anna.slots["opening"]) == datetime(2026, 3, 5, 11)


@pytest.mark.parametrize("answer", [{"it": "la seconda", "en": "the second one", "ru": "второе"}])
async def test_a_place_in_the_list_stays_one(house: House, language: str, answer: Words) -> None:
    anna = await asks(house, language, ON_TUESDAY_MORNING)
    second = starts(anna)[1]
    await anna.says(answer[language])

    assert offered(anna.slots["opening"]) == second


THE_LATEST = {"it": "il più tardi", "en": "the latest one", "ru": "самое позднее"}
YOU_CHOOSE = {"it": "scelga lei", "en": "i dont mind, you choose", "ru": "мне всё равно, выберите сами"}


async def test_the_latest_of_an_offer_is_its_last(house: House, language: str) -> None:
    anna = await asks(house, language, AROUND_ELEVEN)
    last = max(starts(anna))
    await anna.says(THE_LATEST[language])

    assert offered(anna.slots["opening"]) == last


async def test_a_choice_left_to_the_practice_is_the_first_time_and_is_asked_about(
    house: House, language: str
) -> None:
    anna = await asks(house, language, AROUND_ELEVEN)
    first = min(starts(anna))
    await anna.says(YOU_CHOOSE[language])

    assert offered(anna.slots["opening"]) == first
    assert len(anna.titles) == 2 and not anna.openings

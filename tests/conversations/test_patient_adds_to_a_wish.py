"""What was said of when to come holds, but for what is said anew; and moves are told by the old visit."""

import pytest
from conversation_kit import House, offered, to_the_confirmation, to_the_offer
from conversation_kit import Patient as Chatting
from visit_words import ANNA, VISITS, book

from bot.testing import Patient, Surgery

Words = dict[str, str]

AFTERNOON = {"it": "di pomeriggio", "en": "in the afternoon", "ru": "после обеда"}
NOT_THIS_WEEK = {"it": "non questa settimana", "en": "not this week", "ru": "не на этой неделе"}
WEDNESDAY_OR_THURSDAY = {
    "it": "mercoledì o giovedì",
    "en": "wednesday or thursday",
    "ru": "в среду или в четверг",
}
THE_TWELFTH = {"it": "il 12 marzo", "en": "on the 12th of March", "ru": "12 марта"}
NOT_WEDNESDAYS = {"it": "non di mercoledì", "en": "not wednesdays", "ru": "не в среду"}
TUESDAY_TOO = {
    "it": "anche martedì andrebbe bene",
    "en": "tuesday would work too",
    "ru": "можно и во вторник",
}
SOONEST = {"it": "prima possibile", "en": "as soon as possible", "ru": "как можно скорее"}
FORGET_IT = {"it": "lasci perdere", "en": "forget it", "ru": "не надо, забудьте"}
ANOTHER_DAY = {
    "it": "va bene ma un altro giorno",
    "en": "okay I'd rather come another day",
    "ru": "ладно, в другой день",
}
NO = {"it": "no", "en": "no", "ru": "нет"}
A_PERSON = {"it": "operatore", "en": "human", "ru": "оператор"}
A_WEEK_LATER = {
    "it": "si può rimandare di una settimana?",
    "en": "can you push it back a week",
    "ru": "можно перенести на неделю позже?",
}
SAME_TIME = {"it": "stessa ora", "en": "same time", "ru": "в то же время"}
LATER_THAT_DAY = {
    "it": "posso venire un po' più tardi quel giorno?",
    "en": "can I come a bit later that day?",
    "ru": "можно прийти попозже в тот же день?",
}
AROUND_ELEVEN = {"it": "verso le 11", "en": "around 11", "ru": "часов в 11"}


def on_offer(anna: Chatting) -> set[tuple[int, bool]]:
    """The days on offer, and whether in the afternoon."""
    starts = [offered(ref) for ref in anna.slots["openings_on_offer"]]
    return {(start.day, start.hour >= 13) for start in starts}


async def test_the_part_of_the_day_and_the_week_outlive_what_is_said_later(
    anna: Chatting, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.says(SOONEST[language])
    await anna.says(AFTERNOON[language])
    assert {is_late for _, is_late in on_offer(anna)} == {True}
    await anna.says(NOT_THIS_WEEK[language])
    assert all(day >= 9 and is_late for day, is_late in on_offer(anna))
    await anna.says(WEDNESDAY_OR_THURSDAY[language])

    assert on_offer(anna) == {(11, True), (12, True)}


TOO_LATE = {"it": "e le 11 troppo tardi", "en": "and 11 too late", "ru": "и 11 слишком поздно"}


async def test_a_time_on_offer_that_is_too_late_is_no_late_patient(
    anna: Chatting, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.says(TOO_LATE[language])

    assert anna.openings
    assert anna.slots["opening"] is None


async def test_a_refused_day_is_taken_off_and_one_that_would_do_too_is_added(
    anna: Chatting, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.says(SOONEST[language])
    await anna.says(AFTERNOON[language])
    await anna.says(WEDNESDAY_OR_THURSDAY[language])
    assert on_offer(anna) == {(4, True), (5, True)}
    await anna.says(NOT_WEDNESDAYS[language])
    assert on_offer(anna) == {(5, True)}
    await anna.says(TUESDAY_TOO[language])

    assert on_offer(anna) == {(3, True), (5, True)}


async def test_as_soon_as_possible_takes_everything_back(anna: Chatting, words: Words, language: str) -> None:
    await to_the_offer(anna, words)
    await anna.says(THE_TWELFTH[language])
    assert {day for day, _ in on_offer(anna)} == {12}
    await anna.says(SOONEST[language])

    assert min(day for day, _ in on_offer(anna)) < 5


async def test_whoever_begins_again_is_not_held_to_an_earlier_wish(
    anna: Chatting, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.says(AFTERNOON[language])
    await anna.says(FORGET_IT[language])
    assert anna.conversation.stack == ()
    await to_the_offer(anna, words)
    await anna.says(THE_TWELFTH[language])

    assert on_offer(anna) == {(12, False), (12, True)}


async def test_another_day_at_the_confirmation_is_any_day_but_that(
    house: House, anna: Chatting, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    refused = offered(anna.slots["opening"]).day
    await anna.says(ANOTHER_DAY[language])

    assert anna.openings and all(day != refused for day, _ in on_offer(anna))
    assert await house.held() == []


async def test_no_to_two_offers_of_one_day_shows_other_days_and_the_way_to_a_person(
    anna: Chatting, words: Words, language: str
) -> None:
    await to_the_offer(anna, words)
    await anna.says(THE_TWELFTH[language])
    await anna.says(NO[language])
    assert {day for day, _ in on_offer(anna)} == {12}
    await anna.says(NO[language])

    assert all(day > 12 for day, _ in on_offer(anna))
    assert A_PERSON[language] in anna.text


# -- moving -----------------------------------------------------------------------------------------------


@pytest.fixture
async def maria(surgery: Surgery, language: str) -> Patient:
    """With a visit on Thursday 5 March at nine."""
    maria = surgery.patient(ANNA)
    await book(maria, VISITS[language]["book"])
    return maria


async def standing(surgery: Surgery) -> dict[object, object]:
    return {row["status"]: row["start_local"] for row in await surgery.diary()}


async def test_a_visit_is_put_off_by_a_week_at_its_own_hour(
    surgery: Surgery, maria: Patient, language: str
) -> None:
    await maria.says(A_WEEK_LATER[language])
    assert await standing(surgery) == {"booked": "2026-03-05T09:00", "held": "2026-03-12T09:00"}
    await maria.says(SAME_TIME[language])
    await maria.brings(maria.sees.choices[0].payload)

    assert await standing(surgery) == {"booked": "2026-03-12T09:00"}


async def test_later_that_day_is_later_on_the_day_of_the_visit(maria: Patient, language: str) -> None:
    def days_on_offer() -> set[str]:
        return {title.rsplit(" ", 1)[0] for title in maria.sees.titles if ":" in title}

    await maria.says(LATER_THAT_DAY[language])
    [thursday] = days_on_offer()
    assert "5" in thursday and all("09:00" not in title for title in maria.sees.titles)
    await maria.says(AROUND_ELEVEN[language])

    assert days_on_offer() == {thursday}


async def test_a_second_move_knows_nothing_of_the_first(
    surgery: Surgery, maria: Patient, language: str
) -> None:
    await maria.says(A_WEEK_LATER[language])
    await maria.brings(maria.sees.choices[0].payload)
    await maria.says(VISITS[language]["move"])
    await maria.says(AFTERNOON[language])

    days = {title.rsplit(" ", 1)[0] for title in maria.sees.titles if ":" in title}
    assert len(days) > 1

"""Several people come from one chat: none is dropped, the next is easy, and names are put right."""

import pytest
from conversation_kit import House, Patient

Words = dict[str, str]

TWO = {
    "it": ("controllo giovedì mattina", "Sara e Tommaso Ricci", "Sara Ricci", "Tommaso Ricci"),
    "en": ("check-up thursday morning", "Sue and Tom Baker", "Sue Baker", "Tom Baker"),
    "ru": ("осмотр в четверг утром", "Света и Тимур Бакировы", "Света Бакирова", "Тимур Бакиров"),
}
ME = {
    "it": "controllo giovedì mattina, sono Anna Verdi",
    "en": "check-up thursday morning, I'm Anna Green",
    "ru": "осмотр в четверг утром, меня зовут Анна Белова",
}
AND_HIM = {"it": "e per mio marito?", "en": "and for my husband?", "ru": "а мужа?"}
HIM = {"it": "Bruno Verdi", "en": "Bob Green", "ru": "Борис Белов"}
LILY = {
    "it": "un controllo venerdì mattina per mia figlia Lia Verdi",
    "en": "a check-up friday morning for my daughter Lily Green",
    "ru": "осмотр в пятницу утром, моя дочь Лия Белова",
}
CANCEL_LILYS = {"it": "disdica quella di Lia", "en": "cancel Lily's", "ru": "отмените запись Лии"}
FRIDAY = {"it": "venerdì", "en": "Friday", "ru": "пятница"}
FIRST_ONLY = {
    "it": ("Beppe", "Beppe Grilli", "Beppe Grilli"),
    "en": ("ok its Bob", "Bob Marley", "Bob Marley"),
    "ru": ("Аня", "Аня Руссо", "Аня Руссо"),
}
SURNAME = {
    "it": ("Anna Rossini", "il cognome è Verdini", "Anna Verdini"),
    "en": ("Anna Grean", "my surname is Green", "Anna Green"),
    "ru": ("Аня Руссос", "фамилия неправильно, Руссо", "Аня Руссо"),
}
WRONG = {
    "it": "avete scritto male il mio nome, è Anna Verdy con la y",
    "en": "you spelled my name wrong, it's Anna Grean",
    "ru": "у вас имя неправильно, я Анна Беловая",
}


async def booked(anna: Patient, says: str, words: Words) -> None:
    await anna.says(says)
    await anna.taps(anna.openings[0])
    await anna.says(words["yes"])


async def names(house: House) -> list[str]:
    return [who.name for _, who in await house.booked()]


async def test_of_two_who_are_named_one_is_booked_after_the_other(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    wish, both, first, second = TWO[language]
    await anna.says(wish)
    await anna.says(both)
    assert first in anna.text and second in anna.text
    await anna.taps(anna.openings[0])
    await anna.says(words["yes"])
    assert second in anna.text
    await anna.says(words["yes"])
    await anna.taps(anna.openings[0])
    await anna.says(words["yes"])

    visits = await house.booked()
    assert {who.name for _, who in visits} == {first, second}
    assert len({visit.opening.start.date() for visit, _ in visits}) == 1
    assert len({visit.opening.visit_type for visit, _ in visits}) == 1


async def test_who_wants_only_the_first_of_two_is_left_in_peace(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    wish, both, first, _ = TWO[language]
    await anna.says(wish)
    await booked(anna, both, words)
    await anna.says(words["no"])

    assert await names(house) == [first]
    assert not anna.titles


async def test_and_for_my_husband_keeps_the_kind_and_the_day(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await booked(anna, ME[language], words)
    await anna.says(AND_HIM[language])
    await booked(anna, HIM[language], words)

    visits = await house.booked()
    assert HIM[language] in {who.name for _, who in visits}
    assert len({(v.opening.start.date(), v.opening.visit_type) for v, _ in visits}) == 1


async def test_whose_visit_is_said_is_not_asked(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await booked(anna, ME[language], words)
    await booked(anna, LILY[language], words)
    await anna.says(CANCEL_LILYS[language])

    assert FRIDAY[language] in anna.text


async def test_a_name_that_is_mentioned_much_later_opens_nothing(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await booked(anna, ME[language], words)
    await booked(anna, LILY[language], words)
    house.clock.move(hours=1)
    await anna.says(CANCEL_LILYS[language])

    assert FRIDAY[language] not in anna.text


@pytest.mark.parametrize("told", [FIRST_ONLY, SURNAME], ids=["the surname added", "the surname put right"])
async def test_a_name_is_told_better(
    anna: Patient, language: str, told: dict[str, tuple[str, str, str]]
) -> None:
    first, better, whole = told[language]
    await anna.says(TWO[language][0])
    await anna.says(first)
    await anna.says(better)

    assert anna.slots["patient_name"] == whole


async def test_who_finds_the_name_wrong_in_the_diary_hears_that_a_colleague_is_told(
    anna: Patient, words: Words, language: str
) -> None:
    await booked(anna, ME[language], words)
    await anna.says(WRONG[language])

    assert anna.handed_over == ["wrong_name"]


THREE = {
    "it": ("Tommaso, Anna e Susanna Ricci", ("Tommaso Ricci", "Anna Ricci", "Susanna Ricci")),
    "en": ("Tom, Ann and Sue Hill", ("Tom Hill", "Ann Hill", "Sue Hill")),
    "ru": ("Том, Аня и Соня Холм", ("Том Холм", "Аня Холм", "Соня Холм")),
}
AND_A_CLEANING = {
    "it": "sì e poi una pulizia",
    "en": "yes and a cleaning after it",
    "ru": "да и потом гигиену",
}
SAME_FOR_HIM = {
    "it": "lo stesso per mio marito, Bruno Verdi, subito dopo di me",
    "en": "same for my husband please, Robert Ash, right after me",
    "ru": "то же для мужа, Борис Белов, сразу после меня",
}


async def test_three_who_are_named_are_three_people_and_none_at_the_same_minute(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    named, people = THREE[language]
    await anna.says(TWO[language][0])
    await booked(anna, named, words)
    for _ in people[1:]:
        await anna.says(words["yes"])
        await anna.taps(anna.openings[0])
        await anna.says(words["yes"])

    visits = await house.booked()
    ends = [visit.opening.end for visit, _ in visits]
    assert sorted(who.name for _, who in visits) == sorted(people)
    assert sorted(visit.opening.start for visit, _ in visits)[1:] == sorted(ends)[:-1]


async def test_the_same_for_my_husband_is_the_same_kind_right_after(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await booked(anna, ME[language], words)
    await anna.says(SAME_FOR_HIM[language])
    await anna.taps(anna.openings[0])
    await anna.says(words["yes"])

    (first, _), (second, who) = sorted(await house.booked(), key=lambda one: one[0].opening.start)
    assert who.name in SAME_FOR_HIM[language]
    assert second.opening.start == first.opening.end
    assert second.opening.visit_type == first.opening.visit_type


async def test_yes_and_a_cleaning_is_one_visit_more_and_changes_none(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await anna.says(ME[language])
    await anna.taps(anna.openings[0])
    await anna.says(AND_A_CLEANING[language])
    [(only, _)] = await house.booked()
    assert only.opening.visit_type == "first_visit"
    await anna.says(words["yes"])
    await anna.taps(anna.titles[0])
    await anna.taps(anna.openings[0])
    await anna.says(words["yes"])

    (first, _), (second, _) = sorted(await house.booked(), key=lambda one: one[0].opening.start)
    assert (first.opening.visit_type, second.opening.visit_type) == ("first_visit", "cleaning")
    assert second.opening.start >= first.opening.end

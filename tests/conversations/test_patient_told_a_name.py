"""Who comes: what is said together with a name, a name put right, and people who are only mentioned."""

import pytest
from conversation_kit import House, Patient, to_the_confirmation

Words = dict[str, str]

FRIDAY = {"it": "ven", "en": "Fri", "ru": "пт"}
NAME_AND_FRIDAY = {
    "it": (
        "Gina Volpe, venerdì",
        "venerdì, Gina Volpe",
        "gina volpe venerdì mattina",
        "Gina Volpe, solo venerdì",
    ),
    "en": (
        "Jane Fox, Friday",
        "friday, Jane Fox",
        "jane fox friday morning",
        "it's Jane Fox, I can only do friday",
    ),
    "ru": (
        "Яна Лис, в пятницу",
        "в пятницу, Яна Лис",
        "яна лис в пятницу утром",
        "Яна Лис, могу только в пятницу",
    ),
}
FULL_NAME = {"it": "Gina Volpe", "en": "Jane Fox", "ru": "Яна Лис"}
WORDS_FOR_NAMES = {
    "it": ("Domenica Sabato", "Felice Mattina", "Domenica Neri"),
    "en": ("Grace Day", "Joy Friday", "April Jones"),
    "ru": ("Вера Среда", "Пётр Боль", "Саша Ли"),
}
ONLY_MENTIONED = {
    "it": (
        "scusi scriveva mio figlio",
        "il bimbo adesso dorme",
        "mia moglie La saluta",
        "mio marito mi accompagna",
    ),
    "en": (
        "my wife says hi",
        "sorry that was my son typing",
        "my kid is asleep right now",
        "my wife Ann says hi",
    ),
    "ru": (
        "мужу тоже удобно",
        "свекровь была у вас в прошлый раз",
        "сына забирает муж",
        "моя мама у вас лечится",
    ),
}
FOR_SOMEBODY = {
    "it": ("no, è per mia figlia", "non per me, per mio marito", "mio figlio ha mal di denti"),
    "en": ("no it's for my daughter", "not me, my husband", "it's my son who needs it"),
    "ru": ("нет, это для дочки", "не мне, а мужу", "запишите сына"),
}
PUT_RIGHT = {
    "it": (
        ("scusi il cognome è sbagliato, Verdini", "Anna Verdini"),
        ("mi chiamo Annalisa, non Anna", "Annalisa Verdi"),
        ("non Anna, Annalisa", "Annalisa Verdi"),
        ("il cognome giusto è Verdini", "Anna Verdini"),
        ("A-N-N-A-L-I-S-A", "Annalisa Verdi"),
    ),
    "en": (
        ("sorry the surname is wrong, Greene", "Anna Greene"),
        ("it's Annie not Anna", "Annie Green"),
        ("not Anna, Annie", "Annie Green"),
        ("the name's spelled A-N-N-I-E", "Annie Green"),
        ("Greene with an e", "Anna Greene"),
    ),
    "ru": (
        ("фамилия неверная, Зеленова", "Анна Зеленова"),
        ("не Анна, а Алина", "Алина Зелёная"),
        ("Алина, а не Анна", "Алина Зелёная"),
        ("нет, меня зовут Алина", "Алина Зелёная"),
    ),
}
WRONG_NAME = {
    "it": ("ho sbagliato nome", "il nome è sbagliato"),
    "en": ("no wait wrong name", "you got my name wrong"),
    "ru": ("имя не то", "имя неправильное"),
}
AFTER_BOOKING = {
    "it": ("è Annalisa, non Anna", "il nome giusto è Annalisa Verdi"),
    "en": ("it's Annie not Anna", "the name should be Annie Green"),
    "ru": ("не Анна, а Алина", "фамилия Зеленова, я опечаталась"),
}
AM_I_BOOKED = {
    "it": ("quindi sono prenotata?", "allora è confermato?"),
    "en": ("so am I booked?", "is my appointment confirmed?"),
    "ru": ("ок так я записана?", "я уже записана?"),
}
NOT_YET = {"it": "Non ancora", "en": "Not yet", "ru": "Ещё нет"}
AND_MY_SON = {
    "it": "sì e anche per mio figlio",
    "en": "yes and also for my son Leo",
    "ru": "да и ещё для сына",
}


@pytest.mark.parametrize("number", range(4))
async def test_a_day_told_with_the_name_is_kept(
    anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(words["book"])
    await anna.says(NAME_AND_FRIDAY[language][number])
    await anna.taps(words["first visit"])

    assert anna.slots["patient_name"] == FULL_NAME[language]
    assert anna.openings
    assert [title for title in anna.openings if not title.startswith(FRIDAY[language])] == []


@pytest.mark.parametrize("number", range(3))
async def test_a_name_that_is_a_word_is_a_name(
    anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(words["book"])
    await anna.says(WORDS_FOR_NAMES[language][number])

    assert anna.slots["patient_name"] == WORDS_FOR_NAMES[language][number]


async def test_a_name_in_two_messages_is_one(anna: Patient, words: Words, language: str) -> None:
    await anna.says(words["book"])
    await anna.says(FULL_NAME[language].lower().replace(" ", "\n"))

    assert anna.slots["patient_name"] == FULL_NAME[language]


async def test_a_surname_that_comes_later_belongs_to_the_name(
    anna: Patient, words: Words, language: str
) -> None:
    first, last = FULL_NAME[language].lower().split()
    await anna.says(words["book"])
    await anna.says(first)
    await anna.says(last)

    assert anna.slots["patient_name"] == FULL_NAME[language]


@pytest.mark.parametrize("number", range(4))
async def test_whoever_is_only_mentioned_changes_nothing(
    anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(ONLY_MENTIONED[language][number])

    assert anna.slots["patient_name"] == words["name"]
    assert anna.slots["for_somebody_else"] is False


@pytest.mark.parametrize("number", range(3))
async def test_words_that_say_for_whom_it_is_do(
    anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(FOR_SOMEBODY[language][number])

    assert anna.slots["for_somebody_else"] is True
    assert anna.slots["patient_name"] is None


async def test_one_more_person_does_not_take_the_place_of_the_first(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(AND_MY_SON[language])
    if not await house.booked():  # the yes may have to be said alone
        await anna.says(words["yes"])

    assert [details.name for _, details in await house.booked()] == [words["name"]]


@pytest.mark.parametrize("number", range(5))
async def test_a_name_is_put_right_and_the_rest_of_it_stays(
    anna: Patient, words: Words, language: str, number: int
) -> None:
    said, name = [*PUT_RIGHT[language], PUT_RIGHT[language][0]][number]
    await to_the_confirmation(anna, words)
    await anna.says(said)

    assert anna.slots["patient_name"] == name
    assert name in anna.text


@pytest.mark.parametrize("number", range(2))
async def test_a_wrong_name_is_asked_for_again(
    anna: Patient, words: Words, language: str, number: int
) -> None:
    await anna.says(words["book"])
    asks = anna.text
    await anna.says(words["name"])
    await anna.says(WRONG_NAME[language][number])

    assert anna.slots["patient_name"] is None
    assert anna.text.splitlines()[-1] == asks.splitlines()[-1]


@pytest.mark.parametrize("number", range(2))
async def test_a_name_put_right_after_the_booking_goes_to_a_colleague(
    house: House, anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(words["yes"])
    await anna.says(AFTER_BOOKING[language][number])

    assert anna.handed_over == ["wrong_name"]
    assert len(await house.booked()) == 1


@pytest.mark.parametrize("number", range(2))
async def test_whoever_asks_whether_it_is_booked_hears_that_it_is_not_yet(
    house: House, anna: Patient, words: Words, language: str, number: int
) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(AM_I_BOOKED[language][number])

    assert NOT_YET[language] in anna.text
    assert await house.booked() == []
    await anna.says(words["yes"])
    assert len(await house.booked()) == 1


SIGNED = {
    "it": "prima visita venerdì alle 10, Gina Volpe",
    "en": "first visit friday 10, Jane Fox",
    "ru": "первичный приём в пятницу в 10, Яна Лис",
}


async def test_a_name_behind_a_wish_is_heard_after_a_greeting_too(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    """Nearly everybody says hello first, and the menu that follows takes a whole wish for an answer."""
    await anna.says(words["hello"])
    await anna.says(SIGNED[language])

    assert FULL_NAME[language] in anna.text

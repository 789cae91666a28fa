"""Minutes, a meeting or the road alone are no delay: what was under way goes on."""

from conversation_kit import House, Patient

THURSDAY = {
    "en": "check-up thursday, Jane Fox",
    "it": "controllo giovedì, Gina Volpe",
    "ru": "осмотр в четверг, Яна Лис",
}
A_MOMENT = {
    "en": "i'm in a meeting, 1 sec",
    "it": "sono in riunione, un attimo",
    "ru": "я на совещании, минутку",
}
EARLY = {
    "en": "we might be five minutes early",
    "it": "potremmo arrivare cinque minuti in anticipo",
    "ru": "мы придём на 10 минут раньше",
}
LATE = {
    "en": "I'm running 10 minutes late",
    "it": "sono in ritardo di 10 minuti",
    "ru": "опаздываю на 10 минут",
}
TEN = {"en": "10", "it": "alle 10", "ru": "в 10"}
YES = {"en": "yes", "it": "sì", "ru": "да"}


async def test_who_asks_for_a_moment_finds_the_times_again(
    house: House, anna: Patient, language: str
) -> None:
    await anna.says(THURSDAY[language])
    offered = anna.openings
    await anna.says(A_MOMENT[language])
    assert anna.openings == offered
    await anna.says(TEN[language])
    await anna.says(YES[language])

    assert len(await house.booked()) == 1


async def test_who_comes_early_is_not_late(house: House, anna: Patient, language: str) -> None:
    await anna.says(THURSDAY[language])
    await anna.says(TEN[language])
    await anna.says(EARLY[language])
    await anna.says(YES[language])

    assert len(await house.booked()) == 1


NOTED = {"it": "circa 10 minuti di ritardo", "en": "about 10 minutes late", "ru": "около 10 мин"}


async def test_who_says_late_is_late(house: House, anna: Patient, language: str) -> None:
    await anna.says(THURSDAY[language])
    await anna.says(LATE[language])

    assert NOTED[language] in anna.text

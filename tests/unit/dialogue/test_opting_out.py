"""What is said of messages, deaths and bookings, as far as the words alone tell."""

import pytest

from bot.dialogue.opting_out import says_plainly, sends_ours, takes_up, tells_of_a_death

DEATHS = [
    *("Anna passed away in May", "my husband passed on last year", "He has sadly passed on", "Anna died"),
    *("Anna non c'è più", "mia moglie è mancata a marzo", "Lui purtroppo è scomparso", "mio padre è morto"),
    *("Mio marito ci ha lasciati la settimana scorsa", "La signora Verdi è mancata ieri"),
    *("Анны больше не стало", "не стало моей мамы", "Её не стало в мае", "папа умер", "Не стало Анны"),
]
NO_DEATHS = [
    *("I passed on the message to my wife", "She passed on your message", "the pain passed on its own"),
    *("Il dolore non c'è più, grazie", "Il gonfiore è scomparso", "Gonfiore non c'è più"),
    *("Il dottore ci ha lasciato aspettare", "Mia moglie ci ha lasciato la macchina", "È mancata la luce"),
    *("Лучше не стало", "Легче не стало", "Мне лучше не стало", "Боли не стало", "Хуже Анне не стало"),
]

PLAINLY = [
    *("Stop bothering me", "Don't bother me again", "Leave me alone", "please don't disturb me anymore"),
    *("Non disturbatemi più", "Lasciatemi in pace", "smettetela, lasciateci stare per favore"),
    *("Оставьте меня в покое", "Не беспокойте меня больше", "хватит меня беспокоить"),
]
NOT_PLAINLY = [
    "don't bother",
    "scusi il disturbo",
    "non vorrei disturbare nessuno",
    "не беспокойтесь",
    "non mi disturba",
]
OURS = [
    *("do send them", "send reminders", "write to me", "keep texting me"),
    *("scrivete pure", "mandatemi i promemoria", "mandateli", "присылайте", "присылайте напоминания"),
]
NOT_OURS = [
    *("send me my x-ray please", "send me the receipt", "can you write the address"),
    *("mandatemi la radiografia", "può scrivere l'indirizzo", "пришлите мне снимок", "напишите адрес"),
]
GOES_ON = [
    *("Yes, book it", "no wait, yes", "go on", "sì, confermo", "si, prenoti", "si confermo", "anzi sì"),
    *("да, записывайте", "хотя нет, давайте", "нет, продолжайте"),
]
GOES_NOT_ON = [
    *("Continue tomorrow", "book me another time", "yes, another day", "Да нет", "Давайте в другой раз"),
    *("Si può pagare con la carta", "continuiamo domani", "sì, un'altra volta", "давайте завтра"),
]


@pytest.mark.parametrize("words", DEATHS)
def test_somebody_has_died(words: str) -> None:
    assert tells_of_a_death(words)


@pytest.mark.parametrize("words", NO_DEATHS)
def test_nobody_has_died_where_pain_a_message_or_patience_is_gone(words: str) -> None:
    assert not tells_of_a_death(words)


@pytest.mark.parametrize("words", PLAINLY)
def test_no_more_messages_are_wanted_whatever_else_is_under_way(words: str) -> None:
    assert says_plainly(words)


@pytest.mark.parametrize("words", NOT_PLAINLY)
def test_who_is_polite_wants_no_end_of_messages(words: str) -> None:
    assert not says_plainly(words)


@pytest.mark.parametrize("words", OURS)
def test_our_messages_are_wanted_again(words: str) -> None:
    assert sends_ours(words)


@pytest.mark.parametrize("words", NOT_OURS)
def test_who_asks_for_a_paper_does_not_ask_for_our_messages(words: str) -> None:
    assert not sends_ours(words)


@pytest.mark.parametrize("words", GOES_ON)
def test_what_was_dropped_goes_on(words: str) -> None:
    assert takes_up(words)


@pytest.mark.parametrize("words", GOES_NOT_ON)
def test_a_yes_to_something_else_or_for_another_day_takes_nothing_up(words: str) -> None:
    assert not takes_up(words)

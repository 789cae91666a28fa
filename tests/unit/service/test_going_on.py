"""What a patient who waits for a person takes back, and what they say instead."""

import pytest

from bot.service.waiting.going_on import GoingOn, goes_on


@pytest.mark.parametrize(
    "said",
    [
        "never mind",
        "Actually it's ok, I'll continue here",
        "I don't need a person anymore, let's continue",
        "anzi no, continuiamo qui",
        "Lasciamo stare l'operatore",
        "non posso aspettare, andiamo avanti",
        "Не нужно, давайте продолжим здесь",
        "оператор уже не нужен",
        "actually can we go on here?",
        "never mind, I'll do it with you",
        "can I book here?",
        "anzi no faccio da solo",
        "prenoto qui con lei",
        "ладно не надо, сама запишусь",
        "можно записаться здесь?",
    ],
)
def test_who_takes_it_back_and_says_nothing_else(said: str) -> None:
    assert goes_on(said) == GoingOn(rest="")


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("cancel that, the second one please", "the second one please"),
        ("Ok forget the operator. First one please", "First one please"),
        ("lasci perdere il collega, prendo le 9:30", "prendo le 9:30"),
        ("не хочу ждать, запишите на 10", "запишите на 10"),
        ("forget it, I want the doctor", "I want the doctor"),
    ],
)
def test_what_is_said_instead_is_left_over(said: str, rest: str) -> None:
    assert goes_on(said) == GoingOn(rest=rest)


@pytest.mark.parametrize(
    ("said", "rest"),
    [("never mind 9:30", "9:30"), ("non serve la fattura", "la fattura"), ("не надо звонить", "звонить")],
)
def test_what_hangs_on_it_may_be_what_is_not_needed(said: str, rest: str) -> None:
    assert goes_on(said) == GoingOn(rest=rest, apart=False)


@pytest.mark.parametrize(
    "said",
    [
        *("ok thanks", "that's fine, I'll wait", "it's fine", "can you continue?", "no, I need a human", ""),
        *("va bene, aspetto", "va bene così", "9:30"),
        *("хорошо, подожду", "да, жду"),
    ],
)
def test_whoever_is_content_to_wait_takes_nothing_back(said: str) -> None:
    assert goes_on(said) is None

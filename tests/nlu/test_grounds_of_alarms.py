"""What a likeness hears alone counts only where something of the emergency was said."""

import pytest

from nlu.interpreter import OfflineInterpreter
from nlu.understanding import Context
from tests.nlu.conftest import NOW

_ANY = Context(now=NOW, languages=("it", "en", "ru"))


def _level(interpreter: OfflineInterpreter, text: str) -> str | None:
    flag = interpreter.understand_many([(text, _ANY)])[0].red_flag
    return None if flag is None else flag.level


@pytest.mark.parametrize(
    "text",
    [
        "mi fa male a sinistra",
        "ho male a sinistra in basso",
        "mi fa male il lato sinistro quando mastico",
        "male lato sinistro della bocca",
        "hurts on the left and goes to the ear",
        "болит с левой стороны, отдаёт в ухо",
        "ecco il mio dente, che faccio?",
        "это мой зуб, что делать?",
        "here is my tooth, what do I do?",
        "can I keep my tooth after it's out?",
        "зуб в стакане - шучу, это протез",
        "sono incinta di 6 mesi",
        "I'm 6 months pregnant",
        "я на шестом месяце беременности",
        "my braces are tight and it hurts to swallow a bit",
    ],
)
def test_a_side_a_tooth_that_is_shown_and_a_pregnancy_are_no_alarm(
    interpreter: OfflineInterpreter, text: str
) -> None:
    assert _level(interpreter, text) is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ho un dolore al lato sinistro e al braccio", "A"),
        ("mi fa male il lato sinistro e sudo freddo", "A"),
        ("pain on my left side and I'm sweating", "A"),
        ("болит слева и отдаёт в руку", "A"),
        ("il mio dente è in mano, che faccio?", "B"),
        ("зуб у меня в руке, что делать", "B"),
        ("my tooth is in my hand", "B"),
        ("sono incinta e ho mal di denti", "C"),
        ("my cheek is huge and i have 39 fever", "A"),
        ("cheek is massive and temp 39.5", "A"),
        ("guancia enorme e febbre a 39", "A"),
        ("щека огромная и температура 39", "A"),
        ("nn riesco ad aprire gli okki da quanto è gonfia la faccia", "A"),
    ],
)
def test_with_a_ground_it_is_one(interpreter: OfflineInterpreter, text: str, level: str) -> None:
    assert _level(interpreter, text) == level

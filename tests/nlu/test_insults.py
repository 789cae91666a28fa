"""Anger at the assistant alone is told from a complaint and from a wish."""

import pytest

from nlu.insults import is_mere_insult
from nlu.words import cut


@pytest.mark.parametrize(
    "text",
    [
        *("stupid bot", "omg you stupid bot", "you useless piece of crap!!", "wtf", "u r so dumb"),
        *("ma sei scemo o cosa?", "bot stupido", "che schifo di bot", "sei proprio inutile"),
        *("тупой бот", "ты идиот", "какой же ты тупой", "бесполезная программа"),
        *("du dummer Bot", "so ein Mist"),
    ],
)
def test_anger_alone_has_nothing_to_look_after(text: str) -> None:
    assert is_mere_insult(cut(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "stupid bot, get me a person",
            "I was charged twice you idiots",
            "this tooth hurts like hell",
            "hello",
        ),
        *(
            "",
            "you are a bot",
            "bot stupido, passami qualcuno",
            "sei un robot?",
            "mi fa un male cane il dente",
        ),
        *("тупой бот, дайте человека", "зуб болит", "вы бот?", "хочу записаться, блин", "не понимаешь"),
    ],
)
def test_who_wants_something_beside_it_is_heard(text: str) -> None:
    assert not is_mere_insult(cut(text))

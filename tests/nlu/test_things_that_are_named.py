"""Who names a tooth, sends a link or leans on a key tells of no emergency."""

import pytest

from nlu.interpreter import OfflineInterpreter
from nlu.spoken import spoken
from nlu.understanding import Context
from tests.nlu.conftest import NOW

_ANY = Context(now=NOW, languages=("it", "en", "ru"))


def _flag(interpreter: OfflineInterpreter, text: str) -> str | None:
    flag = interpreter.understand_many([(text, _ANY)])[0].red_flag
    return None if flag is None else f"{flag.level} {flag.key}"


@pytest.mark.parametrize(
    "text",
    [
        "front tooth",
        "hi, upper left molar please",
        "dunno, it's my back tooth, feels rough",
        "dente",
        "ciao, dente davanti",
        "gengiva",
        "sul dente davanti una macchiolina",
        "передний зуб",
        "зуб спереди",
        "ну не знаю, задний зуб какой-то шершавый",
        "https://www.facebook.com/share/p/1AbCdEfGh/?fbclid=IwAR2xyz0abcDEFghiJKLmnoPQRstuVWxyz123456789",
        "x https://example.org/" + "a" * 250,
        "x " + "b" * 300,
        "grazie " + "e" * 150,
    ],
)
def test_a_thing_alone_a_link_and_a_held_key_are_no_alarm(interpreter: OfflineInterpreter, text: str) -> None:
    assert _flag(interpreter, text) is None


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("my front tooth is out", "B avulsion"),
        ("il dente davanti è nel latte", "B avulsion"),
        ("зуба спереди нет, держу в руке", "B avulsion"),
        ("https://example.org/share/1 my husband can't breathe", "A airway"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa non riesco a respirare", "A airway"),
        ("I broke a tooth and have it in my hand", "B avulsion"),
        ("can-not-breathe-since-5-min", "A airway"),
        ("non-riesco-a-respirare-da-5-minuti", "A airway"),
    ],
)
def test_what_happened_is_heard_beside_them(interpreter: OfflineInterpreter, text: str, flag: str) -> None:
    assert _flag(interpreter, text) == flag


@pytest.mark.parametrize(
    "text",
    [
        "actually it's urgent, I broke a tooth",
        "in realtà è urgente, mi sono rotto un dente",
        "вообще-то срочно, я сломал зуб",
        "urgent, I chipped a tooth",
    ],
)
def test_a_broken_tooth_is_not_to_be_kept_in_milk(interpreter: OfflineInterpreter, text: str) -> None:
    assert _flag(interpreter, text) in (None, "C displaced")


def test_a_cry_a_long_word_and_a_stop_without_a_space_are_said() -> None:
    assert spoken("heeeeelp me") == "heeeeelp me"
    assert spoken("otorinolaringoiatricamente") == "otorinolaringoiatricamente"
    assert spoken("it fell out.Help/please") == "it fell out.Help/please"
    assert spoken("see maps.app/x?y=1 there") == "see   there"

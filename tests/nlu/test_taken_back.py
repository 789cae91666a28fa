"""Who takes an alarm back says so; who only sounds like it does not."""

import pytest

from nlu.interpreter import OfflineInterpreter
from nlu.taken_back import beside_what_is_well, is_of_mistake
from nlu.understanding import Context, Understanding
from tests.nlu.conftest import NOW

_ANY = Context(now=NOW, languages=("it", "en", "ru"))


def _read(interpreter: OfflineInterpreter, text: str) -> Understanding:
    return interpreter.understand_many([(text, _ANY)])[0]


@pytest.mark.parametrize(
    "text",
    [
        "no no I'm fine, wrong chat",
        "I said I CAN breathe, stop",
        "my breathing is ok now",
        "false alarm",
        "it's not an emergency, it was autocorrect",
        "no no respiro benissimo",
        "ho detto che RESPIRO",
        "adesso respiro bene",
        "basta, sto BENE",
        "falso allarme, scusate",
        "il sangue si è fermato",
        "нет нет, я дышу нормально",
        "я же говорю, дышу",
        "ложная тревога",
        "это автозамена, извините",
        "кровь остановилась",
        "sorry, that wasn't for you",
        "please ignore my last message",
        "scusi, non era per voi",
        "mi sono sbagliata",
        "извините, это не вам",
        "тревога отменяется",
    ],
)
def test_who_is_well_raises_no_alarm(interpreter: OfflineInterpreter, text: str) -> None:
    understood = _read(interpreter, text)

    assert understood.red_flag is None
    assert understood.details["taken_back"] is True


@pytest.mark.parametrize(
    "text",
    [
        "I'm fine but my son can't breathe",
        "wrong chat sorry, but I really can't breathe",
        "sto bene ma mia figlia non respira",
        "со мной всё в порядке, но сын не может дышать",
        "it was autocorrect, I mean: I can't breathe",
    ],
)
def test_what_else_is_told_is_an_alarm_all_the_same(interpreter: OfflineInterpreter, text: str) -> None:
    understood = _read(interpreter, text)

    assert understood.red_flag is not None
    assert understood.red_flag.level == "A"
    assert "taken_back" not in understood.details


@pytest.mark.parametrize(
    "text",
    [
        "I don't think I can breathe",
        "I'm not fine",
        "am I ok?",
        "I can breathe only through the nose",
        "I'm ok with Friday",
        "I'm fine, it's getting worse",
        "non sto bene",
        "nn riesco a respirare bene",
        "i dont think i'm ok",
        "riesco a respirare a fatica",
        "sto bene? non lo so",
        "мне не лучше",
        "могу дышать с трудом",
        "если всё нормально, приду",
        "ошиблась с датой",
        "it was for my son",
        "era per mio figlio",
    ],
)
def test_what_only_sounds_well_takes_nothing_back(text: str) -> None:
    assert beside_what_is_well(text) is None
    assert not is_of_mistake(text)

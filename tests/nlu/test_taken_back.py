"""Who takes an alarm back says so; who only sounds like it does not."""

from time import process_time

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


@pytest.mark.parametrize(
    "text",
    [
        "I'm better off dead",
        "im better off without me around",
        "I don't want to kill myself, I just want to sleep and have the pills ready",
        "I don't want to hurt myself but I can't stop thinking about it",
        "sto bene, ma voglio morire",
        "tutto ok, voglio uccidermi",
        "мне лучше умереть",
        "со мной всё нормально, я просто не хочу жить",
    ],
)
def test_who_speaks_of_harming_themselves_is_not_heard_to_be_well(
    interpreter: OfflineInterpreter, text: str
) -> None:
    understood = _read(interpreter, text)

    assert understood.red_flag is not None
    assert understood.red_flag.key == "self_harm"


@pytest.mark.parametrize(
    "text",
    [
        "All right, calling them now",
        "all good, I'm going to the hospital",
        "my mistake, I'll call them",
        "it was a mistake to wait",
        "tutto ok, chiamo il 112",
        "va bene, tutto a posto, andiamo al pronto soccorso",
        "всё хорошо, звоню",
        "всё ок, уже едем",
    ],
)
def test_who_does_as_they_were_told_takes_nothing_back(text: str) -> None:
    assert beside_what_is_well(text) is None
    assert not is_of_mistake(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm better now, thanks",
        "all good, no ambulance needed",
        "sto meglio",
        "respiro meglio adesso",
        "tutto bene, non chiamate",
        "мне уже лучше, спасибо",
        "всё хорошо, не звоните",
    ],
)
def test_who_is_better_says_so(text: str) -> None:
    assert beside_what_is_well(text) is not None


@pytest.mark.parametrize(
    "piece", ["a ", "? ", "it was a ", "i can breathe ok ", "всё уже ", "sto tutti ", "не "]
)
def test_any_text_is_looked_through_at_once(piece: str) -> None:
    text = (piece * 65_000)[:65_000]
    before = process_time()
    beside_what_is_well(text)
    is_of_mistake(text)

    assert process_time() - before < 3

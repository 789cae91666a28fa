"""What is understood of sentences whose authors saw neither examples nor patterns.

They are for measuring alone. The floors lie a little under what was measured (docs/understanding.md), so
that nothing gets worse unseen.
"""

from pathlib import Path

import pytest

from nlu.interpreter import OfflineInterpreter, load_interpreter
from nlu.measuring import Measures, Prediction, measure
from nlu.training_examples import read_examples, shipped_examples
from nlu.words import plain_words
from tests.nlu.conftest import context

SEALED = Path(__file__).parent / "sealed"
PEOPLE = Path(__file__).parent / "people"  # harder: in the voices of invented people
LANGUAGES = ("en", "it", "ru")
_AT_ONCE = 64
_EVERY = {True: 1, False: 3}  # n-grams alone are measured on every third sentence

#: Accuracy, recall of what is out of scope where 5 % in scope are refused, calibration error.
FLOORS = {
    (True, "en"): (0.96, 0.96, 0.03),
    (True, "it"): (0.94, 0.94, 0.03),
    (True, "ru"): (0.95, 0.92, 0.03),
    (False, "en"): (0.90, 0.82, 0.06),
    (False, "it"): (0.87, 0.80, 0.06),
    (False, "ru"): (0.91, 0.80, 0.06),
}

#: Accuracy on a third of the messages of people.
PEOPLE_FLOORS = {
    True: {"en": 0.93, "it": 0.94, "ru": 0.94},
    False: {"en": 0.87, "it": 0.87, "ru": 0.87},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("folder", "least"), [(SEALED, 1500), (PEOPLE, 750)], ids=["sealed", "people"])
def test_sealed_sentences_of_more_than_three_words_are_no_examples(
    folder: Path, least: int, language: str
) -> None:
    taught = {plain_words(e.text) for e in shipped_examples((language,))}
    sealed = read_examples([folder / language / "intents.yml"], language=language)
    long = [e.text for e in sealed if len(plain_words(e.text)) > 3]

    assert len(sealed) >= least
    assert [text for text in long if plain_words(text) in taught] == []


@pytest.fixture(scope="module", params=[True, False], ids=["with sentences", "with n-grams alone"])
def engine(request: pytest.FixtureRequest) -> tuple[bool, OfflineInterpreter]:
    return request.param, load_interpreter(LANGUAGES, sentences=request.param)


@pytest.mark.parametrize("language", LANGUAGES)
def test_understanding_is_as_good_as_it_was(engine: tuple[bool, OfflineInterpreter], language: str) -> None:
    with_sentences, interpreter = engine
    measures = measured(interpreter, language, every=_EVERY[with_sentences])
    accuracy, refused, calibration = FLOORS[with_sentences, language]

    assert measures.accuracy is not None and measures.accuracy >= accuracy
    assert measures.oos_recall_at_5 is not None and measures.oos_recall_at_5 >= refused
    assert measures.ece is not None and measures.ece <= calibration


def test_people_are_understood_in_their_own_voices(engine: tuple[bool, OfflineInterpreter]) -> None:
    with_sentences, interpreter = engine
    measures = {each: measured(interpreter, each, folder=PEOPLE, every=3) for each in LANGUAGES}
    floors = PEOPLE_FLOORS[with_sentences]

    assert {
        each: floors[each] for each, found in measures.items() if (found.accuracy or 0) < floors[each]
    } == {}


def measured(
    interpreter: OfflineInterpreter, language: str, *, every: int, folder: Path = SEALED
) -> Measures:
    sentences = read_examples([folder / language / "intents.yml"], language=language)[::every]
    batch = [(e.text, context()) for e in sentences]
    read = [
        one
        for start in range(0, len(batch), _AT_ONCE)
        for one in interpreter.understand_many(batch[start : start + _AT_ONCE])
    ]
    return measure(
        [
            Prediction(expected=e.intent, ranking=tuple((i.name, i.confidence) for i in one.intent_ranking))
            for e, one in zip(sentences, read, strict=True)
        ]
    )

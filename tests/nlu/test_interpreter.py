"""The interpreter as a whole, as the rest of the house uses it."""

from datetime import datetime

import pytest

from nlu.interpreter import OfflineInterpreter, load_interpreter
from nlu.understanding import Context, Named

NOW = datetime(2026, 11, 23, 10)


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> OfflineInterpreter:
    return load_interpreter(("it", "en"), cache=tmp_path_factory.mktemp("learnt"))


def test_a_patient_says_who_what_and_when_in_one_message(interpreter: OfflineInterpreter) -> None:
    context = Context(
        now=NOW,
        languages=("it", "en"),
        practitioners=(Named(id="rossi", words=("dott. Marco Rossi",)),),
        visit_types=(Named(id="hygiene", words=("igiene dentale", "pulizia")),),
    )
    text = "Buongiorno, sono Anna Rossi, vorrei una pulizia con il dottor Rossi martedì mattina"
    [understood] = interpreter.understand_many([(text, context)])

    assert understood.intent is not None and understood.intent.name == "book_visit"
    assert {(e.entity, e.text) for e in understood.entities} >= {
        ("person", "Anna Rossi"),
        ("visit_type", "pulizia"),
        ("practitioner", "Rossi"),
    }
    assert understood.language == "it"


def test_a_batch_is_read_as_its_messages_are_one_by_one(interpreter: OfflineInterpreter) -> None:
    context = Context(now=NOW, languages=("it", "en"))
    texts = ("vorrei disdire", "I want to talk to a human", "non respiro", "", "🙏")
    together = interpreter.understand_many([(text, context) for text in texts])

    assert together == [interpreter.understand_many([(text, context)])[0] for text in texts]

"""The interpreter as a whole, as the rest of the house uses it."""

import pytest

from nlu.interpreter import OfflineInterpreter, load_interpreter
from nlu.lexicon import known_languages
from tests.nlu.conftest import Read, context


def test_a_patient_says_who_what_and_when_in_one_message(read: Read) -> None:
    understood = read("Buongiorno, sono Anna Rossi, vorrei una pulizia con il dottor Rossi martedì mattina")

    assert understood.intent is not None and understood.intent.name == "book_visit"
    assert [(e.entity, e.text) for e in understood.entities if e.entity != "time"] == [
        ("person", "Anna Rossi"),
        ("visit_type", "pulizia"),
        ("practitioner", "Rossi"),
        ("wish", "martedì mattina"),
    ]
    assert understood.language == "it"


def test_a_batch_is_read_as_its_messages_are_one_by_one(interpreter: OfflineInterpreter) -> None:
    texts = ("vorrei disdire", "I want to talk to a human", "non respiro", "", "🙏", "хочу записаться")
    together = interpreter.understand_many([(text, context()) for text in texts])
    single = [interpreter.understand_many([(text, context())])[0] for text in texts]

    assert [(u.intent and u.intent.name, u.entities, u.red_flag, u.language) for u in together] == [
        (u.intent and u.intent.name, u.entities, u.red_flag, u.language) for u in single
    ]


def test_a_time_in_the_other_language_of_the_practice_is_read(read: Read) -> None:
    assert read("tomorrow", language="it").first("time") is not None
    assert read("domani", language="en").first("time") is not None


def test_a_phone_or_birth_date_that_was_asked_for_is_no_wish(read: Read) -> None:
    assert read("12/05/1980", asking="birth_date", language="it").first("wish") is None


@pytest.mark.parametrize(
    "text",
    ["ci vediamo venerdì", "grazie, a venerdì!", "see you Friday", "thanks, see you on friday", "до пятницы"],
)
def test_the_day_of_a_goodbye_is_no_wish(read: Read, text: str) -> None:
    understood = read(text)

    assert understood.intent is not None and understood.intent.name == "goodbye"
    assert understood.first("wish") is None


@pytest.mark.parametrize("text", ["sono libera martedì", "I'm free on Monday", "могу в среду"])
def test_whoever_says_when_they_are_free_wishes_to_come(read: Read, text: str) -> None:
    understood = read(text)

    assert understood.intent is not None and understood.intent.name == "book_visit"
    assert understood.first("wish") is not None


def test_what_nobody_understood_is_left_over(read: Read) -> None:
    assert read("vorrei prenotare una frobnicazione").unread == "frobnicazione"


def test_the_interpreter_says_what_it_works_with() -> None:
    assert load_interpreter(("en",), sentences=False).engine == "n-grams"


def test_every_language_has_examples_a_lexicon_and_red_flags() -> None:
    assert known_languages() == ("de", "en", "it", "ru")


@pytest.mark.parametrize("name", ["Анна Табабадеде", "Anna Tababafita", "Nives Bianchi"])
def test_a_strange_name_where_the_name_is_asked_is_no_emergency(read: Read, name: str) -> None:
    assert read(name, asking="name").red_flag is None

"""Which language a patient is answered in."""

import pytest

from tests.nlu.conftest import Read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buongiorno, vorrei prenotare", "it"),
        ("Hello, can I book a visit?", "en"),
        ("Здравствуйте, хочу записаться", "ru"),
        ("hello", "en"),
        ("ciao", "it"),
        ("привет", "ru"),
        ("ok", "it"),
        ("👍", "it"),
        ("", "it"),
        ("333 1234567", "it"),
        ("Anna Rossi", "it"),
        ("zdravstvuite, hochu zapisatsya na priem", "ru"),
    ],
)
def test_the_first_message_sets_the_language_or_leaves_it_to_the_house(
    read: Read, text: str, language: str
) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    ("current", "text", "language"),
    [
        ("it", "ok", "it"),
        ("it", "hello", "it"),
        ("it", "stop", "it"),
        ("it", "да", "it"),
        ("it", "can we do it in English, I don't understand", "en"),
        ("it", "I would like to cancel my appointment", "en"),
        ("en", "vorrei disdire l'appuntamento per favore", "it"),
        ("en", "grazie", "en"),
        ("en", "хочу отменить запись", "ru"),
        ("ru", "ok", "ru"),
        ("ru", "I want to talk to a human", "en"),
        ("en", "la seconda", "en"),
        ("it", "con Rossi martedì", "it"),
        ("en", "Via Garibaldi 12", "en"),
    ],
)
def test_a_conversation_keeps_its_language_unless_a_sentence_changes_it(
    read: Read, current: str, text: str, language: str
) -> None:
    assert read(text, language=current).language == language


def test_a_language_the_practice_does_not_speak_is_answered_in_that_of_the_house(read: Read) -> None:
    assert read("Здравствуйте, хочу записаться", languages=("it", "en")).language == "it"


def test_whoever_asks_for_a_language_gets_it(read: Read) -> None:
    understood = read("parla inglese?", language="it")

    assert understood.intent is not None and understood.intent.name == "change_language"
    assert understood.language == "en"
    assert understood.details["wanted_language"] == "en"


def test_whoever_asks_for_a_language_that_is_not_spoken_is_told_in_the_current_one(read: Read) -> None:
    assert read("parla russo?", language="it", languages=("it", "en")).language == "it"

from datetime import datetime

import pytest

from nlu.understanding import Context, Interpreter, Understanding

NOW = datetime.fromisoformat("2026-03-02T09:00")


def read(interpreter: Interpreter, text: str, language: str) -> Understanding:
    context = Context(now=NOW, languages=("it", "en", "ru"), language=language)
    return interpreter.understand_many([(text, context)])[0]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "how long does it take, and how much is it?"),
        ("it", "quanto dura e quanto costa?"),
        ("ru", "сколько длится и сколько стоит?"),
    ],
)
def test_each_question_of_a_message_is_heard(interpreter: Interpreter, language: str, text: str) -> None:
    heard = read(interpreter, text, language)

    assert heard.intent is not None
    assert {heard.intent.name, *heard.details["asked_too"]} == {"faq/duration", "faq/prices"}


@pytest.mark.parametrize(
    ("language", "text"), [("en", "how much is it?"), ("it", "quanto costa?"), ("ru", "сколько стоит?")]
)
def test_one_question_is_one(interpreter: Interpreter, language: str, text: str) -> None:
    assert "asked_too" not in read(interpreter, text, language).details


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is it closed on Easter Monday?"),
        ("it", "siete chiusi a Pasquetta?"),
        ("ru", "6 апреля у вас закрыто?"),
    ],
)
def test_a_day_of_closing_that_is_asked_about_is_no_wish(
    interpreter: Interpreter, language: str, text: str
) -> None:
    heard = read(interpreter, text, language)
    asked = heard.details.get("days_asked") or getattr(heard.first("wish"), "value", {})

    assert asked["windows"] == [["2026-04-06T00:00", "2026-04-07T00:00"]]

"""What nobody understood, put together for somebody to decide about; without the patients."""

from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from bot.commands.command_line import cli
from nlu.suggesting import Suggestion, is_understood, suggestions
from nlu.training_examples import read_examples
from nlu.understanding import Entity, Intent, Understanding

KNOWN = frozenset({"do", "you", "have", "gift", "cards", "a", "card", "for", "can", "i", "buy", "my", "is"})


def read(text: str, *entities: Entity, likely: str = "faq/payment") -> Understanding:
    ranking = (Intent(name=likely, confidence=0.4),)
    return Understanding(text=text, language="en", intent=None, intent_ranking=ranking, entities=entities)


def words_as_rows(texts: object) -> np.ndarray:
    """A row a text: one where it has the word "gift", another where not."""
    return np.array([[1, 0] if "gift" in str(text) else [0, 1] for text in list(texts)], dtype=np.float32)  # type: ignore[call-overload]


def test_alike_messages_stand_together_with_the_nearest_intent_and_few_are_none() -> None:
    unread = [
        read("do you have gift cards"),
        read("is a gift card for you"),
        read("can i buy my card", likely="greet"),
    ]
    found = suggestions(unread, encode=words_as_rows, known=KNOWN, least=2)

    assert found == [
        Suggestion(
            texts=("do you have gift cards", "is a gift card for you"), nearest=(("faq/payment", 0.4),)
        )
    ]


def test_names_numbers_and_words_that_nobody_shares_are_left_out() -> None:
    anna = Entity(entity="person", value="Anna Verdi", start=24, end=34, text="Anna Verdi")
    unread = [
        read("do you have gift cards? Anna Verdi, 333 1234567", anna),
        read("gift cards for Kowalczyk"),
    ]
    [found] = suggestions(unread, encode=words_as_rows, known=KNOWN, least=2)

    assert found.texts == ("do you have gift cards? …", "gift cards for …")


def test_what_was_understood_teaches_nothing() -> None:
    sure = Intent(name="book_visit", confidence=0.9)
    refused = Intent(name="out_of_scope", confidence=0.9)
    texts = [Understanding(text="x", language="en", intent=each) for each in (sure, refused, None)]

    assert [is_understood(each) for each in texts] == [True, False, False]


def test_the_command_prints_examples_that_can_be_read_as_such(tmp_path: Path) -> None:
    asked = [f"do you sell {what} vouchers" for what in ("gift", "birthday", "christmas", "wedding")]
    outcome = CliRunner().invoke(
        cli, ["suggest", "--least", "2"], input="\n".join(asked), catch_exceptions=False
    )
    file = tmp_path / "en.yml"
    file.write_text(outcome.stdout, encoding="utf-8")

    assert outcome.exit_code == 0
    assert {e.text for e in read_examples([file], language="en")} <= set(asked)

"""Understanding for content that is not ours, learnt from its own examples."""

from datetime import datetime
from typing import Any

import pytest

from nlu.own_examples import read_own_examples
from nlu.own_interpreter import OwnInterpreter, own_interpreter
from nlu.understanding import AskedKind, Context, OfferedChoice

ITEMS: list[dict[str, Any]] = [
    {
        "intent": "borrow_book",
        "examples": """
            - I'd like to borrow [Middlemarch](title)
            - can I borrow [Emma](title) please
            - lend me a book
            - is [Emma](title) available
        """,
    },
    {"intent": "inform", "examples": ["[Persuasion](title)", {"text": "a [nov](genre:novel) please"}]},
    {
        "intent": "move_books",
        "examples": """
            - move [3](amount) books to [Milan]{"entity": "city", "role": "to"}
            - move them from [Rome]{"entity": "city", "role": "from"}
            - send [10](amount) volumes to [Turin]{"entity": "city", "role": "to", "group": "1"}
        """,
    },
    {"intent": "faq/hours", "examples": "- when are you open\n- opening hours"},
    {"synonym": "Rome", "examples": "- the capital\n- Roma"},
    {"lookup": "city", "examples": "- Naples\n- Reggio Emilia"},
    {"regex": "card", "examples": "- \\b[A-Z]{2}\\d{4}\\b\n- (broken"},
]


@pytest.fixture(scope="module")
def librarian() -> OwnInterpreter:
    return own_interpreter(
        read_own_examples(ITEMS), ["en"], values={"genre": ["novel", "poetry"]}, sentences=False
    )


def _context(asking: AskedKind | None = None, **more: Any) -> Context:
    return Context(now=datetime(2026, 3, 2, 9), languages=("en",), language="en", asking=asking, **more)


def _named(librarian: OwnInterpreter, text: str, asking: AskedKind | None = None) -> list[tuple[Any, ...]]:
    understood = librarian.understand_many([(text, _context(asking))])[0]
    return [(e.entity, e.value, e.role) for e in understood.entities]


def _intent(librarian: OwnInterpreter, text: str, asking: AskedKind | None = None) -> str | None:
    understood = librarian.understand_many([(text, _context(asking))])[0]
    return understood.intent.name if understood.intent else None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I'd like to borrow Middlemarch", "borrow_book"),
        ("could you lend me some book", "borrow_book"),
        ("could you lned me some book", "borrow_book"),
        ("what are your opening hours", "faq/hours"),
        ("forget it", "cancel_flow"),
        ("I want to talk to a human", "human"),
        ("yes", "affirm"),
        ("no thanks", "deny"),
        ("qwrt zxcvb", None),
        ("", None),
        ("12345", None),
    ],
)
def test_a_reader_is_understood_by_the_library_s_own_examples(
    librarian: OwnInterpreter, text: str, intent: str | None
) -> None:
    assert _intent(librarian, text) == intent


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("can I borrow Emma please", [("title", "Emma", None)]),
        ("can I borrow War and Peace please", [("title", "War and Peace", None)]),
        ("is Dracula available?", [("title", "Dracula", None)]),
        ("is it available?", []),
        ("a nov please", [("genre", "novel", None)]),
        ("some POETRY", [("genre", "poetry", None)]),
        ("move 25 books", [("amount", "25", None)]),
        ("from Naples to reggio emilia", [("city", "Naples", "from"), ("city", "reggio emilia", "to")]),
        ("to the capital", [("city", "Rome", "to")]),
        ("Naples", [("city", "Naples", None)]),
        ("my card is ab1234", [("card", "ab1234", None)]),
        ("write to anna@example.org", [("email", "anna@example.org", None)]),
    ],
)
def test_what_a_reader_names_is_found_by_examples_lookups_synonyms_and_patterns(
    librarian: OwnInterpreter, text: str, named: list[tuple[Any, ...]]
) -> None:
    assert _named(librarian, text) == named


def test_a_group_comes_with_the_role_that_examples_give(librarian: OwnInterpreter) -> None:
    understood = librarian.understand_many([("send 10 volumes to Turin", _context())])[0]

    assert [(e.entity, e.group) for e in understood.entities] == [("amount", None), ("city", "1")]


def test_a_new_title_alone_is_one_only_where_a_question_waits(librarian: OwnInterpreter) -> None:
    assert _named(librarian, "Ivanhoe", "text") == [("title", "Ivanhoe", None)]
    assert _named(librarian, "Ivanhoe") == []


def test_a_date_is_no_value_of_the_library_s_unless_a_time_is_asked(librarian: OwnInterpreter) -> None:
    assert [name for name, *_ in _named(librarian, "tomorrow at 5", "time")] == ["time", "wish"]
    assert _named(librarian, "tomorrow", "text") == []


def test_a_choice_on_the_screen_is_taken_by_its_title(librarian: OwnInterpreter) -> None:
    offered = (
        OfferedChoice(title="Large print", value="/large"),
        OfferedChoice(title="Audio", value="/audio"),
    )
    context = _context("choice", choices=offered)

    understood = librarian.understand_many([("audio", context)])[0]

    assert [(e.entity, e.value) for e in understood.entities] == [("choice", "/audio")]
    assert understood.intent is None


def test_an_intent_that_the_content_teaches_replaces_ours_whatever_its_name() -> None:
    own = [*ITEMS, {"intent": "drop_everything", "examples": "- forget it\n- never mind"}]
    librarian = own_interpreter(read_own_examples(own), ["en"], sentences=False)

    assert _intent(librarian, "forget about it") == "drop_everything"


def test_the_same_examples_teach_the_same(librarian: OwnInterpreter) -> None:
    again = own_interpreter(
        read_own_examples(ITEMS), ["en"], values={"genre": ["novel", "poetry"]}, sentences=False
    )
    texts = [(text, _context()) for text in ("lend me Emma", "from Rome", "whatever")]

    assert again.understand_many(texts) == librarian.understand_many(texts)


def test_content_without_examples_in_a_language_without_a_lexicon_is_read_all_the_same() -> None:
    reader = own_interpreter(read_own_examples([]), ["pl"], sentences=False)

    understood = reader.understand_many([("Dzień dobry", _context())])[0]

    assert (understood.intent, understood.entities) == (None, ())

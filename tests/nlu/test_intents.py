"""What patients want: accuracy on sentences that no example was written from."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nlu import shipped
from nlu.intents import Heard, NgramScorer
from nlu.interpreter import OfflineInterpreter, load_interpreter
from nlu.sentences import encode
from nlu.shipped import SHIPPED, Shelf, Teacher, learn
from nlu.training_examples import BadExamples, read_examples, shipped_examples
from nlu.words import plain_words
from tests.nlu.conftest import Read, context

HELD_APART = Path(__file__).parent / "held_apart"
LANGUAGES = ("en", "it", "ru")
INTENTS = {
    *("book_visit", "reschedule_visit", "cancel_visit", "my_appointments", "running_late", "urgent_pain"),
    *("human", "cancel_flow", "stop", "my_data", "greet", "thanks", "goodbye", "affirm", "deny"),
    *("other_openings", "repeat", "skip", "change_language", "complaint", "chitchat", "bot_challenge"),
    *("out_of_scope", "faq/hours", "faq/address", "faq/parking", "faq/prices", "faq/insurance"),
    *("faq/payment", "faq/phone", "faq/practitioners", "faq/services", "faq/first_visit"),
}
SELDOM = {
    *("faq/duration", "faq/cancellation", "faq/languages", "faq/accessibility", "faq/children", "faq/fear"),
    *("faq/hygiene", "faq/jobs", "faq/suppliers", "faq/wrong_number", "invoices", "clinical_question"),
    "faq/reminders",
    *("think_it_over", "opt_in"),
}
FREQUENT = {
    *("book_visit", "human", "affirm", "deny", "reschedule_visit", "cancel_visit", "urgent_pain"),
    "other_openings",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_examples_in_every_language(language: str) -> None:
    texts: dict[str, set[tuple[str, ...] | str]] = {}
    for example in shipped_examples((language,)):
        texts.setdefault(example.intent, set()).add(plain_words(example.text) or example.text)
    counts = {intent: len(found) for intent, found in texts.items()}
    needed = dict.fromkeys(INTENTS, 25) | dict.fromkeys(FREQUENT, 45) | dict.fromkeys(SELDOM, 15)
    too_few = {intent: n for intent, n in counts.items() if n < needed[intent]}

    assert set(counts) == INTENTS | SELDOM
    assert too_few == {}


@pytest.fixture(scope="module", params=[True, False], ids=["with sentences", "with n-grams alone"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OfflineInterpreter:
    cache = tmp_path_factory.mktemp("engine")
    return load_interpreter(LANGUAGES, cache=cache, sentences=request.param)


def test_a_sure_intent_is_rarely_wrong(engine: OfflineInterpreter) -> None:
    held = [e for x in LANGUAGES for e in read_examples([HELD_APART / f"{x}.yml"], language=x)]
    understood = engine.understand_many([(e.text, context(language=e.language)) for e in held])
    sure = Counter(
        u.intent.name == e.intent
        for u, e in zip(understood, held, strict=True)
        if u.intent is not None and u.intent.confidence >= 0.6
    )

    assert sure[True] >= 120
    assert sure[False] / sure.total() <= 0.05


@pytest.mark.parametrize(
    "text",
    [
        "xkcd zzz plugh",
        "la mucca fa muu sopra il tetto rosso",
        "…",
        "",
        "   ",
        "42",
        "Lorem ipsum sit amet",
    ],
)
def test_what_means_nothing_is_no_sure_intent(read: Read, text: str) -> None:
    intent = read(text).intent

    assert intent is None or intent.name == "out_of_scope" or intent.confidence < 0.6


@pytest.mark.parametrize("text", ["", "   ", "…", "42", "333 1234567", "10:30"])
def test_numbers_alone_are_no_intent(read: Read, text: str) -> None:
    assert read(text).intent is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("vorei prenotre una vsita", "book_visit"),
        ("VORREI PRENOTARE", "book_visit"),
        ("salve buongiorno scusi il disturbo vorrei prenotare grazie mille", "book_visit"),
        ("ciao!!! vorrei disdire 😢", "cancel_visit"),
        ("i wnat to cancle my apointment", "cancel_visit"),
        ("hi there, thanks, can i reschedule pls 🙏", "reschedule_visit"),
        ("хачу записатся на приём", "book_visit"),
        ("операторррр", "human"),
        ("stop", "stop"),
        ("BASTA", "stop"),
        ("стоп", "stop"),
    ],
)
def test_slips_shouting_and_courtesies_do_not_hide_a_want(read: Read, text: str, intent: str) -> None:
    understood = read(text)

    assert understood.intent is not None and understood.intent.name == intent


@pytest.mark.parametrize(
    "text", ["stop the reminders at night but keep the appointment", "basta un controllo veloce"]
)
def test_stop_within_a_sentence_is_no_certain_opt_out(read: Read, text: str) -> None:
    intent = read(text).intent

    assert intent is None or intent.name != "stop" or intent.confidence < 1.0


def test_training_twice_gives_the_same_weights() -> None:
    taught = [
        (Heard(("a", "b")), "one"),
        (Heard(("c",)), "two"),
        (Heard(("a",)), "one"),
        (Heard(("d",)), "two"),
    ]

    assert np.array_equal(NgramScorer.train(taught).weights, NgramScorer.train(taught).weights)


def test_what_is_shipped_was_learnt_from_the_shipped_examples() -> None:
    shelf = Shelf(SHIPPED)
    remedy = "examples changed: run `python -m nlu.shipped`"

    assert None not in (shelf.lessons(), shelf.ngrams(), shelf.sentences()), remedy


def test_a_text_of_half_characters_is_encoded() -> None:
    assert encode(("\ud800", "", "a")).shape == (3, 512)


@pytest.mark.parametrize("sentences", [True, False], ids=["with sentences", "with n-grams alone"])
def test_a_practice_teaches_its_own_words(tmp_path: Path, sentences: bool) -> None:
    taught = tmp_path / "en.yml"
    taught.write_text(
        "nlu:\n- intent: faq/aligner_club\n  examples: |\n"
        "    - tell me about your aligner club\n    - what does the aligner club cost\n"
        "- intent: greet\n  examples: |\n    - cucù settete\n",
        encoding="utf-8",
    )
    engine = load_interpreter(("en",), extra_examples=[taught], sentences=sentences)
    said = (
        "cucù settete",
        "what about the aligner club?",
        "cancel my appointment",
        "are you open on sundays",
    )
    understood = engine.understand_many([(text, context(languages=("en",))) for text in said])

    assert [u.intent.name if u.intent else None for u in understood] == [
        "greet",
        "faq/aligner_club",
        "cancel_visit",
        "faq/hours",
    ]


@pytest.fixture
def other_teaching(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if examples had changed since they were learnt; only a few, so that learning is quick."""
    few = [e for e in shipped_examples(LANGUAGES) if e.intent in ("cancel_visit", "greet")][::40]
    monkeypatch.setattr(shipped, "_EDITION", "another")
    monkeypatch.setattr(shipped, "_examples_of_all", lambda: tuple(few))
    shipped.teaching.cache_clear()
    yield
    shipped.teaching.cache_clear()


@pytest.mark.usefixtures("other_teaching")
def test_until_changed_examples_are_learnt_the_older_lessons_hold(tmp_path: Path) -> None:
    before = load_interpreter(LANGUAGES, cache=tmp_path)
    was_current = Teacher(tmp_path).is_current
    learn(tmp_path)
    after = load_interpreter(LANGUAGES, cache=tmp_path)
    learnt = {path: path.read_bytes() for path in sorted(tmp_path.iterdir())}
    learn(tmp_path)

    assert (was_current, Teacher(tmp_path).is_current) == (False, True)
    assert before.taught > 1000 > after.taught > 0
    assert [path.name.split("-")[0] for path in learnt] == ["intents", "sentences", "words"]
    assert {path: path.read_bytes() for path in sorted(tmp_path.iterdir())} == learnt


@pytest.mark.usefixtures("other_teaching")
def test_damaged_lessons_are_no_lessons(tmp_path: Path) -> None:
    learn(tmp_path)
    for kept in tmp_path.iterdir():
        kept.write_bytes(b"PK not really")

    assert not Teacher(tmp_path).is_current


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("nlu: 3", 'a list "nlu"'),
        ("nlu:\n- intent: a\n  examples: |\n    no dash\n", "begins with"),
        ("nlu:\n- intent: a\n", "has no examples"),
        ("nlu: [", "cannot be read"),
        ("nlu:\n- greet\n", "is a mapping"),
    ],
)
def test_a_mistake_in_examples_is_told_with_its_file(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "ours.yml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(BadExamples) as told:
        read_examples([file], language="en")

    assert str(file) in str(told.value) and complaint in str(told.value)


def test_a_language_without_lexicon_is_told_with_the_remedy() -> None:
    with pytest.raises(LookupError, match=r"no lexicon for language \"xx\".*nlu/lexicon/xx.yml"):
        load_interpreter(("xx",))

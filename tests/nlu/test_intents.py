"""What patients want: accuracy on sentences that no example was written from."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nlu.emergency_examples import shipped_cases
from nlu.intents import Heard, NgramScorer
from nlu.interpreter import OfflineInterpreter, load_interpreter
from nlu.lexicon import known_languages
from nlu.sentences import SHIPPED, SentenceScorer, encode, learnt_from
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_apart_sentences_are_no_examples(language: str) -> None:
    taught = {plain_words(e.text) for e in shipped_examples((language,))}
    held = read_examples([HELD_APART / f"{language}.yml"], language=language)

    assert len(held) >= 40
    assert [e.text for e in held if plain_words(e.text) in taught] == []


@pytest.fixture(scope="module", params=[True, False], ids=["with sentences", "with n-grams alone"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OfflineInterpreter:
    cache = tmp_path_factory.mktemp("engine")
    return load_interpreter(LANGUAGES, cache=cache, sentences=request.param)


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_wants_are_understood(engine: OfflineInterpreter, language: str) -> None:
    held = read_examples([HELD_APART / f"{language}.yml"], language=language)
    understood = engine.understand_many([(e.text, context(language=language)) for e in held])
    right = [
        u.intent is not None and u.intent.name == e.intent for u, e in zip(understood, held, strict=True)
    ]

    assert sum(right) / len(right) >= 0.85


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


def test_the_shipped_weights_were_learnt_from_the_shipped_examples() -> None:
    remedy = "examples changed: run `python -m nlu.sentences`"
    taught = learnt_from(shipped_examples(known_languages()), shipped_cases())

    assert SentenceScorer.load(SHIPPED, taught) is not None, remedy


def test_a_text_of_half_characters_is_encoded() -> None:
    assert encode(("\ud800", "", "a")).shape == (3, 512)


def test_what_was_learnt_is_kept_and_read_again(tmp_path: Path) -> None:
    taught = tmp_path / "it.yml"
    taught.write_text("nlu:\n- intent: greet\n  examples: |\n    - cucù settete\n", encoding="utf-8")
    first = load_interpreter(("en",), cache=tmp_path / "cache", extra_examples=[taught])
    kept = sorted((tmp_path / "cache").iterdir())
    again = load_interpreter(("en",), cache=tmp_path / "cache", extra_examples=[taught])
    batch = [("cucù settete", context(languages=("en",))), ("book a visit", context(languages=("en",)))]

    assert sorted(path.name.split("-")[0] for path in kept) == ["intents", "sentences"]
    assert sorted((tmp_path / "cache").iterdir()) == kept
    assert again.understand_many(batch) == first.understand_many(batch)


def test_a_damaged_cache_is_replaced(tmp_path: Path) -> None:
    load_interpreter(("en",), cache=tmp_path, sentences=False)
    [kept] = list(tmp_path.iterdir())
    kept.write_bytes(b"PK not really")
    interpreter = load_interpreter(("en",), cache=tmp_path, sentences=False)
    [understood] = interpreter.understand_many([("cancel my appointment", context(languages=("en",)))])

    assert understood.intent is not None and understood.intent.name == "cancel_visit"


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

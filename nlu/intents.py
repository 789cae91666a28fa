"""What a message wants: word and character n-grams, hashed, into a softmax regression in numpy.

Training has no chance in it: it starts at zero, sees all examples at once and takes a fixed number of steps.
Each solves with an upper bound of the Hessian (Böhning 1992), so it never overshoots and needs no step size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlu.keeping import keep, kept

_COLUMNS = 8192
_STEPS = 16
_RIDGE = 0.1
_SHARPNESS = 1.9  # regularisation makes probabilities timid; measured by cross-validation on the examples
_ELSEWHERE = 0.3  # how much the other languages have to say
_LONGEST = 80  # words; an intent shows early, and the work stays linear

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as scorers take it: its words (folded, repaired, no courtesies) and as it was written."""

    words: tuple[str, ...]
    text: str = ""
    language: str | None = None  # None when the message itself does not tell


class Scorer(Protocol):
    """Gives each message a probability for each intent.

    `labels` names the columns; `score` returns one row a message, each summing to 1. Scorers with the same
    labels can be fused by a weighted mean; see nlu.interpreter.
    """

    @property
    def labels(self) -> tuple[str, ...]: ...

    def score(self, heard: Sequence[Heard]) -> Matrix: ...


@dataclass(frozen=True, slots=True)
class NgramScorer:
    """A softmax regression over n-grams for each language; all of them read every message.

    What the other languages make of a message counts too, though less: people mix ("ok, booking?", "stop").
    """

    labels: tuple[str, ...]
    languages: tuple[str, ...]
    weights: Matrix  # columns x (languages x labels)
    rarity: Matrix  # inverse document frequency of each column

    @classmethod
    def train(cls, taught: Sequence[tuple[Heard, str]]) -> "NgramScorer":
        labels = tuple(sorted({intent for _, intent in taught}))
        languages = tuple(sorted({heard.language or "" for heard, _ in taught}))
        counts = _counts([heard for heard, _ in taught])
        rarity = (np.log((1 + len(taught)) / (1 + (counts != 0).sum(axis=0))) + 1).astype(np.float32)
        rows = _normalised(counts, rarity)
        wanted: Matrix = np.zeros((len(taught), len(labels)), dtype=np.float32)
        wanted[np.arange(len(taught)), [labels.index(intent) for _, intent in taught]] = 1
        weights = []
        for language in languages:
            own = [number for number, (heard, _) in enumerate(taught) if (heard.language or "") == language]
            weights.append(_fit(rows[own], wanted[own]))
        return cls(labels, languages, np.hstack(weights), rarity)

    def further(self, taught: Sequence[tuple[Heard, str]]) -> "NgramScorer":
        """What was learnt, and these: new messages alone; none may want what no message wanted before."""
        rows = self.rows([heard for heard, _ in taught])
        wanted: Matrix = np.zeros((len(taught), len(self.labels)), dtype=np.float32)
        wanted[np.arange(len(taught)), [self.labels.index(intent) for _, intent in taught]] = 1
        weights = self.weights.copy()
        for place, language in enumerate(self.languages):
            own = [number for number, (heard, _) in enumerate(taught) if (heard.language or "") == language]
            its = weights[:, place * len(self.labels) : (place + 1) * len(self.labels)]
            if own:
                its += _fit(rows[own], wanted[own], before=rows[own] @ its)
        return NgramScorer(self.labels, self.languages, weights, self.rarity)

    def score(self, heard: Sequence[Heard]) -> Matrix:
        rows = self.rows(heard)
        used = np.flatnonzero(rows.any(axis=0))  # a message has some hundred n-grams, not thousands
        read = rows[:, used] @ self.weights[used]
        shares: Matrix = np.full((len(heard), len(self.languages)), _ELSEWHERE, dtype=np.float32)
        for row, one in enumerate(heard):
            if one.language in self.languages:
                shares[row, self.languages.index(one.language)] = 1
            else:
                shares[row] = 1
        by_language = read.reshape(len(heard), len(self.languages), len(self.labels))
        return softmax(_SHARPNESS * np.einsum("nlk,nl->nk", by_language, shares))

    def arrays(self) -> dict[str, Any]:
        """All there is to keep."""
        names = {"labels": np.array(self.labels), "languages": np.array(self.languages)}
        return names | {"weights": self.weights.astype(np.float16), "rarity": self.rarity}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> "NgramScorer | None":
        """None when something is missing."""
        if not {"labels", "languages", "weights", "rarity"} <= stored.keys():
            return None
        labels, languages = (tuple(map(str, stored[name])) for name in ("labels", "languages"))
        return cls(labels, languages, stored["weights"].astype(np.float32), stored["rarity"])

    def save(self, path: Path, taught: str) -> None:
        keep(path, self.arrays() | {"taught": np.array(taught)})

    @classmethod
    def load(cls, path: Path, taught: str | None) -> "NgramScorer | None":
        """None when the file is missing, damaged, or learnt from something else than `taught` (None: any)."""
        stored = kept(path) or {}
        return cls.from_arrays(stored) if taught in (None, str(stored.get("taught"))) else None

    def rows(self, heard: Sequence[Heard]) -> Matrix:
        """Each message as a row of unit length: what shares no n-gram is at right angles."""
        return _normalised(_counts(heard), self.rarity)


def _fit(rows: Matrix, wanted: Matrix, *, before: Matrix | None = None) -> Matrix:
    """Weights. `before` are scores that the rows had.

    They are found in as many unknowns as there are rows, or columns, whichever are fewer: the same weights.
    """
    known: Matrix = np.zeros_like(wanted) if before is None else before
    few_rows = len(rows) < rows.shape[1]
    kernel: Matrix = rows @ rows.T if few_rows else rows.T @ rows
    kernel *= np.float32(0.5)
    kernel[np.diag_indices_from(kernel)] += np.float32(_RIDGE)
    root = _inverse_of_triangle(np.linalg.cholesky(kernel))
    weights: Matrix = np.zeros((rows.shape[1], wanted.shape[1]), dtype=np.float32)
    coefficients: Matrix = np.zeros_like(wanted)  # of rows: the weights are made of them
    for _ in range(_STEPS):
        missed: Matrix = wanted - softmax(known + rows @ weights)
        if few_rows:
            coefficients += root.T @ (root @ (missed - _RIDGE * coefficients))
            weights = rows.T @ coefficients
        else:
            weights += root.T @ (root @ (rows.T @ missed - _RIDGE * weights))
    return weights


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


def softmax(scores: Matrix) -> Matrix:
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Matrix = exponentials / exponentials.sum(axis=1, keepdims=True)
    return result


def _normalised(counts: Matrix, rarity: Matrix) -> Matrix:
    """Scales the counts where they are: with all examples they are a hundred megabytes."""
    counts *= rarity
    counts /= np.maximum(np.sqrt(np.einsum("ij,ij->i", counts, counts)), 1e-6)[:, None]
    return counts


def _counts(heard: Sequence[Heard]) -> Matrix:
    counts: Matrix = np.zeros((len(heard), _COLUMNS), dtype=np.float32)
    for row, message in enumerate(heard):
        for gram, weight in _grams(message.words[:_LONGEST]):
            code = crc32(gram.encode())
            # The sign comes from another bit of the hash, so that collisions cancel rather than add up.
            counts[row, code % _COLUMNS] += weight if code & 0x8000_0000 else -weight
    return counts


def _grams(words: Sequence[str]) -> list[tuple[str, float]]:
    grams: list[tuple[str, float]] = [(f"w {word}", 1.0) for word in words]
    framed = ["^", *words, "$"]
    grams += [(f"b {a} {b}", 0.5) for a, b in pairwise(framed)]
    grams += [(f"s {a} {b}", 0.3) for a, b in zip(framed, framed[2:], strict=False)]
    for word in words:
        padded = f"<{word[:24]}>"
        for size in (2, 3, 4, 5):
            grams += [(f"c {padded[i : i + size]}", 0.5) for i in range(len(padded) - size + 1)]
    return grams


def as_ranking(labels: Sequence[str], row: Any, *, keep: int = 5) -> list[tuple[str, float]]:
    """The likeliest intents of one row, best first; ties by name."""
    pairs = sorted(zip(labels, (float(p) for p in row), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return [(name, round(probability, 4)) for name, probability in pairs[:keep]]

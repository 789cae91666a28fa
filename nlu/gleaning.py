"""A network that reads a message piece by piece: some words decide, wherever they stand.

Each of its signs looks at every piece of the message; where it shows most counts, and how much of it there
is in all. "Is the library open on Sunday" differs from "are you open on Sunday" in one sign. Beside the
whole sentence's row (nlu.layers) it makes about a tenth fewer mistakes, for some 0.2 ms a message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.encoder import PIECE, SIZE, Encoded
from nlu.layers import Adam, by_size, halfway, kept, smoothed

Matrix = NDArray[np.float32]

_SIGNS, _HIDDEN = 256, 512
_EPOCHS = ((5000, 20), (50_000, 14), (200_000, 10), (1_000_000_000, 8))
_AT_ONCE = 128  # messages a step
_PACE = 2e-3
_SLOWER = 0.5  # of the pace, for signs: they are many numbers, and few messages tell of each
_DROPPED_PIECES, _DROPPED_ROWS, _DROPPED_SIGNS, _DROPPED = 0.1, 0.1, 0.2, 0.4
_SCALE = 8.0
_NAMES = ("signs", "signs_bias", "of_row", "of_signs", "inner_bias", "outer", "outer_bias")


@dataclass(frozen=True, slots=True)
class Gleaner:
    """What was learnt; `score` gives each message a number for each label, to be put through a softmax."""

    weights: Mapping[str, Matrix]  # by _NAMES

    @classmethod
    def fit(
        cls, told: Encoded, wanted: Matrix, *, shares: Matrix | None = None, seed: int = 20260303
    ) -> "Gleaner":
        """`told.pieces` may be half as precise. `wanted` has a one in the column of each text's label.

        `shares` tell how much each text counts; None: all alike.
        """
        weights = _blank(np.random.default_rng(seed), wanted.shape[1])
        epochs = by_size(_EPOCHS, len(wanted))
        return cls(_learnt(weights, told, wanted, shares, seed=seed, epochs=epochs, pace=_PACE))

    def further(self, told: Encoded, wanted: Matrix, *, epochs: int, pace: float) -> "Gleaner":
        """What it has learnt, and these as well, half the way: see nlu.layers."""
        weights = {name: each.copy() for name, each in self.weights.items()}
        learnt = _learnt(weights, told, wanted, None, seed=20260305, epochs=epochs, pace=pace)
        return type(self)({name: halfway(self.weights[name], learnt[name]) for name in _NAMES})

    def score(self, heard: Encoded) -> Matrix:
        w = self.weights
        shown = np.maximum(heard.pieces @ w["signs"] + w["signs_bias"], 0)
        before = heard.rows * np.float32(_SCALE) @ w["of_row"] + _gathered(shown, heard) @ w["of_signs"]
        scored: Matrix = np.maximum(before + w["inner_bias"], 0) @ w["outer"] + w["outer_bias"]
        return scored

    def arrays(self) -> dict[str, Any]:
        return {name: self.weights[name].astype(np.float16) for name in _NAMES}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> "Gleaner | None":
        if not set(_NAMES) <= stored.keys():
            return None
        return cls({name: stored[name].astype(np.float32) for name in _NAMES})


def _learnt(
    weights: dict[str, Matrix],
    told: Encoded,
    wanted: Matrix,
    shares: Matrix | None,
    *,
    seed: int,
    epochs: int,
    pace: float,
) -> dict[str, Matrix]:
    """The weights, changed in place."""
    chance = np.random.default_rng(seed + 1)
    counts: Matrix = np.ones(len(wanted), dtype=np.float32) if shares is None else shares
    signs, others = (Adam([weights[name] for name in names]) for names in (_NAMES[:2], _NAMES[2:]))
    targets = smoothed(wanted)
    steps = epochs * -(-len(wanted) // _AT_ONCE)
    for number, some in enumerate(_batches(chance, len(wanted), epochs)):
        slopes = _slopes(weights, _of(told, some), targets[some], counts[some], chance)
        slower = pace * (1 - number / steps)
        signs.step([slopes[name] for name in _NAMES[:2]], pace=_SLOWER * slower)
        others.step([slopes[name] for name in _NAMES[2:]], pace=slower)
    return weights


def _blank(chance: np.random.Generator, labels: int) -> dict[str, Matrix]:
    def drawn(spread: float, *shape: int) -> Matrix:
        return chance.normal(0, spread, shape).astype(np.float32)

    return {
        "signs": drawn(0.03, PIECE, _SIGNS),
        "signs_bias": np.zeros(_SIGNS, dtype=np.float32),
        "of_row": drawn(2 / np.sqrt(SIZE), SIZE, _HIDDEN),
        "of_signs": drawn(1 / np.sqrt(_SIGNS), 2 * _SIGNS, _HIDDEN),
        "inner_bias": np.zeros(_HIDDEN, dtype=np.float32),
        "outer": np.zeros((_HIDDEN, labels), dtype=np.float32),
        "outer_bias": np.zeros(labels, dtype=np.float32),
    }


def _batches(chance: np.random.Generator, size: int, epochs: int) -> Iterator[NDArray[np.int64]]:
    for _ in range(epochs):
        order = chance.permutation(size)
        yield from (order[at : at + _AT_ONCE] for at in range(0, size, _AT_ONCE))


def _of(told: Encoded, some: NDArray[np.int64]) -> Encoded:
    starts = told.starts
    pieces = [told.pieces[starts[one] : starts[one] + told.counts[one]] for one in some]
    return Encoded(told.rows[some], np.concatenate(pieces).astype(np.float32), told.counts[some])


def _gathered(shown: Matrix, heard: Encoded) -> Matrix:
    """Of each message how strong each sign is where it is strongest, and all together."""
    starts = heard.starts
    most = np.maximum.reduceat(shown, starts, axis=0)
    every = np.add.reduceat(shown, starts, axis=0) / np.sqrt(heard.counts)[:, None]
    return np.hstack([most, every]).astype(np.float32)


def _slopes(
    w: Mapping[str, Matrix], some: Encoded, targets: Matrix, shares: Matrix, chance: np.random.Generator
) -> dict[str, Matrix]:
    pieces = some.pieces * (chance.random((len(some.pieces), 1)) > _DROPPED_PIECES).astype(np.float32)
    shown = np.maximum(pieces @ w["signs"] + w["signs_bias"], 0)
    gathered = _gathered(shown, some)
    open_signs = kept(gathered.shape, _DROPPED_SIGNS, chance)
    signs = gathered * open_signs
    rows = some.rows * np.float32(_SCALE) * kept(some.rows.shape, _DROPPED_ROWS, chance)
    before = rows @ w["of_row"] + signs @ w["of_signs"] + w["inner_bias"]
    open_hidden = kept(before.shape, _DROPPED, chance)
    hidden = np.maximum(before, 0) * open_hidden
    scored = hidden @ w["outer"] + w["outer_bias"]
    likely = np.exp(scored - scored.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    wrong = (likely - targets) * shares[:, None] / np.float32(len(targets))
    back = (wrong @ w["outer"].T) * open_hidden * (before > 0)
    of_signs = (back @ w["of_signs"].T) * open_signs
    message = np.repeat(np.arange(len(targets)), some.counts)
    strongest = shown == gathered[message, :_SIGNS]
    each = of_signs[:, _SIGNS:] / np.sqrt(some.counts)[:, None].astype(np.float32)
    back_shown = (strongest * of_signs[message, :_SIGNS] + each[message]) * (shown > 0)
    return {
        "signs": pieces.T @ back_shown,
        "signs_bias": back_shown.sum(axis=0),
        "of_row": rows.T @ back,
        "of_signs": signs.T @ back,
        "inner_bias": back.sum(axis=0),
        "outer": hidden.T @ wrong,
        "outer_bias": wrong.sum(axis=0),
    }

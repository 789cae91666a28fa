"""How like an emergency a message is, and of which kind: learnt, beside the phrases of nlu.alarms.

Three readers: two of what a message means, as for intents (sentence embeddings: one of the whole, one of its
pieces, nlu.gleaning), one of its letters (n-grams, Cyrillic read as Latin, so that "ne mogu dyshat" is the
same in both). They are fused by the weighted geometric mean. It takes the embeddings; without them the
phrases stand alone.

`python -m nlu.alarm_sense` learns it anew, in 24 minutes of CPU, after any change of nlu/red_flags/told.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlu.alarm_lessons import NONE, Lesson, alarm_lessons
from nlu.encoder import Encoded
from nlu.gleaning import Gleaner
from nlu.intents import Matrix, softmax
from nlu.keeping import keep, kept
from nlu.lexicon import known_languages
from nlu.sentences import encode_told
from nlu.training_examples import digest, shipped_examples
from nlu.transliteration import in_latin
from nlu.words import plain_words

_HERE = Path(__file__).parent
SHIPPED = _HERE / "learnt" / "alarms.npz"
_EDITION = "1"  # raised when features or training change
_COLUMNS = 16384
_WORDS = 80  # of a message; the work stays linear
_WHOLE, _GLEANED, _LETTERS = 0.4, 0.35, 0.25  # shares of the readers
_WITHOUT_PIECES = 0.7  # the share of the whole where no pieces are read
_SCALE, _LETTERS_SCALE = 8.0, 4.0  # rows have unit length: their numbers are small
_HIDDEN, _EPOCHS, _AT_ONCE, _PACE = 384, 24, 128, 2e-3
_LETTERS_EPOCHS, _LETTERS_AT_ONCE, _LETTERS_PACE = 8, 256, 5e-3
_FURTHER, _FURTHER_PACE = 4, 1e-3  # epochs and pace when learning goes on from what was learnt
_AGAIN = 4  # then one in so many of the lessons around a case is told again
_DROPPED_ROWS, _DROPPED, _SMOOTHED = 0.1, 0.4, 0.05

_ARRAYS = ("inner", "inner_bias", "outer", "outer_bias", "letters", "letters_bias")
_OF_GLEANER = "gleaned/"  # in the kept file

_Gram = tuple[NDArray[np.int64], Matrix]


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely a message is an emergency of level A, of A or B, of none; `kinds` are the likeliest ones."""

    grave: float
    pressing: float
    none: float
    kinds: dict[str, str]  # level -> key


@dataclass(frozen=True, slots=True)
class AlarmSense:
    """`kinds` name the columns: level and key, or "none"."""

    kinds: tuple[str, ...]
    gleaner: Gleaner | None
    inner: Matrix
    inner_bias: Matrix
    outer: Matrix
    outer_bias: Matrix
    letters: Matrix
    letters_bias: Matrix

    def weigh(self, texts: Sequence[str], read: Encoded) -> list[Weighed]:
        """`read` are the texts as the encoder gives them."""
        return [self._weighed(row) for row in self.likely(texts, read)]

    def likely(self, texts: Sequence[str], read: Encoded) -> Matrix:
        """One row a message, summing to 1."""
        before: Matrix = np.add(read.rows * _SCALE @ self.inner, self.inner_bias, dtype=np.float32)
        whole = _logarithms(np.maximum(before, 0) @ self.outer + self.outer_bias)
        spelt = _logarithms(np.vstack([self._spelt(_grams(text)) for text in texts]))
        if self.gleaner is None:
            return softmax(_WITHOUT_PIECES * whole + (1 - _WITHOUT_PIECES) * spelt)
        gleaned = _logarithms(self.gleaner.score(read))
        return softmax(_WHOLE * whole + _GLEANED * gleaned + _LETTERS * spelt)

    def _spelt(self, gram: _Gram) -> Matrix:
        columns, values = gram
        scores: Matrix = np.add(
            _LETTERS_SCALE * values @ self.letters[columns], self.letters_bias, dtype=np.float32
        )
        return scores

    def _weighed(self, row: Matrix) -> Weighed:
        by_level: dict[str, list[tuple[float, str]]] = {}
        for kind, share in zip(self.kinds, map(float, row), strict=True):
            level, _, key = kind.partition(" ")
            by_level.setdefault(level, []).append((share, key))
        sums = {level: sum(share for share, _ in shares) for level, shares in by_level.items()}
        return Weighed(
            grave=sums.get("A", 0),
            pressing=sums.get("A", 0) + sums.get("B", 0),
            none=sums.get(NONE, 0),
            kinds={level: max(shares)[1] for level, shares in by_level.items() if level != NONE},
        )

    @classmethod
    def train(cls, lessons: Sequence[Lesson]) -> "AlarmSense":
        kinds = tuple(sorted({lesson.kind for lesson in lessons}))
        wanted: Matrix = np.zeros((len(lessons), len(kinds)), dtype=np.float32)
        wanted[np.arange(len(lessons)), [kinds.index(lesson.kind) for lesson in lessons]] = 1
        weights = np.array([lesson.weight for lesson in lessons], dtype=np.float32)
        texts = tuple(lesson.text for lesson in lessons)
        told = encode_told(texts)
        whole = _fit_layers(told.rows * _SCALE, wanted, weights)
        gleaner = Gleaner.fit(told, wanted, shares=weights)
        letters = _fit_letters([_grams(text) for text in texts], wanted, weights)
        return cls(kinds, gleaner, *whole, *letters)

    def further(self, lessons: Sequence[Lesson]) -> "AlarmSense":
        """What was learnt, and these as well: those that are new, and enough that it knew. No new kind."""
        wanted: Matrix = np.zeros((len(lessons), len(self.kinds)), dtype=np.float32)
        wanted[np.arange(len(lessons)), [self.kinds.index(lesson.kind) for lesson in lessons]] = 1
        weights = np.array([lesson.weight for lesson in lessons], dtype=np.float32)
        texts = tuple(lesson.text for lesson in lessons)
        whole = [each.copy() for each in (self.inner, self.inner_bias, self.outer, self.outer_bias)]
        letters = [self.letters.copy(), self.letters_bias.copy()]
        told = encode_told(texts)
        _learn_layers(whole, told.rows * _SCALE, wanted, weights, epochs=_FURTHER, pace=_FURTHER_PACE)
        grams = [_grams(text) for text in texts]
        _learn_letters(letters, grams, wanted, weights, epochs=_FURTHER, pace=_FURTHER_PACE)
        gleaner = self.gleaner and self.gleaner.further(told, wanted, epochs=_FURTHER, pace=_FURTHER_PACE)
        return AlarmSense(self.kinds, gleaner, *whole, *letters)

    def save(self, path: Path = SHIPPED) -> None:
        """Half as precise as reckoned: nobody can tell the difference."""
        arrays: dict[str, NDArray[Any]] = {name: getattr(self, name).astype(np.float16) for name in _ARRAYS}
        if self.gleaner is not None:
            arrays |= {_OF_GLEANER + name: each for name, each in self.gleaner.arrays().items()}
        keep(path, arrays | {"kinds": np.array(self.kinds), "taught": np.array(teaching())})


@lru_cache(maxsize=1)
def shipped_sense(path: Path = SHIPPED) -> AlarmSense | None:
    """What was learnt, also where lessons have changed since; None when the file is missing or damaged."""
    stored = kept(path) or {}
    if not {*_ARRAYS, "kinds"} <= stored.keys():
        return None
    gleaner = Gleaner.from_arrays(
        {k.removeprefix(_OF_GLEANER): v for k, v in stored.items() if k.startswith(_OF_GLEANER)}
    )
    arrays = (stored[name].astype(np.float32) for name in _ARRAYS)
    return AlarmSense(tuple(map(str, stored["kinds"])), gleaner, *arrays)


def is_current(path: Path = SHIPPED) -> bool:
    """Whether it was learnt from the very cases that are told now."""
    return str((kept(path) or {}).get("taught")) == teaching()


def teaching() -> str:
    """The same for the same cases; ordinary messages may change without it."""
    files = sorted((_HERE / "red_flags" / "told").glob("*.yml"))
    return digest([_EDITION, *(file.read_text(encoding="utf-8") for file in files)])


def _logarithms(scores: Matrix) -> Matrix:
    """Of the probabilities that scores are; none of them is nothing."""
    logarithms: Matrix = np.log(softmax(scores) + 1e-6)
    return logarithms


def _grams(text: str) -> _Gram:
    """Words, pairs and pieces of words, hashed; a row of unit length told by its columns alone."""
    words = [in_latin(word) for word in plain_words(text)[:_WORDS]]
    framed = ["^", *words, "$"]
    grams = [(f"w {word}", 1.0) for word in words]
    grams += [(f"b {a} {b}", 0.6) for a, b in pairwise(framed)]
    grams += [(f"s {a} {b}", 0.3) for a, b in zip(framed, framed[2:], strict=False)]
    for word in words:
        padded = f"<{word[:24]}>"
        for size in (3, 4, 5):
            grams += [(f"c {padded[i : i + size]}", 0.5) for i in range(len(padded) - size + 1)]
    counts: dict[int, float] = {}
    for gram, weight in grams:
        code = crc32(gram.encode())
        column = code % _COLUMNS
        counts[column] = counts.get(column, 0) + (weight if code & 0x8000_0000 else -weight)
    values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    values /= max(float(np.sqrt(values @ values)), 1e-6)
    return np.fromiter(counts, dtype=np.int64, count=len(counts)), values


def _fit_layers(rows: Matrix, wanted: Matrix, weights: Matrix) -> list[Matrix]:
    chance = np.random.default_rng(20260302)
    size, kinds = rows.shape[1], wanted.shape[1]
    inner = chance.normal(0, 2 / np.sqrt(size), (size, _HIDDEN)).astype(np.float32)
    learnt: list[Matrix] = [inner, _zeros(_HIDDEN), _zeros(_HIDDEN, kinds), _zeros(kinds)]
    _learn_layers(learnt, rows, wanted, weights, epochs=_EPOCHS, pace=_PACE)
    return learnt


def _learn_layers(
    learnt: list[Matrix], rows: Matrix, wanted: Matrix, weights: Matrix, *, epochs: int, pace: float
) -> None:
    """In place."""
    chance = np.random.default_rng(20260303)
    steps = _Steps(learnt, decay=1e-4)
    targets = wanted * np.float32(1 - _SMOOTHED) + np.float32(_SMOOTHED / wanted.shape[1])
    for epoch in range(epochs):
        order = chance.permutation(len(rows))
        for start in range(0, len(rows), _AT_ONCE):
            some = order[start : start + _AT_ONCE]
            seen = rows[some] * _mask(rows[some].shape, _DROPPED_ROWS, chance)
            before = seen @ learnt[0] + learnt[1]
            open_ = _mask(before.shape, _DROPPED, chance)
            hidden = np.maximum(before, 0) * open_
            wrong = softmax(hidden @ learnt[2] + learnt[3]) - targets[some]
            wrong *= weights[some][:, None] / np.float32(len(some))
            back = (wrong @ learnt[2].T) * open_ * (before > 0)
            slopes = [seen.T @ back, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0)]
            steps.take(slopes, pace=pace * (1 - epoch / epochs))


def _fit_letters(grams: Sequence[_Gram], wanted: Matrix, weights: Matrix) -> list[Matrix]:
    learnt: list[Matrix] = [_zeros(_COLUMNS, wanted.shape[1]), _zeros(wanted.shape[1])]
    _learn_letters(learnt, grams, wanted, weights, epochs=_LETTERS_EPOCHS, pace=_LETTERS_PACE)
    return learnt


def _learn_letters(
    learnt: list[Matrix],
    grams: Sequence[_Gram],
    wanted: Matrix,
    weights: Matrix,
    *,
    epochs: int,
    pace: float,
) -> None:
    """In place."""
    chance = np.random.default_rng(20260302)
    steps = _Steps(learnt, decay=1e-3)
    for epoch in range(epochs):
        order = chance.permutation(len(grams))
        for start in range(0, len(grams), _LETTERS_AT_ONCE):
            some = order[start : start + _LETTERS_AT_ONCE]
            rows = _zeros(len(some), _COLUMNS)
            for row, place in enumerate(some):
                rows[row, grams[place][0]] = grams[place][1] * _LETTERS_SCALE
            wrong = softmax(rows @ learnt[0] + learnt[1]) - wanted[some]
            wrong *= weights[some][:, None] / np.float32(len(some))
            steps.take([rows.T @ wrong, wrong.sum(axis=0)], pace=pace * (1 - epoch / epochs))


def _zeros(*shape: int) -> Matrix:
    return np.zeros(shape, dtype=np.float32)


def _mask(shape: tuple[int, ...], dropped: float, chance: np.random.Generator) -> Matrix:
    mask: Matrix = (chance.random(shape, dtype=np.float32) > dropped).astype(np.float32)
    mask /= np.float32(1 - dropped)
    return mask


class _Steps:
    """Adam, with decay apart from the slopes."""

    def __init__(self, learnt: list[Matrix], *, decay: float) -> None:
        self._learnt, self._decay, self._taken = learnt, np.float32(decay), 0
        self._mean = [np.zeros_like(each) for each in learnt]
        self._square = [np.zeros_like(each) for each in learnt]

    def take(self, slopes: Sequence[Matrix], *, pace: float) -> None:
        """Moves what is learnt, in place."""
        self._taken += 1
        rise = np.float32(np.sqrt(1 - 0.999**self._taken) / (1 - 0.9**self._taken))
        for each, slope, mean, square in zip(self._learnt, slopes, self._mean, self._square, strict=True):
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.001) * (slope * slope - square)
            each -= np.float32(pace) * (
                rise * mean / (np.sqrt(square) + np.float32(1e-8)) + self._decay * each
            )


def learn(path: Path = SHIPPED) -> None:
    AlarmSense.train(alarm_lessons(shipped_examples(known_languages()))).save(path)


def learn_further(path: Path = SHIPPED) -> None:
    """From where learning stood, in a minute: every case as it is told, and some of what is around them."""
    known = shipped_sense(path)
    lessons = alarm_lessons(shipped_examples(known_languages()))
    if known is None or {lesson.kind for lesson in lessons} - {*known.kinds}:
        return learn(path)
    told = [lesson for lesson in lessons if lesson.weight > 1]
    around = [lesson for lesson in lessons if lesson.weight <= 1]
    return known.further([*told, *around[::_AGAIN]]).save(path)


if __name__ == "__main__":
    learn_further() if "--further" in sys.argv else learn()

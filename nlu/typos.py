"""Repairs unknown words to the vocabulary that was learnt, language by language."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4  # below, one letter makes another word: "ora", "ore", "oro"
_LONG = 8  # from here on, two slips are forgiven


class TypoRepair:
    """Words of a language, and the nearest of them for a misspelt one (optimal string alignment)."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.vocabulary = frozenset(counts)
        by_length: dict[int, list[str]] = {}
        for word in sorted(counts, key=lambda word: (-counts[word], word)):  # frequent first: they win ties
            if len(word) >= _SHORTEST and word.isalpha():
                by_length.setdefault(len(word), []).append(word)
        self._by_length = by_length
        self.repair = lru_cache(maxsize=8192)(self._repair)

    @classmethod
    def from_words(cls, words: Iterable[str]) -> "TypoRepair":
        return cls(Counter(words))

    def _repair(self, word: str) -> str:
        """The word itself where it is known, short, or like nothing known."""
        if word in self.vocabulary or not _SHORTEST <= len(word) <= 40 or not word.isalpha():
            return word
        slips = 2 if len(word) >= _LONG else 1
        near = [
            w
            for size in range(len(word) - slips, len(word) + slips + 1)
            for w in self._by_length.get(size, ())
        ]
        best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        if best is None or (best[0][0] != word[0] and best[1] > 1):
            return word
        return str(best[0])

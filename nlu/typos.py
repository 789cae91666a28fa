"""Repairs unknown words to those that were learnt, one by one: where examples are few.

What a front desk reads is mended by whole sentences: nlu.mending.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4  # below, one letter makes another word: "ora", "ore", "oro"
_LONG = 8  # from here on, two slips are forgiven
_TELLING = 6  # letters from which a swap can be no other word
_SELDOM, _FAR_MORE = 5, 15  # times; a word so seldom is a slip of one said so many times more often
_FREQUENT = 4  # a word seen once that is so near to one seen so often is a slip of it


class TypoRepair:
    """Words of a language, and the nearest of them for a misspelt one (optimal string alignment)."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts` tells how often each word was seen; examples have slips of their own, seen once."""
        known: set[str] = set()
        by_length: dict[int, list[str]] = {}
        for word in sorted(counts, key=lambda word: (-counts[word], word)):  # frequent first: they win ties
            if counts[word] == 1 and _is_slip(word, by_length, counts):
                continue
            if _is_frequent_slip(word, by_length, counts):
                continue
            known.add(word)
            if len(word) >= _SHORTEST and word.isalpha():
                by_length.setdefault(len(word), []).append(word)
        self.vocabulary = frozenset(known)
        self._by_length = by_length
        self.repair = lru_cache(maxsize=4096)(self._repair)

    @property
    def words(self) -> list[str]:
        """All that is known, in the order in which ties are won."""
        ordered = [word for words in self._by_length.values() for word in words]
        return [*ordered, *sorted(self.vocabulary.difference(ordered))]

    def _repair(self, word: str) -> str:
        """The word itself where it is known, short, or like nothing known."""
        if word in self.vocabulary or not _SHORTEST <= len(word) <= 40 or not word.isalpha():
            return word
        return _nearest(word, self._by_length, slips=2 if len(word) >= _LONG else 1) or word


def _is_slip(word: str, by_length: Mapping[int, Sequence[str]], counts: Mapping[str, int]) -> bool:
    """A slip inside a long word: "apuntamento". Other endings are other forms."""
    if len(word) < _LONG - 1 or not word.isalpha():
        return False
    nearest = _nearest(word, by_length, slips=1)
    return (
        nearest is not None
        and counts[nearest] >= _FREQUENT
        and (nearest[0], nearest[-2:]) == (word[0], word[-2:])
    )


def _is_frequent_slip(word: str, by_length: Mapping[int, Sequence[str]], counts: Mapping[str, int]) -> bool:
    """Two letters swapped in a word that is said far more often: "cancle", however many write it so."""
    if len(word) < _TELLING or counts[word] > _SELDOM or not word.isalpha():
        return False
    often, swapped = counts[word] * _FAR_MORE, _swapped(word)
    return any(known in swapped and counts[known] >= often for known in by_length.get(len(word), ()))


def _nearest(word: str, by_length: Mapping[int, Sequence[str]], *, slips: int) -> str | None:
    swapped = _swapped(word)
    meant = next((known for known in by_length.get(len(word), ()) if known in swapped), None)
    if meant is not None:
        return meant  # "wnat" is "want" rather than "what", however often each is said
    near = [w for size in range(len(word) - slips, len(word) + slips + 1) for w in by_length.get(size, ())]
    best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
    if best is None or (best[0][0] != word[0] and best[1] > 1):
        return None
    return str(best[0])


def _swapped(word: str) -> frozenset[str]:
    """The same letters, two neighbours in each other's place."""
    swaps = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    return frozenset(swaps) - {word}

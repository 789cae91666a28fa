"""Mends slips of the finger in a whole message: what was most likely meant, by the words around as well.

A noisy channel (Kernighan, Church and Gale 1990): a word of the examples is as likely as it is often said and
goes with its neighbours, and each slip costs. "lavro" is "lavoro" and no "lavo"; "eed to" is "need to". On a
twelfth of the examples, kept apart, with slips in a quarter of the words: .81 of these became what they were
in English, .80 in Italian, .75 in Russian (by the nearest word alone .50, .54, .61), and .02 to .03 of the
words without a slip became others, slips of the authors among them.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile
from zlib import crc32

from rapidfuzz import process
from rapidfuzz.distance import OSA

_PLACES = 1 << 18  # of pairs of words, by a hash: two pairs at one place do little harm
_MOST = 255  # times a pair is counted
_AS_IF = 150_000  # words in the examples: counts mean the same however many there are
_SURE = 40  # times; a word that is said so often is no slip
_TOLD = 2  # times; nothing is mended to what is said less often
_LONGEST = 30
_TELLING = 4  # letters from which a word is told from others without its neighbours
_LETTERS = 40  # of a language, the most frequent
# What is weighed, all as logarithms of how likely it is; by the examples that were kept apart.
_OFTEN, _BESIDE = 0.8, 0.6
_NEVER_SAID = -3.05  # of a word that nobody said
_IS_KNOWN = 2.0  # more for a word that somebody said, and that is no slip
_SWAPPED, _TWICE_FOR_ONCE, _ONCE_FOR_TWICE = 2.5, 2.5, 3.0
_LEFT_OUT, _PUT_IN, _ANOTHER = 3.5, 5.0, 5.0
_AT_FIRST = 1.0  # more for the first letter
_TWO_SLIPS, _TWO_FROM = 7.0, 8  # in words of so many letters, where one slip explains nothing

_HOW_OFTEN = [math.log(times + 1) for times in range(_MOST + 1)]


class Mender:
    """The words of one language, and what stands beside them."""

    def __init__(self, counts: Mapping[str, int], pairs: bytes, known: Collection[str] = ()) -> None:
        """`counts` tells how often each word is said; `pairs` are `pairs_of` the sentences; `known` words are
        no slips of others, however seldom they are said."""
        share = min(1.0, _AS_IF / max(sum(counts.values()), 1))
        self._often = {
            word: times * share
            for word, times in counts.items()
            if word.isalpha() and len(word) > 1 and times >= _TOLD
        }
        self._known = frozenset(known)
        self._pairs = pairs
        self._candidates = lru_cache(maxsize=4096)(self._look_for_candidates)

    def mend(self, words: Sequence[str]) -> tuple[str, ...]:
        """As many words; what cannot be bettered stays as it is."""
        mended: list[str] = []
        for at, word in enumerate(words):
            candidates = self._candidates(word) if 1 < len(word) <= _LONGEST else ()
            if not candidates:
                mended.append(word)
                continue
            before = mended[-1] if mended else "^"
            after = words[at + 1] if at + 1 < len(words) else "$"
            mended.append(self._likeliest(word, candidates, before, after))
        return tuple(mended)

    def _likeliest(self, word: str, candidates: Sequence[tuple[str, float]], before: str, after: str) -> str:
        best, most = word, -math.inf
        either = before != "^" or after != "$"  # whether anything stands beside it
        for meant, likely in candidates:
            beside = self._beside(before, meant, after)
            if meant != word and min(len(word), len(meant)) < _TELLING and not (beside and either):
                continue  # one letter makes another word of it, and nobody said that beside these
            if meant != word and not either and _has_another_letter(word, meant):
                continue  # "Dante" and no "dente"
            if likely + beside > most:
                best, most = meant, likely + beside
        return best

    def _beside(self, before: str, word: str, after: str) -> float:
        first, second = self._pairs[_place(before, word)], self._pairs[_place(word, after)]
        return _BESIDE * (_HOW_OFTEN[first] + _HOW_OFTEN[second])

    def _look_for_candidates(self, word: str) -> list[tuple[str, float]]:
        """What may be meant, the word itself first, with how likely it is; nothing where it is sure."""
        said = self._often.get(word, 0.0)
        if not word.isalpha() or said >= _SURE:
            return []
        costs = {meant: _cost(word, meant) for meant in self._one_slip_from(word) if meant != word}
        if not costs and not said and len(word) >= _TWO_FROM:
            near = process.extract(
                word, self._long.get(word[0], ()), scorer=OSA.distance, score_cutoff=2, limit=5
            )
            costs = dict.fromkeys((str(found[0]) for found in near), _TWO_SLIPS)
        if not costs:
            return []
        itself = _OFTEN * math.log(max(said, 1.0)) + _IS_KNOWN if word in self._known else _NEVER_SAID
        return [(word, itself), *((w, _OFTEN * math.log(self._often[w]) - cost) for w, cost in costs.items())]

    def _one_slip_from(self, word: str) -> list[str]:
        """In one order, always. Hundreds are tried for each new word: comprehensions take a third of it."""
        parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        letters, often = self._letters, self._often
        near = [before + after[1:] for before, after in parts if after]
        near += [before + after[1] + after[0] + after[2:] for before, after in parts if len(after) > 1]
        near += [before + other + after[1:] for before, after in parts if after for other in letters]
        near += [before + other + after for before, after in parts for other in letters]
        return sorted({meant for meant in near if meant in often})

    @cached_property
    def _letters(self) -> list[str]:
        often: dict[str, float] = {}
        for word, times in self._often.items():
            for letter in word:
                often[letter] = often.get(letter, 0.0) + times
        return sorted(often, key=lambda letter: (-often[letter], letter))[:_LETTERS]

    @cached_property
    def _long(self) -> Mapping[str, Sequence[str]]:
        """By their first letter, which two slips leave alone; frequent first: they win ties."""
        by_letter: dict[str, list[str]] = {}
        for word in sorted(self._often, key=lambda word: (-self._often[word], word)):
            if len(word) >= _TWO_FROM - 2:
                by_letter.setdefault(word[0], []).append(word)
        return by_letter


def _cost(word: str, meant: str) -> float:
    """Of the one slip by which `word` is not what was `meant`."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(word, meant, strict=False))
    at = sum(1 for _ in alike)  # where it happened
    first = 0.0 if at else _AT_FIRST
    if len(word) > len(meant):
        return _TWICE_FOR_ONCE if at and word[at] == word[at - 1] else _PUT_IN + first
    if len(word) < len(meant):
        return _ONCE_FOR_TWICE if at and meant[at] == meant[at - 1] else _LEFT_OUT + first
    return _SWAPPED if word[at + 1 :] != meant[at + 1 :] else _ANOTHER + first


def _has_another_letter(word: str, meant: str) -> bool:
    return len(word) == len(meant) and sorted(word) != sorted(meant)


def pairs_of(sentences: Iterable[Sequence[str]]) -> bytes:
    """How often words stand beside one another, sentences' ends among them; by hash, one byte each."""
    counts = bytearray(_PLACES)
    for words in sentences:
        for one, other in pairwise(("^", *words, "$")):
            place = _place(one, other)
            counts[place] = min(counts[place] + 1, _MOST)
    return bytes(counts)


def both_pairs(one: bytes, other: bytes) -> bytes:
    return bytes(min(a + b, _MOST) for a, b in zip(one, other, strict=True))


def _place(one: str, other: str) -> int:
    return crc32(f"{one} {other}".encode()) % _PLACES

"""Which language a message is in: script, the practice's languages, the conversation so far."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from nlu.lexicon import lexicon
from nlu.transliteration import in_latin
from nlu.words import Word

_CYRILLIC = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў")
_DECIDED = 1.6  # log odds for each deciding word, below which nothing is decided
_READ_WORDS = 60
_TELLING = 6  # letters of a word that two languages are not likely to share


@dataclass(frozen=True, slots=True)
class Guess:
    """`sure` when the message itself says so; otherwise the language is that of conversation or house."""

    language: str
    sure: bool


class LanguageGuesser:
    """Weighs words and their letters against the examples of each language."""

    def __init__(self, words_of: Mapping[str, Counter[str]]) -> None:
        self._words = {language: frozenset(words) for language, words in words_of.items()}
        self._grams: dict[str, dict[str, float]] = {}
        for language, words in words_of.items():
            counts: Counter[str] = Counter()
            for word, times in words.items():
                for gram in _grams(word):
                    counts[gram] += min(times, 3)
            total = sum(counts.values()) + 5000
            self._grams[language] = {gram: log((count + 1) / total) for gram, count in counts.items()}
            self._grams[language][""] = log(1 / total)
        russian = self._words.get("ru", frozenset())
        self._russian = frozenset(in_latin(word) for word in russian if len(word) >= 4 and not word.isascii())
        self._weigh = lru_cache(maxsize=4096)(self._weigh_word)

    def guess(
        self, words: Sequence[Word], *, languages: Sequence[str], current: str | None, ignore: frozenset[str]
    ) -> Guess:
        """The language to answer in. `ignore` are words that belong to no language: names, street names.

        One or two words never switch a conversation; one may decide the first message, often a mere greeting.
        """
        house = languages[0] if languages else "en"
        fallback = current if current is not None and current in languages else house
        letters = [w.text for w in words[:_READ_WORDS] if w.text.isalpha() and w.text not in ignore]
        cyrillic = [word for word in letters if word[0] in _CYRILLIC]
        if len(cyrillic) * 2 > len(letters):
            if "ru" in languages:
                sure = len(cyrillic) > 1 or current is None
                return Guess("ru" if sure else fallback, sure)
            return Guess(fallback, False)
        candidates = [language for language in languages if language != "ru" and language in self._words]
        if "ru" in languages and "ru" not in candidates:
            candidates.append("ru")  # typed in Latin letters
        return self._weigh_all(letters, tuple(candidates), fallback, current)

    def _weigh_all(
        self, letters: Sequence[str], candidates: tuple[str, ...], fallback: str, current: str | None
    ) -> Guess:
        if not letters or len(candidates) < 2:
            return Guess(fallback, len(candidates) == 1 and bool(letters))
        scores = dict.fromkeys(candidates, 0.0)
        deciding: Counter[str] = Counter()
        for word in letters:
            weights = dict(zip(candidates, self._weigh(word, candidates), strict=True))
            best, second = sorted(weights.values(), reverse=True)[:2]
            if best - second >= 1.0:
                deciding[max(weights, key=lambda language: weights[language])] += 1
            for language, weight in weights.items():
                scores[language] += weight
        first, second_best = sorted(candidates, key=lambda language: -scores[language])[:2]
        margin = scores[first] - scores[second_best]
        needed = 1 if current is None else 3
        if margin >= _DECIDED and deciding[first] >= needed:
            return Guess(first, True)
        return Guess(fallback, False)

    def _is_typed_russian(self, word: str) -> bool:
        """Russian in Latin letters: "zapisatsya", but not "hello", although some Russian patients say so."""
        if not word.isascii() or in_latin(word) not in self._russian:
            return False
        elsewhere = any(word in words for language, words in self._words.items() if language != "ru")
        return not elsewhere or (word in self._words["ru"] and len(word) >= _TELLING)

    def _weigh_word(self, word: str, candidates: tuple[str, ...]) -> tuple[float, ...]:
        """For each candidate, how much this word speaks for it, between 0 and about 4."""
        likelihoods = []
        for language in candidates:
            grams = self._grams.get(language, {"": -9.0})
            pieces = _grams(word)
            likelihoods.append(sum(grams.get(gram, grams[""]) for gram in pieces) / max(len(pieces), 1))
        best = max(likelihoods)
        weights = []
        for language, likelihood in zip(candidates, likelihoods, strict=True):
            weight = max(0.0, 1.0 + likelihood - best)
            weight += 1.0 if word in self._words.get(language, ()) else 0.0
            weight += 2.0 if language == "ru" and self._is_typed_russian(word) else 0.0
            weight += 1.5 if word in lexicon(language).function_words else 0.0
            weights.append(weight)
        return tuple(weights)


def _grams(word: str) -> list[str]:
    padded = f"<{word[:30]}>"
    return [padded[i : i + 3] for i in range(len(padded) - 2)]

"""What examples teach: the words of each language, sentences known by heart, and scorers of intents."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlu.emergency_examples import shipped_cases
from nlu.intents import Heard, NgramScorer
from nlu.language import LanguageGuesser
from nlu.lexicon import Lexicon, known_languages, lexicon
from nlu.sentences import SHIPPED, SentenceScorer, encode, learnt_from
from nlu.training_examples import Example, digest
from nlu.typos import TypoRepair
from nlu.words import plain_words

_EDITION = "4"  # raised when features or training change: an older cache is then left alone
_COURTEOUS = frozenset({"greet", "thanks", "goodbye"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What the examples of some languages tell, beside the weights of scorers."""

    examples: tuple[Example, ...]
    repairs: dict[str, TypoRepair]
    ordinary: dict[str, frozenset[str]]  # words of each language that are no names
    by_heart: dict[tuple[str, ...], str]  # sentence -> intent, where all examples agree
    guesser: LanguageGuesser

    @classmethod
    def of(cls, examples: Sequence[Example], languages: Sequence[str]) -> "Learnt":
        counts: dict[str, Counter[str]] = {language: Counter() for language in languages}
        ordinary: dict[str, set[str]] = {language: set() for language in languages}
        meanings: dict[tuple[str, ...], set[str]] = {}
        for example in examples:
            words = plain_words(example.text)
            counts[example.language].update(words)
            ordinary[example.language] |= {word for word in words if word not in example.named}
            meanings.setdefault(words, set()).add(example.intent)
            if example.intent not in _COURTEOUS:
                meanings.setdefault(without_courtesies(words), set()).add(example.intent)
        for language in languages:
            counts[language].update(lexicon(language).function_words)
        for case in shipped_cases():
            if case.language in counts:
                counts[case.language].update(plain_words(case.text))
        return cls(
            examples=tuple(examples),
            repairs={language: TypoRepair(counts[language]) for language in languages},
            ordinary={language: frozenset(words) for language, words in ordinary.items()},
            by_heart={words: next(iter(m)) for words, m in meanings.items() if len(m) == 1 and words},
            guesser=LanguageGuesser(counts),
        )

    def ngram_scorer(self, cache: Path | None) -> NgramScorer:
        """Trained, or as it was trained before on the very same examples."""
        told = digest(f"{e.language} {e.intent} {e.text}" for e in self.examples)
        stored = cache / f"intents-{_EDITION}-{told[:16]}.npz" if cache else None
        known = NgramScorer.load(stored) if stored else None
        if known is not None:
            return known
        taught: dict[tuple[Heard, str], None] = {}
        for example in self.examples:
            repair = self.repairs[example.language].repair
            words = without_courtesies(tuple(repair(word) for word in plain_words(example.text)))
            taught[Heard(words, language=example.language), example.intent] = None
        trained = NgramScorer.train(list(taught))
        if stored:
            trained.save(stored)
        return trained


def sentence_scorer(examples: Sequence[Example], cache: Path | None) -> SentenceScorer:
    """As shipped, as kept in `cache`, or trained: whichever was learnt from these very examples.

    The encoder is loaded here, not with the first message: it takes a second or two.
    """
    encode(("",))
    cases = shipped_cases()
    taught = learnt_from(examples, cases)
    stored = cache / f"sentences-{_EDITION}-{taught[:16]}.npz" if cache else None
    for path in (SHIPPED, stored):
        known = SentenceScorer.load(path, taught) if path else None
        if known is not None:
            return known
    trained = SentenceScorer.train(examples, cases)
    if stored:
        trained.save(stored)
    return trained


@lru_cache(maxsize=1)
def _lexicons() -> tuple[Lexicon, ...]:
    return tuple(lexicon(language) for language in known_languages())


@lru_cache(maxsize=16384)
def without_courtesies(words: tuple[str, ...]) -> tuple[str, ...]:
    """ "buongiorno vorrei prenotare grazie" without its frame; all of it when nothing else is there."""
    rest = words
    changed = True
    while changed and rest:
        changed = False
        for known in _lexicons():
            for phrase in known.courtesies:
                size = len(phrase)
                if rest[:size] == phrase:
                    rest, changed = rest[size:], True
                elif rest[-size:] == phrase:
                    rest, changed = rest[:-size], True
    return rest or words

"""What examples teach: the words of each language, sentences known by heart, and scorers of intents."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nlu.by_heart import ByHeart
from nlu.emergency_examples import shipped_cases
from nlu.intents import Heard, NgramScorer
from nlu.language import LanguageGuesser
from nlu.lexicon import Phrases, known_languages, lexicon
from nlu.mending import Mender, both_pairs, pairs_of
from nlu.training_examples import Example
from nlu.typos import TypoRepair
from nlu.words import Word, cut, plain_words

_ORDINARY = 5  # times seen without a capital
_COURTEOUS = frozenset({"greet", "thanks", "goodbye"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """The words of one language's examples.

    `counts` tells how often each was seen, `ordinary` which are no names (people write those small now and
    then, too), `meanings` what whole sentences want, words with spaces between; `vocabulary` are the words
    that are no slips of another, `pairs` tell which words stand beside one another (nlu.mending).
    """

    taught: int
    counts: Mapping[str, int]
    ordinary: frozenset[str]
    meanings: Mapping[str, frozenset[str]]
    vocabulary: Sequence[str]
    pairs: bytes

    @classmethod
    def of(cls, examples: Iterable[Example], language: str) -> "Lessons":
        """Examples of other languages are passed over."""
        counts: Counter[str] = Counter()
        small: Counter[str] = Counter()  # written without a capital
        meanings: dict[tuple[str, ...], set[str]] = {}
        named: set[str] = set()
        taught = 0
        for example in examples:
            if example.language != language:
                continue
            taught += 1
            found = cut(example.text)
            words = tuple(word.text for word in found)
            counts.update(words)
            small.update(w.text for w in found if example.text[w.start].islower())
            named |= example.named
            meanings.setdefault(words, set()).add(example.intent)
            if example.intent not in _COURTEOUS:
                meanings.setdefault(without_courtesies(words), set()).add(example.intent)
        counts.update(lexicon(language).function_words)
        for case in shipped_cases():
            if case.language == language:
                counts.update(plain_words(case.text))
        return cls(
            taught=taught,
            counts=counts,
            ordinary=frozenset(w for w, times in small.items() if times >= _ORDINARY and w not in named),
            meanings={" ".join(words): frozenset(intents) for words, intents in meanings.items() if words},
            vocabulary=TypoRepair(counts).words,
            pairs=pairs_of(words for words in meanings if words),
        )

    def and_of(self, more: "Lessons") -> "Lessons":
        """With what a practice adds; words that it teaches anew are no slips."""
        every = {**self.meanings}
        for sentence, intents in more.meanings.items():
            every[sentence] = every.get(sentence, frozenset()) | intents
        new = [word for word in more.vocabulary if word not in self.counts]
        return Lessons(
            taught=self.taught + more.taught,
            counts=Counter(self.counts) + Counter(more.counts),
            ordinary=self.ordinary | more.ordinary,
            meanings=every,
            vocabulary=[*self.vocabulary, *new],
            pairs=both_pairs(self.pairs, more.pairs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What the lessons of some languages tell, beside the weights of scorers."""

    taught: int  # how many examples
    menders: Mapping[str, Mender]
    vocabulary: frozenset[str]  # of all languages, without what is a slip of another
    ordinary: Mapping[str, frozenset[str]]  # words of each language that are no names
    by_heart: ByHeart  # the intents of sentences, where all examples agree
    guesser: LanguageGuesser

    def known_by_heart(self, words: Iterable[str]) -> str | None:
        """The intent of examples that have these words and no others."""
        return self.by_heart.get(" ".join(words))

    @classmethod
    def of(cls, lessons: Mapping[str, Lessons]) -> "Learnt":
        meanings: dict[str, frozenset[str]] = {}
        for each in lessons.values():
            for sentence, intents in each.meanings.items():
                meanings[sentence] = meanings.get(sentence, frozenset()) | intents
        return cls(
            taught=sum(each.taught for each in lessons.values()),
            menders={
                name: Mender(each.counts, each.pairs, each.vocabulary) for name, each in lessons.items()
            },
            vocabulary=frozenset().union(*(each.vocabulary for each in lessons.values())),
            ordinary={name: each.ordinary for name, each in lessons.items()},
            by_heart=ByHeart({sentence: next(iter(m)) for sentence, m in meanings.items() if len(m) == 1}),
            guesser=LanguageGuesser({name: Counter(each.counts) for name, each in lessons.items()}),
        )


def ngram_scorer(examples: Iterable[Example], menders: Mapping[str, Mender]) -> NgramScorer:
    """Trained on examples as they will be heard: mended, without courtesies."""
    return NgramScorer.train(as_lessons(examples, menders))


def as_lessons(examples: Iterable[Example], menders: Mapping[str, Mender]) -> list[tuple[Heard, str]]:
    """Each once, as n-grams hear it."""
    heard = (
        (replace(as_heard(e.text, e.language, menders[e.language]), text=""), e.intent) for e in examples
    )
    return list(dict.fromkeys(heard))


def as_heard(text: str, language: str, mender: Mender) -> Heard:
    """An example as scorers hear a message."""
    return Heard(without_courtesies(mender.mend(plain_words(text))), text, language)


@lru_cache(maxsize=1)
def _courtesies() -> tuple[Phrases, Phrases]:
    """Of all languages, forwards and backwards."""
    every = [phrase for language in known_languages() for phrase in lexicon(language).courtesies]
    return Phrases.of(every), Phrases.of(phrase[::-1] for phrase in every)


@lru_cache(maxsize=1024)
def without_courtesies(words: tuple[str, ...]) -> tuple[str, ...]:
    """ "buongiorno vorrei prenotare grazie" without its frame; all of it when nothing else is there."""
    opening, closing = _courtesies()
    rest = words
    while rest:
        said = opening.at(rest, 0) or ()
        rest = rest[len(said) :]
        if rest:
            ended = closing.at(rest[::-1], 0) or ()
            rest = rest[: len(rest) - len(ended)]
            said += ended
        if not said:
            break
    return rest or words


def mended(text: str, words: Sequence[Word], mended_words: Sequence[str]) -> str:
    """The text as it was written, but for mended words."""
    pieces, reached = [], 0
    for word, better in zip(words, mended_words, strict=False):
        if better != word.text:
            pieces += [text[reached : word.start], better]
            reached = word.end
    return "".join([*pieces, text[reached:]])


def as_mended(text: str, mender: Mender) -> str:
    """A text as sentence embeddings hear it."""
    words = cut(text)
    return mended(text, words, mender.mend([word.text for word in words]))

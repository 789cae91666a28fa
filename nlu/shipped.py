"""What was learnt from the shipped examples, so that a start learns nothing: nlu/learnt.

`python -m nlu.shipped` learns it all anew, after any change of examples, lexicons or emergencies; `chairside
train` does so for a practice that changed them, into its own cache. Until then the older lessons hold.
"""

import gzip
import json
import sys
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlu.intents import NgramScorer
from nlu.learning import Learnt, Lessons, as_lessons, as_mended, ngram_scorer
from nlu.lexicon import known_languages
from nlu.mending import Mender
from nlu.sentences import SentenceScorer, installed
from nlu.slips import with_slips
from nlu.training_examples import Example, digest, shipped_examples
from nlu.words import plain_words

_HERE = Path(__file__).parent
_EDITION = "11"  # raised when features or training change: what was kept before is then left alone
_WORDS = ("examples", "lexicon", "red_flags/heard")  # from what each is learnt
_INTENTS = ("examples",)
_SLIPS = 0.25  # each example is learnt with slips as well, in a quarter of its words
_SEED = 20260304
_AGAIN = 3  # one in so many of the known examples is told again when others are added
SHIPPED = _HERE / "learnt"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of learnt things: in nlu/learnt the newest; elsewhere each is named by its teaching.

    What was learnt from other examples than there are now is found only when `any_teaching` will do.
    """

    folder: Path

    def lessons(self, *, any_teaching: bool = False) -> Mapping[str, Lessons] | None:
        path = self._path("words.json.gz", _WORDS)
        return _read_lessons(path, None if any_teaching else teaching(_WORDS))

    def keep_lessons(self, lessons: Mapping[str, Lessons]) -> None:
        _write_lessons(self._path("words.json.gz", _WORDS), lessons, teaching(_WORDS))

    def ngrams(self, *, any_teaching: bool = False) -> NgramScorer | None:
        path = self._path("intents.npz", _INTENTS)
        return NgramScorer.load(path, None if any_teaching else teaching(_INTENTS))

    def keep_ngrams(self, scorer: NgramScorer) -> None:
        scorer.save(self._path("intents.npz", _INTENTS), teaching(_INTENTS))

    def sentences(self, *, any_teaching: bool = False) -> SentenceScorer | None:
        path = self._path("sentences.npz", _INTENTS)
        return SentenceScorer.load(path, None if any_teaching else teaching(_INTENTS))

    def keep_sentences(self, scorer: SentenceScorer) -> None:
        scorer.save(self._path("sentences.npz", _INTENTS), teaching(_INTENTS))

    def _path(self, name: str, sources: tuple[str, ...]) -> Path:
        stem, _, ending = name.partition(".")
        return self.folder / (name if self.folder == SHIPPED else f"{stem}-{teaching(sources)[:16]}.{ending}")


@lru_cache(maxsize=8)
def teaching(sources: tuple[str, ...]) -> str:
    """The same for the same files in these folders, and for no others. Files are not understood: fast."""
    files = [path for name in sources for path in sorted((_HERE / name).rglob("*.yml"))]
    told = [f"{path.relative_to(_HERE)} {digest([path.read_text(encoding='utf-8')])}" for path in files]
    return digest([_EDITION, *told])


class Teacher:
    """Gives what was learnt: as shipped, or as learnt since and kept in `cache`.

    A start never waits for learning: where examples have changed since, the older lessons hold until
    `learn` is called. Only where there are none at all it is learnt at once.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._shelves = [Shelf(SHIPPED), *([Shelf(cache)] if cache else [])]

    @property
    def is_current(self) -> bool:
        """Whether all was learnt from the very examples that there are."""
        return all(
            any(find(shelf) is not None for shelf in self._shelves)
            for find in (Shelf.lessons, Shelf.ngrams, *((Shelf.sentences,) if installed() else ()))
        )

    def lessons(self) -> Mapping[str, Lessons]:
        """Of every language that has a lexicon."""
        known = next((found for shelf in self._shelves if (found := shelf.lessons())), None)
        return known or self._shelves[0].lessons(any_teaching=True) or _learn_lessons()

    def ngrams(self) -> NgramScorer:
        """Of all languages, whichever are spoken: people mix them."""
        known = next((found for shelf in self._shelves if (found := shelf.ngrams())), None)
        return known or self._shelves[0].ngrams(any_teaching=True) or _learn_ngrams(self.lessons())

    def sentences(self) -> SentenceScorer:
        """Of all languages: they teach one another. Only where sentence embeddings are installed."""
        known = next((found for shelf in self._shelves if (found := shelf.sentences())), None)
        known = known or self._shelves[0].sentences(any_teaching=True)
        return known or _learn_sentences(self.lessons())


def learn(folder: Path = SHIPPED) -> None:
    """Learns anew what has changed, in some minutes; sentences only where embeddings are installed."""
    shelf = Shelf(folder)
    lessons = shelf.lessons()
    if lessons is None:
        lessons = _learn_lessons()
        shelf.keep_lessons(lessons)
    if shelf.ngrams() is None:
        shelf.keep_ngrams(_learn_ngrams(lessons))
    if installed() and shelf.sentences() is None:
        shelf.keep_sentences(_learn_sentences(lessons))


def learn_further(folder: Path = SHIPPED) -> None:
    """Learns examples that were added since, from where learning stood: a minute or two instead of twenty.

    What comes of it is near to what would be learnt from nothing, not equal to it.
    """
    shelf = Shelf(folder)
    lessons, ngrams = shelf.lessons(any_teaching=True), shelf.ngrams(any_teaching=True)
    sentences = shelf.sentences(any_teaching=True)
    if lessons is None or ngrams is None or {e.intent for e in _examples_of_all()} - {*ngrams.labels}:
        return learn(folder)
    added, known = _added_and_known(lessons)
    menders = Learnt.of(lessons).menders
    if sentences is not None and installed() and shelf.sentences() is None:
        shelf.keep_sentences(sentences.further(_told_again(added, known, menders)))
    if shelf.ngrams() is None:
        shelf.keep_ngrams(ngrams.further(as_lessons(added, menders)))
    return learn(folder)


def _added_and_known(lessons: Mapping[str, Lessons]) -> tuple[list[Example], list[Example]]:
    added: list[Example] = []
    known: list[Example] = []
    for example in _examples_of_all():
        is_known = " ".join(plain_words(example.text)) in lessons[example.language].meanings
        (known if is_known or not plain_words(example.text) else added).append(example)
    return added, known


def _told_again(
    added: Sequence[Example], known: Sequence[Example], menders: Mapping[str, Mender]
) -> list[Example]:
    """What is new, once as it is and thrice with slips; and one of so many that were known."""
    slipped = [slip for seed in range(3) for slip in with_slips(added, share=_SLIPS / 2, seed=_SEED + seed)]
    slipped += with_slips(known[1 :: 2 * _AGAIN], share=_SLIPS, seed=_SEED)
    heard = [replace(e, text=as_mended(e.text, menders[e.language])) for e in slipped]
    return [*added, *heard, *known[::_AGAIN]]


def _learn_lessons() -> Mapping[str, Lessons]:
    return {language: Lessons.of(_examples_of_all(), language) for language in known_languages()}


def _learn_ngrams(lessons: Mapping[str, Lessons]) -> NgramScorer:
    return ngram_scorer(_examples_of_all(), Learnt.of(lessons).menders)


def _learn_sentences(lessons: Mapping[str, Lessons]) -> SentenceScorer:
    examples = _examples_of_all()
    slipped = with_slips(examples, share=_SLIPS, seed=_SEED)
    menders = Learnt.of(lessons).menders
    heard = [replace(e, text=as_mended(e.text, menders[e.language])) for e in slipped]
    return SentenceScorer.train([*examples, *heard])


@lru_cache(maxsize=1)
def _examples_of_all() -> tuple[Example, ...]:
    return tuple(shipped_examples(known_languages()))


def _read_lessons(path: Path, told: str | None) -> Mapping[str, Lessons] | None:
    """None when there are none, or they are damaged, or of another teaching."""
    try:
        stored = json.loads(gzip.decompress(path.read_bytes()))
        if told is not None and stored["told"] != told:
            return None
        return {language: _lessons(each) for language, each in stored["languages"].items()}
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
        return None


def _lessons(stored: Mapping[str, Any]) -> Lessons:
    # Many thousands of sentences mean the same: that is kept once.
    meanings = {each: frozenset(each.split()) for each in set(stored["meanings"].values())}
    words = {word: word for word in stored["counts"]}  # so is each word, in whatever list it stands
    return Lessons(
        taught=stored["taught"],
        counts=stored["counts"],
        ordinary=frozenset(words.get(word, word) for word in stored["ordinary"]),
        meanings={sentence: meanings[intents] for sentence, intents in stored["meanings"].items()},
        vocabulary=[words.get(word, word) for word in stored["vocabulary"]],
        pairs=zlib.decompress(b64decode(stored["pairs"])),
    )


def _write_lessons(path: Path, lessons: Mapping[str, Lessons], told: str) -> None:
    stored = {
        language: {
            "taught": each.taught,
            "counts": dict(each.counts),
            "ordinary": sorted(each.ordinary),
            "meanings": {sentence: " ".join(sorted(m)) for sentence, m in sorted(each.meanings.items())},
            "vocabulary": list(each.vocabulary),
            "pairs": b64encode(zlib.compress(each.pairs)).decode(),
        }
        for language, each in lessons.items()
    }
    text = json.dumps({"told": told, "languages": stored}, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(gzip.compress(text.encode(), mtime=0))
    unfinished.replace(path)


if __name__ == "__main__":
    learn_further() if "--further" in sys.argv else learn()

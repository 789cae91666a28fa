"""Whether an answer to "how are you?", or "how was it?", says that all is well, and nothing besides.

It errs to one side. All is well only where somebody says so and every word of the message is known to be
harmless beside it; whatever else is written, a question, a "but", a word nobody thought of, is for a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from nlu.lexicon import Phrases
from nlu.shipped_yaml import shipped_yaml
from nlu.words import Word, cut, plain_words

_FOLDER = Path(__file__).parent / "how_are_you"
_LONGEST = 40  # words: whoever writes more has something to tell
_BETWEEN = 3  # words between a symptom and that it is gone: "the swelling is almost completely gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What one language has for it; nlu/how_are_you/en.yml tells what is what."""

    well: Phrases
    none: Phrases
    symptoms: Phrases
    over: Phrases
    spared: Phrases
    medicines: Phrases
    beside: Phrases
    pleased: Phrases
    past: Phrases

    def of_a_visit(self) -> "_Words":
        """What was good counts, too."""
        well, beside = (*self.well, *self.pleased), (*self.beside, *self.past)
        return replace(self, well=Phrases.of(well), beside=Phrases.of(beside))


def says_all_is_well(text: str, languages: Iterable[str], *, of_a_visit: bool = False) -> bool:
    """In one of these languages; one that has no file of words says it never. `of_a_visit`: "it was lovely"
    says it as well, which of somebody's health is too long ago."""
    words = cut(text)
    if not words or len(words) > _LONGEST or any(word.asked for word in words) or "?" in text:
        return False
    known = [_words_of(language, of_a_visit) for language in languages]
    return any(_is_well(words, each) for each in known if each is not None)


def _is_well(words: Sequence[Word], known: _Words) -> bool:
    """Clause by clause: "no, pain" is not "no pain"."""
    said = False
    for _, together in groupby(words, key=lambda word: word.clause):
        spoken, at = tuple(word.text for word in together), 0
        while at < len(spoken):
            is_well, length = _at(spoken, at, known)
            if not length:
                return False
            said, at = said or is_well, at + length
    return said


def _at(spoken: tuple[str, ...], at: int, known: _Words) -> tuple[bool, int]:
    """Whether the words here say that all is well, and how many there are; none where one is not known."""
    pairs = (known.none, known.symptoms), (known.spared, known.medicines), (known.medicines, known.spared)
    without = max(_both(spoken, at, *pair) for pair in pairs)
    found = max(without, _gone(spoken, at, known), _long(known.well, spoken, at))
    beside = _long(known.beside, spoken, at)
    return (True, found) if found >= beside and found else (False, beside)


def _both(spoken: tuple[str, ...], at: int, first: Phrases, second: Phrases) -> int:
    """ "no pain" """
    before = _long(first, spoken, at)
    after = _long(second, spoken, at + before) if before else 0
    return before + after if after else 0


def _gone(spoken: tuple[str, ...], at: int, known: _Words) -> int:
    """ "the swelling is almost gone" """
    symptom = _long(known.symptoms, spoken, at)
    end = at + symptom
    for _ in range(_BETWEEN + 1 if symptom else 0):
        over = _long(known.over, spoken, end)
        if over:
            return end + over - at
        step = _long(known.beside, spoken, end)
        if not step:
            return 0
        end += step
    return 0


def _long(phrases: Phrases, spoken: tuple[str, ...], at: int) -> int:
    return len(phrases.at(spoken, at) or ()) if at < len(spoken) else 0


@lru_cache(maxsize=16)
def _words_of(language: str, of_a_visit: bool) -> _Words | None:
    path = _FOLDER / f"{language}.yml"
    if not path.is_file():
        return None
    raw: dict[str, Any] = shipped_yaml(path)
    words = _Words(**{key: Phrases.of(plain_words(str(entry)) for entry in raw[key]) for key in raw})
    return words.of_a_visit() if of_a_visit else words

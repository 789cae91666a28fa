"""The small words of each language, from nlu/lexicon/*.yml: a new language begins with a file there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from nlu.shipped_yaml import shipped_yaml
from nlu.words import plain_words

Phrase = tuple[str, ...]  # folded words, one after the other


class Phrases(tuple[Phrase, ...]):
    """Phrases, longest first, that can be looked for quickly at a place of a message."""

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> "Phrases":
        return cls(sorted(set(phrases) - {()}, key=lambda phrase: (-len(phrase), phrase)))

    @cached_property
    def _by_first(self) -> Mapping[str, tuple[Phrase, ...]]:
        by_first: dict[str, list[Phrase]] = {}
        for phrase in self:
            by_first.setdefault(phrase[0], []).append(phrase)
        return {first: tuple(phrases) for first, phrases in by_first.items()}

    def at(self, spoken: Sequence[str], place: int) -> Phrase | None:
        """The longest that begins at spoken[place]. `spoken` is a tuple of folded words."""
        for phrase in self._by_first.get(spoken[place], ()):
            if spoken[place : place + len(phrase)] == phrase:
                return phrase
        return None


_FOLDER = Path(__file__).parent / "lexicon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """What a reader of one language knows before any example; nlu/lexicon/it.yml tells what is what."""

    language: str
    named: Mapping[str, frozenset[str]]  # languages, as this one names them
    function_words: frozenset[str]
    courtesies: Phrases
    yes: Phrases
    no: Phrases
    around_yes_no: frozenset[str]
    after_bare_yes: frozenset[str]
    after_none: frozenset[str]
    buts: Phrases
    ordinals: Mapping[str, int]
    last: frozenset[str]
    earliest: Phrases  # of what is on offer
    same_hour: Phrases  # of a visit that is moved
    around_choice: frozenset[str]
    introductions: Phrases
    weak_introductions: Phrases
    relatives: Phrases  # "my son"; a name may follow
    relatives_declined: Phrases  # "моего сына"; a name that follows is declined, too
    around_name: frozenset[str]
    not_names: frozenset[str]
    titles: frozenset[str]
    by: frozenset[str]
    date_words: tuple[str, ...]  # how words of a date begin
    first_names: frozenset[str]


@cache
def known_languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yml")))


@lru_cache(maxsize=32)
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language; raises LookupError, telling which there are, for one that has none."""
    path = _FOLDER / f"{language}.yml"
    if not path.is_file():
        raise LookupError(
            f'no lexicon for language "{language}"; there is {", ".join(known_languages())}; '
            f"add nlu/lexicon/{language}.yml (copy one of these and translate)"
        )
    raw: dict[str, Any] = shipped_yaml(path)
    phrases: dict[str, Any] = {
        key: _phrases(raw[key])
        for key in (
            *("courtesies", "yes", "no", "buts", "introductions", "weak_introductions"),
            *("relatives", "relatives_declined", "earliest", "same_hour"),
        )
    }
    sets: dict[str, Any] = {
        key: _words(raw[key])
        for key in (
            *("function_words", "around_yes_no", "after_bare_yes", "after_none", "last"),
            *("around_choice", "around_name", "not_names", "titles", "by", "first_names"),
        )
    }
    return Lexicon(
        language=language,
        named={name: _words(words) for name, words in raw["named"].items()},
        ordinals={
            "".join(plain_words(str(word))): int(number)
            for number, words in raw["ordinals"].items()
            for word in words
        },
        date_words=tuple("".join(plain_words(word)) for word in raw["date_words"]),
        **phrases,
        **sets,
    )


def _phrases(entries: Iterable[Any]) -> Phrases:
    return Phrases.of(plain_words(str(entry)) for entry in entries)


def _words(entries: Iterable[Any]) -> frozenset[str]:
    return frozenset("".join(plain_words(str(entry))) for entry in entries) - {""}

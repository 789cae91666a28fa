"""From words that are misspelt to those of a phrase: "не предлогайте", "в коне марта", "седьмогго"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.times.folding import Token
from nlu.times.vocabulary import Senses, Vocabulary, vocabulary

_SHORTEST, _LONG, _ORDINAL = 4, 6, 7
#: Phrases whose second word may be misspelt.
_PHRASES = ("cannot", "part", "begin", "middle", "end", "whenever", "days_ahead", "next_week")
_SHORT_PHRASES = ("part", "begin", "middle", "end")  # with a letter too few
_PLACES = ("begin", "middle", "end")
#: Of which day a tooth is, or a visit: "седьмой", "восьмую".
_NO_DATES = ("ои", "ыи", "ая", "ую", "ые", "ых", "ым", "ыми")


@dataclass(frozen=True, slots=True)
class _Known:
    behind: dict[str, tuple[str, ...]]  # first word of a phrase -> second words
    behind_short: dict[str, tuple[str, ...]]
    before: dict[str, tuple[str, ...]]  # second word -> first words
    ordinals: tuple[str, ...]
    parts: tuple[str, ...]
    places: tuple[str, ...]


def respelt(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """Only words that nobody knows are mended, and only where what stands beside them asks for it."""
    if not words.mends_phrases:
        return tokens
    fixed: list[Token] | None = None
    for place, token in enumerate(tokens):
        word = token.text
        if len(word) < _SHORTEST or word in words.phrases or not word.isalpha():
            continue
        if word in words.never_mended or word in words.real or (token.capital and place):
            continue
        known = _known(words.language, latin=words.latin)
        before = (fixed or tokens)[place - 1].text if place else ""
        behind = tokens[place + 1].text if place + 1 < len(tokens) else ""
        found = _undoubled(word, known, words) or _in_its_phrase(word, before, behind, known, words)
        if found is not None:
            fixed = fixed or list(tokens)
            fixed[place] = replace(token, text=found)
    return fixed or tokens


def _undoubled(word: str, known: _Known, words: Vocabulary) -> str | None:
    """ "Подхоодит", "седьмогго": a letter twice."""
    for place in range(1, len(word)):
        if word[place] != word[place - 1]:
            continue
        single = word[:place] + word[place + 1 :]
        if len(single) >= _SHORTEST and single in words.phrases:
            return single
    return None


def _in_its_phrase(word: str, before: str, behind: str, known: _Known, words: Vocabulary) -> str | None:
    if len(word) >= _LONG:
        found = _nearest(word, known.behind.get(before, ()))
        if found is not None:
            return found
    if (found := _with_a_letter_more(word, known.behind_short.get(before, ()))) is not None:
        placed = found not in known.places or behind in words.days
        if placed:
            return found
    if len(word) >= _SHORTEST and (found := _with_a_letter_more(word, known.before.get(behind, ()))):
        return found
    if len(word) >= _ORDINAL and not word.endswith(_NO_DATES):
        return _nearest(word, known.ordinals)
    if before in words.days and len(word) == _SHORTEST:
        return _with_a_letter_more(word, known.parts)
    return None


def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=1) if known else None
    return str(found[0]) if found is not None and found[0][0] == word[0] else None


def _with_a_letter_more(word: str, known: tuple[str, ...]) -> str | None:
    found = _nearest(word, tuple(each for each in known if len(each) == len(word) + 1))
    return found if found is not None and found[-1] == word[-1] else None


@lru_cache
def _known(language: str, *, latin: bool) -> _Known:
    words = vocabulary(language, latin=latin)
    behind: dict[str, set[str]] = {}
    behind_short: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    for first, rest, senses in _phrases(words):
        if not rest or senses.keys().isdisjoint(_PHRASES):
            continue
        if len(rest[0]) >= _LONG:
            behind.setdefault(first, set()).add(rest[0])
        if not senses.keys().isdisjoint(_SHORT_PHRASES):
            behind_short.setdefault(first, set()).add(rest[0])
            if len(first) > _SHORTEST:
                before.setdefault(rest[0], set()).add(first)
    single = [(first, senses) for first, rest, senses in _phrases(words) if not rest]
    return _Known(
        _sorted(behind),
        _sorted(behind_short),
        _sorted(before),
        tuple(sorted(w for w, s in single if "ordinal" in s and len(w) >= _ORDINAL)),
        tuple(sorted(w for w, s in single if "part" in s)),
        tuple(sorted(w for w, s in single if not s.keys().isdisjoint(_PLACES))),
    )


def _phrases(words: Vocabulary) -> Iterator[tuple[str, tuple[str, ...], Senses]]:
    for first, phrases in words.phrases.items():
        for rest, senses in phrases:
            yield first, rest, senses


def _sorted(told: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(sorted(others)) for word, others in told.items()}

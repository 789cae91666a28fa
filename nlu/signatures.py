"""Names that nobody introduced: "a check-up on Tuesday please, Anna Rossi"."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nlu.lexicon import known_languages, lexicon
from nlu.name_words import first_names, no_names, plain_name
from nlu.understanding import Entity
from nlu.words import plain_words

_CLAUSE = re.compile(r"[^,.;:!?\n()–—]+")
_PIECE = re.compile(r"[^\W\d_]+(?:['’ʼ`\-‐][^\W\d_]+)*")
_MENDED = re.compile(r"\s*(\*[^*]+|[^*]+\*)\s*")
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Signature:
    """Where it stands; `sure` when it begins with a name that the lexicons know.

    `mends` says that it is the whole of a message with an asterisk, as people mend what they wrote.
    """

    start: int
    end: int
    sure: bool
    mends: bool = False


def find_signature(
    text: str, *, ordinary: Callable[[str], bool], taken: Sequence[Entity]
) -> Signature | None:
    """The first and last name that fill a clause of a longer message, and of several the last.

    The last clause may be any words with capitals that are no everyday words; one before it must begin with
    a known first name. What begins with something that was `taken` is no patient's name.
    """
    clauses = [span for clause in _CLAUSE.finditer(text) if (span := _without_courtesies(text, clause))]
    if len(clauses) == 1 and _MENDED.fullmatch(text):
        found = _as_name(clauses[0], ordinary, taken)
        return found and replace(found, mends=True)
    if len(clauses) < 2:
        return _behind_all_else(text, ordinary, taken)
    last = True  # until something else than what was taken stands behind
    for pieces in reversed(clauses):
        found = _as_name(pieces, ordinary, taken) or (_set_apart(pieces, taken) if last else None)
        if found is not None and (found.sure or last):
            return found
        last = last and all(_is_taken(p, taken) or plain_name(p.group()) in _small_words() for p in pieces)
    return _behind_all_else(text, ordinary, taken)


def _set_apart(pieces: Sequence[re.Match[str]], taken: Sequence[Entity]) -> Signature | None:
    """ "controllo venerdì, Dario Fo", "осмотр, Ева Кот": everyday words, but two with capitals, where the
    writer has begun words without."""
    text, start, end = pieces[0].string, pieces[0].start(), pieces[-1].end()
    words = tuple(plain_name(piece.group()) for piece in pieces)
    if len(pieces) != 2 or any(_is_taken(piece, taken) for piece in pieces):
        return None
    if not all(piece.group()[0].isupper() and piece.group()[1:].islower() for piece in pieces):
        return None
    if text[start - 1 : start] == "-" or re.search(r"\d", text[start:end]):
        return None
    if words in _greetings() or any(word in no_names() for word in words):
        return None
    begun = [
        piece.group()[0] for piece in _PIECE.finditer(text) if piece.end() <= start or piece.start() >= end
    ]
    return Signature(start, end, False) if any(letter.islower() for letter in begun) else None


def _is_taken(piece: re.Match[str], taken: Sequence[Entity]) -> bool:
    return any(e.start < piece.end() and piece.start() < e.end for e in taken)


def _behind_all_else(text: str, ordinary: Callable[[str], bool], taken: Sequence[Entity]) -> Signature | None:
    """ "осмотр завтра Ковалёв Игорь": behind the last thing named, with a known first name or capitals."""
    if not taken:
        return None
    pieces = list(_PIECE.finditer(text, max(entity.end for entity in taken)))
    found = _as_name(pieces, ordinary, taken)
    if found and any(plain_name(p.group()) in first_names() for p in pieces):
        return found
    return _set_apart(pieces, taken) if pieces else None


def _without_courtesies(text: str, clause: re.Match[str]) -> list[re.Match[str]]:
    """The words of a clause but for "please" and the like at its ends; nothing where digits stand."""
    pieces = list(_PIECE.finditer(text, clause.start(), clause.end()))
    while pieces and plain_name(pieces[-1].group()) in _courtesies():
        pieces.pop()
    while pieces and plain_name(pieces[0].group()) in _courtesies():
        pieces.pop(0)
    return pieces


def _as_name(
    pieces: Sequence[re.Match[str]], ordinary: Callable[[str], bool], taken: Sequence[Entity]
) -> Signature | None:
    if not 2 <= len(pieces) <= _MOST_WORDS:
        return None
    start, end = pieces[0].start(), pieces[-1].end()
    if re.search(r"\d", pieces[0].string[start:end]) or any(e.start <= start < e.end for e in taken):
        return None
    words = [plain_name(piece.group()) for piece in pieces]
    sure = words[0] in first_names()
    if any(e.start < end and start < e.end for e in taken if e.entity != "practitioner"):
        return None
    shouted = all(piece.group().isupper() for piece in pieces)
    capitals = not shouted and all(piece.group()[0].isupper() for piece in pieces)
    if sure and capitals:
        return Signature(start, end, sure)  # "Amy Lo", "Anna Mark"
    if any(word in no_names() or ordinary(word) for word in words[1 if sure else 0 :]):
        return None
    return Signature(start, end, sure) if sure or capitals else None


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    return frozenset().union(*(lexicon(x).function_words for x in known_languages()))


@lru_cache(maxsize=1)
def _greetings() -> frozenset[tuple[str, ...]]:
    """ "Kind Regards", "Buona Giornata"."""
    return frozenset(phrase for x in known_languages() for phrase in lexicon(x).courtesies)


@lru_cache(maxsize=1)
def _courtesies() -> frozenset[str]:
    """Single words that stand around names: "please", "grazie", "x"."""
    spoken = {phrase[0] for x in known_languages() for phrase in lexicon(x).courtesies if len(phrase) == 1}
    return frozenset(spoken | set(plain_words("x xx xxx")))

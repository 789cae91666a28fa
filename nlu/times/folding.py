"""Text as it is compared: small letters without accents, each still knowing where it stood."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[^\W\d_]+|\d+|\S")
_APOSTROPHES = frozenset("’‘`´ʼ")
_DASHES = frozenset("–—−‐‑")


@dataclass(slots=True)
class Token:
    """A word, a run of digits or a single sign, at text[start:end]. `glued`: no space before it."""

    text: str
    start: int
    end: int
    glued: bool
    capital: bool = False


@lru_cache(maxsize=2048)
def _fold_character(character: str) -> str:
    """One character or none. "й" and "ё" lose their marks too, as half of all keyboards lose them."""
    if character in _APOSTROPHES:
        return "'"
    if character in _DASHES:
        return "-"
    bare = unicodedata.normalize("NFKD", character.lower())
    if bare[:1].isspace():
        return " "
    return next((c for c in bare if not unicodedata.combining(c)), "")


def fold(text: str) -> str:
    """For comparing only: positions are lost."""
    return text.lower() if text.isascii() else "".join(map(_fold_character, text))


def tokenise(text: str) -> list[Token]:
    """Every token of `text`, in order; positions are those of the original text."""
    places: list[int] | None = None
    if text.isascii():
        folded = text.lower()
    else:
        letters, places = [], []
        for place, character in enumerate(text):
            if bare := _fold_character(character):
                letters.append(bare)
                places.append(place)
        folded = "".join(letters)
    tokens, last = [], -1
    for match in _TOKEN.finditer(folded):
        start, end = match.span()
        glued = start == last
        last = end
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        tokens.append(Token(match[0], start, end, glued, text[start].isupper()))
    return tokens


_CASES = frozenset({"х", "ти", "ми", "мя", "и"})


def without_cases(tokens: list[Token]) -> list[Token]:
    """ "С 2х до 5-ти", "к 7ми": numbers without the ending of their case."""
    if not any(token.text in _CASES for token in tokens):
        return tokens
    kept: list[Token] = []
    for token in tokens:
        if token.text in _CASES and token.glued and kept:
            dash = kept[-1].text == "-" and kept[-1].glued and len(kept) > 1
            if kept[-2 if dash else -1].text.isdecimal():
                del kept[-1 if dash else len(kept) :]
                continue
        kept.append(token)
    return kept

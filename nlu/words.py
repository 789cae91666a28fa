"""Text as it is compared: folded (case, accents, typography), cut into words that know where they stood."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: й and ё are letters of their own to a reader, but people type "е" for "ё"; only "й" keeps its mark.
_KEPT = {"й": "й", "ё": "е", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "đ": "d"}
_APOSTROPHES = "’‘ʼ`´′‛"
_INVISIBLE = {"Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"}

_PIECE = re.compile(
    r"(?P<word>[^\W\d_]+(?:'(?:t|s|m|re|ll|ve|d)(?![^\W\d_]))?|\d+|[\u2600-\u27bf\U0001F300-\U0001FAFF])"
    r"|(?P<stop>[.!?;\n…]+)|(?P<pause>[,:()\-–—]+)"
)
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a message, folded, without apostrophe ("can't" is "cant").

    `start` and `end` point into the original text. Words of one `sentence` stand between two full stops,
    words of one `clause` also between two commas. `asked` says that the sentence ends in a question mark.
    """

    text: str
    start: int
    end: int
    sentence: int = 0
    clause: int = 0
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets[i]` is where its i-th character stood in the original, plus one for the end."""

    text: str
    offsets: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that became text[start:end]."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    lowered = character.lower()
    if lowered in _KEPT:
        return _KEPT[lowered]
    if character in "\n\t\r":
        return "\n" if character == "\n" else " "
    if (
        unicodedata.category(character) in _INVISIBLE or "\U0001f3fb" <= character <= "\U0001f3ff"
    ):  # skin tones
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if unicodedata.category(c) != "Mn")
    return plain.lower() if len(plain) <= 4 else lowered


def fold(text: str) -> Folded:
    """Lower case, no accents, plain apostrophes, nothing invisible: "Sì, dall’1" becomes "si, dall'1"."""
    pieces: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(text):
        if character == "\u0306" and pieces and pieces[-1] == "и":  # "й" written as two characters
            pieces[-1] = "й"
            continue
        folded = _fold_character(character)
        pieces.extend(folded)
        offsets.extend([position] * len(folded))
    offsets.append(len(text))
    return Folded("".join(pieces), tuple(offsets))


def fold_text(text: str) -> str:
    return fold(text).text


def unshouted(text: str) -> str:
    """What is written in capitals throughout, in small letters: to those who learnt from small ones, capitals
    are words that they have hardly seen."""
    letters = sum(map(str.isalpha, text))
    return text.lower() if 3 * sum(map(str.isupper, text)) > 2 * letters else text


def cut(text: str) -> tuple[Word, ...]:
    """The words of a text, in order."""
    folded = fold(text)
    found: list[tuple[str, int, int, int, int]] = []
    sentence = clause = 0
    questions: set[int] = set()
    for piece in _PIECE.finditer(folded.text):
        if piece.lastgroup == "word":
            plain = _DRAWN_OUT.sub(r"\1", piece.group().replace("'", ""))
            found.append((plain, piece.start(), piece.end(), sentence, clause))
            continue
        clause += 1
        if piece.lastgroup == "stop":
            if "?" in piece.group():
                questions.add(sentence)
            sentence += 1
    return tuple(
        Word(plain, *folded.original(start, end), in_sentence, in_clause, in_sentence in questions)
        for plain, start, end, in_sentence, in_clause in found
    )


@lru_cache(maxsize=2048)
def plain_words(text: str) -> tuple[str, ...]:
    """The folded words alone; for lists of words in data files."""
    return tuple(word.text for word in cut(text))

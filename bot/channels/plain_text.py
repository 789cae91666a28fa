"""Words as channels count and cut them: cleaned, measured, shortened at a word, choices as numbered lines."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from bot.domain.conversation import Choice

ELLIPSIS = "…"

_SURROGATE = re.compile("[\ud800-\udfff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_JOINER = "\u200d"
_PREPENDED = frozenset(  # UAX 29's Prepend: signs that hang on what follows
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd"
    "\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a\U00011a84\U00011a85\U00011a86\U00011a87"
    "\U00011a88\U00011a89\U00011d46\U00011f02"
)
_ATTACHED = frozenset(
    "\u0e33\u0eb3\u200c\uff9e\uff9f"
)  # Thai and Lao AM, the non-joiner, half-width voicing marks
_VIRAMA = 9  # the canonical combining class of the signs that tie two consonants together


def clean(text: str) -> str:
    """What can be stored and sent as UTF-8 anywhere: no NUL, half a surrogate pair becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", text.replace("\x00", ""))


def length(text: str) -> int:
    """In UTF-16 units: Meta does not say what it counts, and this is never less than code points."""
    if text.isascii():
        return len(text)
    return len(text) + len(_ASTRAL.findall(text))


def size(text: str) -> int:
    """In bytes of UTF-8, as Instagram counts."""
    return len(text.encode("utf-8", "replace"))


Measure = Callable[[str], int]


def shorten(text: str, limit: int, *, measure: Measure = length) -> str:
    """At most `limit` long as `measure` counts, with an ellipsis where something is missing; never cut within
    a character as a reader sees it, and at a space unless that would cost more than half of the room."""
    if measure(text) <= limit:
        return text
    room = limit - measure(ELLIPSIS)
    end = word_end = used = 0
    for cluster in clusters(text):
        if cluster[0].isspace():
            word_end = end
        used += measure(cluster)
        if used > room:
            break
        end += len(cluster)
    return text[: word_end if word_end > end // 2 else end].rstrip() + ELLIPSIS


def numbered(text: str, choices: Sequence[Choice]) -> str:
    """A message with its choices as numbered lines, for where they cannot be tapped."""
    lines = []
    for number, choice in enumerate(choices, start=1):
        words = " — ".join(part for part in (one_line(choice.title), one_line(choice.description)) if part)
        lines.append(f"{number}. {words or ELLIPSIS}")
    return "\n\n".join(part for part in (clean(text).strip(), "\n".join(lines)) if part)


def one_line(text: str) -> str:
    """Titles and descriptions are single lines."""
    return " ".join(clean(text).split())


def clusters(text: str) -> Iterator[str]:
    """Grapheme clusters, joined rather more often than Unicode's UAX 29 does: safe to cut between."""
    start = flags = 0
    for index, char in enumerate(text):
        flags = flags + 1 if _is_flag_letter(char) else 0
        if index and not _joined(text[index - 1], char) and (flags == 0 or flags % 2 == 1):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _joined(before: str, char: str) -> bool:
    if before == "\r":
        return char == "\n"
    if before in _PREPENDED or before == _JOINER or unicodedata.combining(before) == _VIRAMA:
        return True
    return _extends(char) or _is_hangul_syllable(before, char)


def _extends(char: str) -> bool:
    return (
        char == _JOINER
        or char in _ATTACHED
        or unicodedata.category(char).startswith("M")
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # tags: the flags of Scotland and Wales
    )


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_hangul_syllable(before: str, char: str) -> bool:
    """Conjoining jamo: a leading consonant takes what follows, a vowel or a final hangs on what precedes."""
    leading = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97f"
    hanging = "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff"
    hangul = "\u1100" <= char <= "\u11ff" or "\ua960" <= char <= "\ua97f" or "\uac00" <= char <= "\ud7ff"
    return hanging or (leading and hangul)

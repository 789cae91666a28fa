"""Russian typed in Latin letters, however people do it: "ne mogu dyshat", "zavtra utrom"."""

import re
from functools import lru_cache

_LATIN = dict(zip("абвгдезийклмнопрстуфхцчшщыэюя", "abvgdeziiklmnoprstufhccssieua", strict=True)) | {
    "ж": "z",
    "ъ": "",
    "ь": "",
}
_SPELLINGS = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"shch|sch|sh", "s"),
        (r"zh|j(?=[^aeiou]|$)", "z"),
        (r"kh|x", "h"),
        (r"ch|ts|tz", "c"),
        (r"(?:y|j|i)(?=[aeou])", ""),
        (r"yi|iy|ij|y|j", "i"),
        (r"w", "v"),
        (r"(.)\1+", r"\1"),
    )
]


@lru_cache(maxsize=4096)
def in_latin(word: str) -> str:
    """One spelling for Russian and for what people type of it in Latin letters: дышать, dyshat, dishat'."""
    if not word.isascii():
        word = "".join(_LATIN.get(letter, letter) for letter in word)
    for pattern, plain in _SPELLINGS:
        word = pattern.sub(plain, word)
    return word


def is_in_latin(text: str) -> bool:
    """Latin letters and not one Cyrillic."""
    return any("a" <= c <= "z" or "A" <= c <= "Z" for c in text) and not any("Ѐ" <= c <= "ӿ" for c in text)

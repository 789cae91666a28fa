"""Names across alphabets: "Росси" is Rossi, "Бьянки" is Bianchi, however they are inflected.

Both sides are brought to how they sound to an Italian or English ear, roughly: double letters single, one
letter for each sound. It is only compared with names of the practice, so it may be generous.
"""

import re
from functools import lru_cache

from nlu.practice_words import same_word

_SOUNDS = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufie", strict=True)),
    **{"ж": "j", "х": "h", "ц": "z", "ч": "č", "ш": "š", "щ": "š", "ъ": "", "ь": "", "ю": "iu", "я": "ia"},
    "ё": "io",
}
_CYRILLIC_FIRST = (
    ("дж", "j"),
    ("дз", "z"),
    ("кс", "x"),
    ("ья", "ia"),
    ("ье", "ie"),
    ("ьо", "io"),
    ("ью", "iu"),
)
_LATIN = (
    (r"sch(?=[ie])", "sk"),
    (r"sch", "š"),
    (r"sh", "š"),
    (r"sc(?=[ie])", "š"),
    (r"ch(?=[ie])", "k"),
    (r"ch", "č"),
    (r"cc?i(?=[aou])", "č"),
    (r"cc?(?=[ie])", "č"),
    (r"gg?i(?=[aou])", "j"),
    (r"gg?(?=[ie])", "j"),
    (r"gh", "g"),
    (r"gli", "li"),
    (r"gn", "n"),
    (r"qu", "kv"),
    (r"ph", "f"),
    (r"th", "t"),
    (r"ck", "k"),
    (r"ow", "au"),
    (r"oo", "u"),
    (r"ee", "i"),
    (r"[cq]", "k"),
    (r"w", "v"),
    (r"y", "i"),
    (r"j", "j"),
)
_DOUBLE = re.compile(r"([^aeiou])\1+")
_SHORTEST = 3


@lru_cache(maxsize=4096)
def same_name(written: str, known: str) -> bool:
    """The same name, inflected, misspelt, or written in the other alphabet. Both are folded words."""
    if same_word(written, known):
        return True
    if _is_cyrillic(written) == _is_cyrillic(known) or min(len(written), len(known)) < _SHORTEST:
        return False
    if not written.isalpha() or not known.isalpha():
        return False
    one, other = sound(written), sound(known)
    declines = other[-1] not in "eiou"  # "Росси" is Росси in every case, "России" is a country
    return one == other or (
        one[:2] == other[:2] and (declines or len(one) == len(other)) and same_word(one, other)
    )


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """Roughly how a folded word sounds, one letter a sound."""
    return _DOUBLE.sub(r"\1", _of_cyrillic(word) if _is_cyrillic(word) else _of_latin(word))


def _is_cyrillic(word: str) -> bool:
    return bool(re.search("[а-я]", word))


def _of_cyrillic(word: str) -> str:
    for letters, heard in _CYRILLIC_FIRST:
        word = word.replace(letters, heard)
    return "".join(_SOUNDS.get(letter, letter) for letter in word)


def _of_latin(word: str) -> str:
    for pattern, heard in _LATIN:
        word = re.sub(pattern, heard, word)
    return word.replace("h", "")

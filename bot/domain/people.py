"""Whether two entries are one person: names without case, accents and order, and dates of birth."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from bot.domain.diary import PatientDetails

_LATIN = dict(zip("абвгдеийклмнопрстуфхцыэ", "abvgdeiiklmnoprstufhcie", strict=True)) | {
    **{"ж": "zh", "з": "z", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ь": "", "ю": "iu", "я": "ia"},
}


def name_words(name: str) -> frozenset[str]:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return frozenset(re.findall(r"[^\W\d_]+", bare))


def same_person(one: PatientDetails, other: PatientDetails) -> bool:
    """Equal names, and no two different dates of birth."""
    births = {details.birth_date for details in (one, other)} - {None}
    return name_words(one.name) == name_words(other.name) and len(births) < 2


def fits(person: Iterable[PatientDetails], first_name: str | None, birth_date: date | None) -> bool:
    """Whether what is known of somebody, in one entry or several, fits what is given. Who has no date of
    birth on file fits none; "Anna V." is Anna."""
    entries = list(person)
    if birth_date is not None and birth_date not in {who.birth_date for who in entries}:
        return False
    if first_name is None:
        return True
    spoken = frozenset(word for word in name_words(first_name) if len(word) > 1)
    return bool(spoken) and any(
        spoken <= name_words(who.name) or _as_heard(spoken) <= _as_heard(name_words(who.name))
        for who in entries
    )


def _as_heard(words: Iterable[str]) -> frozenset[str]:
    """Names as either alphabet spells them: "Анна" is Anna, "Юлия" is Yulia and Julia."""
    return frozenset(re.sub(r"(.)\1+", r"\1", _one_spelling(word)) for word in words)


def _one_spelling(word: str) -> str:
    latin = "".join(_LATIN.get(letter, letter) for letter in word)
    for pattern, plain in (
        ("kh", "h"),
        ("zh", "ž"),  # Жанна is not Яна: no rule below turns it into another sound
        ("y|j", "i"),
        ("ks", "x"),
        ("ck|c(?![ieh])", "k"),
        ("w", "v"),
    ):
        latin = re.sub(pattern, plain, latin)
    return latin

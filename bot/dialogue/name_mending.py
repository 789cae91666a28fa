"""A name that was told before, mended: a letter spelled, "Janet, not Jane", "the surname should be Fochs".

Only the part that is spoken of changes: who mends a first name keeps the surname.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from nlu.lexicon import known_languages, lexicon
from nlu.name_words import first_names, no_names, other_words, plain_name
from nlu.names import written_as_name
from nlu.turns_of_speech import SURNAME

#: One word of a name.
WORD = r"[^\W\d_]+(?:['’ʼ`\-][^\W\d_]+)*"
_SPELLED = re.compile(
    r"(?<![\w-])[^\W\d_](?:[\s.,]*-[\s.,]*[^\W\d_]){2,}(?![\w-])|(?<!\w)(?:[^\W\d_][ .]){2,}[^\W\d_](?!\w)"
)
_NOT = r"(?:and not|not|isn't|e non|non|а не|не|instead of|rather than|invece (?:di|che)|anzich[eé]|вместо)"
_DENIES = re.compile(_NOT, re.IGNORECASE)
_NEW = rf"(?P<new>{WORD}(?:[ ]+{WORD})?)"
_BUT = r"(?:\W+(?:but|it's|it is|its|is|ma|è|bensì|sono|а|это|i'm|am))*"
OF_THE_SURNAME = re.compile(rf"\b{SURNAME}", re.I)
_NAME = re.compile(r"\b(?:first name|name|nome|имя)\b(?:'s)?(?!\s+e\s+cognome)", re.I)
#: Between "the surname" and what it is: "is wrong, it should be".
_FILLERS = frozenset(
    word
    for words in (
        "is was are wrong should be incorrect not right correct actually really spelled spelt",
        "spelling written typed misspelled misspelt it its sorry i made a an mistake typo the my has",
        "been in with reads read s è e era sbagliato sbagliata errato errata giusto giusta corretto",
        "corretta scritto scritta male invece dovrebbe essere si scrive il la mio non scusi ho lo l",
        "vero esatto неверная неверное неверно неправильная неправильное неправильно не та то другая",
        "другое пишется должна должно быть правильно правильная правильное на самом деле это ошибка с",
        "ошибкой моя мое у меня записана",
    )
    for word in words.split()
)
#: "Fochs with a c", "Лисс с двумя с": a letter, and no hour.
_LETTERS = re.compile(
    rf"\W*(?:{WORD}\W+){{1,4}}(?:with|con|с|через)\s+(?:(?:a|an|one|two|double|due|una?|doppia|la|одн\w+|двумя|двойн\w+)\s+)?"
    r"[^\W\d_]{1,2}(?:['’]?s)?\W*",
    re.I,
)
_RATHER = re.compile(
    r"\b(?:should|wrong\w*|right|correct\w*|actually|sbagliat\w+|giust[oa]|corrett[oa]|errat[oa]|invece|неверн\w+"
    r"|неправильн\w+|правильн\w+|ошиб\w+|опечат\w+|не т[оа])\b",
    re.I,
)
_NO = re.compile(r"\W*(?:no|nope|нет|ой)\b", re.I)
_FOR = re.compile(r"\b(?:for|per|для)\b", re.I)
_ALIKE = 0.5
_FEWEST = 3  # letters of what is taken for a name that nobody introduced


def mended_name(text: str, before: str, *, is_small: Callable[[str], bool]) -> str | None:
    """The name as it should have been, where the message mends `before`; None where it does not.

    `is_small` tells whether a folded word is an everyday one.
    """
    parts = before.split()
    if not parts:
        return None
    return (
        _spelled(text, parts)
        or _not_that_one(text, parts)
        or _called(text, parts, is_small)
        or _nearly_the_same(text, parts, is_small)
    )


def spells_out(text: str) -> bool:
    """Whether letters are told: "Лисс с двумя с" speaks of no hour."""
    return _LETTERS.fullmatch(text) is not None


def names_another(text: str, told: str) -> bool:
    """ "It's Joseph, not Joe", where `told` has Joe: one name for another, whoever may change it.

    "La aspettiamo" begins with a capital, too: "non ce la faccio" changes nobody's name.
    """
    words = (word for word in re.findall(WORD, told) if word[0].isupper())
    parts = [word for word in words if plain_name(word) not in no_names()]
    return bool(parts) and _not_that_one(text, parts) is not None


def _spelled(text: str, parts: Sequence[str]) -> str | None:
    letters = _SPELLED.search(text)
    if letters is None:
        return None
    word = "".join(re.findall(r"[^\W\d_]", letters[0])).title()
    return _with(parts, _place_of(text, word, parts), word)


def _not_that_one(text: str, parts: Sequence[str]) -> str | None:
    if _FOR.search(text) or not _DENIES.search(text):
        return None  # "it's for Leo, not Jane": somebody else
    said = text.casefold()
    for place, part in enumerate(parts):
        if part.casefold() not in said:
            continue  # a pattern for each patient's name costs more than all that is known by now
        old = rf"(?:{WORD}\s+)?{re.escape(part)}\b"
        orders = (rf"{_NEW}[\s,;.:—–-]+{_NOT}\s+{old}", rf"\b{_NOT}\s+{old}{_BUT}[\s,;.:—–-]+{_NEW}")
        for found in filter(None, (re.search(order, text, re.I) for order in orders)):
            new = [word for word in found["new"].split() if not _stands_around(word)]
            if len(new) == len(parts) > 1:
                return written_as_name(" ".join(new))
            if new and plain_name(new[-1]) != plain_name(part):
                return _with(parts, place, new[-1])
    return None


def _called(text: str, parts: Sequence[str], is_small: Callable[[str], bool]) -> str | None:
    """ "The surname is wrong, it should be Fochs", "the name should be Joseph Ashe"."""
    of_surname = OF_THE_SURNAME.search(text)
    of_name = of_surname or _NAME.search(text)
    if of_name is None or "?" in text:
        return None
    words = re.findall(WORD, text[of_name.end() :])
    while words and (plain_name(words[0]) in _FILLERS or words[0].lower() in _FILLERS):
        words.pop(0)
    new: list[str] = []
    for word in words:
        idle = is_small(plain_name(word)) or plain_name(word) in _FILLERS | _AROUND
        if (idle and not (word[0].isupper() and new)) or len(new) == len(parts) + 1:
            break
        new.append(word)
    if not new:
        return None
    if of_surname is not None:
        return written_as_name(" ".join([parts[0], *new]))
    if len(new) > 1:
        return written_as_name(" ".join(new))
    mends = _RATHER.search(text) is not None or _is_like(new[0], parts[0])
    return _with(parts, 0, new[0]) if mends else None


def _nearly_the_same(text: str, parts: Sequence[str], is_small: Callable[[str], bool]) -> str | None:
    """ "Foxx", "no, Jane Foxx", "Лисс с двумя с"; and "Fox" alone, behind a "Jane" that had no surname."""
    words = re.findall(WORD, text)
    while words and plain_name(words[0]) in _AROUND:
        words.pop(0)
    held = [plain_name(part) for part in parts]
    if not words or "?" in text:
        return None
    if len(words) == 2 and len(parts) > 1 and plain_name(words[0]) == held[0]:
        words.pop(0)
    new, rest = words[0], words[1:]
    folded = plain_name(new)
    known = folded in first_names()
    if (rest and not spells_out(text)) or len(folded) < _FEWEST or (is_small(folded) and not known):
        return None
    if folded in held:
        return None
    alike = [place for place, part in enumerate(parts) if _is_like(new, part)]
    if alike:
        return _with(parts, max(alike, key=lambda at: _likeness(new, parts[at])), new)
    if rest:
        return None
    if known:
        return _with(parts, 0, new)
    return written_as_name(f"{parts[0]} {new}") if len(parts) == 1 else None


def keeps_surname(new: str, before: str, text: str) -> str:
    """ "No, my name is Janet", once it was Jane Fox: she is Janet Fox."""
    parts = before.split()
    mends = _NO.match(text) or _RATHER.search(text) or _is_like(new, parts[0])
    return _with(parts, 0, new) if mends and not _FOR.search(text) and len(parts) > 1 else new


def _stands_around(word: str) -> bool:
    """ "mi chiamo", "it's": words beside a name, unless a capital makes one of them a name."""
    folded = plain_name(word)
    return folded in _AROUND or (not word.istitle() and (folded in other_words() or folded in _courtesies()))


@lru_cache(maxsize=1)
def _courtesies() -> frozenset[str]:
    return frozenset().union(*(lexicon(x).around_name for x in known_languages()))


_AROUND = frozenset(
    word
    for words in (
        "it its it's is i am i'm im sorry no not name my wait oops actually and но нет ой это я а è",
        "sono scusi anzi ah oh the mi scusa простите извините точнее вернее",
    )
    for word in words.split()
)


def _place_of(text: str, new: str, parts: Sequence[str]) -> int:
    if OF_THE_SURNAME.search(text):
        return len(parts) - 1 if len(parts) > 1 else 1
    return max(range(len(parts)), key=lambda at: _likeness(new, parts[at]))


def _is_like(one: str, other: str) -> bool:
    return _likeness(one, other) >= _ALIKE and plain_name(one)[:1] == plain_name(other)[:1]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, plain_name(one), plain_name(other)).ratio()


def _with(parts: Sequence[str], place: int, word: str) -> str:
    return written_as_name(" ".join([*parts[:place], word, *parts[place + 1 :]]))

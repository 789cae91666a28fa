"""How long: "10 minutes", "mezz'ora", "полчаса", in minutes. Times of day and dates: see nlu.times."""

import re
from collections.abc import Mapping

from nlu.lexicon import Phrases
from nlu.understanding import Entity
from nlu.words import Word

_MINUTES = frozenset(
    {"minute", "minutes", "min", "mins", "minuto", "minuti", "minutino", "minutini", "мин"}
    | {"минут", "минуты", "минуту", "минута", "минуток", "минутку", "минутки"}
)
_HOURS = frozenset({"hour", "hours", "ora", "ore", "oretta", "час", "часа", "часов", "часик", "часок"})
_NUMBERS: Mapping[str, int] = {
    **{"one": 1, "two": 2, "three": 3, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30},
    **{"due": 2, "tre": 3, "cinque": 5, "dieci": 10, "quindici": 15, "venti": 20, "trenta": 30},
    **{"две": 2, "три": 3, "пять": 5, "десять": 10, "пятнадцать": 15, "двадцать": 20, "тридцать": 30},
    **{"forty": 40, "quaranta": 40, "сорок": 40, "an": 1, "una": 1, "un": 1, "decina": 10, "пару": 2},
    **{"seven": 7, "sette": 7, "семь": 7, "eight": 8, "otto": 8, "восемь": 8, "fifty": 50, "пятьдесят": 50},
    **{"four": 4, "quattro": 4, "четыре": 4, "cinquanta": 50, "venticinque": 25, "trentacinque": 35},
}
#: "минут на двадцать", "минуточек 10": about so many, as Russian puts it.
_ABOUT = frozenset({"минут", "минуток", "минуты", "минуточек"})
_BEFORE_ABOUT = frozenset({"на", "через", "в", "за"})
#: Spans that are words of their own.
_MINUTES_OF: Mapping[tuple[str, ...], int] = {
    ("three", "quarters", "of", "an", "hour"): 45,
    ("tre", "quarti", "d", "ora"): 45,
    ("a", "quarter", "of", "an", "hour"): 15,
    ("quarter", "of", "an", "hour"): 15,
    ("half", "an", "hour"): 30,
    ("half", "hour"): 30,
    ("un", "quarto", "d", "ora"): 15,
    ("quarto", "d", "ora"): 15,
    ("mezz", "ora"): 30,
    ("mezza", "ora"): 30,
    ("mezzora",): 30,
    ("mezzoretta",): 30,
    ("четверть", "часа"): 15,
    ("полтора", "часа"): 90,
    ("пол", "часа"): 30,
    ("полчаса",): 30,
    ("полчасика",): 30,
    ("decina", "di", "minuti"): 10,
    ("ventina", "di", "minuti"): 20,
}
_SPOKEN = Phrases.of(_MINUTES_OF)
_LONGEST = 600  # minutes; more is no delay and no visit
_LOOKED_AT = 200
_GLUED = re.compile(r"\b(\d{1,3})\s?(?:'|′|m(?:in)?\b|мин\b)", re.IGNORECASE)


def find_minutes(text: str, words: tuple[Word, ...]) -> Entity | None:
    """The first span that tells how long, as whole minutes."""
    spoken = tuple(word.text for word in words[:_LOOKED_AT])
    for at in range(len(spoken)):
        found = _phrase(spoken, at) or _counted(spoken, at)
        if found is not None:
            minutes, size = found
            start, end = words[at].start, words[at + size - 1].end
            return _entity(minutes, text, start, end)
    glued = _GLUED.search(text[:1000])
    return _entity(int(glued[1]), text, glued.start(), glued.end()) if glued else None


def _entity(minutes: int, text: str, start: int, end: int) -> Entity | None:
    if not 0 < minutes <= _LONGEST:
        return None
    return Entity(entity="minutes", value=minutes, start=start, end=end, text=text[start:end])


def _phrase(spoken: tuple[str, ...], at: int) -> tuple[int, int] | None:
    phrase = _SPOKEN.at(spoken, at)
    return (_MINUTES_OF[phrase], len(phrase)) if phrase else None


def _counted(spoken: tuple[str, ...], at: int) -> tuple[int, int] | None:
    """Minutes and how many words tell them, from `at` on."""
    if spoken[at] in _ABOUT:
        return _about(spoken, at)
    number, size = _number(spoken, at)
    unit = spoken[at + size] if at + size < len(spoken) else ""
    if spoken[at] in ("час", "часик", "часок", "oretta") and unit not in _MINUTES:
        return 60, 1
    if number is None:
        by = at > 0 and spoken[at - 1] == "на"  # "на два часа позже"; "в два часа" is an hour of the day
        return (120, 2) if by and spoken[at : at + 2] == ("два", "часа") else None
    if unit in _MINUTES:
        return number, size + 1
    return (number * 60, size + 1) if unit in _HOURS else None


def _about(spoken: tuple[str, ...], at: int) -> tuple[int, int] | None:
    gap = 1 if at + 1 < len(spoken) and spoken[at + 1] in _BEFORE_ABOUT else 0
    number, size = _number(spoken, at + 1 + gap)
    return None if number is None else (number, 1 + gap + size)


def _number(spoken: tuple[str, ...], at: int) -> tuple[int | None, int]:
    """A number and how many words it has: "15", "twenty", "двадцать пять"."""
    if at >= len(spoken):
        return None, 1
    if spoken[at].isdecimal():
        return int(spoken[at][:4]), 1
    tens = _NUMBERS.get(spoken[at])
    units = _NUMBERS.get(spoken[at + 1], 0) if at + 1 < len(spoken) else 0
    if tens is not None and tens >= 20 and tens % 10 == 0 and 0 < units < 10:
        return tens + units, 2
    return tens, 1

"""How long: "10 minutes", "mezz'ora", "полчаса", in minutes. Times of day and dates: see nlu.times."""

import re
from collections.abc import Mapping

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
}
#: Spans that are words of their own; longer ones first.
_PHRASES: tuple[tuple[tuple[str, ...], int], ...] = (
    (("three", "quarters", "of", "an", "hour"), 45),
    (("tre", "quarti", "d", "ora"), 45),
    (("a", "quarter", "of", "an", "hour"), 15),
    (("quarter", "of", "an", "hour"), 15),
    (("half", "an", "hour"), 30),
    (("half", "hour"), 30),
    (("un", "quarto", "d", "ora"), 15),
    (("quarto", "d", "ora"), 15),
    (("mezz", "ora"), 30),
    (("mezza", "ora"), 30),
    (("mezzora",), 30),
    (("mezzoretta",), 30),
    (("четверть", "часа"), 15),
    (("полтора", "часа"), 90),
    (("пол", "часа"), 30),
    (("полчаса",), 30),
    (("полчасика",), 30),
    (("decina", "di", "minuti"), 10),
    (("ventina", "di", "minuti"), 20),
)
_LONGEST = 600  # minutes; more is no delay and no visit
_LOOKED_AT = 200
_GLUED = re.compile(r"\b(\d{1,3})\s?(?:'|′|m(?:in)?\b|мин\b)", re.IGNORECASE)


def find_minutes(text: str, words: tuple[Word, ...]) -> Entity | None:
    """The first span that tells how long, as whole minutes."""
    spoken = [word.text for word in words[:_LOOKED_AT]]
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


def _phrase(spoken: list[str], at: int) -> tuple[int, int] | None:
    return next(
        ((minutes, len(p)) for p, minutes in _PHRASES if tuple(spoken[at : at + len(p)]) == p),
        None,
    )


def _counted(spoken: list[str], at: int) -> tuple[int, int] | None:
    number = int(spoken[at][:4]) if spoken[at].isdigit() else _NUMBERS.get(spoken[at])
    unit = spoken[at + 1] if at + 1 < len(spoken) else ""
    if spoken[at] in ("час", "часик", "часок", "oretta") and unit not in _MINUTES:
        return 60, 1
    if number is None:
        return None
    if unit in _MINUTES:
        return number, 2
    return (number * 60, 2) if unit in _HOURS else None

"""Years of birth as people say them: "nineteen eighty", "millenovecentottanta", "две тысячи пятого"."""

import re
from collections.abc import Iterator
from functools import lru_cache

from nlu.words import cut

_FIRST, _LAST = 1915, 2039
_SHORT_FROM = 40  # "of eighty" is 1980; what is less may as well be a day

_EN_UNITS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_EN_TENS = (
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
)
_IT_UNITS = (
    "zero",
    "uno",
    "due",
    "tre",
    "quattro",
    "cinque",
    "sei",
    "sette",
    "otto",
    "nove",
    "dieci",
    "undici",
    "dodici",
    "tredici",
    "quattordici",
    "quindici",
    "sedici",
    "diciassette",
    "diciotto",
    "diciannove",
)
_IT_TENS = (
    "venti",
    "trenta",
    "quaranta",
    "cinquanta",
    "sessanta",
    "settanta",
    "ottanta",
    "novanta",
)
_RU_UNITS = (
    "ноль",
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
)
_RU_TENS = (
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
)
#: Stems of ordinals: "четвёртого", "восьмидесятый".
_RU_NTH = (
    "нулев",
    "перв",
    "втор",
    "треть",
    "четверт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
)
_RU_NTH_TENS = (
    "двадцат",
    "тридцат",
    "сороков",
    "пятидесят",
    "шестидесят",
    "семидесят",
    "восьмидесят",
    "девяност",
)
_RU_ENDINGS = ("ого", "ый", "ой", "ом", "его", "ий", "ем")


def with_year_in_digits(text: str) -> str:
    """The text with its last year in words written in digits; as it was where there is none."""
    words = cut(text)[:40]
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            said = "".join(word.text for word in words[start:end])
            year = _years().get(said)
            if year is None and start and end == len(words):
                year = _short_years().get(said)
            if year is not None:
                return f"{text[: words[start].start]}{year}{text[words[end - 1].end :]}"
    return text


@lru_cache(maxsize=1)
def _years() -> dict[str, int]:
    """By what is said, without spaces and "and"."""
    return {_joined(said): year for year in range(_FIRST, _LAST) for said in _said(year)}


@lru_cache(maxsize=1)
def _short_years() -> dict[str, int]:
    return {
        _joined(said): 1900 + rest
        for rest in range(_SHORT_FROM, 100)
        for said in (_en(rest), _it(rest), *_ru(rest))
    }


def _said(year: int) -> Iterator[str]:
    century, rest = divmod(year, 100)
    if century == 19:
        yield f"nineteen {_en(rest) if rest > 9 else 'oh ' + _EN_UNITS[rest]}"
        yield f"nineteen hundred and {_en(rest)}"
        for thousand in ("mille novecento", "mille e novecento"):
            yield f"{thousand} {_it(rest)}"
            yield f"{thousand[:-1]}{_it(rest)}"  # "novecentottanta"
        yield from (f"{thousand} девятьсот {said}" for thousand in ("тысяча", "тыща") for said in _ru(rest))
    else:
        yield f"two thousand {_en(rest) if rest else ''}"
        yield f"two thousand and {_en(rest)}"
        yield f"twenty {_en(rest) if rest > 9 else 'oh ' + _EN_UNITS[rest]}"
        yield f"duemila {_it(rest) if rest else ''}"
        yield f"duemila e {_it(rest)}"
        yield from (
            (f"две тысячи {said}" for said in _ru(rest))
            if rest
            else (f"двухтысячн{ending}" for ending in _RU_ENDINGS)
        )


def _en(number: int) -> str:
    if number < 20:
        return _EN_UNITS[number]
    tens, unit = divmod(number, 10)
    return f"{_EN_TENS[tens - 2]} {_EN_UNITS[unit] if unit else ''}"


def _it(number: int) -> str:
    if number < 20:
        return _IT_UNITS[number]
    tens, unit = divmod(number, 10)
    stem = _IT_TENS[tens - 2]
    return (stem[:-1] if unit in (1, 8) else stem) + (_IT_UNITS[unit] if unit else "")


def _ru(number: int) -> Iterator[str]:
    """As a number, and as the year of that number in any case."""
    tens, unit = divmod(number, 10)
    if number < 20:
        before, stem, plain = "", _RU_NTH[number], _RU_UNITS[number]
    elif unit:
        before, stem, plain = f"{_RU_TENS[tens - 2]} ", _RU_NTH[unit], _RU_UNITS[unit]
    else:
        before, stem, plain = "", _RU_NTH_TENS[tens - 2], _RU_TENS[tens - 2]
    yield before + plain
    yield from (f"{before}{stem}{ending}" for ending in _RU_ENDINGS)


def _joined(said: str) -> str:
    return re.sub(r"[\s']", "", "".join(word.text for word in cut(said)))

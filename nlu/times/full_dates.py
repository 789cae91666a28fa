"""Reads a day with its month, and its year where one is told: "5/12/2026", "December 5th"; dates of birth."""

from nlu.times import almanac
from nlu.times.pieces import Birth
from nlu.times.tape import Tape

_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU"})
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_YEAR_FIRST_SIGNS = ("-", ".", "/")


def read_birth(tape: Tape, place: int, *, born: bool) -> tuple[Birth, int] | None:
    """A whole date that is somebody's birthday: asked for or announced so, or too long past to be wished."""
    asked = tape.context.asking == "birth_date"
    found = read_day_month_year(tape, place, loose=asked or born)
    if found is None or found[0][2] is None:
        return None
    (day, month, year), end = found
    assert year is not None
    when = almanac.make(almanac.full_year(year, tape.today), month, day)
    if when is None or not 0 <= tape.today.year - when.year <= 120 or when > tape.today:
        return None
    if asked or born or when.year < tape.today.year:
        return Birth(when), end
    return None


_BEGINS_A_DATE = ("digits", "day_number", "month", "number", "ordinal", "month_short")


def read_day_month_year(
    tape: Tape, place: int, *, loose: bool = False
) -> tuple[tuple[int, int, int | None], int] | None:
    """(day, month, year or None) and the place after. `loose`: also "5 12 1980" and "05121980"."""
    if not tape.has(place, *_BEGINS_A_DATE):
        return None
    return (
        _year_first(tape, place)
        or _three_numbers(tape, place, loose=loose)
        or (_eight_digits(tape, place) if loose else None)
        or _day_then_month(tape, place)
        or _month_then_day(tape, place)
        or _roman_month(tape, place)
    )


def _year_first(tape: Tape, place: int) -> tuple[tuple[int, int, int | None], int] | None:
    """2026-03-05"""
    year = tape.get(place, "digits")
    sign = tape.at(place + 1).text
    if year is None or len(tape.at(place).text) != 4 or sign not in _YEAR_FIRST_SIGNS:
        return None
    month, day = tape.whole(place + 2), tape.whole(place + 4)
    if month is None or day is None or tape.at(place + 3).text != sign or not tape.at(place + 2).glued:
        return None
    return ((day, month, year), place + 5) if almanac.make(year, month, day) else None


def _three_numbers(tape: Tape, place: int, *, loose: bool) -> tuple[tuple[int, int, int | None], int] | None:
    """5/12/2026, 5.12.26, 5-12-2026"""
    first = tape.whole(place)
    if first is None:
        return None
    sign, places = tape.at(place + 1).text, (place + 2, place + 4)
    if sign not in _YEAR_FIRST_SIGNS:
        if not (loose and tape.has(place + 1, "digits")):
            return None
        sign, places = "", (place + 1, place + 2)
    elif tape.at(place + 3).text != sign:
        return None
    second, third = tape.whole(places[0]), tape.get(places[1], "digits")
    width = len(tape.at(places[1]).text)
    if second is None or third is None or width not in (2, 4) or tape.has(places[1] + 1, "month"):
        return None
    if sign and not loose and not (tape.at(places[0]).glued and tape.at(places[1]).glued):
        return None
    if (
        sign == "-"
        and width == 2
        and not loose
        and third not in (tape.today.year % 100, tape.today.year % 100 + 1)
    ):
        return None  # but "27-3-26"
    ordered = _in_order(tape, first, second, third)
    return (ordered, places[1] + 1) if ordered else None


def _eight_digits(tape: Tape, place: int) -> tuple[tuple[int, int, int | None], int] | None:
    written = tape.get(place, "digits")
    if written is None or len(tape.at(place).text) != 8:
        return None
    ordered = _in_order(tape, written // 1_000_000, written // 10_000 % 100, written % 10_000)
    return (ordered, place + 1) if ordered else None


def _in_order(tape: Tape, first: int, second: int, year: int) -> tuple[int, int, int | None] | None:
    full = almanac.full_year(year, tape.today)
    pairs = ((first, second), (second, first))
    for day, month in reversed(pairs) if month_comes_first(tape) else pairs:
        if almanac.make(full, month, day) is not None:
            return day, month, year
    return None


def month_comes_first(tape: Tape) -> bool:
    return tape.vocabulary.month_first and tape.context.country in _MONTH_FIRST


def _year(tape: Tape, place: int) -> tuple[int | None, int]:
    """A year after a day and a month: "2026", ", 2026", "del 1980", "'80", "1980 года"."""
    at = tape.skip(place, "soft", "of", "day_number", "filler", most=2)
    written = tape.get(at, "digits")
    width = len(tape.at(at).text)
    if written is not None and width == 4 and 1900 <= written <= 2100:
        after = at + 1
        return written, after + 1 if tape.get(after, "unit") == "year" else after
    birth = tape.context.asking == "birth_date"
    if written is not None and width == 2 and (at == place or tape.at(at - 1).text == "'"):
        sign = tape.at(at + 1)
        if (
            (birth or written >= 32)
            and sign.text not in (":", "h")
            and not tape.has(at + 1, "unit", "counted")
        ):
            return written, at + 1
        if tape.get(at + 1, "unit") == "year":
            return written, at + 2
    return None, place


def _month(tape: Tape, place: int) -> int | None:
    month = tape.get(place, "month") or tape.get(place, "month_short")
    return int(month) if month else None


def _day_then_month(tape: Tape, place: int) -> tuple[tuple[int, int, int | None], int] | None:
    """ "5 dicembre", "the 5th of December", "пятого декабря", "5-го марта", "5.dic"."""
    begin = tape.skip(place, "day_number", most=1)
    read = tape.ordinal(begin) or tape.number(begin)
    if read is None or not 1 <= read[0] <= 31:
        return None
    of = tape.skip(read[1], "of", "soft", "number_of_day", most=2)
    month = _month(tape, of)
    joined = of == read[1] + 1 and tape.has(read[1], "of") and tape.ordinal(begin) is not None
    joined = joined and not (tape.vocabulary.language == "en" and tape.has(read[1], "day_number"))  # "on the"
    joined = joined and not tape.has(read[1], "onto")  # "поменяйте 5-е на 6-е"
    if month is None and joined and tape.has(of, "digits"):
        third = tape.ordinal(of)  # "the 5th of the 3rd"
        if third is not None and 1 <= third[0] <= 12:
            return (read[0], third[0], None), third[1]
    if month is None:
        return None
    if of > read[1] and tape.has(of - 1, "soft") and tape.at(of - 1).text != ".":
        return None
    told = any(p in tape.read and tape.has(p, "month") for p in range(place))
    if told and tape.at(read[1]).text == ",":  # "in March, the 25th, in April I'm away"
        return None
    if of > read[1] and tape.at(of - 1).text == "in" and begin == place and tape.has(begin, "digits"):
        return None  # "she is 12 in June"
    if almanac.make(2024, month, read[0]) is None:
        return None
    dot = tape.at(of + 1).text == "." and tape.at(of + 1).glued and "month_short" in tape.at(of).senses
    year, end = _year(tape, of + 2 if dot else of + 1)
    return (read[0], month, year), end


def _roman_month(tape: Tape, place: int) -> tuple[tuple[int, int, int | None], int] | None:
    """ "24.III", "5/XI"."""
    day, sign, month = tape.whole(place), tape.at(place + 1), tape.at(place + 2)
    if day is None or sign.text not in (".", "/", "-") or month.text not in _ROMAN:
        return None
    if not (sign.glued and month.glued) or (month.text == "i" and tape.vocabulary.language != "ru"):
        return None  # "at 10. I am free"
    told = _ROMAN.index(month.text) + 1
    return ((day, told, None), place + 3) if almanac.make(2024, told, day) else None


def _month_then_day(tape: Tape, place: int) -> tuple[tuple[int, int, int | None], int] | None:
    """ "December 5th", "dec. 5", "March the third"."""
    month = _month(tape, place)
    if month is None or (tape.vocabulary.language != "en" and not _is_listed_after(tape, place)):
        return None
    begin = tape.skip(place + 1, "day_number", "soft", most=1)
    listed = _is_listed_after(tape, place)
    if (
        not listed
        and tape.at(begin - 1).text not in ("", ".", "/")
        and begin > place + 1
        and tape.has(begin - 1, "soft")
    ):
        return None
    if tape.at(begin).text == "/":
        begin += 1
    read = tape.ordinal(begin) or tape.number(begin)
    if read is None or not 1 <= read[0] <= 31 or almanac.make(2024, month, read[0]) is None:
        return None
    hour = tape.has(read[1], "ampm_am", "ampm_pm") and not tape.has(read[1], "part")
    if tape.at(read[1]).text == ":" or hour or tape.has(read[1], "oclock"):
        return None
    year, end = _year(tape, read[1])
    return (read[0], month, year), end


def _is_listed_after(tape: Tape, place: int) -> bool:
    """ "Март, 24, утро", "April, 15 or 16, mornings": one thing after the other."""
    if tape.at(place + 1).text != "," or tape.has(place - 1, "digits", "number", "ordinal", "ordinal_sign"):
        return False
    day = tape.whole(place + 2)
    return day is not None and (tape.has(place + 3, "soft", "or") or place + 3 >= len(tape))

"""Reads days of the month beside openings on offer: "no, the 3rd then", "meglio il 4", "лучше третьего"."""

import re
from datetime import date

from dateutil.relativedelta import relativedelta

from nlu.times import almanac
from nlu.times.tape import Tape

_GENITIVE = ("го", "ого", "его")  # "4-го", "третьего": of the month, and of no list
_OF_A_LIST = frozenset({"one", "ones", "slot", "option", "time", "choice", "opzione", "orario", "proposta"})
#: Whoever takes something or agrees to it speaks of the list: "I'll take the 2nd", "ok il 3".
_AGREES = re.compile(
    r"\W*(ok|okay|yes|yeah|s[iì]|va bene|да|хорошо|ладно|окей|ок)\b(?!.*\b(but|ma|però|но)\b)", re.I | re.S
)
_TAKES = re.compile(
    r"\b(take|pick|choose|prendo|prenderei|scelgo|sceglierei|беру|возьму|выбираю|выберу)\b", re.I
)


def is_a_place(tape: Tape, begin: int, end: int, number: int) -> bool:
    """Whether "the second", "2" or "2a" names one of what is on offer, and no day of the month."""
    if tape.context.asking not in ("opening", "choice") or number > len(tape.context.choices):
        return False
    return not (_offered(tape) and _is_said_as_a_date(tape, begin, end) and _can_be_meant(tape, number))


def day_meant(tape: Tape, number: int) -> date | None:
    """The day of that number nearest to those on offer; without an offer the next one."""
    offered = _offered(tape)
    coming = almanac.day_ahead(tape.today, number)
    if not offered or coming is None:
        return coming
    months = (offered[0].replace(day=1) + relativedelta(months=n) for n in (-1, 0, 1))
    around = [almanac.make(month.year, month.month, number) for month in months]
    ahead = [day for day in around if day is not None and day >= tape.today]
    return min(ahead, key=lambda day: min(abs(day - other) for other in offered), default=coming)


def is_answered_no(tape: Tape, place: int) -> bool:
    """ "No the 3rd then", "no il 5": the no is said to the offer, and the day instead of it."""
    return tape.context.asking == "opening" and place == 0 and tape.at(place).text in ("no", "nope", "нет")


def _offered(tape: Tape) -> list[date]:
    return sorted(choice.start.date() for choice in tape.context.choices if choice.start)


def _is_said_as_a_date(tape: Tape, begin: int, end: int) -> bool:
    if tape.at(end).text in _OF_A_LIST or _AGREES.match(tape.text) or _TAKES.search(tape.text):
        return False
    ordinal = tape.ordinal(begin) is not None
    match tape.vocabulary.language:
        case "en":
            return ordinal and tape.has(begin, "digits") and tape.has(begin - 1, "day_number")
        case "it":
            article = tape.has(begin - 1, "day_number")  # "la 4" is the fourth of the list
            return not ordinal and tape.has(begin, "digits") and article
        case "ru":
            return ordinal and tape.at(end - 1).text.endswith(_GENITIVE)
    return False


def _can_be_meant(tape: Tape, number: int) -> bool:
    """Whoever means today says so."""
    day = day_meant(tape, number)
    return day is not None and day > tape.today

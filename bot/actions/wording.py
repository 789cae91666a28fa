"""What booking actions say by themselves: dates in words, titles of openings and of the way to other times.

Sentences live in flows/; here is only what has to be computed.
"""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from bot.domain.offer_reasons import Reason
from bot.domain.practice import VisitType
from bot.service.turns.facts import day_in_words

TITLE_LENGTH = 24  # a row of a WhatsApp list

_AT = {"en": "{day} at {time}", "it": "{day} alle {time}", "ru": "{day}, {time}"}
_ON_BUTTON = {"en": "EEE d MMM", "it": "EEE d/M", "ru": "EEE d.MM"}
_UNTIL = {"en": "EEEE d MMMM", "it": "EEEE d MMMM", "ru": "d MMMM"}  # "до 1 мая", which declines no weekday
_OTHER_TIMES = {"en": "Other times", "it": "Altri orari", "ru": "Другое время"}
_REACHED_ON = {"en": "Phone: {phone}", "it": "Telefono: {phone}", "ru": "Телефон: {phone}"}
_ANYWHERE = {"en": "Wherever it is sooner", "it": "Dove c'è posto prima", "ru": "Где раньше"}
_WHY = {
    Reason.OTHER_PERSON: {"en": "with somebody else", "it": "con un altro medico", "ru": "другой врач"},
    Reason.OTHER_PLACE: {"en": "another place", "it": "un'altra sede", "ru": "другой адрес"},
    Reason.EARLIER_DAY: {"en": "an earlier day", "it": "un giorno prima", "ru": "раньше"},
    Reason.LATER_DAY: {"en": "a later day", "it": "un giorno dopo", "ru": "позже"},
    Reason.OTHER_HOUR: {"en": "another time of day", "it": "a un'altra ora", "ru": "в другое время дня"},
}
_OTHER_VISIT = {"en": "Another visit", "it": "Un'altra visita", "ru": "Другой визит"}
_NOT_CONFIRMED = {
    "en": "asked for, not confirmed yet",
    "it": "richiesta, non ancora confermata",
    "ru": "заявка, ещё не подтверждена",
}
_MORNING = {"en": "morning", "it": "mattina", "ru": "утром"}
_AFTERNOON = {"en": "afternoon", "it": "pomeriggio", "ru": "после обеда"}
_MINUTES = {"en": "{n} min", "it": "{n} min", "ru": "{n} мин"}


def in_words(start: datetime, language: str) -> str:
    """A wall time: "martedì 3 marzo alle 09:00", "Tuesday 3 March at 09:00", "вторник, 3 марта, 09:00"."""
    return _in(_AT, language).format(day=day_in_words(start.date(), language), time=f"{start:%H:%M}")


def opening_title(start: datetime, language: str) -> str:
    """A wall time in at most 20 characters: "mar 3/3 09:00", "Tue 3 Mar 09:00", "вт 3.03 09:00"."""
    return f"{_day_on_button(start.date(), language)} {start:%H:%M}"


def visit_title(start: datetime, language: str) -> str:
    """A visit without its hour, in at most 20 characters: "Tue 3 Mar morning", "mar 3/3 mattina"."""
    part = _in(_MORNING, language) if start.hour < 13 else _in(_AFTERNOON, language)
    return f"{_day_on_button(start.date(), language)} {part}"


@lru_cache(maxsize=1024)
def _day_on_button(day: date, language: str) -> str:
    return format_date(day, _in(_ON_BUTTON, language), locale=language)


def diary_open_until(day: date, language: str) -> str:
    """ "Friday 1 May", "venerdì 1 maggio", "1 мая": behind "up to", "fino a", "до"."""
    return format_date(day, _in(_UNTIL, language), locale=language)


def why_offered(reason: Reason | None, language: str) -> str:
    """ "a later day": beneath an opening that is not quite what was asked for; "" for one that is."""
    return _in(_WHY[reason], language) if reason in _WHY else ""


def reached_on(phone: str, language: str) -> str:
    """A line of what is booked: "Phone: +39 333 1234567"."""
    return _in(_REACHED_ON, language).format(phone=phone)


def anywhere(language: str) -> str:
    return _in(_ANYWHERE, language)


def other_visit(language: str) -> str:
    return _in(_OTHER_VISIT, language)


def not_confirmed_yet(language: str) -> str:
    return _in(_NOT_CONFIRMED, language)


def visits_in_lines(lines: list[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def other_times(language: str) -> str:
    return _in(_OTHER_TIMES, language)


def visit_type_row(visit_type: VisitType, language: str) -> tuple[str, str]:
    """Title and description; a name too long for a title stands whole in the description."""
    name = visit_type.name(language)
    name = name[:1].upper() + name[1:]
    minutes = _in(_MINUTES, language).format(n=int(visit_type.duration.total_seconds() // 60))
    if len(name) <= TITLE_LENGTH:
        return name, minutes
    short = name[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,-–(") + "…"
    return short, f"{name}, {minutes}"


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language, words["en"])

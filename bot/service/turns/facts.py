"""What a practice says about itself, in the conversation's language: the facts that texts may name.

Pure. Wall times are the practice's own, without a zone.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_currency

from bot.domain.desk_time import hours_on, union
from bot.domain.openings import is_closed
from bot.domain.practice import ANSWER_TOPICS, Practice, Practitioner

Span = tuple[time, time]

_AND = {"en": " and ", "it": " e ", "ru": " и "}
_CLOSED = {"en": "by appointment", "it": "su appuntamento", "ru": "по записи"}
_DAYS_IN_WORDS = {"en": "EEEE d MMMM", "it": "EEEE d MMMM", "ru": "EEEE, d MMMM"}
_SOON = {"en": "as soon as possible", "it": "al più presto", "ru": "как можно скорее"}
_PRICE_FROM = {"en": "{visit} from {price}", "it": "{visit} da {price}", "ru": "{visit} от {price}"}
_LASTS = {
    "en": "{visit} {minutes} minutes",
    "it": "{visit} {minutes} minuti",
    "ru": "{visit} {minutes} минут",
}
_FROM = {"en": "{day} from {time}", "it": "{day} dalle {time}", "ru": "{day} с {time}"}
_NEAR = {"en": ("today", "tomorrow"), "it": ("oggi", "domani"), "ru": ("сегодня", "завтра")}
_ON_WEEKDAY_RU = (
    "в понедельник",
    "во вторник",
    "в среду",
    "в четверг",
    "в пятницу",
    "в субботу",
    "в воскресенье",
)


def practice_facts(practice: Practice, language: str) -> dict[str, str]:
    """The controlled slots that flows and texts may name; every value is text, empty where unknown."""
    facts = _always_known(practice, language)
    return facts | {f"answer_{topic}": practice.answer(topic, language) for topic in ANSWER_TOPICS}


def _always_known(practice: Practice, language: str) -> dict[str, str]:
    return {
        "practice_name": practice.name,
        "practice_phone": practice.phone,
        "practice_address": practice.address,
        "privacy_url": practice.privacy_url,
        "emergency_number": practice.emergency_number,
        "opening_hours": opening_hours(practice, language),
        "practitioner_names": in_a_row([p.name for p in practice.practitioners], language),
        "visit_type_names": in_a_row([v.name(language) for v in practice.visit_types], language),
        "practitioners_and_work": in_a_row(
            [_with_work(p, language) for p in practice.practitioners], language
        ),
        "visit_prices": visit_prices(practice, language),
        "visit_durations": visit_durations(practice, language),
        "diary_open_days": str(practice.horizon.days),
        "chat_languages": in_a_row([_language_name(x, language) for x in practice.languages], language),
        "practice_website": practice.website or "",
        "practice_email": practice.email or "",
    }


def visit_prices(practice: Practice, language: str) -> str:
    """ "first visit from €50 and dental hygiene from €80"; "" where no price is given."""
    pattern = _PRICE_FROM.get(language, _PRICE_FROM["en"])
    priced = [
        pattern.format(visit=v.name(language), price=_price(v.price_from, practice.currency, language))
        for v in practice.visit_types
        if v.price_from is not None
    ]
    return in_a_row(priced, language)


def visit_durations(practice: Practice, language: str) -> str:
    """ "first visit 30 minutes and dental hygiene 45 minutes"."""
    pattern = _LASTS.get(language, _LASTS["en"])
    minutes = [(v.name(language), int(v.duration.total_seconds() // 60)) for v in practice.visit_types]
    return in_a_row([pattern.format(visit=name, minutes=number) for name, number in minutes], language)


def _language_name(named: str, language: str) -> str:
    return str(Locale.parse(language, sep="-").languages.get(named.split("-")[0], named))


def _with_work(practitioner: Practitioner, language: str) -> str:
    does = practitioner.does.get(language)
    return f"{practitioner.name} ({does})" if does else practitioner.name


def _price(amount: float, currency: str, language: str) -> str:
    """ "€50", "49,50 €": cents only where there are any."""
    return re.sub(r"[.,]00(?!\d)", "", format_currency(amount, currency, locale=language))


def in_a_row(names: list[str], language: str) -> str:
    """ "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + _AND.get(language, _AND["en"]) + names[-1]


def opening_hours(practice: Practice, language: str) -> str:
    """ "lun–ven 9:00–13:00 e 14:00–18:00, sab 9:00–12:00": days with equal hours stand together."""
    names = get_day_names("abbreviated", locale=language)
    runs: list[tuple[int, int, tuple[Span, ...]]] = []
    for weekday in range(7):
        spans = _hours_of(practice, weekday)
        if not spans:
            continue
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], weekday, spans)
        else:
            runs.append((weekday, weekday, spans))
    texts = []
    for first, last, spans in runs:
        days = names[first] if first == last else f"{names[first]}–{names[last]}"
        texts.append(f"{days} {in_a_row([f'{_clock(a)}–{_clock(b)}' for a, b in spans], language)}")
    return ", ".join(texts) or _CLOSED.get(language, _CLOSED["en"])


def is_open(practice: Practice, now: datetime) -> bool:
    """`now` is the practice's wall time."""
    return any(start <= now.time() < end for start, end in _hours_on(practice, now.date()))


def opens_at(practice: Practice, language: str, now: datetime) -> str | None:
    """The slot `opens_at`: when the practice opens again, in words; None while it is open."""
    return None if is_open(practice, now) else when_staff_answer(practice, language, now)


def when_staff_answer(practice: Practice, language: str, now: datetime) -> str:
    """When somebody can answer, in words that fit after a verb: "as soon as possible", "Monday from 9:00".

    `now` is the practice's wall time. Shortly before the desk closes it is the next time that it opens: what
    is promised must fit. Without hours in the next month it is "as soon as possible".
    """
    soon = _SOON.get(language, _SOON["en"])
    for ahead in range(32):
        day = now.date() + timedelta(days=ahead)
        for start, end in hours_on(practice, day):
            begins, ends = datetime.combine(day, start), datetime.combine(day, end)
            if begins <= now < ends and ends - now >= practice.desk.answer_within:
                return soon
            if begins > now:
                pattern = _FROM.get(language, _FROM["en"])
                return pattern.format(day=_day_from(now.date(), day, language), time=_clock(start))
    return soon


@lru_cache(maxsize=1024)
def day_in_words(day: date, language: str) -> str:
    """ "martedì 3 marzo", "Tuesday 3 March", "вторник, 3 марта"."""
    return format_date(day, _DAYS_IN_WORDS.get(language, _DAYS_IN_WORDS["en"]), locale=language)


@lru_cache(maxsize=1024)
def _day_from(today: date, day: date, language: str) -> str:
    ahead = (day - today).days
    if ahead < 2:
        return _NEAR.get(language, _NEAR["en"])[ahead]
    if ahead >= 7:
        return day_in_words(day, language)
    if language == "ru":
        return _ON_WEEKDAY_RU[day.weekday()]
    return format_date(day, "EEEE", locale=language)


def _hours_on(practice: Practice, day: date) -> tuple[Span, ...]:
    return () if is_closed(practice, day) else _hours_of(practice, day.weekday())


def _hours_of(practice: Practice, weekday: int) -> tuple[Span, ...]:
    shifts = [s for p in practice.practitioners for s in p.shifts if s.weekday == weekday]
    return union((s.start, s.end) for s in shifts)


@lru_cache(maxsize=1024)
def _clock(moment: time) -> str:
    return format_time(moment, "H:mm", locale="en")

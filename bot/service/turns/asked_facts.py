"""Facts that a message asks for itself: whether the practice is open on a certain day, and who is in at the
times on offer. Known only with the message; texts name them as they do the practice's other facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bot.dialogue import Conversation
from bot.domain.desk_time import union
from bot.domain.hours import weekly, working
from bot.domain.practice import Practice
from bot.service.turns.facts import day_in_words, in_a_row, opening_hours
from nlu.first_looks import LOOK
from nlu.understanding import Understanding

Span = tuple[time, time]

_DAY = timedelta(days=1)
_EACH = 7  # so many days are told one by one; of more, the days on which it is closed
_FURTHEST = 400  # days of a period that are looked at

_OPEN = {"en": "{day}: open {hours}", "it": "{day}: aperto {hours}", "ru": "{day}: открыто {hours}"}
_CLOSED = {"en": "{day}: closed", "it": "{day}: chiuso", "ru": "{day}: закрыто"}
_AS_USUAL = {
    "en": "From {first} to {last} as usual: {hours}",
    "it": "Da {first} a {last} come al solito: {hours}",
    "ru": "{first} – {last}, как обычно: {hours}",
}
_CLOSED_ON = {"en": "Closed: {days}", "it": "Chiuso: {days}", "ru": "Закрыто: {days}"}


def asked_facts(
    practice: Practice, conversation: Conversation, understanding: Understanding | None, language: str
) -> dict[str, str]:
    """`hours_asked`, `offer_with_whom`, `first_look_name`; empty where nothing of the kind can be meant."""
    return {
        "hours_asked": _hours_asked(practice, understanding, language),
        "offer_with_whom": _with_whom(practice, conversation, language),
        "first_look_name": _first_look(practice, understanding, language),
    }


def _first_look(practice: Practice, understanding: Understanding | None, language: str) -> str:
    """The kind of visit that somebody is put down for who named none."""
    looks = [e for e in (understanding.entities if understanding else ()) if e.role == LOOK]
    kind = practice.visit_type(str(looks[0].value)) if looks else None
    return kind.name(language) if kind else ""


def _hours_asked(practice: Practice, understanding: Understanding | None, language: str) -> str:
    """ "Monday 6 April: closed." of the days that are named."""
    if understanding is None:
        return ""
    wish = understanding.first("wish")
    days = _days(wish.value if wish else understanding.details.get("days_asked"))
    if not days:
        return ""
    if len(days) <= _EACH:
        return "\n".join(_sentence(_of_day(practice, day, language)) for day in days)
    pattern = _in(_AS_USUAL, language)
    first, last = day_in_words(days[0], language), day_in_words(days[-1], language)
    usual = pattern.format(first=first, last=last, hours=opening_hours(practice, language))
    closed = in_a_row([_run(run, language) for run in _closed_runs(practice, days)], language)
    told = [usual, _in(_CLOSED_ON, language).format(days=closed)] if closed else [usual]
    return " ".join(_sentence(each) for each in told)


def _days(wish: object) -> tuple[date, ...]:
    """The days that the wish names, by date; () where it names none, or none that ends."""
    windows = wish.get("windows") if isinstance(wish, Mapping) else None
    days = set[date]()
    for start, end in windows or ():
        if not start:
            continue
        begin = datetime.fromisoformat(start)
        until = datetime.fromisoformat(end) if end else begin + timedelta(minutes=1)
        if until - begin > timedelta(days=_FURTHEST):
            return ()
        days.update(_between(begin.date(), until))
    return tuple(sorted(days))


def _between(day: date, until: datetime) -> Iterator[date]:
    while datetime.combine(day, time()) < until:
        yield day
        day += _DAY


def _of_day(practice: Practice, day: date, language: str) -> str:
    hours = _hours_on(practice, day)
    written = [f"{start:%-H:%M}–{end:%-H:%M}" for start, end in hours]
    pattern = _in(_OPEN if hours else _CLOSED, language)
    return pattern.format(day=day_in_words(day, language), hours=in_a_row(written, language))


def _hours_on(practice: Practice, day: date) -> tuple[Span, ...]:
    return union(
        (start, end) for one in practice.practitioners for start, end, _ in working(practice, one, day)
    )


def _closed_runs(practice: Practice, days: Sequence[date]) -> list[list[date]]:
    """Days on which somebody works in other weeks and nobody in this one, side by side."""
    runs: list[list[date]] = []
    is_near = False
    for day in days:
        if _hours_on(practice, day):
            is_near = False
        elif any(weekly(one.shifts, day) for one in practice.practitioners):
            if is_near:
                runs[-1].append(day)
            else:
                runs.append([day])
            is_near = True
    return runs


def _run(run: Sequence[date], language: str) -> str:
    first, last = day_in_words(run[0], language), day_in_words(run[-1], language)
    return first if run[0] == run[-1] else f"{first} – {last}"


def _with_whom(practice: Practice, conversation: Conversation, language: str) -> str:
    """ "dott. Rossi: Thu 5 Mar 09:00, Thu 5 Mar 10:00", one line a practitioner."""
    times: dict[str, list[str]] = {}
    for button in conversation.offered:
        if button.start and button.practitioner:
            times.setdefault(button.practitioner, []).append(button.title)
    names = {person.id: person.name for person in practice.practitioners}
    return "\n".join(f"{names.get(who, who)}: {', '.join(titles)}" for who, titles in times.items())


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language, words["en"])

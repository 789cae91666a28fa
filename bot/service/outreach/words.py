"""What a message that we begin says: its template with what is known of the patient and the visit. Pure.

On a phone that several people share it names nobody and no treatment: initials, and "visit".
"""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.diary import Appointment
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.service.outreach.ports import Due, Facts
from bot.service.turns.facts import day_in_words, in_a_row

_A_VISIT = {"en": "visit", "it": "visita", "ru": "приём"}
#: Where nobody knows the name.
_NAMELESS = {"en": "there", "it": "gentile paziente", "ru": "уважаемый пациент"}


def values(
    practice: Practice, due: Due, facts: Facts, language: str, *, of_practice: Mapping[str, str]
) -> dict[str, str]:
    """For the parameters of its template; what is not known is left out."""
    found = dict(of_practice)
    found |= _of_patient(facts, language)
    if due.visits:
        found |= _of_visits(practice, due, facts, language)
    if facts.link:
        found["payment_link"] = facts.link
    return found


def _of_patient(facts: Facts, language: str) -> dict[str, str]:
    name = facts.initials if facts.is_shared else facts.first_name
    return {"first_name": name or _NAMELESS.get(language, _NAMELESS["en"])}


def _of_visits(practice: Practice, due: Due, facts: Facts, language: str) -> dict[str, str]:
    starts = in_order(practice, due.visits)
    day = day_in_words(starts[0].date(), language)
    return {
        "visit_id": next(iter(due.visits)),
        "visit_day": day,
        "last_visit_day": day,
        "visit_time": in_a_row(list(dict.fromkeys(f"{start:%H:%M}" for start in starts)), language),
        "visit_type_name": _what(practice, facts, language),
        "practitioner_name": in_a_row(_who(practice, facts.visits), language) or practice.name,
    }


def in_order(practice: Practice, visits: Mapping[str, datetime]) -> list[datetime]:
    """The starts on the practice's wall."""
    clock = PracticeTime(practice.time_zone)
    return sorted(clock.wall(start) for start in visits.values())


def _what(practice: Practice, facts: Facts, language: str) -> str:
    kinds = [practice.visit_type(visit.opening.visit_type) for visit in facts.visits]
    names = list(dict.fromkeys(kind.name(language) for kind in kinds if kind is not None))
    if facts.is_shared or not names:
        return _A_VISIT.get(language, _A_VISIT["en"])
    return in_a_row(names, language)


def _who(practice: Practice, visits: tuple[Appointment, ...]) -> list[str]:
    people = [practice.practitioner(visit.opening.practitioner) for visit in visits]
    return list(dict.fromkeys(person.name for person in people if person is not None))

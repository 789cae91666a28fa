"""What a patient hears when staff move, cancel or confirm a visit in the practice's own software. Pure."""

from collections.abc import Mapping

from bot.domain.diary import Appointment, AppointmentStatus
from bot.domain.openings import place_of
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.service.turns.facts import day_in_words

_CANCELLED = {
    "en": "The practice has cancelled your visit: {what}, {before}. Write to us here for another time.",
    "it": "Lo studio ha disdetto la Sua visita: {what}, {before}. Ci scriva qui e troviamo un altro orario.",
    "ru": "Клиника отменила ваш визит: {what}, {before}. Напишите нам здесь, и мы подберём другое время.",
}
_MOVED = {
    "en": "The practice has moved your visit ({before}). The new time: {now}, with {who}.\n"
    "If it doesn't suit you, write to us here.",
    "it": "Lo studio ha spostato la Sua visita ({before}). Il nuovo orario: {now}, con {who}.\n"
    "Se non va bene, ci scriva qui.",
    "ru": "Клиника перенесла ваш визит ({before}). Новое время: {now}, специалист: {who}.\n"
    "Если не подходит, напишите нам здесь.",
}
_CONFIRMED = {
    "en": "Your visit is confirmed: {what}, {now}, with {who}.\n{place}",
    "it": "La visita è confermata: {what}, {now}, con {who}.\n{place}",
    "ru": "Визит подтверждён: {what}, {now}, специалист: {who}.\n{place}",
}
_WHEN = {"en": "{day} at {time}", "it": "{day} alle {time}", "ru": "{day}, {time}"}


def visit_news(practice: Practice, before: Appointment, now: Appointment, *, language: str) -> str:
    texts: Mapping[str, str] = _MOVED
    if now.status is AppointmentStatus.CANCELLED:
        texts = _CANCELLED
    elif now.opening == before.opening:
        texts = _CONFIRMED
    spoken = language if language in texts else "en"
    visit_type = practice.visit_type(before.opening.visit_type)
    practitioner = practice.practitioner(now.opening.practitioner)
    return texts[spoken].format(
        what=visit_type.name(spoken) if visit_type else practice.name,
        before=_when(practice, before, spoken),
        now=_when(practice, now, spoken),
        who=practitioner.name if practitioner else practice.name,
        place=place_of(practice, now.opening),
    )


def _when(practice: Practice, visit: Appointment, language: str) -> str:
    start = PracticeTime(practice.time_zone).wall(visit.opening.start)
    return _WHEN[language].format(day=day_in_words(start.date(), language), time=f"{start:%H:%M}")

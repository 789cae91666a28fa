"""What patients say of visits that they have, in each language, by what they mean."""

import pytest

from bot.testing import Patient, Seen, Surgery

ANNA = "393330000001"
THURSDAY = "2026-03-05T09:00"

VISITS: dict[str, dict[str, str]] = {
    "it": {
        "name": "Anna Verdi",
        "book": "Vorrei una visita di controllo giovedì mattina con il dottor Rossi, sono Anna Verdi",
        "book friday": "Vorrei una visita di controllo venerdì mattina con il dottor Rossi, sono Anna Verdi",
        "when": "Buongiorno, quando è il mio appuntamento?",
        "when is": "quando è la mia visita?",
        "move": "Vorrei spostare il mio appuntamento",
        "move thursday": "Posso spostare la visita di giovedì a lunedì prossimo di pomeriggio?",
        "cancel": "Devo disdire il mio appuntamento",
        "cancel friday": "Devo disdire la visita di venerdì",
        "monday afternoon": "lunedì prossimo di pomeriggio",
        "thursday": "quella di giovedì",
        "yes": "sì",
        "no": "no",
        "forget it": "lasci perdere",
        "operator": "operatore",
        "thursday at": "giovedì 5 marzo alle 09:00",
        "born": "25 aprile 1988",
        "wrongly": "26 aprile 1988",
        "born when": "data di nascita",
        "not matched": "corrispondenza",
        "colleague": "riservatezza",
        "at the desk": "in studio",
        "whose": "Di chi è la visita",
        "gone": "è stata spostata o disdetta",
        "moved": "è spostata",
        "cancelled": "è disdetta",
        "stays": "resta com'è",
        "nothing changed": "lascio tutto com'è",
    },
    "en": {
        "name": "Anna Verdi",
        "book": "I'd like a check-up on Thursday morning with Dr Rossi, my name is Anna Verdi",
        "book friday": "I'd like a check-up on Friday morning with Dr Rossi, my name is Anna Verdi",
        "when": "Hello, when is my appointment?",
        "when is": "when is my visit?",
        "move": "I'd like to move my appointment",
        "move thursday": "Can we move Thursday's visit to next Monday afternoon?",
        "cancel": "I need to cancel my appointment",
        "cancel friday": "I need to cancel my visit on Friday",
        "monday afternoon": "next Monday afternoon",
        "thursday": "the one on Thursday",
        "yes": "yes",
        "no": "no",
        "forget it": "forget it",
        "operator": "operator",
        "thursday at": "Thursday 5 March at 09:00",
        "born": "25 April 1988",
        "wrongly": "26 April 1988",
        "born when": "date of birth",
        "not matched": "can't match",
        "colleague": "privacy",
        "at the desk": "at the desk",
        "whose": "Whose visit is it",
        "gone": "has been moved or cancelled",
        "moved": "has moved",
        "cancelled": "is cancelled",
        "stays": "stays as it is",
        "nothing changed": "leave everything as it is",
    },
    "ru": {
        "name": "Анна Зелёная",
        "book": "Хочу записаться на осмотр в четверг утром к доктору Rossi, меня зовут Анна Зелёная",
        "book friday": "Хочу записаться на осмотр в пятницу утром к доктору Rossi, меня зовут Анна Зелёная",
        "when": "Здравствуйте, когда у меня приём?",
        "when is": "когда я записана?",
        "move": "Хочу перенести мой приём",
        "move thursday": "Можно перенести визит с четверга на следующий понедельник после обеда?",
        "cancel": "Мне нужно отменить приём",
        "cancel friday": "Мне нужно отменить приём в пятницу",
        "monday afternoon": "в следующий понедельник после обеда",
        "thursday": "в четверг",
        "yes": "да",
        "no": "нет",
        "forget it": "не надо, забудьте",
        "operator": "оператор",
        "thursday at": "четверг, 5 марта, 09:00",
        "born": "25 апреля 1988",
        "wrongly": "26 апреля 1988",
        "born when": "дату рождения",
        "not matched": "сопоставить",
        "colleague": "защитить ваши данные",
        "at the desk": "в клинике",
        "whose": "Чей это визит",
        "gone": "перенесли или отменили",
        "moved": "перенесён",
        "cancelled": "отменён",
        "stays": "остаётся в силе",
        "nothing changed": "оставляю всё как есть",
    },
}


@pytest.fixture
def words_of_visits(language: str) -> dict[str, str]:
    """A file about visits that stand calls this its `words`."""
    return VISITS[language]


@pytest.fixture
async def anna_with_a_visit(surgery: Surgery, words: dict[str, str]) -> Patient:
    """On Thursday at nine. A file about visits that stand calls her its `anna`."""
    anna = surgery.patient(ANNA)
    await book(anna, words["book"])
    assert [(row["status"], row["start_local"]) for row in await surgery.diary()] == [("booked", THURSDAY)]
    return anna


async def book(patient: Patient, words: str) -> None:
    """Says it all at once, then takes the first of whatever is offered."""
    await patient.says(words)
    for _ in range(4):
        if patient.sees.titles:
            await patient.brings(patient.sees.choices[0].payload)


def text(seen: list[Seen]) -> str:
    return "\n".join(one.text for one in seen)


def openings(seen: Seen) -> list[str]:
    """Titles of what has an hour in it."""
    return [title for title in seen.titles if ":" in title]

"""Whatever is written while a person has the conversation: of the assistant's, only the fixed emergency text
and the confirmation of an opt-out go out, and no emergency text into the words of a person."""

import random
from datetime import timedelta
from pathlib import Path

from bot.dialogue import Assistant
from bot.domain.practice import Practice
from bot.service.clock import FrozenClock
from bot.service.turns.facts import practice_facts
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

SEED = 20260302
EMERGENCY = "non riesco a respirare, ho la gola gonfia"
STOP = "STOP"
OTHER = (
    *(
        "Buonasera",
        "vorrei prenotare una prima visita",
        "operatore",
        "Anna Verdi",
        "domani mattina",
        "sì",
        "no",
    ),
    *(
        "dove siete?",
        "quanto costa?",
        "non voglio più",
        "grazie",
        "voglio annullare",
        "отмена",
        "human please",
    ),
)


def _exempt(assistant: Assistant, practice: Practice) -> set[str]:
    """Each exempt text as patients read it, in every language."""
    names = [n for n in assistant.responses if n.startswith("utter_emergency_") or n == "utter_opted_out"]
    return {
        text.format_map(practice_facts(practice, language)).strip()
        for name in names
        for variation in assistant.responses[name].variations
        for language, text in variation.texts.items()
    }


async def _write(patient: Patient, chance: random.Random) -> tuple[str, list[str]]:
    text = chance.choice([EMERGENCY, STOP, *OTHER])
    if chance.random() < 0.2 and patient.screen and patient.sees.choices:
        return "tap", [seen.text for seen in await patient.brings(patient.sees.choices[0].payload)]
    return text, [seen.text for seen in await patient.says(text)]


async def test_only_what_is_exempt_goes_out(tmp_path: Path, interpreter: Interpreter) -> None:
    chance = random.Random(SEED)
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        desk, clock = surgery.desk.staff.desk, surgery.clock
        assert isinstance(clock, FrozenClock)
        exempt = _exempt(surgery.desk.assistant, surgery.desk.practice)
        told: list[str] = []
        for number in range(25):
            patient = surgery.patient(f"39336{number:07d}")
            for _ in range(chance.randint(1, 3)):
                await _write(patient, chance)
            await desk.take(surgery.contact(patient), "Giulia")
            wrote = clock.now() - timedelta(hours=1)
            for message in range(6):
                if chance.random() < 0.3:
                    await desk.reply(
                        surgery.contact(patient), "Mi dica.", who="Giulia", client_message_id=str(message)
                    )
                    await surgery.settled()
                    wrote = clock.now()
                said, heard = await _write(patient, chance)
                where = f"seed {SEED}, patient {number}, message {message}: {said}"
                assert set(heard) <= exempt, where
                if said == EMERGENCY:
                    assert len(heard) == (clock.now() - wrote >= timedelta(minutes=2)), where
                elif said == STOP:
                    assert len(heard) == 1, where
                told += heard
                clock.move(seconds=chance.choice([1, 30, 200]))

    assert len(told) > 10

"""How many messages a completed booking costs: each of ours is billed on WhatsApp, whatever is in it.

Patients book through the shipped flows, by taps and in one breath, on each channel and in each language; what
goes out is rendered by the real channels and read by the strict stand-in.

    python -m bench.billed
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.replies import DOORS, LANGUAGES, OUTBOX
from bot.domain.conversation import Reply
from bot.service.clock import FrozenClock
from bot.testing import Patient, Seen, Surgery
from nlu.interpreter import load_interpreter
from nlu.understanding import Interpreter

MONDAY_EIGHT = datetime(2026, 3, 2, 7, tzinfo=UTC)
#: A booking that costs more than this has become worse.
MOST = {"by taps": 7, "in one breath": 5}
_STEPS = 12

_HELLO = {"en": "Good morning", "it": "Buongiorno", "ru": "Здравствуйте"}
_BOOK = {
    "en": "I would like to book a first visit",
    "it": "Vorrei prenotare una prima visita",
    "ru": "Хочу записаться на первый приём",
}
_AT_ONCE = {
    "en": "I am {name} and would like a first visit on Thursday at 10",
    "it": "Sono {name} e vorrei una prima visita giovedì alle 10",
    "ru": "Меня зовут {name}, хочу на первый приём в четверг в 10",
}
_NAME = {"en": "Grace Byron", "it": "Livia Serra", "ru": "Вера Лунина"}
_PHONES = {"en": "+44 7700 900123", "it": "+39 333 765 4321", "ru": "+7 912 345-67-89"}
_ASKED_PHONE = {"en": "number", "it": "numero", "ru": "номер"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`written`: what the patient wrote or tapped. `lesser`: messages shown in a lesser form than wished."""

    ours: int
    written: int
    lesser: int
    booked: bool


async def main_table(interpreter: Interpreter, folder: Path) -> Mapping[tuple[str, str, str], Cost]:
    """(way, channel, language) -> what it cost."""
    costs = {}
    clock = FrozenClock(MONDAY_EIGHT)
    for number, way in enumerate(MOST):
        async with Surgery.open(folder / str(number), interpreter=interpreter, clock=clock) as surgery:
            for place, channel in enumerate(DOORS):
                for order, language in enumerate(LANGUAGES):
                    wa_id = f"39333{number}{place}{order}0001"
                    patient = surgery.patient(wa_id, channel=channel)
                    costs[way, channel, language] = await _book(surgery, patient, way, channel, language)
    return costs


async def _book(surgery: Surgery, patient: Patient, way: str, channel: str, language: str) -> Cost:
    said = [_AT_ONCE[language].format(name=_NAME[language])] if way == "in one breath" else []
    said = said or [_HELLO[language], _BOOK[language], _NAME[language]]
    written = 0
    for _ in range(_STEPS):
        if await _has_booked(surgery, patient):
            break
        written += 1
        asks_phone = bool(patient.screen) and _ASKED_PHONE[language] in patient.sees.text.casefold()
        if said and not (patient.screen and patient.sees.choices and len(said) < 2):
            await patient.says(said.pop(0))
        elif patient.sees.choices:
            await patient.taps(patient.sees.choices[0].title)
        elif asks_phone:
            await patient.says(_PHONES[language])
        else:
            await patient.says(_NAME[language])
    lesser = sum(_is_lesser(seen, channel) for seen in patient.screen)
    booked = await _has_booked(surgery, patient)
    return Cost(ours=len(patient.screen), written=written, lesser=lesser, booked=booked)


async def _has_booked(surgery: Surgery, patient: Patient) -> bool:
    contact, now = surgery.contact(patient), surgery.clock.now()
    return bool(await surgery.desk.diary.appointments_of(contact=contact, at=now))


def _is_lesser(seen: Seen, channel: str) -> bool:
    """Whether it does not fit into the form that it was meant for. Raises what the stand-in refuses."""
    door = DOORS[channel]
    reply = Reply(text=seen.text, choices=seen.choices)
    rendered = door.render(reply, door.address, outbox_id=OUTBOX)
    door.read(json.loads(json.dumps(rendered.body)))
    return rendered.fallback is not None


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        interpreter = load_interpreter(("it", "en", "ru"), cache=Path(".cache") / "nlu")
        costs = asyncio.run(main_table(interpreter, Path(folder)))
    print(f"{'way':14} {'channel':10} {'':3} ours  written  lesser forms")
    for (way, channel, language), cost in costs.items():
        told = "" if cost.booked else "  NOT BOOKED"
        print(f"{way:14} {channel:10} {language:3} {cost.ours:4}  {cost.written:7}  {cost.lesser:6}{told}")
    bad = [key for key, cost in costs.items() if not cost.booked or cost.ours > MOST[key[0]]]
    print(f"{len(bad)} bookings that failed or cost more than {MOST}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()

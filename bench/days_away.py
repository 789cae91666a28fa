"""A week out of reach, and then everything that patients wrote in it at once: one answer each, and a person.

Meta delivers the backlog one message a webhook, in the order in which it was written, beside two repeats of
every tenth. Its twin answers each of last week's messages like one of today.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench.desk import Desk
from bench.doors import AT, WHATSAPP
from bench.meta import Meta

DAYS = 7
WORDS = ("Buonasera", "vorrei prenotare una visita", "domani alle dieci?", "c'è qualcuno?", "Dove siete?")
_AT_ONCE = 32  # webhooks, as Meta has them under way


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What became of it."""

    messages: int
    patients: int
    answered_once: int
    answers: int  # in all
    waiting_for_a_person: int
    unanswered_messages: int  # neither answered nor part of what was
    answered_when_they_go_on: int
    seconds: float

    @property
    def is_clean(self) -> bool:
        return (
            self.answered_once == self.waiting_for_a_person == self.patients
            and self.answers == self.patients
            and not self.unanswered_messages
            and self.answered_when_they_go_on == min(20, self.patients)
        )


async def come_back(folder: Path, *, messages: int, seed: int, twin: bool = False) -> Backlog:
    chance = random.Random(seed)
    patients = messages // len(WORDS)
    async with Meta() as meta:
        planted = {"PLANTED": "never late" if twin else "", "CHAIRSIDE_GATHER_SECONDS": "0"}
        desk = Desk(
            folder, graph=meta.url, environment=planted, command=(sys.executable, "-m", "bench.planted")
        )
        await desk.up()
        try:
            began = time.monotonic()
            await _deliver(meta, desk.url, _written(patients, chance))
            await desk.until_quiet()
            took = time.monotonic() - began
            answers = Counter({who: len(shown) for who, shown in meta.received.items()})
            waiting = desk.asked("SELECT count(DISTINCT conversation) FROM handoff WHERE reason = 'late'")
            left = desk.asked("SELECT count(*) FROM inbox WHERE state <> 'done'")
            again = [WHATSAPP.patient(number) for number in range(min(20, patients))]
            for number, who in enumerate(again if not twin else ()):
                go_on = meta.received[who][-1].choices[-1][1]
                item = WHATSAPP.tap(who, f"wamid.again.{number}", go_on, at=AT + 60)
                assert await meta.post(desk.url, WHATSAPP, WHATSAPP.body(item)) == 200
            await desk.until_quiet()
            return Backlog(
                messages=patients * len(WORDS),
                patients=patients,
                answered_once=sum(count == 1 for count in answers.values()),
                answers=answers.total(),
                waiting_for_a_person=waiting[0][0],
                unanswered_messages=left[0][0],
                answered_when_they_go_on=sum(len(meta.received[who]) > answers[who] for who in again),
                seconds=round(took, 1),
            )
        finally:
            desk.stop()


def _written(patients: int, chance: random.Random) -> list[bytes]:
    """Over a week that ended a day ago, in the order of the moments; each patient's words in theirs."""
    written = []
    for number in range(patients):
        moments = sorted(chance.randrange(DAYS * 86400) for _ in WORDS)
        written += [(AT - 86400 - moments[-1 - n], number, n) for n in range(len(WORDS))]
    bodies = []
    for count, (at, number, n) in enumerate(sorted(written)):
        who = WHATSAPP.patient(number)
        item = WHATSAPP.text(who, f"wamid.week.{number}.{n}", WORDS[n], at=at)
        bodies += [WHATSAPP.body(item)] * (3 if count % 10 == 9 else 1)
    return bodies


async def _deliver(meta: Meta, url: str, bodies: list[bytes]) -> None:
    room = asyncio.Semaphore(_AT_ONCE)

    async def deliver(body: bytes) -> None:
        async with room:
            assert await meta.post(url, WHATSAPP, body) == 200

    await asyncio.gather(*map(deliver, bodies))

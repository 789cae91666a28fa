"""One message that makes its turn fail, among twenty of the same patient and many of others.

It is set aside after five attempts and staff see it; everybody else is answered, and so is the rest of what
that patient wrote. With the mistake mended, `chairside data replay --all` beside the running desk has all of
them answered. The twin tries for ever.
"""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.desk import Desk
from bench.doors import AT, WHATSAPP
from bench.meta import Meta
from bench.planted import POISON

ATTEMPTS = 5
OWN = 20  # further messages of whoever sends the poison
_ROUNDS_AT_ONCE = 10
#: Five attempts take some six seconds; a message that still waits after so long is tried for ever.
_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Poisoned:
    """What became of it."""

    rounds: int
    others: int
    others_answered_once: int
    set_aside: int
    attempts: int  # the most that any message had
    own_left: int  # of the twenty messages beside each, those that were not dealt with
    told: int  # patients of the poison who heard of a colleague
    staff_see: int
    replayed: int  # answered after all, once the mistake was mended

    @property
    def is_clean(self) -> bool:
        every = {self.set_aside, self.told, self.staff_see, self.replayed}
        return (
            every == {self.rounds}
            and self.attempts == ATTEMPTS
            and self.others == self.others_answered_once
            and not self.own_left
        )


async def rounds_of_poison(folder: Path, *, rounds: int, others: int, twin: bool = False) -> Poisoned:
    """`others` write in each round."""
    folder.mkdir(parents=True, exist_ok=True)
    armed = folder / "armed"
    armed.touch()
    environment = {
        "PLANTED": "for ever" if twin else "poison",
        "CHAIRSIDE_POISON": str(armed),
        "CHAIRSIDE_LOG": "CRITICAL",
    }
    async with Meta() as meta:
        desk = Desk(
            folder, graph=meta.url, environment=environment, command=(sys.executable, "-m", "bench.planted")
        )
        await desk.up()
        try:
            for start in range(0, rounds, _ROUNDS_AT_ONCE):
                some = range(start, min(start + _ROUNDS_AT_ONCE, rounds))
                await asyncio.gather(*[_round(meta, desk.url, number, others) for number in some])
                await desk.until_quiet(within=_PATIENCE)
            dead, most = desk.asked(
                "SELECT count(*) FILTER (WHERE state = 'dead'), max(attempts) FROM inbox"
            )[0]
            left = desk.asked("SELECT count(*) FROM inbox WHERE state = 'new'")[0][0]
            seen = desk.asked("SELECT count(DISTINCT conversation) FROM handoff WHERE reason = 'error'")[0][0]
            victims = [WHATSAPP.patient(number) for number in range(rounds)]
            told = sum(any("collega" in shown.text for shown in meta.received[who]) for who in victims)
            once = sum(
                len(meta.received[_other(number, n)]) == 1 for number in range(rounds) for n in range(others)
            )
            armed.unlink()
            replayed = 0 if twin else await _replay(desk)
            return Poisoned(
                rounds=rounds,
                others=rounds * others,
                others_answered_once=once,
                set_aside=dead,
                attempts=most,
                own_left=left,
                told=told,
                staff_see=seen,
                replayed=replayed,
            )
        finally:
            desk.stop()


async def _replay(desk: Desk) -> int:
    """By hand, as staff would: what it lists, it tries again."""
    command = [sys.executable, "-m", "bot", "data"]
    place = ["--data", str(desk.data)]
    await asyncio.to_thread(
        subprocess.run, [*command, "replay", "--all", *place], check=True, stdout=subprocess.DEVNULL
    )
    await asyncio.sleep(2.5)  # until the running desk looks
    await desk.until_quiet(within=_PATIENCE)
    return int(desk.asked("SELECT count(*) FROM inbox WHERE state = 'done' AND replays = 1")[0][0])


async def _round(meta: Meta, url: str, number: int, others: int) -> None:
    """The poison stands in the middle of what its patient writes, and of what the others do."""
    victim = WHATSAPP.patient(number)
    own = [(victim, f"wamid.own.{number}.{n}", "Dove siete?") for n in range(OWN)]
    own.insert(OWN // 2, (victim, f"wamid.poison.{number}", POISON))
    rest = [(_other(number, n), f"wamid.other.{number}.{n}", "Dove siete?") for n in range(others)]
    for n in range(max(len(own), len(rest))):
        for who, id, words in own[n : n + 1] + rest[n : n + 1]:
            body = WHATSAPP.body(WHATSAPP.text(who, id, words, at=AT + n))
            assert await meta.post(url, WHATSAPP, body) == 200


def _other(number: int, n: int) -> str:
    return WHATSAPP.patient(100_000 + number * 1_000 + n)

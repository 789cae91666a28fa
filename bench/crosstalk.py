"""Five hundred patients, interleaved, before a slow practice system: whose answer does each of them get?

Everybody books a time that is theirs alone, in three languages on both channels, and then asks again and
again when it is. Their own visit is their token: each answer to one patient reads like the first, and none
like anybody else's. The practice system takes up to 1.7 seconds for a question, so that hundreds of turns
stand in it at once.

    python -m bench.crosstalk --patients 500 --replies 5000 --seed 1
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.crowd import FIRST_DAY, ROOMY, WISHES
from bench.desk import Desk, load
from bench.meta import Meta
from bench.races import Caller

_WHEN = {"it": "Quando è il mio appuntamento?", "en": "When is my appointment?", "ru": "Когда у меня приём?"}


@dataclass(frozen=True, kw_only=True)
class Crosstalk:
    """What became of everybody."""

    patients: int
    booked: int
    replies: int
    about_their_visit: int  # of the replies
    different_tokens: int
    of_somebody_else: int
    doubled: int
    seconds: float

    @property
    def is_clean(self) -> bool:
        everybody = self.patients == self.booked == self.different_tokens
        return everybody and self.about_their_visit > 0 and not (self.of_somebody_else or self.doubled)


def strays(answers: Mapping[str, Sequence[str]]) -> int:
    """Answers, by patient, that are not the ones that this patient heard first; and first ones that somebody
    else heard as well."""
    firsts = [each[0] for each in answers.values() if each]
    not_own = sum(answer != each[0] for each in answers.values() for answer in each)
    return not_own + len(firsts) - len(set(firsts))


async def talk(folder: Path, *, patients: int, replies: int, seed: int) -> Crosstalk:
    folder.mkdir(parents=True, exist_ok=True)
    practice = folder / "practice.yml"
    practice.write_text(ROOMY, encoding="utf-8")
    environment = {"CHAIRSIDE_PRACTICE": str(practice), "PLANTED": "slow diary"}
    began = time.monotonic()
    async with Meta() as meta:
        command = (sys.executable, "-m", "bench.planted")
        desk = Desk(folder, graph=meta.url, environment=environment, command=command)
        await desk.up()
        try:
            callers = [_caller(number, meta, desk, seed) for number in range(patients)]
            booked = await asyncio.gather(*[caller.book(at_most=60) for caller in callers])
            missing = replies - sum(caller.said for caller in callers)
            times = max(2, -(-missing // patients))
            answers = dict(zip((c.wa_id for c in callers), await _ask(callers, times), strict=True))
            await desk.until_quiet()
            return Crosstalk(
                patients=patients,
                booked=sum(booked),
                replies=sum(len(shown) for shown in meta.received.values()),
                about_their_visit=sum(map(len, answers.values())),
                different_tokens=len({each[0] for each in answers.values()}),
                of_somebody_else=strays(answers),
                doubled=meta.doubled,
                seconds=round(time.monotonic() - began, 1),
            )
        finally:
            desk.stop()


async def _ask(callers: Sequence[Caller], times: int) -> list[list[str]]:
    async def asks(caller: Caller) -> list[str]:
        return [(await caller.says(_WHEN[caller.language])).text for _ in range(times)]

    return list(await asyncio.gather(*map(asks, callers)))


def _caller(number: int, meta: Meta, desk: Desk, seed: int) -> Caller:
    caller = Caller(number, meta, desk, seed=seed)
    caller.patience = 300
    chance = random.Random(f"{seed} {number}")
    day = FIRST_DAY + timedelta(days=chance.randrange(110))
    caller.wish = WISHES[caller.language].format(day=f"{day:%d/%m/%Y}", time=f"{chance.randrange(8, 20)}:00")
    return caller


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--patients", type=int, default=500)
    arguments.add_argument("--replies", type=int, default=5_000, help="at least; the figure asks for 50,000")
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(f"seed {given.seed}, patients {given.patients}, replies {given.replies}, {load()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="chairside-crosstalk-") as folder:
        run = talk(Path(folder), patients=given.patients, replies=given.replies, seed=given.seed)
        outcome = asyncio.run(run)
    print(f"{outcome}, {load()}")
    print("passed" if outcome.is_clean else "FAILED", flush=True)
    raise SystemExit(0 if outcome.is_clean else 1)


if __name__ == "__main__":
    main()

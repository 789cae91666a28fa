"""Two hundred patients and one opening of another system: one visit there, whatever kind of system it is.

Many desks that know nothing of each other, each with a database of its own, stand before one system; their
patients want one time at once. Then every second one wants a time that overlaps it. What counts is read from
the system itself afterwards. Radicale and SEKMET are real servers; the others are stand-ins, and those that
are lax protect nothing: they accept overlaps and ignore every condition. The twin's desks are told that
nobody else is there: several patients must win.

    python -m bench.outside_races --racers 200 --desks 20 --rounds 3
    python -m bench.outside_races --racers 200 --desks 200 --only dentally
"""

import argparse
import asyncio
import os
import tempfile
import time as clock
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.diary import Opening
from bot.domain.outside import OutsideVisit
from tests.contracts.outside_system import Front, World, books, front_of, outcome
from tests.contracts.practice_system import TEN
from tests.contracts.worlds import TWIN, WORLDS, world_called
from tests.studio import opening

SHAPES = {"one time": (TEN,), "times that overlap": (TEN, opening("2027-03-02 10:15"))}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a race came to."""

    outcomes: Counter[str]  # as patients heard them: "done", "taken", "unknown" ...
    there: Sequence[OutsideVisit]  # visits that take time in the system afterwards
    seconds: float

    @property
    def is_right(self) -> bool:
        return self.outcomes["done"] == len(self.there) == 1 and set(self.outcomes) <= {"done", "taken"}


def somebody(number: int) -> str:
    """A name that no other racer has, in letters alone."""
    return "".join(_LETTERS[(number // 26**place) % 26] for place in range(3)) + "ro"


async def race(world: World, desks: Sequence[Front], wanted: Sequence[Opening], racers: int) -> Result:
    begun = clock.perf_counter()
    told = await asyncio.gather(
        *[
            outcome(
                books(
                    desks[number % len(desks)],
                    wanted[number % len(wanted)],
                    somebody(number),
                    key=f"b{number:03}",
                )
            )
            for number in range(racers)
        ]
    )
    return Result(outcomes=Counter(told), there=await world.active(), seconds=clock.perf_counter() - begun)


async def race_at(name: str, folder: Path, *, shape: str, racers: int, desks: int) -> Result:
    async with world_called(name, folder) as world:
        fronts = [front_of(folder / str(number), world, patience=600) for number in range(desks)]
        try:
            return await race(world, fronts, SHAPES[shape], racers)
        finally:
            for front in fronts:
                await front.aclose()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--racers", type=int, default=200)
    arguments.add_argument("--desks", type=int, default=20)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--only", default="", help="systems whose name contains this")
    given = arguments.parse_args()
    passed = True
    for name in [one for one in (*WORLDS, TWIN) if given.only in one]:
        for shape in SHAPES:
            heard: Counter[str] = Counter()
            there: Counter[int] = Counter()
            seconds = []
            for _ in range(given.rounds):
                with tempfile.TemporaryDirectory(prefix="chairside-outside-races-") as folder:
                    result = asyncio.run(
                        race_at(name, Path(folder), shape=shape, racers=given.racers, desks=given.desks)
                    )
                heard += result.outcomes
                there[len(result.there)] += 1
                seconds.append(result.seconds)
                passed &= (len(result.there) > 1) if name == TWIN else result.is_right
            print(
                f"{name}, {shape}: {given.rounds} x {given.racers} racers at {given.desks} desks;"
                f" heard {dict(heard)}; visits in the system, by round {dict(there)};"
                f" slowest {max(seconds):.1f} s; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

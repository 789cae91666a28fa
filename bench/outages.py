"""Whatever keeps the front desk from its patients for a while: nothing lost, nothing doubled, nobody flooded.

- graph: the Graph API gone with 3,000 replies waiting (two hours are scaled down), then for 26 hours;
- days: the desk itself gone for a week in which 2,000 messages were written;
- poison: 100 rounds of one message that makes its turn fail;
- overload: fifty times what it can bear.

Each part is run against `chairside` in a process of its own, on loopback, and beside a twin without the
protection, which must fail (the Graph API has none).

    python -m bench.outages --parts graph days poison overload --seed 1
"""

import argparse
import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol

from bench.days_away import come_back
from bench.desk import load
from bench.graph_gone import gone_for_a_day, gone_for_a_while
from bench.overload import flood
from bench.poison import rounds_of_poison

PARTS = ("graph", "days", "poison", "overload")
#: Twins show their fault at small sizes.
_TWIN_MESSAGES, _TWIN_ROUNDS, _TWIN_SECONDS = 100, 2, 3.0
_RAISING_SECONDS = 30.0


class Outcome(Protocol):
    @property
    def is_clean(self) -> bool: ...


def runs_of(
    part: str, folder: Path, given: argparse.Namespace
) -> list[tuple[str, Coroutine[Any, Any, Outcome], bool]]:
    """Of one part: name, run, whether it has to be clean."""
    here, twin, raising = folder / part, folder / f"{part}-twin", folder / f"{part}-raising"
    if part == "graph":
        gone = gone_for_a_while(here, queued=given.queued, seconds=given.gone)
        a_day = gone_for_a_day(folder / "day", patients=given.stale)
        return [(f"gone for {given.gone:g} s", gone, True), ("gone for 26 hours", a_day, True)]
    if part == "days":
        return [
            (part, come_back(here, messages=given.messages, seed=given.seed), True),
            ("twin", come_back(twin, messages=_TWIN_MESSAGES, seed=given.seed, twin=True), False),
        ]
    if part == "poison":
        return [
            (part, rounds_of_poison(here, rounds=given.rounds, others=given.others), True),
            ("twin", rounds_of_poison(twin, rounds=_TWIN_ROUNDS, others=given.others, twin=True), False),
        ]
    return [
        (part, flood(here, seconds=given.seconds, seed=given.seed), True),
        ("twin without bounds", flood(twin, seconds=_TWIN_SECONDS, seed=given.seed, twin="no bounds"), False),
        ("twin that raises", flood(raising, seconds=_RAISING_SECONDS, seed=given.seed, twin="raised"), False),
    ]


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    arguments.add_argument("--queued", type=int, default=3_000, help="replies that wait for the Graph API")
    arguments.add_argument("--gone", type=float, default=60.0, help="seconds that stand for two hours")
    arguments.add_argument("--stale", type=int, default=100, help="replies that wait for 26 hours")
    arguments.add_argument("--messages", type=int, default=2_000, help="written while the desk was gone")
    arguments.add_argument("--rounds", type=int, default=100, help="messages of poison")
    arguments.add_argument("--others", type=int, default=10, help="patients beside each message of poison")
    arguments.add_argument("--seconds", type=float, default=20.0, help="of overload; the figure asks for 180")
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(f"seed {given.seed}, {', '.join(given.parts)}, {load()}", flush=True)
    passed = True
    for part in given.parts:
        with tempfile.TemporaryDirectory(prefix="chairside-outages-") as folder:
            for name, run, must_be_clean in runs_of(part, Path(folder), given):
                outcome = asyncio.run(run)
                right = outcome.is_clean is must_be_clean
                expected = "" if must_be_clean else " (must not be clean)"
                print(f"{part}, {name}{expected}: {outcome}, {load()}", flush=True)
                print("  passed" if right else "  FAILED", flush=True)
                passed &= right
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

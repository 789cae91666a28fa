"""Openings of thousands of random practices beside an independent count, minute by minute.

Around both days of the year on which clocks change, in five zones that change in their own ways.

    python -m bench.oracle --practices 2000 --seed 1
"""

import argparse
import time

from bench.minutes import CHANGES, oracle, random_case


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--practices", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    begun, compared, wrong = time.monotonic(), 0, 0
    for number in range(given.practices):
        zone, change = CHANGES[number % len(CHANGES)]
        seed = f"{given.seed} {zone} {change} {number}"
        case = random_case(seed, zone, change)
        expected, found = oracle(case), case.found()
        compared += len(expected)
        if found != expected:
            wrong += 1
            print(f"seed {seed!r}: {len(found)} openings, not {len(expected)}", flush=True)
    took = time.monotonic() - begun
    print(
        f"{given.practices} practices, {compared} openings compared, {wrong} practices wrong, {took:.0f} s",
        flush=True,
    )
    raise SystemExit(1 if wrong or not compared else 0)


if __name__ == "__main__":
    main()

"""Migrations that are killed again and again: from every earlier revision, nothing lost, nothing half.

A database of each revision of the chain is made by migrating to it, and filled. A process then migrates it to
the newest one and is killed (kill -9) at a random moment, again and again until one gets through. After each
death the schema is exactly that of some revision; in the end it is that of a fresh database, and every row is
there. The twin runs each statement by itself, without a transaction.

    python -m bench.upgrade --kills 50 --seed 1 [--postgresql]
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import MutableSequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from bench import migrating
from bench.editions import Edition, Place, PostgresqlPlace, SqlitePlace
from bench.filled import contents, missing

NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["bench.migrating", "bench.editions"])
#: Of one revision: a death is asked for in vain so many times at most.
_PATIENCE = 40


@dataclass
class Told:
    """What a run came to."""

    kills: int = 0
    inside: int = 0  # with changes made and not yet kept
    got_through: int = 0
    rows: int = 0
    faults: list[str] = field(default_factory=list)

    def shown(self) -> str:
        return (
            f"kills {self.kills}, of these in the middle of changes {self.inside}; got through"
            f" {self.got_through}, rows kept {self.rows}, faults {len(self.faults)}"
        )


def run(
    place: Place, *, kills: int, seed: int, rows: int, twin: bool = False, revisions: int | None = None
) -> Told:
    """The kills are shared out among the revisions, or among so many of them, the newest last."""
    chance, told = random.Random(seed), Told()
    chain = place.chain()
    earlier = [None, *chain[:-1]]
    if revisions is not None:
        earlier = sorted(chance.sample(earlier, revisions), key=earlier.index)
    for number, revision in enumerate(earlier):
        share = kills * (number + 1) // len(earlier) - kills * number // len(earlier)
        if share:
            _of_one(place, revision, share, chance, told, rows=rows, twin=twin)
        if twin and told.faults:
            break
    return told


def _of_one(
    place: Place,
    revision: str | None,
    share: int,
    chance: random.Random,
    told: Told,
    *,
    rows: int,
    twin: bool,
) -> None:
    original = place.filled(revision, rows, chance)
    span = _undisturbed(place, original)
    died, tries = 0, 0
    while died < share and tries < _PATIENCE:
        edition = place.copy(original)
        through = False
        while not through and tries < _PATIENCE:
            tries += 1
            may_die = died < share
            shown = NURSERY.RawArray("i", 2)
            through = _migrated(edition, shown, chance.uniform(0, span) if may_die else None, at_once=twin)
            if not through and not may_die:
                told.faults.append(f"from {revision}: what was cut off cannot be finished")
                break
            if not through:
                died += 1
                told.kills += 1
                told.inside += shown[migrating.OPEN]
                told.faults += [f"from {revision}, after a death: {fault}" for fault in place.unwell(edition)]
                told.faults += [
                    f"from {revision}, after a death: {fault}"
                    for fault in missing(original.contents, contents(edition.engine))
                ]
            if twin and told.faults:
                break
        if through:
            told.got_through += 1
            told.faults += [
                f"from {revision}: {fault}" for fault in _wrong_in_the_end(place, original, edition)
            ]
            told.rows += sum(len(found) for _, found in original.contents.values())
        place.drop(edition)
    place.drop(original)


def _wrong_in_the_end(place: Place, original: Edition, edition: Edition) -> list[str]:
    faults = place.unwell(edition) + missing(original.contents, contents(edition.engine))
    if place.revision(edition) != place.chain()[-1]:
        faults.append(f"it says that it is {place.revision(edition)}")
    return faults


def _undisturbed(place: Place, original: Edition) -> float:
    """Seconds from the first change to the end."""
    edition = place.copy(original)
    shown = NURSERY.RawArray("i", 2)
    process = _begun(edition, shown, at_once=False)
    _first_change(process, shown)
    began = time.monotonic()
    process.join()
    took = time.monotonic() - began
    place.drop(edition)
    return took


def _migrated(
    edition: Edition, shown: MutableSequence[int], dies_after: float | None, *, at_once: bool
) -> bool:
    """Whether it got through."""
    process = _begun(edition, shown, at_once=at_once)
    if dies_after is not None:
        _first_change(process, shown)
        process.join(dies_after)
        process.kill()
    process.join()
    return process.exitcode == 0


def _begun(edition: Edition, shown: MutableSequence[int], *, at_once: bool) -> BaseProcess:
    edition.engine.dispose()  # nobody else has it open
    process = NURSERY.Process(
        target=migrating.migrate, args=(edition.url, shown), kwargs={"at_once": at_once}
    )
    process.start()
    return process


def _first_change(process: BaseProcess, shown: MutableSequence[int]) -> None:
    while not shown[migrating.CHANGES] and process.is_alive():
        time.sleep(0.0002)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--rows", type=int, default=200, help="in each table")
    arguments.add_argument("--seed", type=int, default=20260302)
    arguments.add_argument("--postgresql", action="store_true")
    given = arguments.parse_args()
    name = "PostgreSQL" if given.postgresql else "SQLite"
    print(f"seed {given.seed}, {name}, kills {given.kills}, {given.rows} rows a table", flush=True)
    with tempfile.TemporaryDirectory(prefix="chairside-upgrade-") as folder:
        place: Place = PostgresqlPlace() if given.postgresql else SqlitePlace(Path(folder))
        told = run(place, kills=given.kills, seed=given.seed, rows=given.rows)
        print(told.shown(), *told.faults[:20], sep="\n  ", flush=True)
        print("twin: each statement by itself (must have faults)", flush=True)
        twin = run(place, kills=given.kills, seed=given.seed, rows=given.rows, twin=True)
        print(twin.shown(), *twin.faults[:3], sep="\n  ", flush=True)
    passed = not told.faults and told.kills >= given.kills and bool(twin.faults)
    print("\npassed" if passed else "\nFAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

"""A hundred thousand bodies, generated and mutated, well signed, through the real webhook of each channel.

Nothing may answer with 5xx or leave an exception in the log, memory may not grow, and a good message that
comes in between, alone or within a wrong body, is answered. What is not well signed is refused. Prints the
seed, how they were answered, the 99th percentile of the answers' time, and the memory before and after.

    python -m bench.mutants --bodies 100000 --seed 1
"""

import asyncio
import copy
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.desk import Desk, load
from bench.doors import ALL_DOORS, Door, Item, signed
from bench.hostile import (
    AT_ONCE,
    MOST_GROWTH,
    NO_WEBHOOKS,
    WRONG,
    changed,
    from_command_line,
    hollow,
    places,
    recorded,
    written,
)
from bench.meta import Meta

#: One of so many is a good message, alone or in the last entry of a mutant; and one is not well signed.
GOOD_OF, FORGED_OF = 50, 97


def vocabulary(door: Door) -> tuple[list[str], list[Any]]:
    """Every key and every plain value that a channel's recorded bodies have."""
    keys: dict[str, None] = {}
    values: list[Any] = []
    for tree in recorded(door):
        for path in places(tree):
            inner: Any = tree
            for key in path:
                inner = inner[key]
            if isinstance(path[-1], str):
                keys.setdefault(path[-1])
            if not isinstance(inner, dict | list):
                values.append(inner)
    return list(keys), values


def grown(chance: random.Random, keys: Sequence[str], values: Sequence[Any], depth: int = 0) -> Any:
    """A tree of a channel's own words that no channel ever wrote."""
    kind = chance.random()
    if depth > 5 or kind < 0.35:
        return chance.choice(values if chance.random() < 0.7 else WRONG)
    if kind < 0.6:
        return [grown(chance, keys, values, depth + 1) for _ in range(chance.randint(0, 3))]
    return {chance.choice(keys): grown(chance, keys, values, depth + 1) for _ in range(chance.randint(0, 5))}


def generated(door: Door, chance: random.Random) -> bytes:
    """An envelope around what was grown, as deep as it takes to be looked at."""
    keys, values = VOCABULARIES[door.name]
    tree = grown(chance, keys, values)
    entry = door.entry(door.text(door.patient(chance.randrange(50)), f"grown.{chance.random()}", "…"))
    spots = [path for path in places(entry) if path]
    return written(door.envelope(changed(entry, chance.choice(spots), tree)))


def wrong_values(door: Door, chance: random.Random) -> bytes:
    tree = copy.deepcopy(chance.choice(recorded(door)))
    for _ in range(chance.randint(1, 6)):
        found = list(places(tree))
        if found:
            tree = changed(tree, chance.choice(found), chance.choice(WRONG))
    return written(tree)


def transplanted(door: Door, chance: random.Random) -> bytes:
    """A part of one body, of any channel, in another."""
    tree, donor = (chance.choice(recorded(each)) for each in (door, chance.choice(ALL_DOORS)))
    spots, parts = (list(places(each)) for each in (tree, donor))
    part: Any = donor
    for key in chance.choice(parts) if parts else ():
        part = part[key]
    return written(changed(tree, chance.choice(spots), part) if spots else tree)


def without_keys(door: Door, chance: random.Random) -> bytes:
    tree = copy.deepcopy(chance.choice(recorded(door)))
    for _ in range(chance.randint(1, 4)):
        found = [path for path in places(tree) if isinstance(path[-1], str)]
        if not found:
            break
        path = chance.choice(found)
        inner: Any = tree
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
    return written(tree)


def broken_bytes(door: Door, chance: random.Random) -> bytes:
    text = json.dumps(chance.choice(recorded(door)), ensure_ascii=chance.random() < 0.5)
    body = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(body) + 1)
        match chance.randrange(4):
            case 0:
                del body[at : at + chance.randint(1, 40)]
            case 1:
                body[at:at] = chance.randbytes(chance.randint(1, 12))
            case 2:
                body[at:at] = body[max(0, at - chance.randint(1, 200)) : at]
            case _:
                body = body[: max(1, at)]
    return bytes(body)


def repeated_keys(door: Door, chance: random.Random) -> bytes:
    """The whole of one body within another's braces: each of its keys is there twice."""
    first, second = (json.dumps(chance.choice(recorded(door))) for _ in range(2))
    return f"{first[:-1]}, {second[1:]}".encode() if len(second) > 2 else first.encode()


def emptied(door: Door, chance: random.Random) -> bytes:
    return written(hollow(chance.choice(recorded(door))))


def no_webhook(door: Door, chance: random.Random) -> bytes:
    return chance.choice(NO_WEBHOOKS) if chance.random() < 0.05 else chance.randbytes(chance.randint(0, 300))


def as_it_was(door: Door, chance: random.Random) -> bytes:
    return written(chance.choice(recorded(door)))


MUTATIONS: Sequence[tuple[Callable[[Door, random.Random], bytes], int]] = (
    (wrong_values, 5),
    (transplanted, 4),
    (without_keys, 3),
    (broken_bytes, 4),
    (generated, 3),
    (repeated_keys, 1),
    (emptied, 1),
    (no_webhook, 2),
    (as_it_was, 2),
)
VOCABULARIES = {door.name: vocabulary(door) for door in ALL_DOORS}


def mutant(door: Door, chance: random.Random) -> bytes:
    makers, weights = zip(*MUTATIONS, strict=True)
    [make] = chance.choices(makers, weights)
    return bytes(make(door, chance))


def with_good(body: bytes, door: Door, good: Item) -> bytes:
    """The good message in an entry of its own, where the mutant has room for one."""
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return door.body(good)
    if not isinstance(tree, dict) or not isinstance(tree.get("entry"), list):
        return door.body(good)
    return json.dumps({**tree, "entry": [*tree["entry"], door.entry(good)]}).encode()


@dataclass
class Tally:
    """What they came to. `wrongly_answered`: those that were answered as they should not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    wrongly_answered: int = 0
    expected: dict[str, int] = field(default_factory=dict)

    @property
    def p99(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.99)]


async def bombard(meta: Meta, desk: Desk, numbers: range, *, seed: int) -> Tally:
    """A body for each number."""
    tally = Tally()
    waiting = iter(numbers)

    async def post_on() -> None:
        for number in waiting:
            chance = random.Random(f"{seed} {number}")
            door = ALL_DOORS[number % len(ALL_DOORS)]
            body, right = mutant(door, chance), 200
            headers = signed(body)
            if number % GOOD_OF == 0:
                who = door.patient(3_000_000 + number)
                body = with_good(body, door, door.text(who, f"good.{seed}.{number}", "Buonasera"))
                headers, tally.expected[who] = signed(body), 1
            elif number % FORGED_OF == 0:
                headers, right = signed(body, b"another app"), 401
            began = time.perf_counter()
            status = await meta.post(desk.url, door, body, headers=headers)
            tally.waits.append(time.perf_counter() - began)
            tally.statuses[status] += 1
            tally.wrongly_answered += status != right

    await asyncio.gather(*[post_on() for _ in range(AT_ONCE)])
    await meta.until_all(tally.expected, within=600)
    return tally


async def run(bodies: int, seed: int) -> bool:
    """In a folder of its own. True when nothing went wrong."""
    part = max(bodies // 10, 1)
    with tempfile.TemporaryDirectory(prefix="chairside-mutants-") as folder:
        async with Meta() as meta:
            desk = Desk(Path(folder), graph=meta.url)
            await desk.up()
            passed = True
            try:
                await bombard(meta, desk, range(-part // 5, 0), seed=seed)  # warms up: caches, first turns
                before = desk.memory
                waits: list[float] = []
                for start in range(0, bodies, part):
                    tally = await bombard(meta, desk, range(start, start + part), seed=seed)
                    waits += tally.waits
                    print(
                        f"bodies {start + part}: answered {dict(tally.statuses)}, wrongly"
                        f" {tally.wrongly_answered}, p99 {tally.p99 * 1000:.1f} ms,"
                        f" good messages answered {len(tally.expected)},"
                        f" memory {before / 1e6:.0f} -> {desk.memory / 1e6:.0f} MB, {load()}",
                        flush=True,
                    )
                    passed &= not tally.wrongly_answered
                whole = Tally(waits=waits)
                passed &= desk.memory - before < MOST_GROWTH and not meta.doubled and not desk.troubles
                print(
                    f"all {len(waits)}: p99 {whole.p99 * 1000:.1f} ms, doubled {meta.doubled},"
                    f" troubles in the log: {desk.troubles[:5] or 'none'}"
                )
            finally:
                passed &= desk.stop() == 0
    return passed


if __name__ == "__main__":
    from_command_line(__doc__, run, bodies=100_000)

"""Bodies that Meta never sends, or only once: signed, posted to both channels, thousands of them.

Nothing may answer with 5xx, leave a traceback in the log, or make memory grow; and a patient whose message
travels in the same body as any of it is answered. Prints the time of the answers and the memory it took.

    python -m bench.hostile --bodies 10000 --seed 1
"""

import argparse
import asyncio
import copy
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bench.desk import Desk, load
from bench.doors import DOORS, WHATSAPP, Door, Item, MessengerDoor
from bench.meta import Meta

RECORDED = Path(__file__).parent.parent / "tests" / "wire"
AT_ONCE = 4
LARGE = 3_000_000  # bytes, what Meta's largest body may have
MOST_GROWTH = 50_000_000  # bytes of memory

# What JSON writers of this language would not write; put in after writing.
_DIGITS, _DEEP, _NAN, _HUGE = "@digits@", "@deep@", "@nan@", "@huge@"
_RAW = {
    _DIGITS: b"9" * 5000,
    _DEEP: b"[" * 100_000 + b"]" * 100_000,
    _NAN: b"NaN",
    _HUGE: b"-1e999",
}
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**39, "", "x", "9" * 5000, "\x00", "\ud83d", "\u202e" * 300),
    *([], [[]], [None], {}, {"": None}, {"a": {"a": {"a": []}}}),
    *(_DIGITS, _DEEP, _NAN, _HUGE),
)
#: No JSON object, or hardly one. Each is answered with 200: to send it again would help nobody.
NO_WEBHOOKS: tuple[bytes, ...] = (
    *(b"", b" ", b"null", b"[]", b"0", b'"entry"', b"{", b"}", b"{]", b"{}", b"\xff\xfe{\x00}\x00", b"\x00"),
    *(b"{'entry': []}", b'{"entry": [,]}', b"<entry/>", b"entry=1", b'{"entry": [{}}', b"\xef\xbb\xbf{}"),
    *(
        b'{"entry": ' + b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ),
    *(b'{"entry": ' + b"9" * 5000 + b"}", b'{"entry": [NaN, Infinity, -Infinity]}', b'{"entry": "\\ud83d"}'),
    *(b"[" * 2000 + b'"' + b'\\"' * 100_000, b'{"entry": ' + b"[" * 1000 + b'"' + b"\\" * 100_001),
    *(b'{"entry": [], "entry": {}, "entry": null}', b'"' + b"\\" * 100_000, b"{" + b'"a":1,' * 100_000),
)
WORDS = ("Buonasera", "Hello", "Здравствуйте")


def written(tree: Any) -> bytes:
    body = json.dumps(tree).encode()
    for name, raw in _RAW.items():
        body = body.replace(f'"{name}"'.encode(), raw)
    return body


@cache
def recorded(door: Door) -> list[Item]:
    """Bodies as Meta sent them, and odder ones, made out to the demo's own account."""
    ours = WHATSAPP.number if door is WHATSAPP else door.page if isinstance(door, MessengerDoor) else ""
    trees = []
    for file in sorted((RECORDED / door.name).glob("*.json")):
        try:
            tree = json.loads(file.read_bytes())
        except (ValueError, RecursionError):
            continue
        if isinstance(tree, dict) and isinstance(tree.get("entry"), list):
            account = _account(door, tree)
            trees.append(json.loads(json.dumps(tree).replace(account, ours)) if account else tree)
    return trees


def _account(door: Door, tree: Item) -> str | None:
    for entry in tree["entry"]:
        if not isinstance(entry, dict):
            continue
        if isinstance(door, MessengerDoor) and isinstance(entry.get("id"), str):
            return str(entry["id"])
        for change in entry.get("changes") or ():
            if isinstance(change, dict) and isinstance(change.get("value"), dict):
                known = (change["value"].get("metadata") or {}).get("phone_number_id")
                if isinstance(known, str):
                    return known
    return None


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a tree of JSON."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def changed(tree: Item, path: tuple[Any, ...], value: Any) -> Item:
    """A copy with this value in this place."""
    changed = copy.deepcopy(tree)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def beside(door: Door, good: Item, chance: random.Random) -> bytes:
    """A recorded body that is wrong in one to three places, with a good message in its last entry."""
    tree = copy.deepcopy(chance.choice(recorded(door)))
    for _ in range(chance.randint(1, 3)):
        found = [path for path in places(tree) if path != ("entry",)]
        if found:
            tree = changed(tree, chance.choice(found), chance.choice(WRONG))
    tree["entry"].append(door.entry(good))
    return written(tree)


def within(door: Door, good: Item) -> Iterator[bytes]:
    """Every wrong value in every place of the bad message that stands before a good one, and of what the two
    share, but for what says to whom the good one was written."""
    bad = door.text(door.patient(9_999_999), "bad", "…")
    entry = door.entry(bad, good)
    shared = ("contacts", "field", "messaging_product", "display_phone_number", "time")
    for path in places(entry):
        inside = path[1:] if path[0] == "messaging" else path[4:] if "messages" in path else ()
        if inside[:1] == (0,) or any(key in path for key in shared):
            for value in WRONG:
                yield written(door.envelope(changed(entry, path, value)))


def hollow(tree: Any) -> Any:
    """The same shape with null for everything that is said."""
    if isinstance(tree, dict):
        return {key: hollow(value) for key, value in tree.items()}
    return [hollow(value) for value in tree] if isinstance(tree, list) else None


def large(door: Door, *, messages: int, patients: int, first: int, size: int = LARGE) -> bytes:
    """One body with so many messages; what they say is short, and Meta has padded the rest."""
    items = [
        door.text(door.patient(first + n % patients), f"large.{first}.{n}", WORDS[n % 3])
        for n in range(messages)
    ]
    room = size - len(door.body(*items)) - 20 * messages
    for item in items:
        item["padding"] = "x" * (room // messages)
    return door.body(*items)


#: One turn each, and an answer that owes nothing to anybody else. Pictures keep the questions apart.
CONVERSATION = (
    "Quanto costa una pulizia?",
    None,
    "Dove siete?",
    None,
    "Che orari fate?",
    None,
    "Grazie",
    None,
)


def conversation(door: Door, who: str, *, first_id: str, turns: int) -> list[Item]:
    """A patient's messages, in the order in which they were written: questions and pictures by turns."""
    items = []
    for n in range(turns):
        words = CONVERSATION[n % len(CONVERSATION)]
        id, at = f"{first_id}.{n}", 1_772_434_800 + n
        items.append(door.picture(who, id, at=at) if words is None else door.text(who, id, words, at=at))
    return items


@dataclass
class Tally:
    """What a bombardment came to."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    unanswered: int = 0

    @property
    def p99(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.99)]

    @property
    def is_clean(self) -> bool:
        return set(self.statuses) == {200} and not self.unanswered


async def bombard(meta: Meta, desk: Desk, numbers: range, *, seed: int) -> Tally:
    """A hostile body for each number, most of them with a good message in it that must be answered."""
    tally = Tally()
    expected: dict[str, int] = {}
    waiting = iter(numbers)

    async def post_on() -> None:
        for number in waiting:
            chance = random.Random(f"{seed} {number}")
            door = DOORS[number % 2]
            match number % 8:
                case 0 | 1:
                    body = chance.choice(NO_WEBHOOKS)
                case 2 | 3:
                    body = written(hollow(chance.choice(recorded(door))))
                case _:
                    good = door.text(door.patient(number), f"good.{number}", WORDS[number % 3])
                    body = beside(door, good, chance)
                    expected[door.patient(number)] = 1
            began = time.perf_counter()
            tally.statuses[await meta.post(desk.url, door, body)] += 1
            tally.waits.append(time.perf_counter() - began)

    await asyncio.gather(*[post_on() for _ in range(AT_ONCE)])
    try:
        await meta.until_all(expected)
    except TimeoutError:
        tally.unanswered = sum(1 for who in expected if not meta.received[who])
    return tally


@dataclass
class Pulse:
    """How long a desk keeps others waiting: asks whether it is healthy, again and again."""

    longest: float = 0.0

    async def feel(self, meta: Meta, desk: Desk) -> None:
        while True:
            began = time.perf_counter()
            async with meta.http.get(f"{desk.url}/healthz") as answer:
                await answer.read()
            self.longest = max(self.longest, time.perf_counter() - began)
            await asyncio.sleep(0.02)


async def crowd_in_one_body(meta: Meta, desk: Desk, door: Door, *, patients: int, first: int) -> bool:
    """Three megabytes with 1,000 messages; whether each of these patients got one reply."""
    body = large(door, messages=1000, patients=patients, first=first)
    pulse = Pulse()
    feeling = asyncio.create_task(pulse.feel(meta, desk))
    began = time.perf_counter()
    status = await meta.post(desk.url, door, body)
    stored = time.perf_counter() - began
    people = [door.patient(first + n) for n in range(patients)]
    await meta.until_all(dict.fromkeys(people, 1))
    answered = time.perf_counter() - began
    await asyncio.sleep(1)  # a reply too many would come now
    feeling.cancel()
    replies = Counter(len(meta.received[who]) for who in people)
    print(
        f"{door.name}: {len(body) / 1e6:.1f} MB, 1000 messages of {patients} patients: {status} after"
        f" {stored:.2f} s, all answered after {answered:.1f} s, replies to each {dict(replies)},"
        f" longest answer of /healthz meanwhile {pulse.longest * 1000:.0f} ms, {load()}",
        flush=True,
    )
    return status == 200 and set(replies) == {1}


async def alone_and_together(
    meta: Meta, desk: Desk, door: Door, *, patients: int, turns: int, first: int
) -> tuple[list[str], list[list[str]]]:
    """What a lone patient was told, turn by turn; and what each of many was, mixed in one body."""
    alone, *people = [door.patient(first + n) for n in range(patients + 1)]
    for said, item in enumerate(conversation(door, alone, first_id=f"alone {first}", turns=turns)):
        await meta.post(desk.url, door, door.body(item))
        await meta.until(alone, said + 1)
    theirs = [conversation(door, who, first_id=f"together {who}", turns=turns) for who in people]
    body = door.body(*[item for one_each in zip(*theirs, strict=True) for item in one_each])
    await meta.post(desk.url, door, body)
    await meta.until_all(dict.fromkeys(people, turns))
    return (
        [shown.text for shown in meta.received[alone]],
        [[shown.text for shown in meta.received[who]] for who in people],
    )


async def run(bodies: int, seed: int) -> bool:
    """In a folder of its own. True when nothing went wrong."""
    quarter = bodies // 4
    with tempfile.TemporaryDirectory(prefix="chairside-hostile-") as folder:
        async with Meta() as meta:
            desk = Desk(Path(folder), graph=meta.url)
            await desk.up()
            passed = True
            try:
                for number, door in enumerate(DOORS):
                    for patients in (1000, 50):
                        first = 2_000_000 * (number + 1) + patients * 10
                        passed &= await crowd_in_one_body(meta, desk, door, patients=patients, first=first)
                    told, each_told = await alone_and_together(
                        meta, desk, door, patients=50, turns=20, first=2_500_000 * (number + 1)
                    )
                    in_order = sum(texts == told for texts in each_told)
                    print(f"{door.name}: 1000 mixed turns of 50 patients, in order for {in_order}, {load()}")
                    passed &= in_order == 50
                await bombard(meta, desk, range(1_000_000, 1_000_000 + bodies // 10), seed=seed)  # warms up
                before = desk.memory
                for start in range(0, 4 * quarter, quarter):
                    tally = await bombard(meta, desk, range(start, start + quarter), seed=seed)
                    print(
                        f"bodies {start + quarter}: answered {dict(tally.statuses)},"
                        f" p99 {tally.p99 * 1000:.1f} ms, good messages without a reply {tally.unanswered},"
                        f" memory {before / 1e6:.0f} -> {desk.memory / 1e6:.0f} MB, {load()}",
                        flush=True,
                    )
                    passed &= tally.is_clean
                passed &= desk.memory - before < MOST_GROWTH and not meta.doubled and not desk.troubles
                print(f"doubled {meta.doubled}, troubles in the log: {desk.troubles[:5] or 'none'}")
            finally:
                passed &= desk.stop() == 0
    return passed


def from_command_line(about: str | None, run: Callable[[int, int], Awaitable[bool]], *, bodies: int) -> None:
    """The command line of a bench that posts so many bodies, made from a seed; its exit code says whether
    nothing went wrong."""
    arguments = argparse.ArgumentParser(description=about)
    arguments.add_argument("--bodies", type=int, default=bodies)
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(f"seed {given.seed}, bodies {given.bodies}, {AT_ONCE} at once", flush=True)

    async def whole() -> bool:
        return await run(given.bodies, given.seed)

    passed = asyncio.run(whole())
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    from_command_line(__doc__, run, bodies=10_000)

"""Everything that channels deliver, delivered ten times: in other batches, split, shuffled, at once.

Each patient of three channels writes once, in an entry of its own or beside others. However often and in
whatever company a message comes, it is answered once: replies equal unique events. And statuses of what went
out, in a thousand orders, never take a message back to where it was before.

    python -m bench.deliveries --patients 300 --times 10 --ways 1000 --seed 1
"""

import argparse
import asyncio
import itertools
import json
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bench.desk import Desk, load
from bench.doors import ALL_DOORS, Door, Item
from bench.meta import Meta
from bot.domain.conversation import InboundEvent, InboundKind, SendStatus
from bot.service.inbox.desk import Author
from bot.testing import Surgery

QUESTIONS = ("Dove siete?", "How much is a cleaning?", "Во сколько вы открыты?")
AT_ONCE = 8
LADDER = ("queued", "sending", "uncertain", "sent", "delivered", "read")


def written_by(door: Door, patients: int) -> list[tuple[str, Item]]:
    """One message of each patient; every tenth is a picture."""
    items = []
    for number in range(patients):
        who, id = door.patient(4_000_000 + number), f"unique.{door.name}.{number}"
        picture = number % 10 == 9
        items.append((who, door.picture(who, id) if picture else door.text(who, id, QUESTIONS[number % 3])))
    return items


def deliveries(door: Door, items: Sequence[Item], *, times: int, chance: random.Random) -> list[bytes]:
    """Every item so many times: in batches of 1 to 40, in one entry or in several, in any order."""
    bodies = []
    for _ in range(times):
        waiting = list(items)
        chance.shuffle(waiting)
        while waiting:
            size = chance.choice((1, 1, 2, 5, 40))
            batch, waiting = waiting[:size], waiting[size:]
            cut = chance.randint(0, len(batch))
            parts = [part for part in (batch[:cut], batch[cut:]) if part]
            bodies.append(door.envelope(*[door.entry(*part) for part in parts]))
    chance.shuffle(bodies)
    return [json.dumps(body).encode() for body in bodies]


async def deliver(
    meta: Meta, desk: Desk, *, patients: int, times: int, seed: int, listen: float = 3.0
) -> bool:
    """Whether every patient got exactly one reply."""
    chance = random.Random(seed)
    expected: dict[str, int] = {}
    posts: list[tuple[Door, bytes]] = []
    for door in ALL_DOORS:
        written = written_by(door, patients)
        expected |= {who: 1 for who, _ in written}
        posts += [
            (door, body) for body in deliveries(door, [i for _, i in written], times=times, chance=chance)
        ]
    chance.shuffle(posts)
    waiting = iter(posts)
    statuses: Counter[int] = Counter()

    async def post_on() -> None:
        for door, body in waiting:
            statuses[await meta.post(desk.url, door, body)] += 1

    await asyncio.gather(*[post_on() for _ in range(AT_ONCE)])
    await meta.until_all(expected, within=600)
    await asyncio.sleep(listen)  # a reply too many would come now
    replies = Counter(len(meta.received[who]) for who in expected)
    print(
        f"{len(expected)} unique events, {times} times each in {len(posts)} deliveries: answered"
        f" {dict(statuses)}, replies to each {dict(replies)}, {load()}",
        flush=True,
    )
    return set(statuses) == {200} and replies == {1: len(expected)}


def orders(ways: int, *, seed: int) -> list[tuple[str, ...]]:
    """As many orders of statuses, some of them doubled; a failure comes among them at times."""
    chance = random.Random(seed)
    whole = [*itertools.permutations(("sent", "delivered", "read"))]
    found = []
    for number in range(ways):
        order = list(whole[number % len(whole)])
        for _ in range(chance.randint(0, 3)):
            order.insert(
                chance.randint(0, len(order)), chance.choice(("sent", "delivered", "read", "played"))
            )
        if chance.random() < 0.3:
            order.insert(chance.randint(0, len(order)), "failed")
        found.append(tuple(order))
    return found


async def steps_back(surgery: Surgery, ways: Sequence[tuple[str, ...]]) -> int:
    """How often a message was shown to be less far than before; each order has a message of its own."""
    back = 0
    for number, order in enumerate(ways):
        patient = surgery.patient(f"39347{number:07d}")
        await patient.says(QUESTIONS[0])
        [outbox] = surgery.channel.ids[-1:]
        reached = proved = -1
        for place, state in enumerate(order):
            await surgery.desk.intake.accept([_status(surgery, patient.wa_id, outbox, state, place)])
            view = await surgery.desk.staff.desk.conversation(surgery.contact(patient))
            [shown] = [each.state for each in view.messages if each.author is Author.ASSISTANT]
            assert shown is not None
            now = LADDER.index(shown) if shown in LADDER else reached
            back += now < reached
            # What was delivered has not failed, whatever comes afterwards.
            back += shown == "failed" and proved >= LADDER.index("delivered")
            reached = now
            proved = max(proved, now if shown != "failed" else -1)
    return back


def _status(surgery: Surgery, wa_id: str, outbox: str, state: str, place: int) -> InboundEvent:
    return InboundEvent(
        kind=InboundKind.STATUS,
        channel="whatsapp",
        account="100000000000001",
        id=f"{outbox}:{state}:{place}",
        sender=wa_id,
        at=surgery.clock.now() + timedelta(seconds=place),
        status=SendStatus(state=state, message_id=f"wamid.{outbox}", outbox_id=outbox),
    )


async def run(patients: int, times: int, ways: int, seed: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="chairside-deliveries-") as folder:
        async with Meta() as meta:
            desk = Desk(Path(folder) / "desk", graph=meta.url)
            await desk.up()
            try:
                passed = await deliver(meta, desk, patients=patients, times=times, seed=seed)
                passed &= not meta.doubled and not desk.troubles
            finally:
                passed = (desk.stop() == 0) and passed
        async with Surgery.open(Path(folder) / "surgery") as surgery:
            back = await steps_back(surgery, orders(ways, seed=seed))
        print(f"statuses in {ways} orders: {back} steps back", flush=True)
    return passed and back == 0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--patients", type=int, default=300)
    arguments.add_argument("--times", type=int, default=10)
    arguments.add_argument("--ways", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(f"seed {given.seed}", flush=True)
    passed = asyncio.run(run(given.patients, given.times, given.ways, given.seed))
    print("passed" if passed else "FAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

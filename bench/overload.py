"""Fifty times what it can bear, for a while: statuses give way before messages, and no message is lost.

First it is measured how many messages a second it answers; then fifty times as many events a second are
delivered, three statuses for each message, a hundred of a kind a body. What is answered with 503 comes again,
as from Meta, until it is taken. One twin has no bounds; the other raises what it refuses, so that the frames
of each error keep their hundred events until somebody looks for garbage.
"""

import asyncio
import itertools
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.desk import Desk
from bench.doors import AT, WHATSAPP, signed
from bench.meta import Meta

TIMES = 50
BATCH = 100
QUESTION = "Dove siete?"
#: Bytes by which it may grow meanwhile.
MOST_GROWTH = 250e6
_STATUSES_EACH = 3
_MEASURED_FOR = 4.0
_PATIENTS = 1_000
_AFTER = (0.5, 1, 2, 4, 8, 15, 30, 60)  # seconds after which a body that was refused comes again
_CONNECTIONS = 1_000  # at once; a balancer has no more


@dataclass
class _Seen:
    """While it lasts."""

    refused: Counter[str] = field(default_factory=Counter)  # bodies, by what is in them
    first: dict[str, float] = field(default_factory=dict)  # moment of the first refusal of each
    without_a_moment: int = 0  # 503 that did not say when to come again
    cut_off: int = 0  # requests that ended without an answer: they come again, too
    health: Counter[str] = field(default_factory=Counter)
    most_memory: int = 0


@dataclass(frozen=True, kw_only=True)
class Overload:
    """What became of it."""

    bearable: int  # messages a second
    offered: int  # events a second, those that come again not counted
    messages: int
    statuses: int
    refused_messages: int  # bodies
    refused_statuses: int
    statuses_gave_way_first: bool
    without_retry_after: int
    cut_off: int  # requests without an answer
    lost: int
    unanswered: int  # patients
    health: tuple[str, ...]
    health_afterwards: str
    grown: int  # MB
    seconds: float

    @property
    def is_clean(self) -> bool:
        return (
            self.refused_statuses > 0
            and self.statuses_gave_way_first
            and not (self.lost or self.unanswered or self.without_retry_after)
            and "degraded" in self.health
            and {*self.health} <= {"ok", "degraded"}
            and self.health_afterwards == "ok"
            and self.grown * 1e6 < MOST_GROWTH
        )


async def flood(folder: Path, *, seconds: float, seed: int, twin: str = "") -> Overload:
    """`twin`: what is planted (`bench.planted`)."""
    chance = random.Random(seed)
    planted = {"PLANTED": twin, "CHAIRSIDE_LOG": "CRITICAL"}
    crowd = aiohttp.TCPConnector(limit=_CONNECTIONS)
    async with Meta() as meta, aiohttp.ClientSession(connector=crowd) as http:
        desk = Desk(
            folder, graph=meta.url, environment=planted, command=(sys.executable, "-m", "bench.planted")
        )
        await desk.up()
        try:
            bearable = await _bearable(meta, desk)
            before = desk.memory
            offered = TIMES * bearable
            messages = round(offered * seconds / (1 + _STATUSES_EACH) / BATCH) * BATCH
            bodies = _bodies(messages, chance)
            seen, began = _Seen(most_memory=before), time.monotonic()
            watching = asyncio.create_task(_watch(meta.http, desk, seen))
            pause = BATCH / offered
            async with asyncio.TaskGroup() as tasks:
                for n, (kind, body) in enumerate(bodies):
                    await asyncio.sleep(max(0.0, began + n * pause - time.monotonic()))
                    tasks.create_task(_until_taken(http, desk.url, kind, body, seen))
            await desk.until_quiet(within=600)
            watching.cancel()
            took = time.monotonic() - began
            stored = desk.asked("SELECT count(*) FROM inbox WHERE state = 'done' AND kind = 'text'")[0][0]
            expected = {WHATSAPP.patient(number % _PATIENTS) for number in range(messages)}
            return Overload(
                bearable=bearable,
                offered=round(offered),
                messages=messages,
                statuses=messages * _STATUSES_EACH,
                refused_messages=seen.refused["message"],
                refused_statuses=seen.refused["status"],
                statuses_gave_way_first=seen.first.get("status", 0.0)
                <= seen.first.get("message", time.monotonic()),
                without_retry_after=seen.without_a_moment,
                cut_off=seen.cut_off,
                lost=messages - (stored - _measured(meta)),
                unanswered=sum(not meta.received[who] for who in expected),
                health=tuple(sorted(seen.health)),
                health_afterwards=await _health(meta.http, desk),
                grown=round((seen.most_memory - before) / 1e6),
                seconds=round(took, 1),
            )
        finally:
            desk.stop()


def _stranger(number: int) -> str:
    """Who writes only while it is measured what it bears."""
    return WHATSAPP.patient(1_000_000 + number)


def _measured(meta: Meta) -> int:
    return sum(who >= _stranger(0) for who in meta.received)


async def _bearable(meta: Meta, desk: Desk) -> int:
    """Patients answered in a second, when as many write as can be answered."""
    numbers = itertools.count()
    until = time.monotonic() + _MEASURED_FOR

    async def one_after_the_other() -> None:
        while time.monotonic() < until:
            number = next(numbers)
            item = WHATSAPP.text(_stranger(number), f"wamid.measure.{number}", QUESTION)
            assert await meta.post(desk.url, WHATSAPP, WHATSAPP.body(item)) == 200
            await meta.until(_stranger(number), 1)

    await asyncio.gather(*[one_after_the_other() for _ in range(64)])
    return max(1, round(next(numbers) / _MEASURED_FOR))


def _bodies(messages: int, chance: random.Random) -> list[tuple[str, bytes]]:
    bodies = []
    for start in range(0, messages, BATCH):
        items = [
            WHATSAPP.text(
                WHATSAPP.patient(n % _PATIENTS), f"wamid.flood.{n}", QUESTION, at=AT + n // _PATIENTS
            )
            for n in range(start, start + BATCH)
        ]
        bodies.append(("message", WHATSAPP.body(*items)))
        bodies += [("status", _statuses(start, state)) for state in ("sent", "delivered", "read")]
    chance.shuffle(bodies)
    return bodies


def _statuses(start: int, state: str) -> bytes:
    told = [
        {
            "id": f"wamid.of.somebody.{n}",
            "status": state,
            "timestamp": str(AT),
            "recipient_id": WHATSAPP.patient(n % _PATIENTS),
        }
        for n in range(start, start + BATCH)
    ]
    entry = WHATSAPP.entry()
    value = entry["changes"][0]["value"]
    del value["messages"], value["contacts"]
    value["statuses"] = told
    return json.dumps(WHATSAPP.envelope(entry)).encode()


async def _until_taken(http: aiohttp.ClientSession, url: str, kind: str, body: bytes, seen: _Seen) -> None:
    for after in itertools.chain(_AFTER, itertools.repeat(_AFTER[-1])):
        try:
            status, again = await _post(http, url, body)
        except (aiohttp.ClientError, TimeoutError):
            seen.cut_off += 1
        else:
            if status == 200:
                return
            assert status == 503, status
            seen.refused[kind] += 1
            seen.first.setdefault(kind, time.monotonic())
            seen.without_a_moment += again is None
        await asyncio.sleep(after)


async def _post(http: aiohttp.ClientSession, url: str, body: bytes) -> tuple[int, str | None]:
    async with http.post(url + WHATSAPP.path, data=body, headers=signed(body)) as answer:
        await answer.read()
        return answer.status, answer.headers.get("Retry-After")


async def _watch(http: aiohttp.ClientSession, desk: Desk, seen: _Seen) -> None:
    while True:
        try:
            seen.health[await _health(http, desk)] += 1
        except (aiohttp.ClientError, TimeoutError):
            seen.health["no answer"] += 1
        seen.most_memory = max(seen.most_memory, desk.memory)
        await asyncio.sleep(0.2)


async def _health(http: aiohttp.ClientSession, desk: Desk) -> str:
    """In a word; where something fails, what."""
    async with http.get(f"{desk.url}/healthz") as answer:
        told = await answer.json()
    return ", ".join([told["status"], *told["failing"]])

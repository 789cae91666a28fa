"""Durable turns a second, beside a bare server with the same grouped commits, in one run.

A load generator in this process is Meta: it signs and posts webhooks, and answers the sends. Each
conversation writes its next message when the reply to the last one has arrived. Rounds alternate between the
servers, and between what patients do, so that a machine that slows down slows all alike:

- `taps`: an offered time, then "another time", and again: a hold in the diary, or a search for openings,
  with every turn; nothing to be understood;
- `booking`: bookings up to the last step, of which more than half of the messages are typed;
- `words`: nothing but typed sentences.

    python -m bench.turns --conversations 16 --seconds 5 --rounds 3
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.robot import BOOKED, FIRST_WORDS, NAMES, Shown

SECRET = b"demo-app-secret"
_AFFIRMATIVE = re.compile(r"Sì|Yes|Да")
_OVER = re.compile(r"lasci|annull|altro|aiut", re.IGNORECASE)
_SENTENCES = (
    FIRST_WORDS["it"],
    "lasciamo perdere",
    "quanto costa una pulizia dei denti?",
    "avete posto per un controllo la settimana prossima?",
    "no, ci ripenso, grazie",
    "dove siete, e fino a che ora siete aperti oggi?",
)


class Meta:
    """Posts webhooks, takes sends, and knows when each conversation's reply came."""

    def __init__(self) -> None:
        self.replies: dict[str, asyncio.Queue[Shown]] = {}
        self._count = 0

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v25.0/{account}/messages", self._take)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        payload = json.loads(await request.read())
        if "to" not in payload:  # the patient is shown that somebody is writing
            return web.json_response({"success": True})
        self._count += 1
        wamid = f"wamid.out.{self._count}"
        who = payload["to"].lstrip("+")
        if who in self.replies:
            self.replies[who].put_nowait(Shown.of(wamid, payload))
        return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": wamid}]})


def webhook(number: int, who: str, content: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    message = {"from": who, "id": f"wamid.in.{who}.{number}", "timestamp": str(int(time.time())), **content}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "390200000000", "phone_number_id": "100000000000001"},
        "contacts": [{"profile": {"name": "Anna"}, "wa_id": who}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    entry = {"id": "1", "changes": [change]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    return body, {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}


@dataclass
class Talk:
    """One conversation and how long each reply took; to the floor, which knows no dialogue, it just talks."""

    http: aiohttp.ClientSession
    meta: Meta
    url: str
    who: str
    kind: str
    number: int = 0
    shown: Shown | None = None
    acknowledged: list[float] = field(default_factory=list)
    replied: list[float] = field(default_factory=list)

    async def begin(self) -> None:
        """Up to where what is measured starts: who taps has to be offered something first."""
        self.meta.replies[self.who] = asyncio.Queue()
        if self.kind == "taps":
            while self.number < 8 and not (self.shown and self.shown.openings):
                await self.turn()
        else:
            await self.turn()
        self.acknowledged.clear()
        self.replied.clear()

    async def go_on(self, until: float) -> None:
        while time.monotonic() < until:
            await self.turn()

    def wish(self) -> Mapping[str, Any]:
        """What is written or tapped next."""
        return _NEXT[self.kind](self.shown, self.number)

    async def turn(self) -> None:
        self.number += 1
        body, headers = webhook(self.number, self.who, self.wish())
        began = time.perf_counter()
        async with self.http.post(f"{self.url}/webhooks/whatsapp", data=body, headers=headers) as answer:
            assert answer.status == 200, answer.status
        self.acknowledged.append(time.perf_counter() - began)
        self.shown = await asyncio.wait_for(self.meta.replies[self.who].get(), 60)
        self.replied.append(time.perf_counter() - began)


def _next_of_booking(shown: Shown | None, number: int) -> dict[str, Any]:
    if shown is None or (not shown.choices and (BOOKED.search(shown.text) or _OVER.search(shown.text))):
        return _text(FIRST_WORDS["it"])
    if _AFFIRMATIVE.match(shown.choices[0][0] if shown.choices else ""):
        # Everything but the last step: the hold is let go, so that the diary does not fill up.
        return _text("lasciamo perdere")
    if shown.openings:
        return _tap(*shown.openings[number % len(shown.openings)])
    return _tap(*shown.choices[0]) if shown.choices else _text(NAMES["it"])


def _next_tap(shown: Shown | None, number: int) -> dict[str, Any]:
    if shown is not None and shown.choices and _AFFIRMATIVE.match(shown.choices[0][0]):
        return _tap(*shown.choices[1])  # another time
    return _next_of_booking(shown, number)


def _next_words(shown: Shown | None, number: int) -> dict[str, Any]:
    return _text(_SENTENCES[number % len(_SENTENCES)])


_NEXT: dict[str, Callable[[Shown | None, int], dict[str, Any]]] = {
    "taps": _next_tap,
    "booking": _next_of_booking,
    "words": _next_words,
}


def _text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": words}}


def _tap(title: str, id: str) -> dict[str, Any]:
    reply = {"type": "button_reply", "button_reply": {"id": id, "title": title}}
    return {"type": "interactive", "interactive": reply}


@dataclass
class Measured:
    """What the rounds of one server and one kind of talk came to."""

    seconds: float
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    replied: list[float] = field(default_factory=list)

    def add(self, talks: Sequence[Talk], cpu: float) -> None:
        turns = sum(len(talk.replied) for talk in talks)
        self.rates.append(turns / self.seconds)
        self.cpu.append(1000 * cpu / max(turns, 1))
        for talk in talks:
            self.acknowledged += talk.acknowledged
            self.replied += talk.replied

    def shown(self) -> str:
        return (
            f"{statistics.median(self.rates):6.0f} turns/s"
            f" (rounds {', '.join(f'{rate:.0f}' for rate in self.rates)}),"
            f" {statistics.median(self.cpu):5.2f} ms of CPU a turn, reply {spread(self.replied)},"
            f" acknowledgement {spread(self.acknowledged)}"
        )


def spread(times: Sequence[float]) -> str:
    ordered = sorted(times) or [0.0]
    return (
        f"p50 {ordered[len(ordered) // 2] * 1000:.1f} p99 {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms"
    )


async def measure(
    url: str, meta: Meta, *, kind: str, conversations: int, seconds: float, first: int, process: int
) -> tuple[list[Talk], float]:
    """The talks, and how many seconds of CPU the process used for them."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        talks = [Talk(http, meta, url, f"39347{first + line:07d}", kind) for line in range(conversations)]
        await asyncio.gather(*[talk.begin() for talk in talks])
        used, until = cpu_of(process), time.monotonic() + seconds
        await asyncio.gather(*[talk.go_on(until) for talk in talks])
        return talks, cpu_of(process) - used


def cpu_of(process: int) -> float:
    """Seconds of CPU so far, of all threads (proc(5): utime and stime)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def bench(conversations: int, seconds: float, rounds: int, kinds: Sequence[str]) -> None:
    meta = Meta()
    runner = web.AppRunner(meta.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    graph = f"http://127.0.0.1:{runner.addresses[0][1]}"
    found = {(kind, name): Measured(seconds) for kind in kinds for name in ("front desk", "floor")}
    with tempfile.TemporaryDirectory(prefix="chairside-bench-") as folder:
        servers = {"front desk": start_desk(Path(folder), graph), "floor": _start_floor(graph)}
        try:
            for _, url in servers.values():
                await ready(url)
            first = 0
            for number in range(rounds + 1):
                for kind, name in found:
                    process, url = servers[name]
                    first += 1000
                    talks, cpu = await measure(
                        url,
                        meta,
                        kind=kind,
                        conversations=conversations,
                        seconds=seconds,
                        first=first,
                        process=process.pid,
                    )
                    if number:  # the first round warms up
                        found[kind, name].add(talks, cpu)
        finally:
            for process, _ in servers.values():
                process.terminate()
                process.wait()
            await runner.cleanup()
    print(f"{conversations} conversations, {rounds} rounds of {seconds:g} s each, SQLite synchronous=FULL")
    for kind in kinds:
        ours, bare = found[kind, "front desk"], found[kind, "floor"]
        print(f"{kind:>8}, front desk: {ours.shown()}")
        print(f"{'':>8}  the floor:  {bare.shown()}")
        ratio = statistics.median(a / b for a, b in zip(ours.rates, bare.rates, strict=True))
        cpu = statistics.median(b / a for a, b in zip(ours.cpu, bare.cpu, strict=True))
        print(f"{'':>8}  ratio:      {ratio:.2f} of the floor by turns, {cpu:.2f} by CPU")


def start_desk(data: Path, graph: str) -> "tuple[subprocess.Popen[bytes], str]":
    port = _free_port()
    environment = {
        **os.environ,
        "CHAIRSIDE_GRAPH_URL": graph,
        "CHAIRSIDE_GATHER_SECONDS": "0",
        "CHAIRSIDE_LOG": "ERROR",
    }
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--data", str(data)]
    command += ["--no-browser", "--now", "2026-03-02T08:00+01:00"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    return process, f"http://127.0.0.1:{port}"


def _start_floor(graph: str) -> "tuple[subprocess.Popen[bytes], str]":
    port = _free_port()
    command = [sys.executable, "-m", "bench.floor", "--port", str(port), "--graph", graph]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL), f"http://127.0.0.1:{port}"


async def ready(url: str) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(12_000):  # the first start learns, on a busy machine for minutes
            try:
                async with http.get(f"{url}/healthz") as answer:
                    if answer.status == 200 and b"understanding loads" not in await answer.read():
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise RuntimeError(f"{url} did not come up within ten minutes")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--conversations", type=int, nargs="+", default=[1, 16, 64])
    arguments.add_argument("--seconds", type=float, default=5.0)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--kinds", nargs="+", choices=tuple(_NEXT), default=list(_NEXT))
    given = arguments.parse_args()
    for conversations in given.conversations:
        asyncio.run(bench(conversations, given.seconds, given.rounds, given.kinds))


if __name__ == "__main__":
    main()

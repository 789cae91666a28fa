"""Durable turns a second, beside a bare server with the same grouped commits, in one run.

A load generator in this process is Meta: it signs and posts webhooks, and answers the sends. Each
conversation writes its next message when the reply to the last one has arrived. Rounds alternate between the
two servers, so that a machine that slows down slows both.

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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.robot import BOOKED, FIRST_WORDS, NAMES, OPENING, Shown

SECRET = b"demo-app-secret"
_AFFIRMATIVE = re.compile(r"Sì|Yes|Да")
_OVER = re.compile(r"lasci|annull|altro|aiut", re.IGNORECASE)


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


async def converse(
    http: aiohttp.ClientSession, meta: Meta, url: str, who: str, until: float, times: list[float]
) -> None:
    """Nearly books, again and again; to the floor, which knows no dialogue, it just keeps talking."""
    replies = meta.replies[who] = asyncio.Queue()
    shown: Shown | None = None
    number = 0
    while time.monotonic() < until:
        number += 1
        body, headers = webhook(number, who, _next(shown, number))
        began = time.perf_counter()
        async with http.post(f"{url}/webhooks/whatsapp", data=body, headers=headers) as answer:
            assert answer.status == 200, answer.status
        shown = await asyncio.wait_for(replies.get(), 30)
        times.append(time.perf_counter() - began)


def _next(shown: Shown | None, number: int) -> dict[str, Any]:
    if shown is None or (not shown.choices and (BOOKED.search(shown.text) or _OVER.search(shown.text))):
        return {"type": "text", "text": {"body": FIRST_WORDS["it"]}}
    if _AFFIRMATIVE.match(shown.choices[0][0] if shown.choices else ""):
        # Everything but the last step: the hold is let go, so that the diary does not fill up.
        return {"type": "text", "text": {"body": "lasciamo perdere"}}
    openings = [choice for choice in shown.choices if OPENING.search(choice[0])]
    if openings:
        return _tap(*openings[number % len(openings)])
    if shown.choices:
        return _tap(*shown.choices[0])
    return {"type": "text", "text": {"body": NAMES["it"]}}


def _tap(title: str, id: str) -> dict[str, Any]:
    reply = {"type": "button_reply", "button_reply": {"id": id, "title": title}}
    return {"type": "interactive", "interactive": reply}


async def measure(url: str, meta: Meta, *, conversations: int, seconds: float, first: int) -> list[float]:
    times: list[float] = []
    until = time.monotonic() + seconds
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        people = [f"39347{first + line:07d}" for line in range(conversations)]
        await asyncio.gather(*[converse(http, meta, url, who, until, times) for who in people])
    return times


async def bench(conversations: int, seconds: float, rounds: int) -> None:
    meta = Meta()
    runner = web.AppRunner(meta.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    graph = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with tempfile.TemporaryDirectory(prefix="chairside-bench-") as folder:
        desk, desk_url = _start_desk(Path(folder), graph)
        floor, floor_url = _start_floor(graph)
        try:
            await _ready(desk_url)
            await _ready(floor_url)
            rates: dict[str, list[float]] = {"front desk": [], "floor": []}
            waits: dict[str, list[float]] = {"front desk": [], "floor": []}
            for number in range(rounds + 1):
                for name, url in (("front desk", desk_url), ("floor", floor_url)):
                    first = number * 1000 + (500 if name == "floor" else 0)
                    times = await measure(
                        url, meta, conversations=conversations, seconds=seconds, first=first
                    )
                    if number:  # the first round warms up
                        rates[name].append(len(times) / seconds)
                        waits[name] += times
        finally:
            for process in (desk, floor):
                process.terminate()
                process.wait()
            await runner.cleanup()
    _print(conversations, seconds, rounds, rates, waits)


def _print(
    conversations: int,
    seconds: float,
    rounds: int,
    rates: dict[str, list[float]],
    waits: dict[str, list[float]],
) -> None:
    print(f"{conversations} conversations, {rounds} rounds of {seconds:g} s each, SQLite synchronous=FULL")
    for name in rates:
        ordered = sorted(waits[name])
        p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        print(
            f"{name:>11}: {statistics.median(rates[name]):7.0f} turns/s"
            f" (rounds {', '.join(f'{rate:.0f}' for rate in rates[name])}),"
            f" webhook to reply p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
        )
    ratios = [ours / bare for ours, bare in zip(rates["front desk"], rates["floor"], strict=True)]
    print(f"      ratio: {statistics.median(ratios):.2f} of the floor")


def _start_desk(data: Path, graph: str) -> "tuple[subprocess.Popen[bytes], str]":
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


async def _ready(url: str) -> None:
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
    given = arguments.parse_args()
    for conversations in given.conversations:
        asyncio.run(bench(conversations, given.seconds, given.rounds))


if __name__ == "__main__":
    main()

"""What a practice feels at a steady pace: so many messages a second, however long an answer takes.

`bench.turns` asks for the most that can be done; here patients write when they write. By default as many
messages a second as Meta lets one number send (80), the front desk on one core, and each reply followed by
its statuses as Meta sends them (sent, delivered, read). Printed: from the webhook to the reply, from the
webhook to its acknowledgement, the share of a core that was used, and what is resident at the end.

    python -m bench.pace                              # 80 a second for 20 s, 400 patients
    python -m bench.pace --rate 25 --seconds 600      # with the statuses, a hundred webhooks a second
    python -m bench.pace --patients 10000             # everybody who wrote stays known
"""

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import random
import subprocess
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.turns import SECRET, Meta, Talk, cpu_of, ready, spread, start_desk

_STATUSES = ("sent", "delivered", "read")


class Following(Meta):
    """Meta that follows up each send with its statuses, and counts how many were acknowledged."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        super().__init__()
        self._http = http
        self._under_way: set[asyncio.Task[None]] = set()
        self.url = ""
        self.acknowledged: list[float] = []

    async def _take(self, request: web.Request) -> web.Response:
        payload = json.loads(await request.read())
        answer = await super()._take(request)
        if self.url and "to" in payload:
            wamid = json.loads(answer.text or "{}")["messages"][0]["id"]
            task = asyncio.create_task(self._follow_up(wamid, payload))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return answer

    async def drained(self) -> None:
        """Every status has been told."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def _follow_up(self, wamid: str, payload: dict[str, Any]) -> None:
        for status in _STATUSES:
            await asyncio.sleep(random.uniform(0.05, 0.5))
            body, headers = _status(wamid, payload, status)
            began = time.perf_counter()
            async with self._http.post(f"{self.url}/webhooks/whatsapp", data=body, headers=headers) as answer:
                assert answer.status == 200, answer.status
            self.acknowledged.append(time.perf_counter() - began)


def _status(wamid: str, payload: dict[str, Any], status: str) -> tuple[bytes, dict[str, str]]:
    told = {
        "id": wamid,
        "status": status,
        "timestamp": str(int(time.time())),
        "recipient_id": payload["to"].lstrip("+"),
        "biz_opaque_callback_data": payload.get("biz_opaque_callback_data"),
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "390200000000", "phone_number_id": "100000000000001"},
        "statuses": [told],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    return body, {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}


async def bench(rate: float, seconds: float, patients: int, cores: int, kind: str, seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="chairside-bench-") as folder:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            meta = Following(http)
            runner = web.AppRunner(meta.application(), access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            process, url = start_desk(Path(folder), f"http://127.0.0.1:{runner.addresses[0][1]}")
            try:
                os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
                await ready(url)
                meta.url = url
                talks = [Talk(http, meta, url, f"39347{line:07d}", kind) for line in range(patients)]
                for start in range(0, patients, 20):  # up to where each is offered something
                    await asyncio.gather(*[talk.begin() for talk in talks[start : start + 20]])
                meta.acknowledged.clear()
                chance.shuffle(talks)
                used, began = cpu_of(process.pid), time.monotonic()
                late = await _at_pace(talks, rate, seconds, chance)
                await meta.drained()
                took, used = time.monotonic() - began, cpu_of(process.pid) - used
                _tell(process, meta, talks, took=took, used=used, late=late)
            finally:
                process.terminate()
                process.wait()
                await runner.cleanup()


async def _at_pace(talks: list[Talk], rate: float, seconds: float, chance: random.Random) -> int:
    """Everybody in turn, at moments that chance has chosen. How often all were still waiting for a reply."""
    idle, under_way, late = deque(talks), set[asyncio.Task[None]](), 0
    until = at = time.monotonic()
    until += seconds
    while (at := at + chance.expovariate(rate)) < until:
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        if not idle:
            late += 1
            continue
        talk = idle.popleft()
        task = asyncio.create_task(talk.turn())
        under_way.add(task)

        def over(task: asyncio.Task[None], talk: Talk = talk) -> None:
            under_way.discard(task)
            task.result()
            idle.append(talk)

        task.add_done_callback(over)
    if under_way:
        await asyncio.gather(*under_way)
    return late


def _tell(
    process: "subprocess.Popen[bytes]",
    meta: Following,
    talks: list[Talk],
    *,
    took: float,
    used: float,
    late: int,
) -> None:
    replied = [each for talk in talks for each in talk.replied]
    acknowledged = [each for talk in talks for each in talk.acknowledged] + meta.acknowledged
    print(f"messages {len(replied)} ({len(replied) / took:.1f} a second), statuses {len(meta.acknowledged)}")
    print(f"reply {spread(replied)}, acknowledgement {spread(acknowledged)}, not written in time {late}")
    print(f"of a core {used / took:.2f}, {1000 * used / max(1, len(replied)):.2f} ms of CPU a message")
    print(f"resident {resident(process.pid):.0f} MB")


def resident(process: int) -> float:
    """Megabytes of memory that the process holds now."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return float("nan")


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rate", type=float, default=80.0)
    arguments.add_argument("--seconds", type=float, default=20.0)
    arguments.add_argument("--patients", type=int, default=400)
    arguments.add_argument("--cores", type=int, default=1)
    arguments.add_argument("--kind", choices=("taps", "booking", "words"), default="booking")
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    print(
        f"seed {given.seed}: {given.rate:g} messages a second for {given.seconds:g} s"
        f" by {given.patients} patients, {given.kind}, on {given.cores} core(s)",
        flush=True,
    )
    asyncio.run(bench(given.rate, given.seconds, given.patients, given.cores, given.kind, given.seed))


if __name__ == "__main__":
    main()

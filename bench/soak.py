"""A desk under patients and random faults for a while: do memory, descriptors and tables grow without end?

Patients book without pause while the desk is frozen for a moment or killed at random. Memory and descriptors
are read from /proc in each life of the process, and told as slopes; afterwards the judge of `make crash`.

    python -m bench.soak --minutes 30 --seed 1
"""

import argparse
import asyncio
import os
import random
import signal
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp

from bench import crash
from bench.robot import Robot

Sample = tuple[float, float, int]  # seconds of this life, MB, descriptors


def sample(server: crash.Server, since: float) -> Sample:
    pid = server.pid
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return time.monotonic() - since, pages * os.sysconf("SC_PAGE_SIZE") / 1e6, descriptors


def slope(points: list[tuple[float, float]]) -> float:
    """Per hour."""
    if len({x for x, _ in points}) < 2:
        return 0.0
    return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope * 3600


async def run(minutes: float, seed: int, kills: bool) -> bool:
    chance, tally = random.Random(seed), crash.Tally()
    with tempfile.TemporaryDirectory(prefix="chairside-soak-") as folder:
        graph_port, port = crash.free_port(), crash.free_port()
        graph, webhook = f"http://127.0.0.1:{graph_port}", f"http://127.0.0.1:{port}/webhooks/whatsapp"
        stand_in = crash.start_stand_in(graph_port, webhook, seed, Path(folder) / "history.jsonl")
        server = crash.Server(Path(folder), port, graph, None)
        lives: list[list[Sample]] = []
        try:
            async with aiohttp.ClientSession() as http:
                server.start()
                await server.ready(http)
                await crash.until_listening(http, graph)
                robots: list[Robot] = []
                over = asyncio.Event()
                patients = [
                    asyncio.create_task(crash.keep_booking(http, graph, seed, line, robots, over, tally))
                    for line in range(crash.PATIENTS_AT_ONCE)
                ]
                until, began = time.monotonic() + minutes * 60, time.monotonic()
                lives.append([])
                while time.monotonic() < until:
                    await asyncio.sleep(chance.uniform(1, 5))
                    lives[-1].append(sample(server, began))
                    fault = chance.random()
                    if fault < 0.1:
                        os.kill(server.pid, signal.SIGSTOP)
                        await asyncio.sleep(chance.uniform(0.2, 2))
                        os.kill(server.pid, signal.SIGCONT)
                    elif kills and fault < 0.13:
                        tally.kills[server.kill()] += 1
                        server.start()
                        await server.ready(http)
                        began = time.monotonic()
                        lives.append([])
                over.set()
                await asyncio.gather(*patients)
                await asyncio.sleep(3)
                await crash.judge(http, graph, Path(folder), Path(folder) / crash.HISTORY, robots, tally)
                waiting, rows = _left_over(Path(folder)), _rows(Path(folder))
        finally:
            server.stop()
            stand_in.terminate()
            stand_in.wait()
    longest = max(lives, key=len)
    settled = longest[len(longest) // 4 :]  # the first quarter fills caches
    memory, descriptors = slope([(t, mb) for t, mb, _ in settled]), slope([(t, n) for t, _, n in settled])
    print(tally.shown())
    print(
        f"longest life {longest[-1][0]:.0f} s: memory {longest[-1][1]:.0f} MB, {memory:+.1f} MB an hour;"
        f" descriptors {longest[-1][2]}, {descriptors:+.1f} an hour; left over: {waiting}"
    )
    said = max(tally.sent_by_patients, 1)
    print("rows a message:", ", ".join(f"{table} {count / said:.2f}" for table, count in rows))
    return tally.is_clean and not any(waiting.values())


def _rows(data: Path) -> list[tuple[str, int]]:
    """The largest tables: what grows faster than messages come in grows without end."""
    with sqlite3.connect(data / "chairside.db") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counted = [
            (name, database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in tables
        ]
    return sorted(counted, key=lambda each: -each[1])[:8]


def _left_over(data: Path) -> dict[str, int]:
    with sqlite3.connect(data / "chairside.db") as database:
        asked = {
            "messages": "SELECT count(*) FROM inbox WHERE state = 'new'",
            "replies": "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'uncertain')",
        }
        return {name: database.execute(query).fetchone()[0] for name, query in asked.items()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=2.0)
    arguments.add_argument("--seed", type=int, default=20260302)
    arguments.add_argument("--no-kills", action="store_true", help="one life, for the slope of its memory")
    given = arguments.parse_args()
    print(f"seed {given.seed}, {given.minutes:g} minutes", flush=True)
    passed = asyncio.run(run(given.minutes, given.seed, not given.no_kills))
    print("\npassed" if passed else "\nFAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

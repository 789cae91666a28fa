"""kill -9 in the middle of bookings: nothing lost, nothing doubled, one booking each. And twins that fail.

Patients book without pause through a Graph API stand-in in its own process, while the server is killed again
and again: a byte in a shared file says which stage it was in when it died. Afterwards an independent look at
what the stand-in accepted, and at the diary, decides.

    python -m bench.crash --kills 200 --seed 1
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiohttp

from bench import nursery
from bench.doubles import doubles
from bench.robot import NoAnswer, Robot
from bot.service.upkeep.probe import STAGES, stage_in
from bot.source import content

HISTORY = "history.jsonl"
#: Where a ledger matters: its twin is hit there, since a random kill rarely falls between two milliseconds.
AROUND_ACTIONS = ("between action and commit", "commit")
#: Seconds within which the server dies after a stage has begun: a request takes as long to be answered.
WITHIN = {"sending": 0.004, "commit": 0.002}
#: What each twin lacks matters here.
TWINS_TARGETS = {"ledger off": AROUND_ACTIONS, "blind resend": ("sending",)}
PATIENTS_AT_ONCE = 4
NOW = "2026-03-02T08:00+01:00"
#: Seconds for a status. A wait begins anew with each life, and these lives are short: what has to wait for
#: longer than most of them last waits for most of the run.
WAIT = 1.0


@dataclass
class Tally:
    """What a run came to."""

    kills: Counter[str] = field(default_factory=Counter)
    patients: int = 0
    booked: int = 0
    sent_by_patients: int = 0
    lost: int = 0
    doubled: int = 0
    doubled_unknowing: int = 0  # no status had come in time: see bench.doubles
    bookings_missing: int = 0
    bookings_doubled: int = 0
    holds_left: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.bookings_missing or self.bookings_doubled)

    @property
    def neglects_a_stage(self) -> bool:
        """Each must have its share of the kills, where there are enough to share."""
        total = self.kills.total()
        return total >= 100 and min(self.kills[stage] for stage in STAGES) < 0.05 * total

    def shown(self) -> str:
        share = ", ".join(f"{stage} {self.kills[stage]}" for stage in STAGES if self.kills[stage])
        return (
            f"kills {self.kills.total()} ({share})\n"
            f"patients {self.patients}, their messages {self.sent_by_patients}, bookings {self.booked}\n"
            f"lost {self.lost}, doubled {self.doubled}"
            f" (and {self.doubled_unknowing} whose status came too late),"
            f" bookings missing {self.bookings_missing}, patients booked twice {self.bookings_doubled}"
            + ("\na stage had fewer than 5 % of the kills" if self.neglects_a_stage else "")
        )


def far_ahead(folder: Path) -> Path:
    """The demo's practice, bookable for a year: in sixty days a thousand patients fill its diary."""
    own = folder / "practice.yml"
    shipped = content("practice.yml").read_text(encoding="utf-8")
    own.write_text(re.sub(r"(?m)^horizon_days: \d+", "horizon_days: 365", shipped), encoding="utf-8")
    return own


class Server:
    """`chairside demo` in a process of its own, to be killed."""

    def __init__(self, data: Path, port: int, graph: str, twin: str | None) -> None:
        self.data = data
        self.port = port
        self.stage_file = data / "stage"
        self.stage_file.write_bytes(b"\0")
        self._environment = {
            **os.environ,
            "CHAIRSIDE_PRACTICE": str(far_ahead(data)),
            "CHAIRSIDE_GRAPH_URL": graph,
            "CHAIRSIDE_STAGE_FILE": str(self.stage_file),
            "CHAIRSIDE_GATHER_SECONDS": "0.02",
            "CHAIRSIDE_WAIT_FOR_STATUS": str(WAIT),
            "CHAIRSIDE_LOG": os.environ.get("CHAIRSIDE_LOG", "CRITICAL"),
            "CHAIRSIDE_NLU_CACHE": os.environ.get("CHAIRSIDE_NLU_CACHE")
            or str(Path(tempfile.gettempdir()) / "chairside-bench-nlu"),
        }
        if twin == "ledger off":
            self._environment["CHAIRSIDE_TWIN_WITHOUT_LEDGER"] = "1"
        if twin == "blind resend":
            self._environment["CHAIRSIDE_TWIN_BLIND_RESEND"] = "1"
        self._process: BaseProcess | None = None

    def start(self) -> None:
        self._process = NURSERY.Process(
            target=nursery.demo, args=(self.port, self.data, self._environment, NOW)
        )
        self._process.start()

    async def ready(self, http: aiohttp.ClientSession) -> None:
        for _ in range(12_000):  # the first start learns, on a busy machine for minutes
            assert self._process is not None
            if not self._process.is_alive():
                raise RuntimeError(f"the server ended by itself with status {self._process.exitcode}")
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
                    if answer.status == 200 and b"understanding loads" not in await answer.read():
                        return
            await asyncio.sleep(0.05)
        raise RuntimeError("the server did not come up within ten minutes")

    def kill(self) -> str:
        """kill -9; returns the stage that it died in."""
        assert self._process is not None
        self._process.kill()
        self._process.join()
        return stage_in(self.stage_file)

    @property
    def pid(self) -> int:
        assert self._process is not None and self._process.pid is not None
        return self._process.pid

    def stop(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
            self._process.join(20)


#: Servers are born from a process that has loaded everything.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["bench.nursery"])


async def run(kills: int, seed: int, twin: str | None) -> Tally:
    """One run in a folder of its own."""
    chance = random.Random(seed)
    tally = Tally()
    targets = TWINS_TARGETS.get(twin or "", STAGES)
    with tempfile.TemporaryDirectory(prefix="chairside-crash-") as folder:
        graph_port, port = free_port(), free_port()
        graph = f"http://127.0.0.1:{graph_port}"
        webhook = f"http://127.0.0.1:{port}/webhooks/whatsapp"
        stand_in = start_stand_in(graph_port, webhook, seed, Path(folder) / HISTORY)
        server = Server(Path(folder), port, graph, twin)
        try:
            async with aiohttp.ClientSession() as http:
                server.start()
                await server.ready(http)
                await until_listening(http, graph)
                robots: list[Robot] = []
                over = asyncio.Event()
                patients = [
                    asyncio.create_task(keep_booking(http, graph, seed, line, robots, over, tally))
                    for line in range(PATIENTS_AT_ONCE)
                ]
                for number in range(kills):
                    await until_somebody_is_answered(robots)
                    await asyncio.sleep(chance.uniform(0.0, 0.5))
                    target = targets[number % len(targets)]
                    await wait_for_stage(server.stage_file, target)
                    stay_in(target, chance)
                    tally.kills[server.kill()] += 1
                    if number % 20 == 19:
                        print(f"  {number + 1} kills, {sum(r.booked for r in robots)} bookings", flush=True)
                    server.start()
                    await server.ready(http)
                over.set()
                await asyncio.gather(*patients)
                await asyncio.sleep(3)  # a reply too many would come now
                await judge(http, graph, Path(folder), Path(folder) / HISTORY, robots, tally)
        finally:
            server.stop()
            stand_in.terminate()
            stand_in.wait()
    return tally


async def keep_booking(
    http: aiohttp.ClientSession,
    graph: str,
    seed: int,
    line: int,
    robots: list[Robot],
    over: asyncio.Event,
    tally: Tally,
) -> None:
    """One patient after the other; the last one finishes after the last kill."""
    number = 0
    while not over.is_set():
        language = ("it", "en")[(number + line) % 2]
        robot = Robot(f"39333{line:02d}{number:05d}", language, graph, http, seed=seed, pause=0.1)
        robots.append(robot)
        number += 1
        try:
            await robot.book()
        except NoAnswer as lost:
            print(f"  {lost}")
            tally.lost += 1


async def until_somebody_is_answered(robots: list[Robot]) -> None:
    """Crashes that come faster than any answer would only show that nothing gets done meanwhile."""
    before = sum(len(robot.seen) for robot in robots)
    until = time.monotonic() + 20
    while sum(len(robot.seen) for robot in robots) == before and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def wait_for_stage(file: Path, stage: str) -> None:
    """Looks as often as it can, for a second at most: stages last about a millisecond."""
    until = time.monotonic() + 1
    while time.monotonic() < until:
        for _ in range(400):
            if stage_in(file) == stage:
                return
        await asyncio.sleep(0)


def stay_in(stage: str, chance: random.Random) -> None:
    """So that a server dies within a stage and not only as it begins. It holds up this process: whatever else
    ran meanwhile would make the moment later than was drawn."""
    time.sleep(chance.uniform(0.0, WITHIN.get(stage, 0.0)))


async def judge(
    http: aiohttp.ClientSession,
    graph: str,
    data: Path,
    history: Path,
    robots: list[Robot],
    tally: Tally,
    environment: Mapping[str, str] | None = None,
) -> None:
    """From the stand-in's side and the diary's, not from what the server believes."""
    async with http.get(f"{graph}/stand-in/messages") as answer:
        accepted = (await answer.json())["messages"]
    for each in doubles(history):
        tally.doubled += each.is_fault(WAIT)
        tally.doubled_unknowing += not each.is_fault(WAIT)
        print(f"  doubled: {each}")
    replies = Counter(message["payload"]["to"].lstrip("+") for message in accepted)
    # More replies than messages to one patient is a double, too, whatever ids it carries.
    tally.doubled += sum(max(0, replies[r.wa_id] - r.said) for r in robots if not _has_repeats(r, accepted))
    tally.patients = len(robots)
    tally.sent_by_patients = sum(robot.said for robot in robots)
    rows = await asyncio.to_thread(_diary, data, environment)
    booked = Counter(row["patient"] for row in rows if row["status"] == "booked")
    tally.booked = booked.total()
    tally.bookings_doubled = sum(1 for times in booked.values() if times > 1)
    tally.bookings_missing = max(0, sum(robot.booked for robot in robots) - len(booked))
    tally.holds_left = sum(1 for row in rows if row["status"] == "held")
    never = [robot for robot in robots if not robot.booked]
    if never:
        print(f"  {len(never)} patients did not get to a booking; the last that they saw:")
        for robot in never:
            print("   ", " | ".join(shown.text.replace("\n", " ")[-90:] for shown in robot.seen[-4:]))


def _has_repeats(robot: Robot, accepted: list[dict[str, object]]) -> bool:
    mine = [m for m in accepted if str(m["payload"]["to"]).lstrip("+") == robot.wa_id]  # type: ignore[index]
    ids = [m["payload"].get("biz_opaque_callback_data") for m in mine]  # type: ignore[attr-defined]
    return len(set(ids)) < len(ids)


def _diary(data: Path, environment: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """As anybody can read it: `chairside diary --json` beside the running server."""
    command = [sys.executable, "-m", "bot", "diary", "--data", str(data), "--json"]
    rows: list[dict[str, str]] = json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout
    )
    return rows


def start_stand_in(port: int, webhook: str, seed: int, history: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "bench.stand_in", "--port", str(port), "--webhook", webhook]
    return subprocess.Popen([*command, "--seed", str(seed), "--history", str(history)])


async def until_listening(http: aiohttp.ClientSession, graph: str) -> None:
    for _ in range(200):
        with contextlib.suppress(aiohttp.ClientError):
            async with http.get(f"{graph}/stand-in/state") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.05)
    raise RuntimeError("the stand-in did not come up")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--twin-kills", type=int, default=40)
    arguments.add_argument("--seed", type=int, default=20260302)
    arguments.add_argument("--no-twins", action="store_true")
    given = arguments.parse_args()
    failed = False
    print(f"seed {given.seed}, kills {given.kills}, {PATIENTS_AT_ONCE} patients at once", flush=True)
    tally = asyncio.run(run(given.kills, given.seed, None))
    print(tally.shown(), flush=True)
    failed |= not tally.is_clean
    failed |= tally.neglects_a_stage
    for twin in () if given.no_twins else ("ledger off", "blind resend"):
        print(f"\ntwin: {twin}, kills {given.twin_kills} (must not be clean)", flush=True)
        tally = asyncio.run(run(given.twin_kills, given.seed, twin))
        print(tally.shown(), flush=True)
        failed |= tally.is_clean
    print("\nFAILED" if failed else "\npassed", flush=True)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()

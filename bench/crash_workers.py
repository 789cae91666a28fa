"""Workers on one PostgreSQL, one of them killed or frozen again and again: nothing lost, nothing doubled.

A door stands before the workers, as a balancer would: whoever is up gets the webhook. A killed worker starts
again at once, while the others take over what it had; a frozen one sleeps until the others have taken its
conversations, and then wakes up with a message in its hands. With one worker it is killed and starts again.

    python -m bench.crash_workers --kills 100 --freezes 20 --seed 1
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import tempfile
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiohttp
from aiohttp import web

from bench import crash, nursery
from bench.robot import Robot
from bot.bootstrap import DEMO_ENVIRONMENT
from bot.service.upkeep.probe import STAGES, stage_in
from tests.postgresql import fresh_database

#: A silent worker is taken for dead after so many seconds; frozen ones sleep for longer.
PATIENCE = 4.0
FROZEN_FOR = PATIENCE + 3


class Worker:
    """`chairside serve` in a process of its own."""

    def __init__(self, folder: Path, url: str, graph: str, *, patience: float = PATIENCE) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.port = crash.free_port()
        self.stage_file = folder / "stage"
        self.stage_file.write_bytes(b"\0")
        self.environment = {
            **os.environ,
            **DEMO_ENVIRONMENT,
            "CHAIRSIDE_PRACTICE": str(crash.far_ahead(folder)),
            "CHAIRSIDE_DATABASE_URL": url,
            "CHAIRSIDE_MASTER_KEY": bytes(range(32)).hex(),
            "CHAIRSIDE_GRAPH_URL": graph,
            "CHAIRSIDE_STAGE_FILE": str(self.stage_file),
            "CHAIRSIDE_GATHER_SECONDS": "0.02",
            "CHAIRSIDE_WAIT_FOR_STATUS": str(crash.WAIT),
            "CHAIRSIDE_WORKER_PATIENCE": str(patience),
            "CHAIRSIDE_LOG": os.environ.get("CHAIRSIDE_LOG", "CRITICAL"),
            "CHAIRSIDE_NLU_CACHE": os.environ.get("CHAIRSIDE_NLU_CACHE")
            or str(Path(tempfile.gettempdir()) / "chairside-bench-nlu"),
        }
        self.process: BaseProcess | None = None
        self.is_up = False

    async def start(self, http: aiohttp.ClientSession) -> None:
        given = (self.port, self.folder, self.environment)
        self.process = crash.NURSERY.Process(target=nursery.serve, args=given)
        self.process.start()
        for _ in range(12_000):
            if not self.process.is_alive():
                raise RuntimeError(f"a worker ended by itself with status {self.process.exitcode}")
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                    if answer.status == 200:
                        self.is_up = True
                        return
            await asyncio.sleep(0.05)

    def kill(self) -> str:
        assert self.process is not None
        self.is_up = False
        self.process.kill()
        self.process.join()
        return stage_in(self.stage_file)

    async def freeze(self, seconds: float) -> str:
        assert self.process is not None and self.process.pid is not None
        self.is_up = False
        os.kill(self.process.pid, signal.SIGSTOP)
        stage = stage_in(self.stage_file)
        await asyncio.sleep(seconds)
        os.kill(self.process.pid, signal.SIGCONT)
        self.is_up = True
        return stage

    async def restart(self, http: aiohttp.ClientSession) -> float:
        """As a new version is put in place: SIGTERM, and up again. Returns how long it took to go."""
        assert self.process is not None
        self.is_up = False
        began = time.monotonic()
        self.process.terminate()
        await asyncio.to_thread(self.process.join, 30)
        if self.process.is_alive():
            raise RuntimeError("a worker did not end within 30 s of SIGTERM")
        took = time.monotonic() - began
        await self.start(http)
        return took

    def stop(self) -> None:
        if self.process is not None and self.process.is_alive():
            self.process.terminate()
            self.process.join(20)


class Door:
    """Hands each webhook to a worker that is up; where none takes it, Meta is to send it again."""

    def __init__(self, workers: list[Worker], http: aiohttp.ClientSession, chance: random.Random) -> None:
        self._workers = workers
        self._http = http
        self._chance = chance

    async def open(self, port: int) -> web.AppRunner:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/webhooks/whatsapp", self._hand_over)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner

    async def _hand_over(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in request.headers if name.startswith("X-Hub")}
        up = [worker for worker in self._workers if worker.is_up]
        self._chance.shuffle(up)
        for worker in up:
            url = f"http://127.0.0.1:{worker.port}/webhooks/whatsapp"
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                limit = aiohttp.ClientTimeout(total=3)
                async with self._http.post(url, data=body, headers=headers, timeout=limit) as answer:
                    if answer.status == 200:
                        return web.Response(text="ok\n")
        return web.Response(status=502)


async def _in_stage(workers: list[Worker], stage: str, chance: random.Random) -> Worker:
    """Whoever is first seen in that stage; anybody when that takes too long."""
    until = time.monotonic() + 3
    while time.monotonic() < until:
        for _ in range(200):
            for worker in workers:
                if worker.stage_file.read_bytes()[0] == STAGES.index(stage):
                    crash.stay_in(stage, chance)
                    return worker
        await asyncio.sleep(0)
    return chance.choice(workers)


async def run(workers: int, kills: int, freezes: int, restarts: int, seed: int) -> crash.Tally:
    chance = random.Random(seed)
    tally = crash.Tally()
    frozen: Counter[str] = Counter()
    ended: list[float] = []
    with tempfile.TemporaryDirectory(prefix="chairside-workers-") as folder:
        url, graph_port, door_port = fresh_database(), crash.free_port(), crash.free_port()
        history = Path(folder) / crash.HISTORY
        graph = f"http://127.0.0.1:{graph_port}"
        webhook = f"http://127.0.0.1:{door_port}/webhooks/whatsapp"
        stand_in = crash.start_stand_in(graph_port, webhook, seed, history)
        staff = [Worker(Path(folder) / f"{number}", url, graph) for number in range(workers)]
        try:
            async with aiohttp.ClientSession() as http:
                for worker in staff:  # the first one migrates and learns
                    await worker.start(http)
                door = await Door(staff, http, chance).open(door_port)
                await crash.until_listening(http, graph)
                robots: list[Robot] = []
                over = asyncio.Event()
                patients = [
                    asyncio.create_task(crash.keep_booking(http, graph, seed, line, robots, over, tally))
                    for line in range(crash.PATIENTS_AT_ONCE)
                ]
                faults = ["kill"] * kills + ["freeze"] * freezes + ["restart"] * restarts
                chance.shuffle(faults)
                for number, fault in enumerate(faults):
                    await crash.until_somebody_is_answered(robots)
                    worker = await _in_stage(staff, STAGES[number % len(STAGES)], chance)
                    if fault == "kill":
                        tally.kills[worker.kill()] += 1
                        await worker.start(http)
                    elif fault == "restart":
                        ended.append(await worker.restart(http))
                    else:
                        frozen[await worker.freeze(FROZEN_FOR)] += 1
                    if number % 20 == 19:
                        print(f"  {number + 1} faults, {sum(r.booked for r in robots)} bookings", flush=True)
                over.set()
                await asyncio.gather(*patients)
                await asyncio.sleep(3)  # a reply too many would come now
                await crash.judge(http, graph, staff[0].folder, history, robots, tally, staff[0].environment)
                await door.cleanup()
        finally:
            for worker in staff:
                worker.stop()
            stand_in.terminate()
            stand_in.wait()
    shares = ", ".join(f"{stage} {frozen[stage]}" for stage in STAGES if frozen[stage])
    print(f"frozen for {FROZEN_FOR:.0f} s: {frozen.total()} ({shares or 'none'})")
    if ended:
        print(f"restarted {len(ended)}, gone after {max(ended):.1f} s at most")
    return tally


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--kills", type=int, default=40)
    arguments.add_argument("--freezes", type=int, default=10)
    arguments.add_argument("--restarts", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    if given.workers < 2 and given.freezes:
        raise SystemExit("whoever is frozen needs somebody who takes over: --workers 2, or --freezes 0")
    print(
        f"seed {given.seed}, workers {given.workers}, kills {given.kills}, freezes {given.freezes},"
        f" restarts {given.restarts}",
        flush=True,
    )
    tally = asyncio.run(run(given.workers, given.kills, given.freezes, given.restarts, given.seed))
    print(tally.shown(), flush=True)
    passed = tally.is_clean and not tally.neglects_a_stage
    print("\npassed" if passed else "\nFAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

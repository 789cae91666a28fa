"""An older version at work while a newer one migrates its database: patients book all the while.

The older version is that of an earlier commit, taken out of the repository's history into a folder of its
own: by default what there was before the newest migration. On PostgreSQL it is a worker beside which a newer
one starts; on SQLite a server beside which a command of the newer version is run. Patients book with the
older one before, during and after the migration. Started once more, it must not work on a database that it
does not know.

    python -m bench.beside --seed 1 [--postgresql] [--older COMMIT]
"""

import argparse
import asyncio
import contextlib
import io
import random
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import aiohttp
from sqlalchemy import text

from bench import crash
from bench.crash_workers import Door, Worker
from bench.robot import Robot
from bot.storage.engine.database import Database, sqlite_url
from bot.storage.migrations import HEAD
from tests.postgresql import fresh_database

_VERSIONS = "bot/storage/migrations/versions"
_ROOT = Path(__file__).parent.parent


class OlderWorker(Worker):
    """`chairside serve` of the version in `tree`."""

    def __init__(self, tree: Path, folder: Path, url: str, graph: str) -> None:
        super().__init__(folder, url, graph)
        del self.environment["CHAIRSIDE_PRACTICE"]  # its own: it may not know every key of ours
        self._tree = tree
        self._running: subprocess.Popen[bytes] | None = None

    def begin(self) -> "subprocess.Popen[bytes]":
        serve = [sys.executable, "-m", "bot", "serve", "--port", str(self.port), "--data", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(serve, cwd=self._tree, env=self.environment, stdout=log, stderr=log)

    async def start(self, http: aiohttp.ClientSession) -> None:
        self._running = self.begin()
        for _ in range(6000):
            if self._running.poll() is not None:
                raise RuntimeError(f"the older version ended by itself: {self.said()}")
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                    if answer.status == 200:
                        self.is_up = True
                        return
            await asyncio.sleep(0.05)

    def said(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-600:]

    def stop(self) -> None:
        self.is_up = False
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait(20)


def before_the_newest_migration() -> str:
    """The commit before the one that brought it."""
    newest = next((_ROOT / _VERSIONS).glob(f"{HEAD}_*.py"))
    brought = _git("log", "--diff-filter=A", "--format=%H", "--", str(newest.relative_to(_ROOT))).split()
    if not brought:
        raise SystemExit("there is no history here: clone the repository with all of it, or name --older")
    return _git("rev-parse", f"{brought[-1]}^").strip()


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=_ROOT, check=True, capture_output=True, text=True).stdout


def take_out(commit: str, tree: Path) -> None:
    packed = subprocess.run(["git", "archive", commit], cwd=_ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(tree, filter="data")


def revision(url: str) -> str:
    database = Database(url)
    found = database.read_now(
        lambda c: c.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    )
    database.close()
    return str(found)


async def run(older: str, seed: int, bookings: int, *, postgresql: bool) -> bool:
    chance, tally, faults = random.Random(seed), crash.Tally(), []
    with tempfile.TemporaryDirectory(prefix="chairside-beside-") as folder:
        tree, history = Path(folder) / "older", Path(folder) / crash.HISTORY
        take_out(older, tree)
        data = Path(folder) / "data"
        url = fresh_database() if postgresql else sqlite_url(data / "chairside.db")
        graph_port, door_port = crash.free_port(), crash.free_port()
        graph, webhook = f"http://127.0.0.1:{graph_port}", f"http://127.0.0.1:{door_port}/webhooks/whatsapp"
        stand_in = crash.start_stand_in(graph_port, webhook, seed, history)
        old = OlderWorker(tree, data, url, graph)
        new = Worker(Path(folder) / "newer", url, graph)
        workers: list[Worker] = [old]
        robots: list[Robot] = []
        over = asyncio.Event()

        async def more() -> None:
            """So many further bookings, of patients who are already writing and of others."""
            wanted = sum(robot.booked for robot in robots) + bookings
            async with asyncio.timeout(240):
                while sum(robot.booked for robot in robots) < wanted:  # noqa: ASYNC110 - robots ring no bell
                    await asyncio.sleep(0.1)

        try:
            first = crash.NURSERY.Process(target=int)  # all is loaded before anybody writes
            first.start()
            first.join()
            async with aiohttp.ClientSession() as http:
                await old.start(http)
                await crash.until_listening(http, graph)
                door = await Door(workers, http, chance).open(door_port)
                patients = [
                    asyncio.create_task(crash.keep_booking(http, graph, seed, line, robots, over, tally))
                    for line in range(crash.PATIENTS_AT_ONCE)
                ]
                await more()
                began_at = revision(url)
                if postgresql:
                    await new.start(http)  # migrates
                else:
                    await asyncio.to_thread(crash._diary, data, new.environment)  # so does any command
                migrated_to = revision(url)
                await more()  # all of them with the older one
                if postgresql:
                    workers.append(new)
                    await more()
                    old.stop()
                    await more()
                second = (
                    old.begin()
                    if postgresql
                    else OlderWorker(tree, Path(folder) / "second", url, graph).begin()
                )
                if await asyncio.to_thread(second.wait, 120) == 0:
                    faults.append("the older version ended well on a database that it does not know")
                over.set()
                await asyncio.gather(*patients)
                await asyncio.sleep(3)  # a reply too many would come now
                await crash.judge(http, graph, data, history, robots, tally, new.environment)
                await door.cleanup()
                if tally.bookings_missing:
                    print(
                        *(f"  {robot.wa_id}: {robot.seen[-1].text!r}" for robot in robots if robot.seen),
                        sep="\n",
                    )
        finally:
            for worker in (old, new):
                worker.stop()
            stand_in.terminate()
            stand_in.wait()
    print(f"the database was {began_at}, then {migrated_to}")
    if began_at == migrated_to:
        faults.append("nothing was migrated")
    print(tally.shown(), *faults, sep="\n", flush=True)
    return tally.is_clean and not faults


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--older", help="a commit; else the one before the newest migration")
    arguments.add_argument("--bookings", type=int, default=10, help="before, during and after each step")
    arguments.add_argument("--postgresql", action="store_true")
    arguments.add_argument("--seed", type=int, default=20260302)
    given = arguments.parse_args()
    older = given.older or before_the_newest_migration()
    name = "PostgreSQL" if given.postgresql else "SQLite"
    print(
        f"seed {given.seed}, {name}, older version {older[:12]}, {given.bookings} bookings a step", flush=True
    )
    passed = asyncio.run(run(older, given.seed, given.bookings, postgresql=given.postgresql))
    print("\npassed" if passed else "\nFAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

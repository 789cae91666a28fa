"""A database that cannot be written for a while, and one whose log was removed, while patients book.

The real server on loopback, patients who book without pause, and: the file locked by somebody else for 1, 5
and 30 s; a disk that takes no more writes; the server killed, its write-ahead log removed, and put back. A
webhook is answered 200 only when its message is stored (Meta's stand-in sends the others again), every
message is answered once in the end, and whoever watches hears of it within ten seconds. The twins:
acknowledged before it is stored; and gone on without the log, as SQLite would.

    python -m bench.locked --seed 1 [--faults locked-1,locked-30,read-only,log-removed] [--no-twins]
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench import crash, nursery
from bench.robot import NoAnswer, Robot
from bot.service.intake import Intake

FAULTS = ("locked-1", "locked-5", "locked-30", "read-only", "log-removed")
#: Seconds within which /healthz has to fail where a fault lasts for longer than this.
ALARM = 10.0
_READ_ONLY = 15.0
_PATIENTS = 4


@dataclass
class Told:
    """What became of one fault."""

    tally: crash.Tally = field(default_factory=crash.Tally)
    alarm_after: float | None = None
    answers: Counter[str] = field(default_factory=Counter)  # to webhooks while the fault lasted
    not_stored: float = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return self.tally.is_clean and not self.faults

    def shown(self) -> str:
        alarm = "none" if self.alarm_after is None else f"{self.alarm_after:.1f} s"
        answers = ", ".join(f"{status} {count}" for status, count in sorted(self.answers.items())) or "none"
        tally = self.tally
        return (
            f"  meanwhile webhooks were answered: {answers}; /healthz failed after: {alarm};"
            f" not_stored {self.not_stored:.0f}\n"
            f"  patients {tally.patients}, messages {tally.sent_by_patients}, bookings {tally.booked}, lost"
            f" {tally.lost}, doubled {tally.doubled} (+{tally.doubled_unknowing} late statuses), bookings"
            f" missing {tally.bookings_missing}, twice {tally.bookings_doubled}\n"
            + "".join(f"  FAULT: {fault}\n" for fault in self.faults)
        )


class HastyServer(crash.Server):
    """The twin: Meta hears "I have it" before it is stored."""

    def start(self) -> None:
        given = (self.port, self.data, self._environment, crash.NOW)
        self._process = crash.NURSERY.Process(target=hasty, args=given)
        self._process.start()


def hasty(port: int, data: Path, environment: dict[str, str], now: str) -> None:
    accept = Intake.accept
    under_way: set[asyncio.Task[Any]] = set()

    async def accepts(self: Intake, events: Sequence[Any]) -> Any:
        task = asyncio.create_task(accept(self, events))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        await asyncio.wait({task}, timeout=0.05)
        return await task if task.done() and not task.exception() else _NOTHING

    Intake.accept = accepts  # type: ignore[method-assign]  # the twin: a fault is planted
    nursery.demo(port, data, environment, now)


class _Nothing:
    conversations: tuple[str, ...] = ()
    repeats = 0


_NOTHING = _Nothing()


class Scene:
    """A server, its stand-in of Meta, and patients who book."""

    def __init__(self, folder: Path, seed: int, *, hasty: bool, patience: float) -> None:
        self.folder = folder
        self.seed = seed
        self.told = Told()
        self.patience = patience
        self.history = folder / crash.HISTORY
        graph_port, port = crash.free_port(), crash.free_port()
        self.graph = f"http://127.0.0.1:{graph_port}"
        self.url = f"http://127.0.0.1:{port}"
        webhook = f"{self.url}/webhooks/whatsapp"
        self.stand_in = crash.start_stand_in(graph_port, webhook, seed, self.history)
        self.server = (HastyServer if hasty else crash.Server)(folder, port, self.graph, None)
        self.robots: list[Robot] = []
        self._over = asyncio.Event()

    @property
    def database(self) -> Path:
        return self.folder / "chairside.db"

    async def play(
        self, fault: Callable[["Scene", aiohttp.ClientSession], Coroutine[Any, Any, None]]
    ) -> Told:
        try:
            async with aiohttp.ClientSession() as http:
                self.server.start()
                await self.server.ready(http)
                await crash.until_listening(http, self.graph)
                patients = [asyncio.create_task(self._books(http, line)) for line in range(_PATIENTS)]
                for _ in range(3):
                    await crash.until_somebody_is_answered(self.robots)
                began = self._told_so_far()
                await fault(self, http)
                self._count_answers(began)
                for _ in range(3):
                    await crash.until_somebody_is_answered(self.robots)
                self._over.set()
                await asyncio.gather(*patients)
                await asyncio.sleep(3)  # a reply too many would come now
                await self._settled(http)
                await crash.judge(http, self.graph, self.folder, self.history, self.robots, self.told.tally)
                self._look_at_the_file()
        finally:
            self.server.stop()
            self.stand_in.terminate()
            self.stand_in.wait()
        return self.told

    async def _books(self, http: aiohttp.ClientSession, line: int) -> None:
        number = 0
        while not self._over.is_set():
            language = ("it", "en")[(number + line) % 2]
            who = f"39333{line:02d}{number:05d}"
            robot = Robot(who, language, self.graph, http, seed=self.seed, pause=0.1, patience=self.patience)
            self.robots.append(robot)
            number += 1
            try:
                await robot.book()
            except NoAnswer as lost:
                print(f"  {lost}")
                self.told.tally.lost += 1

    async def watch(self, http: aiohttp.ClientSession, seconds: float) -> None:
        """Asks how it is, as whoever restarts containers does, for as long as the fault lasts."""
        began = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    with contextlib.suppress(aiohttp.ClientError):
                        async with http.get(f"{self.url}/healthz") as answer:
                            if answer.status == 503 and self.told.alarm_after is None:
                                self.told.alarm_after = time.monotonic() - began
                    await asyncio.sleep(0.2)

    async def _settled(self, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{self.url}/metrics") as answer:
            for line in (await answer.text()).splitlines():
                if line.startswith("chairside_webhooks_total") and 'outcome="not_stored"' in line:
                    self.told.not_stored += float(line.rsplit(" ", 1)[1])
        async with http.get(f"{self.url}/healthz") as answer:
            if answer.status != 200:
                self.told.faults.append(f"afterwards it is not well: {await answer.text()}")

    def _told_so_far(self) -> int:
        return self.history.stat().st_size

    def _count_answers(self, began: int) -> None:
        with self.history.open("rb") as history:
            history.seek(began)
            for line in history:
                event = json.loads(line)
                if event["event"] in ("webhook_delivered", "webhook_not_taken"):
                    self.told.answers[str(event["http_status"] or "no answer")] += 1
        odd = set(self.told.answers) - {"200", "503", "no answer"}
        if odd:
            self.told.faults.append(f"webhooks were answered {', '.join(sorted(odd))}")

    def _look_at_the_file(self) -> None:
        """No half state: nothing waits, nothing is set aside, nobody is booked twice at a time."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
            asked = {
                "messages wait": "SELECT count(*) FROM inbox WHERE state = 'new'",
                "messages are set aside": "SELECT count(*) FROM inbox WHERE state = 'dead'",
                "replies wait": "SELECT count(*) FROM outbox"
                " WHERE state IN ('queued', 'sending', 'uncertain')",
                "replies are failed": "SELECT count(*) FROM outbox WHERE state = 'failed'",
            }
            found = {name: database.execute(query).fetchone()[0] for name, query in asked.items()}
        self.told.faults += [f"{count} {name}" for name, count in found.items() if count]
        if said != "ok":
            self.told.faults.append(f"integrity_check: {said}")


async def locked(scene: Scene, http: aiohttp.ClientSession, seconds: float) -> None:
    """Somebody else writes, and does not come to an end."""
    with contextlib.closing(sqlite3.connect(scene.database, timeout=10, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await scene.watch(http, seconds)
        other.execute("ROLLBACK")
    told = scene.told
    if seconds < ALARM and told.answers["503"]:
        told.faults.append("a webhook was refused that could have waited")
    _check_alarm(told, seconds)


async def read_only(scene: Scene, http: aiohttp.ClientSession) -> None:
    """The system refuses each write to a file. What a file system that has turned read-only says (EROFS), it
    says as EFBIG here, for which nobody needs to be root; SQLite makes the same of both."""
    _, hard = resource.prlimit(scene.server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(scene.server.pid, resource.RLIMIT_FSIZE, (0, hard))
    await scene.watch(http, _READ_ONLY)
    resource.prlimit(scene.server.pid, resource.RLIMIT_FSIZE, (hard, hard))
    _check_alarm(scene.told, _READ_ONLY)


def _check_alarm(told: Told, seconds: float) -> None:
    if seconds > ALARM and (told.alarm_after is None or told.alarm_after > ALARM):
        told.faults.append(f"/healthz did not fail within {ALARM:.0f} s")


async def log_removed(scene: Scene, http: aiohttp.ClientSession) -> None:
    """Killed; the log taken away; a start refuses; the log put back."""
    scene.server.kill()
    log, aside = Path(f"{scene.database}-wal"), scene.folder / "aside"
    log.rename(aside)
    scene.server.start()
    began = time.monotonic()
    try:
        await scene.server.ready(http)
        scene.told.faults.append("it went on without its log")
        return
    except RuntimeError:
        scene.told.alarm_after = time.monotonic() - began  # nothing answers, and the log says why
    if scene.told.alarm_after > ALARM + os.getloadavg()[0] * 3:
        scene.told.faults.append(f"it took {scene.told.alarm_after:.0f} s to refuse")
    aside.rename(log)
    scene.server.start()
    await scene.server.ready(http)


async def gone_on_without_log(scene: Scene, http: aiohttp.ClientSession) -> None:
    """The twin: what SQLite does where nobody looks."""
    scene.server.kill()
    for ending in ("-wal", "-shm"):
        Path(f"{scene.database}{ending}").unlink()
    scene.server.start()
    await scene.server.ready(http)


async def run(fault: str, seed: int, *, twin: bool = False) -> Told:
    """One fault, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="chairside-locked-") as folder:
        is_log = fault == "log-removed"
        scene = Scene(Path(folder), seed, hasty=twin and not is_log, patience=40 if twin else 120)
        if is_log:
            return await scene.play(gone_on_without_log if twin else log_removed)
        if fault == "read-only":
            return await scene.play(read_only)
        seconds = float(fault.removeprefix("locked-"))
        return await scene.play(lambda scene, http: locked(scene, http, seconds))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--faults", default=",".join(FAULTS), help="locked-SECONDS, read-only, log-removed"
    )
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--seed", type=int, default=20260302)
    arguments.add_argument("--no-twins", action="store_true")
    given = arguments.parse_args()
    faults = given.faults.split(",")
    print(f"seed {given.seed}, SQLite, {_PATIENTS} patients at once, rounds {given.rounds}", flush=True)
    passed = True
    for number in range(given.rounds):
        for fault in faults:
            told = asyncio.run(run(fault, given.seed + number))
            print(f"{fault}\n{told.shown()}", end="", flush=True)
            passed &= told.is_clean
    for fault in () if given.no_twins else ("read-only", "log-removed"):
        told = asyncio.run(run(fault, given.seed, twin=True))
        print(f"twin of {fault} (must not be clean)\n{told.shown()}", end="", flush=True)
        passed &= not told.is_clean
    print("\npassed" if passed else "\nFAILED", flush=True)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()

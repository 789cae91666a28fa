"""`chairside demo` in a process of its own, as the benches and the tests at the wire start it."""

import asyncio
import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from bot.bootstrap import DEMO_ENVIRONMENT

_LEFT = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'new'),"
    " (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'uncertain'))"
)
NOW = "2026-03-02T08:00+01:00"  # a Monday morning in Milan


class Desk:
    """Writes its log to a file in its data folder; `environment` is added to this process's own. `command` is
    what `demo` and its options follow; `now` is where its clock starts."""

    def __init__(
        self,
        data: Path,
        *,
        graph: str,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (sys.executable, "-m", "bot"),
        folder: Path | None = None,
        now: str = NOW,
    ) -> None:
        self.data = data
        self.now = now
        self.port = free_port()
        self._command = command
        self._folder = folder  # to start in
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = data / "log"
        self._said = data / "said"
        self._environment = {
            **os.environ,
            "CHAIRSIDE_GRAPH_URL": graph,
            "CHAIRSIDE_GATHER_SECONDS": "0.1",
            "CHAIRSIDE_LOG": "WARNING",
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def up(self) -> None:
        """Starts it; returns when it answers. Raises RuntimeError when it does not within two minutes."""
        self._start()
        await self._ready()

    def _start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log, self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [*self._command, *self._arguments()],
                env=self._environment,
                cwd=self._folder,
                stdout=said,
                stderr=log,
            )

    def _arguments(self) -> list[str]:
        place = ["--port", str(self.port), "--data", str(self.data)]
        return ["demo", *place, "--now", self.now, "--no-browser"]

    async def _ready(self) -> None:
        assert self._process is not None
        async with aiohttp.ClientSession() as http:
            for _ in range(6000):
                if self._process.poll() is not None:
                    raise RuntimeError(f"the server ended by itself: {self.log[-2000:]}")
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"{self.url}/healthz") as answer:
                        if answer.status == 200 and b"understanding loads" not in await answer.read():
                            return
                await asyncio.sleep(0.1)
        raise RuntimeError("the server did not come up within ten minutes")

    def stop(self, *, within: float = 20) -> int:
        """SIGTERM; returns its status. One that takes longer is killed, and TimeoutExpired raised."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            return self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def said(self) -> str:
        """What it wrote on the terminal, such as the link for staff."""
        return self._said.read_text(errors="replace") if self._said.exists() else ""

    @property
    def troubles(self) -> list[str]:
        """Whatever its log says that should never be said: tracebacks, and errors it tells of itself. That
        no status comes back is true of `bench.meta`."""
        return [
            line
            for line in self.log.splitlines()
            if "Traceback" in line or ('"level": "error"' in line and '"subscription_lost"' not in line)
        ]

    @property
    def memory(self) -> int:
        """Resident bytes."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    def visits(self) -> list[tuple[str, int]]:
        """(practitioner, start) of every booked visit, as the database has it, whatever the server says."""
        return self.asked(
            "SELECT practitioner, starts_at FROM appointment WHERE status = 'booked' ORDER BY 2, 1"
        )

    async def until_quiet(self, *, within: float = 120.0) -> bool:
        """Nothing waits to be answered or to be sent; False when that takes longer."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if not any(self.asked(_LEFT)[0]):
                return True
            await asyncio.sleep(0.5)
        return False

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says, read beside the server."""
        path = f"file:{self.data / 'chairside.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True, timeout=30)) as connection:
            return connection.execute(query).fetchall()


class Serving(Desk):
    """`chairside serve`, with the machine's clock: Meta's pace is kept, as it is not in a demo."""

    def __init__(self, data: Path, *, graph: str, environment: Mapping[str, str] | None = None) -> None:
        secret = {"CHAIRSIDE_MASTER_KEY": bytes(range(32)).hex()}
        super().__init__(data, graph=graph, environment={**DEMO_ENVIRONMENT, **secret, **(environment or {})})

    def _arguments(self) -> list[str]:
        return ["serve", "--port", str(self.port), "--data", str(self.data)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def load() -> str:
    """How busy the machine is, for figures that depend on it."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"

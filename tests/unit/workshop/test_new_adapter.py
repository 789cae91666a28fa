"""`chairside practice-system new`: what is written passes lint, runs, and keeps every promise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.workshop.new_adapter import write_adapter


def run(folder: Path, *command: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_what_is_written_passes_lint_and_its_own_tests(tmp_path: Path) -> None:
    folder = tmp_path / "chairside-soft_dent"
    written = write_adapter("soft_dent", folder)
    lint = run(folder, "ruff", "check", "--select", "E,F,W,I,UP,B,SIM", ".")
    layout = run(folder, "ruff", "format", "--check", ".")
    tests = run(folder, "pytest", "-q", "-p", "no:cacheprovider")

    assert folder / "tests" / "test_soft_dent.py" in written
    assert lint[0] == 0, lint[1]
    assert layout[0] == 0, layout[1]
    assert tests[0] == 0, tests[1]
    assert "example" not in "".join(path.read_text().lower() for path in written)


@pytest.mark.parametrize(
    ("name", "said"), [("Soft Dent", "lower-case"), ("google", "already"), ("../x", "lower-case")]
)
def test_a_name_that_cannot_be_used_is_told(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=said):
        write_adapter(name, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_nobodys_folder_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="--to"):
        write_adapter("soft_dent", tmp_path)

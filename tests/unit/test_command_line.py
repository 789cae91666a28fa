"""The border of the command line: whatever is wrong on this machine is said in a line, with what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def chairside(*arguments: str | Path, at: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def test_a_file_that_is_no_database_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "chairside.db").write_text("garbage " * 200)
    done = chairside("data", "vacuum", "--data", tmp_path / "d", at=tmp_path)

    assert done.returncode == 1
    assert "the database cannot be used: file is not a database" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_told_with_what_to_look_at(tmp_path: Path) -> None:
    nobody = "postgresql+psycopg://a:b@127.0.0.1:1/x"
    done = chairside("data", "set-aside", at=tmp_path, CHAIRSIDE_DATABASE_URL=nobody)

    assert done.returncode == 1
    assert "CHAIRSIDE_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    done = chairside("diary", "export", tmp_path / "nowhere" / "o.csv", "--data", tmp_path / "d", at=tmp_path)

    assert (done.returncode, done.stderr) == (
        1,
        f"chairside: {tmp_path / 'nowhere' / 'o.csv'} cannot be read or written: No such file or directory\n",
    )


def test_a_file_in_the_place_of_the_data_folder_is_no_matter_of_ports(tmp_path: Path) -> None:
    (tmp_path / "afile").touch()
    done = chairside("demo", "--no-browser", "--port", "18433", "--data", tmp_path / "afile", at=tmp_path)

    assert done.returncode == 1
    assert "afile cannot be read or written: File exists" in done.stderr
    assert "--port" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "demo", "stand-in"])
def test_a_port_that_no_machine_has_is_refused(tmp_path: Path, command: str) -> None:
    done = chairside(command, "--port", "99999999", at=tmp_path)

    assert done.returncode == 2
    assert "65535" in done.stderr


@pytest.mark.parametrize("command", [("move", "--to", "new", "--from"), ("set-aside", "--data")])
def test_a_mistyped_folder_is_no_empty_database(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = chairside("data", *command, tmp_path / "typo", at=tmp_path)

    assert done.returncode == 1
    assert f"there is no database in {tmp_path / 'typo'}" in done.stderr
    assert not (tmp_path / "typo").exists()


CASES = """\
test_cases:
  - test_case: books a check-up
    steps:
      - user: I'd like to book a check-up
        assertions: [{flow_started: new_patient_consult}]
      - user: James Smith
        assertions: [{slot_was_set: [{name: patient_name, value: James Smith}]}]
"""


def test_trying_things_out_touches_neither_the_practices_database_nor_its_own_software(
    tmp_path: Path,
) -> None:
    """Both would take the bookings of a test for a patient's."""
    practice = (ROOT / "practice.yml").read_text("utf-8")
    practice += (
        "practice_system:\n  kind: caldav\n  options: {url: 'http://127.0.0.1:1/', user: u}\n"
        "  secrets: {password: env:P}\n  practitioners: {rossi: Rossi, bianchi: Bianchi}\n"
    )
    (tmp_path / "practice.yml").write_text(practice, encoding="utf-8")
    (tmp_path / "case.yml").write_text(CASES, encoding="utf-8")
    theirs = {
        "CHAIRSIDE_PRACTICE": str(tmp_path / "practice.yml"),
        "CHAIRSIDE_DATABASE_URL": "postgresql+psycopg://a:b@127.0.0.1:1/x",
        "P": "secret",
    }
    done = chairside("test", tmp_path / "case.yml", at=tmp_path, **theirs)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout

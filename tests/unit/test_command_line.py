"""The border of the command line: whatever is wrong on this machine is said in a line, with what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def chairside(
    *arguments: str | Path, at: Path, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=typed,
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
    (tmp_path / "none.json").write_text("[]")
    chairside("diary", "--add", tmp_path / "none.json", "--data", tmp_path / "d", at=tmp_path)
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


@pytest.mark.parametrize(
    "command",
    [
        ("data", "move", "--to", "new", "--from"),
        ("data", "set-aside", "--data"),
        ("diary", "--data"),
        ("desk", "--data"),
        ("unread", "--data"),
    ],
)
def test_a_mistyped_folder_is_no_empty_database(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = chairside(*command, tmp_path / "typo", at=tmp_path)

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


def test_a_practice_without_whatsapp_can_be_tried_out_in_the_terminal(tmp_path: Path) -> None:
    whole = (ROOT / "practice.yml").read_text(encoding="utf-8")
    (tmp_path / "practice.yml").write_text(
        re.sub(r"(?m)^(whatsapp|messenger|instagram):.*\n(?:[ #-].*\n)*", "", whole), encoding="utf-8"
    )
    done = chairside(
        "chat", at=tmp_path, typed="What are your opening hours?\n\n", CHAIRSIDE_PRACTICE="practice.yml"
    )

    assert "9:00–13:00" in done.stdout


def test_whoever_checks_hears_that_the_file_beside_them_was_not_read(tmp_path: Path) -> None:
    (tmp_path / "practice.yml").write_text("name: Mine\n")
    done = chairside("check", "--no-explore", at=tmp_path)

    assert f"{tmp_path / 'practice.yml'} was not read; for that, set CHAIRSIDE_PRACTICE" in done.stderr


@pytest.mark.parametrize(
    ("lines", "mistake"),
    [
        (
            "canned_answers:\n  where: {it: A, en: 'in {practice_adress}', ru: A}\n",
            'E-REF "practice_adress" is nothing that this file tells; did you mean "practice_address"?',
        ),
        ("practice_system:\n  kind: goggle\n", 'E-VALUE practice_system.kind is "goggle"'),
    ],
)
def test_what_only_the_running_desk_would_find_out_the_check_finds_with_its_line(
    tmp_path: Path, lines: str, mistake: str
) -> None:
    whole = (ROOT / "practice.yml").read_text(encoding="utf-8")
    (tmp_path / "practice.yml").write_text(f"{whole}\n{lines}", encoding="utf-8")
    number = whole.count("\n") + 3
    done = chairside("check", "--no-explore", at=tmp_path, CHAIRSIDE_PRACTICE="practice.yml")

    assert done.returncode == 1
    assert f"practice.yml:{number}:" in done.stdout and mistake in done.stdout

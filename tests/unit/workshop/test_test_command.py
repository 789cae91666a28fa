"""`chairside test`, `check` and `chat` as an integrator calls them."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from kitchen import KITCHEN_IS_FREE, folder
from typer.testing import CliRunner

from bot.commands.command_line import cli
from bot.errors import ChairsideError, ContentRefused

CASES = f"""\
# Ordering, as most people do it.
{KITCHEN_IS_FREE}
test_cases:
  - test_case: orders
    steps:
      - user: I want a large pizza
      - bot: "What goes on top?" # the question
      - user: mushrooms
      - bot: |
          Where do you live?
      - user: via dei Platani 5
      - bot: One large pizza with mushrooms to via dei Platani 5.
"""


def _chairside(*arguments: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": ""},
        cwd=at,
    )


def _run(*arguments: str | Path) -> tuple[int, str]:
    """Exit status and output, within this process."""
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if isinstance(done.exception, (ChairsideError, ContentRefused)):
        return 1, str(done.exception)
    return done.exit_code, done.output


def test_a_run_tells_failures_coverage_and_junit_and_its_status_is_1(tmp_path: Path) -> None:
    content = folder(tmp_path)
    (tmp_path / "cases.yml").write_text(CASES, encoding="utf-8")

    done = _chairside(
        *("test", "--content", content, "cases.yml", "--junit", "out/junit.xml"),
        *("--coverage", "out/coverage.json"),
        at=tmp_path,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert 'FAILED orders\ncases.yml:11:14: expected bot: "What goes on top?"\n' in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 failed (0 checks held, 2 skipped) in ")
    coverage = json.loads((tmp_path / "out" / "coverage.json").read_text())
    assert {flow["flow"]: flow["covered"] for flow in coverage["failed"]["flows"]} == {
        "order_pizza": 2,
        "ask_address": 0,
        "track_order": 0,
    }
    assert ET.parse(tmp_path / "out" / "junit.xml").getroot().get("failures") == "1"


def test_update_rewrites_what_the_bot_says_and_nothing_else(tmp_path: Path) -> None:
    content, file = folder(tmp_path), tmp_path / "cases.yml"
    file.write_text(CASES, encoding="utf-8")

    status, told = _run("test", "--content", content, file, "--update")
    again, told_again = _run("test", "--content", content, file, "--update")

    assert file.read_text(encoding="utf-8") == CASES.replace("What goes on top?", "What goes on it?").replace(
        "|\n          Where do you live?", '"Where shall we bring it?"'
    )
    assert (status, again) == (0, 0)
    assert told.splitlines()[:3] == [
        f'{file}:11:14: "What goes on top?" -> "What goes on it?"',
        f'{file}:13:14: "Where do you live?\\n" -> "Where shall we bring it?"',
        "2 expectations rewritten.",
    ]
    assert told_again.splitlines()[0] == "Nothing to rewrite."


def test_without_update_no_file_is_touched(tmp_path: Path) -> None:
    content, file = folder(tmp_path), tmp_path / "cases.yml"
    file.write_text(CASES, encoding="utf-8")

    status, _ = _run("test", "--content", content, file)

    assert (status, file.read_text(encoding="utf-8")) == (1, CASES)


@pytest.mark.parametrize("form", [["--coverage"], ["--coverage={}"], ["--coverage", "{}"]])
def test_the_coverage_file_may_be_left_out(tmp_path: Path, form: list[str]) -> None:
    content, file, told = folder(tmp_path), tmp_path / "cases.yml", tmp_path / "told.json"
    file.write_text(CASES, encoding="utf-8")

    _, output = _run("test", "--content", content, *(each.format(told) for each in form), file)

    assert "order_pizza" in output
    assert told.exists() is (form != ["--coverage"])


def test_test_files_within_the_content_are_found(tmp_path: Path) -> None:
    content = folder(tmp_path)
    (content / "tests").mkdir()
    (content / "tests" / "orders.yml").write_text(CASES, encoding="utf-8")

    _, output = _run("test", "--content", content)

    assert "FAILED orders" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["test"], "name the test files, or a folder of them"),
        (["test", "--content", "{}/content"], "no test cases in"),
        (["test", "--content", "{}/content", "{}/nowhere.yml"], "nowhere.yml does not exist"),
        (["test", "--content", "{}/nowhere"], "does not exist; name a folder of flows"),
        (["test", "--content", "{}/content", "--actions", "{}/actions.py"], "actions.py:1:1: E-ACTION"),
        (["chat", "--content", "{}/content", "--language", "it"], '--language "it" is not spoken here'),
    ],
)
def test_what_cannot_be_run_is_told_with_a_remedy(tmp_path: Path, arguments: list[str], message: str) -> None:
    folder(tmp_path)
    (tmp_path / "actions.py").write_text("import nothing_of_that_name\n", encoding="utf-8")

    status, told = _run(*(each.format(tmp_path) for each in arguments))

    assert (status, message in told) == (1, True), told


def test_any_content_can_be_talked_to_in_the_terminal(tmp_path: Path) -> None:
    content = folder(tmp_path)
    arguments = ["chat", "--content", str(content), "--trace"]

    done = CliRunner().invoke(cli, arguments, input="I want a pizza\n2\n/SetSlots(topping=ham)\n\n")

    assert done.exit_code == 0
    for line in ("Which size?", "  [2] Large", "What goes on it?", "  stack now   order_pizza at 1_topping"):
        assert line in done.output.splitlines()
    assert 'content runs "action_check_kitchen", which nothing offers' in done.output


def test_any_content_can_be_checked(tmp_path: Path) -> None:
    content = folder(tmp_path)

    status, output = _run("check", "--content", content)
    (content / "more.yml").write_text("flows: {eat: {description: eat, stepps: []}}\n", encoding="utf-8")
    broken, told = _run("check", "--content", content)

    assert (status, "content: " in output) == (0, True), output
    assert (broken, 'content/more.yml:1:33: E-KEY flow "eat" has no key "stepps"' in told) == (1, True), told

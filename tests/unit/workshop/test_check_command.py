"""`chairside check`: for people, for editors, for a build that must stop."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.commands.command_line import cli
from bot.source import content as ours

GOOD = """
slots:
  day: {type: text}
responses:
  utter_ask_day: [{text: "Day?"}]
  utter_done: [{text: "Done."}]
flows:
  ask:
    description: ask
    steps:
      - collect: day
      - action: utter_done
"""
WARNED = GOOD.replace("{type: text}", "{type: text, min_value: 1}")
WRONG = GOOD.replace("collect: day", "collect: dya")
SILENT = GOOD.replace(
    "      - action: utter_done", "      - set_slots: [{day: null}]\n    run_pattern_completed: false"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "desk"


def check(folder: Path, content: str, *options: str) -> Result:
    folder.mkdir(exist_ok=True)
    (folder / "flows.yml").write_text(content)
    return CliRunner().invoke(cli, ["check", "--content", str(folder), *options])


def test_good_content_passes_and_says_how_far_it_was_walked(folder: Path) -> None:
    result = check(folder, GOOD)

    assert result.exit_code == 0
    assert re.search(r"Walked \d+ states by \d+ transitions in [0-9.]+ s, to the end\.", result.output)


def test_a_mistake_stops_the_build(folder: Path) -> None:
    result = check(folder, WRONG)

    assert result.exit_code == 1
    assert 'desk/flows.yml:11:18: E-REF there is no slot "dya"; did you mean "day"?' in result.output


def test_what_only_a_conversation_shows_stops_the_build_too(folder: Path) -> None:
    result = check(folder, SILENT)

    assert result.exit_code == 1
    assert "desk/flows.yml:12:9: E-SILENT" in result.output


def test_whoever_is_in_a_hurry_leaves_the_walk_out(folder: Path) -> None:
    result = check(folder, SILENT, "--no-explore")

    assert result.exit_code == 0
    assert "Walked" not in result.output


def test_warnings_count_only_when_asked_to(folder: Path) -> None:
    assert [check(folder, WARNED).exit_code, check(folder, WARNED, "--strict").exit_code] == [0, 1]


@pytest.mark.parametrize(
    ("content", "status", "severities"),
    [(GOOD, 0, []), (WARNED, 0, ["warning"]), (WRONG, 1, ["error"])],
)
def test_an_editor_gets_a_list_and_the_same_status(
    folder: Path, content: str, status: int, severities: list[str]
) -> None:
    result = check(folder, content, "--json")

    assert result.exit_code == status
    assert [item["severity"] for item in json.loads(result.stdout)] == severities


def test_an_editor_learns_where_what_and_why(folder: Path) -> None:
    [only] = json.loads(check(folder, WRONG, "--json").stdout)

    assert only == {
        "path": "desk/flows.yml",
        "line": 11,
        "column": 18,
        "code": "E-REF",
        "text": 'there is no slot "dya"; did you mean "day"?',
        "severity": "error",
    }


def of_a_practice(file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("CHAIRSIDE_PRACTICE", str(file))
    checked = CliRunner().invoke(cli, ["check", "--no-explore", "--json"])

    assert checked.exit_code == 1
    return [problem["text"] for problem in json.loads(checked.output)]


def test_a_practice_system_that_nobody_has_installed_is_found_before_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "practice.yml"
    file.write_text(ours("practice.yml").read_text("utf-8") + "practice_system: {kind: clinko}\n", "utf-8")
    [told] = of_a_practice(file, monkeypatch)

    assert told.startswith('practice_system.kind is "clinko", which nobody has installed; there is caldav,')


def test_of_a_folder_of_practices_one_has_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rossi.yml").touch()
    [told] = of_a_practice(tmp_path, monkeypatch)

    assert told.endswith(f"set CHAIRSIDE_PRACTICE={tmp_path / 'rossi.yml'}")


def test_an_exception_without_its_end_is_told_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ours("practice.yml").read_text("utf-8")
    file = tmp_path / "practice.yml"
    half = re.sub(r"(\n  - id: rossi\n)", r"\1    exceptions: [{from: 2027-08-02, to: }]\n", text, count=1)
    assert half != text
    file.write_text(half, "utf-8")

    assert [told for told in of_a_practice(file, monkeypatch) if "an exception is for one day" in told]


def test_the_schema_is_printed_as_it_is_shipped(folder: Path) -> None:
    result = check(folder, WRONG, "--schema")

    shipped = Path(__file__).parents[3] / "flows" / "flow.schema.json"
    assert (result.exit_code, result.stdout) == (0, shipped.read_text(encoding="utf-8"))


def test_content_without_a_practice_says_itself_what_comes_of_asking_for_a_person(folder: Path) -> None:
    nobody = "  pattern_human_handoff: {description: d, steps: [{action: utter_done}]}\n"

    result = check(folder, GOOD + nobody)

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "0 to mend, 0 warnings.")

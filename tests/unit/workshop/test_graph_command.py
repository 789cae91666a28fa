"""Flows drawn from the command line."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from bot.commands.command_line import cli

CONTENT = """
flows:
  order:
    description: orders something
    steps:
      - collect: dish
      - action: utter_thanks
  greet:
    description: says hello
    steps: [{action: utter_thanks}]
slots: {dish: {type: text, mappings: [{type: from_text}]}}
responses:
  utter_ask_dish: [{text: "Which dish?", translation: {it: "Quale piatto?"}}]
  utter_thanks: [{text: "Thanks!", translation: {it: "Grazie!"}}]
"""


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    folder = tmp_path / "menu"
    folder.mkdir()
    (folder / "menu.yml").write_text(CONTENT, encoding="utf-8")
    (folder / "config.yml").write_text("language: en\nadditional_languages: [it]\n", encoding="utf-8")
    return folder


def graph(menu: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["graph", "--content", str(menu), *words])


def test_one_flow_is_printed_in_the_language_asked_for(menu: Path) -> None:
    printed = graph(menu, "order", "--language", "it").output.splitlines()

    assert printed[:5] == [
        "flowchart TD",
        '  n0(["order"])',
        '  n1[/"chiede dish<br/>“Quale piatto?”"/]',
        '  n2["utter_thanks<br/>“Grazie!”"]',
        '  n3(["END"])',
    ]


def test_without_names_every_flow_of_the_content_is_drawn_and_no_built_in_one(menu: Path) -> None:
    boxes = [line.strip() for line in graph(menu).output.splitlines() if "subgraph" in line]

    assert boxes == ['subgraph f0 ["order"]', 'subgraph f1 ["greet"]']


def test_each_flow_gets_a_file_of_its_own(menu: Path, tmp_path: Path) -> None:
    drawn = graph(menu, "--format", "svg", "--out", str(tmp_path / "drawn"))

    assert drawn.output == f"2 flows drawn in {tmp_path / 'drawn'}.\n"
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == ["greet.svg", "order.svg"]


def test_what_tests_missed_is_coloured_by_their_coverage_file(menu: Path, tmp_path: Path) -> None:
    file = tmp_path / "coverage.json"
    counted = {"flow": "order", "steps": 2, "covered": 1, "missing": ["1_utter_thanks"]}
    file.write_text(json.dumps({"passed": {"flows": [counted]}, "failed": {"flows": []}}))
    svg = ElementTree.fromstring(graph(menu, "order", "--format", "svg", "--coverage", str(file)).output)
    looks = {
        group.get("data-step"): group.get("class") for group in svg.iter("{http://www.w3.org/2000/svg}g")
    }

    assert (looks["0_dish"], looks["1_utter_thanks"]) == ("node ask covered", "node say missing")


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["oder"], 'there is no flow "oder"; did you mean "order"?'),
        (["order", "--language", "ru"], "--language is one of en, it"),
        (["--format", "svg"], "name one flow, or a folder for all with --out DIR"),
        (["--coverage", "nowhere.json"], "nowhere.json cannot be read"),
    ],
)
def test_what_cannot_be_drawn_is_told_with_a_remedy(menu: Path, words: list[str], remedy: str) -> None:
    refused = graph(menu, *words)

    assert refused.exit_code == 1
    assert remedy in str(refused.exception)

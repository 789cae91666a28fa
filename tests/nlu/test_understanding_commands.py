"""`chairside understand`, `train` and `evaluate`: words in, JSON out; any nlu.yml makes a model."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.commands.command_line import cli

ORDERS = """
version: "3.1"
nlu:
- intent: order_pizza
  examples: |
    - a pizza please
    - one margherita to go
    - i would like to order pizza
    - two pizzas with mushrooms
- intent: track_order
  examples: |
    - where is my order
    - how long until my order arrives
    - is my order on its way
    - track my delivery
"""
HELD = """
version: "3.1"
nlu:
- intent: order_pizza
  examples: |
    - can i order two pizzas
    - a margherita please
- intent: track_order
  examples: |
    - where is my delivery
    - has my ordr arrived
- intent: out_of_scope
  examples: |
    - who won the election
"""


def run(*arguments: str, typed: bytes = b"") -> str:
    result = CliRunner().invoke(cli, arguments, input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def understood(*options: str, typed: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("understand", *options, typed=typed).splitlines()]


def test_every_line_is_answered_by_one_line() -> None:
    typed = "vorrei prenotare martedì alle 15\n\nне могу дышать\n".encode() + b"\xff\n"
    first, empty, alarm, strange = understood("--now", "2026-03-02T08:00", typed=typed)

    assert (first["language"], first["intent"]["name"]) == ("it", "book_visit")
    assert [e for e in first["entities"] if e["entity"] == "time"] == [
        {
            "entity": "time",
            "value": {"from": "2026-03-03T15:00", "to": None},
            "grain": "minute",
            "start": 17,
            "end": 32,
            "text": "martedì alle 15",
            "confidence": 0.95,
        }
    ]
    assert (empty["text"], empty["intent"], empty["entities"]) == ("", {"name": None, "confidence": 0.0}, [])
    assert alarm["red_flag"] == {"level": "A", "key": "airway"}
    assert strange["text"] == "\N{REPLACEMENT CHARACTER}"


def test_what_is_asked_makes_bare_words_understood() -> None:
    [asked] = understood("--asking", "patient_name", "--lang", "it", typed=b"mi chiamo carla verdi\n")

    assert [(e["entity"], e["value"]) for e in asked["entities"]] == [("person", "Carla Verdi")]


@pytest.mark.parametrize(
    ("option", "given", "told"),
    [
        ("--asking", "shoe_size", "no flow has such a slot"),
        ("--lang", "xx", "the practice speaks"),
        ("--now", "soon", "is not a moment"),
        ("--model", "missing.npz", "is no model"),
        ("--practice", "missing.yml", "is no file"),
    ],
)
def test_a_wrong_option_is_told(option: str, given: str, told: str) -> None:
    result = CliRunner().invoke(cli, ["understand", option, given], input=b"hi\n")

    assert told in str(result.exception)


@pytest.mark.parametrize("engine", ["--sentences", "--no-sentences"])
def test_any_examples_make_a_model_that_can_be_measured(tmp_path: Path, engine: str) -> None:
    (tmp_path / "orders.yml").write_text(ORDERS)
    (tmp_path / "held.yml").write_text(HELD)
    model = str(tmp_path / "orders.npz")
    run("train", "--nlu", str(tmp_path / "orders.yml"), "--out", model, engine)
    measured = json.loads(run("evaluate", str(tmp_path / "held.yml"), "--model", model, "--json"))
    [read] = understood("--model", model, typed=b"two pizzas please\n")

    assert measured["messages"] == 5
    assert measured["accuracy"] == 1.0
    assert {"macro_f1", "oos_auroc", "oos_recall_at_5", "oos_recall_at_10", "ece"} < measured.keys()
    assert measured["cpu_ms_p50"] <= measured["cpu_ms_p99"]
    assert read["intent"]["name"] == "order_pizza"


def test_a_model_is_the_same_however_often_it_is_trained(tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text(ORDERS)
    for name in ("first.npz", "second.npz"):
        run("train", "--nlu", str(tmp_path / "orders.yml"), "--out", str(tmp_path / name), "--no-sentences")
    first, second = (
        understood("--model", str(tmp_path / name), typed=b"my pizza\n")
        for name in ("first.npz", "second.npz")
    )

    assert first == second


def test_people_get_a_table(tmp_path: Path) -> None:
    held = tmp_path / "en" / "held.yml"
    held.parent.mkdir()
    held.write_text('version: "3.1"\nnlu:\n- intent: cancel_visit\n  examples: |\n    - cancel my visit\n')
    table = run("evaluate", str(held), "--no-sentences")

    assert "en              1     1.000" in table
    assert "Engine: n-grams." in table

"""docs/flow-format-rules.md: every rule has a test, every test that it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "docs" / "flow-format-rules.md"
ROW = re.compile(r"\| ([^|]+) \| ([DTO]) \| [^|]+ \| (.*) \|")
TEST = re.compile(r"`(\w+)::(\w+)`")


def rows() -> list[tuple[str, list[tuple[str, str]]]]:
    found = (ROW.fullmatch(line) for line in TABLE.read_text("utf-8").splitlines())
    return [(row[1], TEST.findall(row[3])) for row in found if row]


@cache
def written() -> frozenset[tuple[str, str]]:
    """(file, function) of every test, without `test_`."""
    paths = [path for kind in ("unit", "properties") for path in (ROOT / "tests" / kind).rglob("test_*.py")]
    return frozenset(
        (path.stem.removeprefix("test_"), node.name.removeprefix("test_"))
        for path in paths
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")
    )


def test_every_rule_has_a_test_that_exists() -> None:
    without = [rule for rule, named in rows() if not named]
    unknown = [
        f"{rule}: {file}::{test}"
        for rule, named in rows()
        for file, test in named
        if (file, test) not in written()
    ]

    assert len(rows()) > 150
    assert without == []
    assert unknown == []


def test_every_line_of_the_table_is_a_rule_of_its_own() -> None:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")]
    names = [rule for rule, _ in rows()]

    assert len(names) == len([line for line in lines if not line.startswith("| rule ")])
    assert len(set(names)) == len(names)


def test_every_test_of_a_rule_is_in_the_table() -> None:
    named = {test for _, held_by in rows() for test in held_by}

    assert sorted(each for each in written() - named if each[0].startswith("rules_")) == []

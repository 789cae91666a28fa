"""docs/inbox.md names, for each promise of the inbox, the tests that hold it: they are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (H\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def test_each_promise_is_held_by_tests_that_are_there() -> None:
    rows = ROW.findall((ROOT / "docs" / "inbox.md").read_text(encoding="utf-8"))
    named = {test for _, tests in rows for test in re.findall(r"`(\w+)`", tests)}
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^(?:async )?def (test_\w+)", sources, re.MULTILINE))

    assert named - there == set()
    assert {f"H{number}" for number in [*range(1, 18), 20, 21]} <= {row for row, _ in rows}

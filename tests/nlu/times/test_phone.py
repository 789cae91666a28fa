"""Days and hours as patients write them on a phone: how many are read, and how many are misread unasked."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bench.times import NOW, read_ours
from bench.wanted import verdict

WRITTEN = Path(__file__).parents[1]

#: (right at least, silently wrong at most), a little worse than what was measured.
FLOORS = {"phone": (0.975, 0.006), "registers": (0.87, 0.03)}


@pytest.mark.parametrize("language", ["en", "it", "ru"])
@pytest.mark.parametrize("folder", FLOORS)
def test_hardly_any_time_is_misread_unasked(folder: str, language: str) -> None:
    cases = YAML(typ="safe", pure=True).load((WRITTEN / folder / language / "dates.yml").read_text("utf-8"))
    told: Counter[str] = Counter()
    for case in cases:
        now = datetime.fromisoformat(str(case.get("now", NOW)))
        told[verdict(case["want"], read_ours(case["text"], language, now), now)] += 1
    right, wrong = FLOORS[folder]

    assert told["right"] >= right * len(cases)
    assert told["wrong"] <= wrong * len(cases)

"""The dashboard, the alarms and the compose files speak of what there is."""

import json
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.service.upkeep.measures import Instruments

ROOT = Path(__file__).parents[2]
_NAMES = re.compile(r"\b(?:chairside|process)_[a-z_]+")


def known() -> set[str]:
    """Every series that /metrics can show."""
    names = set()
    for metric in Instruments().registry.collect():
        names |= {metric.name, *(f"{metric.name}{end}" for end in ("_total", "_bucket", "_count", "_sum"))}
    return names


def test_every_number_on_the_dashboard_exists() -> None:
    dashboard = json.loads((ROOT / "docker/grafana/chairside.json").read_text())
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in _NAMES.findall(target["expr"])
    }

    assert asked - known() == set()
    assert len(asked) > 12


def test_every_alarm_and_every_line_of_the_manual_names_a_number_that_exists() -> None:
    alarms = _NAMES.findall((ROOT / "docker/prometheus.rules.yml").read_text())
    manual = re.findall(r"`(chairside_[a-z_]+)", (ROOT / "docs/operate.md").read_text())

    assert set(alarms) | set(manual) <= known()
    assert len(set(manual)) > 10


def test_two_workers_share_one_postgresql() -> None:
    services: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.postgresql.yml").read_text())[
        "services"
    ]
    workers = [services[name] for name in ("one", "two")]

    assert {worker["environment"]["CHAIRSIDE_DATABASE_URL"] for worker in workers} == {
        "postgresql+psycopg://chairside:${POSTGRES_PASSWORD}@db/chairside"
    }
    assert all(worker["depends_on"] == {"db": {"condition": "service_healthy"}} for worker in workers)
    assert all("stop_grace_period" in worker for worker in workers)

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.openings import openings
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.settings import load_practice

DEMO = Path(__file__).parents[3] / "practice.yml"
SECRETS = {
    f"{channel}_{secret}": "a"
    for channel in ("WHATSAPP", "MESSENGER", "INSTAGRAM")
    for secret in ("APP_SECRET", "VERIFY_TOKEN", "ACCESS_TOKEN")
}


@pytest.fixture
def demo() -> Practice:
    return load_practice(DEMO, environment=SECRETS)


def test_the_demo_practice_is_complete(demo: Practice) -> None:
    assert (demo.id, demo.name, demo.time_zone, demo.languages) == (
        "studio-demo",
        "Studio Dentistico Demo",
        "Europe/Rome",
        ("it", "en", "ru"),
    )
    assert {v.id: v.duration // timedelta(minutes=1) for v in demo.visit_types} == {
        "new_patient_consult": 30,
        "check_up": 30,
        "hygiene": 45,
    }
    assert all(set(v.names) == set(v.words) == {"it", "en", "ru"} for v in demo.visit_types)
    assert [p.name for p in demo.practitioners] == ["dott. Marco Rossi", "dott.ssa Laura Bianchi"]
    assert demo.whatsapp[0].phone_number_id == "100000000000001"
    assert demo.messenger[0].page_id == "200000000000001"
    assert demo.instagram[0].account_id == "300000000000001"


@pytest.mark.parametrize("visit_type", ["new_patient_consult", "check_up", "hygiene"])
def test_every_visit_is_possible_on_every_working_day(demo: Practice, visit_type: str) -> None:
    kind = demo.visit_type(visit_type)
    assert kind is not None
    found = openings(
        demo,
        kind,
        busy=(),
        at=datetime(2027, 3, 1, 4, 0, tzinfo=UTC),
        first_day=date(2027, 3, 1),
        last_day=date(2027, 3, 7),
    )
    clock = PracticeTime(demo.time_zone)

    assert {clock.wall(one.start).weekday() for one in found} == {0, 1, 2, 3, 4, 5}
    assert all(9 <= clock.wall(one.start).hour < 19 and clock.wall(one.start).hour != 13 for one in found)

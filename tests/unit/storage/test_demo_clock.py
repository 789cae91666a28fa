"""What runs beside a demo lives at the demo's moment."""

from datetime import UTC, datetime
from pathlib import Path

from bot.bootstrap import Books, Configuration

EIGHT, NINE = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_demo_that_starts_later_is_later_for_the_diary_command_too(tmp_path: Path) -> None:
    for started in (EIGHT, NINE, EIGHT):
        configuration = Configuration(data=tmp_path, environment={}, demo=True, now=started)
        demo = Books.open(configuration)
        demo.clock(configuration)
        demo.database.close()
    beside = Books.open(Configuration(data=tmp_path, environment={}, demo=True))
    seen = beside.now()
    beside.database.close()

    assert NINE <= seen < datetime(2026, 3, 2, 9, 1, tzinfo=UTC)

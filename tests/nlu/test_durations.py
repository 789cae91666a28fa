"""How long somebody says: minutes, whatever the words."""

import pytest

from tests.nlu.conftest import Read


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("arrivo con 10 minuti di ritardo", [10]),
        ("faccio mezz'ora di ritardo", [30]),
        ("un quarto d'ora", [15]),
        ("una decina di minuti", [10]),
        ("I'll be 15 mins late", [15]),
        ("half an hour late, sorry", [30]),
        ("running about an hour late", [60]),
        ("10min", [10]),
        ("опоздаю на полчаса", [30]),
        ("на двадцать минут", [20]),
        ("минут на двадцать", [20]),
        ("буду минут через 25", [25]),
        ("twenty five minutes", [25]),
        ("fra venticinque minuti", [25]),
        ("час", [60]),
        ("полтора часа", [90]),
        ("domani alle 10", []),
        ("tra 5000 minuti", []),
        ("sono in ritardo", []),
    ],
)
def test_a_delay_is_minutes(read: Read, text: str, minutes: list[int]) -> None:
    assert [e.value for e in read(text).entities if e.entity == "minutes"] == minutes
